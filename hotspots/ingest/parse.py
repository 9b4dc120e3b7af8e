"""Dutch figures, months and yes/no as people type them: one text in, one value out.

Every function raises :class:`hotspots.ingest.quarantine.Unfit` with the rule and the remedy.
"""

import re
from datetime import date

from hotspots.ingest.quarantine import Unfit

CBS_MISSING = {"-99997", "-99998", "-99999", "-99995"}
"""Codes by which CBS marks a value as unknown, secret or not applicable."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb februari february",
            "mrt maart mar march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "aug augustus august",
            "sep sept september",
            "okt oktober oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_LARGEST = 1_000_000_000

_MONTH_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<y>\d{4})[-/ ]?(?P<m>\d{2})",  # 2017-11, 201711
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})",  # 2017-1
        r"(?P<y>\d{4})mm(?P<m>\d{2})",  # 2017MM11, as CBS writes it
        r"(?P<m>\d{1,2})[-/](?P<y>\d{4})",  # 11-2017
        r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?: .*)?",  # 30-11-2017
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?:[ t].*)?",  # 2017-11-30
        r"(?P<m>[a-z]+)\.?[- ](?P<y>\d{4})",  # nov 2017
        r"(?P<y>\d{4})[- ](?P<m>[a-z]+)\.?",  # 2017 november
    )
)
_MONTH_REMEDY = "Write a month as 2017-11, november 2017 or 30-11-2017."


def whole_number(text: str) -> int:
    """Return a whole number, 0 or more: ``84``, ``1.234`` (Dutch thousands), ``84,0``."""
    remedy = "Give a whole number of 0 or more, without decimals or units."
    clean = text.strip().replace("\u00a0", "").replace(" ", "")
    if not clean:
        raise Unfit("A number is required here.", remedy)
    if clean in CBS_MISSING:
        raise Unfit("This is the code by which CBS marks a missing value.", "Leave the row out.")
    if re.fullmatch(r"-\d+([.,]\d+)?", clean):
        raise Unfit("A number of incidents or dwellings cannot be negative.", remedy)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", clean):
        clean = clean.replace(".", "")
    match = re.fullmatch(r"(\d{1,12})(?:[.,](\d{1,12}))?", clean, re.ASCII)
    if match is None:
        raise Unfit("This is not a number.", remedy)
    if match[2] and match[2].strip("0"):
        raise Unfit("A number of incidents or dwellings has no decimals.", remedy)
    number = int(match[1])
    if number > _LARGEST:
        raise Unfit(f"A number above {_LARGEST:,} cannot be right.", remedy)
    return number


def optional_whole_number(text: str) -> int | None:
    """Return :func:`whole_number`, or nothing for an empty text or CBS's code for missing."""
    clean = text.strip()
    return None if not clean or clean in CBS_MISSING else whole_number(text)


def month(text: str) -> str:
    """Return ``YYYY-MM`` of a month or a date; a date with numbers is read day first."""
    clean = re.sub(r"\s+", " ", text.strip().casefold())
    if not clean:
        raise Unfit("A month is required here.", _MONTH_REMEDY)
    for pattern in _MONTH_PATTERNS:
        match = pattern.fullmatch(clean)
        if match:
            found = match.groupdict()
            day = int(found.get("d") or 1)
            if not 1 <= day <= 31:
                raise Unfit("A month has days 1 to 31.", _MONTH_REMEDY)
            return year_month(found["y"], found["m"])
    raise Unfit("This is not a month.", _MONTH_REMEDY)


def year_month(year_text: str, month_text: str) -> str:
    """Return ``YYYY-MM`` of a year and a month given apart, the month as number or name."""
    year = re.fullmatch(r"(\d{4})(?:[.,]0+)?", year_text.strip(), re.ASCII)
    if year is None or not _FIRST_YEAR <= int(year[1]) <= _LAST_YEAR:
        raise Unfit(
            f"A year lies between {_FIRST_YEAR} and {_LAST_YEAR}.",
            "Write the year with four figures, such as 2017.",
        )
    name = month_text.strip().casefold().rstrip(".")
    digits = re.fullmatch(r"(\d{1,2})(?:[.,]0+)?", name, re.ASCII)
    number = int(digits[1]) if digits else _MONTHS.get(name, 0)
    if not 1 <= number <= 12:
        raise Unfit("A month is a number from 1 to 12 or its name.", _MONTH_REMEDY)
    return f"{int(year[1]):04d}-{number:02d}"


_ATTEMPTS = {
    "completed": "completed",
    "voltooid": "completed",
    "v": "completed",
    "attempted": "attempted",
    "poging": "attempted",
    "p": "attempted",
    "ja": "attempted",
    "nee": "completed",
    "true": "attempted",
    "false": "completed",
    "1": "attempted",
    "0": "completed",
    "": "unknown",
    "unknown": "unknown",
    "onbekend": "unknown",
}


