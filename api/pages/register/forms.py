"""The forms of the register as a page shows them: with what stands in them, or what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.register.acts import fields_of
from api.pages.register.desk import SAID, Desk, FormRefused, proposals
from api.pages.register.fields import (
    Field,
    Typed,
    as_typed,
    day_of_year_typed,
    first,
    row_names,
    shown,
)
from api.pages.register.sentences import RuleTold, kind_name, overtaken, rule_told
from hotspots.errors import HotspotsError, InputRefused, StaleVersion, StepRefused
from hotspots.outputs.text import Words
from hotspots.register import Act, Designation, Record

_EMPTY_ROWS = 2
_PREFILLED: frozenset[Act] = frozenset({"amend", "extend"})


@dataclass(frozen=True)
class FieldView:
    """A field: `rows` of fields below `heads`, or one value; `wrong` says what is wrong with it."""

    id: str
    name: str
    kind: str
    label: str
    help: str
    required: bool
    value: str
    choices: list[tuple[str, str, bool]]
    heads: list[str]
    rows: list[list["FieldView"]]
    wrong: str


@dataclass(frozen=True)
class Refusal:
    """Why a form was refused: who was first, rules with their source, and the rest."""

    title: str
    rules: list[RuleTold]
    wrong: list[tuple[str, str, str]]
    other: list[tuple[str, str]]


@dataclass(frozen=True)
class FormView:
    """A form: an act on a record; `seen` is the version that its reader looks at."""

    act: Act
    id: str
    action: str
    title: str
    why: str
    button: str
    fields: list[FieldView]
    seen: int | None
    refusal: Refusal | None

    @property
    def open(self) -> bool:
        """Whether it stands open."""
        return self.refusal is not None


@dataclass(frozen=True)
class Attempt:
    """A form that was refused: which act on which record, what was typed, and why."""

    act: Act
    subject: str
    typed: Typed
    error: HotspotsError


def form_view(
    desk: Desk,
    act: Act,
    words: Words,
    *,
    action: str,
    subject: Record | None = None,
    designation: Designation | None = None,
    attempt: Attempt | None = None,
) -> FormView:
    """Return a form.

    Parameters
    ----------
    desk
        Who reads it, and where.
    act, action
        What it does, and where it is sent.
    words
        The language.
    subject
        The record that it changes; none for a new draft.
    designation
        The one that it is about.
    attempt
        A form that was refused; when it is this one, what was typed stands in it again.
    """
    id_ = "new" if subject is None else subject.id
    refused = attempt if attempt and (attempt.act, attempt.subject) == (act, id_) else None
    stem = f"{act}-{id_}"
    form = _Form(desk, stem, words, refused, _held(act, subject, designation), designation)
    fields = [form.field(each) for each in (*fields_of(act, designation, desk.today), *SAID)]
    return FormView(
        act=act,
        id=stem,
        action=action,
        title=words.label(f"register_act_{act}"),
        why=words.sentence(f"register_why_{act}"),
        button=words.label(f"register_button_{act}"),
        fields=[each for each in fields if each is not None],
        seen=None if subject is None else subject.version,
        refusal=None if refused is None else _refusal(desk, refused, form, words),
    )


def _held(act: Act, subject: Record | None, designation: Designation | None) -> dict[str, Any]:
    """Return what stands in a form before anything is typed."""
    if act not in _PREFILLED or designation is None:
        return {}
    held = dict(designation)
    if act == "extend":
        return {name: held[name] for name in ("watched",)}
    held["run"] = designation.evidence.run_id if designation.evidence else None
    return held


@dataclass(frozen=True)
class _Form:
    desk: Desk
    stem: str
    words: Words
    attempt: Attempt | None
    held: Mapping[str, Any]
    designation: Designation | None

    def field(self, field: Field) -> FieldView | None:
        """Return a field; none of which there is nothing to choose."""
        choices = self._choices(field)
        if field.kind == "choice" and not choices:
            return None
        return self._view(
            field, field.name, self.label(field.name), choices, rows=self._rows(field)
        )

    def label(self, name: str) -> str:
        """Return what a field is called."""
        return self.words.label(f"register_field_{name.replace('.', '_')}")

    def _view(
        self,
        field: Field,
        name: str,
        label: str,
        choices: Sequence[tuple[str, str]] = (),
        *,
        rows: list[list[FieldView]] | None = None,
        held: object = None,
        in_row: bool = False,
    ) -> FieldView:
        value = held if in_row else self._value(field.name)
        chosen = self._chosen(field, name, value)
        known = f"register_help_{field.name.replace('.', '_')}"
        heads = [self.words.label(f"register_part_{part.name}") for part in field.parts]
        return FieldView(
            id=f"{self.stem}-{name}".replace(".", "-"),
            name=name,
            kind=field.kind,
            label=label,
            help=self.words.label(known) if not in_row and self.words.has_label(known) else "",
            required=field.required and not in_row,
            value=chosen[0] if chosen else "",
            choices=[(code, text, code in chosen) for code, text in choices],
            heads=heads,
            rows=rows or [],
            wrong=self._wrong(name),
        )

    def _chosen(self, field: Field, name: str, value: object) -> list[str]:
        if self.attempt is not None:
            typed = self.attempt.typed
            return list(typed.get(name, ())) if field.kind == "many" else [first(typed, name)]
        if field.kind == "hours" and isinstance(value, Sequence):
            return ["\n".join(as_typed(each, self.words.lang) for each in value)]
        if field.kind == "lines" and isinstance(value, Sequence):
            return ["\n".join(map(str, value))]
        if field.kind == "many" and isinstance(value, Sequence):
            return list(map(str, value))
        if field.kind == "day_of_year" and isinstance(value, str):
            return [day_of_year_typed(value)]
        if field.name == "on":
            return [self.desk.today.isoformat()]
        return [shown(value)] if field.kind != "rows" else []

    def _value(self, name: str) -> object:
        part, _, rest = name.partition(".")
        value = self.held.get(part)
        return getattr(value, rest, None) if rest else value

    def _rows(self, field: Field) -> list[list[FieldView]]:
        if field.kind != "rows":
            return []
        held = list(self._value(field.name) or ())  # type: ignore[call-overload]
        most = len(held)
        if self.attempt is not None:
            typed = self.attempt.typed
            numbers = [n for n in range(60) if any(first(typed, x) for x in row_names(field, n))]
            most = max(numbers, default=-1) + 1
        rows = []
        for number in range(most + _EMPTY_ROWS):
            record = held[number] if number < len(held) else None
            rows.append(
                [
                    self._view(
                        part,
                        name,
                        f"{self.label(field.name)} {number + 1}: "
                        + self.words.label(f"register_part_{part.name}"),
                        held=getattr(record, part.name, None),
                        in_row=True,
                    )
                    for part, name in zip(field.parts, row_names(field, number), strict=True)
                ]
            )
        return rows

    def _choices(self, field: Field) -> list[tuple[str, str]]:
        words = self.words
        if field.name == "kind":
            kinds = self.desk.policy.designations.kinds
            named = ((kind, kind_name(kind, self.desk.policy, words)) for kind in kinds)
            return sorted(named, key=lambda each: each[1])
        if field.name == "proposal":
            found = proposals(self.desk, self.designation) if self.designation else []
            return [(run, words.label("register_proposal_of", run=run)) for run in found]
        if field.kind == "many":
            held = self._value(field.name) or ()
            codes = {*words.themes(), *(held if isinstance(held, tuple) else ())}
            return sorted(((code, words.theme(code)) for code in codes), key=lambda each: each[1])
        return [(code, words.label(f"{field.words}_{code}")) for code in field.choices]

    def _wrong(self, name: str) -> str:
        error = self.attempt.error if self.attempt else None
        if not isinstance(error, FormRefused):
            return ""
        found = [each for each in error.wrong if each.field == name]
        return self.words.label(f"register_wrong_{found[0].key}") if found else ""


def _refusal(desk: Desk, attempt: Attempt, form: _Form, words: Words) -> Refusal:
    error = attempt.error
    if isinstance(error, StaleVersion):
        trail = desk.register.trail(attempt.subject)
        last = trail[-1] if trail else None
        return Refusal(
            overtaken(last, words), [], [], [(words.sentence("register_look_again"), "")]
        )
    if isinstance(error, FormRefused):
        wrong = [
            (
                f"{form.stem}-{each.field}".replace(".", "-"),
                _named(each.field, form, words),
                each.detail,
            )
            for each in error.wrong
        ]
        return Refusal(words.sentence("register_form_wrong"), [], wrong, [])
    rules = [rule_told(each, words) for each in error.problems]
    other = [
        (_column(each.column, form, words), each.rule)
        for each, rule in zip(error.problems, rules, strict=True)
        if rule is None
    ]
    key = "register_refused" if isinstance(error, StepRefused) else "register_form_wrong"
    return Refusal(words.sentence(key), [each for each in rules if each], [], other)


def _column(column: str | None, form: _Form, words: Words) -> str:
    """Return what the engine found wrong with a field of a record, by the name of the field."""
    parts = (column or "").split(".")
    for length in range(len(parts), 0, -1):
        key = f"register_field_{'_'.join(parts[:length])}"
        if words.has_label(key):
            return words.label(key)
    return words.label("register_something_else")


def _named(name: str, form: _Form, words: Words) -> str:
    """Return what a field is called, for the list above a form."""
    if not name:
        return words.label("register_nothing_changed")
    stem, _, rest = name.partition("-")
    if rest:
        number, _, part = rest.partition("-")
        row = words.number(int(number) + 1)
        return f"{form.label(stem)} {row}: {words.label(f'register_part_{part}')}"
    return form.label(name)


def refused_status(error: HotspotsError) -> int:
    """Return the status of a page with a form that was refused."""
    if isinstance(error, StaleVersion):
        return 412
    return 409 if isinstance(error, StepRefused) else 400


REFUSALS = (FormRefused, InputRefused, StepRefused, StaleVersion)
"""What a form shows; anything else is a page of its own."""
