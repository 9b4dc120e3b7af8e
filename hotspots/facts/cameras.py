"""Where cameras stand, stood and may stand."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import code, flag, geometry, moment, number, one_of, table
from hotspots.schemas import CameraClass, SiteKind

if TYPE_CHECKING:
    import pandera.pandas as pa


def sites_schema() -> "pa.DataFrameSchema":
    """Candidate sites: points in the workspace's metric CRS on which a camera may be mounted.

    Columns: `site_id`, `kind` (see :data:`SiteKind`), `power` (whether there is power day and
    night, missing where unknown), `mounting_height_m` (above the ground, missing where that of
    the type of camera holds), `azimuth_deg` (where a camera there looks, of a facade its outward
    normal, clockwise from north; missing where it is free) and `geometry`.
    """
    return table(
        {
            "site_id": code(unique=True),
            "kind": one_of(get_args(SiteKind)),
            "power": flag(missing=True),
            "mounting_height_m": number(missing=True),
            "azimuth_deg": number(missing=True),
            "geometry": geometry(),
        },
        coerce=False,
    )


def cameras_schema() -> "pa.DataFrameSchema":
    """Cameras: a row per camera and placement; points in the workspace's metric CRS.

    Columns: `camera_id`, `camera_class` (see :data:`CameraClass`), `camera_type` (name of a type
    in the policy; missing where that is the first), `start` and `end` (first and last day of the
    placement at midnight; no end where the camera is still there), `watched_from` and
    `watched_until` (first and last day on which it is watched live, may be missing),
    `azimuth_deg` (clockwise from north; missing where it looks all round or is free) and
    `geometry`. A camera in store has neither start, end nor geometry.
    """
    return table(
        {
            "camera_id": code(),
            "camera_class": one_of(get_args(CameraClass)),
            "camera_type": code(missing=True),
            "start": moment(missing=True),
            "end": moment(missing=True),
            "watched_from": moment(missing=True),
            "watched_until": moment(missing=True),
            "azimuth_deg": number(missing=True),
            "geometry": geometry(missing=True),
        },
        unique=["camera_id", "start"],
        coerce=False,
    )
