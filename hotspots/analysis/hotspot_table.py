"""The table of hotspots: the figures of every area that is one, in order."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.figures import TOP_DENSITY_SHARE, figures_of
from hotspots.analysis.grid import Bools, Ints
from hotspots.analysis.polygons import Area, which_polygon

COLUMNS = {
    "hotspot_id": "str",
    "theme": "str",
    "kind": "str",
    "count": "int64",
    "stacked_count": "int64",
    "area_km2": "float64",
    "share": "float64",
    "times_city_mean": "float64",
    "gi_star_z": "float64",
    "p_value": "float64",
    "q_value": "float64",
    "methods": "str",
    "methods_run": "int64",
    "agreement": "int64",
    "stack_share": "float64",
    "one_night_share": "float64",
    "one_night": "str",
    "proactive_share": "float64",
    "months_with_incidents": "int64",
    "first_month": "str",
    "last_month": "str",
    "remarks": "str",
}
"""Columns of :func:`hotspot_table`, before `geometry`."""


@dataclass(frozen=True)
class Ordered:
    """Hotspots, and which area and which incidents are whose.

    Parameters
    ----------
    table
        One row per hotspot; see :func:`hotspot_table`.
    area
        Number of the area of each row.
    row_of
        Row of each incident; -1 for none.
    """

    table: gpd.GeoDataFrame
    area: Ints
    row_of: Ints


def hotspot_table(
    areas: list[Area],
    rows: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    theme: str,
    period: tuple[str, str],
    study_area_km2: float,
    crs: str,
    min_incidents: int,
    few_incidents: int,
) -> Ordered:
    """List the areas that are hotspots, with their figures.

    Neighbours of many incidents can be significant without holding more than their part: an area
    no denser than the study area is no hotspot.

    Parameters
    ----------
    areas
        Areas that share no more than borders.
    rows
        The incidents in study cells: `x` and `y` in metres, and what
        :func:`~hotspots.analysis.figures.figures_of` asks of them.
    cells
        Per study cell, indexed by cell number: `density_per_km2`, `gi_star_z`, `p_hot`, `q_hot`.
    theme
        Theme of all incidents.
    period
        First and last month (``YYYY-MM``).
    study_area_km2
        Area of the study cells.
    crs
        Coordinate reference system of all coordinates.
    min_incidents
        Fewer incidents than this make no hotspot.
    few_incidents
        Fewer incidents than this: a remark.

    Returns
    -------
    Ordered
        By count, then from west to east and from south to north, with `hotspot_id` (theme and
        order), `theme`, `kind` (:data:`~hotspots.results.codes.PolygonKind`, judged without
        stacked locations), `count`, `stacked_count` (on stacked locations), `area_km2`, `share`
        (of the theme's incidents in study cells), `times_city_mean` (its incidents per km2 over
        those of the study area), `gi_star_z` (highest), `p_value` and `q_value` (smallest; missing
        for a stacked location, which is not tested), `methods` (those of
        :data:`~hotspots.analysis.figures.METHODS` that point here), `methods_run` (number of
        methods that were run), `agreement` (number that point here), `stack_share` (largest share
        on one location), `one_night_share` (largest share in one night of the year, 18:00 to
        06:00, over all years; missing where the time of most is unknown), `one_night` (that
        night's evening, ``MM-DD``), `proactive_share` (share that police or enforcement began, of
        those of which it is known; missing where it is known of less than half),
        `months_with_incidents`, `first_month`, `last_month`, `remarks`
        (:data:`~hotspots.analysis.figures.Remark` codes joined by spaces) and `geometry`.
    """
    area_of = _area_of(areas, rows)
    tested = cells[["gi_star_z", "p_hot", "q_hot"]]
    tested = tested.assign(dense=_among_the_densest(cells["density_per_km2"]))
    figures = {
        number: figures_of(area, held, tested.loc[area.cells], few_incidents=few_incidents)
        for number, (area, held) in enumerate(
            zip(areas, _parts(rows, area_of, len(areas)), strict=True)
        )
        if len(held) >= min_incidents
    }
    table = pd.DataFrame.from_dict(figures, orient="index").reindex(columns=[*COLUMNS, "geometry"])
    table["share"] = table["count"] / len(rows)
    table["times_city_mean"] = table["share"] / table["area_km2"] * study_area_km2
    table = _in_order(table[table["times_city_mean"] > 1])
    table["hotspot_id"] = [f"{theme}-{number:03d}" for number in range(1, len(table) + 1)]
    table["theme"], (table["first_month"], table["last_month"]) = theme, period
    area = table.index.to_numpy(np.int64)
    typed = table.astype(COLUMNS).reset_index(drop=True)
    return Ordered(
        gpd.GeoDataFrame(typed, geometry="geometry", crs=crs),
        area,
        _row_of(area, area_of, len(areas)),
    )


def _area_of(areas: list[Area], rows: pd.DataFrame) -> Ints:
    """Return the area of each incident; whole locations are looked up, not incidents."""
    places = rows.groupby("place")[["x", "y"]].mean()
    outlines = [area.geometry for area in areas]
    held_by = which_polygon(outlines, places["x"].to_numpy(), places["y"].to_numpy())
    return held_by[places.index.get_indexer(pd.Index(rows["place"]))]


def _among_the_densest(density_per_km2: pd.Series) -> Bools:
    least = float(density_per_km2.quantile(1 - TOP_DENSITY_SHARE))
    return np.asarray(density_per_km2 >= least)


def _parts(rows: pd.DataFrame, area_of: Ints, n_areas: int) -> list[pd.DataFrame]:
    """Return the incidents of each area."""
    by_area = np.argsort(area_of, kind="stable")
    first = np.searchsorted(area_of[by_area], np.arange(n_areas + 1))
    return [rows.iloc[by_area[first[number] : first[number + 1]]] for number in range(n_areas)]


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return rows by count, then from west to east and from south to north."""
    middle = shapely.get_coordinates(shapely.centroid(table["geometry"].to_numpy())).round()
    by_count = -table["count"].to_numpy(float)
    return table.iloc[np.lexsort([middle[:, 1], middle[:, 0], by_count])]


def _row_of(area: Ints, area_of: Ints, n_areas: int) -> Ints:
    """Return the row of each incident's area; `area` holds the area of each row."""
    row = np.full(n_areas + 1, -1, dtype=np.int64)
    row[area] = np.arange(len(area))
    return row[area_of]
