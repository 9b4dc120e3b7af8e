"""What the page of all area measures shows, as text: its template only places it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.triangle.priorities import FILES, sources_delivered
from hotspots.outputs.bans import sentences
from hotspots.outputs.bans.document import BanReview, BanReviewDocument
from hotspots.outputs.bans.reading import in_list_order, require_bans
from hotspots.outputs.text import MISSING, Words, capital
from hotspots.records import RunRecord
from hotspots.register import Advice

_ORDER: tuple[Advice, ...] = (
    "keep", "shrink", "limit_in_time", "withdraw", "insufficient_evidence",
)  # fmt: skip


@dataclass(frozen=True)
class ReviewRow:
    """An area in the list."""

    review: BanReview
    number: int
    says: str
    kind: str
    why: str
    a_year: str
    yardstick: str
    end: str
    where: str


@dataclass(frozen=True)
class BansView:
    """The page of all areas, or those of one stadsdeel."""

    document: BanReviewDocument
    title: str
    lede: str
    caption: str
    tiles: list[tuple[str, str]]
    stadsdelen: list[tuple[str, str]]
    stadsdeel: str | None
    rows: list[ReviewRow]
    burden: list[list[str]]
    together: list[str]
    rests_on: list[tuple[str, str]]
    downloads: list[tuple[str, list[tuple[str, str]]]]


def bans_view(
    record: RunRecord, document: BanReviewDocument, words: Words, *, stadsdeel: str | None
) -> BansView:
    """Return the page of all areas.

    Parameters
    ----------
    record, document
        The run, and its reviews.
    words
        The language of the page.
    stadsdeel
        Code of the stadsdeel to which the list is limited, or the name of one that has no area.
    """
    shown = in_list_order(within(document.areas, stadsdeel))
    names = stadsdelen_of(document)
    where = None if stadsdeel is None else names.get(stadsdeel, stadsdeel)
    title = words.label("bans_title")
    return BansView(
        document=document,
        title=f"{title} {words.label('bans_of', name=where)}" if where else title,
        lede=_lede(document, len(shown), where, words),
        caption=_caption(document, shown, words),
        tiles=[
            (words.label(f"ban_{advice}"), words.number(n))
            for advice in _ORDER
            if (n := sum(each.advice == advice for each in shown))
        ],
        stadsdelen=sorted(names.items(), key=lambda each: each[1]),
        stadsdeel=stadsdeel,
        rows=[_row(each, number, record, words) for number, each in enumerate(shown, 1)],
        burden=_burden(record, document, words),
        together=_together(document, words),
        rests_on=_rests_on(record, words),
        downloads=_downloads(record.id, words),
    )


def within(reviews: Sequence[BanReview], stadsdeel: str | None) -> list[BanReview]:
    """Return the reviews of areas that meet a stadsdeel, by its code; all without one."""
    return [each for each in reviews if stadsdeel is None or stadsdeel in each.stadsdelen]


def stadsdelen_of(document: BanReviewDocument) -> dict[str, str]:
    """Return the stadsdelen in which areas lie, names by code."""
    pairs = (zip(each.stadsdelen, each.stadsdeel_names, strict=True) for each in document.areas)
    return {code: name for each in pairs for code, name in each}


def kind_name(kind: str, record: RunRecord, words: Words) -> str:
    """Return what a kind of area is called; one of the municipality's own as its policy has it."""
    if words.has_label(f"bans_kind_{kind}"):
        return words.label(f"bans_kind_{kind}")
    designations: Any = record.policy.get("designations", {})
    entry = designations.get("kinds", {}).get(kind, {})
    return str(entry.get("title", kind.replace("_", " ")))


def _lede(document: BanReviewDocument, shown: int, where: str | None, words: Words) -> str:
    day = words.day(document.until)
    if not shown and where is not None:
        return words.sentence("bans_no_areas_here", name=where, day=day)
    if shown == 1:
        return words.sentence("bans_lede_one", day=day)
    return words.sentence("bans_lede", day=day, n=shown)


def _caption(document: BanReviewDocument, shown: Sequence[BanReview], words: Words) -> str:
    """Return what the list holds, and which years stand beside each other."""
    told = words.sentence("bans_caption", day=words.day(document.until))
    years = sentences.years_beside(shown, words)
    if not years:
        return told
    return f"{told} {words.sentence('bans_years', years=' → '.join(reversed(years)))}"


def _row(review: BanReview, number: int, record: RunRecord, words: Words) -> ReviewRow:
    most = review.yardstick_per_year
    return ReviewRow(
        review=review,
        number=number,
        says=words.label(f"ban_{review.advice}"),
        kind=kind_name(review.kind, record, words),
        why=sentences.because(review, words),
        a_year=" → ".join(words.number(each) for each in reversed(review.periods)) or MISSING,
        yardstick=MISSING if most is None else words.number(most),
        end=words.label("bans_no_end") if review.end is None else words.day(review.end),
        where=words.joined(review.stadsdeel_names),
    )


def _burden(record: RunRecord, document: BanReviewDocument, words: Words) -> list[list[str]]:
    return [
        [
            words.day(each.on),
            capital(kind_name(each.kind, record, words)),
            words.number(each.number),
            words.number(each.km2, 2),
            words.number(each.dwellings),
            words.number(each.residents),
        ]
        for each in document.burden
    ]


def _together(document: BanReviewDocument, words: Words) -> list[str]:
    people = float(str(document.policy["residents_per_dwelling"]))
    return [
        *sentences.together_sentences(document, words),
        words.sentence("bans_fewer"),
        words.sentence("bans_residents", n=words.number(people, 1)),
    ]


def _rests_on(record: RunRecord, words: Words) -> list[tuple[str, str]]:
    figures = require_bans(record)
    origin = "register" if figures.from_register else "file"
    return [
        (words.label("bans_areas_from"), words.label(f"bans_from_{origin}")),
        (
            words.label("bans_themes"),
            capital(words.joined([words.theme(each) for each in figures.themes])),
        ),
        (words.label("cut_off"), words.day(record.until)),
        (words.label("source"), sources_delivered(record, figures.sources, words)),
    ]


def _downloads(run_id: str, words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the files of a run of reviews."""
    address = f"/v1/runs/{run_id}"
    tables = {"reviews": FILES, "boundaries": FILES, "streets": FILES[:1], "months": FILES[:1]}
    files = [
        (
            words.label(f"bans_files_{name}"),
            [(label, f"{address}/tables/ban_{name}.{suffix}") for label, suffix in kinds],
        )
        for name, kinds in tables.items()
    ]
    return [*files, (words.label("bans_files_all"), [("JSON", f"{address}/bans")])]
