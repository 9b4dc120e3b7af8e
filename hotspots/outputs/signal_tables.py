"""A run's signals as one plain document: bursts, near repeats, contradicting sources, the scan."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal, get_args

import geopandas as gpd
import pandas as pd

from hotspots.outputs.locating import places_of
from hotspots.outputs.tables import RunReference, RunTables, Shown, plain_records, reference_of
from hotspots.records import RunRecord, Search
from hotspots.results.codes import Verdict

Signal = Literal["bursts", "near_repeat", "sources", "scan"]
"""A signal, by the name of its result."""

SIGNALS: tuple[Signal, ...] = get_args(Signal)

Absence = Literal["layer_off", "no_incidents", "no_dwellings", "no_pair"]
"""Why a run has no such result: not asked for, or something to make it from was not delivered."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""Verdicts on two sources, in the order in which a reader wants them."""

RARELY = 0.01
"""Up to this p-value a band of distances and days is marked."""

_LAYERS: Mapping[Signal, str] = {
    "bursts": "near_repeat",
    "near_repeat": "near_repeat",
    "scan": "scan",
}
_YEAR = 12


class Burst(Shown):
    """An entry of the alert list; see :func:`hotspots.results.signals.bursts_schema`."""

    number: int
    burst_id: str
    theme: str
    area_code: str | None
    area_name: str | None
    first_day: str
    last_day: str
    count: int
    incidents: int
    expected: float
    p_value: float
    radius_m: float


class Band(Shown):
    """A band of distances and days; see :func:`hotspots.results.signals.near_repeat_schema`."""

    distance_from_m: float
    distance_to_m: float
    days_from: int
    days_to: int
    pairs: int
    expected: float
    ratio: float | None
    p_value: float

    @property
    def same_place(self) -> bool:
        """Whether the pairs are at one place."""
        return self.distance_from_m == 0

    @property
    def same_day(self) -> bool:
        """Whether the pairs are of one day."""
        return self.days_to == 0

    @property
    def rare(self) -> bool:
        """Whether chance seldom gives as many pairs."""
        return self.p_value <= RARELY


class BurstPolicy(Shown):
    """What makes a burst, and in how many days it was looked for: the policy of the run."""

    burst_radius_m: float
    burst_days: int
    burst_least: int
    look_back_days: int


class Sequences(Shown):
    """Whether incidents of a theme followed one another, and where they did of late.

    The bands are of `first_month` to `last_month`, in which `missing_months` were not delivered.
    Bursts were looked for from `looked_from` up to the cut-off; of that time `unknown_months`
    were not delivered, or not as a whole.
    """

    theme: str
    first_month: str
    last_month: str
    missing_months: list[str]
    sources: list[str]
    bands: list[Band]
    policy: BurstPolicy
    looked_from: str
    unknown_months: list[str]
    bursts: list[Burst]


class Counted(Shown):
    """What one source counted now and before, with the ratio and its 95% interval."""

    now: int
    before: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


class ComparedArea(Shown):
    """Two sources in one area, over `same_months` months known in both periods.

    `divergence` is the ratio of reports over that of records, with its 95% interval. `local` is
    true where a contradiction is stronger than in the rest of the city.
    """

    area_code: str
    area_name: str
    same_months: int
    reports: Counted
    records: Counted
    divergence: float | None
    divergence_low: float | None
    divergence_high: float | None
    verdict: Verdict
    local: bool
    q_value: float | None


class Comparison(Shown):
    """Reports of citizens beside records of the police; contradictions come first.

    `first_month` to `last_month` was compared with the same months of one or more years before;
    `missing_months` of either period were not delivered by one of the two. `alpha` is the share of
    contradictions that are expected to be none.
    """

    reports_theme: str
    records_theme: str
    level: str
    months: int
    first_month: str
    last_month: str
    before_first_month: str
    before_last_month: str
    missing_months: list[str]
    alpha: float
    sources: list[str]
    areas: list[ComparedArea]


class Circle(Shown):
    """A circle of the scan that chance seldom gives; see :mod:`hotspots.results.signals`."""

    number: int
    count: int
    expected: float
    relative_risk: float
    p_value: float
    radius_m: float
    places: list[str]
    beyond: bool


class Scanned(Shown):
    """A theme and period that was scanned, with its circles, the least likely first.

    `on_map` is true for the longest period of a theme: circles of others would hide its own.
    """

    theme: str
    months: int
    first_month: str
    last_month: str
    missing_months: list[str]
    sources: list[str]
    on_map: bool
    circles: list[Circle]


