"""Small charts as inline SVG: drawn on the server, without script or style of their own.

Every chart has a title and a description for who cannot see it, and tells things apart by more
than colour. It scales with its column; its colours stand in attributes, which the pages' content
security policy allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

from markupsafe import Markup

HEAT = ("#ffffff", "#dce9f6", "#9ecae1", "#4292c6", "#08519c")
"""Light to dark, so that the order shows without colour too."""

TONES = ("#8ecbf0", "#f3b748", "#7fd0b2", "#f0a58a", "#d7a9cf", "#ece27a", "#c3c8cf")
"""Fills told apart by colour-blind readers (after Okabe and Ito); black text shows on all."""

_WIDTH = 400
_HEIGHT, _BASE = 110, 136
_LABEL_WIDTH, _FIGURE_WIDTH = 24, 18
_INK, _SOFT, _LINE, _DARK, _LIGHT = "#1b1f24", "#4b535c", "#8a9099", "#123a63", "#c6d6e8"
_FONT_SIZE = 11
_LEAST_NUMBERED = 0.05  # a narrower part has no room for its number


@dataclass(frozen=True)
class Bar:
    """One bar; without a value it is hatched.

    `label` stands below it and `group` once below all that share it, `text` above it (in it where
    it has no value), and `name` tells it in full. `marked` is drawn dark, with a triangle above.
    """

    label: str
    group: str
    name: str
    value: float | None
    text: str
    marked: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a whole: what it is, its share and that share in words.

    `tone` numbers what it is, from 0: the same in every bar that is compared.
    """

    tone: int
    label: str
    share: float
    text: str


@dataclass(frozen=True)
class Point:
    """A point of a curve: a number, a share, and both in words.

    `mark` is written beside a point that stands out; the others have a small dot.
    """

    number: int
    share: float
    name: str
    mark: str = ""


def bars(
    drawn: Sequence[Bar],
    *,
    name: str,
    title: str,
    description: str,
    plain: str,
    marked: str,
    missing: str,
) -> Markup:
    """Return vertical bars from zero, with a key of what occurs.

    Parameters
    ----------
    drawn
        The bars, from left to right.
    name
        Unique on the page, of letters and hyphens.
    title, description
        What it shows; the description tells all values, for who cannot see them.
    plain, marked, missing
        What a bar means that is not marked, that is, and that has no value.
    """
    step = _WIDTH / max(len(drawn), 1)
    highest = max((bar.value or 0 for bar in drawn), default=0) or 1
    every = ceil(_LABEL_WIDTH / step)
    columns = [
        _column(bar, name, i * step, step, highest, labelled=i % every == 0)
        for i, bar in enumerate(drawn)
    ]
    floor = Markup('<path d="M0 {}H{}" stroke="{}"/>').format(_BASE, _WIDTH, _INK)
    svg = chart_svg(
        name, title, description, _BASE + 34, [_hatch(name), *columns, floor, *_groups(drawn, step)]
    )
    samples = (
        (Bar("", "", "", 1, ""), plain),
        (Bar("", "", "", 1, "", marked=True), marked),
        (Bar("", "", "", None, ""), missing),
    )
    occurring = {_likeness(bar) for bar in drawn}
    return chart_figure(
        svg,
        [
            (chart_sample(_bar(bar, name, 2, 6, 12, 9)), meaning)
            for bar, meaning in samples
            if _likeness(bar) in occurring
        ],
    )


def heatmap(
    values: Sequence[Sequence[float]],
    *,
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    bounds: Sequence[float],
    scale: Sequence[str],
    name: str,
    title: str,
    description: str,
    every: int = 3,
) -> Markup:
    """Return a grid of cells, the darker the more, with its scale.

    Parameters
    ----------
    values
        One row of figures per row, one per column.
    rows, columns
        Of each its label and its full name.
    bounds
        Rising lower bounds of the classes after the first, one less than :data:`HEAT`; a dot
        marks the last class.
    scale
        What each class means, the lightest first.
    name, title, description
        As for :func:`bars`.
    every
        Every how many columns a label stands.
    """
    left, top, height = 26, 16, 17
    width = (_WIDTH - left) / len(columns)
    shapes = []
    for j, (row_label, row_name) in enumerate(rows):
        y = top + j * height
        shapes.append(chart_text(row_label, left - 5, y + height / 2 + 4, _SOFT, anchor="end"))
        for i, (_, column_name) in enumerate(columns):
            number = sum(values[j][i] >= bound for bound in bounds)
            cell = _heat(number, left + i * width, y, width, height)
            shapes.append(_titled(f"{row_name} {column_name}: {scale[number]}", [cell]))
    labels = [
        chart_text(label, left + i * width, top - 5, _SOFT, anchor="start" if i == 0 else "middle")
        for i, (label, _) in enumerate(columns)
        if i % every == 0
    ]
    svg = chart_svg(name, title, description, top + height * len(rows) + 2, [*labels, *shapes])
    return chart_figure(
        svg, [(chart_sample(_heat(n, 1, 1, 14, 14)), text) for n, text in enumerate(scale)]
    )


