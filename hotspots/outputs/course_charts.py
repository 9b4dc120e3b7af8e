"""The course of a place over months as inline SVG, with its measure and what was tried below it.

Drawn as :mod:`hotspots.outputs.charts` draws: a title and a description for who cannot see it, and
things told apart by more than colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

from hotspots.outputs.charts import chart_figure, chart_sample, chart_svg, chart_text

_WIDTH, _LEFT, _TOP, _FLOOR = 400, 30, 12, 122
_ROW = 13
_INK, _SOFT, _LINE, _DARK, _SHADE = "#1b1f24", "#4b535c", "#8a9099", "#123a63", "#e3ebf4"
_MARK = "#a34700"
_MONTHS_IN_A_YEAR = 12
_LEAST_YEAR_PX = 26
_SHADED = Markup('<rect x="0.5" y="2.5" width="15" height="11" fill="{}" stroke="{}"/>').format(
    _SHADE, _LINE
)
_DASHED = Markup(
    '<path d="M0 8H16" stroke="{}" stroke-width="1.5" stroke-dasharray="5 3"/>'
).format(_MARK)


@dataclass(frozen=True)
class Step:
    """Something dated below the line, from month `first` to `last` (numbers from 0, may be parts).

    `number` is what a list beside the chart calls it by; a point in time has no `last`.
    """

    number: int
    first: float
    last: float | None
    name: str


@dataclass(frozen=True)
class Course:
    """Counts by month from `first_year`, January or not; None where a month was not delivered.

    `first_month` is 1 to 12. `spans` are the months in which the measure works, first and last, in
    numbers of months from the first one. `yardstick` is in incidents a month.
    """

    first_year: int
    first_month: int
    counts: Sequence[float | None]
    spans: Sequence[tuple[float, float]]
    steps: Sequence[Step]
    yardstick: float | None


def course_chart(
    course: Course, *, name: str, title: str, description: str, measure: str, yardstick: str
) -> Markup:
    """Return the line of a course over the months in which a measure works.

    Parameters
    ----------
    course
        What is drawn.
    name, title, description
        As for :func:`hotspots.outputs.charts.bars`.
    measure, yardstick
        What the shaded months and the dashed line are called.
    """
    known = [each for each in course.counts if each is not None]
    most = max([*known, course.yardstick or 0.0, 1.0])
    scale = _Scale(len(course.counts), most)
    shapes = [
        *_spans(course, scale),
        *_axes(course, scale),
        *_yardstick(course, scale),
        *_line(course, scale),
        *_steps(course, scale),
    ]
    height = _FLOOR + 22 + _ROW * len(course.steps)
    svg = chart_svg(name, title, description, height, shapes)
    meanings = [(chart_sample(_SHADED), measure)] if course.spans else []
    meanings += [(chart_sample(_DASHED), yardstick)] if course.yardstick is not None else []
    return chart_figure(svg, meanings)


@dataclass(frozen=True)
class _Scale:
    months: int
    most: float

    def x(self, month: float) -> float:
        inside = min(max(month, 0.0), float(self.months))
        return _LEFT + (_WIDTH - 4 - _LEFT) * inside / max(self.months, 1)

    def y(self, count: float) -> float:
        return _FLOOR - (_FLOOR - _TOP) * count / self.most


def _spans(course: Course, scale: _Scale) -> list[Markup]:
    """Return the shaded months in which the measure works."""
    return [
        Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" fill="{}" stroke="{}"/>').format(
            scale.x(first),
            _TOP - 8,
            scale.x(last) - scale.x(first),
            _FLOOR - _TOP + 8,
            _SHADE,
            _LINE,
        )
        for first, last in course.spans
        if last > 0 and first < scale.months
    ]


def _axes(course: Course, scale: _Scale) -> list[Markup]:
    """Return the axes, the highest count, and the years."""
    shapes = [
        Markup('<path d="M{} {}V{}H{}" fill="none" stroke="{}"/>').format(
            _LEFT, _TOP, _FLOOR, _WIDTH - 4, _INK
        ),
        chart_text(f"{ceil(scale.most)}", _LEFT - 4, _TOP + 4, _SOFT, anchor="end"),
        chart_text("0", _LEFT - 4, _FLOOR + 4, _SOFT, anchor="end"),
    ]
    begins = (1 - course.first_month) % _MONTHS_IN_A_YEAR
    januaries = list(range(begins, scale.months, _MONTHS_IN_A_YEAR))
    every = ceil(_LEAST_YEAR_PX / max(scale.x(_MONTHS_IN_A_YEAR) - _LEFT, 1))
    for number, month in enumerate(januaries):
        year = course.first_year + (course.first_month > 1) + number
        shapes.append(
            Markup('<path d="M{:.1f} {}v4" stroke="{}"/>').format(scale.x(month), _FLOOR, _INK)
        )
        if number % every == 0:
            shapes.append(chart_text(str(year), scale.x(month), _FLOOR + 15, _SOFT, anchor="start"))
    return shapes


def _yardstick(course: Course, scale: _Scale) -> list[Markup]:
    if course.yardstick is None:
        return []
    line = Markup('<path d="M{} {:.1f}H{}" stroke="{}" stroke-width="1.5" stroke-dasharray="5 3"/>')
    return [line.format(_LEFT, scale.y(course.yardstick), _WIDTH - 4, _MARK)]


def _line(course: Course, scale: _Scale) -> list[Markup]:
    """Return the line, broken where a month was not delivered, with a dot for a month alone."""
    shapes, run = [], list[tuple[float, float]]()
    for month, count in enumerate([*course.counts, None]):
        if count is not None:
            run.append((scale.x(month + 0.5), scale.y(count)))
            continue
        if len(run) == 1:
            shapes.append(
                Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="{}"/>').format(*run[0], _DARK)
            )
        elif run:
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            shapes.append(
                Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5"/>').format(
                    points, _DARK
                )
            )
        run = []
    return shapes


def _steps(course: Course, scale: _Scale) -> list[Markup]:
    """Return a bar per measure and a diamond per moment, each with its number."""
    shapes = []
    for row, step in enumerate(course.steps):
        y = _FLOOR + 24 + _ROW * row
        x = scale.x(step.first)
        if step.last is None:
            shape = Markup('<path d="M{:.1f} {}l4 4l-4 4l-4 -4z" fill="{}"/>').format(x, y, _INK)
        else:
            width = max(scale.x(step.last) - x, 3.0)
            shape = Markup(
                '<rect x="{:.1f}" y="{}" width="{:.1f}" height="8" fill="#ffffff" stroke="{}" '
                'stroke-width="1.5"/>'
            ).format(x, y, width, _DARK)
        told = Markup("<title>{}</title>").format(step.name)
        number = chart_text(str(step.number), x - 6, y + 8, _INK, anchor="end")
        shapes.append(Markup("<g>{}{}{}</g>").format(told, shape, number))
    return shapes
