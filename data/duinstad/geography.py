"""The ground of Duinstad: areas that share their borders exactly, bent from a drawing plane.

The drawing is cut into cells (Voronoi: wijken, in them buurten, in them blocks; service areas
apart), all lines are noded together, and only then a smooth one-to-one bend moves every vertex.
Equal vertices move equally, so the areas stay a coverage without gaps or overlaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from data.duinstad import plan
from data.duinstad.chance import stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]

CRS = "EPSG:28992"
ORIGIN_RD_M = (44_000.0, 505_000.0)
"""Where the market square lies: in RD New, but in the North Sea, so that no place is real."""
COAST_ANGLE_DEG = 38.0
PLANE_SCALE = 0.9245
"""Metres on the ground per metre drawn; chosen so that the built-up area is about 98 km2."""
VERTEX_SPACING_M = 45.0
BLOCK_AREA_M2 = 170_000.0
PARK_SHARE = 0.45
"""Share of the larger buurten with a neighbourhood park."""
MUNICIPALITY_CODE = "GM9999"


@dataclass(frozen=True)
class Bend:
    """A smooth one-to-one bend of the drawing plane, then a turn and a shift into RD New."""

    wave: Floats
    phase: Floats
    push: Floats

    def apply(self, points: Floats) -> Floats:
        """Return RD coordinates in metres, to the decimetre, of (n, 2) points of the drawing."""
        waves = np.sin(points @ self.wave.T + self.phase)
        bent = (points + waves @ self.push) * PLANE_SCALE
        turn = np.deg2rad(COAST_ANGLE_DEG)
        matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return np.asarray(np.round(bent @ matrix + np.array(ORIGIN_RD_M), 1))


@dataclass(frozen=True)
class Block:
    """A group of streets with one direction, or a neighbourhood park, or a harbour basin.

    ``cell`` lies in the drawing, ``buurt`` is a position, ``use`` is ``streets``, ``green`` or
    ``water``.
    """

    cell: Polygon
    buurt: int
    use: str


@dataclass(frozen=True)
class Ground:
    """The areas of the city, and what is needed to draw streets in them.

    ``buurten`` and ``service_areas`` are indexed by position; every other level is a union of
    buurten. ``blocks`` are still in the drawing plane; ``bend`` takes them to RD New.
    """

    bend: Bend
    blocks: tuple[Block, ...]
    buurten: gpd.GeoDataFrame
    service_areas: gpd.GeoDataFrame

    def level(self, column: str) -> gpd.GeoDataFrame:
        """Return the union of the buurten per value of a column such as ``wijk_code``."""
        merged = self.buurten.groupby(column, sort=True)["geometry"].agg(_union)
        return gpd.GeoDataFrame(geometry=gpd.GeoSeries(merged, crs=CRS))

    def lay_down(self, block: Block) -> BaseGeometry:
        """Return the cell of a block in RD New."""
        return shapely.transform(shapely.segmentize(block.cell, VERTEX_SPACING_M), self.bend.apply)

    def built(self) -> Flags:
        """Tell per buurt whether it counts as built-up area."""
        return np.array([plan.KINDS[str(kind)].built for kind in self.buurten["kind"]])


def _union(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    return shapely.coverage_union_all(np.asarray(parts))


def make_bend(rng: np.random.Generator) -> Bend:
    """Draw a bend with long, middle and short waves, gentle enough never to fold the plane."""
    rows = []
    for length_m, push_m in ((7000.0, 210.0), (4000.0, 85.0), (1900.0, 32.0), (800.0, 9.0)):
        for angle in rng.uniform(0, 2 * np.pi, 3):
            direction = rng.uniform(0, 2 * np.pi)
            number = 2 * np.pi / length_m
            rows.append(
                (
                    number * np.cos(angle),
                    number * np.sin(angle),
                    rng.uniform(0, 2 * np.pi),
                    push_m * np.cos(direction),
                    push_m * np.sin(direction),
                )
            )
    table = np.array(rows)
    return Bend(wave=table[:, :2], phase=table[:, 2], push=table[:, 3:])


def cells(seeds: Floats, within: Polygon) -> list[Polygon]:
    """Return the Voronoi cells of (n, 2) seeds inside a polygon, in the order of the seeds."""
    if len(seeds) == 1:
        return [within]
    raw = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=within, ordered=True)
    return list(map(_one_polygon, shapely.intersection(shapely.get_parts(raw), within)))


def _one_polygon(shape: BaseGeometry) -> Polygon:
    """Return the largest polygon of a shape: a cell may be cut in two by a bay in the outline."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area)


def _spread(within: Polygon, count: int, rng: np.random.Generator) -> Floats:
    """Return (count, 2) points spread evenly through a polygon."""
    min_x, min_y, max_x, max_y = within.bounds
    cloud = rng.uniform((min_x, min_y), (max_x, max_y), (400 + 60 * count, 2))
    inside = cloud[shapely.contains_xy(within, cloud[:, 0], cloud[:, 1])]
    centres, _ = kmeans2(inside, count, minit="++", rng=rng, iter=8)
    return np.asarray(centres, dtype=np.float64)


def _wijk_cells(outline: Polygon, rng: np.random.Generator) -> list[Polygon]:
    seeds = np.array([(w.u_km, w.v_km) for _, w in plan.wijken()]) * 1000
    return cells(seeds + rng.normal(0, 110, seeds.shape), outline)