def curve(
    points: Sequence[Point], *, name: str, title: str, description: str, y_name: str, x_name: str
) -> Markup:
    """Return rising shares as a line from the left, with the marked points named on it.

    Parameters
    ----------
    points
        At least one, from left to right.
    name, title, description
        As for :func:`bars`.
    y_name, x_name
        What the shares are, and what the numbers below count.
    """
    left, top, floor, right = 40, 18, 150, _WIDTH - 12
    highest = ceil(10 * max(point.share for point in points)) / 10 or 0.1
    last = points[-1].number
    at = [
        (left + (right - left) * each.number / last, floor - (floor - top) * each.share / highest)
        for each in points
    ]
    axes = Markup('<path d="M{l} {t}V{f}H{r}" fill="none" stroke="{c}"/>').format(
        l=left, t=top, f=floor, r=right, c=_INK
    )
    line = Markup('<path d="M{}" fill="none" stroke="{}" stroke-width="2"/>').format(
        "L".join(f"{x:.1f} {y:.1f}" for x, y in at), _DARK
    )
    marks = [
        _dot(point, x, y, floor, width=right) for point, (x, y) in zip(points, at, strict=True)
    ]
    ends = [
        chart_text(f"{100 * highest:.0f}%", left - 5, top + 4, _SOFT, anchor="end"),
        chart_text("0%", left - 5, floor + 4, _SOFT, anchor="end"),
        chart_text(y_name, left + 6, top - 6, _SOFT, anchor="start"),
        chart_text("0", left, floor + 14, _SOFT),
        chart_text(f"{last} {x_name}", right, floor + 14, _SOFT, anchor="end"),
    ]
    return Markup('<div class="charted">{}</div>').format(
        chart_svg(name, title, description, floor + 20, [axes, *ends, line, *marks])
    )


def stacked_bar(parts: Sequence[Part], *, name: str, title: str) -> Markup:
    """Return shares of a whole as one bar; each part has the number that :func:`key` explains.

    Parameters
    ----------
    parts
        From left to right; what their shares lack of 1 stays empty.
    name, title
        As for :func:`bars`; the description names every part.
    """
    height = 22
    ends = list(accumulate(part.share for part in parts))
    shapes = [_titled("", [_box(0.5, 0.5, _WIDTH - 1, height - 1, "#ffffff", _LINE)])]
    for part, end in zip(parts, ends, strict=True):
        x, width = (_WIDTH - 1) * (end - part.share) + 0.5, (_WIDTH - 1) * part.share
        inside = [_box(x, 0.5, width, height - 1, _tone(part.tone), _INK)]
        if part.share >= _LEAST_NUMBERED:
            inside.append(chart_text(str(part.tone + 1), x + width / 2, 15, _INK, bold=True))
        shapes.append(_titled(f"{part.label}: {part.text}", inside))
    told = "; ".join(f"{part.label}: {part.text}" for part in parts)
    return chart_svg(name, title, told, height, shapes)


def key(labels: Sequence[str]) -> Markup:
    """Return what the numbers and fills of stacked bars mean, in the order of their tones."""
    return _key(
        [
            (
                chart_sample(
                    _box(0.5, 0.5, 15, 15, _tone(tone), _INK)
                    + chart_text(str(tone + 1), 8, 12, _INK, bold=True)
                ),
                label,
            )
            for tone, label in enumerate(labels)
        ]
    )


def _tone(tone: int) -> str:
    return TONES[tone % len(TONES)]


