"""Where several kinds of trouble come together, and what each contributes.

Significance is given, from unweighted counts per theme; weights and age only shape the composite.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.grid import Bools, Floats, Grid, Ints
from hotspots.analysis.layers import Layer, Mix, mix
from hotspots.analysis.polygons import Area, hot_areas

_ROUNDING = 1e-9
_PLACES = {
    "place": "str",
    "value": "float64",
    "value_without_proactive": "float64",
    "rank": "int64",
    "rank_without_proactive": "int64",
    "area_km2": "float64",
    "themes": "str",
}
_CONTRIBUTIONS = {
    "place": "str",
    "layer": "str",
    "significant": "bool",
    "known_share": "float64",
    "weight": "float64",
    "value": "float64",
    "contribution": "float64",
    "share": "float64",
    "weight_without_proactive": "float64",
    "value_without_proactive": "float64",
    "contribution_without_proactive": "float64",
    "share_without_proactive": "float64",
}


@dataclass(frozen=True)
class Composite:
    """The composite, its places and what each layer contributes to them.

    Parameters
    ----------
    cells
        Per study cell, indexed by cell number: `value`, `value_without_proactive` and `place`
        (missing outside every place).
    places
        One row per place; see :func:`composite_places`.
    contributions
        One row per place and layer; see :func:`composite_places`.
    """

    cells: pd.DataFrame
    places: gpd.GeoDataFrame
    contributions: pd.DataFrame


def composite_places(
    grid: Grid,
    layers: Sequence[Layer],
    layers_without_proactive: Sequence[Layer],
    *,
    significant_cells: Mapping[str, Ints],
    study_area: BaseGeometry,
    least_times: float,
    min_area_m2: float,
    crs: str,
) -> Composite:
    """Draw the places where the composite is high, and take each of them apart into its layers.

    A place is made of cells that are significant for at least one layer of some weight and whose
    composite is at least `least_times`. The same places are then valued without the records that
    police and enforcement found by looking. Each layer is put in times its own average again: a
    place keeps its value when proactive records lie where the others do, and loses it when only
    the proactive ones lie there.

    Parameters
    ----------
    grid
        Cells.
    layers
        All layers; a public map is made by leaving confidential ones out here.
    layers_without_proactive
        The same names and weights, without proactive records.
    significant_cells
        Cell numbers per layer, tested on unweighted counts of what the layer shows (of burglary
        for the risk of burglary); a layer that is not tested has none.
    study_area
        Polygon that places are cut to.
    least_times
        Least value of a place, in times the city's average.
    min_area_m2
        Smallest place.
    crs
        Coordinate reference system of all coordinates.

    Returns
    -------
    Composite
        `places` from high to low `value` (mean of the composite over its cells), then from west
        to east and from south to north: `place`, `value`, `value_without_proactive`, `rank` and
        `rank_without_proactive` (from 1, equal values share the best), `area_km2`, `themes`
        (layers significant in one of its cells, the largest contribution first, joined by spaces)
        and `geometry`.
        `contributions` per place from high to low: `layer`, `significant`, `known_share` (of the
        place's cells; the others count as the city's average), `weight` (0 for a layer that is
        left out), `value` (mean over the cells in times the city's average; missing when left
        out), `contribution` (weight times value, together the value of the place), `share` (of
        that value), and the last four `without_proactive`.

    Raises
    ------
    PolicyRefused
        As :func:`~hotspots.analysis.layers.mix`.
    ValueError
        As :func:`~hotspots.analysis.layers.mix`, and when the two sets of layers or the
        significant cells do not match.
    """
    full, without = mix(layers), mix(layers_without_proactive)
    _refuse_mismatch(grid, layers, layers_without_proactive, significant_cells)
    significant = np.zeros((len(full.names), grid.inside.size), dtype=bool)
    for number, name in enumerate(full.names):
        if full.policy[number] > 0 and name in significant_cells:
            significant[number, significant_cells[name]] = True
    least = least_times * (1 - _ROUNDING)
    high = grid.study_cells[full.composite >= least]
    candidates = hot_areas(
        grid,
        high[significant[:, high].any(axis=0)],
        study_area,
        largest_hole_m2=grid.cell_size_m**2,
        min_area_m2=min_area_m2,
    )
    areas = _in_order(grid, candidates, full.composite, least=least)
    positions = [_positions(grid, area) for area in areas]
    names = [f"place-{number:03d}" for number in range(1, len(areas) + 1)]
    contributions = _contributions(names, areas, positions, full, without, significant)
    return Composite(
        cells=_cells(grid, names, areas, full, without),
        places=_places(names, areas, contributions, crs),
        contributions=contributions,
    )


def _refuse_mismatch(
    grid: Grid,
    layers: Sequence[Layer],
    layers_without_proactive: Sequence[Layer],
    significant_cells: Mapping[str, Ints],
) -> None:
    """Refuse layers that do not belong together: a slip of the caller would pass unseen."""
    weights = {layer.name: layer.weight for layer in layers}
    if weights != {layer.name: layer.weight for layer in layers_without_proactive}:
        raise ValueError("layers without proactive records must have the same names and weights")
    n_cells = len(grid.study_cells)
    if any(len(layer.values) != n_cells for layer in (*layers, *layers_without_proactive)):
        raise ValueError(f"layers must have a value for each of {n_cells} cells")
    strangers = sorted(significant_cells.keys() - weights.keys())
    if strangers:
        raise ValueError(f"significant cells of what is no layer: {', '.join(strangers)}")


def _positions(grid: Grid, area: Area) -> Ints:
    """Return where the cells of an area stand among the study cells."""
    return np.searchsorted(grid.study_cells, area.cells).astype(np.int64)


def _in_order(grid: Grid, areas: list[Area], composite: Floats, *, least: float) -> list[Area]:
    """Return areas of the least value or more, from high to low, then from west to east.

    A cell amid high ones belongs to their area without being high itself, and may pull it down.
    """
    keyed = []
    for area in areas:
        value = float(composite[_positions(grid, area)].mean())
        middle = shapely.centroid(area.geometry)
        if value >= least:
            keyed.append(((-round(value, 9), round(middle.x), round(middle.y)), area))
    return [area for _, area in sorted(keyed, key=itemgetter(0))]


def _contributions(
    names: list[str],
    areas: list[Area],
    positions: list[Ints],
    full: Mix,
    without: Mix,
    significant: Bools,
) -> pd.DataFrame:
    """Return what every layer contributes to every place, the largest first."""
    parts, parts_without = _parts(full, positions), _parts(without, positions)
    table = pd.DataFrame(
        {
            "place": np.repeat(np.array(names, dtype=object), len(full.names)),
            "layer": np.tile(np.array(full.names, dtype=object), len(names)),
            "significant": _means(significant, [area.cells for area in areas]).ravel() > 0,
            "known_share": _means(full.known, positions).ravel(),
            **{name: part.ravel() for name, part in parts.items()},
            **{f"{name}_without_proactive": part.ravel() for name, part in parts_without.items()},
        }
    )
    number = np.repeat(np.arange(len(names)), len(full.names))
    order = np.lexsort([-table["contribution"].to_numpy(), number])
    return table.iloc[order].reset_index(drop=True).astype(_CONTRIBUTIONS)


def _parts(one: Mix, positions: list[Ints]) -> dict[str, Floats]:
    """Return weight, value, contribution and share, each of shape (places, layers)."""
    value = _means(one.times, positions)
    contribution = np.where(one.weights > 0, one.weights * value, 0.0)
    total = contribution.sum(axis=1, keepdims=True)
    share = np.divide(contribution, total, out=np.full(value.shape, np.nan), where=total > 0)
    weight = np.broadcast_to(one.weights, value.shape)
    return {"weight": weight, "value": value, "contribution": contribution, "share": share}


def _means(values: Floats | Bools, at: list[Ints]) -> Floats:
    """Return the mean of every layer over each set of cells, shape (sets, layers)."""
    means = [values[:, cells].mean(axis=1) for cells in at]
    return np.array(means, dtype=np.float64).reshape(len(at), len(values))


def _places(
    names: list[str], areas: list[Area], contributions: pd.DataFrame, crs: str
) -> gpd.GeoDataFrame:
    """Return the table of places; each value is the sum of its contributions."""
    sums = contributions.groupby("place", sort=False)[
        ["contribution", "contribution_without_proactive"]
    ].sum()
    significant = contributions[contributions["significant"]].groupby("place")["layer"]
    table = pd.DataFrame({"place": names})
    table["value"] = sums["contribution"].to_numpy()
    table["value_without_proactive"] = sums["contribution_without_proactive"].to_numpy()
    for with_or_without in ("", "_without_proactive"):
        # Rounded, or the last digit of a sum would decide between equals.
        value = table[f"value{with_or_without}"].round(9)
        table[f"rank{with_or_without}"] = value.rank(ascending=False, method="min")
    table["area_km2"] = [float(shapely.area(area.geometry)) / 1e6 for area in areas]
    table["themes"] = table["place"].map(significant.agg(" ".join)) if len(table) else ""
    return gpd.GeoDataFrame(
        table[list(_PLACES)].astype(_PLACES),
        geometry=[area.geometry for area in areas],
        crs=crs,
    )


def _cells(
    grid: Grid, names: list[str], areas: list[Area], full: Mix, without: Mix
) -> pd.DataFrame:
    """Return the composite per study cell, and the place that holds the cell."""
    number = np.full(grid.inside.size, -1)
    for position, area in enumerate(areas):
        number[area.cells] = position
    return pd.DataFrame(
        {
            "value": full.composite,
            "value_without_proactive": without.composite,
            "place": np.array([*names, None], dtype=object)[number[grid.study_cells]],
        },
        index=pd.Index(grid.study_cells, name="cell"),
    ).astype({"place": "str"})
