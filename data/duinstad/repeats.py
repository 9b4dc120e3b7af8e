"""Near repeats: after a burglary, a home close by runs a higher risk for a short while."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.duinstad.themes import STREAMS

REPEAT_SHARE = 0.12
REPEAT_DAYS = 10
NEIGHBOURS = 14


def repeat_nearby(
    rows: pd.DataFrame, addresses: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw some burglaries close to an earlier one, in place and in time.

    Month, buurt and service area of every incident stay what they were, so no count changes.

    Parameters
    ----------
    rows
        Incidents with ``stream``, ``month``, ``begin``, ``x``, ``y``, ``buurt`` and
        ``service_area``.
    addresses
        Every dwelling, with ``x``, ``y``, ``buurt`` and ``service_area``.
    rng
        Decides which burglaries repeat another, where and when.

    Returns
    -------
        The incidents, in the same order.
    """
    own = rows[rows["stream"].map(lambda name: STREAMS[name].dwelling)]
    own = own.sort_values(["buurt", "service_area", "month", "begin"], kind="stable")
    group = ["buurt", "service_area", "month"]
    follows = (own[group] == own[group].shift()).all(axis=1).to_numpy()
    child = np.flatnonzero(follows & (rng.random(len(own)) < REPEAT_SHARE))
    parent = child - 1
    points = own[["x", "y"]].to_numpy()
    _, near = cKDTree(addresses[["x", "y"]].to_numpy()).query(points[parent], k=NEIGHBOURS)
    home = near[np.arange(len(child)), rng.integers(0, NEIGHBOURS, len(child))]
    areas = ["buurt", "service_area"]
    inside = (addresses[areas].to_numpy()[home] == own[areas].to_numpy()[child]).all(axis=1)
    points[child] = np.where(
        inside[:, None], addresses[["x", "y"]].to_numpy()[home], points[parent]
    )
    begin = own["begin"].to_numpy().astype("datetime64[m]")
    wait = rng.integers(1, REPEAT_DAYS + 1, len(child)).astype("timedelta64[D]")
    clock = begin[child] - begin[child].astype("datetime64[D]")
    later = begin[parent].astype("datetime64[D]") + wait + clock
    same = later.astype("datetime64[M]") == begin[child].astype("datetime64[M]")
    begin[child] = np.where(same, later, begin[child])
    moved = rows.copy()
    moved.loc[own.index, ["x", "y"]] = points
    moved.loc[own.index, "begin"] = begin
    return moved
