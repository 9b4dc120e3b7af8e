"""What the page with hotspots shows, as text: its template only places it."""

from dataclasses import dataclass

from api.pages.hotspots.proof import ProofView, proof_view
from api.pages.triangle.priorities import FILES, sources_delivered
from hotspots.outputs.hotspots import course_sentences as courses
from hotspots.outputs.hotspots import sentences
from hotspots.outputs.hotspots.tables import Hotspot, HotspotsDocument
from hotspots.outputs.text import Words, capital
from hotspots.records import RunRecord, Search

_HECTARES_PER_KM2 = 100


@dataclass(frozen=True)
class Row:
    """One polygon in the table; `more` has what stands behind a click, by heading."""

    hotspot: Hotspot
    where: str
    sentences: list[str]
    lineage: str
    count: str
    share: str
    times: str
    grade: str
    agreement: str
    trend: str
    change: str
    change_interval: str
    more: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Choice:
    """A search that the reader may turn to, or is looking at."""

    name: str
    search: Search
    chosen: bool


@dataclass(frozen=True)
class HotspotsView:
    """The page of one search; `groups` are kinds with their heading and rows."""

    document: HotspotsDocument
    title: str
    lede: str
    missing_months: list[str]
    themes: list[Choice]
    periods: list[Choice]
    facts: list[tuple[str, str]]
    totals: list[str]
    map_title: str
    caption: str
    groups: list[tuple[str, str, list[Row]]]
    course_heading: str
    course_notes: list[str]
    grades: list[tuple[str, str]]
    methods: list[tuple[str, str]]
    firmness_notes: list[str]
    gone: list[str]
    proof: ProofView
    notes: list[str]
    downloads: list[tuple[str, str]]
    surface: str
    features: str


def hotspots_view(record: RunRecord, document: HotspotsDocument, words: Words) -> HotspotsView:
    """Return the page of one search.

    Parameters
    ----------
    record, document
        The run, and what the search found.
    words
        The language of the page.
    """
    search = document.search
    theme = words.theme(search.theme)
    period = words.months(search.first_month, search.last_month)
    address = f"/v1/runs/{record.id}"
    query = f"run={record.id}&theme={search.theme}&months={search.months}"
    return HotspotsView(
        document=document,
        title=sentences.title(document, words),
        lede=sentences.lede(document, words),
        missing_months=sentences.missing_month_sentences(document, words),
        themes=_themes(record, search, words),
        periods=_periods(record, search, words),
        facts=_facts(record, document, words),
        totals=sentences.totals_sentences(document, words),
        map_title=words.label("hotspots_map_frame", theme=theme, period=period),
        caption=words.label("hotspots_caption", n=len(document.hotspots)),
        groups=[
            (kind, words.label(f"kinds_{kind}"), [_row(each, document, words) for each in found])
            for kind, found in sentences.kinds_found(document)
        ],
        course_heading=courses.course_heading(document.hotspots, search, words),
        course_notes=courses.course_notes(document.hotspots, search, words),
        grades=sentences.grades_explained(document, words),
        methods=sentences.methods_explained(document, words),
        firmness_notes=sentences.firmness_notes(document, words),
        gone=[courses.gone(each, search, words) for each in document.gone],
        proof=proof_view(document, words),
        notes=sentences.notes(document, words),
        downloads=[(name, f"{address}/tables/hotspots.{suffix}") for name, suffix in FILES],
        surface=f"{address}/surfaces/{search.theme}/{search.months}.tif",
        features=f"/v1/collections/hotspots/items?{query}",
    )


def _themes(record: RunRecord, shown: Search, words: Words) -> list[Choice]:
    """Return one search per theme: in the period that is shown, else in its longest."""
    best: dict[str, Search] = {}
    for search in sorted(
        record.searches, key=lambda each: (each.months == shown.months, each.months)
    ):
        best[search.theme] = search
    choices = [
        Choice(capital(words.theme(theme)), search, theme == shown.theme)
        for theme, search in best.items()
    ]
    return sorted(choices, key=lambda choice: choice.name)


def _periods(record: RunRecord, shown: Search, words: Words) -> list[Choice]:
    return [
        Choice(
            f"{words.months(search.first_month, search.last_month)} "
            f"({words.label('search_months', months=search.months)})",
            search,
            search.months == shown.months,
        )
        for search in sorted(record.searches, key=lambda each: each.months)
        if search.theme == shown.theme
    ]


def _facts(record: RunRecord, document: HotspotsDocument, words: Words) -> list[tuple[str, str]]:
    search = document.search
    size = words.number(search.cell_size_m)
    cells = words.label("search_cells_value", cells=search.cells, size=size)
    mean = words.number(document.mean_per_km2, 0 if document.mean_per_km2 >= 10 else 1)
    return [
        (words.label("theme"), words.theme(search.theme)),
        (words.label("search_period"), words.months(search.first_month, search.last_month)),
        (words.label("search_area"), sentences.study_area(search, words)),
        (words.label("search_cells"), cells),
        (words.label("search_mean"), words.label("search_mean_value", mean=mean)),
        (words.label("cut_off"), words.day(record.until)),
        (words.label("source"), sources_delivered(record, search.sources, words)),
    ]


def _row(hotspot: Hotspot, document: HotspotsDocument, words: Words) -> Row:
    change, interval = courses.change(hotspot, words)
    return Row(
        hotspot=hotspot,
        where=sentences.where(hotspot, words),
        lineage=courses.lineage(hotspot, words),
        sentences=sentences.hotspot_sentences(hotspot, document.search, words),
        count=words.number(hotspot.count),
        share=words.label("place_share", share=words.share(hotspot.share)),
        times=sentences.times(hotspot, words),
        grade=sentences.grade(hotspot, words),
        agreement=sentences.agreement(hotspot, words),
        trend=courses.trend(hotspot, words),
        change=change,
        change_interval=interval,
        more=_more(hotspot, document, words),
    )


def _more(
    hotspot: Hotspot, document: HotspotsDocument, words: Words
) -> list[tuple[str, list[str]]]:
    """Return what stands behind a click, by heading; what is not known is left out."""
    search, method = document.search, document.method
    told = [
        ("place_firmness", sentences.firmness_sentences(hotspot, method, words)),
        ("place_course", courses.trend_sentences(hotspot, method, words)),
        ("place_change", courses.change_sentences(hotspot, search, words)),
        ("place_causes", courses.cause_sentences(hotspot, words)),
        ("place_size", [_size(hotspot, words)]),
        ("place_months", [_months(hotspot, search, words)]),
    ]
    return [(words.label(heading), said) for heading, said in told if said]


def _size(hotspot: Hotspot, words: Words) -> str:
    hectares = hotspot.area_km2 * _HECTARES_PER_KM2
    return words.label(
        "place_size_value", hectares=words.number(hectares, 1 if hectares < 10 else 0)
    )


def _months(hotspot: Hotspot, search: Search, words: Words) -> str:
    return words.label(
        "place_months_value",
        n=hotspot.months_with_incidents,
        months=search.months - len(search.missing_months),
    )
