"""What stands in the street: buildings with heights, public space, poles."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from data.duinstad import plan
from data.duinstad.addresses import DEPTH_M, PLOT_WIDTH_M
from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.geography import CRS, Flags, Floats, Ints, Shapes
from data.duinstad.streets import points_along

DENSE_KINDS = ("core", "station", "dense", "resort")
LIVELY_PLACES = (
    "station",
    "shopping_street",
    "mall",
    "nightlife",
    "coffee_shops",
    "drug_scene",
    "boulevard",
    "meeting_ground",
    "youth_spot",
    "bench",
)
"""Kinds of places where a camera may come to stand."""
BUILT_RADIUS_M = 250.0
"""As far as sight reaches from a camera near a lively place, and a house further."""
LONGEST_ROW = 9
"""Plots in one building at most."""
STOREY_M = 3.1
GAP_M = 0.1
SHARED_M2 = 1.0
"""Two footprints may share a sliver this large where their street bends."""
PORCH_M = 1.5
"""How far the front stands before the address points: a row is straight, its street may bend."""
POLE_SPACING_M = 32.0
POLE_OFFSET_M = 4.5
HALF_WIDTH_M = {"ring": 12.0, "hoofdweg": 9.0, "wijkweg": 7.0, "buurtweg": 5.5, "woonstraat": 4.5}
SQUARE_RADIUS_M = 34.0
SQUARE_KINDS = ("station", "shopping_street", "nightlife", "mall")
GREEN_NAMES = {
    "park": "park",
    "dunes": "duin",
    "beach": "strand",
    "sports": "sportpark",
    "polder": "weiland",
}


def _dense(city: City) -> Flags:
    return city.canvas.ground.buurten["kind"].isin(DENSE_KINDS).to_numpy(dtype=bool)


def _rows_of_plots(plots: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Return the building each plot belongs to: neighbours on one side of one street."""
    gap = plots["along_m"].diff().to_numpy() > PLOT_WIDTH_M * 1.1
    turn = plots["street"].diff().ne(0).to_numpy() | plots["side"].diff().ne(0).to_numpy()
    split = rng.random(len(plots)) < 1 / 7
    run = np.cumsum(gap | turn | split)
    place_in_run = pd.Series(run).groupby(run).cumcount().to_numpy()
    return pd.factorize(run * 1000 + place_in_run // LONGEST_ROW)[0].astype(np.int64)


def _footprints(plots: pd.DataFrame, building: Ints) -> Shapes:
    """Return a four-sided footprint from the first to the last plot of each building."""
    grouped = plots.groupby(building)
    corners = []
    for end, sign in ((grouped.first(), -1.0), (grouped.last(), 1.0)):
        out = end[["out_x", "out_y"]].to_numpy()
        along = np.stack([out[:, 1], -out[:, 0]], axis=1) * end[["side"]].to_numpy()
        edge = end[["x", "y"]].to_numpy() + sign * along * (PLOT_WIDTH_M / 2 - GAP_M)
        corners.append((edge - PORCH_M * out, edge + (DEPTH_M - 1.5) * out))
    (front_a, back_a), (front_b, back_b) = corners
    ring = np.stack([front_a, front_b, back_b, back_a, front_a], axis=1)
    return np.asarray(shapely.polygons(np.round(ring, 1)))


def _clear(footprints: Shapes, open_space: Shapes) -> Flags:
    """Tell which footprints are sound, stand in no open space and on no earlier footprint."""
    keep = shapely.is_valid(footprints) & (shapely.area(footprints) > 20)
    in_the_way, _ = shapely.STRtree(open_space).query(footprints, predicate="intersects")
    keep[in_the_way] = False
    tree = shapely.STRtree(footprints)
    one, other = tree.query(footprints, predicate="intersects")
    one, other = one[one > other], other[one > other]
    shared_m2 = shapely.area(shapely.intersection(footprints[one], footprints[other]))
    keep[one[shared_m2 > SHARED_M2]] = False
    return np.asarray(keep)


def lively_points(city: City) -> Floats:
    """Return (n, 2) coordinates of the places where a camera may come to stand."""
    places = city.canvas.places
    lively = places.loc[places["kind"].isin(LIVELY_PLACES), ["x", "y"]].to_numpy()
    return np.vstack([lively, city.canvas.plantings.displaced_to])


def buildings(city: City) -> gpd.GeoDataFrame:
    """Return the buildings of the dense part, and of lively places elsewhere, with their heights.

    Parameters
    ----------
    city
        The whole city.

    Returns
    -------
        Polygons with ``pand``, ``bouwlagen``, ``hoogte_m`` above the ground and ``maaiveld_m``
        above sea level.
    """
    plots = city.plots
    dense = _dense(city)[plots["buurt"]]
    away_m, _ = cKDTree(lively_points(city)).query(plots[["x", "y"]].to_numpy())
    table = pd.concat(
        [
            _houses(plots[dense], city, stream(city.seed, "buildings")),
            _houses(
                plots[~dense & (away_m < BUILT_RADIUS_M)],
                city,
                stream(city.seed, "buildings at places"),
            ),
        ],
        ignore_index=True,
    )
    open_space = np.append(city.streets.geometry.to_numpy(), _squares(city))
    table = table[_clear(table["geometry"].to_numpy(), open_space)].reset_index(drop=True)
    table.insert(0, "pand", [f"9999100{n:09d}" for n in range(1, len(table) + 1)])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)


