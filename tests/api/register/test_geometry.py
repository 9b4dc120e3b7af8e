"""Where an area lies: the likely cause is named, and what is drawn comes back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import MultiPolygon, box

from api.ogc.systems import CRS84_URI
from api.register.geometry import drawn as drawn_for_the_web
from api.register.geometry import placed, require_spot, system_of
from hotspots.errors import InputRefused

RD = "EPSG:28992"
TOWN = box(90_000, 450_000, 93_000, 452_000)
_TO_DEGREES = Transformer.from_crs(RD, "OGC:CRS84", always_xy=True)

METRES = MultiPolygon([box(90_400, 450_400, 90_800, 450_800)])
_WEST, _SOUTH, _EAST, _NORTH = _TO_DEGREES.transform_bounds(*METRES.bounds)
DEGREES = MultiPolygon([box(_WEST, _SOUTH, _EAST, _NORTH)])


def swapped(area: MultiPolygon) -> MultiPolygon:
    """Return an area with its axes in the other order."""
    west, south, east, north = area.bounds
    return MultiPolygon([box(south, west, north, east)])


def refusal(area: MultiPolygon, crs: str | None, town: object = TOWN) -> tuple[str, str]:
    """Return rule and remedy of an area that cannot lie there."""
    with pytest.raises(InputRefused) as refused:
        placed(area, system_of(crs, RD), RD, town, column="boundary")  # type: ignore[arg-type]
    (problem,) = refused.value.problems
    assert problem.column == "boundary"
    return problem.rule, problem.remedy


@pytest.mark.parametrize("town", [TOWN, None], ids=["with the municipality", "without it"])
@pytest.mark.parametrize(
    ("area", "crs", "causes"),
    [
        (swapped(DEGREES), None, ["swapped", "longitude, then latitude"]),
        (METRES, None, ["look like metres", "EPSG/0/28992"]),
        (DEGREES, RD, ["look like degrees", CRS84_URI]),
        (swapped(METRES), RD, ["swapped", "x, then y"]),
        (swapped(METRES), None, ["look like metres", "swapped"]),
        (swapped(DEGREES), RD, ["look like degrees", "swapped"]),
    ],
)
def test_the_likely_cause_is_named(
    area: MultiPolygon, crs: str | None, causes: list[str], town: object
) -> None:
    _, remedy = refusal(area, crs, town)
    for cause in causes:
        assert cause in remedy


def test_an_area_elsewhere_is_refused_without_a_cause_that_is_none() -> None:
    elsewhere = MultiPolygon([box(150_000, 400_000, 150_400, 400_400)])
    rule, remedy = refusal(elsewhere, RD)
    assert rule == "The area lies outside the municipality."
    assert "swapped" not in remedy
    assert "look like" not in remedy
    kenya = MultiPolygon([box(36.8, -1.3, 36.9, -1.2)])
    assert "look like" not in refusal(kenya, None)[1]


def test_an_area_that_is_nothing_in_metres_is_refused() -> None:
    speck = MultiPolygon([box(_WEST, _SOUTH, _WEST + 1e-15, _SOUTH + 1e-15)])
    with pytest.raises(InputRefused):
        placed(speck, system_of(None, RD), RD, TOWN, column="boundary")


@pytest.mark.parametrize("asked", [None, "OGC:CRS84", CRS84_URI, f"<{CRS84_URI}>"])
def test_longitude_and_latitude_are_usual(asked: str | None) -> None:
    kept = placed(DEGREES, system_of(asked, RD), RD, TOWN, column="boundary")
    corners = np.array(kept.geoms[0].exterior.coords)
    expected = np.column_stack(
        Transformer.from_crs("OGC:CRS84", RD, always_xy=True).transform(
            *np.array(DEGREES.geoms[0].exterior.coords).T
        )
    )
    assert np.allclose(corners, expected, atol=1e-3)


@pytest.mark.parametrize("asked", [RD, "http://www.opengis.net/def/crs/EPSG/0/28992"])
def test_metres_are_kept_to_the_bit(asked: str) -> None:
    assert placed(METRES, system_of(asked, RD), RD, TOWN, column="boundary") == METRES


@pytest.mark.parametrize("asked", ["EPSG:4326", "EPSG:3857", "", "rd", "x" * 200])
def test_another_system_is_refused_with_those_that_are_not(asked: str) -> None:
    with pytest.raises(InputRefused) as refused:
        system_of(asked, RD)
    assert CRS84_URI in refused.value.problems[0].remedy


@given(st.floats(90_000, 92_000), st.floats(450_000, 451_000), st.floats(5, 900), st.floats(5, 900))
def test_what_is_answered_can_be_sent_again(x: float, y: float, w: float, h: float) -> None:
    area = MultiPolygon([box(x, y, x + w, y + h)])
    system = system_of(None, RD)
    (shown,) = drawn_for_the_web([area], RD, system)
    sent = MultiPolygon([(rings[0], rings[1:]) for rings in shown.coordinates])
    again = placed(sent, system, RD, TOWN, column="boundary")
    assert again.hausdorff_distance(area) < 0.001


@pytest.mark.parametrize(("x", "y"), [(4.3, 52.0), (450_500.0, 90_500.0), (1e8, 1e8)])
def test_a_spot_that_does_not_fit_is_refused(x: float, y: float) -> None:
    with pytest.raises(InputRefused):
        require_spot(x, y, RD)
    require_spot(90_500.0, 450_500.0, RD)
