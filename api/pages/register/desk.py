"""What is done with a form of the register: it is read, becomes an act, or is refused in words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from api.identity.user import User
from api.pages.register.acts import fields_of
from api.pages.register.fields import Fault, Field, Typed, Wrong, first, read
from api.register.geometry import AreaSent, placed, system_of
from api.register.opened import acting_of
from api.shelf import Shelf
from hotspots.decisions import designations as steps
from hotspots.decisions import placements, reviews, signals
from hotspots.decisions.acting import Acting
from hotspots.decisions.lifecycle import MARKS
from hotspots.errors import HotspotsError, InputRefused, NotFound, Problem
from hotspots.pipeline.designations import extent, municipality, pinned
from hotspots.policy import Policy
from hotspots.register import Act, Designation, Evidence, Record
from hotspots.store.register.register import Register
from hotspots.store.runs import open_run
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

SAID: tuple[Field, ...] = (Field("on", "day"), Field("reason", "long", required=True))
"""What every act asks: the day on which it was done, and why."""

_T = TypeVar("_T")
_NEWEST = {"nieuwste": "latest", "newest": "latest"}
_BESIDE = ("boundary", "crs", "area_code", "streets", "run", "proposal")
_AREA_SENT: TypeAdapter[Any] = TypeAdapter(AreaSent)


class FormRefused(HotspotsError):
    """Fields of a form are wrong; each is named."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__([Problem(f"{each.field}: {each.key}.", "Mend it.") for each in wrong])


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at a form of the register `now`, and all that the form may refer to."""

    user: User
    register: Register
    policy: Policy
    workspace: Workspace
    shelf: Shelf
    now: datetime

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Read:
    """A form as it was read: fields of the record, its area and streets, and who acts."""

    content: dict[str, Any]
    acting: Acting
    area: "BaseGeometry | None" = None
    streets: tuple[str, ...] = ()


def do(desk: Desk, act: Act, subject: str, typed: Typed, on: Designation | None) -> Record:
    """Do an act as it was typed; return the record that it made or changed.

    Parameters
    ----------
    desk
        Who, and where.
    act, subject
        What is done, and on which record: of a placement or a signal its own id.
    typed
        What was typed.
    on
        The designation as it is, none of a new draft.

    Raises
    ------
    FormRefused, InputRefused, NotFound, StepRefused, StaleVersion, RoleRefused
        When it cannot be done.
    """
    form = _read(desk, act, typed, on)
    if act in _STEPS:
        return _STEPS[act](desk, subject, form)
    mark, sets = MARKS[act]
    return steps.mark(desk.register, subject, mark, form.acting, lift=not sets)


# ---------------------------------------------------------------- reading
def _read(desk: Desk, act: Act, typed: Typed, on: Designation | None) -> Read:
    said, wrong = read(SAID, typed)
    content, more = read(fields_of(act, on, desk.today), typed)
    wrong += more
    seen = first(typed, "seen")
    if seen and not (seen.isascii() and seen.isdigit()):
        wrong.append(Wrong("seen", "whole"))
    if wrong:
        raise FormRefused(wrong)
    beside = {name: content.pop(name, None) for name in _BESIDE} | {
        "follows": content.get("follows")
    }
    kept = _changed(content, on) if act == "amend" and on is not None else _given(content)
    pinned_already = on.evidence if act == "amend" and on is not None else None
    area, streets, evidence = _referred(desk, beside, on, pinned_already)
    if evidence is not None:
        kept["evidence"] = evidence
    acting = acting_of(
        desk.user,
        said["reason"],
        desk.now,
        said["on"],
        None if evidence is None else evidence.run_id,
        int(seen) if seen else None,
    )
    return Read(kept, acting, area, streets)


def _given(content: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what was left empty."""
    return {name: value for name, value in content.items() if value not in (None, "", [])}


def _changed(content: Mapping[str, Any], old: Designation) -> dict[str, Any]:
    """Leave out what is as it was."""
    held = old.model_dump(mode="python")
    changed = {name: value for name, value in content.items() if not _same(value, held.get(name))}
    if changed.get("follows") == "":
        changed["follows"] = None
    return changed


def _same(typed: object, held: object) -> bool:
    return _plain(typed) == _plain(held)


