"""What changed where a measure was taken, as one plain document."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, WithJsonSchema

Zone = Literal["area", "ring", "control"]

Flag = Literal[
    "few_incidents", "chosen_at_peak", "no_earlier_years", "detection_bias", "no_initiator"
]
"""What a reader must know before the figures; told apart in `effect_sentences`."""

Displacement = Literal["displacement", "benefit", "unclear", "nothing_to_move"]
"""What the ring says: more than the control lets expect, less, or neither beyond chance."""


Figure = Annotated[float, WithJsonSchema({"type": ["number", "null"]})]
"""A figure that cannot always be told; JSON has no word for not a number but null."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Relative(_Part):
    """A change of a zone, and that over what the control lets expect; not a number is null.

    `ratio` is after over before, `relative` after over expected; `low` and `high` are the 95%
    interval of `relative`.
    """

    ratio: Figure
    ratio_low: Figure
    ratio_high: Figure
    relative: Figure
    low: Figure
    high: Figure


class ZoneCounts(_Part):
    """What was counted in a zone; `before` is brought to the calendar months of `after`.

    Incidents that police or enforcement found by themselves are in `police_after` and
    `police_before` alone.
    """

    km2: float | None
    after: float
    before: float
    police_after: float
    police_before: float
    stacked: int


class Moved(_Part):
    """What the ring says; `quotient` is null where the area did not fall against the control.

    `difference` is in incidents, area and ring together; see `hotspots.analysis.effects`.
    """

    says: Displacement
    ring: Relative
    quotient: Figure
    difference: Figure
    variance: Figure
    low: Figure
    high: Figure


class Peak(_Part):
    """How the year before the measure was against the years before that, and the effect since.

    `year` is the relative change of that year; `effect` that of the period after, both against
    the `months` of earlier years.
    """

    months: list[str]
    year: Relative
    effect: Relative


class Watched(_Part):
    """The same comparison in the hours in which someone watches.

    An incident counts where at least half of the time in which it may have happened lies in
    `hours` (see :data:`hotspots.policy.cameras.WatchedHours`); of `hours_unknown` in the area,
    over both periods, the hour is not known, and they do not count.
    """

    hours: list[str]
    after: float
    before: float
    hours_unknown: int
    control_ratio: Figure
    effect: Relative


class EffectDocument(_Part):
    """The figures and what they rest on.

    `control_ratio` is after over before in the control, its themes mixed as in the area;
    `police` compares what police found by themselves in the area with the same in the control.
    """

    themes: list[str]
    area: str
    control: str
    is_rest: bool
    ring_m: float
    measure_from: date
    after: list[str]
    before: list[str]
    left_out: list[str]
    not_delivered: list[str]
    sources: list[str]
    deliveries: list[str]
    demo: bool
    dispersion: Figure
    places: int
    zones: dict[Zone, ZoneCounts]
    control_ratio: Figure
    effect: Relative
    effect_with_police: Relative
    police: Relative
    displacement: Moved
    peak: Peak | None
    watched: Watched | None = None
    flags: list[Flag]
