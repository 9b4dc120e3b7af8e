"""Changes with their intervals, a theme a row, as inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from markupsafe import Markup

from hotspots.outputs.charts import chart_figure, chart_sample, chart_svg, chart_text

_INK, _SOFT, _LINE, _DARK = "#1b1f24", "#4b535c", "#8a9099", "#123a63"
_LEFT, _RIGHT, _TOP, _ROW = 200, 378, 20, 17
_LEAST, _MOST = 0.25, 4.0


@dataclass(frozen=True)
class Change:
    """A ratio of counts with its interval; an end that nothing sets is None."""

    name: str
    ratio: float
    low: float | None
    high: float | None
    told: str

    @property
    def is_clear(self) -> bool:
        """Whether no change lies outside the interval."""
        return (self.low is not None and self.low > 1) or (self.high is not None and self.high < 1)


def change_chart(
    changes: Sequence[Change],
    *,
    name: str,
    title: str,
    description: str,
    marks: Sequence[tuple[float, str]],
    clear: str,
    unclear: str,
) -> Markup:
    """Return a dot and an interval a row, on an axis on which halving is as far as doubling.

    Parameters
    ----------
    changes
        The rows, from top to bottom.
    name
        Unique on the page, of letters and hyphens.
    title, description
        What it shows; the description tells all values, for who cannot see them.
    marks
        Ratios that are named on the axis, with their names.
    clear, unclear
        What a dot means whose interval leaves no change out, and one whose does not.
    """
    floor = _TOP + _ROW * len(changes)
    shapes = [_mark(ratio, text, floor) for ratio, text in marks]
    shapes += [_row(each, _TOP + _ROW * (at + 0.5)) for at, each in enumerate(changes)]
    samples = [(True, clear), (False, unclear)]
    return chart_figure(
        chart_svg(name, title, description, floor + 4, shapes),
        [(chart_sample(_dot(8, 8, filled=filled)), text) for filled, text in samples],
    )


def _at(ratio: float) -> float:
    share = log(min(max(ratio, _LEAST), _MOST) / _LEAST) / log(_MOST / _LEAST)
    return _LEFT + share * (_RIGHT - _LEFT)


def _mark(ratio: float, text: str, floor: float) -> Markup:
    line = Markup('<path d="M{:.1f} {}V{}" stroke="{}"{}/>').format(
        _at(ratio),
        _TOP - 4,
        floor,
        _INK if ratio == 1 else _LINE,
        "" if ratio == 1 else Markup(' stroke-dasharray="2 3"'),
    )
    return line + chart_text(text, _at(ratio), _TOP - 8, _SOFT)


def _row(change: Change, y: float) -> Markup:
    low = _LEAST if change.low is None else change.low
    high = _MOST if change.high is None else change.high
    return Markup("<g><title>{}</title>{}{}{}</g>").format(
        change.told,
        chart_text(change.name, _LEFT - 8, y + 4, _INK, anchor="end"),
        Markup('<path d="M{:.1f} {y:.1f}H{:.1f}" stroke="{}" stroke-width="2"/>').format(
            _at(low), _at(high), _DARK, y=y
        ),
        _dot(_at(change.ratio), y, filled=change.is_clear),
    )


def _dot(x: float, y: float, *, filled: bool) -> Markup:
    return Markup(
        '<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}" stroke="{}" stroke-width="1.5"/>'
    ).format(x, y, _DARK if filled else "#ffffff", _DARK)
