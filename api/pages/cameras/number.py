"""How many cameras: the slider, its curve, and the plan of the number that was chosen."""

from dataclasses import dataclass

from markupsafe import Markup

from hotspots.outputs.cameras import choice_sentences as choices
from hotspots.outputs.cameras import sentences
from hotspots.outputs.cameras.document import CurvePoint, CurveSite
from hotspots.outputs.cameras.tables import PlanDocument
from hotspots.outputs.charts import Point, curve
from hotspots.outputs.text import Words


@dataclass(frozen=True)
class CurveRow:
    """A number of cameras and what a plan of so many reaches."""

    point: CurvePoint
    share: str
    objective: str
    bound: str


@dataclass(frozen=True)
class NumberRow:
    """A site of the plan of the number that was chosen."""

    site_id: str
    rank: str
    street: str
    added: str
    dwellings: str
    facades: str
    power: str
    asked: str


@dataclass(frozen=True)
class NumberView:
    """The number that is shown, what its plan sees, and its sites where it is not the plan asked.

    `options` are the numbers to choose from, each with what its plan sees; none where the sites
    of other numbers are not known.
    """

    number: int
    asked: int
    options: list[tuple[int, str]]
    told: str
    said: list[str]
    rows: list[NumberRow]
    chart: Markup
    curve: list[CurveRow]
    knee: str

    @property
    def is_asked(self) -> bool:
        """Whether it is the plan that the run was made for."""
        return self.number == self.asked


def number_view(document: PlanDocument, number: int | None, words: Words) -> NumberView:
    """Return the part of the page about the number of cameras.

    Parameters
    ----------
    document
        The plan.
    number
        The number that was chosen; the nearest there is counts, and the one of the plan where
        none was.
    words
        The language.
    """
    asked = min(document.rests_on.budget, document.curve[-1].cameras)
    options = _options(document, words)
    known = [each for each, _ in options]
    shown = asked if number is None or not options else min(max(number, known[0]), known[-1])
    point = document.with_cameras(shown)
    return NumberView(
        number=shown,
        asked=asked,
        options=options,
        told=dict(options).get(shown, ""),
        said=choices.number_sentences(point, document, words) if options else [],
        rows=[_row(each, document, words) for each in (point.sites if point else [])],
        chart=_chart(document, shown, words),
        curve=[_curve_row(each, words) for each in document.curve],
        knee=sentences.knee_sentence(document.curve, words),
    )


def _options(document: PlanDocument, words: Words) -> list[tuple[int, str]]:
    """Return the numbers to choose from; none at all only where no site is required."""
    points = [each for each in document.curve if each.sites]
    if len(points) < len(document.curve):
        return []
    told = [(each.cameras, each.covered_share) for each in points]
    rests = document.rests_on
    if told[0][0] == 1 and rests.demand:
        told.insert(0, (0, rests.fixed_covered / rests.demand))
    return [
        (n, words.label("cameras_curve_point", n=n, share=sentences.in_tenths(share, words)))
        for n, share in told
    ]


def _row(site: CurveSite, document: PlanDocument, words: Words) -> NumberRow:
    place = document.known(site.site_id)
    if place is None:
        raise LookupError(f"site {site.site_id} of the curve is not in the document")
    return NumberRow(
        site_id=site.site_id,
        rank=words.number(site.rank),
        street=place.street or "",
        added=words.number(site.demand_added, 1),
        dwellings=words.number(place.dwellings_in_view),
        facades=words.number(place.facades),
        power=sentences.power(place.power, words),
        asked=words.label(f"cameras_{'yes' if document.site(site.site_id) else 'no'}"),
    )


def _chart(document: PlanDocument, shown: int, words: Words) -> Markup:
    points = []
    asked = min(document.rests_on.budget, document.curve[-1].cameras)
    # Marks that lie close together would be written over one another.
    own = shown == asked
    for each in document.curve:
        marks = [
            words.label(f"cameras_curve_{name}", n=each.cameras)
            for name, stands in (
                ("knee", own and each.is_knee),
                ("budget", own and each.cameras == document.rests_on.budget),
                ("chosen", not own and each.cameras == shown),
            )
            if stands
        ]
        share = words.percent(each.covered_share)
        told = words.label("cameras_curve_point", n=each.cameras, share=share)
        points.append(Point(each.cameras, each.covered_share, told, "; ".join(marks)))
    return curve(
        points,
        name="camera-curve",
        title=words.label("cameras_curve_chart"),
        description="; ".join(point.name for point in points),
        y_name=words.label("cameras_curve_y"),
        x_name=words.label("cameras_curve_x"),
    )


def _curve_row(point: CurvePoint, words: Words) -> CurveRow:
    return CurveRow(
        point=point,
        share=sentences.in_tenths(point.covered_share, words),
        objective=words.number(point.objective, 1),
        bound=words.number(point.bound, 1),
    )
