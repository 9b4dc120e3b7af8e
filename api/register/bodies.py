"""What may be sent of the register: the fields of a record that a person writes."""

from copy import copy
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from api.register.geometry import AreaSent
from hotspots.decisions import actions, choices, designations, placements, reviews
from hotspots.register import (
    Action,
    Answer,
    Choice,
    Designation,
    Name,
    Placement,
    Reason,
    Record,
    Review,
    Several,
    Text,
)
from hotspots.schemas import Level, Theme

RunName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Crs = Annotated[str, Field(min_length=1, max_length=200)]


class Told(BaseModel):
    """What everybody who changes the register says: why, and on which day it was done.

    Who it is and in which role follows from the sign-in, never from a body.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True
    )

    reason: Reason = Field(description="Why; it stands in the audit trail.")
    on: Annotated[date, Field(ge=date(1900, 1, 1))] | None = Field(
        None, description="Local day on which it was done; else today."
    )

    def written(self, names: frozenset[str]) -> dict[str, Any]:
        """Return what was sent of some fields of a record; what was left out stays out."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set & names)}


class Resting(Told):
    """What may name the run that it rests on."""

    run: RunName | None = Field(
        None, description="Id of the run that this rests on, or `latest`; it is pinned by its hash."
    )


class Drawing(Resting):
    """What may change an area."""

    boundary: AreaSent | None = None
    crs: Crs | None = Field(
        None, description="Reference system of the boundary; longitude, latitude (CRS84) else."
    )
    streets: Several[Name] = Field((), description="Streets that enclose the boundary.")


class Reviewing(Resting):
    """What professionals and registrations tell of an area."""

    proposed_area: AreaSent | None = None
    crs: Crs | None = Field(
        None, description="Reference system of that area; longitude, latitude (CRS84) else."
    )


class AdviceAskedBody(Told):
    """Of whom advice is asked."""

    asked_of: Name


class AdviceGivenBody(Told):
    """What was advised."""

    summary: Annotated[Text, Field(min_length=1, max_length=10_000)]


class PublicationBody(Told):
    """Where a decision was published."""

    publication: Name = Field(description="Such as Gemeenteblad 2026, 123.")
    signs_on: date | None = Field(None, description="Day on which the signs were put up.")


class AnswerBody(Told):
    """What a person makes of a signal: withdraw the designation, or dismiss the signal."""

    answer: Answer


class Choosing(Told):
    """Which areas of a ranking were chosen, with the reason of each deviation."""

    run: RunName = Field(description="Id of the run that ranked the areas, or `latest`.")
    theme: Theme
    level: Level
    chosen: Several[Name] = Field(description="Codes of the areas chosen.")
    reasons: dict[Name, Text] = Field(
        default_factory=dict, description="Code of an area, and why the choice deviates there."
    )


_B = TypeVar("_B", bound=Told)


def _body(
    name: str,
    said: str,
    base: type[_B],
    record: type[Record],
    written: frozenset[str],
    *,
    partly: bool = False,
) -> type[_B]:
    """Return the model of a body: `base`, with the fields of a record that a person writes."""
    fields: dict[str, Any] = {}
    for field_name, field in record.model_fields.items():
        if field_name in written and field_name not in base.model_fields:
            kept = copy(field)
            if partly and field.is_required():
                kept.default = None  # left out; nothing looks at it
            fields[field_name] = (field.annotation, kept)
    return create_model(name, __base__=base, __doc__=said, **fields)


_RUN = frozenset({"evidence"})  # follows from `run`

DRAFT = _body(
    "DraftBody",
    "A draft of a designation.",
    Drawing,
    Designation,
    designations.WRITTEN - _RUN,
)
AMENDMENT = _body(
    "AmendmentBody",
    "The fields of a designation that change; what is left out stays as it is.",
    Drawing,
    Designation,
    designations.WRITTEN - _RUN - {"kind"},
    partly=True,
)
EXTENSION = _body(
    "ExtensionBody",
    "An extension that was decided on `on`, and published.",
    Resting,
    Designation,
    designations.EXTENDING - _RUN,
)
SHRINKING = _body(
    "ShrinkingBody",
    "A shrinking in area, hours or season that was decided on `on`, and published.",
    Drawing,
    Designation,
    designations.SHRINKING - _RUN,
)
PLACEMENT = _body(
    "PlacementBody",
    "A camera and what it sees; x_m and y_m in metres in the CRS of the workspace.",
    Told,
    Placement,
    placements.WRITTEN,
)
MOVE = _body(
    "MoveBody", "A new spot, and all that is seen from there.", Told, Placement, placements.MOVING
)
REVIEW = _body("ReviewBody", "A review, held on `on`.", Reviewing, Review, reviews.WRITTEN - _RUN)
CHOICE = _body("ChoiceBody", Choosing.__doc__ or "", Choosing, Choice, choices.WRITTEN)
ACTION = _body(
    "ActionBody", "An enforcement action, an intervention or an event.", Told, Action,
    actions.WRITTEN,
)  # fmt: skip
REPORT = _body("ReportBody", "What an action brought about.", Told, Action, actions.REPORTED)

BODIES: tuple[type[Told], ...] = (
    DRAFT, AMENDMENT, EXTENSION, SHRINKING, PLACEMENT, MOVE, REVIEW, CHOICE, ACTION, REPORT,
    Told, AdviceAskedBody, AdviceGivenBody, PublicationBody, AnswerBody,
)  # fmt: skip
"""Every body, for the definition of the API."""
