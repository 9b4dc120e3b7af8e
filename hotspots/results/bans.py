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
    "no_effect_shown", "season_bias", "yardstick_by_default", "no_streets", "no_findings"
]
"""What a reader must know beside an advice."""
