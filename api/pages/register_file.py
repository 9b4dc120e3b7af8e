"""What the page of one designation shows: life, grounds, figures, and what can be done."""

from dataclasses import dataclass
from datetime import date

from api.pages.register_acts import may_do, possible
from api.pages.register_desk import Desk, today
from api.pages.register_forms import Attempt, FormView, form_view
from hotspots.decisions.checklist import Item, checklist
from hotspots.decisions.demands import Ground
from hotspots.decisions.lifecycle import PREPARED, against_step, standing
from hotspots.outputs import register_sentences as sentences
from hotspots.outputs.register_tables import (
    FigureRow,
    LifeStep,
    Measure,
    figure_rows,
    life_of,
    measure_rows,
)
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.pipeline.designations import extent
from hotspots.records import RunRecord
from hotspots.register import Act, Boundary, Designation, Entry, Placement, Review, Signal


@dataclass(frozen=True)
class ItemView:
    """An item of the checklist, and the form that mends it, if the reader has it."""

    text: str
    source: str
    done: bool
    needed_for: str
    form: str | None


@dataclass(frozen=True)
class SignalView:
    """A signal in the agreed words, with the form that answers it or the answer."""

    id: str
    text: str
    rests: str
    run: str
    answer: str
    form: FormView | None


@dataclass(frozen=True)
class CameraView:
    """A camera: where it stands and what it sees, and the forms that change that."""

    id: str
    name: str
    cells: list[str]
    moves: list[str]
    forms: list[FormView]


@dataclass(frozen=True)
class ReviewView:
    """A review from both sources."""

    id: str
    head: str
    run: str | None
    need: str
    figures: list[tuple[str, str]]
    findings: list[str]
    texts: list[tuple[str, str]]
    lacks: str


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
    d, on, register = designation, today(desk), desk.register
    boundaries = sorted(register.boundaries(d.id), key=lambda each: each.number)
    placements, reviews = register.placements(d.id), register.reviews(d.id)
    signals = register.signals(d.id)
    kind = desk.policy.designations.kinds.get(d.kind)
    allowed = bool(kind and kind.placements)
    acts = possible(d, desk.user.role, on, cameras=allowed)
    if attempt is not None and attempt.subject == d.id and attempt.act not in acts:
        acts = [attempt.act, *acts]
    forms = _Forms(desk, d, words, address, attempt)
    items = _items(desk, d, boundaries, on) if kind else []
    state = standing(d, on)
    parts = [d, *boundaries, *placements, *reviews, *signals]
    entries = sorted(
        (entry for part in parts for entry in register.trail(part.id)), key=lambda each: each.seq
    )
    seq, head = register.head()
    return FileView(
        designation=d,
        kind=capital(sentences.kind_name(d.kind, desk.policy, words)),
        state=sentences.state_name(state, words),
        marks=sentences.mark_names(d.marks, words),
        lede=sentences.lede(d, state, words),
        demo=desk.workspace.demo,
        facts=_facts(d, words),
        life=life_of(register.history(Designation, d.id), on, words),
        criterion=_criterion(d, words),
        figures=_figures(desk, d, signals, reviews, words),
        package=measure_rows(d.package, words),
        lighter=measure_rows(d.lighter_measures, words),
        boundaries=[_boundary(each, d, words) for each in boundaries],
        has_map=bool(boundaries),
        cameras=[_camera(each, d, forms, on, words) for each in placements],
        has_cameras=allowed or bool(placements),
        reviews=[_review(each, words) for each in _newest(reviews)],
        signals=[_signal(each, desk, d, forms, words) for each in signals],
        items=[_item(each, d, acts, on, words) for each in items],
        lacking=sum(not each.done for each in items),
        forms=[forms.on(act, d) for act in acts],
        trail=[_entry(each, words) for each in reversed(entries)],
        head=(words.number(seq), head),
        done=done and words.sentence("register_written", act=words.label(f"register_done_{done}")),
    )


class _Forms:
    """Makes the forms of one page."""

    def __init__(
        self, desk: Desk, d: Designation, words: Words, address: str, attempt: Attempt | None
    ) -> None:
        self.desk, self._d, self._words = desk, d, words
        self._address, self.attempt = address, attempt

    def on(self, act: Act, subject: Designation | Placement | Signal) -> FormView:
        """Return a form on the designation, or on what hangs on it."""
        step = act.replace("_", "-")
        below = {Placement: f"cameras/{subject.id}/", Signal: f"signalen/{subject.id}/"}
        return form_view(
            self.desk,
            act,
            self._words,
            action=f"{self._address}/{below.get(type(subject), '')}{step}",
            subject=subject,
            designation=self._d,
            attempt=self.attempt,
        )


def _newest(reviews: list[Review]) -> list[Review]:
    return sorted(reviews, key=lambda each: (each.reviewed_on, each.id), reverse=True)


def _facts(d: Designation, words: Words) -> list[tuple[str, str]]:
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
        "follows": d.follows or MISSING,
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
                period = words.label("register_last_year", day=words.day(record.until))
                measured = (record.id, each, period)
    return figure_rows(d, signals, reviews, measured, runs, words)


def _items(desk: Desk, d: Designation, boundaries: list[Boundary], on: date) -> list[Item]:
    area = next((each.area for each in boundaries if each.number == d.boundary_version), None)
    return checklist(d, desk.policy, Ground(area, extent(desk.workspace)), on=on)


