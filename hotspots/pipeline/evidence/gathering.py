"""All evidence of a run: the hotspots of every search, and the layers beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from hotspots.pipeline.calendar import Calendar, calendar_of
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.backtest import backtest_ground
from hotspots.pipeline.evidence.courses import cell_trends, course_basis, course_of
from hotspots.pipeline.evidence.ground import Ground, ground_of
from hotspots.pipeline.evidence.incidents import Ask
from hotspots.pipeline.evidence.proofs import proof_of
from hotspots.pipeline.evidence.risk import risk_of, risk_table
from hotspots.pipeline.evidence.search import Finding, Standing, find
from hotspots.pipeline.evidence.sequences import follows_sequences, sequences_of
from hotspots.pipeline.evidence.sources import sources_of
from hotspots.pipeline.evidence.together import together_of
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.refusals import refuse_what_cannot_end
from hotspots.policy import Policy
from hotspots.records import Search
from hotspots.schemas import RISK_THEME
from hotspots.store.runs import Run

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.analysis.grid import Ints


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that the evidence of a run is made from, read and so pinned."""

    current: Current
    policy: Policy
    until: date
    asks: list[Ask]
    ground: Ground
    coarse: Ground
    calendar: Calendar
    groups: "pd.DataFrame | None"
    previous: Run | None


def prepared(
    current: Current, policy: Policy, asks: list[Ask], until: date, previous: Run | None
) -> Prepared:
    """Read everything that the evidence is made from.

    Raises
    ------
    PolicyRefused
        When the cells are too many, with a size that fits, or something else cannot end.
    WorkspaceRefused
        When there is no ground to search.
    """
    for delivery in [each for ask in asks for each in ask.held.values()]:
        current.read(delivery)
    ground, groups = ground_of(current, policy, asks), current.holding("groups")
    refuse_what_cannot_end(current, policy, asks, ground, groups, until)
    return Prepared(
        current,
        policy,
        until,
        asks,
        ground=ground,
        coarse=backtest_ground(current, policy, asks),
        calendar=calendar_of(current),
        groups=groups,
        previous=previous,
    )


def gathered(given: Prepared, progress: Progress) -> "tuple[list[Search], dict[str, pd.DataFrame]]":
    """Make all evidence; return what was searched, and the tables of results by name."""
    searches: list[Search] = []
    hot: dict[str, Ints] = {}
    parts: list[Mapping[str, pd.DataFrame]] = []
    for theme, asks in groupby(given.asks, key=attrgetter("theme")):
        for finding in _of_theme(given, list(asks), len(searches), progress):
            parts.append(finding.tables)
            if finding.search is not None and finding.hot is not None:
                searches.append(finding.search)
                hot[theme] = finding.hot
    progress("bringing the layers together", len(given.asks), len(given.asks))
    parts.extend(_across_themes(given, hot))
    return searches, joined(parts)


def _of_theme(
    given: Prepared, asks: list[Ask], done: int, progress: Progress
) -> "Iterator[Finding]":
    """Yield the searches of a theme, and what is told of it as a whole."""
    current, policy, longest = given.current, given.policy, asks[-1]
    course = course_of(current, policy, given.ground, longest, given.until)
    stand = Standing(
        current, policy, given.ground, given.calendar, given.until, given.previous, progress
    )
    for number, ask in enumerate(asks, start=done):
        progress(f"hotspots of {ask.theme}, {ask.months} months", number, len(given.asks))
        yield find(stand, ask, course)
    yield Finding(
        {
            "trends": cell_trends(course, given.ground, longest.theme),
            "basis": course_basis(course, longest),
        }
    )
    yield Finding(proof_of(current, policy, longest.theme, given.coarse, given.until))
    if follows_sequences(policy, longest.theme):
        yield Finding(sequences_of(current, policy, longest, given.until, progress))


def _across_themes(
    given: Prepared, hot: "Mapping[str, Ints]"
) -> "Iterator[Mapping[str, pd.DataFrame]]":
    """Yield the tables that rest on more than one theme, or on dwellings."""
    current, policy = given.current, given.policy
    yield sources_of(current, policy, given.asks)
    risk = risk_of(current, policy, given.ground, given.until) if RISK_THEME in hot else None
    if risk is not None:
        yield {"risk": risk_table(risk, given.ground)}
    yield together_of(
        current,
        policy,
        given.ground,
        hot=hot,
        risk=risk,
        groups=given.groups,
        previous=given.previous,
        until=given.until,
    )


def joined(parts: "Sequence[Mapping[str, pd.DataFrame]]") -> "dict[str, pd.DataFrame]":
    """Return the tables of one name as one table, by name; an empty one only where all are."""
    import pandas as pd

    by_name: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        for name, table in part.items():
            by_name.setdefault(name, []).append(table)
    return {
        name: pd.concat([each for each in tables if len(each)] or tables[:1], ignore_index=True)
        for name, tables in by_name.items()
    }
