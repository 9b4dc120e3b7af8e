"""``hotspots effects`` on Duinstad, planted anew with a seed that nothing was tuned to."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from data.duinstad.city import City
from data.duinstad.plantings import CAMERA_FACTOR, DISPLACED_SHARE
from tests.scored_city import Scored, command, point

pytestmark = pytest.mark.slow

NIGHT = ("assault", "nightlife_nuisance", "street_robbery", "vandalism")
SQUARE_M, TWO_STREETS_M, BEACH_M = 110, 200, 400


def asked(city: Scored, area: str | Path, themes: tuple[str, ...], *options: str) -> Any:
    named = [word for theme in themes for word in ("--theme", theme)]
    return json.loads(
        command(
            "effects", "--workspace", city.workspace, "--area", area, *named, *options,
            "--format", "json",
        )
    )  # fmt: skip


def around(city: Scored, truth: dict[str, Any], radius_m: float) -> Path:
    path = city.workspace.parent / f"{truth['key']}.gpkg"
    gpd.GeoSeries([point(truth["geometry"]).buffer(radius_m)], crs="EPSG:28992").to_file(path)
    return path


def test_a_lock_programme_that_works_and_takes_its_ring_along(duinstad: Scored) -> None:
    truth = duinstad.truths["lock_programme"]
    found = asked(
        duinstad, truth["areas"][0], ("burglary",), "--from", "2024-01-01",
        "--before-from", "2019-01-01",
    )  # fmt: skip
    assert found["effect"]["low"] <= truth["planted"]["factor"] <= found["effect"]["high"]
    assert found["effect"]["relative"] < 1
    moved = found["displacement"]
    assert moved["ring"]["low"] <= truth["planted"]["factor_ring"] <= moved["ring"]["high"]
    assert moved["says"] != "displacement"


def planted_at_the_square(city: City, since: str) -> tuple[float, float]:
    """Return the change that was planted in the area and the ring, the square reaching into both.

    What is at the square falls to 0.7; what leaves it lands two streets away, in the ring.
    """
    number = city.canvas.plantings.cast["camera_square"]
    square = city.canvas.places.iloc[number]
    rows = city.incidents
    rows = rows[rows["stream"].isin(NIGHT) & (rows["begin"] < since) & ~rows["proactive"]]
    away = np.hypot(rows["x"] - square["x"], rows["y"] - square["y"])
    of_square = rows["place"] == number
    change = []
    for zone, gains in (
        (away < SQUARE_M, 0),
        (away.between(SQUARE_M, SQUARE_M + TWO_STREETS_M), 1),
    ):
        left = CAMERA_FACTOR * (zone & of_square).sum() + (zone & ~of_square).sum()
        change.append((left + gains * DISPLACED_SHARE * of_square.sum()) / zone.sum())
    return change[0], change[1]


def test_a_camera_square_of_which_half_moved_two_streets_away(duinstad: Scored) -> None:
    truth = duinstad.truths["camera_square"]
    area = around(duinstad, truth, SQUARE_M)
    found = asked(
        duinstad, area, NIGHT, "--from", truth["planted"]["from"], "--ring-m", str(TWO_STREETS_M)
    )
    in_area, in_ring = planted_at_the_square(duinstad.city, truth["planted"]["from"])
    moved = found["displacement"]
    assert found["effect"]["high"] < 1
    assert found["effect"]["low"] <= in_area <= found["effect"]["high"]
    assert moved["ring"]["relative"] > 1
    assert moved["ring"]["low"] <= in_ring <= moved["ring"]["high"]
    assert moved["quotient"] < 0
    drugs = asked(
        duinstad, area, ("drugs_nuisance",), "--from", truth["planted"]["from"], "--ring-m", "200"
    )
    assert "detection_bias" in drugs["flags"]


def test_an_area_that_falls_by_itself(duinstad: Scored) -> None:
    truth = duinstad.truths["regression_to_the_mean"]
    found = asked(
        duinstad, truth["areas"][0], ("burglary",), "--from", "2024-01-01",
        "--before-from", "2023-01-01", "--level", "service-area",
    )  # fmt: skip
    assert "chosen_at_peak" in found["flags"]
    assert found["peak"]["effect"]["low"] <= 1 <= found["peak"]["effect"]["high"]


def test_a_beach_ban_that_changed_nothing(duinstad: Scored) -> None:
    truth = duinstad.truths["beach_ban"]
    found = asked(
        duinstad, around(duinstad, truth, BEACH_M), ("alcohol_nuisance",),
        "--from", truth["period"][0], "--until", truth["period"][1],
    )  # fmt: skip
    assert found["effect"]["low"] <= 1 <= found["effect"]["high"]
    assert found["displacement"]["says"] != "displacement"
