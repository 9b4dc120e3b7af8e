"""One run: everything that was asked, answered from pinned deliveries and frozen."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.months import ends_by, last_day_of
from hotspots.pipeline import ranking
from hotspots.pipeline.cores import one_core
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.gathering import gathered, prepared
from hotspots.pipeline.evidence.incidents import asks_of
from hotspots.pipeline.histories import histories_of, public_histories
from hotspots.pipeline.initiative import initiative_of
from hotspots.pipeline.monitor import monitor_of
from hotspots.pipeline.progress import Progress
from hotspots.pipeline.refusals import refuse_unknown_names
from hotspots.pipeline.run_record import record_of
from hotspots.pipeline.yearly import yearly_counts
from hotspots.policy import Policy
from hotspots.records import Delivery, Search
from hotspots.results import RESULTS
from hotspots.store import runs
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

_LAST_YEAR_COUNTS_FROM_MONTH = 6


@one_core()
def run(
    workspace: Workspace,
    policy: Policy,
    *,
    kind: Literal["yearly", "question"],
    at: datetime,
    until: date | None = None,
    last_year: int | None = None,
    progress: Progress = lambda what, done, steps: None,
) -> runs.Run:
    """Answer what the policy asks and freeze it; the same inputs give the same run.

    A ``yearly`` run ranks the areas and searches for hotspots, as far as there are areas and
    counts, or incidents; a ``question`` is a ranking alone.

    Parameters
    ----------
    policy
        Theme, levels, number of years, weights and the rest; frozen with the run.
    at
        The clock, for the record only: no result depends on it.
    until
        Cut-off date; months that end later are left out. The last delivered day by default.
    last_year
        Last of the years counted together; by default the year of the last month in which the
        theme was delivered, or the year before (if any) while less than half of it was.

    Raises
    ------
    WorkspaceRefused
        When the workspace lacks areas or counts for what is asked, or two sources clash.
    PolicyRefused
        When the policy names what was not delivered, or asks for more than can be worked on.
    """
    progress("reading deliveries", 0, 0)
    current = Current(workspace)
    until = until or last_delivered_day(current.deliveries)
    if last_year is None:
        last_year = _last_year(current.deliveries, policy.priorities.theme, until)
    years = range(last_year - policy.priorities.years + 1, last_year + 1)
    refuse_unknown_names(policy, current.deliveries)
    asks = asks_of(current, policy, until) if kind == "yearly" else []
    histories = {}
    if _can_rank(current) or not asks:
        histories = histories_of(current, policy, until)
        ranking.refuse_empty_years(histories, years)
    begun = initiative_of(current, policy, until) if histories else None
    by_year, monitor = None, {}
    if kind == "yearly":
        public = public_histories(current, policy, until)
        by_year = yearly_counts(current, policy, until, public)
        monitor = monitor_of(current, policy, until, public)
    previous = runs.run_before(workspace, until) if asks else None
    evidence = prepared(current, policy, asks, until, previous) if asks else None
    record = record_of(
        current,
        policy,
        kind=kind,
        at=at,
        until=until,
        asked={"years": [years[0], years[-1]]},
        previous=None if previous is None else previous.record.id,
    )
    if (workspace.runs / record.id).exists():
        return runs.open_run(workspace, record.id)
    answers = []
    for level, history in histories.items():
        progress(f"ranking per {level}", 0, 0)
        answers.append(ranking.answer(level, history, current.areas[level], policy, years))
    tables: dict[str, pd.DataFrame] = {}
    if answers:
        tables |= ranking.results_of(answers, histories, policy, years)
    if begun is not None:
        tables["initiative"] = begun
    if by_year is not None:
        tables["yearly_counts"] = by_year
    tables |= monitor
    searches: list[Search] = []
    if evidence is not None:
        searches, found = gathered(evidence, progress)
        tables |= found
    progress("freezing the run", 0, 0)
    record = record.model_copy(
        update={"questions": [each.question for each in answers], "searches": searches}
    )
    return runs.freeze_run(workspace, record, in_order(tables))


def _can_rank(current: Current) -> bool:
    kinds = {each.kind for each in current.deliveries}
    return "areas" in kinds and bool(kinds & {"counts", "incidents"})


def last_delivered_day(deliveries: Iterable[Delivery]) -> date:
    """Return the last day of the last month that was delivered, or refuse an empty workspace."""
    months = [each.last_month for each in deliveries if each.last_month]
    if not months:
        raise WorkspaceRefused(
            Problem(
                "There are no counts and no incidents yet.",
                "Take them in with: hotspots ingest counts FILE, or ingest incidents FILE.",
            )
        )
    return last_day_of(max(months))


def _last_year(deliveries: Iterable[Delivery], theme: str, until: date) -> int:
    """Return the last year of which a theme was delivered for at least half, up to a date.

    Where none was, it is the only year there is.
    """
    months = [
        month
        for each in deliveries
        if theme in each.themes
        for month in each.months
        if ends_by(month, until)
    ]
    last = last_day_of(max(months)) if months else until
    has_earlier = bool(months) and int(min(months)[:4]) < last.year
    return last.year - (has_earlier and last.month < _LAST_YEAR_COUNTS_FROM_MONTH)


def in_order(tables: "dict[str, pd.DataFrame]") -> "dict[str, pd.DataFrame]":
    """Return the tables with the columns of their schemas, in order."""
    return {
        name: table.reindex(columns=list(RESULTS[name]().columns)) for name, table in tables.items()
    }
