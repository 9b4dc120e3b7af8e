"""A ranking without what the police began themselves, against a world in which they did not."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.errors import InputRefused
from hotspots.outputs.tables import document_of, tried_document
from hotspots.pipeline.exploring import explored, initiative_known, years_known
from hotspots.pipeline.initiative import Begun, begun_beside
from hotspots.pipeline.run import run as make_run
from hotspots.planning.initiative import initiative
from hotspots.policy import policy_from
from hotspots.store.runs import Run
from hotspots.store.workspace import Workspace
from tests import policed_town, test_pipeline
from tests.policed_town import BY_CITIZENS, BY_POLICE, UNTOLD, burglaries
from tests.town import Town

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def made(workspace: Workspace, *, k: int = 1, percent: int = 50, years: int = 3) -> Run:
    asked = {
        "top_k": k,
        "levels": ["wijk"],
        "years": years,
        "weight_count": percent / 100,
        "weight_rate": (100 - percent) / 100,
    }
    policy = policy_from({"priorities": asked, "rates": {"draws": 500}})
    return make_run(workspace, policy, kind="question", at=NOW)


def tried(
    run: Run, *, k: int = 1, percent: int = 50, years: int = 3, without: bool = True
) -> pd.DataFrame:
    (question,) = run.record.questions
    return explored(
        run,
        question,
        first_year=question.last_year - years + 1,
        last_year=question.last_year,
        k=k,
        weight_count=percent / 100,
        weight_rate=(100 - percent) / 100,
        without_police=without,
    ).table


def frozen(run: Run) -> pd.DataFrame:
    table = pd.DataFrame(run.table("priorities")).set_index("area_code")
    return table.drop(columns=["theme", "level", "area_name", "geometry"])


INITIATIVE = ["count_police", "count_initiator_unknown"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, town: Town) -> Run:
    path = tmp_path_factory.mktemp("policed") / "ws"
    return made(policed_town.fill(path, town, burglaries()))


@pytest.fixture(scope="module")
def citizens(tmp_path_factory: pytest.TempPathFactory, town: Town) -> Workspace:
    """The same town, had the police never begun anything."""
    rows = burglaries().query("initiatief != 'politie'")
    return policed_town.fill(tmp_path_factory.mktemp("citizens") / "ws", town, rows)


# ---------------------------------------------------------------- counted again
def test_every_area_and_month_equals_a_plain_recount(run: Run) -> None:
    rows = burglaries()
    rows["month"] = rows["datum"].str[6:] + "-" + rows["datum"].str[3:5]
    parts = {
        "count": rows,
        "count_completed": rows[rows["klasse"] == "INB-V"],
        "count_without_police": rows[rows["initiatief"] != "politie"],
        "count_completed_without_police": rows[
            (rows["initiatief"] != "politie") & (rows["klasse"] == "INB-V")
        ],
        "count_initiator_unknown": rows[rows["initiatief"] == ""],
    }
    table = run.table("area_months")
    assert len(table) == 6 * 36
    for name, part in parts.items():
        plain = part.groupby(["wijk", "month"]).size().to_dict()
        found = table.set_index(["area_code", "month"])[name].to_dict()
        assert {key: number for key, number in found.items() if number} == plain, name


def test_the_ranking_tells_how_many_by_hand(run: Run) -> None:
    table = frozen(run)
    for district in BY_CITIZENS:
        row = table.loc[f"WK9999{district}"]
        police = BY_POLICE[district] * 14 * 3  # January and December count double
        untold = UNTOLD[district] * 36
        assert row["count"] == BY_CITIZENS[district] * 36 + police + untold
        assert (row["count_police"], row["count_initiator_unknown"]) == (police, untold)


# ---------------------------------------------------------------- left out
@pytest.mark.parametrize(("k", "percent", "years"), [(1, 50, 3), (2, 70, 1), (3, 0, 2)])
def test_left_out_is_as_if_it_never_was(
    run: Run, citizens: Workspace, k: int, percent: int, years: int
) -> None:
    wanted = frozen(made(citizens, k=k, percent=percent, years=years)).drop(columns=INITIATIVE)
    found = tried(run, k=k, percent=percent, years=years)
    pd.testing.assert_frame_equal(
        found.loc[wanted.index, wanted.columns], wanted, check_dtype=False, rtol=0, atol=1e-12
    )
    counted = tried(run, k=k, percent=percent, years=years, without=False)
    pd.testing.assert_frame_equal(found[INITIATIVE], counted[INITIATIVE])


def test_the_season_too_is_that_of_what_is_left(run: Run, citizens: Workspace) -> None:
    every, others = run.table("seasons"), made(citizens).table("seasons")
    assert every["share_without_police"].tolist() == others["share"].tolist()
    assert every["share"].tolist() != others["share"].tolist()


def test_an_area_that_rests_on_the_police_loses_its_place(run: Run) -> None:
    with_all, without = tried(run, without=False), tried(run)
    assert with_all["rank"].idxmin() == "WK999903"
    # By count 02, 01, 03, 04; by risk 04, 02, 03, 01. 03 has the score of 01, which has more.
    order = list(without["rank"].dropna().sort_values().index.str[-2:])
    assert order == ["02", "04", "01", "03", "05"]  # nothing happened in 05
    chances = [float(table["p_top"]["WK999903"]) for table in (with_all, without)]
    assert chances[0] > 0.9
    assert chances[1] < 0.1


def test_without_any_police_both_are_equal(citizens: Workspace) -> None:
    run = made(citizens)
    pd.testing.assert_frame_equal(tried(run), tried(run, without=False))
    assert frozen(run)["count_police"].dropna().eq(0).all()


def test_with_all_counted_the_document_is_that_of_the_run(run: Run) -> None:
    (question,) = run.record.questions
    document = document_of(run, question)
    assert tried_document(document, question, tried(run, without=False)) == document
    assert {area.area_code[-2:]: area.count_police for area in document.areas}["03"] == 14 * 42


# ---------------------------------------------------------------- what cannot be told
def test_a_source_that_tells_of_none_who_began_can_not_be_left_out(
    tmp_path: Path, town: Town
) -> None:
    rows = burglaries().assign(initiatief="")
    run = made(policed_town.fill(tmp_path / "ws", town, rows))
    (question,) = run.record.questions
    assert not initiative_known(run, question)
    table = frozen(run)
    counted = table["count"].gt(0).fillna(False)
    assert table.loc[counted, "count_police"].isna().all()
    assert table.loc[counted, "count_initiator_unknown"].equals(table.loc[counted, "count"])
    with pytest.raises(InputRefused, match="own initiative"):
        tried(run)


def test_delivered_counts_do_not_tell_but_incidents_beside_them_do(
    tmp_path: Path, town: Town
) -> None:
    workspace = test_pipeline.fill(tmp_path / "ws", town)
    alone = made(workspace)
    (question,) = alone.record.questions
    assert begun_beside(alone, question, first_year=2021, last_year=2023) is None
    policed_town.add_incidents(workspace, town, burglaries())
    run = made(workspace)
    assert frozen(run)[INITIATIVE].isna().all(axis=None)
    pd.testing.assert_frame_equal(frozen(run), frozen(alone))  # counts stay what is ranked
    assert not initiative_known(run, question)
    with pytest.raises(InputRefused, match="own initiative"):
        tried(run)
    # December 2023 has no counts, so its incidents are not set beside them.
    plain = burglaries().query("datum.str[3:] != '12-2023'", engine="python")
    for first_year in (2021, 2023):
        rows = plain[plain["datum"].str[6:].astype(int) >= first_year]
        begun = rows["initiatief"].value_counts()
        source = run.table("initiative")["source"].unique()
        assert begun_beside(run, question, first_year=first_year, last_year=2023) == Begun(
            tuple(source), f"{first_year}-01", "2023-11", len(rows), begun["politie"], begun[""]
        )


def test_a_run_of_before_opens_and_does_not_tell(run: Run) -> None:
    (question,) = run.record.questions

    class Older:
        record = run.record.model_copy(
            update={"results": {n: h for n, h in run.record.results.items() if n != "initiative"}}
        )

        def table(self, name: str) -> pd.DataFrame:
            table = run.table(name)
            added = table.columns[table.columns.str.contains("police|initiator")]
            return table.drop(columns=added)

        def cells(self, theme: str, months: int) -> pd.DataFrame:
            raise AssertionError(f"nobody asks for cells of {theme} over {months} months")

    older = Older()
    assert years_known(older, question) == range(2021, 2024)
    assert not initiative_known(older, question)
    assert begun_beside(older, question, first_year=2021, last_year=2023) is None
    asked = {"first_year": 2021, "last_year": 2023, "k": 1, "weight_count": 0.5, "weight_rate": 0.5}
    found = explored(older, question, **asked).table  # type: ignore[arg-type]
    assert found["rank"].equals(tried(run, without=False)["rank"])
    assert found[INITIATIVE].isna().all(axis=None)
    assert {area.count_police for area in document_of(older, question).areas} == {None}
    with pytest.raises(InputRefused, match="own initiative"):
        explored(older, question, **asked, without_police=True)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the count itself
whole = st.integers(0, 5)


@given(st.lists(st.tuples(whole, whole, whole), min_size=24, max_size=24))
def test_counts_by_initiator_equal_a_plain_loop(months: list[tuple[int, int, int]]) -> None:
    period = pd.period_range("2022-01", "2023-12", freq="M")

    def table(numbers: list[int]) -> pd.DataFrame:
        return pd.DataFrame([numbers], index=["A"], columns=period, dtype=float)

    found = initiative(
        table([sum(each) for each in months]),
        table([citizen + unknown for citizen, _, unknown in months]),
        table([unknown for *_, unknown in months]),
        first_year=2023,
        last_year=2023,
    ).loc["A"]
    citizen, police, unknown = (sum(each[i] for each in months[12:]) for i in range(3))
    assert found["count_initiator_unknown"] == unknown
    if unknown and not citizen and not police:
        assert pd.isna(found["count_police"])
    else:
        assert found["count_police"] == police
