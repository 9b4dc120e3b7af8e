"""A frozen ranking tried with other years and weights, against runs that really had those."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.errors import InputRefused
from hotspots.outputs.tables import document_of, tried_document
from hotspots.pipeline.exploring import explored, years_known
from hotspots.pipeline.run import run as make_run
from hotspots.policy import policy_from
from hotspots.store.runs import Run
from hotspots.store.workspace import Workspace
from tests.test_pipeline import fill
from tests.town import Town

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, town: Town) -> Workspace:
    return fill(tmp_path_factory.mktemp("tried") / "ws", town)


def made(workspace: Workspace, *, k: int = 2, percent: int = 70, years: str = "2021-2023") -> Run:
    """A run of the town that was asked this from the start."""
    first, last = map(int, years.split("-"))
    asked = {
        "top_k": k,
        "levels": ["wijk"],
        "years": last - first + 1,
        "weight_count": percent / 100,
        "weight_rate": (100 - percent) / 100,
    }
    policy = policy_from({"priorities": asked, "rates": {"draws": 500}})
    return make_run(workspace, policy, kind="question", at=NOW)


@pytest.fixture(scope="module")
def run(workspace: Workspace) -> Run:
    return made(workspace)


def tried(run: Run, *, k: int, percent: int, first_year: int) -> pd.DataFrame:
    (question,) = run.record.questions
    return explored(
        run,
        question,
        first_year=first_year,
        last_year=question.last_year,
        k=k,
        weight_count=percent / 100,
        weight_rate=(100 - percent) / 100,
    ).table


def frozen(run: Run) -> pd.DataFrame:
    table = pd.DataFrame(run.table("priorities")).set_index("area_code")
    return table.drop(columns=["theme", "level", "area_name", "geometry"])


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(k=st.integers(1, 6), percent=st.integers(0, 100), first_year=st.integers(2021, 2023))
def test_what_is_tried_is_what_a_run_would_freeze(
    workspace: Workspace, run: Run, k: int, percent: int, first_year: int
) -> None:
    other = made(workspace, k=k, percent=percent, years=f"{first_year}-2023")
    (question,) = other.record.questions
    assert (question.first_year, question.k) == (first_year, k)
    found = tried(run, k=k, percent=percent, first_year=first_year)
    wanted = frozen(other)
    pd.testing.assert_frame_equal(
        found.loc[wanted.index, wanted.columns], wanted, check_dtype=False, rtol=0, atol=1e-12
    )


def test_the_runs_own_question_gives_its_own_answer(run: Run) -> None:
    (question,) = run.record.questions
    found, wanted = tried(run, k=2, percent=70, first_year=2021), frozen(run)
    pd.testing.assert_frame_equal(
        found.loc[wanted.index, wanted.columns], wanted, check_dtype=False, rtol=0, atol=0
    )
    document = document_of(run, question)
    assert tried_document(document, question, found) == document


def test_only_years_that_were_frozen_can_be_tried(run: Run) -> None:
    (question,) = run.record.questions
    assert years_known(run, question) == range(2021, 2024)
    with pytest.raises(InputRefused) as refused:
        tried(run, k=2, percent=70, first_year=2020)
    assert "2021 to 2023" in refused.value.problems[0].remedy


def test_a_run_of_before_can_not_be_tried(run: Run) -> None:
    (question,) = run.record.questions
    without = {name: sha for name, sha in run.record.results.items() if name != "area_months"}

    class Older:
        record = run.record.model_copy(update={"results": without})
        table = run.table

    assert years_known(Older(), question) == range(0)
    with pytest.raises(InputRefused) as refused:
        explored(
            Older(), question, first_year=2021, last_year=2023, k=2, weight_count=1, weight_rate=0
        )
    assert "older version" in refused.value.problems[0].remedy


def test_the_chance_can_be_told_from_fewer_draws(run: Run) -> None:
    (question,) = run.record.questions
    few = explored(
        run, question, first_year=2021, last_year=2023, k=2, weight_count=0.7, weight_rate=0.3,
        n_draws=40,
    ).table  # fmt: skip
    many = frozen(run)
    assert set((few["p_top"].dropna() * 40) % 1) == {0.0}
    assert list(few.loc[many.index, "rank"].dropna()) == list(many["rank"].dropna())
