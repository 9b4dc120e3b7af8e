"""Area measures: alcohol bans with their kin, their terms, and what was tried before them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.affinity
from shapely.geometry.base import BaseGeometry

from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.geography import CRS, Floats, Shapes
from data.duinstad.places import kind_of
from data.duinstad.shops import DISTANCE_M, Shops

VERGE_M = 8.0
"""How far an area reaches beyond the middle of its streets."""
WINDOW_M = 450.0
HELD = 0.85
"""Share of what a place draws that the blocks of its area hold."""
NEEDED = 0.2
"""Share that every one of these blocks holds by itself: none can be missed."""
WIDE_M = 260.0
BEACH_M = 300.0
FADED = ("2023-01-01", "2027-12-31")
BEACH = ("2023-09-01", "2028-08-31")
MERGED_ON, MERGED_UNTIL = "2024-07-01", "2028-06-30"
PARTS = ("2021-01-01", "2024-06-30")
RIM_OFF = ("2019-06-01", "2023-12-31"), ("2024-01-01", "2026-12-31")
STARTS = ("2021-04-01", "2021-10-01", "2022-01-01", "2022-05-01")
ENDS = ("2026-06-30", "2026-12-31", "2027-03-31", "2027-12-31")
SOFT_DRUGS = 13
FOLLOWING = 9
"""Of the soft-drug areas, those with the boundary of an alcohol ban."""
SHIFT_M = 45.0
SOFT_DRUGS_OWN = ("coffee_shops", "drug_scene", "station")
"""Places round which the other soft-drug areas lie: professionals who walk there see the use."""
CHECKED = ("2025-04-15", "2025-10-15")
"""Days of the half-yearly check of a soft-drug area, and of a look at the emergency area."""
SEEN = "Straatcoaches zien er elke dag gebruik"
NOT_SEEN = "Straatcoaches zien er zelden gebruik"
LIGHTER = ("Straatcoaches ingezet", "Jongerenwerk op straat", "Bankjes verplaatst")


@dataclass(frozen=True)
class Bans:
    """Every area measure of the city.

    ``areas`` holds those that ended too; ``roles`` names the code that plays a part; ``steps`` is
    the timeline of what was tried and found.
    """

    areas: gpd.GeoDataFrame
    steps: pd.DataFrame
    roles: dict[str, str]


@dataclass
class _Drawn:
    """Rows of the file while it is drawn."""

    rows: list[dict[str, object]] = field(default_factory=list)
    shapes: list[BaseGeometry] = field(default_factory=list)

    def add(
        self, code: str, kind: str, name: str, term: Sequence[str], shape: BaseGeometry
    ) -> None:
        start, end = term
        row: dict[str, object] = {
            "code": code,
            "soort": kind,
            "naam": name,
            "begin": start,
            "einde": end,
        }
        self.rows.append(row | {"tijden": "", "seizoen": ""})
        self.shapes.append(shape)


def make_bans(city: City) -> Bans:
    """Draw the area measures round the places that have a reason for one.

    Parameters
    ----------
    city
        The whole city.

    Returns
    -------
        22 alcohol bans that hold and the two that were merged into one of them, 13 soft-drug
        areas, a begging ban, and an emergency area beside its wider self of before.
    """
    rng = stream(city.seed, "bans")
    drawn = _Drawn()
    roles = _alcohol(city, drawn, rng)
    _soft_drugs(city, drawn, rng)
    scene = _middle(city, int(np.flatnonzero(city.canvas.places["kind"] == "drug_scene")[0]))
    for number, (term, radius_m) in enumerate(zip(RIM_OFF, (330.0, 190.0), strict=True)):
        code, name = f"NG{2 - number:02d}", "Noodgebied Marktkwartier"
        drawn.add(code, "noodgebied", name, term, _round(city, scene, radius_m))
    shops = int(np.flatnonzero(city.canvas.places["kind"] == "shopping_street")[0])
    term = ("2024-01-01", "2026-12-31")
    shape = _round(city, _middle(city, shops), 160.0)
    drawn.add("BV01", "bedelverbod", "Bedelverbod winkelgebied", term, shape)
    shapes = shapely.set_precision(np.array(drawn.shapes, dtype=object), 0.1)
    areas = gpd.GeoDataFrame(pd.DataFrame(drawn.rows), geometry=shapes, crs=CRS)
    return Bans(areas, _steps(areas, rng), roles)


def _alcohol(city: City, drawn: _Drawn, rng: np.random.Generator) -> dict[str, str]:
    """Draw the alcohol bans; return which code plays which part."""
    cast, kinds = city.canvas.plantings.cast, city.canvas.places["kind"].to_numpy()
    benches = [n for n in np.flatnonzero(kinds == "bench").tolist() if n not in cast.values()]
    pair = _nearest_pair(city, benches)
    rest = [n for n in benches if n not in pair]
    wide, *others = rng.permutation(rest).tolist()
    parts = [_blocks(city, place) for place in pair]
    whole = _within(city, shapely.convex_hull(shapely.union_all(parts)))
    beach = shapely.Point(_middle(city, cast["beach_ban"])).buffer(BEACH_M, quad_segs=4)
    edge = city.canvas.ground.level("municipality_code").geometry.iloc[0]
    plans = [
        ("ban_faded", FADED, _blocks(city, cast["ban_faded"])),
        ("ban_persistent", FADED, _blocks(city, cast["ban_persistent"])),
        ("beach_ban", BEACH, shapely.intersection(beach, edge)),
        ("merged", (MERGED_ON, MERGED_UNTIL), whole),
        ("wide", ("2022-01-01", "2026-12-31"), _round(city, _middle(city, wide), WIDE_M)),
    ]
    for number, place in enumerate(others):
        term = STARTS[number % len(STARTS)], ENDS[number % len(ENDS)]
        plans.append((f"other {number}", term, _blocks(city, place)))
    for number, (_, term, shape) in enumerate(plans, start=1):
        drawn.add(f"AV{number:02d}", "alcoholverbod", f"Alcoholverbod {number}", term, shape)
    for number, shape in enumerate(parts, start=len(plans) + 1):
        drawn.add(f"AV{number:02d}", "alcoholverbod", f"Alcoholverbod {number}", PARTS, shape)
    codes = {part: f"AV{number:02d}" for number, (part, *_) in enumerate(plans, start=1)}
    replaced = {f"merged_{n}": f"AV{len(plans) + n:02d}" for n in (1, 2)}
    return {part: code for part, code in codes.items() if not part.startswith("other")} | replaced


def _soft_drugs(city: City, drawn: _Drawn, rng: np.random.Generator) -> None:
    """Draw soft-drug areas: most with the boundary of an alcohol ban, some a street away from it.

    The others lie round the coffee shops, the drug scene and the station.
    """
    bans = np.array(drawn.shapes[3:22], dtype=object)
    follows = rng.permutation(len(bans))[: SOFT_DRUGS - 4]
    kinds = city.canvas.places["kind"].to_numpy()
    own = np.flatnonzero(np.isin(kinds, SOFT_DRUGS_OWN))[:4]
    shapes = [*bans[follows], *(_round(city, _middle(city, int(n)), 120.0) for n in own)]
    for number, shape in enumerate(shapes):
        if FOLLOWING - 3 <= number < FOLLOWING:
            shape = shapely.affinity.translate(shape, SHIFT_M, 0.0)
        begin = f"{2024 + number % 2}-0{1 + number % 6}-01"
        end = pd.Timestamp(begin) + pd.DateOffset(years=2) - pd.DateOffset(days=1)
        term = begin, f"{end:%Y-%m-%d}"
        drawn.add(
            f"SV{number + 1:02d}", "softdrugsverbod", f"Softdrugsverbod {number + 1}", term, shape
        )


# ---------------------------------------------------------------- shapes
def _middle(city: City, place: int) -> Floats:
    point: Floats = city.canvas.places[["x", "y"]].to_numpy(np.float64)[place]
    return point


def _faces(city: City, middle: Floats) -> Shapes:
    """Return what the streets round a point enclose."""
    window = shapely.box(*(middle - WINDOW_M), *(middle + WINDOW_M))
    near = np.sort(city.streets.sindex.query(window, predicate="intersects"))
    lines = city.streets.geometry.to_numpy()[near]
    noded = shapely.union_all(lines, grid_size=0.01)
    return np.asarray(shapely.get_parts(shapely.polygonize([noded])))


def _joined(faces: Shapes) -> BaseGeometry:
    joined = shapely.union_all(faces, grid_size=0.01)
    return shapely.buffer(joined, VERGE_M, join_style="mitre", mitre_limit=2)


def _round(city: City, middle: Floats, radius_m: float) -> BaseGeometry:
    return _within(city, shapely.Point(middle).buffer(radius_m))


def _within(city: City, shape: BaseGeometry) -> BaseGeometry:
    """Return the blocks of which at least half lies in a shape, or those that touch its middle."""
    middle = shapely.get_coordinates(shapely.centroid(shape))[0]
    faces = _faces(city, middle)
    shared = shapely.area(shapely.intersection(faces, shape)) / shapely.area(faces)
    half = shared >= 0.5
    return _joined(faces[half if half.any() else shared == shared.max()])


def _blocks(city: City, place: int) -> BaseGeometry:
    """Return the fewest blocks that hold most of what a place draws, each of them needed."""
    middle, spots = _middle(city, place), city.canvas.spots
    row = city.canvas.places.iloc[place]
    radius_m = kind_of(str(row["kind"])).radius_m
    away = np.hypot(*(spots[["x", "y"]].to_numpy() - middle).T)
    own = (away < 2.5 * radius_m) & (spots["buurt"] == row["buurt"]).to_numpy()
    points = spots.loc[own, ["x", "y"]].to_numpy()
    mass = np.exp(-0.5 * (away[own] / radius_m) ** 2)
    faces = _faces(city, middle)
    reach = shapely.buffer(faces, VERGE_M)
    holds = shapely.intersects_xy(reach[:, None], points[None, :, 0], points[None, :, 1])
    chosen = np.zeros(len(faces), dtype=bool)
    held = np.zeros(len(points), dtype=bool)
    while mass[held].sum() < HELD * mass.sum():
        gain = (holds & ~held) @ mass
        if not gain.max():
            break
        chosen[int(gain.argmax())] = True
        held = np.asarray(holds[chosen].any(axis=0))
    while chosen.sum() > 1:
        alone = (holds & (holds[chosen].sum(axis=0) == 1)) @ mass / mass[held].sum()
        least = min(np.flatnonzero(chosen), key=lambda face: alone[face])
        if alone[least] >= NEEDED:
            break
        chosen[least] = False
        held = np.asarray(holds[chosen].any(axis=0))
    return _joined(faces[chosen])


def _nearest_pair(city: City, places: list[int]) -> tuple[int, int]:
    """Return the two places that lie nearest to each other."""
    points = np.array([_middle(city, place) for place in places])
    away = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    away[np.tril_indices(len(points))] = np.inf
    one, other = np.unravel_index(int(away.argmin()), away.shape)
    return places[int(one)], places[int(other)]


# ---------------------------------------------------------------- timeline and truths
def _steps(areas: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what was tried before each alcohol ban, and what professionals found of late.

    They found what is there: use round the places that draw it, and hardly any in the soft-drug
    areas that took the boundary of an alcohol ban.
    """
    rows: list[tuple[object, ...]] = []
    for row in areas[areas["soort"] == "alcoholverbod"].itertuples():
        start = pd.Timestamp(str(row.begin))
        for number, what in enumerate(LIGHTER):
            begin = start - pd.DateOffset(months=14 - 4 * number)
            until = begin + pd.DateOffset(months=int(rng.integers(4, 8)))
            term = f"{begin:%Y-%m-%d}", f"{until:%Y-%m-%d}"
            rows.append((row.code, "lichtere maatregel", what, *term, "onvoldoende effect", ""))
    drugs = areas.loc[areas["soort"] == "softdrugsverbod", "code"].tolist()
    scene = [*drugs[FOLLOWING:], *areas.loc[areas["code"] == "NG01", "code"]]
    for codes, what, need in ((drugs[:FOLLOWING], NOT_SEEN, "nee"), (scene, SEEN, "ja")):
        rows += [(code, "bevinding", what, day, "", "", need) for code in codes for day in CHECKED]
    columns = ["gebied", "soort", "wat", "begin", "einde", "resultaat", "nog_nodig"]
    return pd.DataFrame(rows, columns=columns)


