"""The group scans of the demo city, counted again from the delivered tables."""

import json
import re
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.duinstad.groups import group_scans, group_truth, refused_scan, scan_files
from tests.data.planted import Town, point

pytestmark = pytest.mark.slow

COLUMNS = ["ronde", "groep", "netwerk", "label", "zekerheid", "themas", "trekker", "geometry"]
NAMES = [f"{year}-H{half}" for year in (2022, 2023, 2024, 2025) for half in (1, 2)]
Told = dict[str, Any]
ORDER = ["laag", "midden", "hoog"]
LEADS = {
    "laag": "stadsdeel",
    "midden": "lokale partners",
    "hoog": "gemeente met Veiligheidshuis",
}


@pytest.fixture(scope="module")
def rounds(town: Town) -> dict[str, gpd.GeoDataFrame]:
    files = scan_files(group_scans(town.city))
    return {name.removeprefix("groepsscan_"): rows for name, rows in files.items()}


@pytest.fixture(scope="module")
def truth(town: Town) -> Told:
    text = json.dumps(group_truth(town.city, group_scans(town.city)))
    told: Told = json.loads(text)
    return told


def groups_of(rows: pd.DataFrame) -> set[str]:
    return set(rows["groep"])


def labels_of(rows: pd.DataFrame) -> dict[str, str]:
    return dict(zip(rows["groep"], rows["label"], strict=True))


def test_eight_rounds_fall_from_twenty_groups_to_eleven(
    rounds: dict[str, gpd.GeoDataFrame],
) -> None:
    assert list(rounds) == NAMES
    sizes = [len(rows) for rows in rounds.values()]
    assert (sizes[0], sizes[-1]) == (20, 11)
    assert all(later < earlier for earlier, later in pairwise(sizes))


def test_a_round_holds_codes_and_labels_and_nothing_else(
    rounds: dict[str, gpd.GeoDataFrame],
) -> None:
    for name, rows in rounds.items():
        assert list(rows.columns) == COLUMNS
        assert set(rows["ronde"]) == {name}
        assert rows["groep"].is_unique
        assert all(re.fullmatch(r"G-\d\d", code) for code in rows["groep"])
        assert set(rows["zekerheid"]) <= set(ORDER)
        assert list(rows["trekker"]) == [LEADS[label] for label in rows["label"]]
        assert rows["themas"].str.match(r"youth_nuisance(, [a-z_]+)*$").all()


def test_what_is_told_of_each_round_is_in_the_round(
    rounds: dict[str, gpd.GeoDataFrame], truth: Told
) -> None:
    told = truth["rounds"]
    before: set[str] | None = None
    for (name, rows), each in zip(rounds.items(), told, strict=True):
        now = groups_of(rows)
        assert (each["round"], each["groups"]) == (name, len(now))
        assert each["labels"] == {x: list(rows["label"]).count(x) for x in ORDER}
        assert set(each["without_zone"]) == groups_of(rows[rows.geometry.isna()])
        assert set(each["new"]) == now - (now if before is None else before)
        assert set(each["gone"]) == (before or set()) - now
        before = now


def test_labels_move_both_ways_in_the_last_round_too(
    rounds: dict[str, gpd.GeoDataFrame], truth: Told
) -> None:
    changes = set()
    for (_, earlier), (name, later) in pairwise(rounds.items()):
        old, new = labels_of(earlier), labels_of(later)
        changes |= {(name, g, old[g], new[g]) for g in old.keys() & new.keys() if old[g] != new[g]}
    told = truth["label_changes"]
    assert {(c["round"], c["group"], c["from"], c["to"]) for c in told} == changes
    for chosen in (changes, {change for change in changes if change[0] == NAMES[-1]}):
        assert {ORDER.index(new) > ORDER.index(old) for _, _, old, new in chosen} == {True, False}


def test_network_has_two_subgroups_in_every_round(
    rounds: dict[str, gpd.GeoDataFrame], truth: Told
) -> None:
    (members,) = {tuple(rows.dropna(subset="netwerk")["groep"]) for rows in rounds.values()}
    assert len(members) == 2
    assert truth["networks"] == {"N-1": list(members)}


