"""A frozen ranking with other years and weights: an exploration, of which nothing is kept."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from hotspots.errors import InputRefused, Problem
from hotspots.records import Question, RunRecord

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from hotspots.planning.achieved import Achieved
    from hotspots.planning.priorities import Ranking


class Frozen(Protocol):
    """A finished run, as far as a ranking needs it."""

    @property
    def record(self) -> RunRecord:
        """What was asked."""

    def table(self, name: str) -> "pd.DataFrame":
        """Return one result."""


def years_known(run: Frozen, question: Question) -> range:
    """Return the years of which the run froze any month; empty for a run of an older version."""
    if "area_months" not in run.record.results:
        return range(0)
    months = _of(run.table("area_months"), question)["month"]
    return range(int(months.min()[:4]), int(months.max()[:4]) + 1)


def initiative_known(run: Frozen, question: Question) -> bool:
    """Return whether of any incident that a ranking counted it is known who began."""
    if "area_months" not in run.record.results:
        return False
    months = _of(run.table("area_months"), question)
    if "count_initiator_unknown" not in months:
        return False
    told = months["count"] - months["count_initiator_unknown"]
    return bool(told.fillna(0).gt(0).any())


def explored(
    run: Frozen,
    question: Question,
    *,
    first_year: int,
    last_year: int,
    k: int,
    weight_count: float,
    weight_rate: float,
    n_draws: int | None = None,
    without_police: bool = False,
) -> "Ranking":
    """Rank the areas of a frozen question anew, with everything else as it was.

    Parameters
    ----------
    run, question
        A run and one of its rankings.
    first_year, last_year, k, weight_count, weight_rate
        As in :func:`hotspots.planning.priorities.priorities`. With those of the question the
        answer is the frozen one.
    n_draws
        Number of posterior draws for `p_top`; as many as the run took when absent.
    without_police
        Leave out what the police recorded on their own initiative. What it is not known of who
        began is still counted.

    Raises
    ------
    InputRefused
        When the run did not freeze these years, or does not tell who began.
    """
    import numpy as np
    import pandas as pd

    from hotspots.analysis.seasons import CALENDAR_MONTHS, Season
    from hotspots.planning.initiative import initiative
    from hotspots.planning.priorities import priorities
    from hotspots.policy import Policy

    _refuse(run, question, range(first_year, last_year + 1), without_police=without_police)
    rates = Policy.model_validate(run.record.policy).rates
    areas = _of(run.table("priorities"), question).set_index("area_code")
    mark = "_without_police" if without_police else ""
    shares = _of(run.table("seasons"), question).set_index("calendar_month")[f"share{mark}"]
    months = _of(run.table("area_months"), question)
    monthly = _wide(months, "count")
    ranking = priorities(
        _wide(months, f"count{mark}"),
        pd.Series(areas["dwellings"]),
        season=Season(shares.reindex(CALENDAR_MONTHS), ()),
        first_year=first_year,
        last_year=last_year,
        k=k,
        weight_count=weight_count,
        weight_rate=weight_rate,
        few_incidents=rates.few_incidents,
        few_dwellings=rates.few_dwellings,
        n_draws=n_draws or rates.draws,
        rng=np.random.default_rng(rates.seed),
        completed=_wide(months, f"count_completed{mark}"),
    )
    begun = initiative(
        monthly,
        _wide(months, "count_without_police"),
        _wide(months, "count_initiator_unknown"),
        first_year=first_year,
        last_year=last_year,
    )
    return replace(ranking, table=ranking.table.join(begun))


def _refuse(run: Frozen, question: Question, years: range, *, without_police: bool) -> None:
    """Refuse what a run did not freeze."""
    known = years_known(run, question)
    if not years or years[0] not in known or years[-1] not in known:
        raise InputRefused(
            Problem(
                "This run can be ranked over the years whose months it froze.",
                f"Choose years from {known.start} to {known.stop - 1}."
                if known
                else "Make a new run: this one is of an older version.",
                column="years",
                value=f"{years.start}-{years.stop - 1}",
            )
        )
    if without_police and not initiative_known(run, question):
        raise InputRefused(
            Problem(
                "This ranking does not tell what the police recorded on their own initiative.",
                "Rank with all records: neither delivered counts nor an older run tell it.",
                column="without_police",
            )
        )


def achieved_by(
    run: Frozen, question: Question, chosen: "Collection[str]", *, year: int
) -> "Achieved | None":
    """Compare chosen areas, all together, with the rest of the city, by what the run froze.

    Returns
    -------
    Achieved or None
        As :func:`hotspots.planning.achieved.achieved`; None for a run of an older version.
    """
    from hotspots.planning.achieved import achieved

    if "area_months" not in run.record.results:
        return None
    months = _of(run.table("area_months"), question)
    return achieved(_wide(months, "count"), _wide(months, "count_completed"), chosen, year=year)


def _of(table: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    return table[(table["theme"] == question.theme) & (table["level"] == question.level)]


def _wide(months: "pd.DataFrame", column: str) -> "pd.DataFrame":
    """Return counts as one row per area and one column per month; missing where unknown."""
    import numpy as np
    import pandas as pd

    if column not in months:  # a run of an older version
        months = months.reindex(columns=[*months, column])
    counts = months[column].to_numpy(np.float64, na_value=np.nan)
    wide = months.assign(counts=counts).pivot(index="area_code", columns="month", values="counts")
    wide.columns = pd.PeriodIndex(wide.columns, freq="M")
    return wide
