"""Deliveries as a document: what came in, what of it holds, which months lack, what was refused."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import pandas as pd

from hotspots.months import month_name, month_number
from hotspots.outputs.tables import Shown
from hotspots.records import Delivery, RunRecord, Standing
from hotspots.schemas import Kind, Level

Delivered = Literal["all", "some", "none"]
"""Whether a month was delivered of every theme that its source has, of some, or not at all."""

CONFIDENTIAL_KINDS: frozenset[Kind] = frozenset({"groups"})
"""Kinds of delivery of which nothing is shown but that there are."""


class DeliveryLine(Shown):
    """One delivery; `used` tells whether the newest yearly run rests on it."""

    delivery: Delivery
    standing: Standing
    superseded_by: list[str]
    used: bool | None

    @property
    def adds_up(self) -> bool:
        """Whether every row that was read was accepted or rejected."""
        return self.delivery.read == self.delivery.accepted + self.delivery.rejected


class SourceMonths(Shown):
    """The months that hold of one source, from the first that it delivered to the newest of all.

    `themes` are those that it ever delivered; `by_month` has per month (``YYYY-MM``) the number
    of them that hold.
    """

    source: str
    kind: Kind
    level: Level | None
    themes: list[str]
    by_month: dict[str, int]

    def delivered(self, month: str) -> Delivered:
        """Return whether a month holds of every theme, of some or of none."""
        n = self.by_month[month]
        return "all" if n == len(self.themes) else "some" if n else "none"

    @property
    def missing(self) -> list[str]:
        """Months that were not delivered of any theme."""
        return [month for month, n in self.by_month.items() if not n]

    @property
    def partly(self) -> list[str]:
        """Months that were delivered of some themes."""
        return [month for month in self.by_month if self.delivered(month) == "some"]


class DeliveriesDocument(Shown):
    """All deliveries, newest first, but for those that are confidential.

    `run_id` is the newest yearly run and `after_run` what came in after it and holds.
    """

    lines: list[DeliveryLine]
    sources: list[SourceMonths]
    read: int
    accepted: int
    rejected: int
    confidential: bool
    run_id: str | None
    after_run: list[str]


Holding = Mapping[str, Mapping[str, str]]
"""Per theme: the months that hold, each with the id of the delivery that has it."""


def deliveries_document(
    deliveries: Sequence[Delivery],
    standings: Mapping[str, Standing],
    holding: Mapping[tuple[Kind, Level | None, str], Holding],
    newest: RunRecord | None,
) -> DeliveriesDocument:
    """Return what the page of deliveries tells.

    Parameters
    ----------
    deliveries
        All of them, in order of sequence.
    standings
        Per id how much of it holds.
    holding
        Per kind, level and source what holds by theme and month.
    newest
        The newest yearly run, if there is one.
    """
    shown = [each for each in deliveries if each.kind not in CONFIDENTIAL_KINDS]
    names = {each.id: each.file_name for each in shown}
    used = None if newest is None else {each.id for each in newest.deliveries}
    lines = [
        DeliveryLine(
            delivery=each,
            standing=standings[each.id],
            superseded_by=[names[newer] for newer in standings[each.id].superseded_by],
            used=None if used is None else each.id in used,
        )
        for each in reversed(shown)
    ]
    return DeliveriesDocument(
        lines=lines,
        sources=list(_sources(holding)),
        read=sum(each.read for each in shown),
        accepted=sum(each.accepted for each in shown),
        rejected=sum(each.rejected for each in shown),
        confidential=len(shown) < len(deliveries),
        run_id=None if newest is None else newest.id,
        after_run=[] if newest is None else list(_after(newest, lines)),
    )


def _after(run: RunRecord, lines: Iterable[DeliveryLine]) -> Iterator[str]:
    """Yield the names of deliveries that hold and came in after those of the run."""
    last = max((each.sequence for each in run.deliveries), default=0)
    for line in lines:
        is_later = line.delivery.sequence > last and line.delivery.delivered_at > run.created_at
        if is_later and line.standing.holds != "none":
            yield line.delivery.file_name


def _sources(
    holding: Mapping[tuple[Kind, Level | None, str], Holding],
) -> Iterator[SourceMonths]:
    """Yield each source with a row of months that ends with the newest month of any source."""
    months = [m for themes in holding.values() for by_month in themes.values() for m in by_month]
    for (kind, level, source), themes in holding.items():
        own = [month for by_month in themes.values() for month in by_month]
        if not own:
            continue
        every = range(month_number(min(own)), month_number(max(months)) + 1)
        by_month = {
            month_name(n): sum(month_name(n) in each for each in themes.values()) for n in every
        }
        yield SourceMonths(
            source=source, kind=kind, level=level, themes=sorted(themes), by_month=by_month
        )


# ---------------------------------------------------------------- quarantine
class BrokenRule(Shown):
    """A rule that rows break in one column: how many, and what to do."""

    number: int
    column: str | None
    rule: str
    remedy: str
    rows: int


class Refused(Shown):
    """One quarantined row; `value` is missing where it may not be seen."""

    row: int
    column: str | None
    value: str | None
    rule: str
    remedy: str


def broken_rules(rejects: pd.DataFrame) -> list[BrokenRule]:
    """Return the rules that rows break, the most broken first.

    Parameters
    ----------
    rejects
        Quarantined rows: `row`, `column`, `rule`, `remedy`; a row may break several.
    """
    keys = ["rule", "remedy", "column"]
    counts = rejects.groupby(keys, dropna=False, sort=True)["row"].nunique().rename("rows")
    ordered = counts.reset_index().sort_values("rows", ascending=False, kind="stable")
    return [
        BrokenRule(number=number, rule=rule, remedy=remedy, column=_text(column), rows=int(rows))
        for number, (rule, remedy, column, rows) in enumerate(
            ordered[[*keys, "rows"]].itertuples(index=False), 1
        )
    ]


def rows_breaking(rejects: pd.DataFrame, rule: BrokenRule) -> pd.DataFrame:
    """Return the quarantined rows that break one rule, in order of row."""
    in_column = (
        rejects["column"].isna() if rule.column is None else (rejects["column"] == rule.column)
    )
    same = in_column & (rejects["rule"] == rule.rule) & (rejects["remedy"] == rule.remedy)
    return rejects[same]


def refused_rows(rejects: pd.DataFrame, *, with_values: bool) -> list[Refused]:
    """Return quarantined rows to show, with the values where a reader may see them."""
    return [
        Refused(
            row=int(row),
            column=_text(column),
            value=_text(value) if with_values else None,
            rule=rule,
            remedy=remedy,
        )
        for row, column, value, rule, remedy in rejects[
            ["row", "column", "value", "rule", "remedy"]
        ].itertuples(index=False)
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
