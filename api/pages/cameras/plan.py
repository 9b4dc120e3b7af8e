"""What the page of a camera plan shows, as text: its template only places it."""

from dataclasses import dataclass
from datetime import date

from api.pages.cameras.number import NumberView, number_view
from api.pages.triangle.priorities import FILES, sources_delivered
from hotspots.outputs.cameras import sentences
from hotspots.outputs.cameras.document import Advised, FixedReview, PlannedSite
from hotspots.outputs.cameras.tables import PlanDocument
from hotspots.outputs.context import context_sentences, context_sources
from hotspots.outputs.policies import section
from hotspots.outputs.text import Words, capital
from hotspots.records import RunRecord


@dataclass(frozen=True)
class Tile:
    """A number to see at a glance, with what it counts."""

    term: str
    figure: str
    of: str


@dataclass(frozen=True)
class SiteRow:
    """The score card of a site; `more` are terms with their text."""

    site: PlannedSite
    rank: str
    sentences: list[str]
    alone: str
    added: str
    dwellings: str
    facades: str
    power: str
    more: list[tuple[str, str]]


@dataclass(frozen=True)
class AdviceRow:
    """What the figures say of a camera that stands."""

    advised: Advised
    since: str
    label: str
    why: list[str]
    now: str
    share: str


@dataclass(frozen=True)
class FixedRow:
    """The five-year rule of a stadsdeel."""

    review: FixedReview
    years: str
    improved: str
    trend: str
    outcome: str


@dataclass(frozen=True)
class CamerasView:
    """The page of one camera plan."""

    document: PlanDocument
    title: str
    lede: str
    areas: str
    tiles: list[Tile]
    proof: list[str]
    held_out: list[str]
    sites: list[SiteRow]
    number: NumberView
    advice_counts: str
    advice: list[AdviceRow]
    fixed: list[FixedRow]
    safety_themes: str
    unknown: list[str]
    context: list[str]
    context_sources: list[str]
    rules: str
    facts: list[tuple[str, str]]
    downloads: list[tuple[str, list[tuple[str, str]]]]


def cameras_view(
    record: RunRecord, document: PlanDocument, words: Words, *, number: int | None = None
) -> CamerasView:
    """Return the page of one camera plan.

    Parameters
    ----------
    record, document
        The run, and its plan.
    words
        The language of the page.
    number
        Number of cameras of which the plan is shown; the one that was asked for by default.
    """
    return CamerasView(
        document=document,
        title=sentences.title(document, words),
        lede=sentences.lede(document, words),
        areas=sentences.area_sentence(document.rests_on, words),
        tiles=_tiles(document, words),
        proof=sentences.proof_sentences(document, words),
        held_out=sentences.held_out_sentences(document, words),
        sites=[_site(each, document, words) for each in document.sites],
        number=number_view(document, number, words),
        advice_counts=sentences.advice_counts(document.advice, words),
        advice=[_advice(each, record, document, words) for each in document.advice],
        fixed=[_fixed(each, words) for each in document.fixed_review],
        safety_themes=words.joined(
            [words.theme(theme) for theme in document.rests_on.safety_themes]
        ),
        unknown=sentences.unknown_sentences(document, words),
        context=context_sentences(words),
        context_sources=context_sources(),
        rules=_rules(record, words),
        facts=_facts(record, document, words),
        downloads=_downloads(record.id, words),
    )


def _tiles(document: PlanDocument, words: Words) -> list[Tile]:
    rests = document.rests_on
    standing = sum(site.is_current for site in document.sites)
    tiles = [
        ("available", words.number(rests.available), {}),
        ("placed", words.number(rests.placed), {}),
        ("proposed", words.number(rests.chosen), {"n": words.number(standing)}),
    ]
    if rests.demand:
        covered, fixed = rests.covered / rests.demand, rests.fixed_covered / rests.demand
        tiles.append(("in_view", words.percent(covered), {"fixed": words.percent(fixed)}))
    return [
        Tile(words.label(f"cameras_{name}"), figure, words.label(f"cameras_{name}_of", **figures))
        for name, figure, figures in tiles
    ]