class SignalsDocument(Shown):
    """All signals of a run; what it did not look at is named in `absent`, with the reason.

    Bursts and circles are numbered together, as on their map.
    """

    sequences: list[Sequences]
    comparisons: list[Comparison]
    scanned: list[Scanned]
    absent: dict[Signal, Absence]
    sources: list[str]
    cut_off: str
    run: RunReference


def signals_document_of(run: RunTables) -> SignalsDocument:
    """Return the signals of a run.

    Parameters
    ----------
    run
        A finished run, with any of the results `bursts`, `near_repeat`, `sources` and `scan`.
    """
    record = run.record
    absent = {name: _absence(name, record) for name in SIGNALS if name not in record.results}
    sequences, comparisons, scanned = _sequences(run), _comparisons(run), _scanned(run)
    sources = [
        *(each.sources for each in sequences),
        *(each.sources for each in comparisons),
        *(each.sources for each in scanned),
    ]
    return SignalsDocument(
        sequences=sequences,
        comparisons=comparisons,
        scanned=scanned,
        absent=absent,
        sources=sorted({source for each in sources for source in each}),
        cut_off=record.until.isoformat(),
        run=reference_of(record),
    )


def bursts_of(run: RunTables) -> gpd.GeoDataFrame | None:
    """Return the bursts with their `number`: per theme and area, the area of the latest first."""
    if "bursts" not in run.record.results:
        return None
    table = run.table("bursts")
    by_area = table.groupby(["theme", "area_code"], dropna=False)["last_day"]
    ordered = table.assign(latest=by_area.transform("max")).sort_values(
        ["theme", "latest", "area_code", "last_day", "burst_id"],
        ascending=[True, False, True, False, True],
    )
    numbered = ordered.drop(columns="latest").reset_index(drop=True)
    return gpd.GeoDataFrame(numbered.assign(number=numbered.index + 1))


def circles_of(run: RunTables) -> gpd.GeoDataFrame | None:
    """Return the circles that chance seldom gives, with their `number` and whether `on_map`.

    They are numbered on from the bursts, those on the map first.
    """
    if "scan" not in run.record.results:
        return None
    table = run.table("scan")
    told = table.assign(on_map=table["months"] == table["theme"].map(_longest(run.record)))
    ordered = told[told["p_value"] <= _alpha(run.record)].sort_values(
        ["on_map", "theme", "months", "llr"], ascending=[False, True, False, False], kind="stable"
    )
    bursts = bursts_of(run)
    first = 1 + (0 if bursts is None else len(bursts))
    numbered = ordered.reset_index(drop=True)
    return gpd.GeoDataFrame(numbered.assign(number=numbered.index + first))


def policy_themes(record: RunRecord, section: str) -> list[str]:
    """Return the themes that a section of the run's policy names; an older one may lack it."""
    themes = _section(record, section).get("themes")
    return [str(theme) for theme in themes] if isinstance(themes, list) else []


def policy_layers(record: RunRecord) -> list[str]:
    """Return the layers that the run's policy asked for."""
    layers = _section(record, "hotspots").get("layers")
    return [str(layer) for layer in layers] if isinstance(layers, list) else []


def layer_of(signal: Signal) -> str | None:
    """Return the layer of the policy that makes a signal; none where it needs no asking."""
    return _LAYERS.get(signal)


def _absence(signal: Signal, record: RunRecord) -> Absence:
    layer = layer_of(signal)
    if layer is None:
        return "no_pair"
    if layer not in policy_layers(record):
        return "layer_off"
    searched = {search.theme for search in record.searches}
    if signal == "scan" and searched & set(policy_themes(record, "scan")):
        return "no_dwellings"
    return "no_incidents"


def _section(record: RunRecord, name: str) -> dict[str, object]:
    section = record.policy.get(name)
    return dict(section) if isinstance(section, dict) else {}


def _alpha(record: RunRecord) -> float:
    return float(str(_section(record, "hotspots")["alpha"]))


