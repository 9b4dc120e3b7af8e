"""Reviews of area measures: asked of the data, nothing is frozen."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.outputs.ban_document import (
    BanBurden,
    BanMerger,
    BanOverlap,
    BanReviewDocument,
    BanStep,
)
from hotspots.pipeline.area_file import AreaMeasure
from hotspots.pipeline.ban_case import Case
from hotspots.pipeline.ban_ground import BanGround
from hotspots.pipeline.ban_review import review_of, unknown_review
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.nuisance import Nuisance, nuisance_of
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.run import last_delivered_day
from hotspots.policy import Policy
from hotspots.register import Boundary, Designation

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.store.register.register import Register

FOLLOWS, FOLLOWED = "soft_drug_ban", "alcohol_ban"
"""The boundary of the one kind follows that of the other where possible."""


def review_bans(
    current: Current,
    policy: Policy,
    areas: Sequence[AreaMeasure],
    *,
    steps: Mapping[str, Sequence[BanStep]],
    until: date | None = None,
    progress: Progress = lambda what, done, of: None,
) -> BanReviewDocument:
    """Review every area measure that holds, and show what all of them ask of the city together.

    Parameters
    ----------
    current
        The deliveries that hold.
    policy
        Section `bans`; sources of incidents.
    areas
        All areas, those that ended included: they tell what was merged.
    steps
        Lighter measures and findings by the code of their area.
    until
        Cut-off date; without it the last day delivered.

    Raises
    ------
    InputRefused
        When an area takes too much of the municipality, or lies outside it.
    WorkspaceRefused
        When nothing was delivered, or no month of all themes of a kind.
    """
    until = until or last_delivered_day(current.deliveries)
    ground = BanGround(current, policy)
    ground.refuse_large([(each.name, each.shape) for each in areas])
    holding = [each for each in areas if each.holds_on(until)]
    progress("reading deliveries", 0, 0)
    found = {
        kind: nuisance_of(current, policy, policy.bans.themes[kind], until)
        for kind in sorted({each.kind for each in holding})
    }
    frame = frame_of(areas, ground)
    mergers = _mergers(frame, ground, until)
    first_day = _first_days(areas, mergers)
    reviews = []
    for number, area in enumerate(holding):
        progress("reviewing areas", number, len(holding))
        nuisance, own = found[area.kind], steps.get(area.code, ())
        if nuisance is None:
            reviews.append(unknown_review(area, ground, own))
            continue
        others = [each.shape for each in holding if each.kind == area.kind and each is not area]
        reviews.append(
            review_of(Case(area, first_day[area.code], nuisance, ground, others, own, until))
        )
    return BanReviewDocument(
        until=until,
        demo=current.workspace.demo,
        areas=reviews,
        burden=_burden(frame, until),
        mergers=mergers,
        overlaps=_overlaps(frame, ground, until),
        **rests_on(found.values()),
        policy=policy.bans.model_dump(),
    )


def registered_areas(register: "Register", kinds: Collection[str]) -> list[AreaMeasure]:
    """Return the area measures of the register that took effect, ended ones included.

    Parameters
    ----------
    register
        The opened register.
    kinds
        Kinds of the policy.

    Raises
    ------
    WorkspaceRefused
        When it holds none.
    """
    found = [
        _registered(each, register.boundaries(each.id))
        for each in register.designations()
        if each.kind in kinds and each.state not in _NOT_YET and "annulled" not in each.marks
        if each.start is not None and each.boundary_version
    ]
    if not found:
        raise WorkspaceRefused(
            Problem(
                "The register holds no area measure that took effect.",
                "Give a file of areas with --areas FILE.",
            )
        )
    return found


_NOT_YET = ("draft", "advice_asked", "decided")


def _registered(held: Designation, boundaries: Sequence[Boundary]) -> AreaMeasure:
    """Return a designation with the boundary that counts."""
    (boundary,) = (each for each in boundaries if each.number == held.boundary_version)
    most = held.criterion.most_incidents_per_year if held.criterion else None
    return AreaMeasure(
        code=held.id,
        name=held.name,
        kind=held.kind,
        start=held.start or date.max,
        end=held.ended_on or held.end,
        hours=tuple(held.hours),
        season=held.season,
        most_per_year=most,
        shape=boundary.area,
    )


def rests_on(found: Iterable[Nuisance | None]) -> dict[str, list[str]]:
    """Return the sources and deliveries of what was found."""
    used = [each for part in found if part is not None for each in part.deliveries]
    return {
        "sources": sorted({each.source for each in used}),
        "deliveries": sorted({each.id for each in used}),
    }


def frame_of(areas: Sequence[AreaMeasure], ground: BanGround) -> "gpd.GeoDataFrame":
    """Return areas as a frame: `code`, `name`, `kind`, `start`, `end`, `km2`, `dwellings`."""
    import geopandas as gpd
    import pandas as pd

    columns = {
        "code": [each.code for each in areas],
        "name": [each.name for each in areas],
        "kind": [each.kind for each in areas],
        "start": pd.Series([each.start for each in areas], dtype="datetime64[s]"),
        "end": pd.Series([each.end for each in areas], dtype="datetime64[s]"),
        "km2": [each.shape.area / 1e6 for each in areas],
        "dwellings": pd.array([ground.dwellings(each.shape) for each in areas], dtype="Int64"),
    }
    return gpd.GeoDataFrame(columns, geometry=[each.shape for each in areas], crs=ground.crs)


def _first_days(areas: Sequence[AreaMeasure], mergers: Sequence[BanMerger]) -> dict[str, date]:
    """Return per area its first day, or that of the first area whose place it took."""
    start = {each.code: each.start for each in areas}
    replaced = {each.code: each.replaced for each in mergers}
    return {code: min(start[one] for one in (code, *replaced.get(code, ()))) for code in start}


def _burden(frame: "gpd.GeoDataFrame", until: date) -> list[BanBurden]:
    """Return number, ground and dwellings on the first day of every year and the last day."""
    import pandas as pd

    from hotspots.planning.bans import burden

    first = min(frame["start"], default=pd.Timestamp(until)).year
    days = [*(date(year, 1, 1) for year in range(first + 1, until.year + 1)), until]
    return [
        BanBurden(
            on=day,
            kind=str(kind),
            number=int(row["number"]),
            km2=float(row["km2"]),
            dwellings=None if pd.isna(row["dwellings"]) else int(row["dwellings"]),
        )
        for day in days
        for kind, row in burden(frame, on=pd.Timestamp(day)).iterrows()
    ]


def _named(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _mergers(frame: "gpd.GeoDataFrame", ground: BanGround, until: date) -> list[BanMerger]:
    import pandas as pd

    from hotspots.planning.bans import merged
    from hotspots.planning.boundaries import overlaps

    frame = frame[frame["start"] <= pd.Timestamp(until)]
    shared = overlaps(frame, frame)
    found = merged(frame, shared, within_days=ground.policy.merge_days)
    by_code = frame.set_index("code")
    told = []
    for code, replaced in found.items():
        came, joint = by_code.loc[code], by_code.loc[replaced].geometry.union_all()
        shape = by_code.geometry[code]
        told.append(
            BanMerger(
                code=code,
                name=came["name"],
                kind=came["kind"],
                on=came["start"].date(),
                replaced=replaced,
                km2_before=joint.area / 1e6,
                km2_after=shape.area / 1e6,
                dwellings_before=ground.dwellings(joint),
                dwellings_after=ground.dwellings(shape),
            )
        )
    return told


def _overlaps(frame: "gpd.GeoDataFrame", ground: BanGround, until: date) -> list[BanOverlap]:
    """Return how soft-drug areas lie against alcohol bans, and whether their boundary follows."""
    import pandas as pd

    from hotspots.planning.boundaries import overlaps

    day = pd.Timestamp(until)
    holds = frame[(frame["start"] <= day) & (frame["end"].isna() | (frame["end"] >= day))]
    own, others = (holds[holds["kind"] == kind] for kind in (FOLLOWS, FOLLOWED))
    return [
        BanOverlap(follows=row["same"] >= ground.policy.align_share, **row)
        for row in map(_named, overlaps(own, others).to_dict("records"))
    ]
