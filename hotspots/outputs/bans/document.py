"""Reviews and proposals of area measures, as plain documents."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from hotspots.outputs.effect_document import EffectDocument, Figure
from hotspots.register import Advice
from hotspots.results.bans import BanReason, BanRemark, Gate, Need, StepKind
from hotspots.results.codes import Verdict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BanBoundary(_Part):
    """An area along streets: `around` it is enclosed by, and includes, these; `inside` it others.

    `same` is the ground that it and what was drawn have in common over that of both together;
    `geometry` is GeoJSON in the coordinates of the workspace.
    """

    km2: float
    dwellings: int | None
    around: list[str]
    inside: list[str]
    unnamed: int
    off_street_m: float
    same: float
    geometry: dict[str, Any]


class BanLevel(_Part):
    """What is left of some themes against the yardstick; a ratio that nothing sets is null.

    `before` is brought to the calendar months of `now`; `value` is `now` over the yardstick.
    """

    source: str
    themes: list[str]
    before: float
    now: float
    value: Figure
    low: Figure
    high: Figure
    need: Need


class BanWindow(_Part):
    """A part of the year (months 1 to 12) or the day (hours 0 to 23), both ends included.

    It was chosen on earlier incidents, of which it holds `chosen_share`; `share` is that of the
    last year.
    """

    first: int
    last: int
    chosen_share: float
    share: float


class BanPart(_Part):
    """Core or rim of an area: its size, and incidents before, now and in the last year."""

    part: Literal["core", "rim"]
    km2: float
    before: float
    now: float
    last_year: int


class BanStep(_Part):
    """A lighter measure, or a finding of professionals (`need_remains`), with its dates."""

    kind: StepKind
    what: str
    start: date
    end: date | None
    result: str
    need_remains: bool | None


class BanSources(_Part):
    """Reports and records of an area over the last year against the year before.

    `divergence` is the ratio of the reports over that of the records; see
    :func:`hotspots.analysis.contradiction.compare_sources`.
    """

    reports: str
    records: str
    first_month: str
    last_month: str
    same_months: int
    reports_now: float
    reports_before: float
    records_now: float
    records_before: float
    divergence: Figure
    divergence_low: Figure
    divergence_high: Figure
    verdict: Verdict
    local: bool
    q_value: Figure


class BanReview(_Part):
    """One area under review; figures are missing where there is nothing to compare.

    `residents` is about how many live there, and `stadsdelen` are the codes of those it meets.
    `yardstick_per_year` is the most incidents a year that count as the need being gone, and
    `below_since` the month since which a year's incidents stay under it. `naive_ratio` compares
    the half year after the start with the half year before: other calendar months.
    """

    code: str
    name: str
    kind: str
    start: date
    end: date | None
    hours: list[str]
    season: str
    km2: float
    dwellings: int | None
    residents: int | None
    stadsdelen: list[str]
    stadsdeel_names: list[str]
    themes: list[str]
    advice: Advice
    reason: BanReason
    remarks: list[BanRemark]
    now: list[str]
    before: list[str]
    periods: list[int]
    yardstick_per_year: float | None
    below_since: str | None
    level: BanLevel | None
    by_source: list[BanLevel]
    sources: list[BanSources]
    naive_ratio: float | None
    effect: EffectDocument | None
    season_found: BanWindow | None
    hours_found: BanWindow | None
    parts: list[BanPart]
    boundary: BanBoundary | None
    proposed: BanBoundary | None
    steps: list[BanStep]


class BanBurden(_Part):
    """What areas of a kind ask of the city on a day."""

    on: date
    kind: str
    number: int
    km2: float
    dwellings: int | None
    residents: int | None


class BanMerger(_Part):
    """An area that took the place of others: fewer areas, not therefore less ground."""

    code: str
    name: str
    kind: str
    on: date
    replaced: list[str]
    replaced_names: list[str] = []
    km2_before: float
    km2_after: float
    dwellings_before: int | None
    dwellings_after: int | None
    residents_before: int | None
    residents_after: int | None


class BanOverlap(_Part):
    """How an area lies against an alcohol ban; see `hotspots.planning.boundaries.overlaps`."""

    code: str
    other: str
    share: float
    share_of_other: float
    same: float
    apart_m: float
    follows: bool


class BanReviewDocument(_Part):
    """All reviews, what the areas ask together, and what they rest on."""

    run: str
    until: date
    demo: bool
    areas: list[BanReview]
    burden: list[BanBurden]
    mergers: list[BanMerger]
    overlaps: list[BanOverlap]
    sources: list[str]
    deliveries: list[str]
    policy: dict[str, Any]


class BanPeriod(_Part):
    """Incidents of a source in a year, and how many times the level of the city that is."""

    source: str
    themes: list[str]
    first: str
    last: str
    incidents: int
    times: Figure
    low: Figure
    high: Figure
    holds: bool


class BanGate(_Part):
    """Whether a proposal passes a gate; missing where that is not known."""

    gate: Gate
    passed: bool | None
    found: Figure
    asked: float


class BanTried(_Part):
    """A lighter measure with incidents in as many months before as it has had since."""

    what: str
    start: date
    end: date | None
    result: str
    months: int
    before: int
    since: int
    counts: bool


class BanProposal(_Part):
    """A place where an area measure was asked for, or found: every gate, and its boundary.

    `proposed` is true when every gate is passed; it is a proposal, never a decision.
    """

    name: str
    kind: str
    proposed: bool
    gates: list[BanGate]
    periods: list[BanPeriod]
    tried: list[BanTried]
    season_found: BanWindow | None
    hours_found: BanWindow | None
    share_of_city: float
    overlapping: list[str]
    aligned_with: str | None
    boundary: BanBoundary


class BanProposalDocument(_Part):
    """All proposals of a kind, and what they rest on."""

    run: str
    until: date
    demo: bool
    kind: str
    themes: list[str]
    searched: bool
    places: list[BanProposal]
    sources: list[str]
    deliveries: list[str]
    policy: dict[str, Any]


class ShopDistance(_Part):
    """A coffee shop, its nearest secondary school, and its concentration if it is in one.

    `seen_from` is the nearest primary school from whose door it is seen; `in_sight` is missing
    where there are no primary schools in the file, or no buildings were delivered.
    """

    code: str
    school: str | None
    metres: float | None
    too_near: bool
    seen_from: str | None
    in_sight: bool | None
    concentration: int | None


class DistanceDocument(_Part):
    """Coffee shops against schools and one another."""

    method: Literal["straight", "walking"]
    least_m: float
    sight_m: float
    shops: list[ShopDistance]
    too_near: int
    in_sight: int | None
    concentrations: list[list[str]]
