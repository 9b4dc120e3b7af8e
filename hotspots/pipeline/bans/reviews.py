"""Reviews of area measures: each by itself, and what all of them ask of the city together."""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from hotspots.outputs.bans.document import (
    BanBurden,
    BanMerger,
    BanOverlap,
    BanReviewDocument,
    BanSources,
    BanStep,
)
from hotspots.pipeline.area_file import AreaMeasure
from hotspots.pipeline.bans.case import Case
from hotspots.pipeline.bans.course import compared_sources
from hotspots.pipeline.bans.ground import BanGround
from hotspots.pipeline.bans.review import review_of, unknown_review
from hotspots.pipeline.nuisance import Nuisance
from hotspots.pipeline.progress import Progress

if TYPE_CHECKING:
    import geopandas as gpd

FOLLOWS, FOLLOWED = "soft_drug_ban", "alcohol_ban"
"""The boundary of the one kind follows that of the other where possible."""


@dataclass(frozen=True)
class Asked:
    """What a review or a proposal is asked about: areas that exist, and their timeline.

    `areas` are all of them, those that ended included: they tell what was merged. `steps` are
    lighter measures and findings by the code of their area, or the name of a place.
    """

    areas: Sequence[AreaMeasure]
    steps: Mapping[str, Sequence[BanStep]]
    until: date

    @property
    def holding(self) -> list[AreaMeasure]:
        """The areas that hold on the cut-off date."""
        return [each for each in self.areas if each.holds_on(self.until)]

    @property
    def hash(self) -> str:
        """A hash of all of it."""
        digest = sha256()
        for area in self.areas:
            told = {**vars(area), "shape": area.shape.wkb_hex, "season": area.season_text}
            digest.update(json.dumps(told, sort_keys=True, default=str).encode())
        for code, steps in sorted(self.steps.items()):
            told = {"code": code, "steps": [each.model_dump(mode="json") for each in steps]}
            digest.update(json.dumps(told, sort_keys=True).encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Reviewed:
    """The document of all reviews, and the cases of those areas of which a theme was delivered."""

    document: BanReviewDocument
    cases: Sequence[Case]


def reviewed(
    asked: Asked,
    found: Mapping[str, Nuisance | None],
    ground: BanGround,
    *,
    run: str,
    progress: Progress = lambda what, done, of: None,
) -> Reviewed:
    """Review every area measure that holds, and show what all of them ask of the city together.

    Parameters
    ----------
    asked
        The areas.
    found
        Incidents by kind of area; None where no theme of the kind was delivered.
    ground
        Streets, dwellings and the municipality.
    run
        Id of the run that this becomes.
    progress
        Told how far it is.
    """
    frame = frame_of(asked.areas, ground)
    mergers = _mergers(frame, ground, asked.until)
    cases = _cases(asked, found, ground, _first_days(asked.areas, mergers))
    sources = _sources(cases.values(), ground)
    reviews = []
    for number, area in enumerate(asked.holding):
        progress("reviewing areas", number, len(asked.holding))
        case = cases.get(area.code)
        if case is None:
            reviews.append(unknown_review(area, ground, asked.steps.get(area.code, ())))
        else:
            reviews.append(review_of(case, sources.get(area.code, [])))
    document = BanReviewDocument(
        run=run,
        until=asked.until,
        demo=ground.current.workspace.demo,
        areas=reviews,
        burden=_burden(frame, ground, asked.until),
        mergers=mergers,
        overlaps=_overlaps(frame, ground, asked.until),
        **rests_on(found.values()),
        policy=ground.policy.model_dump(),
    )
    return Reviewed(document, list(cases.values()))


def _cases(
    asked: Asked,
    found: Mapping[str, Nuisance | None],
    ground: BanGround,
    first_day: Mapping[str, date],
) -> dict[str, Case]:
    """Return the areas that hold by their code, each with its incidents if there are any."""
    holding, cases = asked.holding, {}
    for area in holding:
        nuisance = found[area.kind]
        if nuisance is None:
            continue
        others = [each.shape for each in holding if each.kind == area.kind and each is not area]
        steps = asked.steps.get(area.code, ())
        cases[area.code] = Case(
            area, first_day[area.code], nuisance, ground, others, steps, asked.until
        )
    return cases


def _sources(cases: Iterable[Case], ground: BanGround) -> dict[str, list[BanSources]]:
    """Return by code of an area its reports beside its records, kind by kind."""
    by_kind: dict[str, list[Case]] = {}
    for case in cases:
        by_kind.setdefault(case.area.kind, []).append(case)
    told: dict[str, list[BanSources]] = {}
    for of_kind in by_kind.values():
        themes = of_kind[0].nuisance.themes
        pairs = [
            (reports, records)
            for records, reports in ground.pairs.items()
            if reports in themes and records in themes
        ]
        if not pairs:
            continue
        table = compared_sources(of_kind, pairs, alpha=ground.alpha)
        for row in table.to_dict("records"):
            held = {name: row[name] for name in BanSources.model_fields}
            told.setdefault(str(row["code"]), []).append(BanSources.model_validate(held))
    return told


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


def _burden(frame: "gpd.GeoDataFrame", ground: BanGround, until: date) -> list[BanBurden]:
    """Return number, ground and dwellings on the first day of every year and the last day."""
    import pandas as pd

    from hotspots.planning.bans import burden

    first = min(frame["start"], default=pd.Timestamp(until)).year
    days = [*(date(year, 1, 1) for year in range(first + 1, until.year + 1)), until]
    told = []
    for day in days:
        for kind, row in burden(frame, on=pd.Timestamp(day)).iterrows():
            dwellings = None if pd.isna(row["dwellings"]) else int(row["dwellings"])
            told.append(
                BanBurden(
                    on=day,
                    kind=str(kind),
                    number=int(row["number"]),
                    km2=float(row["km2"]),
                    dwellings=dwellings,
                    residents=ground.residents(dwellings),
                )
            )
    return told


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
        before, after = ground.dwellings(joint), ground.dwellings(shape)
        told.append(
            BanMerger(
                code=code,
                name=came["name"],
                kind=came["kind"],
                on=came["start"].date(),
                replaced=replaced,
                replaced_names=by_code.loc[replaced, "name"].tolist(),
                km2_before=joint.area / 1e6,
                km2_after=shape.area / 1e6,
                dwellings_before=before,
                dwellings_after=after,
                residents_before=ground.residents(before),
                residents_after=ground.residents(after),
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
