"""What the sheet of one camera site shows, as text and charts: its template only places it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from api.pages.triangle.priorities import sources_delivered
from hotspots.outputs.cameras import choice_sentences as choices
from hotspots.outputs.cameras import sentences
from hotspots.outputs.cameras.document import OtherSite, PlannedSite, Swap
from hotspots.outputs.cameras.tables import PlanDocument, SiteMonth, mask_spans, masked_degrees
from hotspots.outputs.charts import Bar, bars, heatmap
from hotspots.outputs.hotspots.place_tables import DAYS, HOURS, Hour, weights_of
from hotspots.outputs.text import Words, capital
from hotspots.policy.cameras import Cameras
from hotspots.records import RunRecord

_SCALE = (1e-9, 1.0, 2.0, 4.0)  # in times an even spread over the week
_PARTS_OF_DAY = ((0, 6), (6, 12), (12, 18), (18, 24))


@dataclass(frozen=True)
class SwapRow:
    """A site that could take the place of this one."""

    site_id: str
    place: str
    away: str
    loss: str
    covered: str
    dwellings: str
    facades: str
    power: str


@dataclass(frozen=True)
class SiteView:
    """The sheet of one site; a part of which nothing is known is empty."""

    document: PlanDocument
    site: PlannedSite | OtherSite
    title: str
    lede: str
    said: list[str]
    facts: list[tuple[str, str]]
    months_chart: Markup
    months: list[tuple[str, str]]
    hours_chart: Markup
    hours: list[str]
    parts_of_day: list[str]
    days: list[tuple[str, list[str]]]
    camera: list[str]
    swaps: list[SwapRow]
    instead: str | None
    swap_said: list[str]
    compared: list[list[str]]
    replaces: list[tuple[str, str]]
    rests_on: list[tuple[str, str]]

    @property
    def is_planned(self) -> bool:
        """Whether the site is one of the plan."""
        return isinstance(self.site, PlannedSite)

    @property
    def is_older(self) -> bool:
        """Whether the run is of before other sites were worked out."""
        return not any(point.sites for point in self.document.curve)


def site_view(
    record: RunRecord,
    document: PlanDocument,
    site: PlannedSite | OtherSite,
    months: list[SiteMonth],
    week: list[Hour],
    words: Words,
    *,
    instead: str | None = None,
) -> SiteView:
    """Return the sheet of one site.

    Parameters
    ----------
    record, document
        The run, and its plan.
    site
        A chosen site, or another that the plan knows.
    months, week
        What a chosen site sees by month, and by hour of the week.
    words
        The language of the page.
    instead
        Id of the site to take in its place; by default the one that loses least.
    """
    planned = site if isinstance(site, PlannedSite) else None
    swap = _swap(planned, instead)
    other = document.known(swap.replacement_id) if swap else None
    both = (planned, other, swap) if planned and swap and isinstance(other, OtherSite) else None
    return SiteView(
        document=document,
        site=site,
        title=words.label("cameras_site_title", place=choices.place_of(site, words)),
        lede=_lede(planned, document, words),
        said=_said(site, document, words),
        facts=list(_facts(site, document, words)),
        months_chart=_months_chart(months, words),
        months=[(words.month(each.month), _count(each, words)) for each in months],
        hours_chart=_hours_chart(planned, document, week, words),
        hours=[] if planned is None else sentences.busiest(document.hours_of(planned), words),
        parts_of_day=[
            words.label("detail_part", first=first, until=until) for first, until in _PARTS_OF_DAY
        ],
        days=list(_days(week, words)),
        camera=list(_camera(site, record, document, words)),
        swaps=[]
        if planned is None
        else [_swap_row(each, document, words) for each in planned.swaps],
        instead=swap.replacement_id if swap else None,
        swap_said=choices.swap_sentences(*both, document, words) if both else [],
        compared=list(_compared(*both, words)) if both else [],
        replaces=list(_replaces(site, document, words)),
        rests_on=_rests_on(record, document, words),
    )


def _swap(planned: PlannedSite | None, instead: str | None) -> Swap | None:
    """Return the exchange that was asked for, or the one that loses least."""
    swaps = planned.swaps if planned else []
    asked = (each for each in swaps if each.replacement_id == instead)
    return next(asked, swaps[0] if swaps else None)


def _lede(planned: PlannedSite | None, document: PlanDocument, words: Words) -> str:
    rests, day = document.rests_on, words.day(document.until)
    if planned is None:
        return words.sentence("cameras_site_lede_other", n=rests.chosen, day=day)
    return words.sentence("cameras_site_lede", rank=planned.rank, n=rests.chosen, day=day)


def _said(site: PlannedSite | OtherSite, document: PlanDocument, words: Words) -> list[str]:
    if isinstance(site, OtherSite):
        return choices.other_sentences(site, document, words)
    weighed = words.sentence("cameras_site_weighed")
    return [*sentences.added_sentences(site, document, words), weighed]


def _facts(
    site: PlannedSite | OtherSite, document: PlanDocument, words: Words
) -> Iterator[tuple[str, str]]:
    rests = document.rests_on
    if isinstance(site, PlannedSite):
        during = words.during(rests.first_month, rests.last_month)
        told = words.label("cameras_incidents_in", n=site.incidents, during=during)
        yield words.label("cameras_incidents"), told
    yield words.label("cameras_visible"), sentences.visible(site, words)
    yield words.label("cameras_power"), sentences.power(site.power, words)
    yield words.label("cameras_dwellings"), words.number(site.dwellings_in_view)
    yield words.label("cameras_facades"), words.number(site.facades)
    yield words.label("cameras_masks"), sentences.masks(site.masks_deg, words)
    yield words.label("cameras_coordinates"), f"{site.x:.0f}, {site.y:.0f} ({document.crs})"


def _count(month: SiteMonth, words: Words) -> str:
    return words.label("unknown") if month.incidents is None else words.number(month.incidents)


def _months_chart(months: list[SiteMonth], words: Words) -> Markup:
    if not months:
        return Markup("")
    drawn = []
    for each in months:
        year, month = each.month.split("-")
        known = each.incidents is not None
        number = _count(each, words)
        drawn.append(
            Bar(
                label=words.label(f"month_short_{int(month)}"),
                group=year,
                name=f"{words.month(each.month)}: {number}",
                value=each.incidents,
                text=words.number(each.incidents) if known else "?",
            )
        )
    return bars(
        drawn,
        name="site-months",
        title=words.label("cameras_site_months_chart"),
        description="; ".join(bar.name for bar in drawn),
        plain=words.label("cameras_incidents"),
        marked="",
        missing=words.label("cameras_site_month_unknown"),
    )


def _hours_chart(
    planned: PlannedSite | None, document: PlanDocument, week: list[Hour], words: Words
) -> Markup:
    if planned is None or not week:
        return Markup("")
    even = sum(each.weight for each in week) / (DAYS * HOURS)
    return heatmap(
        weights_of(week).tolist(),
        rows=[
            (words.label(f"weekday_short_{day}"), capital(words.label(f"weekday_{day}")))
            for day in range(DAYS)
        ],
        columns=[
            (str(hour), words.label("detail_part", first=hour, until=hour + 1))
            for hour in range(HOURS)
        ],
        bounds=[bound * even for bound in _SCALE],
        scale=[words.label(f"detail_scale_{n}") for n in range(len(_SCALE) + 1)],
        name="site-hours",
        title=words.label("cameras_site_hours_chart"),
        description=" ".join(sentences.busiest(document.hours_of(planned), words)),
    )


def _days(week: list[Hour], words: Words) -> Iterator[tuple[str, list[str]]]:
    """Yield each day with its incidents by part of the day: the chart for who cannot see it."""
    if week:
        for day, weights in enumerate(weights_of(week).tolist()):
            sums = [sum(weights[first:until]) for first, until in _PARTS_OF_DAY]
            name = capital(words.label(f"weekday_{day}"))
            yield name, [words.number(each, 1) for each in sums]


def _camera(
    site: PlannedSite | OtherSite, record: RunRecord, document: PlanDocument, words: Words
) -> Iterator[str]:
    """Yield since when a camera stands here with its figures, or which one could come."""
    least = Cameras.model_validate(record.policy["cameras"]).least_demand
    here = document.camera_at(site)
    if here is not None:
        day = words.day(date.fromisoformat(here.since[:10])) if here.since else ""
        key = "cameras_site_camera" if day else "cameras_site_camera_always"
        yield words.sentence(key, camera=here.camera_id, day=day)
        label = words.label(f"cameras_advice_{here.advice}")
        yield words.sentence("cameras_site_says", says=label)
        yield sentences.advice_sentence(here, document, least, words)
        yield from sentences.before_and_since(here, words)
    elif site.is_current:
        yield words.sentence("cameras_site_stands")
    else:
        yield words.sentence("cameras_site_no_camera")
    for each in document.advice:
        if each.moves_to == site.site_id:
            yield words.sentence("cameras_site_comes", camera=each.camera_id)
    yield words.sentence("cameras_site_no_ring")


def _swap_row(swap: Swap, document: PlanDocument, words: Words) -> SwapRow:
    other = document.known(swap.replacement_id)
    if other is None:
        raise LookupError(f"replacement {swap.replacement_id} is not in the document")
    demand = document.rests_on.demand
    return SwapRow(
        site_id=other.site_id,
        place=choices.place_of(other, words),
        away=words.label("cameras_metres", m=words.number(swap.away_m)),
        loss=words.number(swap.loss, 1),
        covered=sentences.in_tenths(swap.covered_loss / demand, words) if demand else "",
        dwellings=words.number(other.dwellings_in_view),
        facades=words.number(other.facades),
        power=sentences.power(other.power, words),
    )


def _compared(
    planned: PlannedSite, other: OtherSite, swap: Swap, words: Words
) -> Iterator[list[str]]:
    """Yield a row per figure: what it is, of the site, and of the one in its place."""
    yield [
        words.label("cameras_added_a_year"),
        words.number(planned.demand_added, 1),
        words.number(planned.demand_added - swap.loss, 1),
    ]
    for key, figures in (
        ("visible", [sentences.visible(each, words) for each in (planned, other)]),
        ("dwellings", [words.number(each.dwellings_in_view) for each in (planned, other)]),
        ("facades", [words.number(each.facades) for each in (planned, other)]),
        ("masks", [f"{masked_degrees(mask_spans(each.masks_deg))}°" for each in (planned, other)]),
        ("power", [sentences.power(each.power, words) for each in (planned, other)]),
    ):
        yield [words.label(f"cameras_{key}"), *figures]
    yield [words.label("cameras_away"), "", words.label("cameras_metres", m=f"{swap.away_m:.0f}")]


def _replaces(
    site: PlannedSite | OtherSite, document: PlanDocument, words: Words
) -> Iterator[tuple[str, str]]:
    """Yield the chosen sites whose place this one could take, each with what that loses."""
    for each in document.sites:
        for swap in each.swaps:
            if swap.replacement_id == site.site_id:
                loss = words.number(swap.loss, 1)
                place = choices.place_of(each, words)
                yield each.site_id, words.label("cameras_replaces", place=place, loss=loss)


def _rests_on(record: RunRecord, document: PlanDocument, words: Words) -> list[tuple[str, str]]:
    rests = document.rests_on
    return [
        (words.label("search_period"), words.months(rests.first_month, rests.last_month)),
        (
            words.label("cameras_themes"),
            capital(words.joined([words.theme(theme) for theme in rests.themes])),
        ),
        (words.label("cameras_sight"), words.label(f"cameras_sight_{rests.surface}")),
        (words.label("cut_off"), words.day(record.until)),
        (words.label("source"), sources_delivered(record, rests.sources, words)),
    ]