def chart_svg(
    name: str, title: str, description: str, height: float, content: Sequence[Markup]
) -> Markup:
    """Return a chart of shapes, named for who cannot see it."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {width} {height:g}" role="img" '
        'aria-labelledby="{name}-title {name}-desc" font-size="{size}">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
        "{content}</svg>"
    ).format(
        width=_WIDTH,
        height=height,
        name=name,
        size=_FONT_SIZE,
        title=title,
        description=description,
        content=Markup("").join(content),
    )


def chart_figure(svg: Markup, meanings: Sequence[tuple[Markup, str]]) -> Markup:
    """Return a chart with a key: samples and what they mean."""
    return Markup('<div class="charted">{}{}</div>').format(svg, _key(meanings))


def _key(meanings: Sequence[tuple[Markup, str]]) -> Markup:
    items = [Markup("<li>{} {}</li>").format(sample, text) for sample, text in meanings]
    return Markup('<ul class="chart-key">{}</ul>').format(Markup("").join(items))


def chart_sample(shape: Markup) -> Markup:
    """Return a shape as a sample of 16 by 16 for a key."""
    return Markup(
        '<svg class="chart-sample" viewBox="0 0 16 16" width="16" height="16" '
        'font-size="{}" aria-hidden="true">{}</svg>'
    ).format(_FONT_SIZE, shape)


def _titled(title: str, shapes: Sequence[Markup]) -> Markup:
    """Return shapes that the pointer can ask what they are."""
    said = Markup("<title>{}</title>").format(title) if title else Markup("")
    return Markup("<g>{}{}</g>").format(said, Markup("").join(shapes))


def _column(
    bar: Bar, name: str, x: float, width: float, highest: float, *, labelled: bool
) -> Markup:
    """Return a bar with its texts, as far as there is room, in a column that starts at `x`."""
    height = _HEIGHT if bar.value is None else _HEIGHT * bar.value / highest
    middle, top = x + width / 2, _BASE - height
    label = chart_text(bar.label if labelled else "", middle, _BASE + 13, _SOFT)
    if width < _FIGURE_WIDTH:
        told = Markup("")
    elif bar.value is None:
        y = _BASE - height / 2
        blank = _box(middle - 7, y - 11, 14, 14, "#ffffff", "#ffffff")
        told = blank + chart_text(bar.text, middle, y, _INK, bold=True)
    else:
        told = chart_text(bar.text, middle, top - 4, _INK, bold=bar.marked)
    shape = _bar(bar, name, x + 0.12 * width, top, 0.76 * width, height)
    return _titled(bar.name, [shape, told, label])


def _groups(drawn: Sequence[Bar], width: float) -> list[Markup]:
    """Return the name of each group below its first bar, with a line where it starts."""
    return [
        Markup('<path d="M{:.1f} {}v18" stroke="{}"/>{}').format(
            i * width,
            _BASE,
            _LINE,
            chart_text(bar.group, i * width + 4, _BASE + 29, _SOFT, anchor="start"),
        )
        for i, bar in enumerate(drawn)
        if i == 0 or bar.group != drawn[i - 1].group
    ]


def _likeness(bar: Bar) -> tuple[bool, bool]:
    return bar.value is None, bar.marked


def _hatch(name: str) -> Markup:
    return Markup(
        '<pattern id="{}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V6" stroke="{}" stroke-width="2"/></pattern>'
    ).format(name, _LINE)


def _bar(bar: Bar, name: str, x: float, y: float, width: float, height: float) -> Markup:
    if bar.value is None:
        return _box(x, y, width, height, f"url(#{name}-hatch)", _LINE)
    shape = _box(x, y, width, height, _DARK if bar.marked else _LIGHT, _DARK)
    if not bar.marked:
        return shape
    # The text stands right above the bar, the triangle above the text.
    peak = y - 24 if bar.text else y - 6
    return shape + Markup('<path d="M{x:.1f} {y:.1f}l4 6h-8z" fill="{c}"/>').format(
        x=x + width / 2, y=peak, c=_DARK
    )


def _dot(point: Point, x: float, y: float, floor: float, *, width: float) -> Markup:
    """Return a point; one that stands out is larger, with a line down and its text."""
    radius = 4.5 if point.mark else 2
    shapes = [
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="{}"/>').format(x, y, radius, _DARK)
    ]
    if point.mark:
        # Under a line that rises ever less there is room.
        aside, anchor = (-6, "end") if x > width / 2 else (6, "start")
        down = Markup('<path d="M{:.1f} {:.1f}V{}" stroke="{}" stroke-dasharray="3 3"/>')
        shapes += [
            down.format(x, y, floor, _LINE),
            chart_text(point.mark, x + aside, min(y + 18, floor - 6), _INK, anchor=anchor),
        ]
    return _titled(point.name, shapes)


def _heat(number: int, x: float, y: float, width: float, height: float) -> Markup:
    cell = _box(x, y, width, height, HEAT[number], "#b9c0c8")
    if number < len(HEAT) - 1:
        return cell
    return cell + Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="#ffffff"/>').format(
        x + width / 2, y + height / 2
    )


def _box(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> Markup:
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" stroke="{}"/>'
    ).format(x, y, width, height, fill, stroke)


def chart_text(
    text: str, x: float, y: float, fill: str, *, anchor: str = "middle", bold: bool = False
) -> Markup:
    """Return a text of a chart."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}"{}>{}</text>').format(
        x, y, anchor, fill, Markup(' font-weight="700"') if bold else "", text
    )
