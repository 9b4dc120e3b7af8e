"""What the page of the half-year monitor shows, as text: its template only places it."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from api.pages.monitor.holdings import District, Held
from api.pages.register.sentences import kind_name
from hotspots.months import stretches
from hotspots.outputs.monitor_chart import Change, change_chart
from hotspots.outputs.monitor_tables import Half, MonitorDocument, ThemeHalves
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.policy import Policy
from hotspots.register import Action

_CAMERA_AREA = "camera_area"
_MARKS = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class LineView:
    """A theme: its cells per half-year (count, before, change, against the rest of the city).

    A cell is a figure and its interval, which may be empty.
    """

    name: str
    source: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class AreaView:
    """A designation in force here."""

    id: str
    cells: list[str]


@dataclass(frozen=True)
class MonitorView:
    """The monitor of one district."""

    document: MonitorDocument
    title: str
    lede: str
    warnings: list[str]
    chart: Markup
    heads: list[str]
    spans: list[str]
    groups: list[tuple[str, list[LineView]]]
    notes: list[str]
    bans: list[AreaView]
    cameras: list[AreaView]
    actions: list[list[str]]
    asked: list[list[str]]
    events: list[list[str]]
    on: date


def monitor_view(
    document: MonitorDocument, district: District, policy: Policy, words: Words, *, on: date
) -> MonitorView:
    """Return the page of one district on a day."""
    cameras = [each for each in district.areas if each.designation.kind == _CAMERA_AREA]
    others = [each for each in district.areas if each.designation.kind != _CAMERA_AREA]
    return MonitorView(
        document=document,
        title=words.label("monitor_title", name=document.area_name),
        lede=words.sentence("monitor_lede", day=words.day(document.until), years=document.years),
        warnings=_warnings(document, words),
        chart=_chart(document, words),
        heads=[words.label(f"monitor_{name}") for name in ("count", "before", "change", "city")],
        spans=[half_name(first, words) for first, _ in document.spans],
        groups=[
            (_group_name(group, words), [_line(each, words) for each in lines])
            for group, lines in document.groups
        ],
        notes=_notes(document, words),
        bans=[_area(each, policy, words) for each in others],
        cameras=[_area(each, policy, words) for each in cameras],
        actions=[_action(each, words) for each in district.actions],
        asked=[
            [
                each.designation.name,
                words.day(each.advice.asked_on),
                MISSING if each.advice.given_on is None else words.day(each.advice.given_on),
                each.advice.summary or MISSING,
            ]
            for each in district.asked
        ],
        events=[
            [
                words.day(each.first_day)
                + ("" if each.first_day == each.last_day else f" – {words.day(each.last_day)}"),
                each.name,
                document.area_name if each.here else words.label("monitor_whole_city"),
            ]
            for each in document.events
        ],
        on=on,
    )


def half_name(first_month: str, words: Words) -> str:
    """Return a half-year by its name, such as ``tweede half jaar 2025``."""
    which = "first" if first_month.endswith("-01") else "second"
    return words.label(f"monitor_{which}_half", year=first_month[:4])


def _group_name(group: str, words: Words) -> str:
    key = f"public_group_{group}"
    return words.label(key) if words.has_label(key) else capital(group.replace("_", " "))


def _line(line: ThemeHalves, words: Words) -> LineView:
    return LineView(
        name=capital(words.theme(line.theme)),
        source=words.source(line.source) if line.source else words.label("unknown"),
        cells=[cell for half in line.halves for cell in _cells(half, words)],
    )


def _cells(half: Half, words: Words) -> list[tuple[str, str]]:
    return [
        (words.number(half.count) + ("*" if half.few else ""), ""),
        (words.number(half.before_a_year), ""),
        _change(half.ratio, words),
        _change(half.relative, words),
    ]


def _change(
    found: tuple[float | None, float | None, float | None], words: Words
) -> tuple[str, str]:
    """Return a change and its interval; without an upper end only what is known."""
    ratio, low, high = found
    if low is None or high is None:
        return words.change(ratio), ""
    ends = words.label("monitor_interval", low=words.change(low), high=words.change(high))
    return words.change(ratio), ends


def _warnings(document: MonitorDocument, words: Words) -> list[str]:
    told = [
        words.sentence(
            "monitor_contradict",
            records=capital(words.theme(each.records_theme)),
            reports=words.theme(each.reports_theme),
        )
        for each in document.pairs
        if each.verdict == "contradict"
    ]
    halves = [half for _, lines in document.groups for line in lines for half in line.halves]
    if any(half.few for half in halves):
        told.append(words.sentence("monitor_few"))
    return told


def _notes(document: MonitorDocument, words: Words) -> list[str]:
    """Return the months that are not known, each with the themes that lack it."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    for _, lines in document.groups:
        for line in lines:
            months = tuple(sorted({m for half in line.halves for m in half.missing_months}))
            if months:
                lacking.setdefault(months, []).append(words.theme(line.theme))
    told = [
        words.sentence(
            "monitor_missing",
            themes=capital(words.joined(themes)),
            months=words.joined([words.months(*span) for span in stretches(months)]),
        )
        for months, themes in lacking.items()
    ]
    return [*told, words.sentence("monitor_chance"), words.sentence("monitor_more_reports")]


