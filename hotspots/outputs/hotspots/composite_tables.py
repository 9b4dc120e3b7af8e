"""Where a run's layers come together, as one plain document in the order of a reader."""

from typing import Literal

import geopandas as gpd
import pandas as pd

from hotspots.errors import NotFound, Problem
from hotspots.months import month_name, month_number
from hotspots.outputs.basis import Basis, basis_of
from hotspots.outputs.locating import places_of
from hotspots.outputs.policies import section
from hotspots.outputs.tables import RunReference, RunTables, Shown, plain_records, reference_of
from hotspots.records import RunRecord
from hotspots.results.codes import Lineage
from hotspots.schemas import RISK_LAYER, RISK_THEME, StudyAreaOrigin, why_unscored

LayerStatus = Literal["counted", "weightless", "empty", "few", "as_risk"]
"""What became of a layer: counted, without a weight in the policy, zero or unknown everywhere,
of too few incidents, or counted as a risk per dwelling in its stead."""


class Weighing(Shown):
    """How the layers were weighed: the policy of the run, and the period that follows from it.

    `weights` are the policy's own; empty where every kind of trouble weighs alike.
    """

    months: int
    half_life_months: float
    least_times: float
    least_incidents: int
    weights: dict[str, float]
    first_month: str
    last_month: str


class CompositeLayer(Shown):
    """A layer, its part in the whole, and the months of its period that were not delivered.

    The weights of all layers are together 1; without what police and enforcement began, a layer
    may be left with nothing, and the others share its weight.
    """

    layer: str
    status: LayerStatus
    weight: float
    weight_without_proactive: float
    missing_months: list[str]


class Contribution(Shown):
    """What a layer adds to a place; see :func:`hotspots.results.together.contributions_schema`."""

    layer: str
    significant: bool
    known_share: float
    weight: float
    value: float | None
    contribution: float
    share: float | None
    weight_without_proactive: float
    value_without_proactive: float | None
    contribution_without_proactive: float
    share_without_proactive: float | None


class CompositePlace(Shown):
    """A place with its number and names; see :func:`hotspots.results.together.composite_schema`.

    `beyond` is true where the named areas hold less than half of it; `contributions` stand from
    high to low.
    """

    place_id: str
    number: int
    lineage: Lineage
    predecessors: list[str]
    rank: int
    rank_without_proactive: int
    value: float
    value_without_proactive: float
    area_km2: float
    themes: list[str]
    places: list[str]
    beyond: bool
    contributions: list[Contribution]


class CompositeDocument(Shown):
    """Where the layers come together, the highest first; values in times the city's average.

    Zones of youth groups are confidential: no value in here rests on them.
    """

    weighing: Weighing
    layers: list[CompositeLayer]
    places: list[CompositePlace]
    study_area: StudyAreaOrigin | None
    sources: list[str]
    cut_off: str
    run: RunReference


def has_composite(record: RunRecord) -> bool:
    """Tell whether a run brought its layers together."""
    return {"composite", "contributions"} <= record.results.keys()


def require_composite(record: RunRecord) -> None:
    """Refuse a run that did not bring its layers together.

    Raises
    ------
    NotFound
        With what would make one.
    """
    if not has_composite(record):
        raise NotFound(
            Problem(
                f"Run {record.id} did not bring layers together.",
                "Take in incidents with: hotspots ingest incidents, and make a new run with: "
                "hotspots run.",
                value=record.id,
            )
        )


def composite_document_of(run: RunTables) -> CompositeDocument:
    """Return where the layers of a run come together.

    Parameters
    ----------
    run
        A finished run with the results `composite` and `contributions`.
    """
    record = run.record
    weighing = _weighing(record)
    contributions = run.table("contributions")
    layers = _layers(run, weighing, contributions)
    return CompositeDocument(
        weighing=weighing,
        layers=layers,
        places=_places(run, contributions),
        study_area=record.searches[0].study_area if record.searches else None,
        sources=_sources(run, weighing, layers),
        cut_off=record.until.isoformat(),
        run=reference_of(record),
    )


