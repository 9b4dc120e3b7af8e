"""Words in which reviews and proposals of area measures are told."""

from typing import Literal

Need = Literal["gone", "remains", "undecided", "unknown"]
"""What is left under a measure: under the yardstick beyond chance, at it or above, or neither."""

BanReason = Literal[
    "need_gone",
    "need_remains",
    "season_only",
    "hours_only",
    "rim_quiet",
    "no_baseline",
    "too_short",
    "one_source",
    "few_incidents",
    "sources_contradict",
    "undecided",
]
"""What decides the advice on an area measure."""

Gate = Literal["structural", "two_sources", "lighter_measures", "limited", "no_area_yet"]
"""What a proposal of an area measure must pass; each is shown by itself."""

BanRemark = Literal[
    "no_effect_shown",
    "season_bias",
    "yardstick_by_default",
    "no_streets",
    "no_findings",
    "sources_diverge",
]
"""What a reader must know beside an advice."""

MeasureZone = Literal["area", "ring", "control"]
"""The area of a measure, the ring around it, and the rest of the city without other areas."""

Changed = Literal["area", "area_with_police", "area_police", "ring", "peak_year", "since_peak"]
"""Of what a change is told.

The area without, with, and only with what police found by themselves; the ring; the year before the
measure against earlier years, and the time since against those.
"""

Moves = Literal["displacement", "benefit", "unclear", "nothing_to_move"]
"""What the ring says: more than the control lets expect, less, or neither beyond chance."""

BoundaryRole = Literal["current", "proposed"]
"""An area as it is, brought to its streets, or as it is proposed."""

StreetSide = Literal["around", "inside"]
"""Whether a street encloses an area, and belongs to it, or lies in it."""

StepKind = Literal["lighter_measure", "finding"]
"""What was tried, or what professionals who know the place found."""