def test_two_groups_have_no_zone_and_one_of_them_lost_it(
    rounds: dict[str, gpd.GeoDataFrame],
) -> None:
    without = [groups_of(rows[rows.geometry.isna()]) for rows in rounds.values()]
    assert [len(codes) for codes in without] == [2] * len(rounds)
    lost = without[-1] - without[0]
    assert len(lost) == 1
    assert lost <= groups_of(rounds[NAMES[0]])


def test_zones_are_coarse_and_round_a_youth_spot(
    town: Town, rounds: dict[str, gpd.GeoDataFrame], truth: Told
) -> None:
    spots = truth["spots"]
    places = town.city.canvas.places
    youth = places.loc[places["kind"] == "youth_spot", ["x", "y"]].to_numpy()
    municipality = town.layers["gemeente"].union_all()
    for rows in rounds.values():
        zones = rows.dropna(subset="geometry")
        assert zones.crs == "EPSG:28992"
        assert zones.within(municipality).all()
        assert zones.area.min() > 10_000
        x, y = shapely.get_coordinates(zones.minimum_rotated_rectangle().exterior)[:2].T
        assert np.hypot(np.diff(x), np.diff(y)).max() <= 401
        for code, zone in zip(zones["groep"], zones.geometry, strict=True):
            spot = point(spots[code])
            assert zone.contains(shapely.Point(spot))
            assert np.hypot(*(youth - spot).T).min() < 0.1


def test_zones_mostly_stay_and_sometimes_move(rounds: dict[str, gpd.GeoDataFrame]) -> None:
    moved = []
    for earlier, later in pairwise(rounds.values()):
        both = earlier.merge(later, on="groep").dropna(subset=["geometry_x", "geometry_y"])
        moved += list(
            ~gpd.GeoSeries(both["geometry_x"]).geom_equals(gpd.GeoSeries(both["geometry_y"]))
        )
    assert 0.02 < np.mean(moved) < 0.3


def test_zones_agree_with_youth_nuisance_of_their_half_year(
    town: Town, rounds: dict[str, gpd.GeoDataFrame]
) -> None:
    rows = town.of("youth_nuisance", "youth_reports")
    half: pd.Series = rows["year"].astype(str) + np.where(rows["month"] <= 6, "-H1", "-H2")
    built_m2 = town.city.canvas.ground.buurten[town.city.canvas.ground.built()].area.sum()
    for name, scan in rounds.items():
        zones = scan.dropna(subset="geometry")
        now = rows[half == name]
        per_zone = [shapely.contains_xy(z, now["x"], now["y"]).sum() for z in zones.geometry]
        density = np.array(per_zone) / zones.area.to_numpy()
        assert np.median(density) > 5 * len(now) / built_m2, name


def test_groups_that_stay_stand_where_nuisance_is_heaviest(
    town: Town, rounds: dict[str, gpd.GeoDataFrame], truth: Told
) -> None:
    spots = truth["spots"]
    rows = town.of("youth_nuisance", "youth_reports")
    rows = rows[rows["year"] >= 2022]
    count = {
        code: int((np.hypot(rows["x"] - x, rows["y"] - y) < 100).sum())
        for code, (x, y) in ((code, point(place)) for code, place in spots.items())
    }
    gone = truth["need_gone"]
    del count[gone["group"]]
    stays = groups_of(rounds[NAMES[-1]])
    assert np.median([n for code, n in count.items() if code in stays]) > np.median(
        [n for code, n in count.items() if code not in stays]
    )


def test_spot_whose_need_is_gone_loses_its_group(
    town: Town, rounds: dict[str, gpd.GeoDataFrame], truth: Told
) -> None:
    spot = shapely.Point(point(town.truths["need_gone"].geometry))
    told = truth["need_gone"]
    for name, rows in rounds.items():
        own = rows[rows["groep"] == told["group"]]
        assert len(own) == (name <= "2024-H2"), name
        assert own.contains(spot).all()
    assert told["last_round"] == "2024-H2"


def test_refused_file_holds_what_may_not_be_there(truth: Told) -> None:
    table = refused_scan()
    assert truth["refused"] == {
        "file": "groepsscan_fout.csv",
        "columns": [name for name in table.columns if name not in COLUMNS],
    }
