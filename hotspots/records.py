"""What is written down of a delivery, a ranking, a search and a run: JSON beside the data."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from hotspots.schemas import Kind, Level, StudyAreaOrigin


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
    `bandwidth_m` is that of the density, chosen or given; `event_days_share` the share of days
    that the event calendar marks, missing where there is none.
    """

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
    event_days_share: float | None = None


class RunRecord(_Record):
    """A frozen run: everything needed to make its results again, and their hashes.

    `previous` is the run that the identity of its hotspots follows on, if any.
    """

    id: str
    kind: Literal["yearly", "question"]
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
    results: dict[str, str]