_MENDED_BY: dict[str, str] = {
    "boundary": "boundary", "whole_municipality": "boundary", "goal": "goal",
    "criterion": "criterion.measure", "baseline": "baseline.incidents", "evidence": "run",
    "term": "start", "most_months": "end", "evaluation": "evaluation_on",
    "legal_basis": "legal_basis", "lighter_measures": "lighter_measures-0-what",
    "package": "package-0-what", "consultation": "consultation.held_on",
    "consulted_whom": "consultation.with_whom", "dpia": "dpia_reference",
    "live_viewing": "watched-0-start", "police_role": "police_role", "signs": "signs_on",
}  # fmt: skip
_KEPT = frozenset({"dpia", "live_viewing", "police_role", "signs"})
_BY_STEP: dict[str, Act] = {"published": "publish", "advice": "receive_advice"}


def _item(item: Item, d: Designation, acts: list[Act], on: date, words: Words) -> ItemView:
    text, source = sentences.item_words(item.code, words)
    form = None
    step = _BY_STEP.get(item.code)
    open_to = standing(d, on) in PREPARED or item.code in _KEPT
    if step is not None and step in acts:
        form = f"{step}-{d.id}"
    elif item.code in _MENDED_BY and "amend" in acts and open_to:
        form = f"amend-{d.id}-{_MENDED_BY[item.code]}".replace(".", "-")
    return ItemView(
        text=text,
        source=source,
        done=item.done,
        needed_for=words.label(f"register_needed_{item.needed_for}"),
        form=None if item.done else form,
    )


def _boundary(each: Boundary, d: Designation, words: Words) -> tuple[str, str]:
    """Return a version of the area with its size, and the streets that enclose it."""
    key = "register_boundary_now" if each.number == d.boundary_version else "register_boundary"
    head = words.label(key, n=each.number, km2=words.number(each.area.area / 1e6, 3))
    told = []
    if each.streets:
        told.append(words.sentence("ban_enclosed", streets=words.joined(each.streets)))
    if each.reason:
        told.append(each.reason)
    return head, " ".join(told)


def _camera(each: Placement, d: Designation, forms: _Forms, on: date, words: Words) -> CameraView:
    sector = each.sector
    sight = MISSING
    if sector is not None:
        sight = words.label(
            "register_sector",
            azimuth=words.number(sector.azimuth_deg),
            view=words.number(sector.view_deg),
            range=words.number(sector.range_m),
        )
    masks = "; ".join(
        f"{words.number(arc.from_deg)}°–{words.number(arc.to_deg)}°" for arc in each.masks
    )
    stands = each.start <= on and (each.end is None or on <= each.end)
    acts: list[Act] = [
        act
        for act in ("move", "remove")
        if stands and may_do(forms.desk.user.role, act) and not against_step(d, act, on)
    ]
    tried = forms.attempt
    if tried is not None and tried.subject == each.id and tried.act not in acts:
        acts.append(tried.act)
    informed = each.residents_informed_on
    return CameraView(
        id=each.id,
        name=each.camera,
        cells=[
            words.label(f"register_class_{each.camera_class}"),
            each.site or f"{each.x_m:.0f}, {each.y_m:.0f}",
            sentences.span_told(each.start, each.end, words),
            sight,
            words.number(each.facades_in_view),
            masks or MISSING,
            MISSING if informed is None else words.day(informed),
        ],
        moves=[
            words.label("register_moved", day=words.day(move.until), reason=move.reason)
            for move in each.moves
        ],
        forms=[forms.on(act, each) for act in acts],
    )


def _review(each: Review, words: Words) -> ReviewView:
    told = {
        "summary": each.summary,
        "trigger": each.trigger,
        "use_of_footage": each.use_of_footage,
        "other_measures": each.other_measures,
        "complaints": each.complaints,
        "lighter_alternatives": each.lighter_alternatives,
    }
    both = bool(each.findings) and bool(each.figures or each.evidence)
    need = "unknown" if each.need_remains is None else "yes" if each.need_remains else "no"
    return ReviewView(
        id=each.id,
        head=f"{words.day(each.reviewed_on)}: {words.label(f'ban_{each.advice}')}",
        run=each.evidence.run_id if each.evidence else None,
        need=words.label(f"register_need_{need}"),
        figures=[
            (
                figure.name,
                f"{words.number(figure.value, 0 if figure.value == round(figure.value) else 2)} "
                f"{figure.unit}".strip()
                + (
                    ""
                    if figure.low is None or figure.high is None
                    else f" ({words.number(figure.low, 2)}–{words.number(figure.high, 2)})"
                ),
            )
            for figure in each.figures
        ],
        findings=[
            f"{words.day(found.found_on)}, {found.by}: {found.summary}" for found in each.findings
        ],
        texts=[
            (words.label(f"register_field_{name}"), text) for name, text in told.items() if text
        ],
        lacks="" if both else words.sentence("register_one_source"),
    )


def _signal(each: Signal, desk: Desk, d: Designation, forms: _Forms, words: Words) -> SignalView:
    month = words.month(each.since)
    may = each.answer is None and may_do(desk.user.role, "answer", d)
    tried = forms.attempt is not None and forms.attempt.subject == each.id
    answer = ""
    if each.answer is not None and each.answered_on is not None:
        answer = words.sentence(
            "register_answered",
            answer=words.label(f"register_answer_{each.answer}"),
            by=each.answered_by,
            day=words.day(each.answered_on),
            reason=each.reason,
        )
    return SignalView(
        id=each.id,
        text=words.sentence("ban_signal", month=month[:1].lower() + month[1:]),
        rests=words.sentence(
            "register_signal_rests", n=each.incidents, day=words.day(each.raised_on)
        ),
        run=each.evidence.run_id,
        answer=answer,
        form=forms.on("answer", each) if may or tried else None,
    )


def _entry(entry: Entry, words: Words) -> list[str]:
    return [
        words.number(entry.seq),
        sentences.moment(entry, words),
        entry.actor,
        words.label(f"role_{entry.role}"),
        capital(sentences.act_name(entry.act, words)),
        entry.reason,
        entry.subject,
    ]
