"""Where cameras may stand and where they do, with what each could see by its type."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.errors import PolicyRefused, Problem, WorkspaceRefused
from hotspots.pipeline.cameras.designated import Designated
from hotspots.pipeline.deliveries import Current
from hotspots.policy.cameras import Cameras, CameraType
from hotspots.results.cameras import SAME_POLE_M

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_STREET_WITHIN_M = 75.0

_FACADE_DEG = 180.0


@dataclass(frozen=True)
class Places:
    """Candidate sites and the placements of cameras.

    Both have what :func:`hotspots.planning.visibility.viewsheds` asks, `reach_m`, `camera_type`,
    `is_free` (whether the bearing is to be chosen) and `street` (name of the nearest, or missing).
    `sites` (by `site_id`) has further `kind`, `power`, `area_code`, `excluded` (reason or missing),
    `current`, `required` and `forbidden`; `cameras` has further `camera_id`, `camera_class`,
    `start`, `end`, `stands` (whether it is there on the cut-off date) and `inside` (whether it is
    in the areas asked for). `available` and `placed` count flexible cameras.
    """

    sites: "pd.DataFrame"
    cameras: "pd.DataFrame"
    available: int
    placed: int


def places_of(current: Current, policy: Cameras, areas: Designated, *, until: date) -> Places:
    """Return the sites and cameras that were delivered, or sites along streets where none were.

    A flexible camera that stands beside every site is a site of its own: it may stay.

    Parameters
    ----------
    current
        The deliveries that hold.
    policy
        Camera types, and sites that are required or forbidden.
    areas
        Where cameras may stand.
    until
        Cut-off date.

    Raises
    ------
    WorkspaceRefused
        When neither sites nor streets were delivered.
    PolicyRefused
        When the policy names a site or the cameras a type that there is not.
    """
    import pandas as pd

    rows = current.cameras()
    cameras = _cameras(rows, policy, until)
    sites = _with_current(_sites(current, policy), cameras)
    _refuse_unknown_sites(sites, policy)
    sites = sites.set_index("site_id")
    ids = sites.index
    usual = next(iter(policy.types))
    sites = _seeing(sites.assign(camera_type=usual), policy)
    area = areas.code_of(sites["x"].to_numpy(), sites["y"].to_numpy()).set_axis(ids)
    required = ids.isin(policy.required_sites)
    forbidden = ids.isin(policy.forbidden_sites)
    without = (sites["power"] == False).fillna(False).to_numpy(bool)  # noqa: E712
    # Where a camera stands there is power, whatever the list of sites says.
    stays = required | sites["current"].to_numpy(bool)
    excluded = pd.Series(None, index=ids, dtype="str")
    excluded = excluded.mask(areas.is_asked & area.isna(), "outside_area")
    excluded = excluded.mask(without & policy.power_required & ~stays, "no_power")
    excluded = excluded.mask(forbidden & ~required, "forbidden")
    inside = areas.code_of(*(cameras[axis].to_numpy(float) for axis in "xy")).notna().to_numpy()
    flexible = rows[rows["camera_class"] == "flexible"]
    stands = cameras["stands"] & (cameras["camera_class"] == "flexible")
    sites = sites.assign(area_code=area, excluded=excluded, required=required, forbidden=forbidden)
    streets = current.streets()
    return Places(
        _with_street(sites, streets),
        _with_street(cameras.assign(inside=inside | (not areas.is_asked)), streets),
        available=int(flexible["camera_id"].nunique()),
        placed=int(stands.sum()),
    )


def _with_street(places: "pd.DataFrame", streets: "gpd.GeoDataFrame") -> "pd.DataFrame":
    """Add the name of the nearest street, where streets were delivered."""
    import numpy as np
    import pandas as pd

    from hotspots.planning.candidates import nearest_streets

    found = nearest_streets(
        places["x"].to_numpy(np.float64),
        places["y"].to_numpy(np.float64),
        streets.geometry.to_numpy(),
        streets["street_name"].to_numpy(dtype=object),
        within_m=_STREET_WITHIN_M,
    )
    return places.assign(street=pd.Series(found, index=places.index, dtype="str"))


def _sites(current: Current, policy: Cameras) -> "pd.DataFrame":
    """Return the delivered sites, or sites along the delivered streets."""
    import pandas as pd

    from hotspots.planning.candidates import GENERATED, sites_along

    delivered = current.sites()
    if len(delivered):
        columns = ["site_id", "kind", "power", "mounting_height_m", "azimuth_deg"]
        return pd.DataFrame(delivered[columns]).assign(
            x=delivered.geometry.x, y=delivered.geometry.y
        )
    streets = current.streets()
    if not len(streets):
        raise WorkspaceRefused(
            Problem(
                "There are no sites for cameras, and no streets to find them along.",
                "Take them in with: hotspots ingest sites FILE, or ingest streets FILE.",
            )
        )
    made = sites_along(streets.geometry.to_numpy(), every_m=policy.every_m)
    return made.assign(
        kind=GENERATED,
        power=pd.Series(pd.NA, index=made.index, dtype="boolean"),
        mounting_height_m=float("nan"),
        azimuth_deg=float("nan"),
    )


def _cameras(rows: "gpd.GeoDataFrame", policy: Cameras, until: date) -> "pd.DataFrame":
    """Return the placements, each with what its camera can see."""
    import pandas as pd

    known = rows["camera_type"].isna() | rows["camera_type"].isin(list(policy.types))
    if not known.all():
        raise PolicyRefused(
            [
                Problem(
                    "A camera is of a type that the policy does not have.",
                    "Add it under cameras.types, with its range and view.",
                    column="camera_type",
                    value=str(name),
                )
                for name in sorted(rows.loc[~known, "camera_type"].unique())
            ]
        )
    placed = rows[rows.geometry.notna()].reset_index(drop=True)
    day = pd.Timestamp(until)
    began = placed["start"].isna() | (placed["start"] <= day)
    stands = began & (placed["end"].isna() | (placed["end"] >= day))
    columns = ["camera_id", "camera_class", "start", "end", "azimuth_deg"]
    cameras = pd.DataFrame(placed[columns]).assign(
        x=placed.geometry.x.to_numpy(float),
        y=placed.geometry.y.to_numpy(float),
        kind="camera",
        camera_type=placed["camera_type"].fillna(next(iter(policy.types))).astype("str"),
        mounting_height_m=float("nan"),
        stands=stands,
    )
    return _seeing(cameras, policy)


def _with_current(sites: "pd.DataFrame", cameras: "pd.DataFrame") -> "pd.DataFrame":
    """Mark the sites on which a flexible camera stands, and add those beside every site."""
    import numpy as np
    import pandas as pd
    from scipy.spatial import KDTree

    standing = cameras[cameras["stands"] & (cameras["camera_class"] == "flexible")]
    sites = sites.assign(current=False).reset_index(drop=True)
    if not len(standing):
        return sites
    here = standing[["x", "y"]].to_numpy(np.float64)
    away, nearest = KDTree(sites[["x", "y"]].to_numpy(np.float64)).query(here)
    on_site = away <= SAME_POLE_M
    sites.loc[nearest[on_site], "current"] = True
    beside = standing[~on_site]
    added = pd.DataFrame(
        {
            "site_id": "camera-" + beside["camera_id"].astype("str"),
            "kind": "camera",
            "power": pd.array([True] * len(beside), dtype="boolean"),
            "mounting_height_m": beside["mounting_height_m"],
            "azimuth_deg": beside["azimuth_deg"],
            "x": beside["x"],
            "y": beside["y"],
            "current": True,
        }
    )
    return pd.concat([sites, added], ignore_index=True) if len(added) else sites


def _seeing(places: "pd.DataFrame", policy: Cameras) -> "pd.DataFrame":
    """Add height, range, view and reach of the type of camera of each place."""
    import pandas as pd

    parts = []
    for name, rows in places.groupby("camera_type", sort=False):
        parts.append(_of_type(rows, policy.types[str(name)], policy.target_height_m))
    if not parts:
        parts = [_of_type(places, next(iter(policy.types.values())), policy.target_height_m)]
    return pd.DataFrame(pd.concat(parts)).loc[places.index] if len(places) else parts[0]


def _of_type(rows: "pd.DataFrame", kind: CameraType, target_height_m: float) -> "pd.DataFrame":
    import numpy as np

    from hotspots.planning.candidates import reach_m
    from hotspots.planning.detection import Detection

    mounted_m = rows["mounting_height_m"].fillna(kind.mounting_height_m).to_numpy(np.float64)
    azimuth = rows["azimuth_deg"].to_numpy(np.float64, na_value=np.nan)
    facade = (rows["kind"] == "facade").to_numpy() & ~np.isnan(azimuth)
    view_deg = np.where(facade, min(kind.view_deg, _FACADE_DEG), kind.view_deg)
    return rows.assign(
        mounting_height_m=mounted_m,
        range_m=kind.range_m,
        view_deg=view_deg,
        is_free=np.isnan(azimuth) & (view_deg < 360),
        azimuth_deg=np.nan_to_num(azimuth),
        reach_m=reach_m(
            mounted_m,
            range_m=kind.range_m,
            sensor_px=kind.sensor_px,
            lens_view_deg=kind.lens_view_deg,
            least_class=Detection(kind.least_class),
            target_height_m=target_height_m,
        ),
    )


def _refuse_unknown_sites(sites: "pd.DataFrame", policy: Cameras) -> None:
    """Refuse a policy that requires or forbids a site that there is not."""
    asked = {"required_sites": policy.required_sites, "forbidden_sites": policy.forbidden_sites}
    known = set(sites["site_id"])
    unknown = [
        Problem(
            "There is no site with this id.",
            "Correct the id, or take the site in with: hotspots ingest sites FILE.",
            column=f"cameras.{name}",
            value=each,
        )
        for name, ids in asked.items()
        for each in ids
        if each not in known
    ]
    if unknown:
        raise PolicyRefused(unknown)
