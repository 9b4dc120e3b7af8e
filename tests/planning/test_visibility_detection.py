"""Pixels per metre and the classes of EN 62676-4, worked by hand."""

import math

import numpy as np
import pytest

from hotspots.planning.detection import Detection, detection_class, pixels_per_metre


def test_pixels_per_metre_by_hand() -> None:
    # At 90 degrees the width in view is twice the distance.
    found = pixels_per_metre(np.array([5.0, 10.0, 96.0]), sensor_px=1920, view_deg=90)
    np.testing.assert_allclose(found, [192, 96, 10])
    # At 60 degrees it is 2 / sqrt(3) times the distance.
    narrow = pixels_per_metre(np.array([30.0]), sensor_px=3840, view_deg=60)
    np.testing.assert_allclose(narrow, 3840 / (60 / math.sqrt(3)))


def test_the_class_falls_with_distance() -> None:
    # 1920 pixels at 90 degrees: 250 per metre at 3.84 m, 125 at 7.68, 62.5 at 15.36, 25 at 38.4,
    # 12.5 at 76.8.
    at_m = np.array([3.8, 3.9, 7.6, 7.7, 15.3, 15.4, 38.3, 38.5, 76.7, 76.9])
    classes = detection_class(pixels_per_metre(at_m, sensor_px=1920, view_deg=90))
    names = ["identify", "recognise", "recognise", "observe", "observe", "detect", "detect"]
    assert classes.tolist() == [*names, "monitor", "monitor", "none"]


def test_a_class_begins_at_its_own_number() -> None:
    least = np.array([12.5, 25.0, 62.5, 125.0, 250.0])
    assert detection_class(least).tolist() == list(Detection)[1:]
    assert detection_class(least - 0.01).tolist() == list(Detection)[:-1]


@pytest.mark.parametrize("view_deg", [0.0, 180.0, 360.0, -5.0])
def test_a_flat_picture_is_less_than_half_round(view_deg: float) -> None:
    with pytest.raises(ValueError, match="180"):
        pixels_per_metre(np.array([10.0]), sensor_px=1920, view_deg=view_deg)
