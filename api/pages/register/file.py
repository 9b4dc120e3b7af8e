"""What the page of one designation shows: life, grounds, figures, and what can be done."""

from dataclasses import dataclass, replace
from datetime import date

from api.pages.register import sentences
from api.pages.register.acts import possible
from api.pages.register.desk import Desk
from api.pages.register.forms import Attempt, FormView
from api.pages.register.parts import (
    CameraView,
    Forms,
    ItemView,
    ReviewView,
    SignalView,
    camera_view,
    item_view,
    review_view,
    signal_view,
)
from api.pages.register.subjects import Subjects
from api.pages.register.tables import (
    FigureRow,
    LifeStep,
    Measure,
    figure_rows,
    life_of,
    measure_rows,
)
from hotspots.decisions.checklist import Item, checklist
from hotspots.decisions.demands import Ground
from hotspots.decisions.lifecycle import has_effect, standing
from hotspots.errors import NotFound
from hotspots.outputs.bans.sentences import counted_years
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.pipeline.designations import extent
from hotspots.records import RunRecord
from hotspots.register import Boundary, Designation, Entry, Review, Signal


@dataclass(frozen=True)
class FileView:
    """The page of a designation."""

    designation: Designation
    kind: str
    state: str
    marks: list[str]
    lede: str
    demo: bool
    facts: list[tuple[str, str]]
    life: list[LifeStep]
    criterion: str
    figures: list[FigureRow]
    package: list[Measure]
    lighter: list[Measure]
    boundaries: list[tuple[str, str]]
    has_map: bool
    cameras: list[CameraView]
    has_cameras: bool
    reviews: list[ReviewView]
    signals: list[SignalView]
    items: list[ItemView]
    lacking: int
    forms: list[FormView]
    trail: list[list[str]]
    head: tuple[str, str]
    done: str


def file_view(
    desk: Desk,
    designation: Designation,
    words: Words,
    *,
    address: str,
    attempt: Attempt | None = None,
    done: str = "",
) -> FileView:
    """Return the page of a designation.

    Parameters
    ----------
    desk
        Who reads it, and where.
    designation
        As it was last written.
    words
        The language.
    address
        Of this page; the forms are sent below it.
    attempt
        A form that was refused, if one was.
    done
        What was done just now, by its act.
    """
    d, on, register = designation, desk.today, desk.register
    boundaries = sorted(register.boundaries(d.id), key=lambda each: each.number)
    placements, reviews = register.placements(d.id), register.reviews(d.id)
    signals = register.signals(d.id)
    kind = desk.policy.designations.kinds.get(d.kind)
    allowed = bool(kind and kind.placements)
    acts = possible(d, desk.user.role, on, cameras=allowed)
    if attempt is not None and attempt.subject == d.id and attempt.act not in acts:
        acts = [attempt.act, *acts]
    forms = Forms(desk, d, words, address, attempt)
    items = _items(desk, d, boundaries, on) if kind else []
    state = standing(d, on, reviews)
    parts = [d, *boundaries, *placements, *reviews, *signals]
    entries = sorted(
        (entry for part in parts for entry in register.trail(part.id)), key=lambda each: each.seq
    )
    subjects = Subjects(register, desk.policy, words)
    seq, head = register.head()
    return FileView(
        designation=d,
        kind=capital(sentences.kind_name(d.kind, desk.policy, words)),
        state=sentences.state_told(d, state, words),
        marks=sentences.mark_names(d.marks, words),
        lede=sentences.lede(d, state, words),
        demo=desk.workspace.demo,
        facts=_facts(d, _followed(d, subjects), words),
        life=life_of(register.history(Designation, d.id), reviews, on, words),
        criterion=_criterion(d, words),
        figures=_figures(desk, d, signals, reviews, words),
        package=measure_rows(d.package, words),
        lighter=measure_rows(d.lighter_measures, words),
        boundaries=[_boundary(each, d, on, words) for each in boundaries],
        has_map=bool(boundaries),
        cameras=[camera_view(each, d, forms, on, words) for each in placements],
        has_cameras=allowed or bool(placements),
        reviews=[review_view(each, words) for each in _newest(reviews)],
        signals=[signal_view(each, desk, d, forms, words) for each in signals],
        items=[item_view(each, d, acts, on, words, cameras=allowed) for each in items],
        lacking=sum(not each.done for each in items),
        forms=[_form(forms.on(act, d), d, words) for act in acts],
        trail=[_entry(each, subjects.name(each), words) for each in reversed(entries)],
        head=(words.number(seq), head),
        done=done and words.sentence("register_written", act=words.label(f"register_done_{done}")),
    )


