"""Sight lines from 5,000 sites on a surface model of 1 m, and from one site against another."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from rasterio.transform import Affine

from hotspots.planning.surface import Surface, surface_from_heights
from hotspots.planning.visibility import viewsheds
from tests.bench import Case

N_SITES, N_COMPARED = 5_000, 20
RANGE_M, CAMERA_M, PERSON_M = 100.0, 4.0, 1.5
SIZE = 1_500
SEED = 20_240_501


def town() -> Surface:
    """Return blocks of buildings along streets of 8 to 16 m, 1.5 by 1.5 km."""
    rng = np.random.default_rng(SEED)
    top = np.zeros((SIZE, SIZE))
    for row in range(0, SIZE, 45):
        for column in range(0, SIZE, 55):
            south, east = rng.integers(29, 38), rng.integers(39, 48)
            top[row : row + south, column : column + east] = rng.uniform(6, 15)
    known = np.ones(top.shape, dtype=bool)
    return surface_from_heights(top, np.zeros_like(top), Affine(1, 0, 0, 0, -1, SIZE), known=known)


def street_sites(surface: Surface, count: int) -> pd.DataFrame:
    """Return sites anywhere on the street, not in the middle of cells."""
    rng = np.random.default_rng(SEED)
    inner = np.zeros(surface.shape, dtype=bool)
    inner[110:-110, 110:-110] = True
    cell = rng.choice(np.flatnonzero(inner & (surface.top_m == 0)), count)
    x, y = surface.centre_of(cell)
    return pd.DataFrame(
        {
            "x": x + rng.uniform(-0.5, 0.5, count),
            "y": y + rng.uniform(-0.5, 0.5, count),
            "mounting_height_m": CAMERA_M,
            "range_m": RANGE_M,
            "azimuth_deg": 0.0,
            "view_deg": 360.0,
        }
    )


def ours(surface: Surface, sites: pd.DataFrame) -> Any:
    """Return what the sites see of the street."""
    street = surface.top_m == 0
    return viewsheds(surface, sites, target_height_m=PERSON_M, public_space=street)


def xarray_spatial(surface: Surface, sites: pd.DataFrame) -> Any:
    """Return the viewsheds of xarray-spatial, each on no more raster than its range needs."""
    xarray, viewshed = import_module("xarray"), import_module("xrspatial").viewshed
    reach, found = int(RANGE_M), []
    for x, y in zip(sites["x"], sites["y"], strict=True):
        row, column = int(SIZE - y), int(x)
        rows = slice(row - reach, row + reach + 1)
        columns = slice(column - reach, column + reach + 1)
        around = xarray.DataArray(
            surface.top_m[rows, columns].astype(float),
            coords={
                "y": SIZE - np.arange(rows.start, rows.stop) - 0.5,
                "x": np.arange(columns.start, columns.stop) + 0.5,
            },
            dims=("y", "x"),
        )
        found.append(viewshed(around, x=x, y=y, observer_elev=CAMERA_M, target_elev=PERSON_M))
    return found


def cases() -> list[Case]:
    """Return what is timed."""
    surface = town()
    many, few = street_sites(surface, N_SITES), street_sites(surface, N_COMPARED)
    few[["x", "y"]] = np.floor(few[["x", "y"]]) + 0.5
    other: Callable[[], object] | None = (
        partial(xarray_spatial, surface, few) if find_spec("xrspatial") else None
    )
    return [
        Case(
            "sight lines",
            partial(ours, surface, many),
            scale=f"{N_SITES:,} sites, {RANGE_M:g} m range, 1 m cells",
        ),
        Case(
            "sight lines of a few sites",
            partial(ours, surface, few),
            other,
            "xarray-spatial" if other else "",
            f"{N_COMPARED} sites, {RANGE_M:g} m range, 1 m cells",
        ),
    ]