def _site(site: PlannedSite, document: PlanDocument, words: Words) -> SiteRow:
    rests = document.rests_on
    during = words.during(rests.first_month, rests.last_month)
    return SiteRow(
        site=site,
        rank=words.number(site.rank),
        sentences=sentences.site_sentences(site, document, words),
        alone=words.number(site.demand_alone, 1),
        added=words.number(site.demand_added, 1),
        dwellings=words.number(site.dwellings_in_view),
        facades=words.number(site.facades),
        power=sentences.power(site.power, words),
        more=[
            (words.label("cameras_masks"), sentences.masks(site.masks_deg, words)),
            (words.label("cameras_visible"), sentences.visible(site, words)),
            (
                words.label("cameras_incidents"),
                words.label("cameras_incidents_in", n=site.incidents, during=during),
            ),
            (words.label("cameras_coordinates"), f"{site.x:.0f}, {site.y:.0f} ({document.crs})"),
        ],
    )


def _advice(advised: Advised, record: RunRecord, document: PlanDocument, words: Words) -> AdviceRow:
    least = float(str(section(record, "cameras")["least_demand"]))
    day = words.day(date.fromisoformat(advised.since[:10]))
    share = words.share(advised.demand_share)
    return AdviceRow(
        advised=advised,
        since=words.label("cameras_since", day=day),
        label=words.label(f"cameras_advice_{advised.advice}"),
        why=[
            sentences.advice_sentence(advised, document, least, words),
            *sentences.before_and_since(advised, words),
        ],
        now=words.number(advised.demand_now, 1),
        share=words.label(
            "cameras_now_of", share=share, alone=words.number(advised.demand_alone, 1)
        ),
    )


def _fixed(review: FixedReview, words: Words) -> FixedRow:
    unknown = words.label("unknown")
    known = review.first_year is not None and review.last_year is not None
    return FixedRow(
        review=review,
        years=words.period(review.first_year or 0, review.last_year or 0) if known else unknown,
        improved=unknown
        if review.years_improved is None
        else words.label("cameras_improved_of", n=review.years_improved),
        trend=sentences.trend(review, words),
        outcome=sentences.reconsider(review, words),
    )


def _rules(record: RunRecord, words: Words) -> str:
    backup, moving, spacing = (
        float(str(section(record, "cameras")[name]))
        for name in ("backup_weight", "moving_cost", "spacing_m")
    )
    return words.sentence(
        "cameras_rules",
        backup=words.percent(backup),
        moving=words.number(moving, 0 if moving % 1 == 0 else 1),
        spacing=words.number(spacing),
    )


def _facts(record: RunRecord, document: PlanDocument, words: Words) -> list[tuple[str, str]]:
    rests = document.rests_on
    areas = [sentences.area_name(each, words) for each in rests.areas]
    return [
        (words.label("search_period"), words.months(rests.first_month, rests.last_month)),
        (
            words.label("cameras_themes"),
            capital(words.joined([words.theme(theme) for theme in rests.themes])),
        ),
        (words.label("cameras_asked_for"), words.number(rests.budget)),
        (
            words.label("cameras_areas"),
            "; ".join(areas) if rests.designated else words.label("cameras_no_areas"),
        ),
        (words.label("cameras_sight"), words.label(f"cameras_sight_{rests.surface}")),
        (words.label("cut_off"), words.day(record.until)),
        (words.label("source"), sources_delivered(record, rests.sources, words)),
    ]


def _downloads(run_id: str, words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the files of the plan, the advice and the views."""
    address = f"/v1/runs/{run_id}"
    tables = {
        "sites": "camera_plan",
        "advice": "camera_advice",
        "viewsheds": "viewsheds",
    }
    files = [
        (
            words.label(f"cameras_files_{name}"),
            [(label, f"{address}/tables/{table}.{suffix}") for label, suffix in FILES],
        )
        for name, table in tables.items()
    ]
    files[0][1].append(("JSON", f"{address}/cameras"))
    return files
