"""What the register holds in one district on a day: areas, cameras, actions, advice asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry

from hotspots.decisions.lifecycle import IN_FORCE, standings
from hotspots.register import Action, AdviceAsked, Designation, Placement, Review, Signal, State
from hotspots.store.register.register import Register

_LEAST_SHARE = 0.01
"""Of an area, what must lie in the district; less is a border drawn twice."""


@dataclass(frozen=True)
class Held:
    """A designation in force here: its last review, the cameras that stand, an open signal."""

    designation: Designation
    state: State
    review: Review | None
    cameras: int
    signal: Signal | None


@dataclass(frozen=True)
class Asked:
    """Advice about a designation here that was asked of the district safety meeting."""

    designation: Designation
    advice: AdviceAsked


@dataclass(frozen=True)
class District:
    """What the register holds in one district."""

    areas: list[Held]
    actions: list[Action]
    asked: list[Asked]


def district_of(
    register: Register,
    polygon: BaseGeometry | None,
    codes: Collection[tuple[str, str]],
    *,
    on: date,
    since: date,
) -> District:
    """Return what the register holds in a district.

    Parameters
    ----------
    register
        Of the municipality.
    polygon
        Of the district, in the CRS of the workspace; without one no designation is known here.
    codes
        Level and code of the district and of every smaller area in it.
    on
        Local day.
    since
        First day of which actions and advice are told.
    """
    here = inside(register, polygon)
    reviews, signals = register.reviews(), register.signals(unanswered=True)
    placements, states = register.placements(), standings(here, reviews, on)
    return District(
        areas=[
            Held(
                designation=each,
                state=state,
                review=_last(reviews, each.id),
                cameras=sum(_stands(camera, each.id, on) for camera in placements),
                signal=next((raised for raised in signals if raised.designation == each.id), None),
            )
            for each in here
            if (state := states[each.id]) in IN_FORCE
        ],
        actions=sorted(
            (
                each
                for each in register.actions()
                if (each.end or each.start) >= since
                and (
                    any((each.level, code) in codes for code in each.areas)
                    or each.designation in {known.id for known in here}
                )
            ),
            key=lambda each: each.start,
            reverse=True,
        ),
        asked=[
            Asked(each, each.advice)
            for each in here
            if each.advice is not None
            and "vlo" in each.advice.asked_of.casefold()
            and (each.advice.given_on is None or each.advice.given_on >= since)
        ],
    )


def inside(register: Register, polygon: BaseGeometry | None) -> list[Designation]:
    """Return the designations of which the boundary that counts lies in the district."""
    if polygon is None:
        return []
    boxed = register.boundaries(box=polygon.bounds)
    areas = {(each.designation, each.number): each.area for each in boxed}
    found = []
    for each in register.designations():
        area = areas.get((each.id, each.boundary_version))
        if area is not None and area.intersection(polygon).area > _LEAST_SHARE * area.area:
            found.append(each)
    return found


def _last(reviews: list[Review], designation: str) -> Review | None:
    own = [each for each in reviews if each.designation == designation]
    return max(own, key=lambda each: (each.reviewed_on, each.id), default=None)


def _stands(camera: Placement, designation: str, on: date) -> bool:
    return (
        camera.designation == designation
        and camera.start <= on
        and (camera.end is None or camera.end > on)
    )
