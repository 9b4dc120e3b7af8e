"""Gathers what a dossier tells: from the register, the runs it pins, and the streets around it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from hotspots.decisions.checklist import checklist
from hotspots.decisions.demands import Ground
from hotspots.decisions.designations import area_of
from hotspots.decisions.kinds import kind_of
from hotspots.decisions.lifecycle import standing
from hotspots.errors import NotFound, Problem
from hotspots.outputs.dossier.drawing import Drawn, Layer
from hotspots.outputs.dossier.facts import AreaFigure, Count, Facts, Lacking, Measured, RunSource
from hotspots.pipeline import dossier_runs
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.designations import extent_of
from hotspots.pipeline.dossier_runs import Pinned
from hotspots.policy import Policy
from hotspots.register import Choice, Designation, Entry, Placement, Record, Review
from hotspots.store.register.register import Register
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

_AROUND_M = 150.0


def dossier_of(
    workspace: Workspace, register: Register, id_: str, policy: Policy, *, on: date
) -> Facts:
    """Return what there is to tell of a designation, a review or a yearly choice.

    Parameters
    ----------
    workspace
        With the runs that the register pins.
    register
        Its register.
    id_
        Of the designation, the review or the choice.
    policy
        With the kinds of area and what they need.
    on
        Today.

    Raises
    ------
    NotFound
        When the register has no such record.
    WorkspaceRefused
        When a run is not the one that was pinned.
    """
    found = _record(register, id_)
    current = Current(workspace)
    if isinstance(found, Choice):
        return _of_choice(current, register, found, policy, on=on)
    review = found if isinstance(found, Review) else None
    area = register.designation(found.designation) if isinstance(found, Review) else found
    return _of_designation(current, register, area, review, policy, on=on)


def _record(register: Register, id_: str) -> Designation | Review | Choice:
    with suppress(NotFound):
        return register.get(Designation, id_)
    with suppress(NotFound):
        return register.get(Review, id_)
    with suppress(NotFound):
        return register.get(Choice, id_)
    raise NotFound(
        Problem(
            "The register has no designation, review or yearly choice of this name.",
            "See the list of them: hotspots designations list.",
            value=id_[:80],
        )
    )


# ---------------------------------------------------------------- designation and review
def _of_designation(
    current: Current,
    register: Register,
    d: Designation,
    review: Review | None,
    policy: Policy,
    *,
    on: date,
) -> Facts:
    area = area_of(register, d)
    held = sorted(register.reviews(d.id), key=lambda each: (each.reviewed_on, each.id))
    if review is not None:
        held = [each for each in held if _before(each, review)]
    pins = _pins(d, [*held, *([review] if review else [])])
    themes = tuple(d.criterion.themes) if d.criterion else ()
    runs = [dossier_runs.opened(current.workspace, pin, themes) for pin in pins]
    counts = [*_baseline(d)]
    for run in runs:
        counts += dossier_runs.counts_in(run, area, themes)
    newest = next((run for run in reversed(runs) if run.run is not None), None)
    figures, outlines = dossier_runs.hotspots_in(newest, area, themes)
    placements = [each for each in register.placements(d.id) if each.end is None or each.end >= on]
    ground = Ground(area, extent_of(current))
    return Facts(
        subject="review" if review else "designation",
        id=review.id if review else d.id,
        municipality=current.workspace.name,
        demo=current.workspace.demo,
        on=on,
        head=register.head(),
        designation=d,
        kind_title=kind_of(policy, d.kind).title,
        state=standing(d, on, register.reviews(d.id)),
        review=review,
        streets=_streets(register, d),
        km2=None if area is None else area.area / 1e6,
        placements=tuple(placements),
        reviews=tuple(each for each in held if review is None or each.id != review.id),
        signals=tuple(register.signals(d.id)),
        counts=tuple(counts),
        hotspots=tuple(figures),
        measured=_measured(runs, review, d),
        runs=tuple(_run_sources(current.workspace, runs, d)),
        checklist=tuple(
            Lacking(each.code, each.text, each.source, each.done)
            for each in checklist(d, policy, ground, on=on)
        ),
        trail=tuple(_trail(register, d, review)),
        cameras=_per_class(placements),
        drawn=_map_of(current, area, outlines, placements, review),
        secrets=secrets_of(current, register),
        publication=policy.publication,
    )


def _measured(
    runs: Sequence[dossier_runs.Opened], review: Review | None, d: Designation
) -> Measured | None:
    """Return the figures of the run that a review pins, where that run reviewed the area."""
    if review is None or review.evidence is None:
        return None
    pinned = (run for run in runs if run.pin.evidence == review.evidence)
    return dossier_runs.measured_in(next(pinned, None), d.id)


def _before(each: Review, review: Review) -> bool:
    return (each.reviewed_on, each.id) < (review.reviewed_on, review.id)


def _pins(d: Designation, reviews: Sequence[Review]) -> list[Pinned]:
    """Return the runs of the decision and of every review, each once, oldest first.

    A run that was pinned twice with another hash stands twice: one of them will be refused.
    """
    pins = [Pinned(d.evidence, "decision", d.decided_on)] if d.evidence else []
    pins += [Pinned(each.evidence, "review", each.reviewed_on) for each in reviews if each.evidence]
    first: dict[tuple[str, str], Pinned] = {}
    for pin in pins:
        first.setdefault((pin.evidence.run_id, pin.evidence.sha256), pin)
    return list(first.values())


def _baseline(d: Designation) -> list[Count]:
    told = d.baseline
    if told is None:
        return []
    return [
        Count(
            "baseline", None, None, told.first_month, told.last_month, (), told.incidents,
            told.run_id,
        )
    ]  # fmt: skip


def _run_sources(
    workspace: Workspace, runs: Sequence[dossier_runs.Opened], d: Designation
) -> list[RunSource]:
    """Return where the figures come from; the run of the baseline may be one of its own."""
    told = [run.source for run in runs]
    if d.baseline is None or d.baseline.run_id in {each.run_id for each in told}:
        return told
    themes = d.criterion.themes if d.criterion else ()
    return [dossier_runs.unpinned(workspace, d.baseline.run_id, themes), *told]


def _streets(register: Register, d: Designation) -> tuple[str, ...]:
    if not d.boundary_version:
        return ()
    return register.boundary(d.id, d.boundary_version).streets


def _trail(register: Register, d: Designation, review: Review | None) -> list[Entry]:
    """Return the entries about the record and all that hangs on it, each step once."""
    about: list[Record] = [review] if review else [d, *register.reviews(d.id)]
    if review is None:
        about += [*register.boundaries(d.id), *register.placements(d.id), *register.signals(d.id)]
    subjects = {each.id for each in about}
    return [each for each in register.trail() if each.subject in subjects]


def _per_class(placements: Sequence[Placement]) -> dict[str, int]:
    classes = sorted({each.camera_class for each in placements})
    return {name: sum(each.camera_class == name for each in placements) for name in classes}


def secrets_of(current: Current, register: Register) -> tuple[str, ...]:
    """Return who acted in the register, and the names of groups and of their networks."""
    actors = {each.actor for each in register.trail()}
    groups = current.holding("groups")
    names: set[str] = set()
    if groups is not None:
        for column in ("group_id", "network"):
            names |= set(groups[column].dropna().astype(str))
    return tuple(sorted(actors | names))


# ---------------------------------------------------------------- choice
def _of_choice(
    current: Current, register: Register, choice: Choice, policy: Policy, *, on: date
) -> Facts:
    pins = [Pinned(choice.evidence, "choice", choice.decided_on)] if choice.evidence else []
    themes = [choice.theme] if choice.theme else []
    runs = [dossier_runs.opened(current.workspace, pin, themes) for pin in pins]
    ranked = dossier_runs.ranked_areas(runs[0], choice) if runs else None
    figures = dossier_runs.area_figures(choice, ranked)
    return Facts(
        subject="choice",
        id=choice.id,
        municipality=current.workspace.name,
        demo=current.workspace.demo,
        on=on,
        head=register.head(),
        choice=choice,
        areas=tuple(figures),
        runs=tuple(run.source for run in runs),
        trail=tuple(register.trail(choice.id)),
        drawn=_map_of_choice(ranked, figures),
        secrets=secrets_of(current, register),
        publication=policy.publication,
    )


# ---------------------------------------------------------------- maps
def _map_of(
    current: Current,
    area: "BaseGeometry | None",
    hotspots: "Sequence[BaseGeometry]",
    placements: Sequence[Placement],
    review: Review | None,
) -> Drawn | None:
    from shapely import Point

    if area is None:
        return None
    proposed = [] if review is None or review.proposed_area is None else [review.proposed_area]
    near = area.buffer(_AROUND_M)
    layers = [
        Layer("street", _streets_near(current, near)),
        Layer("hotspot", [each.intersection(near) for each in hotspots]),
        Layer("proposed", proposed),
        Layer("boundary", [area]),
        Layer("camera", [Point(each.x_m, each.y_m) for each in placements]),
    ]
    return Drawn(near.bounds, [each for each in layers if each.shapes])


def _streets_near(current: Current, near: "BaseGeometry") -> "list[BaseGeometry]":
    streets = current.streets()
    if streets.empty:
        return []
    drawn = streets.geometry.iloc[streets.sindex.query(near, predicate="intersects")]
    return [each.intersection(near) for each in drawn.sort_index()]


def _map_of_choice(
    ranked: "gpd.GeoDataFrame | None", figures: Sequence[AreaFigure]
) -> Drawn | None:
    if ranked is None:
        return None
    drawn = ranked[ranked.geometry.notna()].set_index("area_code").geometry
    there = [each for each in figures if each.code in drawn.index]
    if not there:
        return None
    points = [(each.number, drawn[each.code].representative_point()) for each in there]
    layers = [
        Layer("outline", list(drawn)),
        Layer("proposed", [drawn[each.code] for each in there if each.proposed > each.chosen]),
        Layer("chosen", [drawn[each.code] for each in there if each.chosen]),
    ]
    left, low, right, high = (float(end) for end in drawn.total_bounds)
    return Drawn(
        (left, low, right, high),
        [each for each in layers if each.shapes],
        [(number, point.x, point.y) for number, point in points],
    )
