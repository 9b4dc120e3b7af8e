"""What the pages of deliveries show, as text: their templates only place it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from hotspots.errors import NotFound, Problem
from hotspots.outputs.delivery_tables import (
    BrokenRule,
    Delivered,
    DeliveriesDocument,
    DeliveryLine,
    SourceMonths,
    broken_rules,
    refused_rows,
    rows_breaking,
)
from hotspots.outputs.rules import rule_text
from hotspots.outputs.text import Words
from hotspots.pipeline.delivered import without_personal_values
from hotspots.records import Delivery

QUARANTINE_PAGE = 100
"""Quarantined rows on a page."""

_MARKS: dict[Delivered, str] = {"all": "●", "some": "◐", "none": "✕"}
_LISTED_MONTHS = 12

CellState = Literal["all", "some", "none", "outside"]


@dataclass(frozen=True)
class MonthCell:
    """A month in a calendar: a mark, and what it means in words."""

    state: CellState
    mark: str
    told: str


@dataclass(frozen=True)
class SourceView:
    """The months of one source, a row a year."""

    title: str
    summary: str
    complete: bool
    themes: list[str]
    years: list[tuple[str, list[MonthCell]]]


@dataclass(frozen=True)
class LineView:
    """A delivery in the list."""

    id: str
    sequence: int
    file: str
    content: str
    period: str
    source: str
    delivered_at: str
    read: str
    accepted: str
    rejected: str
    adds_up: bool
    state: str
    holds: bool
    superseded_by: list[str]
    used: bool
    fingerprint: str


@dataclass(frozen=True)
class DeliveriesView:
    """The page of all deliveries."""

    lede: str
    sums: tuple[str, str, str]
    adds_up: bool
    fresh: str
    after_run: list[str]
    confidential: bool
    sources: list[SourceView]
    month_names: list[str]
    lines: list[LineView]


def deliveries_view(document: DeliveriesDocument, words: Words) -> DeliveriesView:
    """Return the page of all deliveries.

    Parameters
    ----------
    document
        The deliveries.
    words
        The language of the page.
    """
    return DeliveriesView(
        lede=words.sentence("stock_lede", n=len(document.lines)),
        sums=(
            words.number(document.read),
            words.number(document.accepted),
            words.number(document.rejected),
        ),
        adds_up=all(each.adds_up for each in document.lines),
        fresh=_fresh(document, words),
        after_run=document.after_run,
        confidential=document.confidential,
        sources=[_source(each, words) for each in document.sources],
        month_names=[words.label(f"month_short_{number}") for number in range(1, 13)],
        lines=[_line(each, words) for each in document.lines],
    )


def _fresh(document: DeliveriesDocument, words: Words) -> str:
    if document.run_id is None:
        return words.sentence("stock_no_run")
    key = "stock_after_run" if document.after_run else "stock_fresh"
    return words.sentence(key, n=len(document.after_run), run=document.run_id)


def _content(delivery: Delivery, words: Words) -> str:
    kind = words.label(f"delivery_{delivery.kind}")
    return kind if delivery.level is None else f"{kind}, {words.level(delivery.level)}"


def _theme(theme: str, words: Words) -> str:
    """Return the name of a theme; of one that is never scored, that it is not."""
    if theme == "confused_person":
        return words.label("stock_unscored")
    return words.theme(theme)


def _period(delivery: Delivery, words: Words) -> str:
    if delivery.first_month is None or delivery.last_month is None:
        return ""
    return words.months(delivery.first_month, delivery.last_month)


def _line(line: DeliveryLine, words: Words) -> LineView:
    delivery, standing = line.delivery, line.standing
    return LineView(
        id=delivery.id,
        sequence=delivery.sequence,
        file=delivery.file_name,
        content=_content(delivery, words),
        period=_period(delivery, words),
        source=words.source(delivery.source),
        delivered_at=words.day(delivery.delivered_at),
        read=words.number(delivery.read),
        accepted=words.number(delivery.accepted),
        rejected=words.number(delivery.rejected),
        adds_up=line.adds_up,
        state=words.label(f"stock_holds_{standing.holds}"),
        holds=standing.holds == "all",
        superseded_by=line.superseded_by,
        used=bool(line.used),
        fingerprint=delivery.sha256,
    )


# ---------------------------------------------------------------- months
def _source(source: SourceMonths, words: Words) -> SourceView:
    kind = words.label(f"delivery_{source.kind}")
    level = "" if source.level is None else f", {words.level(source.level)}"
    return SourceView(
        title=f"{words.source(source.source)}: {kind}{level}",
        summary=" ".join(_missing(source, words)),
        complete=not source.missing and not source.partly,
        themes=[_theme(each, words) for each in source.themes],
        years=list(_years(source, words)),
    )


def _missing(source: SourceMonths, words: Words) -> Iterator[str]:
    """Yield which months lack, by name as long as they are few."""
    first, last = min(source.by_month), max(source.by_month)
    if not source.missing and not source.partly:
        yield words.sentence("stock_all_months", period=words.months(first, last))
    for key, months in (("stock_missing", source.missing), ("stock_partly", source.partly)):
        if len(months) == 1:
            yield words.sentence(f"{key}_one", month=words.month(months[0]))
        elif len(months) > _LISTED_MONTHS:
            yield words.sentence(f"{key}_many", n=len(months))
        elif months:
            named = words.joined([words.months(each, each) for each in months])
            yield words.sentence(f"{key}_few", n=len(months), months=named)


def _years(source: SourceMonths, words: Words) -> Iterator[tuple[str, list[MonthCell]]]:
    for year in sorted({month[:4] for month in source.by_month}):
        yield year, [_cell(source, f"{year}-{number:02d}", words) for number in range(1, 13)]


def _cell(source: SourceMonths, month: str, words: Words) -> MonthCell:
    if month not in source.by_month:
        return MonthCell("outside", "", words.label("stock_month_outside"))
    state = source.delivered(month)
    told = words.label(f"stock_month_{state}", n=source.by_month[month], of=len(source.themes))
    mark = f"{source.by_month[month]}" if state == "some" else _MARKS[state]
    return MonthCell(state, mark, f"{words.month(month)}: {told}")


# ---------------------------------------------------------------- one delivery
@dataclass(frozen=True)
class RuleView:
    """A rule that rows break; `lang` is the language of a text that has no translation."""

    number: int
    rule: str
    remedy: str
    lang: str | None
    column: str
    rows: str
    chosen: bool


@dataclass(frozen=True)
class RowView:
    """A quarantined row."""

    row: str
    column: str
    value: str
    rule: str
    lang: str | None


@dataclass(frozen=True)
class DeliveryView:
    """The page of one delivery."""

    id: str
    title: str
    facts: list[tuple[str, str]]
    adds_up: str
    notes: list[str]
    columns: list[tuple[str, str]]
    purged: list[str]
    rules: list[RuleView]
    rows: list[RowView]
    shown: str
    rule: int | None
    page: int
    pages: int
    with_values: bool


def delivery_view(
    delivery: Delivery,
    rejects: pd.DataFrame,
    words: Words,
    *,
    rule: int | None,
    page: int,
    with_values: bool,
) -> DeliveryView:
    """Return the page of one delivery.

    Parameters
    ----------
    delivery, rejects
        The delivery and its quarantined rows.
    words
        The language of the page.
    rule
        Number of the rule to which the rows are limited.
    page
        From 1.
    with_values
        Whether the reader may see the refused values.

    Raises
    ------
    NotFound
        When there is no such rule or page.
    """
    rules = broken_rules(rejects)
    of_rule = rejects if rule is None else rows_breaking(rejects, _rule(rules, rule))
    pages = max(1, -(-len(of_rule) // QUARANTINE_PAGE))
    if page > pages:
        remedy = f"Choose a page from 1 to {pages}."
        raise NotFound(Problem("There is no such page.", remedy, column="page", value=str(page)))
    first = (page - 1) * QUARANTINE_PAGE
    shown = without_personal_values(of_rule.iloc[first : first + QUARANTINE_PAGE])
    return DeliveryView(
        id=delivery.id,
        title=delivery.file_name,
        facts=list(_facts(delivery, words)),
        adds_up=_reconciled(delivery, words),
        notes=delivery.notes,
        columns=[(name, str(column)) for name, column in delivery.mapping.items()],
        purged=delivery.purged,
        rules=[_rule_view(each, rule, words) for each in rules],
        rows=list(_rows(shown, words, with_values=with_values)),
        shown=words.label(
            "stock_rows_shown",
            first=first + 1,
            last=first + len(shown),
            n=len(of_rule),
        ),
        rule=rule,
        page=page,
        pages=pages,
        with_values=with_values,
    )


def _rule(rules: Sequence[BrokenRule], number: int) -> BrokenRule:
    if number > len(rules):
        remedy = f"Choose a rule from 1 to {len(rules)}."
        raise NotFound(Problem("There is no such rule.", remedy, column="rule", value=str(number)))
    return rules[number - 1]


def _facts(delivery: Delivery, words: Words) -> Iterator[tuple[str, str]]:
    yield words.label("sequence"), words.number(delivery.sequence)
    yield words.label("delivery_kind"), _content(delivery, words)
    yield words.label("source"), words.source(delivery.source)
    if period := _period(delivery, words):
        yield words.label("stock_period"), period
    if delivery.themes:
        yield (
            words.label("stock_themes"),
            words.joined([_theme(each, words) for each in delivery.themes]),
        )
    yield words.label("stock_delivered_at"), words.day(delivery.delivered_at)
    yield words.label("fingerprint"), delivery.sha256


def _reconciled(delivery: Delivery, words: Words) -> str:
    return words.label(
        "stock_adds_up", read=delivery.read, accepted=delivery.accepted, rejected=delivery.rejected
    )


def _translated(text: str, words: Words) -> tuple[str, str | None]:
    """Return a text in the reader's language, or in English with the name of that language."""
    found = rule_text(text, words.lang)
    return (text, "en") if found is None else (found, None)


def _rule_view(rule: BrokenRule, chosen: int | None, words: Words) -> RuleView:
    text, lang = _translated(rule.rule, words)
    remedy, _ = _translated(rule.remedy, words)
    return RuleView(
        number=rule.number,
        rule=text,
        remedy=remedy,
        lang=lang,
        column=rule.column or words.label("stock_whole_row"),
        rows=words.number(rule.rows),
        chosen=rule.number == chosen,
    )


def _rows(rejects: pd.DataFrame, words: Words, *, with_values: bool) -> Iterator[RowView]:
    for each in refused_rows(rejects, with_values=with_values):
        text, lang = _translated(each.rule, words)
        yield RowView(
            row=words.number(each.row),
            column=each.column or words.label("stock_whole_row"),
            value=each.value or words.label("stock_no_value"),
            rule=text,
            lang=lang,
        )


def exported(rejects: pd.DataFrame) -> pd.DataFrame:
    """Return the quarantined rows as they leave the workspace, in order of row."""
    columns = ["row", "column", "value", "rule", "remedy"]
    return rejects[columns].sort_values(["row", "column"], kind="stable", ignore_index=True)
