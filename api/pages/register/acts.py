"""The acts of the register as forms: which fields each has, and which act is possible when."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import get_args

from api.pages.register.fields import YES_NO, Field
from hotspots.decisions.drafts import KEPT_UP
from hotspots.decisions.lifecycle import PREPARED, against_step, standing
from hotspots.decisions.roles import ALLOWED, BY_DECIDER, DECIDES
from hotspots.register import Act, Advice, Answer, Designation, Role
from hotspots.schemas import CameraClass

_SPAN = (Field("start", "day", required=True), Field("end", "day"))
_PACKAGE = (Field("what", required=True), *_SPAN)
_ARC = (Field("from_deg", "real", required=True), Field("to_deg", "real", required=True))
_FIGURE = (
    Field("name", required=True), Field("value", "real", required=True),
    Field("low", "real"), Field("high", "real"), Field("unit"),
)  # fmt: skip
_FINDING = (
    Field("found_on", "day", required=True),
    Field("by", required=True),
    Field("summary", required=True),
)
_WATCHED = Field("watched", "rows", parts=_SPAN)
_CONSULTATION = (
    Field("consultation.held_on", "day"),
    Field("consultation.with_whom"),
    Field("consultation.summary", "long"),
)
_WORKS = (
    Field("hours", "hours"),
    Field("season.first_day", "day_of_year"),
    Field("season.last_day", "day_of_year"),
)
_AREA = (
    Field("boundary", "area"),
    Field("crs", "choice", choices=("degrees", "metres"), words="register_crs"),
    Field("area_code"),
    Field("streets", "lines"),
)
_LATER = (
    Field("published_on", "day", required=True),
    Field("publication", required=True),
    Field("run"),
)
_SIGHT = (
    Field("site"),
    Field("x_m", "real", required=True),
    Field("y_m", "real", required=True),
    Field("sector.azimuth_deg", "real"),
    Field("sector.view_deg", "real"),
    Field("sector.range_m", "real"),
    Field("facades_in_view", "whole"),
    Field("masks", "rows", parts=_ARC),
    Field("power", "choice", choices=tuple(YES_NO), words="register"),
    Field("residents_informed_on", "day"),
)
_FILE = (
    Field("name", required=True),
    Field("goal", "long"),
    Field("legal_basis"),
    Field("criterion.themes", "many"),
    Field("criterion.measure"),
    Field("criterion.most_incidents_per_year", "whole"),
    Field("baseline.incidents", "whole"),
    Field("baseline.first_month", "month"),
    Field("baseline.last_month", "month"),
    Field("baseline.run_id"),
    Field("run"),
    Field("start", "day"),
    Field("end", "day"),
    Field("evaluation_on", "day"),
    *_WORKS,
    *_AREA,
    Field("lighter_measures", "rows", parts=(*_PACKAGE, Field("result"))),
    Field("package", "rows", parts=_PACKAGE),
    *_CONSULTATION,
    _WATCHED,
    Field("police_role", "long"),
    Field("dpia_reference"),
    Field("signs_on", "day"),
    Field("follows"),
)

FIELDS: Mapping[Act, tuple[Field, ...]] = MappingProxyType({
    "draft": (Field("kind", "choice", required=True), *_FILE),
    "amend": _FILE,
    "ask_advice": (Field("asked_of", required=True),),
    "receive_advice": (Field("summary", "long", required=True),),
    "decide": (),
    "publish": (Field("publication", required=True), Field("signs_on", "day")),
    "extend": (
        Field("end", "day", required=True), Field("evaluation_on", "day"), *_LATER,
        *_CONSULTATION, _WATCHED,
    ),
    "shrink": (Field("proposal", "choice"), *_AREA, *_WORKS, *_LATER),
    "withdraw": (),
    "object": (), "resolve_objection": (), "suspend": (), "lift_suspension": (), "annul": (),
    "review": (
        Field("advice", "choice", required=True, choices=get_args(Advice), words="ban"),
        Field("need_remains", "choice", choices=tuple(YES_NO), words="register"),
        Field("summary", "long"),
        Field("run"),
        Field("figures", "rows", parts=_FIGURE),
        Field("findings", "rows", parts=_FINDING),
        Field("use_of_footage", "long"),
        Field("other_measures", "long"),
        Field("complaints", "long"),
        Field("lighter_alternatives", "long"),
    ),
    "answer": (
        Field(
            "answer", "choice", required=True, choices=get_args(Answer), words="register_answer"
        ),
    ),
    "place": (
        Field("camera", required=True),
        Field(
            "camera_class", "choice", required=True, choices=get_args(CameraClass),
            words="register_class",
        ),
        Field("start", "day", required=True), Field("end", "day"), *_SIGHT,
    ),
    "move": _SIGHT,
    "remove": (),
})  # fmt: skip
"""The fields of every act, beside the day and the reason that each has."""

ON_DESIGNATION: tuple[Act, ...] = (
    "ask_advice", "receive_advice", "decide", "publish", "amend", "review", "extend", "shrink",
    "withdraw", "place", "object", "resolve_objection", "suspend", "lift_suspension", "annul",
)  # fmt: skip
"""Acts on a designation, in the order in which a page offers them."""


def fields_of(act: Act, designation: Designation | None, on: date) -> tuple[Field, ...]:
    """Return the fields of an act; after the decision only what is kept up can be amended."""
    fields = FIELDS[act]
    if act == "amend" and designation is not None and standing(designation, on) not in PREPARED:
        return tuple(field for field in fields if field.name in KEPT_UP)
    return fields


def possible(designation: Designation, role: Role, on: date, *, cameras: bool) -> list[Act]:
    """Return the acts that a role may do on a designation as it stands.

    Parameters
    ----------
    designation, role, on
        What, who, and the local day.
    cameras
        Whether its kind allows cameras.
    """
    found = [
        act
        for act in ON_DESIGNATION
        if may_do(role, act, designation) and not against_step(designation, act, on)
    ]
    if designation.advice is not None and designation.advice.given_on is not None:
        found = [act for act in found if act != "receive_advice"]
    if designation.published_on is not None:
        found = [act for act in found if act != "publish"]
    return [act for act in found if act != "place" or cameras]


def may_do(role: Role, act: Act, designation: Designation | None = None) -> bool:
    """Whether a role may do an act, on a designation only if its body decides on that."""
    may = ALLOWED[act]
    decider = None if designation is None else designation.decider
    if decider is not None and act in BY_DECIDER:
        may = may & {DECIDES[decider]}
    return role in may