def _houses(plots: pd.DataFrame, city: City, rng: np.random.Generator) -> pd.DataFrame:
    """Raise buildings on plots, the rows of neighbours as one."""
    plots = plots.reset_index(drop=True)
    building = _rows_of_plots(plots, rng)
    shapes = _footprints(plots, building)
    kind = city.canvas.ground.buurten["kind"].to_numpy()[plots.groupby(building)["buurt"].first()]
    usual = np.array([plan.KINDS[str(k)].storeys for k in kind])
    storeys = np.maximum(1, rng.poisson(usual - 1) + 1)
    tower = (rng.random(len(shapes)) < 0.012) & np.isin(kind, ["core", "station", "resort"])
    storeys = np.where(tower, rng.integers(10, 24, len(shapes)), np.minimum(storeys, 9))
    height = np.round(storeys * STOREY_M + rng.uniform(0.3, 2.4, len(shapes)), 1)
    ground_m = np.round(1.5 + rng.normal(0, 0.2, len(shapes)), 1)
    return pd.DataFrame(
        {"bouwlagen": storeys, "hoogte_m": height, "maaiveld_m": ground_m, "geometry": shapes}
    )


def public_space(city: City) -> gpd.GeoDataFrame:
    """Return public space: roads, squares, parks, beach, dunes and water.

    Parameters
    ----------
    city
        The whole city.

    Returns
    -------
        Polygons with ``soort`` and ``naam``; layers may lie on one another, as in the registry
        a square lies on its roads.
    """
    ground = city.canvas.ground
    green = ground.buurten[ground.buurten["kind"].isin(GREEN_NAMES.keys())]
    parts = [
        pd.DataFrame(
            {
                "soort": green["kind"].map(GREEN_NAMES),
                "naam": green["buurt_name"],
                "geometry": green.geometry,
            }
        ),
        _blocks(city),
        _roads(city),
    ]
    parts.append(pd.DataFrame({"soort": "plein", "naam": "", "geometry": _squares(city)}))
    table = pd.concat(parts, ignore_index=True)
    table["geometry"] = shapely.set_precision(table["geometry"].to_numpy(), 0.01)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)


def _squares(city: City) -> Shapes:
    """Return the squares: round, where people come together."""
    places = city.canvas.places
    middle = places.loc[places["kind"].isin(SQUARE_KINDS), ["x", "y"]].to_numpy()
    return np.asarray(shapely.buffer(shapely.points(middle), SQUARE_RADIUS_M, quad_segs=6))


def _blocks(city: City) -> pd.DataFrame:
    """Return the neighbourhood parks and harbour basins."""
    ground = city.canvas.ground
    blocks = [block for block in ground.blocks if block.use != "streets"]
    names = ground.buurten["buurt_name"].to_numpy()[[block.buurt for block in blocks]]
    kinds = ["water" if block.use == "water" else "park" for block in blocks]
    shapes = [ground.lay_down(block) for block in blocks]
    return pd.DataFrame({"soort": kinds, "naam": names, "geometry": shapes})


def _roads(city: City) -> pd.DataFrame:
    streets = city.streets
    width = streets["road_class"].map(HALF_WIDTH_M).to_numpy()
    shapes = shapely.buffer(streets.geometry.to_numpy(), width, cap_style="flat", quad_segs=2)
    return pd.DataFrame({"soort": "weg", "naam": streets["name"], "geometry": shapes})


def poles(city: City) -> gpd.GeoDataFrame:
    """Return the poles along the streets of the built-up area, on alternating sides.

    Parameters
    ----------
    city
        The whole city.

    Returns
    -------
        Points with ``paal``, ``soort``, ``hoogte_m`` and ``stroom``: ``dag en nacht`` where a
        camera can have power, ``alleen nacht`` where the line follows the street lighting.
    """
    rng = stream(city.seed, "poles")
    streets = city.streets
    main = streets["buurt"].to_numpy() < 0
    chosen = streets[main | city.canvas.ground.built()[streets["buurt"]]]
    lines = chosen.geometry.to_numpy()
    points, owner, distance = points_along(lines, POLE_SPACING_M)
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[owner], distance + 1.0))
    along = ahead - points
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    side = np.where(np.arange(len(points)) % 2 == 0, 1.0, -1.0)[:, None] * POLE_OFFSET_M
    where = np.round(points + side * np.stack([-along[:, 1], along[:, 0]], axis=1), 1)
    wide = chosen["road_class"].to_numpy()[owner] != "woonstraat"
    powered = rng.random(len(points)) < np.where(wide, 0.5, 0.12)
    table = {
        "paal": [f"P{n:06d}" for n in range(1, len(points) + 1)],
        "soort": "lichtmast",
        "hoogte_m": np.where(wide, 8.0, 4.5),
        "stroom": np.where(powered, "dag en nacht", "alleen nacht"),
    }
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*where.T), crs=CRS)


def street_lines(city: City) -> gpd.GeoDataFrame:
    """Return the street network with ``naam`` and ``wegklasse``."""
    names = city.streets.rename(columns={"name": "naam", "road_class": "wegklasse"})
    return names[["naam", "wegklasse", "geometry"]]
