"""The group scans: the youth groups that professionals know, half year by half year.

A round tells how things stand at the end of its half year. Groups hang about the youth spots
with the most nuisance; a zone is a coarse circle or block round such a spot, never round homes.
"""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.duinstad.chance import stream
from data.duinstad.city import City
from data.duinstad.geography import CRS, Flags, Floats, Ints
from data.duinstad.plantings import YOUTH_STREAMS
from data.duinstad.truths import point_wkt

ROUNDS = tuple(f"{year}-H{half}" for year in range(2022, 2026) for half in (1, 2))
SIZES = (20, 19, 18, 16, 15, 14, 12, 11)
"""Groups per round."""
NEWCOMERS = (20, 1, 1, 0, 1, 1, 0, 1)
LABELS = ("laag", "midden", "hoog")
LEAD_BODIES = ("stadsdeel", "lokale partners", "gemeente met Veiligheidshuis")
"""Who leads, by label."""
NETWORK = "N-1"

SUBGROUP_A, SUBGROUP_B, ROAMING, LEAVING, SETTLED, NEED_GONE = range(6)
"""The groups with a part, in the order in which groups are made; the others are left to chance."""
PATHS = {SUBGROUP_A: (0, 0, 1, 1, 1, 0, 1, 2), SUBGROUP_B: (2, 2, 2, 1, 2, 2, 2, 1)}
"""Labels of the two subgroups of the network: up and down, in the last round too."""
LAST_ROUND = {LEAVING: "2023-H1", NEED_GONE: "2024-H2"}
WITHOUT_ZONE = {ROAMING: ROUNDS, LEAVING: ROUNDS, SETTLED: ROUNDS[ROUNDS.index("2023-H2") :]}
"""Rounds in which a group has no fixed place: two groups in every round."""

FIRST_LABEL = (0.45, 0.4, 0.15)
LABEL_STEPS = {-1: 0.15, 0: 0.73, 1: 0.12}
"""Chance of a change of label from one round to the next."""
GOING = (4.0, 2.0, 1.0)
"""How readily a group dissolves, by label."""
REDRAWN = 0.12
"""Chance that a round draws a zone anew."""
ZONE_M = (150, 400)
SURE = {True: (0.15, 0.45, 0.4), False: (0.6, 0.4, 0.0)}
"""Chance of low, middle and high confidence, with and without a zone."""
OTHER_THEMES = ("vandalism", "threat", "drugs_nuisance", "bicycle_theft")

_ABSENT = -1
_NOWHERE = -1


def group_scans(city: City) -> gpd.GeoDataFrame:
    """Return every round of the group scan.

    Parameters
    ----------
    city
        The whole city; its incidents tell which youth spots are heavy.

    Returns
    -------
        One row per round and group, in that order, with the columns of the delivered files,
        ``spot`` (position in the places, -1 for none) and the zone, missing where a group has
        no fixed place.
    """
    rng = stream(city.seed, "youth groups")
    inside = city.canvas.ground.level("municipality_code").geometry.iloc[0].buffer(-1.0)
    points = city.canvas.places[["x", "y"]].to_numpy()
    labels = _labels(rng)
    spots = _spots(city, labels)
    later = np.arange(NEWCOMERS[0], sum(NEWCOMERS))
    numbers = np.append(rng.permutation(NEWCOMERS[0]), later)
    themes = [_themes(rng) for _ in numbers]
    rows = []
    for group, history in enumerate(labels):
        spot = int(spots[group])
        zones = None if spot == _NOWHERE else _zones(points[spot], inside, rng)
        without = WITHOUT_ZONE.get(group, ())
        for number in np.flatnonzero(history != _ABSENT):
            label = history[number]
            zone = None if zones is None or ROUNDS[number] in without else zones[number]
            rows.append(
                {
                    "ronde": ROUNDS[number],
                    "groep": f"G-{numbers[group] + 1:02d}",
                    "netwerk": NETWORK if group in PATHS else None,
                    "label": LABELS[label],
                    "zekerheid": rng.choice(LABELS, p=SURE[zone is not None]),
                    "themas": themes[group],
                    "trekker": LEAD_BODIES[label],
                    "spot": spot,
                    "geometry": zone,
                }
            )
    table = pd.DataFrame(rows).sort_values(["ronde", "groep"], ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)