def _sequences(run: RunTables) -> list[Sequences]:
    bursts = bursts_of(run)
    if bursts is None or "near_repeat" not in run.record.results:
        return []
    found = [Burst.model_validate(row) for row in plain_records(bursts)]
    policy = BurstPolicy.model_validate(_section(run.record, "near_repeat"))
    until = run.record.until
    looked_from = until - timedelta(days=policy.look_back_days - 1)
    sequences = []
    for theme, table in run.table("near_repeat").groupby("theme", sort=False):
        bands = [Band.model_validate(row) for row in plain_records(table)]
        first, last = (str(table[name].iloc[0]) for name in ("first_month", "last_month"))
        missing = _missing(run.record, str(theme))
        looked_at = _months(looked_from, until)
        sequences.append(
            Sequences(
                theme=str(theme),
                first_month=first,
                last_month=last,
                missing_months=[month for month in missing if first <= month <= last],
                sources=_sources(run.record, [str(theme)]),
                bands=bands,
                policy=policy,
                looked_from=looked_from.isoformat(),
                # A month in which the cut-off falls is left out as a whole.
                unknown_months=[each for each in looked_at if each in missing or each > last],
                bursts=[burst for burst in found if burst.theme == theme],
            )
        )
    return sequences


def _comparisons(run: RunTables) -> list[Comparison]:
    if "sources" not in run.record.results:
        return []
    pair = ["reports_theme", "records_theme", "level", "first_month", "last_month"]
    return [
        _comparison(run.record, dict(zip(pair, map(str, names), strict=True)), table)
        for names, table in run.table("sources").groupby(pair, sort=False)
    ]


def _comparison(record: RunRecord, pair: dict[str, str], table: pd.DataFrame) -> Comparison:
    first, last = pd.Period(pair["first_month"], "M"), pd.Period(pair["last_month"], "M")
    months = int((last - first).n) + 1
    shift = _YEAR * -(-months // _YEAR)
    now = {str(month) for month in pd.period_range(first, last)}
    before = {str(month) for month in pd.period_range(first - shift, last - shift)}
    themes = [pair["reports_theme"], pair["records_theme"]]
    missing = {month for theme in themes for month in _missing(record, theme)}
    areas = [
        ComparedArea.model_validate(
            {**row, "reports": _counted(row, "reports"), "records": _counted(row, "records")}
        )
        for row in plain_records(table)
    ]
    return Comparison(
        **pair,
        months=months,
        before_first_month=str(first - shift),
        before_last_month=str(last - shift),
        missing_months=sorted(missing & (now | before)),
        alpha=_alpha(record),
        sources=_sources(record, themes),
        areas=sorted(areas, key=_order),
    )


def _counted(row: dict[str, object], source: str) -> Counted:
    return Counted.model_validate({name: row[f"{source}_{name}"] for name in Counted.model_fields})


def _order(area: ComparedArea) -> tuple[int, bool, str]:
    return VERDICTS.index(area.verdict), not area.local, area.area_code


def _scanned(run: RunTables) -> list[Scanned]:
    table = circles_of(run)
    if table is None:
        return []
    circles: dict[tuple[str, int], list[Circle]] = {}
    for row, (names, beyond) in zip(plain_records(table), places_of(run, table), strict=True):
        circle = Circle.model_validate({**row, "places": names, "beyond": beyond})
        circles.setdefault((str(row["theme"]), int(str(row["months"]))), []).append(circle)
    themes = set(policy_themes(run.record, "scan"))
    searches = [search for search in run.record.searches if search.theme in themes]
    shared = set(Scanned.model_fields) & set(Search.model_fields)
    longest = _longest(run.record)
    return [
        Scanned(
            **search.model_dump(include=shared),
            on_map=search.months == longest[search.theme],
            circles=circles.get((search.theme, search.months), []),
        )
        for search in sorted(searches, key=lambda search: (search.theme, -search.months))
    ]


def _longest(record: RunRecord) -> dict[str, int]:
    """Return the longest period in months that was searched, per theme."""
    longest: dict[str, int] = {}
    for search in record.searches:
        longest[search.theme] = max(search.months, longest.get(search.theme, 0))
    return longest


def _missing(record: RunRecord, theme: str) -> list[str]:
    searches = [search for search in record.searches if search.theme == theme]
    return sorted({month for search in searches for month in search.missing_months})


def _sources(record: RunRecord, themes: Iterable[str]) -> list[str]:
    """Return who delivered themes, as their searches tell."""
    wanted = set(themes)
    found = [search.sources for search in record.searches if search.theme in wanted]
    return sorted({source for sources in found for source in sources})


def _months(first: date, last: date) -> list[str]:
    """Return the months from the one of a day to the one of another."""
    return [str(month) for month in pd.period_range(first, last, freq="M")]