def _buurt_table() -> pd.DataFrame:
    rows = []
    for number, (stadsdeel, wijk) in enumerate(plan.wijken(), start=1):
        for part, name in enumerate(wijk.buurten):
            rows.append(
                {
                    "buurt_code": f"BU9999{number:02d}{part:02d}",
                    "buurt_name": name,
                    "wijk_code": f"WK9999{number:02d}",
                    "wijk_name": wijk.name,
                    "stadsdeel_code": f"SD9999{list(plan.STADSDELEN).index(stadsdeel) + 1:02d}",
                    "stadsdeel_name": stadsdeel,
                    "municipality_code": MUNICIPALITY_CODE,
                    "kind": wijk.kind,
                }
            )
    return pd.DataFrame(rows)


def _faces(lines: list[Polygon]) -> Shapes:
    """Node all outlines together and return the faces between them, vertices shared exactly."""
    noded = shapely.unary_union([shape.boundary for shape in lines], grid_size=0.01)
    dense = shapely.segmentize(noded, VERTEX_SPACING_M)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(dense)))


def _owner(faces: Shapes, owners: list[Polygon]) -> Ints:
    tree = shapely.STRtree(owners)
    return np.asarray(tree.nearest(shapely.point_on_surface(faces)), dtype=np.int64)


def _lay_down(faces: Shapes, owner: Ints, count: int, bend: Bend) -> gpd.GeoSeries:
    bent = shapely.transform(faces, bend.apply)
    merged = [shapely.coverage_union_all(bent[owner == i]) for i in range(count)]
    return gpd.GeoSeries(merged, crs=CRS)


def make_ground(seed: int) -> Ground:
    """Build every area of the city from a seed.

    Parameters
    ----------
    seed
        Seed of the city.

    Returns
    -------
        The ground, with areas in RD New (EPSG:28992).
    """
    rng = stream(seed, "ground")
    outline = Polygon(np.array(plan.OUTLINE_KM) * 1000)
    bend = make_bend(rng)
    buurt_cells: list[Polygon] = []
    for (_, wijk), cell in zip(plan.wijken(), _wijk_cells(outline, rng), strict=True):
        buurt_cells += cells(_spread(cell, len(wijk.buurten), rng), cell)
    table = _buurt_table()
    blocks = [
        block
        for buurt, cell in enumerate(buurt_cells)
        for block in _blocks(cell, buurt, str(table.at[buurt, "wijk_name"]), rng)
    ]
    police = _police_cells(outline, rng)
    faces = _faces([*buurt_cells, *police])
    shapes = _lay_down(faces, _owner(faces, buurt_cells), len(buurt_cells), bend)
    buurten = gpd.GeoDataFrame(table, geometry=shapes)
    service = gpd.GeoDataFrame(
        {
            "service_area_code": [f"VG{i:02d}" for i in range(1, len(police) + 1)],
            "service_area_name": [f"Politiegebied {n}" for n in plan.SERVICE_AREA_NAMES],
        },
        geometry=_lay_down(faces, _owner(faces, police), len(police), bend),
    )
    return Ground(bend, tuple(blocks), buurten, service)


def _blocks(cell: Polygon, buurt: int, wijk: str, rng: np.random.Generator) -> list[Block]:
    """Cut a buurt into blocks; harbours have a basin, some larger buurten a park."""
    pieces = cells(_spread(cell, 1 + int(cell.area // BLOCK_AREA_M2), rng), cell)
    use = ["streets"] * len(pieces)
    if wijk in plan.BASINS:
        for number in np.argsort([piece.area for piece in pieces])[-plan.BASINS[wijk] :]:
            use[int(number)] = "water"
    elif len(pieces) >= 4 and rng.random() < PARK_SHARE:
        use[int(rng.integers(len(pieces)))] = "green"
    return [Block(piece, buurt, kind) for piece, kind in zip(pieces, use, strict=True)]


def _police_cells(outline: Polygon, rng: np.random.Generator) -> list[Polygon]:
    """Return service areas that keep no buurt border: small in the middle, large at the rim."""
    wijken = np.array([(w.u_km, w.v_km, w.dwellings) for _, w in plan.wijken()])
    drawn = rng.choice(len(wijken), 4000, p=wijken[:, 2] / wijken[:, 2].sum())
    cloud = wijken[drawn, :2] * 1000 + rng.normal(0, 550, (4000, 2))
    cloud = cloud[shapely.contains_xy(outline, cloud[:, 0], cloud[:, 1])]
    seeds, _ = kmeans2(cloud, len(plan.SERVICE_AREA_NAMES), minit="++", rng=rng, iter=12)
    return cells(seeds, outline)


def locate(points: Floats, areas: gpd.GeoSeries) -> Ints:
    """Return the position of the area that each point lies inside.

    Parameters
    ----------
    points
        (n, 2) coordinates in metres.
    areas
        Polygons that do not overlap.

    Returns
    -------
        (n,) positions in ``areas``; -1 outside all of them and exactly on a border, where no
        two programs need agree.
    """
    tree = shapely.STRtree(np.asarray(shapely.points(points)))
    area, point = tree.query(areas.to_numpy(), predicate="contains")
    found = np.full(len(points), -1, dtype=np.int64)
    found[point] = area
    return found


def fold(bend: Bend, spacing_m: float = 200.0) -> float:
    """Return the smallest local area factor of a bend over the city; above 0 nothing folds."""
    grid = np.arange(-8000.0, 8000.0, spacing_m)
    points = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    slope = np.cos(points @ bend.wave.T + bend.phase)
    jacobian = np.einsum("nk,ki,kj->nij", slope, bend.push, bend.wave) + np.eye(2)
    return float(np.linalg.det(jacobian).min())
