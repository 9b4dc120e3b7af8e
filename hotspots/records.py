"""What is written down of a delivery, a ranking, a search and a run: JSON beside the data."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from hotspots.schemas import Kind, Level, StudyAreaOrigin

RunKind = Literal["yearly", "question", "cameras", "bans"]
"""What a run answers: the yearly analysis, one ranking, a camera plan, or area measures."""

ATTENTION = "ATTENTION:"
"""How a note on a delivery begins that nobody may miss."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Delivery(_Record):
    """One file as it was taken in, and what became of its rows.

    A delivery of counts or incidents covers its themes over every month from `first_month` to
    `last_month` (``YYYY-MM``); deliveries of areas cover a level. A newer delivery of the same
    source supersedes an older one for what both cover; both are kept. `request` is a hash of the
    file and of how it was taken in, by which the same one is recognised without reading it.
    """

    id: str
    sequence: int
    kind: Kind
    source: str
    file_name: str
    sha256: str
    delivered_at: datetime
    level: Level | None
    themes: list[str] = []
    months: list[str] = []
    read: int
    accepted: int
    rejected: int
    mapping: dict[str, str | bool]
    notes: list[str] = []
    purged: list[str] = []
    request: str = ""

    @property
    def first_month(self) -> str | None:
        """First delivered month as ``YYYY-MM``; none for areas."""
        return self.months[0] if self.months else None

    @property
    def last_month(self) -> str | None:
        """Last delivered month as ``YYYY-MM``; none for areas."""
        return self.months[-1] if self.months else None


class Standing(_Record):
    """How much of a delivery still holds, and the ids of the newer ones that took its place.

    `holds` is ``unknown`` where only the rows of a newer delivery tell what it covers.
    """

    holds: Literal["all", "part", "none", "unknown"]
    superseded_by: list[str]


class Question(_Record):
    """What one ranking answers, and the figures that hold for the ranking as a whole.

    `dispersion` is the variance of monthly counts over their mean; `distinguishable` is false
    where the areas cannot be told apart; `missing_months` lists months (``YYYY-MM``) inside the
    years that were not delivered before the cut-off; `attempts_told_apart` is false where the
    source cannot tell completed from attempted crimes.
    """

    theme: str
    level: Level
    first_year: int
    last_year: int
    k: int
    weight_count: float
    weight_rate: float
    dispersion: float
    distinguishable: bool
    missing_months: list[str]
    attempts_told_apart: bool
    sources: list[str]


class Search(_Record):
    """What one search for hotspots looked at, in a period of `months` months.

    `incidents` were delivered in the period; `outside` of them lie outside the study cells and
    `stacked` on locations that hold too many to be tested. `missing_months` were not delivered;
    `times_known` is false where the source gives no time of day. `study_area` tells where the
    `cells` were laid: built-up land, the municipality, or derived from the incidents.
    `bandwidth_m` is that of the density, chosen or given.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)  # runs of old told more here

    theme: str
    months: int
    first_month: str
    last_month: str
    missing_months: list[str]
    sources: list[str]
    incidents: int
    outside: int
    stacked: int
    study_area: StudyAreaOrigin
    study_area_km2: float
    cells: int
    cell_size_m: float
    bandwidth_m: float | None = None
    times_known: bool


class PlanArea(_Record):
    """A designated area of a camera plan, with its term where the file gave one."""

    code: str
    name: str
    start: date | None = None
    end: date | None = None


class PlanFigures(_Record):
    """What a camera plan rests on and how good it is; demand is in weighted incidents a year.

    `objective` is what the plan adds to the fixed cameras, `bound` what no plan over any candidate
    exceeds, `gap` their distance as a share; `stopped` is true where a limit ended the solver.
    `designated` is false where the plan asks in the whole study area where an area would be needed.
    Of the incidents in the period, `incidents` were used; `in_own_period` of them were recorded in
    view of a camera that stood there, and without those `sites_differ` of the chosen sites are
    others; `outside_public_space`, `stacked` and `outside_hours` were left out, and `hours_unknown`
    count with the watched share of those of which the hour is known. `surface` tells what sight
    lines rest on. Stadium cameras are a class of their own: `stadium_incidents` lie in their view,
    on `match_days` of the period; both are missing where no event calendar was delivered.
    `safety_themes` are those delivered of the themes by which the five-year rule judges a
    stadsdeel.
    """

    budget: int
    chosen: int
    objective: float
    bound: float
    gap: float
    stopped: bool
    demand: float
    covered: float
    fixed_covered: float
    available: int
    placed: int
    designated: bool
    areas: list[PlanArea]
    first_month: str
    last_month: str
    missing_months: list[str]
    holdout_first_month: str | None
    themes: list[str]
    safety_themes: list[str] = []
    sources: list[str]
    incidents: int
    in_own_period: int
    sites_differ: int | None
    outside_public_space: int
    stacked: int
    outside_hours: int
    hours_unknown: int
    stadium_cameras: int
    match_days: int | None
    stadium_incidents: int | None
    surface: Literal["heights", "buildings"]
    candidates: int
    excluded: dict[str, int]
    seed: int


class BanFigures(_Record):
    """What reviews or proposals of area measures rest on.

    `measure` is the kind of area that was proposed, and `searched` is true where the places were
    looked for; of reviews both are missing. `from_register` tells where the areas come from.
    `deliveries` are those of which incidents were counted.
    """

    asked: Literal["review", "proposal"]
    areas: int
    from_register: bool
    measure: str | None = None
    searched: bool | None = None
    themes: list[str]
    sources: list[str]
    deliveries: list[str]


class RunRecord(_Record):
    """A frozen run: everything needed to make its results again, and their hashes.

    `previous` is the run that the identity of its hotspots follows on, if any.
    """

    id: str
    kind: RunKind
    created_at: datetime
    until: date
    workspace_name: str
    crs: str
    demo: bool
    code: dict[str, str]
    previous: str | None = None
    deliveries: list[Delivery]
    policy: dict[str, object]
    questions: list[Question]
    searches: list[Search] = []
    plan: PlanFigures | None = None
    bans: BanFigures | None = None
    results: dict[str, str]
