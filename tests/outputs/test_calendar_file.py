"""The iCalendar file by RFC 5545: folding, escaping, and what each event says."""

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from hotspots.outputs.calendar import Event, calendar_text

STAMP = datetime(2026, 11, 19, 13, 5, 7, tzinfo=UTC)


def unfolded(text: str) -> list[str]:
    """The content lines of a file, as RFC 5545 3.1 puts them together."""
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def read(text: str) -> str:
    """A text as RFC 5545 3.3.11 reads it."""
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), text)


def test_an_event_of_a_whole_day() -> None:
    event = Event("a-1@hotspots", date(2026, 12, 31), "Overleg: Plein, Zuid; \\ hoek", "één\ntwee")
    assert unfolded(calendar_text([event], name="Proef", stamp=STAMP)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//hotspots//register//NL",
        "X-WR-CALNAME:Proef",
        "BEGIN:VEVENT",
        "UID:a-1@hotspots",
        "DTSTAMP:20261119T130507Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Overleg: Plein\\, Zuid\\; \\\\ hoek",
        "DESCRIPTION:één\\ntwee",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" ")))
def test_any_title_comes_back_and_no_line_is_too_long(title: str) -> None:
    text = calendar_text([Event("u", date(2026, 1, 1), title)], name="P", stamp=STAMP)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    (line,) = (each for each in unfolded(text) if each.startswith("SUMMARY:"))
    assert read(line.removeprefix("SUMMARY:")) == title


@given(st.text())
def test_no_text_smuggles_a_line_in(title: str) -> None:
    text = calendar_text([Event("u", date(2026, 1, 1), title)], name=title, stamp=STAMP)
    assert len(unfolded(text)) == 13
