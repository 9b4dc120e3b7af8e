"""What hangs on a designation, as its page shows it: checklist, cameras, reviews and signals."""

from dataclasses import dataclass
from datetime import date

from api.pages.register import sentences
from api.pages.register.acts import may_do
from api.pages.register.desk import Desk
from api.pages.register.forms import Attempt, FormView, form_view
from hotspots.decisions.checklist import Item
from hotspots.decisions.lifecycle import PREPARED, against_step, standing
from hotspots.outputs.text import MISSING, Words
from hotspots.register import Act, Designation, Placement, Review, Signal


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


class Forms:
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


def item_view(
    item: Item, d: Designation, acts: list[Act], on: date, words: Words, *, cameras: bool
) -> ItemView:
    """Return an item, with the form that mends it where the reader has that."""
    text, source = sentences.item_words(item.code, words, cameras=cameras)
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


def camera_view(
    each: Placement, d: Designation, forms: Forms, on: date, words: Words
) -> CameraView:
    """Return a camera, with the forms that the reader has of it."""
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


def review_view(each: Review, words: Words) -> ReviewView:
    """Return a review."""
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


def _rests(each: Signal, words: Words) -> str:
    """Return what was counted over which year; an older signal does not tell its months."""
    told = {"n": words.number(each.incidents), "day": words.day(each.raised_on)}
    if each.last_month is None:
        return words.sentence("register_signal_rests_older", **told)
    period = words.year_to(each.last_month)
    return words.sentence("register_signal_rests", period=period, **told)


def signal_view(each: Signal, desk: Desk, d: Designation, forms: Forms, words: Words) -> SignalView:
    """Return a signal, with its form or its answer."""
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
        rests=_rests(each, words),
        run=each.evidence.run_id,
        answer=answer,
        form=forms.on("answer", each) if may or tried else None,
    )
