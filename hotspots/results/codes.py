"""Codes that results hold, each with its meaning."""

from typing import Literal

PolygonKind = Literal["hotspot", "one_night", "stack"]
"""A hotspot; an area hot on one night of the year; an area that is mostly one location."""

Lineage = Literal["first", "new", "continued", "split", "merged"]
"""How a polygon follows on the run before; ``first`` where there was none."""

Grade = Literal["firm", "fair", "weak"]
"""How well the methods agree on a polygon, and how steadily it is found.

Missing where it was not tested, and where fewer than three methods were run without resamples.
"""

Trend = Literal[
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
    "none",
]
"""The course of a place over equal steps of time; see :mod:`hotspots.analysis.trends`."""

LEAST_STEPS = 4
"""With fewer known steps there is no trend class: new after one quiet quarter says nothing."""

Quadrant = Literal["high_high", "low_low", "high_low", "low_high", "none"]
"""A cell's own count first, its neighbours' second; high is above the mean of all cells.

``none`` where that is not significant.
"""

Verdict = Literal["contradict", "both_up", "both_down", "one_sided", "unclear"]
"""What two sources on the same nuisance say together."""

SiteExcluded = Literal[
    "outside_raster",
    "surface_unknown",
    "inside_building",
    "no_power",
    "outside_area",
    "forbidden",
    "little_demand",
]
"""Why a candidate site was not considered; ``little_demand`` lies within its range all told."""

SightRole = Literal["proposed", "alternative", "current", "fixed", "stadium"]
"""Whose view a polygon is: a site of the plan, another that could be, or a camera by its class."""

CameraAdvice = Literal["keep", "move", "withdraw"]
"""What the figures say about a flexible camera that stands."""

CameraReason = Literal["in_plan", "better_elsewhere", "below_yardstick", "not_in_plan"]
"""Why: its place is in the plan; another site sees more; too little is left; no site is free."""

PlanMethod = Literal["plan", "greedy", "current", "busiest"]
"""A way to place cameras: the plan, one by one, as they stand now, or at the busiest spots."""

Resting = Literal["steps", "scan", "near_repeat", "bursts", "sources", "composite"]
"""A result of which the run tells what it rests on."""

Part = Literal["now", "before"]
"""The period that a result is about, or the one before that tells what is usual."""
