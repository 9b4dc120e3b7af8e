"""Taking a designated area over from its paper file: every step on the day it was taken."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from data.duinstad.desk import TAKEN_OVER, Desk
from data.duinstad.lives import (
    Area,
    consultation,
    evaluation_day,
    file_of,
    finding,
    review_of,
    terms,
)
from data.duinstad.posted import Post
from hotspots.decisions import designations, placements, reviews
from hotspots.register import Placement, Role

_Later = tuple[date, Callable[[], object]]

BEFORE_START = {"draft": 90, "ask": 80, "advice": 62, "decide": 45, "publish": 35, "signs": 7}
"""Days before the first day of a term."""
BEFORE_END = {"review": 150, "consult": 100, "extend": 50, "publish": 40}
"""Days before the last day of a term that is extended."""
CHECKS = (date(2025, 8, 19), date(2025, 9, 16), date(2025, 10, 14), date(2025, 11, 18))
"""Days on which the VLO looked at area measures half-way."""
SOON_MONTHS = 9
"""A term that ends this year is evaluated so long before its end."""


def draft_of(
    desk: Desk, area: Area, *, on: date, end: date | None = None, follows: str | None = None
) -> str:
    """Write the draft of an area; return its id.

    Parameters
    ----------
    desk
        Where it is written.
    area
        With its counts.
    on
        Day of the draft.
    end
        Last day of its first term.
    follows
        Id of the designation that it follows.
    """
    content = file_of(area, end=end or area.end, run_id=desk.run.record.id)
    content |= {"evidence": desk.evidence, "follows": follows}
    made = designations.draft(
        desk.register, content, desk.by("planner", on), desk.policy,
        area=area.shape, streets=area.streets,
    )  # fmt: skip
    return made.id


def decide_on(desk: Desk, id_: str, area: Area, days: dict[str, date]) -> None:
    """Ask advice on a draft, decide, and publish where there is a day for it."""
    role = desk.decider(area.kind)
    office: Role = "triangle" if role == "mayor_office" else "vlo"
    asked = "driehoek" if role == "mayor_office" else "VLO van het stadsdeel"
    designations.ask_advice(desk.register, id_, asked, desk.by(role, days["ask"]))
    advice = "Positief, met het verzoek om na een half jaar te toetsen."
    designations.receive_advice(desk.register, id_, advice, desk.by(office, days["advice"]))
    decided = desk.by(role, days["decide"])
    designations.decide(desk.register, id_, decided, desk.policy, municipality=desk.city)
    if "publish" in days:
        place = _publication(days["publish"], id_)
        published = desk.by(role, days["publish"])
        designations.publish(desk.register, id_, place, published, signs_on=days.get("signs"))


def take_over(desk: Desk, area: Area, *, follows: str | None = None, late: bool = False) -> str:
    """Write down the whole life of an area so far; return its id.

    Parameters
    ----------
    desk
        Where it is written.
    area
        With its counts.
    follows
        Id of the designation that it follows.
    late
        Leave the last evaluation undone.
    """
    ends = terms(area.start, area.end, desk.policy.designations.kinds[area.kind].most_months)
    days = {step: area.start - timedelta(days=n) for step, n in BEFORE_START.items()}
    id_ = draft_of(desk, area, on=days["draft"], end=ends[0], follows=follows)
    decide_on(desk, id_, area, days)
    steps: list[_Later] = []
    for before, end in pairwise(ends):
        steps += _extension(desk, id_, area, before, end)
    steps += _checks(desk, id_, area, late=late)
    if area.kind == "camera_area":
        for post in desk.posts.within(area):
            steps += _posted(desk, id_, area, post)
    for _, step in sorted(steps, key=lambda each: each[0]):
        step()
    return id_


def _extension(desk: Desk, id_: str, area: Area, before: date, end: date) -> list[_Later]:
    """Return the review and the extension of a term."""
    days = {step: before - timedelta(days=n) for step, n in BEFORE_END.items()}
    content = {
        "end": end,
        "evaluation_on": _evaluated(before + timedelta(days=1), end),
        "evidence": desk.evidence,
        "published_on": days["publish"],
        "publication": _publication(days["publish"], id_),
    }
    if area.kind == "camera_area":
        content["consultation"] = consultation(days["consult"])

    def extend() -> object:
        by = desk.by(desk.decider(area.kind), days["extend"])
        return designations.extend(desk.register, id_, content, by, desk.policy)

    return [_reviewed(desk, id_, area, days["review"], remains=True), (days["extend"], extend)]


def _evaluated(start: date, end: date) -> date:
    """Return the day of evaluation of a term: early where it ends in the year of taking over."""
    soon = end.year == TAKEN_OVER.year and end.month > SOON_MONTHS
    return evaluation_day(start, end, before_end=SOON_MONTHS if soon else 6)


def _checks(desk: Desk, id_: str, area: Area, *, late: bool) -> list[_Later]:
    """Return the last check in the VLO and the last evaluation, as far as they were done."""
    found: list[_Later] = []
    day = CHECKS[int(area.code[-2:]) % len(CHECKS)]
    every = desk.policy.designations.kinds[area.kind].check_months
    if every and area.start + timedelta(days=30) < day <= area.end:
        found.append((day, lambda: _check(desk, id_, area, day)))
    last = evaluation_day(area.start, area.end, before_end=6) - timedelta(days=14)
    if last < TAKEN_OVER - timedelta(days=14) and not late:
        found.append(_reviewed(desk, id_, area, last, remains=area.remains(last)))
    return found


def _check(desk: Desk, id_: str, area: Area, day: date) -> object:
    remains = area.remains(day)
    content = {
        "advice": "insufficient_evidence",
        "findings": [finding(day, remains=remains)],
        "need_remains": remains,
        "summary": "Tussentijdse toets in het VLO, zonder nieuwe cijfers.",
    }
    return reviews.review(desk.register, id_, content, desk.by("vlo", day))


def _reviewed(desk: Desk, id_: str, area: Area, day: date, *, remains: bool) -> _Later:
    advice = "keep" if remains else "withdraw"
    content = review_of(area, day, advice=advice, remains=remains, run=desk.evidence)
    return day, lambda: reviews.review(desk.register, id_, content, desk.by("analyst", day))


def _posted(desk: Desk, id_: str, area: Area, post: Post) -> list[_Later]:
    """Return how a camera came to stand in an area, and went."""
    first = max(post.start, area.start)
    made: list[Placement] = []
    content = {
        "camera": post.camera,
        "camera_class": post.camera_class,
        "start": first,
        "residents_informed_on": first - timedelta(days=14),
        **post.seen,
    }

    def place() -> None:
        term = desk.register.designation(id_).end
        known = {"end": post.end} if post.end and term and post.end <= term else {}
        by = desk.by("planner", first)
        made.append(placements.place(desk.register, id_, content | known, by, desk.policy))

    def remove() -> None:
        if made[0].end != post.end:
            placements.remove(desk.register, made[0].id, desk.by("planner", post.end or first))

    return [(first, place), *([(post.end, remove)] if post.end else [])]


def _publication(day: date, id_: str) -> str:
    """Return an invented place of publication."""
    number = 100 * day.timetuple().tm_yday + int(id_[-3:])
    return f"Gemeenteblad van Duinstad {day.year}, {10_000 + number}"