def _form(form: FormView, d: Designation, words: Words) -> FormView:
    """Return a form; that of the decision says when the advice that was asked is not there yet."""
    if form.act != "decide" or d.advice is None or d.advice.given_on is not None:
        return form
    told = words.sentence(
        "register_advice_open", of=d.advice.asked_of, day=words.day(d.advice.asked_on)
    )
    return replace(form, why=f"{form.why} {told}")


def _newest(reviews: list[Review]) -> list[Review]:
    return sorted(reviews, key=lambda each: (each.reviewed_on, each.id), reverse=True)


def _followed(d: Designation, subjects: Subjects) -> str:
    """Return the designation that this one follows, by name and number.

    One area may have several, one after another, that are called the same.
    """
    if not d.follows:
        return MISSING
    try:
        return f"{subjects.area(d.follows)}, {d.follows}"
    except NotFound:
        return d.follows


def _facts(d: Designation, followed: str, words: Words) -> list[tuple[str, str]]:
    day = {
        name: MISSING if (at := getattr(d, name)) is None else words.day(at)
        for name in ("decided_on", "published_on", "evaluation_on", "signs_on")
    }
    held = d.consultation
    consulted = (
        MISSING
        if held is None
        else f"{words.day(held.held_on)}, {held.with_whom}. {held.summary}".rstrip(". ") + "."
    )
    advice = d.advice
    given = MISSING if advice is None else (advice.summary or words.label("register_not_given"))
    published = f"{day['published_on']}, {d.publication}" if d.publication else day["published_on"]
    told = {
        "legal_basis": d.legal_basis or MISSING,
        "decider": sentences.decider_name(d, words),
        "goal": d.goal or MISSING,
        "term": sentences.span_told(d.start, d.end, words),
        "hours": sentences.hours_told(d.hours, words),
        "season": sentences.season_told(d.season, words),
        "watched": sentences.spans_told(d.watched, words),
        "decided_on": day["decided_on"],
        "publication": published,
        "evaluation_on": day["evaluation_on"],
        "consultation": consulted,
        "advice": given,
        "police_role": d.police_role or MISSING,
        "dpia_reference": d.dpia_reference or MISSING,
        "signs_on": day["signs_on"],
        "follows": followed,
    }
    return [(words.label(f"register_fact_{name}"), value) for name, value in told.items()]


def _criterion(d: Designation, words: Words) -> str:
    if d.criterion is None:
        return words.sentence("register_no_criterion")
    return words.sentence(
        "register_criterion",
        most=d.criterion.most_incidents_per_year,
        measure=d.criterion.measure,
        themes=words.joined([words.theme(each) for each in d.criterion.themes]),
    )


def _figures(
    desk: Desk, d: Designation, signals: list[Signal], reviews: list[Review], words: Words
) -> list[FigureRow]:
    runs: dict[str, RunRecord] = {each.id: each for each in desk.shelf.records()}
    measured = None
    for record in desk.shelf.bans.records()[:1]:
        document = desk.shelf.bans.document(desk.shelf.bans.open(record.id))
        for each in document.areas:
            if each.code == d.id:
                years = counted_years(each, words)
                measured = (record.id, each, years[0] if years else "")
    return figure_rows(d, signals, reviews, measured, runs, words)


def _items(desk: Desk, d: Designation, boundaries: list[Boundary], on: date) -> list[Item]:
    area = next((each.area for each in boundaries if each.number == d.boundary_version), None)
    return checklist(d, desk.policy, Ground(area, extent(desk.workspace)), on=on)


def _boundary(each: Boundary, d: Designation, on: date, words: Words) -> tuple[str, str]:
    """Return a version of the area with its size, and the streets that enclose it."""
    key = "register_boundary"
    if each.number == d.boundary_version:
        key = "register_boundary_now" if has_effect(d, on) else "register_boundary_newest"
    head = words.label(key, n=each.number, km2=words.number(each.area.area / 1e6, 3))
    told = []
    if each.streets:
        told.append(words.sentence("ban_enclosed", streets=words.joined(each.streets)))
    if each.reason:
        told.append(each.reason)
    return head, " ".join(told)


def _entry(entry: Entry, about: str, words: Words) -> list[str]:
    return [
        words.number(entry.seq),
        sentences.moment(entry, words),
        entry.actor,
        words.label(f"role_{entry.role}"),
        capital(sentences.act_name(entry.act, words)),
        entry.reason,
        entry.subject,
        about,
    ]
