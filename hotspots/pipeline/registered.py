"""What the register holds of area measures: where they lie, when they hold, what was tried."""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from hotspots.outputs.bans.document import BanStep
from hotspots.pipeline.area_file import AreaMeasure
from hotspots.pipeline.cameras.designated import RegisteredArea
from hotspots.policy.measures import AreaKind
from hotspots.records import PlanArea
from hotspots.register import Boundary, Designation, Review
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    from hotspots.store.register.register import Register


@contextmanager
def register_at(workspace: Workspace, database: str | None) -> "Iterator[Register | None]":
    """Open the register for reading; None where none was made yet.

    Parameters
    ----------
    workspace
        Whose register.
    database
        Its address; none is the file in the workspace.
    """
    from hotspots.store.register.engine import FILE_NAME
    from hotspots.store.register.register import open_register

    if database is None and not (workspace.path / FILE_NAME).exists():
        yield None
        return
    with open_register(workspace, database) as register:
        yield register


def registered_areas(
    register: "Register", kinds: Mapping[str, Collection[str]]
) -> list[AreaMeasure]:
    """Return the area measures of the register that took effect, ended ones included.

    The criterion of a designation counts where it is about the themes of its kind.

    Parameters
    ----------
    register
        The opened register.
    kinds
        Themes of each kind of area.
    """
    return [
        _area(each, register.boundary(each.id, each.boundary_version), kinds[each.kind])
        for each in _in_effect(register, kinds)
    ]


def registered_steps(register: "Register", kinds: Collection[str]) -> dict[str, list[BanStep]]:
    """Return by designation the lighter measures that were tried, and what reviews found.

    Whoever found it is not told: a run holds no names.

    Parameters
    ----------
    register, kinds
        As for :func:`registered_areas`.
    """
    steps = {
        each.id: [*_tried(each), *_found(register.reviews(each.id))]
        for each in _in_effect(register, kinds)
    }
    return {code: sorted(each, key=lambda step: step.start) for code, each in steps.items() if each}


def camera_areas(
    register: "Register", kinds: Mapping[str, AreaKind], *, on: date
) -> list[RegisteredArea]:
    """Return the areas in force on a day in which flexible cameras may stand.

    Parameters
    ----------
    register
        The opened register.
    kinds
        Kinds of area, with the classes of camera allowed in each.
    on
        The day.
    """
    placed_in = {name for name, kind in kinds.items() if "flexible" in kind.placements}
    return [
        RegisteredArea(
            PlanArea(code=each.id, name=each.name, start=each.start, end=each.end),
            register.boundary(each.id, each.boundary_version).area,
        )
        for each in _in_effect(register, placed_in)
        if "suspended" not in each.marks and _holds(each, on)
    ]


def _holds(held: Designation, on: date) -> bool:
    end = held.ended_on or held.end
    return held.start is not None and held.start <= on and (end is None or end >= on)


def _in_effect(register: "Register", kinds: Container[str]) -> list[Designation]:
    return [
        each
        for each in register.designations()
        if each.kind in kinds and "annulled" not in each.marks
        if each.published_on is not None and each.start is not None and each.boundary_version
    ]


def _area(held: Designation, boundary: Boundary, themes: Collection[str]) -> AreaMeasure:
    """Return a designation with the boundary that counts."""
    criterion = held.criterion
    applies = criterion is not None and {*criterion.themes} == {*themes}
    return AreaMeasure(
        code=held.id,
        name=held.name,
        kind=held.kind,
        start=held.start or date.max,
        end=held.ended_on or held.end,
        hours=tuple(held.hours),
        season=held.season,
        most_per_year=criterion.most_incidents_per_year if criterion and applies else None,
        shape=boundary.area,
    )


def _tried(held: Designation) -> list[BanStep]:
    return [
        BanStep(
            kind="lighter_measure",
            what=each.what,
            start=each.start,
            end=each.end,
            result=each.result,
            need_remains=None,
        )
        for each in held.lighter_measures
    ]


def _found(reviews: Sequence[Review]) -> list[BanStep]:
    return [
        BanStep(
            kind="finding",
            what=finding.summary,
            start=finding.found_on,
            end=None,
            result="",
            need_remains=review.need_remains,
        )
        for review in reviews
        for finding in review.findings
    ]
