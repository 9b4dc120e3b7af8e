"""Deadlines as an iCalendar file (RFC 5545), for the calendar of an office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST_LINE = 75  # octets


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a whole day; the same `uid` again is the same event."""

    uid: str
    day: date
    title: str
    text: str = ""


def calendar_text(events: Iterable[Event], *, name: str, stamp: datetime) -> str:
    """Return events as the text of an iCalendar file.

    Parameters
    ----------
    events
        In the order in which they are to be written.
    name
        What the calendar is called.
    stamp
        When it was made, with its zone.

    Returns
    -------
    str
        Lines of at most 75 octets, that end in CR LF.

    References
    ----------
    RFC 5545 (2009), sections 3.1, 3.3.11, 3.4 and 3.6.1.
    """
    made = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//hotspots//register//NL"]
    lines.append(f"X-WR-CALNAME:{_escaped(name)}")
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(event.uid)}",
            f"DTSTAMP:{made}",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(event.title)}",
            *([f"DESCRIPTION:{_escaped(event.text)}"] if event.text else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _escaped(text: str) -> str:
    """Return a text as RFC 5545 writes one (3.3.11), without other control characters."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, written)
    text = "\\n".join(text.splitlines())
    return "".join(character for character in text if character.isprintable())


def _folded(line: str) -> list[str]:
    """Return a content line in parts of at most 75 octets, none of them within a character."""
    parts, part, length = [], "", 0
    for character in line:
        octets = len(character.encode())
        if length + octets > _LONGEST_LINE:
            parts.append(part)
            part, length = " ", 1
        part += character
        length += octets
    return [*parts, part]
