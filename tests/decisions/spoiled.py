"""Steps of a life with one thing wrong: what must be refused whatever came before.

Every entry says what is wrong and changes just that in content that is right otherwise.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
from shapely import box

from hotspots.policy import policy_from
from hotspots.policy.measures import AreaKind
from tests.decisions.files import AREA, BY_LAW, EVIDENCE, camera, camera_area

POLICY = policy_from({
    "designations": {
        "kinds": {"camera_area": {"by_law": BY_LAW, "placements": ["fixed", "flexible"]}},
    }
})  # fmt: skip
NO_BY_LAW = policy_from({})
KIND: AreaKind = POLICY.designations.kinds["camera_area"]
WHOLE = box(0, 0, 10_000, 9_000)
LARGER = box(900, 900, 1500, 1500)
START, END = date(2026, 4, 1), date(2027, 3, 31)
DAY = timedelta(days=1)

Content = dict[str, Any]
ABSENT = object()
"""What a file does not say at all."""


def without_absent(content: Content) -> Content:
    """A file without what it does not say."""
    return {name: value for name, value in content.items() if value is not ABSENT}


def later(day: date, months: int) -> date:
    """The same day so many months on."""
    return (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


DRAFTS: Mapping[str, Content] = {
    "no goal": {"goal": ""},
    "no criterion": {"criterion": None},
    "no baseline": {"baseline": None},
    "no run": {"evidence": None},
    "no first day": {"start": None},
    "no last day": {"end": None},
    "no legal basis": {"legal_basis": ""},
    "no package": {"package": []},
    "no consultation": {"consultation": None},
    "consulted after the decision": {
        "consultation": {"held_on": date(2026, 3, 31), "with_whom": "officier van justitie"}
    },
    "consulted somebody else": {
        "consultation": {"held_on": date(2026, 2, 10), "with_whom": "wijkraad"}
    },
    "no DPIA": {"dpia_reference": ""},
    "no lighter measures": {"lighter_measures": []},
    "lighter measures without a result": {
        "lighter_measures": [{"what": "Licht", "start": date(2024, 9, 1)}]
    },
    "lighter measures yet to come": {
        "lighter_measures": [{"what": "Licht", "start": date(2026, 9, 1), "result": "Goed"}]
    },
    "a term too long": {"end": later(START, 24)},
    "a term that ends before it begins": {"end": START - DAY, "evaluation_on": date(2026, 3, 20)},
    "begun already": {"start": date(2026, 2, 10), "end": date(2027, 2, 9)},
    "evaluated too late": {"evaluation_on": date(2027, 1, 1)},
    "evaluated too soon": {"evaluation_on": date(2026, 2, 20)},
    "watched before the term": {"watched": [{"start": START - DAY}]},
    "watched after the term": {"watched": [{"start": START, "end": END + DAY}]},
}
"""Drafts that nobody may decide on."""

FIXED: Mapping[str, Content] = {
    "another goal": {"goal": "Ander doel"},
    "another first day": {"start": START + 30 * DAY},
    "another last day": {"end": END + 30 * DAY},
    "another evaluation": {"evaluation_on": date(2026, 10, 1)},
    "other hours": {"hours": ["daily 00-24"]},
    "another package": {"package": []},
    "another run": {"evidence": EVIDENCE | {"run_id": "yearly-2"}},
    "another consultation": {
        "consultation": {"held_on": date(2026, 2, 11), "with_whom": "officier van justitie"}
    },
    "watched outside the term": {"watched": [{"start": START - 30 * DAY}]},
}
"""What is not changed once it was decided."""


def draft(**given: Any) -> Content:
    """A draft that can be decided on, from April 2026 for a year."""
    return camera_area(start=START, end=END, evaluation_on=date(2026, 8, 1), **given)


def extension(end: date, today: date) -> Content:
    """An extension by half a year of a term, decided on and published today."""
    return {
        "end": later(end, 6),
        "evaluation_on": later(end, 1),
        "consultation": {"held_on": today, "with_whom": "De officier van justitie"},
        "published_on": today,
        "publication": "Gemeenteblad 77",
    }


def extensions(end: date, decided_on: date, today: date) -> dict[str, Content]:
    """Extensions that nobody may decide on today."""
    officer = {"with_whom": "officier van justitie"}
    return {
        "no later end": {"end": end},
        "an earlier end": {"end": end - DAY},
        "too long": {"end": later(end, 25), "evaluation_on": end + 60 * DAY},
        "evaluated too late": {"evaluation_on": later(end, 4)},
        "evaluated at once": {"evaluation_on": today},
        "not consulted": {"consultation": None},
        "consulted before the last decision": {
            "consultation": officer | {"held_on": decided_on}
        },
        "consulted after the decision": {"consultation": officer | {"held_on": today + DAY}},
        "consulted somebody else": {
            "consultation": {"held_on": today, "with_whom": "bewoners"}
        },
        "published nowhere": {"publication": ""},
        "without a publication of its own": {"publication": ABSENT},
        "not published": {"published_on": ABSENT},
        "published before it was decided": {"published_on": today - DAY},
        "published in the future": {"published_on": today + DAY},
        "watched after the term": {"watched": [{"start": START, "end": end + 400 * DAY}]},
    }  # fmt: skip


def placement(name: str, today: date) -> Content:
    """A camera that is placed today."""
    told = {"residents_informed_on": today}
    return camera(name, x_m=1100.0, start=today, **told)


def placements(start: date, end: date, today: date) -> dict[str, Content]:
    """Cameras that nobody may place."""
    return {
        "outside the area": {"x_m": 1450.0},
        "outside the term": {"end": end + DAY},
        "before the term": {"start": start - DAY, "residents_informed_on": start - 9 * DAY},
        "gone before it came": {"end": today - DAY},
        "of another class": {"camera_class": "stadium"},
        "without a sector": {"sector": None},
        "without façades": {"facades_in_view": None},
        "without power on file": {"power": None},
        "without masks": {"masks": []},
        "without residents": {"residents_informed_on": None},
        "with residents told too late": {"residents_informed_on": today + DAY},
    }


def shrinkings(today: date) -> dict[str, tuple[Content, Any]]:
    """Shrinkings that nobody may decide on, with the new area."""
    published = {"published_on": today, "publication": "Gemeenteblad 78"}
    return {
        "a larger area": (published, LARGER),
        "a smaller area that lies elsewhere": (published, box(1300, 1300, 1500, 1500)),
        "nothing less": (published, None),
        "more hours": (published | {"hours": ["daily 00-24"]}, LARGER),
        "published nowhere": (published | {"publication": ""}, AREA.buffer(-150)),
        "published before it was decided": (
            published | {"published_on": today - DAY}, AREA.buffer(-150),
        ),
        "published in the future": (
            published | {"published_on": today + DAY}, AREA.buffer(-150),
        ),
        "not published": (published | {"published_on": None}, AREA.buffer(-150)),
    }  # fmt: skip