def _chart(document: MonitorDocument, words: Words) -> Markup:
    newest = [(line, line.halves[0]) for _, lines in document.groups for line in lines]
    changes = [
        Change(
            name=capital(words.theme(line.theme)),
            ratio=half.ratio[0],
            low=half.ratio[1],
            high=half.ratio[2],
            told=_told(line, half, words),
        )
        for line, half in newest
        if half.ratio[0] is not None
    ]
    return change_chart(
        changes,
        name="monitor",
        title=words.label("monitor_chart", half=half_name(document.spans[0][0], words)),
        description="; ".join(each.told for each in changes),
        marks=[
            (mark, words.label("monitor_same") if mark == 1 else words.change(mark))
            for mark in _MARKS
        ],
        clear=words.label("monitor_clear"),
        unclear=words.label("monitor_unclear"),
    )


def _told(line: ThemeHalves, half: Half, words: Words) -> str:
    change, ends = _change(half.ratio, words)
    return f"{capital(words.theme(line.theme))}: {change}" + (f" ({ends})" if ends else "")


def _area(held: Held, policy: Policy, words: Words) -> AreaView:
    own, review = held.designation, held.review
    advice = words.label("monitor_no_review")
    if review is not None:
        advice = f"{words.label(f'ban_{review.advice}')} ({words.day(review.reviewed_on)})"
    todo = []
    if held.signal is not None:
        todo.append(
            words.label("monitor_signal", month=words.months(held.signal.since, held.signal.since))
        )
    if held.state == "evaluation_due":
        todo.append(words.label("monitor_evaluation_due"))
    todo += [words.label(f"monitor_mark_{mark}") for mark in own.marks]
    kind = capital(kind_name(own.kind, policy, words))
    return AreaView(
        own.id,
        [
            own.name,
            words.number(held.cameras) if own.kind == _CAMERA_AREA else kind,
            MISSING if own.end is None else words.day(own.end),
            advice,
            "; ".join(todo) or MISSING,
        ],
    )


def _action(action: Action, words: Words) -> list[str]:
    when = words.day(action.start)
    if action.end is not None and action.end != action.start:
        when = f"{when} – {words.day(action.end)}"
    figures = (action.baseline, action.target, action.result_value)
    told = MISSING
    if action.residents_told_on is not None:
        told = words.day(action.residents_told_on)
    return [
        action.name,
        when,
        action.indicator or MISSING,
        *(MISSING if each is None else words.number(each) for each in figures),
        action.result or words.label("monitor_no_result"),
        told,
    ]
