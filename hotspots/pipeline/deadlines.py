"""What is due in the whole register, as a list and as a calendar."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from hotspots.decisions.deadlines import Due, What, deadlines_of
from hotspots.outputs.calendar import Event, calendar_text
from hotspots.policy import Policy
from hotspots.register import Review, Signal
from hotspots.store.register.register import Register

_TITLES: dict[What, str] = {
    "publication": "Bekendmaken",
    "evaluation": "Evaluatie",
    "check": "Tussentijdse toets",
    "consultation": "Overleg met de officier van justitie",
    "decision": "Besluit en bekendmaking",
    "end": "Einde van de looptijd",
    "signal": "Signaal beantwoorden",
}
"""What is due, in Dutch, for the calendar."""


def all_due(register: Register, policy: Policy, *, on: date) -> list[Due]:
    """Return everything that is still due for every designation, in order of day.

    Parameters
    ----------
    register
        With the designations, their reviews and signals.
    policy
        How long before the end what is due.
    on
        Today.
    """
    reviews: dict[str, list[Review]] = defaultdict(list)
    signals: dict[str, list[Signal]] = defaultdict(list)
    for review in register.reviews():
        reviews[review.designation].append(review)
    for signal in register.signals():
        signals[signal.designation].append(signal)
    found = [
        due
        for each in register.designations()
        for due in deadlines_of(
            each, policy, on=on, reviews=reviews[each.id], signals=signals[each.id]
        )
    ]
    return sorted(found, key=lambda due: (due.day, due.designation, due.what))


def calendar_of(found: Iterable[Due], *, name: str, stamp: datetime) -> str:
    """Return what is due as the text of an iCalendar file, in Dutch.

    Parameters
    ----------
    found
        In the order in which it is to be written.
    name
        Of the municipality.
    stamp
        When it was made, with its zone.
    """
    events = [
        Event(
            uid=f"{each.designation}-{each.what}-{each.day}@hotspots",
            day=each.day,
            title=f"{_TITLES[each.what]}: {each.name}",
            text=each.designation,
        )
        for each in found
    ]
    return calendar_text(events, name=f"Aanwijzingen {name}", stamp=stamp)
