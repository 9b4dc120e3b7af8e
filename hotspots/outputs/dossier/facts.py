"""What a dossier tells, gathered and not yet put into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from hotspots.policy.publication import Publication
from hotspots.register import Choice, Designation, Entry, Placement, Review, Signal, State

if TYPE_CHECKING:
    from hotspots.outputs.bans.document import BanReview
    from hotspots.outputs.bans.reading import Counted
    from hotspots.outputs.dossier.drawing import Drawn

Few = Literal["few"]
"""Stands for a count that is too small to be shown."""

Shown = int | Few | None
"""A count as it is shown; None where it is not known."""

Moment = Literal["baseline", "decision", "review", "choice"]
"""What a figure belongs to."""


@dataclass(frozen=True, slots=True)
class DeliverySource:
    """A delivery that a run pinned."""

    id: str
    source: str
    sha256: str
    first_month: str | None
    last_month: str | None


@dataclass(frozen=True, slots=True)
class RunSource:
    """A run that figures come from; where it is not in the workspace, only its name is known.

    `sha256` is the hash of its `run.json`; `is_pinned` tells whether the register holds that hash.
    """

    run_id: str
    is_found: bool
    is_pinned: bool
    sha256: str = ""
    until: date | None = None
    version: str = ""
    sources: tuple[str, ...] = ()
    deliveries: tuple[DeliverySource, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """Incidents of a theme (none for those of the criterion together) in the area and a period."""

    moment: Moment
    day: date | None
    theme: str | None
    first_month: str
    last_month: str
    missing_months: tuple[str, ...]
    incidents: Shown
    run_id: str


@dataclass(frozen=True, slots=True)
class HotspotFigure:
    """A hotspot of a run that meets the area; a ratio compares with a year before."""

    theme: str
    first_month: str
    last_month: str
    count: Shown
    times_city_mean: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    run_id: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of reviews holds of the area: its figures, and its course by month."""

    review: "BanReview"
    counted: "Counted"
    run_id: str


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """An area of a yearly choice with its figures in the run; `number` is that on the map."""

    number: int
    code: str
    name: str
    proposed_rank: int | None
    proposed: bool
    chosen: bool
    reason: str
    count: Shown = None
    dwellings: int | None = None
    rate_per_1000: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """An item of the checklist: its code, and its rule as the program tells it."""

    code: str
    text: str
    source: str
    done: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a dossier may tell of a designation, a review or a yearly choice.

    Of a review, `designation` is the area that was reviewed. `head` is number and hash of the
    newest entry of the audit trail; `secrets` are texts that no public version may hold.
    """

    subject: Literal["designation", "review", "choice"]
    id: str
    municipality: str
    demo: bool
    on: date
    head: tuple[int, str]
    designation: Designation | None = None
    kind_title: str = ""
    state: State | None = None
    review: Review | None = None
    choice: Choice | None = None
    streets: tuple[str, ...] = ()
    km2: float | None = None
    placements: tuple[Placement, ...] = ()
    reviews: tuple[Review, ...] = ()
    signals: tuple[Signal, ...] = ()
    counts: tuple[Count, ...] = ()
    hotspots: tuple[HotspotFigure, ...] = ()
    areas: tuple[AreaFigure, ...] = ()
    measured: Measured | None = None
    runs: tuple[RunSource, ...] = ()
    checklist: tuple[Lacking, ...] = ()
    trail: tuple[Entry, ...] = ()
    cameras: Mapping[str, int] = field(default_factory=dict)
    drawn: "Drawn | None" = None
    secrets: tuple[str, ...] = ()
    publication: Publication = field(default_factory=Publication)
    public: bool = False
