"""Streets: per block a bundle of parallel streets with cross streets, between main roads."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Polygon

from data.duinstad.chance import stream
from data.duinstad.geography import CRS, VERTEX_SPACING_M, Floats, Ground, Ints, Shapes, locate
from data.duinstad.names import street_names
from data.duinstad.plan import KINDS

SHORTEST_STREET_M = 35.0
SPOT_SPACING_M = 18.0


def _parallels(cell: Polygon, spacing_m: float, angle: float, start: float) -> list[LineString]:
    """Return the parts of evenly spaced parallel lines that lie in a convex cell."""
    centre = np.array(cell.centroid.coords[0])
    reach = shapely.minimum_bounding_radius(cell) * 1.6
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    offsets = np.arange(-reach, reach, spacing_m) + start * spacing_m
    middle = centre + offsets[:, None] * across
    lines = shapely.linestrings(np.stack([middle - reach * along, middle + reach * along], axis=1))
    parts = np.asarray(shapely.intersection(lines, cell))
    return list(parts[shapely.length(parts) > SHORTEST_STREET_M])


def _block_streets(cell: Polygon, kind: str, rng: np.random.Generator) -> list[LineString]:
    """Return the streets of one block, along the longest side of its cell."""
    corners = np.asarray(cell.exterior.coords)
    sides = np.diff(corners, axis=0)
    longest = sides[np.argmax(np.hypot(sides[:, 0], sides[:, 1]))]
    angle = float(np.arctan2(longest[1], longest[0]))
    rows = _parallels(cell, KINDS[kind].row_m * rng.uniform(0.9, 1.12), angle, rng.uniform())
    cross_m = KINDS[kind].cross_m * rng.uniform(0.9, 1.3)
    return rows + _parallels(cell, cross_m, angle + np.pi / 2 + rng.normal(0, 0.08), rng.uniform())


def _local_streets(ground: Ground, rng: np.random.Generator) -> pd.DataFrame:
    """Return the streets inside the buurten, bent to RD New, with the buurt each belongs to."""
    kinds = ground.buurten["kind"].to_numpy()
    lines: list[LineString] = []
    buurten: list[int] = []
    for block in ground.blocks:
        if block.use != "streets":
            continue
        found = _block_streets(block.cell, str(kinds[block.buurt]), rng)
        lines += found
        buurten += [block.buurt] * len(found)
    bent = shapely.transform(
        shapely.segmentize(np.array(lines), VERTEX_SPACING_M), ground.bend.apply
    )
    return pd.DataFrame({"buurt": buurten, "road_class": "woonstraat", "geometry": bent})


def _borders(ground: Ground) -> pd.DataFrame:
    """Return the main roads: they run on the borders of the areas, the ring round Centrum."""
    edge = ground.level("municipality_code").boundary.iloc[0]
    stadsdelen = ground.level("stadsdeel_code").boundary
    ring = stadsdelen.iloc[0].difference(edge)
    levels = {
        "ring": ring,
        "hoofdweg": shapely.union_all(stadsdelen.to_numpy()),
        "wijkweg": shapely.union_all(ground.level("wijk_code").boundary.to_numpy()),
        "buurtweg": shapely.union_all(ground.buurten.boundary.to_numpy()),
    }
    rows = []
    done = edge
    for road_class, lines in levels.items():
        merged = shapely.line_merge(shapely.difference(lines, done))
        done = shapely.union(done, lines)
        parts = shapely.get_parts(merged)
        rows += [(-1, road_class, part) for part in parts if part.length > SHORTEST_STREET_M]
    return pd.DataFrame(rows, columns=["buurt", "road_class", "geometry"])


def _collectors(ground: Ground) -> pd.DataFrame:
    """Return the streets between the blocks of one buurt."""
    cells = pd.DataFrame(
        {"buurt": [b.buurt for b in ground.blocks], "cell": [b.cell for b in ground.blocks]}
    )
    rows = []
    for buurt, group in cells.groupby("buurt")["cell"]:
        walls = shapely.unary_union([c.boundary for c in group], grid_size=0.01)
        hull = shapely.unary_union(group.to_numpy(), grid_size=0.01).boundary
        inner = shapely.line_merge(shapely.difference(walls, hull.buffer(1.0)))
        rows += [(buurt, "buurtweg", p) for p in shapely.get_parts(inner) if p.length > 20]
    table = pd.DataFrame(rows, columns=["buurt", "road_class", "geometry"])
    dense = shapely.segmentize(table["geometry"].to_numpy(), VERTEX_SPACING_M)
    table["geometry"] = shapely.transform(dense, ground.bend.apply)
    return table


def make_streets(ground: Ground, seed: int) -> gpd.GeoDataFrame:
    """Build the street network with names.

    Parameters
    ----------
    ground
        The areas of the city.
    seed
        Seed of the city.

    Returns
    -------
        Lines in RD New with ``name``, ``road_class`` (ring, hoofdweg, wijkweg, buurtweg,
        woonstraat) and ``buurt``, the position of the buurt it lies in, -1 on a border.
    """
    rng = stream(seed, "streets")
    local = _local_streets(ground, rng)
    table = pd.concat([local, _collectors(ground), _borders(ground)], ignore_index=True)
    table["name"] = street_names(len(table), rng)
    ring = table["road_class"] == "ring"
    table.loc[ring, "name"] = "Ring Duinstad"
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)


def points_along(lines: Shapes, spacing_m: float) -> tuple[Floats, Ints, Floats]:
    """Return points at even distances along lines.

    Parameters
    ----------
    lines
        (n,) line geometries.
    spacing_m
        Distance between points; the first lies half of it from the start.

    Returns
    -------
        (m, 2) coordinates, the (m,) position of each one's line, and the (m,) distance from the
        start of that line.
    """
    counts = np.maximum(1, (shapely.length(lines) // spacing_m).astype(np.int64))
    owner = np.repeat(np.arange(len(lines)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    distance = (np.arange(len(owner)) - first + 0.5) * spacing_m
    points = shapely.line_interpolate_point(lines[owner], distance)
    return np.round(shapely.get_coordinates(points), 1), owner, distance


def make_spots(streets: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Return the places in the street where the police can note an incident.

    Parameters
    ----------
    streets, ground
        The street network and the areas of the city.

    Returns
    -------
        One row per spot: ``x``, ``y`` in metres, ``street``, ``buurt`` and ``service_area`` as
        positions.
    """
    points, street, _ = points_along(streets.geometry.to_numpy(), SPOT_SPACING_M)
    spots = pd.DataFrame(
        {
            "x": points[:, 0],
            "y": points[:, 1],
            "street": street,
            "buurt": locate(points, ground.buurten.geometry),
            "service_area": locate(points, ground.service_areas.geometry),
        }
    )
    inside = (spots["buurt"] >= 0) & (spots["service_area"] >= 0)
    return spots[inside].reset_index(drop=True)
