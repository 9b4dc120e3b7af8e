"""Fields of the forms of the register: what they hold, and reading what was typed in them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from hotspots.outputs.text import Lang
from hotspots.policy.cameras import WatchedHours

Typed = Mapping[str, Sequence[str]]
"""What was sent: every text by the name of its field."""

Kind = Literal[
    "text",
    "long",
    "day",
    "day_of_year",
    "month",
    "whole",
    "real",
    "choice",
    "many",
    "lines",
    "hours",
    "rows",
    "area",
]
Fault = Literal[
    "missing", "day", "day_of_year", "month", "whole", "real", "choice", "long", "hours", "run",
    "boundary", "area_code", "proposal", "follows",
]  # fmt: skip
YES_NO = {"yes": True, "no": False}
MOST_ROWS = 60

_HOURS: TypeAdapter[str] = TypeAdapter(WatchedHours)
_DAY = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_MONTH = re.compile(r"\d{1,2}-\d{4}")
_LEAP_YEAR = 2000  # any year that has a 29th of February
_WORD = re.compile("[a-z]+")
_DUTCH = {
    "mon": "ma", "tue": "di", "wed": "wo", "thu": "do", "fri": "vr", "sat": "za", "sun": "zo",
    "daily": "dagelijks",
}  # fmt: skip
_ENGLISH = {dutch: english for english, dutch in _DUTCH.items()}


@dataclass(frozen=True)
class Field:
    """A field: its name (dotted within a part of a record), its kind, and what it may hold.

    `words` is the stem of the labels of its choices; `parts` are the columns of rows.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    words: str = ""
    parts: tuple["Field", ...] = ()


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a field: the key of a sentence, and how the engine tells it."""

    field: str
    key: Fault
    detail: str = ""


def read(fields: Sequence[Field], typed: Typed) -> tuple[dict[str, Any], list[Wrong]]:
    """Return the values of fields, nested by their dots, and everything that is wrong with them.

    A field that was left empty is none, an empty text or an empty list; a part of a record of
    which every field is empty is none.
    """
    wrong: list[Wrong] = []
    flat = {field.name: _value(field, typed, wrong) for field in fields}
    return _nested(flat), wrong


def first(typed: Typed, name: str) -> str:
    """Return what was typed in a field, without the space around it."""
    given = typed.get(name, ())
    return given[-1].strip().replace("\r\n", "\n") if given else ""


def row_names(field: Field, number: int) -> list[str]:
    """Return the names of the fields of a row."""
    return [f"{field.name}-{number}-{part.name}" for part in field.parts]


def day_in(text: str) -> date:
    """Return a day, typed as ``27-01-2026`` or as a browser sends it: ``2026-01-27``.

    Raises
    ------
    ValueError
        When it is no day.
    """
    found = _DAY.fullmatch(text)
    if found is None:
        return date.fromisoformat(text)
    day, month, year = map(int, found.groups())
    return date(year, month, day)


def month_in(text: str) -> str:
    """Return a month (``2026-01``), typed so or as ``01-2026``; see :func:`day_in`."""
    found = _MONTH.fullmatch(text)
    return f"{day_in(f'1-{text}' if found else f'{text}-01'):%Y-%m}"


def day_of_year_in(text: str) -> str:
    """Return a day of any year (``04-15``), typed as ``15-04``; see :func:`day_in`."""
    return f"{day_in(f'{text}-{_LEAP_YEAR}'):%m-%d}"


def day_of_year_typed(kept: str) -> str:
    """Return a day of any year (``04-15``) as somebody would type it."""
    return "-".join(reversed(kept.split("-")))


def shown(value: object) -> str:
    """Return a value of a record as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


# ---------------------------------------------------------------- how
def _value(field: Field, typed: Typed, wrong: list[Wrong]) -> Any:
    if field.kind == "rows":
        return _rows(field, typed, wrong)
    if field.kind == "many":
        chosen = [each for each in typed.get(field.name, ()) if each]
        if field.required and not chosen:
            wrong.append(Wrong(field.name, "missing"))
        return chosen
    text = first(typed, field.name)
    if field.kind in ("lines", "hours"):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if field.kind == "hours":
            lines = [_in_other_words(line.lower(), _ENGLISH) for line in lines]
            if not all(map(_is_hours, lines)):
                wrong.append(Wrong(field.name, "hours"))
        return lines
    if not text:
        if field.required:
            wrong.append(Wrong(field.name, "missing"))
        return "" if field.kind in ("text", "long", "area") else None
    return _single(field, text, wrong)


def _single(field: Field, text: str, wrong: list[Wrong]) -> Any:
    try:
        match field.kind:
            case "day":
                return day_in(text)
            case "day_of_year":
                return day_of_year_in(text)
            case "whole":
                return int(text)
            case "real":
                return float(text.replace(",", "."))
            case "month":
                return month_in(text)
            case "choice" if field.choices and text not in field.choices:
                raise ValueError(text)
            case "choice":
                return YES_NO.get(text, text) if field.choices == tuple(YES_NO) else text
            case "text" if len(text) > 200:
                wrong.append(Wrong(field.name, "long"))
        return text
    except ValueError:
        key: Any = field.kind
        wrong.append(Wrong(field.name, key))
        return None


def as_typed(hours: str, lang: Lang) -> str:
    """Return a span of hours such as ``fri 20-04`` as somebody would type it in their language."""
    return _in_other_words(hours, _DUTCH) if lang == "nl" else hours


def _in_other_words(hours: str, others: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: others.get(found[0], found[0]), hours)


def _is_hours(line: str) -> bool:
    try:
        _HOURS.validate_python(line)
    except ValidationError:
        return False
    return True


def _rows(field: Field, typed: Typed, wrong: list[Wrong]) -> list[dict[str, Any]]:
    """Return the rows in which something was typed."""
    found = []
    for number in range(MOST_ROWS):
        names = row_names(field, number)
        if not any(first(typed, name) for name in names):
            continue
        row = {}
        for part, name in zip(field.parts, names, strict=True):
            named = Field(name, part.kind, part.required, part.choices)
            row[part.name] = _value(named, typed, wrong)
        found.append(row)
    return found


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in flat.items():
        part, _, rest = name.partition(".")
        if rest:
            found.setdefault(part, {})[rest] = value
        else:
            found[part] = value
    parts = {name.partition(".")[0] for name in flat if "." in name}
    for part in parts:
        if all(value in (None, "", []) for value in found[part].values()):
            found[part] = None
    return found
