"""Reviews and proposals of area measures, frozen as runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import PolicyRefused, Problem, WorkspaceRefused
from hotspots.outputs.bans.document import BanStep
from hotspots.pipeline.area_file import AreaMeasure, read_areas, read_timeline
from hotspots.pipeline.bans.ground import BanGround
from hotspots.pipeline.bans.proposals import Place, places_found, proposed, years_of
from hotspots.pipeline.bans.reviews import Asked, rests_on, reviewed
from hotspots.pipeline.bans.tables import proposal_tables, review_tables
from hotspots.pipeline.cores import one_core
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.nuisance import Nuisance, nuisance_of
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.registered import register_at, registered_areas, registered_steps
from hotspots.pipeline.run import in_order, last_delivered_day
from hotspots.pipeline.run_record import record_of
from hotspots.pipeline.zones import outline_of
from hotspots.policy import Policy
from hotspots.records import BanFigures
from hotspots.schemas import Level
from hotspots.store import runs
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Files:
    """Where areas and their timeline come from; what is missing comes from the register.

    `areas` are polygons with kind and term, `timeline` lighter measures and findings; a timeline
    adds to what the register holds. `database` is the address of the register; none is the file
    in the workspace.
    """

    areas: Path | None = None
    timeline: Path | None = None
    database: str | None = None


_REGISTER = Files()


@one_core()
def review_bans(
    workspace: Workspace,
    policy: Policy,
    *,
    at: datetime,
    until: date | None = None,
    files: Files = _REGISTER,
    progress: Progress = lambda what, done, steps: None,
) -> runs.Run:
    """Review every area measure that holds, and freeze it; the same inputs give the same run.

    Parameters
    ----------
    workspace
        Where the deliveries are.
    policy
        Section `bans`; sources of incidents; frozen with the run.
    at
        The clock, for the record only.
    until
        Cut-off date; the last delivered day by default.
    files
        The areas; by default those of the register.
    progress
        Told how far it is.

    Raises
    ------
    InputRefused
        When an area takes too much of the municipality, or lies outside it.
    WorkspaceRefused
        When there are no areas, nothing was delivered, or no month of all themes of a kind.
    """
    progress("reading deliveries", 0, 0)
    current = Current(workspace)
    until = until or last_delivered_day(current.deliveries)
    asked = _asked(current, policy, files, until)
    if not asked.areas:
        raise WorkspaceRefused(
            Problem(
                "The register holds no area measure that took effect.",
                "Give a file of areas with --areas FILE.",
            )
        )
    ground = BanGround(current, policy)
    ground.refuse_large([(each.name, each.shape) for each in asked.areas])
    ground.read()
    found = {
        kind: nuisance_of(current, policy, policy.bans.themes[kind], until)
        for kind in sorted({each.kind for each in asked.holding})
    }
    record = record_of(
        current, policy, kind="bans", at=at, until=until, asked={"review": asked.hash}
    )
    if (workspace.runs / record.id).exists():
        return runs.open_run(workspace, record.id)
    told = reviewed(asked, found, ground, run=record.id, progress=progress)
    progress("freezing the run", 0, 0)
    figures = BanFigures(
        asked="review",
        areas=len(told.document.areas),
        from_register=files.areas is None,
        themes=sorted({theme for each in told.document.areas for theme in each.themes}),
        **rests_on(found.values()),
    )
    tables = review_tables(told, asked.holding, workspace.crs)
    record = record.model_copy(update={"bans": figures})
    return runs.freeze_run(workspace, record, in_order(tables))


@one_core()
def propose_bans(
    workspace: Workspace,
    policy: Policy,
    *,
    kind: str,
    at: datetime,
    areas: Sequence[str] = (),
    level: Level | None = None,
    until: date | None = None,
    files: Files = _REGISTER,
    progress: Progress = lambda what, done, steps: None,
) -> runs.Run:
    """Test the reasons for an area measure gate by gate, and freeze it; it decides nothing.

    Parameters
    ----------
    workspace, policy, at, until, progress
        As for :func:`review_bans`.
    kind
        Kind of area of the policy.
    areas
        Places: files with a polygon, or codes of areas; without any they are looked for, where
        every source stands out in every period.
    level
        Level of the codes; needed where several levels have one.
    files
        Area measures that exist, and steps by the name of their place.

    Raises
    ------
    InputRefused
        When a place takes too much of the municipality, or lies outside it.
    PolicyRefused
        When the policy has no themes for the kind.
    WorkspaceRefused
        When nothing was delivered of the kind's themes, or too few years.
    """
    themes = _themes_of(policy, kind)
    progress("reading deliveries", 0, 0)
    current = Current(workspace)
    until = until or last_delivered_day(current.deliveries)
    drawn = _drawn(current, areas, level=level, policy=policy)
    asked = _asked(current, policy, files, until)
    ground = BanGround(current, policy)
    ground.refuse_large(list(drawn.items()))
    ground.read()
    nuisance = nuisance_of(current, policy, themes, until)
    if nuisance is None:
        raise WorkspaceRefused(
            Problem(
                f"No incidents were delivered of {', '.join(themes)}.",
                "Take them in with: hotspots ingest incidents FILE.",
            )
        )
    _require_years(nuisance, policy.bans.periods)
    places = [Place(name, shape) for name, shape in drawn.items()]
    if not places:
        progress("looking for places", 0, 0)
        places = places_found(current, policy, nuisance, ground)
    shapes = {each.name: each.shape.wkb_hex for each in places}
    record = record_of(
        current,
        policy,
        kind="bans",
        at=at,
        until=until,
        asked={"proposal": kind, "areas": asked.hash, "places": shapes, "searched": not drawn},
    )
    if (workspace.runs / record.id).exists():
        return runs.open_run(workspace, record.id)
    progress("testing the reasons", 0, 0)
    document = proposed(kind, places, asked, nuisance, ground, run=record.id, searched=not drawn)
    progress("freezing the run", 0, 0)
    figures = BanFigures(
        asked="proposal",
        areas=len(places),
        from_register=files.areas is None,
        measure=kind,
        searched=not drawn,
        themes=document.themes,
        **rests_on([nuisance]),
    )
    tables = proposal_tables(document, places, workspace.crs)
    record = record.model_copy(update={"bans": figures})
    return runs.freeze_run(workspace, record, in_order(tables))


def _themes_of(policy: Policy, kind: str) -> list[str]:
    if kind not in policy.bans.themes:
        raise PolicyRefused(
            Problem(
                "The policy has no themes for this kind of area.",
                f"Use one of: {', '.join(policy.bans.themes)}; or name it in bans.themes.",
                value=kind[:80],
            )
        )
    return policy.bans.themes[kind]


def _require_years(nuisance: Nuisance, number: int) -> None:
    """Refuse what has no calendar month that was delivered in every year."""
    if not len(years_of(nuisance, number)[0]):
        raise WorkspaceRefused(
            Problem(
                f"No calendar month was delivered in each of the last {number} years.",
                "Take in the months of earlier years, or choose a later --until.",
            )
        )


def _asked(current: Current, policy: Policy, files: Files, until: date) -> Asked:
    """Return the areas and their timeline from files and the register."""
    areas: Sequence[AreaMeasure]
    steps: dict[str, list[BanStep]] = {}
    kinds = policy.bans.themes
    if files.areas is not None:
        areas = read_areas(files.areas, current.workspace.crs, kinds=kinds, limits=policy.limits)
    else:
        areas, steps = _of_register(current.workspace, kinds, files.database)
    if files.timeline is not None:
        for code, told in read_timeline(files.timeline, limits=policy.limits).items():
            steps[code] = sorted([*steps.get(code, []), *told], key=lambda each: each.start)
    return Asked(areas, steps, until)


def _of_register(
    workspace: Workspace, kinds: Mapping[str, Sequence[str]], database: str | None
) -> tuple[list[AreaMeasure], dict[str, list[BanStep]]]:
    with register_at(workspace, database) as register:
        if register is None:
            return [], {}
        return registered_areas(register, kinds), registered_steps(register, kinds)


def _drawn(
    current: Current, texts: Sequence[str], *, level: Level | None, policy: Policy
) -> "dict[str, BaseGeometry]":
    """Return the places that were asked about, by the name of their file or their code."""
    return {
        Path(text).stem: outline_of(current, text, level=level, limits=policy.limits).shape
        for text in texts
    }
