"""Codes that results hold, each with its meaning."""

from typing import Literal

PolygonKind = Literal["hotspot", "one_night", "stack"]
"""A hotspot; an area hot on one night of the year; an area that is mostly one location."""

Lineage = Literal["first", "new", "continued", "split", "merged"]
"""How a polygon follows on the run before; ``first`` where there was none."""

Grade = Literal["firm", "fair", "weak"]
"""How well the methods agree on a polygon, and how steadily it is found."""

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

Quadrant = Literal["high_high", "low_low", "high_low", "low_high", "none"]
"""A cell's own count first, its neighbours' second; high is above the mean of all cells.

``none`` where that is not significant.
"""

Verdict = Literal["contradict", "both_up", "both_down", "one_sided", "unclear"]
"""What two sources on the same nuisance say together."""
