"""Burglary risk per 1,000 dwellings as a surface: incidents near over dwellings near.

The order matters. Incidents and dwelling-years are smoothed apart, by the same kernel, then
divided, then shrunk. Smoothing rates instead would give one dwelling with one burglary the say
of a thousand dwellings with a thousand; shrinking before smoothing would pull every cell of a
bad street to the city's rate, as each by itself holds too little to show that the street is bad.
"""

import math
from functools import partial

import numpy as np
import pandas as pd

from hotspots.analysis.density import Kernel, kernel_density, kernel_peak
from hotspots.analysis.grid import Floats, Grid, bin_points
from hotspots.analysis.rates import PER

Points = tuple[Floats, Floats]
"""x and y in metres."""

LEAST_DWELLINGS = 50.0
"""Where fewer dwellings are near there is no risk to speak of."""


def risk_surface(
    grid: Grid,
    incidents: Points,
    dwellings: Points,
    n_dwellings: Floats,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    years: float,
    least_dwellings: float = LEAST_DWELLINGS,
    prior_dwelling_years: float | None = None,
    dispersion: float = 1.0,
) -> pd.DataFrame:
    """Estimate incidents per 1,000 dwellings per year around the centre of each study cell.

    Both densities lose the same share of their kernels at the border, so the ratio needs no edge
    correction. The shrunk risk leans on the city's rate (incidents over dwelling-years, both on
    study cells) as if a number of dwelling-years more were near with just that rate.

    Parameters
    ----------
    grid
        Cells.
    incidents
        x and y in metres, from the same area as the dwellings.
    dwellings
        x and y in metres of address points or buildings.
    n_dwellings
        Dwellings per point, 0 or more.
    bandwidth_m
        Radius of the quartic kernel; standard deviation of the Gaussian.
    kernel
        ``quartic`` or ``gaussian``.
    years
        Length of the period that the incidents are from.
    least_dwellings
        Cells with fewer dwellings near have no risk, above 0.
    prior_dwelling_years
        How many dwelling-years the city's rate counts for; 0 does not shrink. When absent it is
        estimated from the cells, see :func:`prior_strength`.
    dispersion
        Variance of counts over their mean; see :func:`hotspots.analysis.rates.dispersion`.

    Returns
    -------
    pandas.DataFrame
        Study cells by `cell` number: `dwellings_near` and `incidents_near`, which count 1 at the
        centre and less further out, in proportion to the kernel; `risk_per_1000` and
        `shrunk_risk_per_1000`, missing where fewer than `least_dwellings` are near.

    Raises
    ------
    ValueError
        If `bandwidth_m`, `years` or `least_dwellings` is not above 0, or a number of dwellings or
        the prior is below 0.

    References
    ----------
    Bithell (1990), Statistics in Medicine 9, 691-701; Kelsall and Diggle (1995), Statistics in
    Medicine 14, 2335-2342; Marshall (1991), Applied Statistics 40, 283-294, for shrinking.
    """
    if years <= 0 or least_dwellings <= 0:
        raise ValueError(f"years ({years}) and least_dwellings ({least_dwellings}) must be above 0")
    if np.any(n_dwellings < 0) or (prior_dwelling_years or 0) < 0:
        raise ValueError("numbers of dwellings and prior_dwelling_years cannot be below 0")
    near = partial(_near, grid, bandwidth_m=bandwidth_m, kernel=kernel)
    frame = pd.DataFrame(
        {
            "dwellings_near": near(dwellings, n_dwellings),
            "incidents_near": near(incidents, np.ones(len(incidents[0]))),
        },
        index=pd.Index(grid.study_cells, name="cell"),
    )
    shown = frame["dwellings_near"] >= least_dwellings
    count = frame["incidents_near"].where(shown)
    exposure = (frame["dwellings_near"] * years).where(shown)
    rate = _city_rate(grid, incidents, dwellings, n_dwellings) / years
    if prior_dwelling_years is None:
        prior_dwelling_years = prior_strength(
            count[shown].to_numpy(),
            exposure[shown].to_numpy(),
            rate=rate,
            kernel=kernel,
            dispersion=dispersion,
        )
    own = exposure / (exposure + prior_dwelling_years)
    frame["risk_per_1000"] = PER * count / exposure
    frame["shrunk_risk_per_1000"] = own * frame["risk_per_1000"] + (1 - own) * PER * rate
    return frame


def prior_strength(
    incidents_near: Floats,
    exposure: Floats,
    *,
    rate: float,
    kernel: Kernel = "quartic",
    dispersion: float = 1.0,
) -> float:
    """Estimate how many dwelling-years near the city's rate should count for, by moments.

    A count weighted by a kernel varies less than a Poisson count with its mean: by the kernel's
    sum of squares over its sum, 0.6 (quartic) or 0.5 (Gaussian) among even dwellings. What rates
    of cells vary beyond that is taken for true differences in smoothed risk. That neighbours
    share incidents makes the estimate less certain, not biased.

    Parameters
    ----------
    incidents_near, exposure
        Per cell, weighted by the kernel: incidents, and dwelling-years above 0.
    rate
        The city's, incidents per dwelling-year.
    kernel
        That both were weighted with.
    dispersion
        Variance of plain counts over their mean, above 0.

    Returns
    -------
    float
        Dwelling-years; infinite where cells differ no more than by chance.

    References
    ----------
    Marshall (1991), Applied Statistics 40, 283-294.
    """
    if not len(exposure) or rate == 0:
        return math.inf
    by_chance = dispersion * rate * (0.6 if kernel == "quartic" else 0.5)
    squares = float((exposure * (incidents_near / exposure - rate) ** 2).sum())
    between = (squares - by_chance * len(exposure)) / float(exposure.sum())
    return by_chance / between if between > 0 else math.inf


def _near(
    grid: Grid, points: Points, weights: Floats, *, bandwidth_m: float, kernel: Kernel
) -> Floats:
    """Sum the weights around each study cell, in proportion to the kernel, which is 1 on top."""
    density = kernel_density(grid, *points, bandwidth_m=bandwidth_m, kernel=kernel, weights=weights)
    return density[grid.inside] / (1e6 * kernel_peak(kernel, bandwidth_m))


def _city_rate(grid: Grid, incidents: Points, dwellings: Points, n_dwellings: Floats) -> float:
    """Return incidents over dwellings on study cells; 0 without either."""
    n_incidents = int(bin_points(grid, *incidents).counts.sum())
    exposed = float(n_dwellings[bin_points(grid, *dwellings).cell >= 0].sum())
    return n_incidents / exposed if exposed else 0.0
