"""What the register of decisions holds: every record and every word it may use, and no rules.

A record is frozen. `version` counts how often it was written: 0 before the first time, and then
as the store counts. A field that is added later has a default, so that older records still read.
Days are local days; coordinates are metres in the CRS of the workspace.
"""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    Strict,
    WithJsonSchema,
    model_validator,
)
from shapely import MultiPolygon, Polygon, force_2d, is_valid_reason
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from hotspots.schemas import CameraClass, Level, Theme

State = Literal[
    "draft", "advice_asked", "decided", "in_force", "evaluation_due",
    "extended", "shrunk", "withdrawn", "expired",
]  # fmt: skip
"""Where a designation stands in its life."""

Mark = Literal["objection", "suspended", "annulled"]
"""What is said of a designation beside its state."""

Role = Literal["analyst", "planner", "triangle", "mayor_office", "board", "vlo", "public"]
"""In which role somebody acts."""

Advice = Literal["keep", "shrink", "limit_in_time", "withdraw", "insufficient_evidence"]
"""What a review advises on an area measure."""

Answer = Literal["withdraw", "dismiss"]
"""What a person makes of a signal that the need is gone."""

Act = Literal[
    "draft", "amend", "ask_advice", "receive_advice", "decide", "publish", "enter_into_force",
    "evaluation_due", "extend", "shrink", "withdraw", "expire", "object", "resolve_objection",
    "suspend", "lift_suspension", "annul", "place", "move", "remove", "review", "signal", "answer",
    "choose", "plan_action", "report_action", "delete",
]  # fmt: skip
"""What was done; a word is never taken away, for the audit trail may hold it."""

Decider = Literal["mayor", "board", "council", "triangle"]
"""Who decides by law."""

ChoiceKind = Literal["priority_areas", "focus_areas", "district"]
"""What a yearly choice chooses."""

ActionKind = Literal["enforcement", "intervention", "event"]
"""An integrated enforcement action, another measure, or a dated event."""

SubjectKind = Literal[
    "designation", "boundary", "placement", "review", "signal", "choice", "action"
]
"""What a record is."""


# ---------------------------------------------------------------- kinds of field
def _readable(text: str) -> str:
    if any(ord(character) < 32 and character not in "\n\t" for character in text):
        raise ValueError("a text holds no control characters")
    return text


def _area(given: object) -> MultiPolygon:
    """Return a polygon or a GeoJSON geometry as a valid, flat multipolygon."""
    try:
        area = shape(given) if isinstance(given, dict) else given
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("an area is a GeoJSON Polygon or MultiPolygon") from None
    if isinstance(area, Polygon) and not area.is_empty:
        area = MultiPolygon([area])
    if not isinstance(area, MultiPolygon) or area.is_empty:
        raise ValueError("an area is a Polygon or MultiPolygon that is not empty")
    if not area.is_valid:
        raise ValueError(f"the area is not valid ({is_valid_reason(area)})")
    return force_2d(area)


_T = TypeVar("_T")
Several = Annotated[tuple[_T, ...], Strict(False)]
"""A list that stays as it is."""