def places_table(run: RunTables) -> gpd.GeoDataFrame:
    """Return the places in the order of their document."""
    table = gpd.GeoDataFrame(run.table("composite"))
    return table.sort_values(["rank", "place_id"], kind="stable").reset_index(drop=True)


def falls_away(place: CompositePlace, document: CompositeDocument) -> bool:
    """Tell whether a place is below the least value without what police and enforcement began."""
    return place.value_without_proactive < document.weighing.least_times


def _weighing(record: RunRecord) -> Weighing:
    """Return the policy of the run; its searches end where the period of the composite ends."""
    settings = section(record, "composite")
    last = max(search.last_month for search in record.searches)
    first = month_name(month_number(last) + 1 - int(str(settings["months"])))
    return Weighing.model_validate({**settings, "first_month": first, "last_month": last})


def _layers(
    run: RunTables, weighing: Weighing, contributions: pd.DataFrame
) -> list[CompositeLayer]:
    """Return what entered, the heaviest first, and then what was delivered and did not."""
    record = run.record
    entered = contributions.drop_duplicates("layer").set_index("layer", drop=False)
    searched = {search.theme for search in record.searches if not why_unscored(search.theme)}
    found = [
        CompositeLayer(
            layer=str(row["layer"]),
            status=_status(str(row["layer"]), bool(row["weight"]), weighing),
            weight=float(str(row["weight"])),
            weight_without_proactive=float(str(row["weight_without_proactive"])),
            missing_months=_basis(run, weighing, str(row["layer"])).missing_months,
        )
        for row in plain_records(entered)
    ]
    known = {layer.layer for layer in found}
    if found:
        found += [
            CompositeLayer(
                layer=theme,
                status="as_risk" if theme == RISK_THEME and RISK_LAYER in known else "few",
                weight=0.0,
                weight_without_proactive=0.0,
                missing_months=_basis(run, weighing, theme).missing_months,
            )
            for theme in searched - known
        ]
    return sorted(found, key=lambda layer: (-layer.weight, layer.layer))


def _status(layer: str, counted: bool, weighing: Weighing) -> LayerStatus:
    if counted:
        return "counted"
    return "empty" if not weighing.weights or weighing.weights.get(layer) else "weightless"


def _theme(layer: str) -> str:
    return RISK_THEME if layer == RISK_LAYER else layer


def _basis(run: RunTables, weighing: Weighing, layer: str) -> Basis:
    period = (weighing.first_month, weighing.last_month)
    return basis_of(run, "composite", _theme(layer), period)


def _sources(run: RunTables, weighing: Weighing, layers: list[CompositeLayer]) -> list[str]:
    """Return where the figures come from; a risk per dwelling also rests on the dwellings."""
    counted = {layer.layer for layer in layers if layer.status == "counted"}
    counted = counted or {search.theme for search in run.record.searches}
    sources = {source for layer in counted for source in _basis(run, weighing, layer).sources}
    if any(layer.layer == RISK_LAYER for layer in layers):
        sources |= {each.source for each in run.record.deliveries if each.kind == "dwellings"}
    return sorted(sources)


def _places(run: RunTables, contributions: pd.DataFrame) -> list[CompositePlace]:
    table = places_table(run)
    by_place = {str(name): rows for name, rows in contributions.groupby("place_id")}
    return [
        CompositePlace.model_validate(
            {
                **row,
                "number": number,
                "predecessors": str(row["predecessors"]).split(),
                "themes": str(row["themes"]).split(),
                "places": names,
                "beyond": beyond,
                "contributions": _contributions(by_place[str(row["place_id"])]),
            }
        )
        for number, (row, (names, beyond)) in enumerate(
            zip(plain_records(table), places_of(run, table), strict=True), start=1
        )
    ]


def _contributions(rows: pd.DataFrame) -> list[Contribution]:
    ordered = rows.sort_values(["contribution", "layer"], ascending=[False, True], kind="stable")
    return [Contribution.model_validate(row) for row in plain_records(ordered)]
