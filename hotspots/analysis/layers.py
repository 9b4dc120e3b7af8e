"""Kinds of trouble over the study cells, and their plain weighted sum.

Every layer is put in times the city's average and weighted; the composite is their sum, so that
it can be taken apart again. Nothing here is a test: weights and age never enter a p-value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.density import kernel_density
from hotspots.analysis.grid import Bools, Floats, Grid, coverage, only_polygons
from hotspots.errors import PolicyRefused, Problem
from hotspots.schemas import refuse_unscored_theme


@dataclass(frozen=True)
class Layer:
    """One kind of trouble over the study cells.

    Parameters
    ----------
    name
        Theme, or what else the layer shows.
    values
        Per study cell, in any unit, 0 or more; missing (not a number) where nothing is known.
    weight
        Weight of policy, 0 or more; only its ratio to the other weights matters.
    """

    name: str
    values: Floats
    weight: float


@dataclass(frozen=True)
class Mix:
    """Layers on one scale, by name, and their weighted sum.

    Parameters
    ----------
    names
        Names of the layers, rising.
    policy
        Weight of policy per layer.
    weights
        Per layer, together 1; 0 for a layer without an average.
    times
        In times the city's average, shape (layers, study cells); missing for a layer without one.
    known
        Whether a value was given, same shape; what was not stands for the city's average.
    composite
        Weighted sum per study cell; 0 everywhere where no layer has an average.
    """

    names: tuple[str, ...]
    policy: Floats
    weights: Floats
    times: Floats
    known: Bools
    composite: Floats


def theme_layer(
    grid: Grid,
    x: Floats,
    y: Floats,
    age_months: Floats,
    *,
    bandwidth_m: float,
    half_life_months: float,
) -> Floats:
    """Estimate the density of incidents of which older ones count for less.

    Parameters
    ----------
    grid
        Cells.
    x, y
        Coordinates in metres, best without stacked locations: hundreds of incidents booked on a
        police station say where it stands.
    age_months
        Months before the cut-off date, 0 or more.
    bandwidth_m
        Radius of the quartic kernel.
    half_life_months
        Age at which an incident counts for half.

    Returns
    -------
    numpy.ndarray
        Weighted incidents per km2 at the centre of each study cell.

    Raises
    ------
    ValueError
        For an age below 0 or unknown, and for a half-life or a bandwidth that is not above 0.
    """
    if not half_life_months > 0:
        raise ValueError(f"half_life_months is {half_life_months}, it must be above 0")
    if not np.all(age_months >= 0):
        raise ValueError("age_months must be known and 0 or more")
    fade = 0.5 ** (age_months / half_life_months)
    return kernel_density(grid, x, y, bandwidth_m=bandwidth_m, weights=fade)[grid.inside]


def zone_layer(grid: Grid, zones: pd.DataFrame, *, label_weights: Mapping[str, float]) -> Floats:
    """Spread the weight of each zone evenly over its ground.

    A zone counts once however large it is: a vague zone says less of each of its cells. What lies
    outside the study cells is lost, as it is for incidents.

    Parameters
    ----------
    grid
        Cells.
    zones
        `label` and `geometry` (valid polygon in metres); a group without a fixed place has no
        geometry and enters nowhere.
    label_weights
        Weight per label.

    Returns
    -------
    numpy.ndarray
        Weight per km2 in each study cell.

    Raises
    ------
    PolicyRefused
        Naming every label without a weight.
    """
    unknown = sorted(set(zones["label"]) - label_weights.keys())
    if unknown:
        raise PolicyRefused([_no_weight(label) for label in unknown])
    (n_rows, n_columns), (west, south) = grid.shape, grid.origin
    frame = shapely.box(
        west, south, west + n_columns * grid.cell_size_m, south + n_rows * grid.cell_size_m
    )
    spread = np.zeros(grid.shape)
    for label, zone in zip(zones["label"], zones["geometry"], strict=True):
        inside = None if zone is None else only_polygons(shapely.intersection(zone, frame))
        if inside is not None and not inside.is_empty:
            share = coverage(
                inside, origin=grid.origin, cell_size_m=grid.cell_size_m, shape=grid.shape
            )
            spread += share * label_weights[label] / (zone.area / 1e6)
    return spread[grid.inside]


def mix(layers: Sequence[Layer]) -> Mix:
    """Sum layers by weight, each in times the city's average.

    Each layer is divided by its mean over the cells where it is known, and weights are scaled to
    sum 1, so that the composite has mean 1 too. Where a layer is missing it counts as the city's
    average: unknown is not safe, so it is not 0, and it shall not make a place either. Layers
    without an average, zero or unknown everywhere, are left out before weights are scaled. The
    order of layers changes nothing.

    Parameters
    ----------
    layers
        At least one of some weight; values of one length.

    Returns
    -------
    Mix
        The layers by name.

    Raises
    ------
    PolicyRefused
        Naming every layer that is never scored, and when no layer has any weight.
    ValueError
        When names repeat, lengths differ, or a value or a weight is negative or infinite.
    """
    _refuse(layers)
    ordered = sorted(layers, key=lambda layer: layer.name)
    values = np.stack([np.asarray(layer.values, dtype=np.float64) for layer in ordered])
    policy = np.array([layer.weight for layer in ordered], dtype=np.float64)
    known = ~np.isnan(values)
    mean = np.where(known, values, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    some = mean > 0
    times = np.full(values.shape, np.nan)
    times[some] = np.where(known[some], values[some] / mean[some, None], 1.0)
    usable = np.where(some, policy, 0)
    weights = usable / usable.sum() if usable.any() else usable
    composite = np.zeros(values.shape[1])
    for weight, layer_times in zip(weights[weights > 0], times[weights > 0], strict=True):
        composite += weight * layer_times
    names = tuple(layer.name for layer in ordered)
    return Mix(names, policy, weights, times, known, composite)


def _refuse(layers: Sequence[Layer]) -> None:
    """Refuse what is never scored, all of it at once, and what cannot be summed."""
    problems = []
    for layer in layers:
        try:
            refuse_unscored_theme(layer.name)
        except ValueError as refusal:
            problems.append(_refused(layer.name, str(refusal)))
    if problems:
        raise PolicyRefused(problems)
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise ValueError(f"layers have the same name: {sorted(names)}")
    for layer in layers:
        if not (np.isfinite(layer.weight) and layer.weight >= 0):
            raise ValueError(f"weight of {layer.name} is {layer.weight}, it must be 0 or more")
        if np.any(layer.values < 0) or np.any(np.isinf(layer.values)):
            raise ValueError(f"values of {layer.name} must be 0 or more, and not infinite")
    if not any(layer.weight > 0 for layer in layers):
        raise PolicyRefused(
            Problem(
                "No layer of the composite has a weight above 0.",
                "Give at least one theme that was delivered a weight.",
                column="composite.weights",
            )
        )


def _refused(name: str, reason: str) -> Problem:
    return Problem(
        f"Refused as a layer: {reason}.",
        "Take it out of the weights of the composite.",
        column="composite.weights",
        value=name,
    )


def _no_weight(label: str) -> Problem:
    return Problem(
        "There are zones with this label, and it has no weight.",
        "Give the label a weight; 0 leaves its zones out.",
        column="composite.zone_weights",
        value=label,
    )
