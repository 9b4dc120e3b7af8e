"""Area codes: CBS codes, the police's shorter twins of them, and a city's own."""

import re
from typing import TYPE_CHECKING

from hotspots.errors import InputRefused, Problem
from hotspots.ingest.mapping import Columns, candidates
from hotspots.ingest.quarantine import Unfit
from hotspots.schemas import LEVELS, Level

if TYPE_CHECKING:
    import pandas as pd

_CBS: dict[str, tuple[Level, int]] = {
    "GM": ("municipality", 4),
    "WK": ("wijk", 6),
    "BU": ("buurt", 8),
}
_LEVEL_PREFIX = {"municipality": "GM", "wijk": "WK", "buurt": "BU"}


def cbs_code(text: str) -> tuple[str, Level] | None:
    """Return the CBS code and its level, or nothing where `text` is not such a code.

    CBS writes ``GM0518``, ``WK051829`` and ``BU05182900``; the police leave out the prefix and
    the leading zero: ``518``, ``51829``, ``5182900``. A spreadsheet may have added ``.0``.

    Examples
    --------
    >>> cbs_code("51829")
    ('WK051829', 'wijk')
    >>> cbs_code(" BU05182900 ")
    ('BU05182900', 'buurt')
    """
    clean = re.sub(r"\.0+$", "", text.strip().upper())
    match = re.fullmatch(r"(GM|WK|BU)?(\d{2,8})", clean, re.ASCII)
    if match is None:
        return None
    prefix, digits = match.groups()
    if prefix is None:
        prefix = "GM" if len(digits) <= 4 else "WK" if len(digits) <= 6 else "BU"
    level, width = _CBS[prefix]
    if len(digits) < width - 1:
        return None
    return (prefix + digits.zfill(width), level) if len(digits) <= width else None


def guessed_level(texts: "pd.Series") -> Level | None:
    """Return the level that most rows of `texts` have, if at least half of the rows have a code."""
    rows = texts[texts.str.strip() != ""].value_counts()
    levels: dict[Level, int] = {}
    for text, number in rows.items():
        found = cbs_code(str(text))
        if found is not None:
            levels[found[1]] = levels.get(found[1], 0) + int(number)
    if 2 * sum(levels.values()) < rows.sum() or not levels:
        return None
    return max(sorted(levels), key=lambda level: levels[level])


def with_area_code(given: Columns, frame: "pd.DataFrame", *, level: Level | None) -> Columns:
    """Return `given` with the column of area codes filled in, if it is open and one is likely.

    A table of neighbourhoods often holds the district's code too. Of the columns that may be
    meant, the one that tells most areas apart at `level` (at any level of CBS without one) is
    taken.
    """

    def areas_told_apart(name: str) -> int:
        return sum(1 for text in frame[name].unique() if text.strip() and _fits(text, level))

    names = candidates("area_code", frame.columns)
    if given.area_code or not names:
        return given
    return given.model_copy(update={"area_code": max(names, key=areas_told_apart)})


def _fits(text: str, level: Level | None) -> bool:
    found = cbs_code(text)
    if level is None:
        return found is not None
    return level not in _LEVEL_PREFIX or (found is not None and found[1] == level)


def require_level(texts: "pd.Series", *, file: str) -> Level:
    """Return :func:`guessed_level`, or say how to give it.

    Raises
    ------
    InputRefused
        When the codes do not tell a level.
    """
    level = guessed_level(texts)
    if level is None:
        raise InputRefused(
            Problem(
                "These codes do not tell which level the areas have.",
                f"Give it: --level {', '.join(LEVELS[:-1])} or {LEVELS[-1]}.",
                file=file,
                column=str(texts.name),
                value=", ".join(map(str, texts.unique()[:5])),
            )
        )
    return level


def area_code(text: str, *, level: Level) -> str:
    """Return the code of an area at `level`; a level that CBS does not number keeps its own codes.

    Raises
    ------
    Unfit
        For an empty code or, at a level of CBS, the code of another level.
    """
    clean = text.strip()
    if not clean:
        raise Unfit("An area code is required here.", "Fill in the code of the area.")
    if level not in _LEVEL_PREFIX:
        if len(clean) > 40:
            raise Unfit("An area code has at most 40 characters.", "Give the code, not a text.")
        return re.sub(r"^(\d+)\.0+$", r"\1", clean)
    found = cbs_code(clean)
    prefix = _LEVEL_PREFIX[level]
    example = {"GM": "GM0518", "WK": "WK051829 or 51829", "BU": "BU05182900 or 5182900"}[prefix]
    if found is None:
        raise Unfit(f"This is not the code of a {level}.", f"Write it as {example}.")
    if found[1] != level:
        raise Unfit(
            f"This is the code of a {found[1]}, not of a {level}.",
            f"Take in rows of another level apart, with --level {found[1]}.",
        )
    return found[0]
