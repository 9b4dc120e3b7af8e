"""The scan of a run, as it is shown."""

import geopandas as gpd

from hotspots.outputs.basis import Basis, basis_of
from hotspots.outputs.locating import places_of
from hotspots.outputs.policies import alpha, policy_themes
from hotspots.outputs.signals.sequences import bursts_of
from hotspots.outputs.tables import RunTables, Shown, plain_records
from hotspots.records import RunRecord


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
    basis: Basis
    on_map: bool
    circles: list[Circle]


def circles_of(run: RunTables) -> gpd.GeoDataFrame | None:
    """Return the circles that chance seldom gives, with their `number` and whether `on_map`.

    They are numbered on from the bursts, those on the map first.
    """
    if "scan" not in run.record.results:
        return None
    table = run.table("scan")
    told = table.assign(on_map=table["months"] == table["theme"].map(_longest(run.record)))
    ordered = told[told["p_value"] <= alpha(run.record)].sort_values(
        ["on_map", "theme", "months", "llr"], ascending=[False, True, False, False], kind="stable"
    )
    bursts = bursts_of(run)
    first = 1 + (0 if bursts is None else len(bursts))
    numbered = ordered.reset_index(drop=True)
    return gpd.GeoDataFrame(numbered.assign(number=numbered.index + first))


def scanned_of(run: RunTables) -> list[Scanned]:
    """Return every search of a run that was scanned, the longest of a theme first."""
    table = circles_of(run)
    if table is None:
        return []
    circles: dict[tuple[str, int], list[Circle]] = {}
    for row, (names, beyond) in zip(plain_records(table), places_of(run, table), strict=True):
        circle = Circle.model_validate({**row, "places": names, "beyond": beyond})
        circles.setdefault((str(row["theme"]), int(str(row["months"]))), []).append(circle)
    themes = set(policy_themes(run.record, "scan"))
    searches = [search for search in run.record.searches if search.theme in themes]
    longest = _longest(run.record)
    return [
        Scanned(
            theme=search.theme,
            months=search.months,
            basis=basis_of(run, "scan", search.theme, (search.first_month, search.last_month)),
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