def ban_truth(bans: Bans, shops: Shops) -> dict[str, object]:
    """Describe the areas that play a part, and what a review should say of them.

    Parameters
    ----------
    bans, shops
        Area measures, coffee shops and schools of the city.

    Returns
    -------
        Per part the code and what is expected, the counts of areas, and the merger with its
        ground before and after.
    """
    roles, shapes = bans.roles, bans.areas.set_index("code").geometry
    now = bans.areas[bans.areas["einde"] >= "2025-12-31"]
    replaced = [roles["merged_1"], roles["merged_2"]]
    return {
        "file": "gebiedsverboden.gpkg",
        "timeline": "tijdlijn_maatregelen.csv",
        "holding": {str(kind): int(n) for kind, n in now["soort"].value_counts().items()},
        "faded": {"code": roles["ban_faded"], "advice": "withdraw", "since": FADED[0]},
        "persistent": {"code": roles["ban_persistent"], "advice": "keep"},
        "beach": {
            "code": roles["beach_ban"],
            "advice": "limit_in_time",
            "season_within": [5, 9],
            "effect": 1.0,
            "works_only_if_summer_is_compared_with_winter": True,
        },
        "wide": {"code": roles["wide"], "advice": "shrink"},
        "merged": {
            "code": roles["merged"],
            "replaced": replaced,
            "on": MERGED_ON,
            "km2_before": round(
                shapely.union_all([shapes[code] for code in replaced]).area / 1e6, 6
            ),
            "km2_after": round(_km2([shapes[roles["merged"]]]), 6),
        },
        "soft_drugs_following": FOLLOWING - 3,
        "soft_drugs_in_use": bans.areas.loc[
            bans.areas["soort"] == "softdrugsverbod", "code"
        ].tolist()[FOLLOWING:],
        "shops": {
            "too_near": list(shops.too_near),
            "distance_m": DISTANCE_M,
            "together": [list(each) for each in shops.together],
        },
    }


def _km2(shapes: list[BaseGeometry]) -> float:
    return float(shapely.union_all(shapes).area / 1e6)