def attempt(text: str) -> str:
    """Return ``completed``, ``attempted`` or ``unknown``; yes means that it was an attempt."""
    try:
        return _ATTEMPTS[text.strip().casefold()]
    except KeyError:
        raise Unfit(
            "This does not say whether it was completed or attempted.",
            "Write voltooid or poging, or leave it empty where that is unknown.",
        ) from None


def coordinate(text: str) -> float:
    """Return a coordinate: ``81234,5``, ``81234.5``, ``81.234,5`` or ``-6.003``."""
    clean = text.strip()
    if not clean:
        raise Unfit("The coordinates are not filled in.", "Fill them in, or leave the row out.")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d+", clean, re.ASCII):
        clean = clean.replace(".", "")
    if not re.fullmatch(r"[-+]?\d{1,9}([.,]\d{1,15})?", clean, re.ASCII):
        raise Unfit("This is not a coordinate.", "Write a number such as 81234.5 or 52.0781.")
    return float(clean.replace(",", "."))


def decimals(text: str) -> int:
    """Return how many decimals a coordinate was written with."""
    match = re.search(r"[.,](\d+)$", text.strip())
    return len(match[1]) if match else 0


def day(text: str) -> tuple[int, int, int]:
    """Return (year, month, day) of a date; one with figures is read day first."""
    remedy = "Write a date as 30-11-2017 or 2017-11-30."
    clean = text.strip()
    match = re.fullmatch(
        r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})"
        r"|(?P<y2>\d{4})[-/](?P<m2>\d{1,2})[-/](?P<d2>\d{1,2})",
        clean,
        re.ASCII,
    )
    if match is None:
        raise Unfit("This is not a date.", remedy)
    year, month, number = (int(match[part] or match[f"{part}2"]) for part in "ymd")
    try:
        date(year, month, number)
    except ValueError:
        raise Unfit("This day does not exist.", remedy) from None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Unfit(f"A year lies between {_FIRST_YEAR} and {_LAST_YEAR}.", remedy)
    return year, month, number


def iso_day(text: str) -> str:
    """Return ``YYYY-MM-DD`` of a date; a time behind it is passed over."""
    year, month, number = day(re.split(r"[T ]", text.strip())[0])
    return f"{year:04d}-{month:02d}-{number:02d}"


def optional_day(text: str) -> str | None:
    """Return :func:`iso_day`, or nothing for an empty text."""
    return iso_day(text) if text.strip() else None


def measure(text: str, *, least: float, most: float, what: str) -> float | None:
    """Return a number of metres or degrees within bounds; nothing for an empty text.

    Parameters
    ----------
    what
        What it measures, with its unit, as the start of a sentence.
    """
    clean = text.strip()
    if not clean:
        return None
    match = re.fullmatch(r"([-+]?\d{1,9}(?:[.,]\d{1,15})?)(?:\s?(?:m|°))?", clean, re.ASCII)
    bounds = f"lies between {least:g} and {most:g}"
    if match is None:
        raise Unfit("This is not a number.", f"{what} {bounds}; leave it empty where unknown.")
    number = float(match[1].replace(",", "."))
    if not least <= number <= most:
        raise Unfit(f"{what} {bounds}.", "Correct it, or leave it empty where it is unknown.")
    return number


OFFSET = r"(?<=\d)(?:Z|[+-]\d{2}:?\d{2})$"
"""Zone or offset behind a time."""


def clock(text: str) -> int | None:
    """Return seconds since midnight of ``23:15``, ``23:15:00`` or ``2315``; nothing when empty.

    A zone or an offset behind it is passed over: the time is taken as it stands.
    """
    clean = text.strip()
    if not clean:
        return None
    clean = re.sub(r"(?<=:\d{2})[.,]\d+", "", re.sub(OFFSET, "", clean))
    match = re.fullmatch(r"(\d{1,2})[:.]?(\d{2})(?:[:.](\d{2}))?", clean, re.ASCII)
    parts = [int(part or 0) for part in match.groups()] if match else [99, 0, 0]
    if parts[0] > 23 or parts[1] > 59 or parts[2] > 59:
        raise Unfit("This is not a time of day.", "Write a time as 23:15, or leave it empty.")
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


_INITIATORS = {
    "burger": "citizen",
    "burgers": "citizen",
    "melder": "citizen",
    "citizen": "citizen",
    "politie": "police",
    "police": "police",
    "handhaving": "police",
    "boa": "police",
    "": "unknown",
    "onbekend": "unknown",
    "unknown": "unknown",
}


def initiator(text: str) -> str:
    """Return ``citizen``, ``police`` (with enforcement) or ``unknown``."""
    try:
        return _INITIATORS[text.strip().casefold()]
    except KeyError:
        raise Unfit(
            "This does not say who brought the incident in.",
            "Write burger or politie, or leave it empty where that is unknown.",
        ) from None
