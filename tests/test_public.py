"""What the public may see of a run and of the register, worked out by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.decisions import designations, reviews
from hotspots.outputs.public_tables import (
    CITY,
    areas_of,
    areas_rows,
    figures_rows,
    safety_document,
)
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.histories import public_histories
from hotspots.pipeline.public import figures_of, first_published, public_areas, public_runs
from hotspots.pipeline.yearly import yearly_counts
from hotspots.policy import Policy, policy_from
from hotspots.policy.publication import Publication
from hotspots.records import RunRecord
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace, init_workspace
from tests import public_town
from tests.decisions.files import by, review
from tests.test_pipeline import fill
from tests.town import Town

ON = date(2026, 6, 1)


@dataclass(frozen=True)
class Made:
    """A run as far as public figures need it."""

    record: RunRecord
    counts: pd.DataFrame

    def table(self, name: str) -> pd.DataFrame:
        assert name == "yearly_counts"
        return self.counts

    def cells(self, theme: str, months: int) -> pd.DataFrame:
        raise AssertionError("public figures are not made from cells")


def run_of(
    counts: dict[str, dict[str, tuple[int | None, ...]]] = public_town.COUNTS,
    years: tuple[int, ...] = public_town.YEARS,
    **given: object,
) -> Made:
    return Made(public_town.record(**given), public_town.yearly(counts, years))  # type: ignore[arg-type]


def told(figures: pd.DataFrame, year: int, name: str) -> dict[str, object]:
    """Return what is told of an area in a year, by group and theme."""
    rows = figures[(figures["year"] == year) & (figures["area_name"] == name)]
    return {
        f"{row['group']}/{'' if pd.isna(row['theme']) else row['theme']}": row["count"]
        if row["told"] == "shown"
        else row["told"]
        for row in rows.to_dict("records")
    }


def sorted_by(figures: pd.DataFrame) -> pd.DataFrame:
    keys = ["year", "group", "theme", "area_code"]
    return figures.sort_values(keys, ignore_index=True)


# ---------------------------------------------------------------- rounding
@given(st.integers(0, 10**6), st.integers(1, 100), st.integers(2, 100))
def test_what_is_shown_is_a_multiple_nearby_and_only_zero_is_zero(
    count: int, to: int, least: int
) -> None:
    rules = Publication(round_to=to, least_shown=least)
    shown = rules.rounded(count)
    assert shown % to == 0
    assert (shown == 0) == (count == 0)
    assert abs(shown - count) <= to / 2 or shown == to
    assert rules.is_small(count) == (0 < count < least)


# ---------------------------------------------------------------- exact counts
def counted(current: Current, policy: Policy, until: date) -> pd.DataFrame | None:
    return yearly_counts(current, policy, until, public_histories(current, policy, until))


def test_a_run_counts_whole_years_per_area_as_delivered(tmp_path: Path, town: Town) -> None:
    current = Current(fill(tmp_path / "ws", town))
    policy = policy_from({"publication": {"level": "wijk", "years": 3}})
    table = counted(current, policy, date(2023, 12, 31))
    assert table is not None
    assert set(table["theme"]) == {"burglary"}
    counts = table.pivot(index="area_code", columns="year", values="count")
    # A year has 13 parts (December counts double), delivered completed and attempted.
    expected = {"01": 208, "02": 104, "03": 52, "04": 26, "06": 26}
    assert counts[2022].dropna().to_dict() == {f"WK9999{at}": n for at, n in expected.items()}
    assert counts.loc["WK999905"].isna().all()
    assert counts[2023].isna().all()
    assert set(table.loc[table["year"] == 2023, "missing_months"]) == {"2023-12"}


def test_a_year_that_is_not_over_is_not_counted(tmp_path: Path, town: Town) -> None:
    current = Current(fill(tmp_path / "ws", town))
    policy = policy_from({"publication": {"level": "wijk"}})
    table = counted(current, policy, date(2022, 11, 30))
    assert table is not None
    assert set(table["year"]) == {2021}


def test_without_areas_of_the_level_there_are_no_counts(tmp_path: Path, town: Town) -> None:
    current = Current(fill(tmp_path / "ws", town))
    assert counted(current, Policy(), date(2023, 12, 31)) is None  # only wijken there


# ---------------------------------------------------------------- what is told
def test_small_counts_are_hidden_with_what_would_tell_them() -> None:
    figures = figures_of(run_of())
    # 3 robberies in Zuid: one more is hidden in its row and in its column, and where they cross.
    assert told(figures, 2023, "Zuid") == {
        "violence/assault": "hidden",
        "violence/street_robbery": "hidden",
        "violence/": 220,
        "vandalism/vandalism": 90,
    }
    assert told(figures, 2023, "Noord") == {
        "violence/assault": "hidden",
        "violence/street_robbery": "hidden",
        "violence/": 115,
        "vandalism/vandalism": "no_data",
    }
    assert told(figures, 2023, "Centrum")["vandalism/vandalism"] == "hidden"
    assert told(figures, 2023, "Proefstad")["vandalism/vandalism"] == "no_data"
    assert told(figures, 2023, "Proefstad")["violence/"] == 775  # 776
    # In 2024 nothing is small: 0 is told.
    assert told(figures, 2024, "Zuid")["violence/street_robbery"] == 0


def test_no_exact_count_is_in_what_is_told() -> None:
    figures = figures_of(run_of())
    assert "exact" not in figures
    shown = figures.loc[figures["told"] == "shown", "count"]
    assert (shown % 5 == 0).all()
    assert figures.loc[figures["told"] != "shown", "count"].isna().all()


def test_the_thresholds_are_those_that_were_frozen_with_the_run() -> None:
    strict = policy_from({"publication": {"least_shown": 100, "round_to": 10, "secondary": False}})
    figures = figures_of(run_of(policy=strict))
    assert told(figures, 2024, "Noord")["violence/assault"] == "hidden"
    assert told(figures, 2024, "Centrum")["violence/assault"] == 400


def test_the_municipality_alone_may_be_public() -> None:
    counts = public_town.yearly({"Proefstad": public_town.COUNTS["Centrum"]}, public_town.YEARS)
    figures = figures_of(Made(public_town.record(), counts.assign(level="municipality")))
    document = safety_document(figures, CITY)
    assert document is not None
    assert document.area_name == "Proefstad"
    assert areas_of(figures) == []


# ---------------------------------------------------------------- once
def test_a_year_is_published_once_whatever_is_corrected_or_grouped_anew() -> None:
    first = figures_of(run_of())
    corrected = {
        name: {
            theme: (*(None if n is None else n + 1 for n in values), 50)
            for theme, values in themes.items()
        }
        for name, themes in public_town.COUNTS.items()
    }
    regrouped = policy_from(
        {
            "publication": {
                "groups": {"street": ["street_robbery", "vandalism"], "assault": ["assault"]}
            }
        }
    )
    second = figures_of(
        run_of(
            corrected, (2023, 2024, 2025), run_id="later", made=date(2026, 1, 9), policy=regrouped
        )
    )
    together = first_published([first, second])
    assert together is not None
    pd.testing.assert_frame_equal(sorted_by(together[together["year"] < 2025]), sorted_by(first))
    assert set(together.loc[together["year"] == 2025, "group"]) == {"street", "assault"}
    assert set(together.loc[together["year"] == 2025, "run"]) == {"later"}


@settings(max_examples=25)
@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_two_cut_offs_tell_no_more_than_the_first(numbers: list[int]) -> None:
    counts: dict[str, dict[str, tuple[int | None, ...]]] = {
        name: {
            theme: (numbers[3 * at + which],)
            for which, theme in enumerate(("assault", "threat", "street_robbery"))
        }
        for at, name in enumerate(("Zuid", "Noord", "Centrum"))
    }
    more: dict[str, dict[str, tuple[int | None, ...]]] = {
        name: {theme: ((n[0] or 0) + 1,) for theme, n in themes.items()}
        for name, themes in counts.items()
    }
    first = figures_of(run_of(counts, (2024,)))
    second = figures_of(run_of(more, (2024,), run_id="later", made=date(2026, 1, 9)))
    together = first_published([first, second])
    assert together is not None
    pd.testing.assert_frame_equal(together, first)


def test_what_was_not_known_can_still_be_published() -> None:
    unknown: dict[str, dict[str, tuple[int | None, ...]]] = {"Zuid": {"vandalism": (None,)}}
    known: dict[str, dict[str, tuple[int | None, ...]]] = {"Zuid": {"vandalism": (61,)}}
    first = figures_of(run_of(unknown, (2023,)))
    second = figures_of(run_of(known, (2023,), run_id="later", made=date(2026, 1, 9)))
    together = first_published([first, second])
    assert together is not None
    assert told(together, 2023, "Proefstad") == {"vandalism/vandalism": 60}


def test_runs_are_public_in_the_order_in_which_they_became_so() -> None:
    waiting = policy_from({"publication": {"figures_after_days": 60}})
    made = [
        public_town.record("b", made=date(2026, 1, 9)),
        public_town.record("a", made=date(2026, 1, 2), policy=waiting),
        public_town.record("none").model_copy(update={"results": {}}),
    ]
    assert [each.id for each in public_runs(made, at=datetime(2026, 2, 1, tzinfo=UTC))] == ["b"]
    assert [each.id for each in public_runs(made, at=datetime(2026, 4, 1, tzinfo=UTC))] == [
        "b",
        "a",
    ]


def test_a_run_from_before_there_were_thresholds_has_the_usual_ones() -> None:
    old = run_of()
    bare = old.record.model_copy(update={"policy": {}})
    pd.testing.assert_frame_equal(figures_of(Made(bare, old.counts)), figures_of(old))


# ---------------------------------------------------------------- documents
def test_areas_stand_by_name_and_the_total_first() -> None:
    figures = figures_of(run_of())
    assert [name for _, name in areas_of(figures)] == ["Centrum", "Noord", "Zuid"]
    document = safety_document(figures, "SD-Zuid")
    assert document is not None
    assert document.years == (2023, 2024)
    groups = {each.group: [line.theme for line in each.lines] for each in document.groups}
    assert groups == {"violence": [None, "assault", "street_robbery"], "vandalism": ["vandalism"]}
    assert safety_document(figures, "SD-Nergens") is None
    rows = figures_rows(figures)
    assert list(rows["area_name"].unique()) == ["Centrum", "Noord", "Proefstad", "Zuid"]


def test_a_month_that_was_not_delivered_is_named() -> None:
    counts: dict[str, dict[str, tuple[int | None, ...]]] = {
        "Zuid": {"vandalism": (None, 70), "assault": (20, 30)}
    }
    document = safety_document(figures_of(run_of(counts)), "SD-Zuid")
    assert document is not None
    assert document.missing_months == ("2023-12",)
    cells = {each.group: each.lines[0].cells for each in document.groups}
    assert [(cell.told, cell.count) for cell in cells["vandalism"]] == [
        ("no_data", None),
        ("shown", 70),
    ]


# ---------------------------------------------------------------- areas
@pytest.fixture
def housed(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


@pytest.fixture
def register(housed: Workspace) -> Register:
    return open_register(housed)


def test_only_what_holds_and_was_published_is_public(housed: Workspace, register: Register) -> None:
    with register:
        public_town.in_force(register, ON, name="Stationsplein")
        designations.draft(
            register,
            {"kind": "camera_area", "name": "Concept"},
            by(ON),
            public_town.POLICY,
            area=public_town.AREA,
        )
        suspended = public_town.in_force(register, ON, name="Geschorst")
        designations.mark(register, suspended.id, "suspended", by(ON), lift=False)
        (found,) = public_areas(housed, register, public_town.POLICY, on=ON)
        assert found.name == "Stationsplein"
        assert found.kind_title == "Cameragebied"
        assert found.object_until == ON - timedelta(days=40) + timedelta(weeks=6)
        assert found.shape is not None
        assert found.shape.equals(public_town.AREA)
        over = ON + timedelta(days=400)
        assert public_areas(housed, register, public_town.POLICY, on=over) == []


def test_the_policy_says_which_kinds_and_fields_are_public_and_when(
    housed: Workspace, register: Register
) -> None:
    with register:
        public_town.in_force(register, ON)

        def under(**publication: object) -> list[object]:
            policy = public_town.POLICY.model_copy(
                update={"publication": Publication.model_validate(publication)}
            )
            return list(public_areas(housed, register, policy, on=ON))

        assert under(kinds=["alcohol_ban"]) == []
        assert len(under(kinds=["camera_area"])) == 1
        assert under(after_days=41) == []
        assert len(under(after_days=40)) == 1
        policy = public_town.POLICY.model_copy(
            update={"publication": Publication(fields=["start", "end"])}
        )
        (bare,) = public_areas(housed, register, policy, on=ON)
        assert (bare.goal, bare.legal_basis, bare.publication) == ("", "", "")
        assert (bare.decider, bare.evaluation_on, bare.object_until) == (None, None, None)
        assert bare.end is not None


def test_the_public_reads_that_an_evaluation_was_held(
    housed: Workspace, register: Register
) -> None:
    with register:
        made = public_town.in_force(register, ON, name="Stationsplein")
        public_town.in_force(register, ON, name="Kade")
        held_on = ON + timedelta(days=140)  # ten days before the one that was planned
        found = [{"found_on": held_on, "by": "wijkagenten", "summary": "Onrustig."}]
        reviews.review(register, made.id, review(findings=found), by(held_on, "planner"))

        def evaluated(on: date, policy: Policy = public_town.POLICY) -> dict[str, bool]:
            areas = public_areas(housed, register, policy, on=on)
            return {each.name: each.evaluated for each in areas}

        assert evaluated(held_on - timedelta(days=1)) == {"Kade": False, "Stationsplein": False}
        assert evaluated(held_on + timedelta(days=30)) == {"Kade": False, "Stationsplein": True}
        bare = Publication(fields=["start", "end"])
        kept_back = public_town.POLICY.model_copy(update={"publication": bare})
        assert not any(evaluated(held_on, kept_back).values())


def test_areas_of_a_kind_stand_by_name_and_number(housed: Workspace, register: Register) -> None:
    with register:
        for name in ("Plein 11", "haven", "Plein 2"):
            public_town.in_force(register, ON, name=name)
        found = public_areas(housed, register, public_town.POLICY, on=ON)
    assert [each.name for each in found] == ["haven", "Plein 2", "Plein 11"]


def test_no_name_of_who_acted_nor_an_address_is_public(
    housed: Workspace, register: Register
) -> None:
    goal = "Minder overlast bij Kadestraat 12, zegt j.jansen. Er waren 3 meldingen op Kerkhof 2."
    with register:
        public_town.in_force(register, ON, name="Kerkhof 2", goal=goal)
        (found,) = public_areas(housed, register, public_town.POLICY, on=ON)
    assert found.name == "Kerkhof 2"  # the area's own name holds no address
    assert found.goal == (
        "Minder overlast bij Kadestraat …, zegt …. Er waren enkele meldingen op Kerkhof 2."
    )
    text = areas_rows([found]).to_csv()
    for secret in ("j.jansen", "Kadestraat 12", "DPIA", "officier", "politie kijkt", "yearly-1"):
        assert secret not in text
