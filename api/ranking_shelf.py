"""Rankings tried with other years and weights, at hand for whoever moves the slider back."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from hotspots.outputs.tables import PrioritiesDocument, find_question, tried_document
from hotspots.pipeline.exploring import achieved_by, explored, initiative_known, years_known
from hotspots.pipeline.initiative import Begun, begun_beside
from hotspots.records import Question

if TYPE_CHECKING:
    from api.shelf import OpenRun, Shelf
    from hotspots.planning.achieved import Achieved

DRAWS = 1000
"""Draws for a chance while trying: it is off by 3 percentage points at most, 19 times in 20."""

_KEPT = 128


class RankingShelf:
    """What can be tried with the rankings of a shelf's runs; nothing of it is kept in a run."""

    def __init__(self, shelf: "Shelf") -> None:
        self._shelf = shelf
        self._years = lru_cache(maxsize=_KEPT)(self._find_years)
        self._tried = lru_cache(maxsize=_KEPT)(self._try)
        self._told = lru_cache(maxsize=_KEPT)(self._find_told)
        self._begun = lru_cache(maxsize=_KEPT)(self._find_begun)
        self._achieved = lru_cache(maxsize=_KEPT)(self._compare)

    def years(self, run: "OpenRun", question: Question) -> range:
        """Return the years that a ranking can be tried over; empty for an older run."""
        return self._years(run.record.id, question.theme, question.level)

    def initiative_known(self, run: "OpenRun", question: Question) -> bool:
        """Return whether a ranking tells what the police recorded on their own initiative."""
        return self._told(run.record.id, question.theme, question.level)

    def begun(self, run: "OpenRun", question: Question, *, first_year: int) -> Begun | None:
        """Return the incidents by who began that came beside what a ranking counted, if any."""
        return self._begun(run.record.id, question.theme, question.level, first_year)

    def tried(self, run: "OpenRun", asked: Question, *, without_police: bool) -> PrioritiesDocument:
        """Return a ranking of a run with the years, weights and cut line that are asked.

        Raises
        ------
        InputRefused
            When the run did not freeze those years, or does not tell who began.
        """
        # By the hundredth, so that equal questions are found equal.
        return self._tried(
            run.record.id,
            asked.theme,
            asked.level,
            asked.first_year,
            asked.k,
            round(100 * asked.weight_count),
            without_police,
        )

    def achieved(
        self, run: "OpenRun", question: Question, chosen: Iterable[str]
    ) -> "Achieved | None":
        """Return what happened in chosen areas in the last year of a ranking; made once."""
        return self._achieved(run.record.id, question.theme, question.level, frozenset(chosen))

    def _compare(
        self, run_id: str, theme: str, level: str, chosen: frozenset[str]
    ) -> "Achieved | None":
        run = self._shelf.open(run_id)
        question = find_question(run.record, theme=theme, level=level)
        return achieved_by(run, question, chosen, year=question.last_year)

    def _find_years(self, run_id: str, theme: str, level: str) -> range:
        run = self._shelf.open(run_id)
        return years_known(run, find_question(run.record, theme=theme, level=level))

    def _find_told(self, run_id: str, theme: str, level: str) -> bool:
        run = self._shelf.open(run_id)
        return initiative_known(run, find_question(run.record, theme=theme, level=level))

    def _find_begun(self, run_id: str, theme: str, level: str, first_year: int) -> Begun | None:
        run = self._shelf.open(run_id)
        question = find_question(run.record, theme=theme, level=level)
        return begun_beside(run, question, first_year=first_year, last_year=question.last_year)

    def _try(
        self,
        run_id: str,
        theme: str,
        level: str,
        first_year: int,
        k: int,
        percent: int,
        without_police: bool,
    ) -> PrioritiesDocument:
        run = self._shelf.open(run_id)
        question = find_question(run.record, theme=theme, level=level)
        ranking = explored(
            run,
            question,
            first_year=first_year,
            last_year=question.last_year,
            k=k,
            weight_count=percent / 100,
            weight_rate=(100 - percent) / 100,
            n_draws=DRAWS,
            without_police=without_police,
        )
        ranked = ranking.table[ranking.table["count"].gt(0).fillna(False)]
        asked = question.model_copy(
            update={
                "first_year": first_year,
                "k": k,
                "weight_count": percent / 100,
                "weight_rate": (100 - percent) / 100,
                "dispersion": ranking.dispersion,
                "distinguishable": ranking.distinguishable,
                "missing_months": ranking.missing_months,
                "attempts_told_apart": not ranked["count_completed"].isna().any(),
            }
        )
        frozen = self._shelf.document(run, question)
        return tried_document(frozen, asked, ranking.table, without_police=without_police)
