"""How much a camera shows of a person at a distance: pixels per metre and what they suffice for."""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from hotspots.analysis.grid import Floats


class Detection(StrEnum):
    """What an image of a person is good for."""

    NONE = "none"
    MONITOR = "monitor"
    DETECT = "detect"
    OBSERVE = "observe"
    RECOGNISE = "recognise"
    IDENTIFY = "identify"


LEAST_PIXELS_PER_M = {
    Detection.MONITOR: 12.5,
    Detection.DETECT: 25.0,
    Detection.OBSERVE: 62.5,
    Detection.RECOGNISE: 125.0,
    Detection.IDENTIFY: 250.0,
}
"""Fewest pixels per metre of each class: one pixel for 80, 40, 16, 8 and 4 mm (EN 62676-4)."""


def pixels_per_metre(distance_m: Floats, *, sensor_px: float, view_deg: float) -> Floats:
    """Return how many pixels a metre at a distance takes up, in the middle of the picture.

    The picture is flat, so that the width in view is 2 d tan(view / 2). A camera of several lenses
    has one picture for each.

    Parameters
    ----------
    distance_m
        Straight distance from camera to person, above 0.
    sensor_px
        Width of the picture in pixels.
    view_deg
        Horizontal field of view of the lens, above 0 and below 180. Of a camera that turns, not
        all that it can turn to.

    Returns
    -------
    numpy.ndarray
        Pixels per metre, shape of `distance_m`.

    Raises
    ------
    ValueError
        When no flat picture has such a field of view.

    References
    ----------
    EN 62676-4:2015.
    """
    if not 0 < view_deg < 180:
        raise ValueError("view_deg must be above 0 and below 180: a flat picture is no wider")
    width_in_view_m = 2 * np.asarray(distance_m) * np.tan(np.radians(view_deg) / 2)
    return np.asarray(sensor_px / width_in_view_m, dtype=np.float64)


def detection_class(pixels_per_m: Floats) -> npt.NDArray[np.object_]:
    """Return the highest class that so many pixels per metre suffice for.

    Parameters
    ----------
    pixels_per_m
        Pixels per metre.

    Returns
    -------
    numpy.ndarray
        Members of :class:`Detection`, shape of `pixels_per_m`.

    References
    ----------
    EN 62676-4:2015.
    """
    least = list(LEAST_PIXELS_PER_M.values())
    return np.array(list(Detection), dtype=object)[
        np.searchsorted(least, pixels_per_m, side="right")
    ]