def _plain(value: object) -> object:
    """Return a value with lists for tuples, and nothing for what is empty."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if value == "" else value


def _referred(
    desk: Desk, beside: Mapping[str, Any], on: Designation | None, kept: Evidence | None
) -> tuple["BaseGeometry | None", tuple[str, ...], Evidence | None]:
    """Return the area, its streets and the run that a form refers to.

    Raises
    ------
    FormRefused
        Naming each that is not there.
    """
    run, wrong = _NEWEST.get(beside["run"], beside["run"]), list[Wrong]()
    evidence, area = None, None
    streets = tuple(beside["streets"] or ())
    if run and (kept is None or kept.run_id != run):
        evidence = _found(wrong, "run", lambda: pinned(open_run(desk.workspace, run)))
    if beside["proposal"]:
        found = _found(wrong, "proposal", lambda: _proposed(desk, on, beside["proposal"]))
        if found is not None:
            area, streets = found
    elif beside["boundary"]:
        area = _found(wrong, "boundary", lambda: _drawn(desk, beside))
    elif beside["area_code"]:
        area = _found(wrong, "area_code", lambda: _of_code(desk, beside["area_code"]))
    if beside["follows"]:
        _found(wrong, "follows", lambda: desk.register.designation(beside["follows"]))
    if wrong:
        raise FormRefused(wrong)
    return area, streets, evidence


def _found(wrong: list[Wrong], field: Fault, find: Callable[[], _T]) -> _T | None:
    try:
        return find()
    except (InputRefused, NotFound) as refusal:
        told = " ".join(f"{each.rule} {each.remedy}" for each in refusal.problems)
        wrong.append(Wrong(field, field, told))
        return None


def _drawn(desk: Desk, beside: Mapping[str, Any]) -> "MultiPolygon":
    crs = desk.workspace.crs
    system = system_of(crs if beside["crs"] == "metres" else None, crs)
    try:
        area = _AREA_SENT.validate_python(_geometry(json.loads(beside["boundary"])))
    except ValidationError as refusal:
        told = refusal.errors()[0]["msg"].removeprefix("Value error, ")
        raise InputRefused(Problem(f"{told}.", "Draw it again.")) from None
    except (ValueError, RecursionError):
        raise InputRefused(Problem("This is no GeoJSON.", "Export it as GeoJSON.")) from None
    return placed(area, system, crs, municipality(desk.workspace), column="boundary")


def _geometry(given: Any) -> Any:
    """Return the geometry of a feature, or of a collection of one feature."""
    if isinstance(given, dict) and given.get("type") == "FeatureCollection":
        features = given.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise InputRefused(
                Problem("A file with one area is needed.", "Leave out the other areas.")
            )
        given = features[0]
    if isinstance(given, dict) and given.get("type") == "Feature":
        return given.get("geometry")
    return given


def _of_code(desk: Desk, code: str) -> "BaseGeometry":
    from hotspots.pipeline.deliveries import Current
    from hotspots.pipeline.zones import FILE_SUFFIXES, outline_of

    if code.lower().endswith(tuple(FILE_SUFFIXES)):  # never a file of the server
        raise NotFound(Problem("There is no such area.", "Give the code of an area."))
    current = Current(desk.workspace)
    return outline_of(current, code, level=None, limits=desk.policy.limits).shape


def proposals(desk: Desk, designation: Designation) -> list[str]:
    """Return the ids of runs of reviews that propose a smaller boundary for a designation."""
    held = desk.shelf.bans.records()[:1]
    return [
        record.id
        for record in held
        for each in desk.shelf.bans.document(desk.shelf.bans.open(record.id)).areas
        if each.code == designation.id and each.proposed is not None
    ]


def _proposed(
    desk: Desk, on: Designation | None, run_id: str
) -> tuple["BaseGeometry", tuple[str, ...]]:
    from shapely.geometry import MultiPolygon, Polygon, shape

    document = desk.shelf.bans.document(desk.shelf.bans.open(run_id))
    for each in document.areas:
        if on is not None and each.code == on.id and each.proposed is not None:
            area = shape(each.proposed.geometry)
            whole = MultiPolygon([area]) if isinstance(area, Polygon) else area
            return whole, tuple(each.proposed.around)
    raise NotFound(Problem("This run proposes no boundary here.", "Choose another run."))


# ---------------------------------------------------------------- doing
def _draft(desk: Desk, _: str, form: Read) -> Record:
    return steps.draft(
        desk.register, form.content, form.acting, desk.policy, area=form.area, streets=form.streets
    )


def _amend(desk: Desk, id_: str, form: Read) -> Record:
    if not form.content and form.area is None:
        raise FormRefused([Wrong("", "missing")])
    return steps.amend(
        desk.register, id_, form.content, form.acting, desk.policy,
        area=form.area, streets=form.streets if form.area is not None else (),
    )  # fmt: skip


def _ask_advice(desk: Desk, id_: str, form: Read) -> Record:
    return steps.ask_advice(desk.register, id_, form.content["asked_of"], form.acting)


def _receive_advice(desk: Desk, id_: str, form: Read) -> Record:
    return steps.receive_advice(desk.register, id_, form.content["summary"], form.acting)


def _decide(desk: Desk, id_: str, form: Read) -> Record:
    whole = extent(desk.workspace)
    return steps.decide(desk.register, id_, form.acting, desk.policy, municipality=whole)


def _publish(desk: Desk, id_: str, form: Read) -> Record:
    given = form.content
    return steps.publish(
        desk.register, id_, given["publication"], form.acting, signs_on=given.get("signs_on")
    )


def _extend(desk: Desk, id_: str, form: Read) -> Record:
    return steps.extend(desk.register, id_, form.content, form.acting, desk.policy)


def _shrink(desk: Desk, id_: str, form: Read) -> Record:
    return steps.shrink(
        desk.register, id_, form.content, form.acting, area=form.area, streets=form.streets
    )


def _withdraw(desk: Desk, id_: str, form: Read) -> Record:
    return steps.withdraw(desk.register, id_, form.acting)


def _review(desk: Desk, id_: str, form: Read) -> Record:
    return reviews.review(desk.register, id_, form.content, form.acting)


def _answer(desk: Desk, id_: str, form: Read) -> Record:
    return signals.answer(desk.register, id_, form.content["answer"], form.acting)


def _place(desk: Desk, id_: str, form: Read) -> Record:
    return placements.place(desk.register, id_, form.content, form.acting, desk.policy)


def _move(desk: Desk, id_: str, form: Read) -> Record:
    return placements.move(desk.register, id_, form.content, form.acting, desk.policy)


def _remove(desk: Desk, id_: str, form: Read) -> Record:
    return placements.remove(desk.register, id_, form.acting)


_STEPS: Mapping[Act, Callable[[Desk, str, Read], Record]] = {
    "draft": _draft, "amend": _amend, "ask_advice": _ask_advice,
    "receive_advice": _receive_advice, "decide": _decide, "publish": _publish,
    "extend": _extend, "shrink": _shrink, "withdraw": _withdraw, "review": _review,
    "answer": _answer, "place": _place, "move": _move, "remove": _remove,
}  # fmt: skip