def scan_files(scans: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Return the rounds as they are delivered, by file name, oldest first."""
    delivered = scans.drop(columns="spot")
    return {
        f"groepsscan_{name}": gpd.GeoDataFrame(rows, crs=CRS).reset_index(drop=True)
        for name, rows in delivered.groupby("ronde", sort=True)
    }


def refused_scan() -> pd.DataFrame:
    """Return a delivery that must be refused: it holds names and dates of birth, all invented."""
    return pd.DataFrame(
        {
            "ronde": ROUNDS[-1],
            "groep": ["G-01", "G-02"],
            "label": LABELS[:2],
            "naam": ["Verzonnen Een", "Verzonnen Twee"],
            "geboortedatum": ["01-01-2005", "02-02-2006"],
        }
    )


def group_truth(city: City, scans: gpd.GeoDataFrame) -> dict[str, object]:
    """Describe what is planted in the group scans.

    Parameters
    ----------
    city
        The whole city.
    scans
        Every round, from :func:`group_scans`.

    Returns
    -------
        Groups per round and label, who came, went, changed label or has no zone, the network,
        the group that truth 7 loses, the spot of each group, and the file to refuse.
    """
    labels = scans.pivot(index="groep", columns="ronde", values="label").sort_index()
    need_gone = scans[scans["spot"] == city.canvas.plantings.cast["need_gone"]]
    networks = scans.dropna(subset="netwerk").groupby("netwerk")["groep"].unique()
    points = city.canvas.places[["x", "y"]].to_numpy()
    spots = scans.groupby("groep")["spot"].first()
    return {
        "rounds": [_round_truth(scans, labels, number) for number in range(len(ROUNDS))],
        "label_changes": _label_changes(labels),
        "networks": {name: sorted(groups) for name, groups in networks.items()},
        "need_gone": {
            "group": need_gone["groep"].iloc[0],
            "last_round": need_gone["ronde"].max(),
        },
        "spots": {
            group: point_wkt(*points[spot]) for group, spot in spots[spots != _NOWHERE].items()
        },
        "refused": {"file": "groepsscan_fout.csv", "columns": ["naam", "geboortedatum"]},
    }


def _round_truth(scans: gpd.GeoDataFrame, labels: pd.DataFrame, number: int) -> dict[str, object]:
    name = ROUNDS[number]
    rows = scans[scans["ronde"] == name]
    there = labels[name].notna()
    before = labels[ROUNDS[number - 1]].notna() if number else there
    return {
        "round": name,
        "file": f"groepsscan_{name}.gpkg",
        "groups": len(rows),
        "labels": {label: int((rows["label"] == label).sum()) for label in LABELS},
        "without_zone": list(rows.loc[rows.geometry.isna(), "groep"]),
        "new": list(labels.index[there & ~before]),
        "gone": list(labels.index[before & ~there]),
    }


def _label_changes(labels: pd.DataFrame) -> list[dict[str, str]]:
    """Return every change of label of a group that was there in the round before too."""
    return [
        {"round": name, "group": group, "from": old, "to": new}
        for earlier, name in pairwise(ROUNDS)
        for group, old, new in zip(labels.index, labels[earlier], labels[name], strict=True)
        if isinstance(old, str) and isinstance(new, str) and old != new
    ]


def _spots(city: City, labels: Ints) -> Ints:
    """Return the youth spot of each group, -1 for none.

    The longer and the heavier a group, the more nuisance at its spot; the two subgroups of the
    network stand on the two heavy spots that lie closest together.
    """
    places, incidents = city.canvas.places, city.incidents
    recent = incidents[
        incidents["stream"].isin(YOUTH_STREAMS) & (incidents["begin"] >= f"{ROUNDS[0][:4]}-01-01")
    ]
    need_gone = city.canvas.plantings.cast["need_gone"]
    youth = places.index[(places["kind"] == "youth_spot") & (places.index != need_gone)]
    count = recent["place"].value_counts().reindex(youth, fill_value=0)
    apart = [SUBGROUP_A, SUBGROUP_B, ROAMING, LEAVING, NEED_GONE]
    weight = (labels + 1).sum(axis=1)
    others = [group for group in np.argsort(-weight, kind="stable") if group not in apart]
    ordered = count.sort_values(ascending=False, kind="stable").index.to_numpy()
    heavy = ordered[: len(others) + 2]
    points = places.loc[heavy, ["x", "y"]].to_numpy()
    away_m = np.hypot(*(points[:, None] - points).transpose(2, 0, 1))
    np.fill_diagonal(away_m, np.inf)
    pair = np.array(np.unravel_index(np.argmin(away_m), away_m.shape))
    spots = np.full(len(labels), _NOWHERE)
    spots[[SUBGROUP_A, SUBGROUP_B, NEED_GONE]] = [*heavy[pair], need_gone]
    spots[others] = np.delete(heavy, pair)
    return spots


def _labels(rng: np.random.Generator) -> Ints:
    """Return (groups, rounds) labels, 0 the lowest, -1 where a group is not there."""
    labels = np.full((sum(NEWCOMERS), len(ROUNDS)), _ABSENT)
    come = np.cumsum(NEWCOMERS)
    for number in range(len(ROUNDS)):
        now = labels[:, number]
        if number:
            before = labels[:, number - 1]
            stays = (before != _ABSENT) & ~_leaving(before, number, rng)
            step = rng.choice(list(LABEL_STEPS), len(before), p=list(LABEL_STEPS.values()))
            now[stays] = np.clip(before + step, 0, len(LABELS) - 1)[stays]
        new = slice(come[number] - NEWCOMERS[number], come[number])
        now[new] = rng.choice(len(LABELS), NEWCOMERS[number], p=FIRST_LABEL)
    for group, path in PATHS.items():
        labels[group] = path
    return labels


def _leaving(before: Ints, number: int, rng: np.random.Generator) -> Flags:
    """Tell which groups of the round before are gone."""
    fixed = [group for group, last in LAST_ROUND.items() if last == ROUNDS[number - 1]]
    count = SIZES[number - 1] + NEWCOMERS[number] - SIZES[number]
    free = np.flatnonzero(before != _ABSENT)
    free = free[free > NEED_GONE]
    weight = np.array(GOING)[before[free]]
    chosen = rng.choice(free, count - len(fixed), replace=False, p=weight / weight.sum())
    leaving = np.zeros(len(before), dtype=bool)
    leaving[[*fixed, *chosen]] = True
    return leaving


def _zones(middle: Floats, inside: BaseGeometry, rng: np.random.Generator) -> list[BaseGeometry]:
    """Return the zone round a spot per round; now and then a round draws it anew."""
    zones = [_zone(middle, rng).intersection(inside)]
    for _ in ROUNDS[1:]:
        anew = rng.random() < REDRAWN
        zones.append(_zone(middle, rng).intersection(inside) if anew else zones[-1])
    return zones


def _zone(middle: Floats, rng: np.random.Generator) -> BaseGeometry:
    """Return a circle or a turned block, 150 to 400 m across, beside the middle but round it."""
    size_m = np.round(rng.uniform(*ZONE_M), -1)
    angle, turn = rng.uniform(0, 2 * np.pi), rng.uniform(0, 90)
    aside = rng.uniform(0, size_m / 6) * np.array([np.cos(angle), np.sin(angle)])
    x, y = np.round(middle + aside, -1)
    if rng.random() < 0.5:
        shape: BaseGeometry = shapely.Point(x, y).buffer(size_m / 2)
    else:
        depth_m = max(ZONE_M[0], 0.7 * size_m)
        block = shapely.box(x - size_m / 2, y - depth_m / 2, x + size_m / 2, y + depth_m / 2)
        shape = shapely.affinity.rotate(block, turn)
    return shapely.transform(shape, lambda points: np.round(points, 1))


def _themes(rng: np.random.Generator) -> str:
    """Return what a group is known for, youth nuisance first."""
    count = int(rng.integers(0, 3))
    return ", ".join(["youth_nuisance", *rng.choice(OTHER_THEMES, count, replace=False)])