Text = Annotated[str, AfterValidator(_readable)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
Reason = Annotated[Text, Field(min_length=1, max_length=10_000)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
DayOfYear = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Degrees = Annotated[float, Field(ge=0, le=360)]
Area = Annotated[
    MultiPolygon,
    PlainValidator(_area),
    PlainSerializer(mapping, return_type=dict[str, Any]),
    WithJsonSchema({"type": "object", "description": "GeoJSON MultiPolygon, in metres"}),
]
"""An area in metres; the same text again and again for the same area."""


class _Part(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,
        arbitrary_types_allowed=True,
    )


class Span(_Part):
    """From `start` to `end`, both included; without an end it still runs."""

    start: date
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.end is not None and self.end < self.start:
            raise ValueError("the end lies before the start")
        return self


class Measure(Span):
    """A measure of the package that an area measure is part of."""

    what: Name


class LighterMeasure(Measure):
    """A lighter measure that was tried, and what came of it."""

    result: Text = ""


class Season(_Part):
    """The part of the year in which an area measure works (``MM-DD``), both days included."""

    first_day: DayOfYear
    last_day: DayOfYear


class Criterion(_Part):
    """When the goal is reached: the `measure` in words, and the most incidents a year for that."""

    themes: Annotated[Several[Theme], Field(min_length=1)]
    measure: Name
    most_incidents_per_year: int = Field(ge=0)


class Baseline(_Part):
    """Incidents of the criterion's themes in the months before the measure, from a run."""

    incidents: int = Field(ge=0)
    first_month: Month
    last_month: Month
    run_id: Name


class Evidence(_Part):
    """The run that a decision rests on, pinned by the hash of its `run.json`."""

    run_id: Name
    sha256: Sha256


class AdviceAsked(_Part):
    """Advice that was asked before a decision, and what it said."""

    asked_on: date
    asked_of: Name
    given_on: date | None = None
    summary: Text = ""


class Consultation(_Part):
    """Who was consulted, when, and what was said."""

    held_on: date
    with_whom: Name
    summary: Text = ""


class Arc(_Part):
    """A part of a view, clockwise from north."""

    from_deg: Degrees
    to_deg: Degrees


class Sector(_Part):
    """What a camera looks at: `view_deg` around `azimuth_deg`, up to `range_m`."""

    azimuth_deg: Degrees
    view_deg: float = Field(gt=0, le=360)
    range_m: float = Field(gt=0)


class Move(_Part):
    """One place where a camera stood before it was moved, until `until`."""

    until: date
    x_m: float
    y_m: float
    reason: Text = ""


class Finding(_Part):
    """What professionals who know the place found."""

    found_on: date
    by: Name
    summary: Name


class Figure(_Part):
    """A named figure of a review, with its interval where it has one."""

    name: Name
    value: float
    low: float | None = None
    high: float | None = None
    unit: Text = ""


class ChosenArea(_Part):
    """An area on a yearly list: its place in the proposal, whether it was chosen, and why."""

    code: Name
    name: Name
    proposed_rank: int | None = Field(None, ge=1)
    proposed: bool
    chosen: bool
    reason: Text = ""


# ---------------------------------------------------------------- records
class Record(_Part):
    """Anything that is written to the register and audited."""

    id: Name
    version: int = Field(0, ge=0)


class Designation(Record):
    """A decision that an area is subject to a measure for a term.

    `kind` is an entry of the policy; `boundary_version` the number of the boundary that counts,
    0 while there is none; `extended` how many times the term was extended; `follows` the id of
    the designation that this one follows.
    """

    kind: Name
    name: Name
    state: State = "draft"
    marks: Several[Mark] = ()
    legal_basis: Text = ""
    decider: Decider | None = None
    goal: Text = ""
    criterion: Criterion | None = None
    baseline: Baseline | None = None
    package: Several[Measure] = ()
    lighter_measures: Several[LighterMeasure] = ()
    start: date | None = None
    end: date | None = None
    hours: Several[Name] = ()
    season: Season | None = None
    watched: Several[Span] = ()
    evaluation_on: date | None = None
    evidence: Evidence | None = None
    advice: AdviceAsked | None = None
    consultation: Consultation | None = None
    police_role: Text = ""
    dpia_reference: Text = ""
    signs_on: date | None = None
    decided_on: date | None = None
    published_on: date | None = None
    publication: Text = ""
    boundary_version: int = Field(0, ge=0)
    extended: int = Field(0, ge=0)
    ended_on: date | None = None
    follows: Name | None = None


class Boundary(Record):
    """One version of the area of a designation; a new area is a new boundary."""

    designation: Name
    number: int = Field(ge=1)
    area: Area
    streets: Several[Name] = ()
    reason: Text = ""


class Placement(Record):
    """A camera inside a designated area, with the log of its moves."""

    designation: Name
    camera: Name
    camera_class: CameraClass
    site: Text = ""
    x_m: float
    y_m: float
    start: date
    end: date | None = None
    sector: Sector | None = None
    facades_in_view: int | None = Field(None, ge=0)
    masks: Several[Arc] = ()
    power: bool | None = None
    residents_informed_on: date | None = None
    moves: Several[Move] = ()


class Review(Record):
    """A review of a designation: registrations (`evidence`, `figures`) and professionals."""

    designation: Name
    reviewed_on: date
    advice: Advice
    trigger: Text = ""
    evidence: Evidence | None = None
    figures: Several[Figure] = ()
    findings: Several[Finding] = ()
    need_remains: bool | None = None
    use_of_footage: Text = ""
    other_measures: Text = ""
    complaints: Text = ""
    lighter_alternatives: Text = ""
    proposed_area: Area | None = None
    proposed_hours: Several[Name] = ()
    proposed_season: Season | None = None
    summary: Text = ""


class Signal(Record):
    """A sign that the need for a designation is gone `since` a month, and who answered what.

    `incidents` are of the year up to and including `last_month`, which older signals do not tell.
    """

    designation: Name
    raised_on: date
    since: Month
    incidents: int = Field(ge=0)
    last_month: Month | None = None
    evidence: Evidence
    answer: Answer | None = None
    answered_on: date | None = None
    answered_by: Text = ""
    reason: Text = ""


class Choice(Record):
    """What was chosen for a year from a proposal, with the reason of each deviation."""

    year: int = Field(ge=1900, le=2200)
    kind: ChoiceKind
    theme: Theme | None = None
    level: Level
    decided_on: date
    decider: Decider
    consultation: Consultation | None = None
    evidence: Evidence | None = None
    areas: Annotated[Several[ChosenArea], Field(min_length=1)]
    reason: Text = ""


class Action(Record):
    """An enforcement action, an intervention or a dated event, with what it had to bring about."""

    kind: ActionKind
    name: Name
    start: date
    end: date | None = None
    areas: Several[Name] = ()
    level: Level | None = None
    designation: Name | None = None
    themes: Several[Theme] = ()
    partners: Several[Name] = ()
    goal: Text = ""
    indicator: Text = ""
    baseline: float | None = None
    target: float | None = None
    evaluation_on: date | None = None
    result: Text = ""
    result_value: float | None = None
    residents_told_on: date | None = None


RECORDS: dict[SubjectKind, type[Record]] = {
    "designation": Designation,
    "boundary": Boundary,
    "placement": Placement,
    "review": Review,
    "signal": Signal,
    "choice": Choice,
    "action": Action,
}
"""The model of every kind of record."""

KIND_OF: dict[type[Record], SubjectKind] = {model: kind for kind, model in RECORDS.items()}
"""The kind of every model."""


class Deed(_Part):
    """Who does what in which role, when, why, and on which run it rests."""

    actor: Name
    role: Role
    act: Act
    reason: Reason
    at: AwareDatetime
    run_id: Name | None = None


class Entry(Deed):
    """One line of the audit trail: a deed and its record, chained to the line before.

    `content_sha256` is the hash of the record as it was written, none where it was deleted.
    """

    seq: int = Field(ge=1)
    kind: SubjectKind
    subject: Name
    version: int = Field(ge=1)
    content_sha256: Sha256 | None = None
    previous: Sha256
    hash: Sha256
