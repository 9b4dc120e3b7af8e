"""What a yearly run freezes for the half-year monitor, and the bans over the years, by hand."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from hotspots.decisions import designations
from hotspots.decisions.log import bans_over_time, decisions_of
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.histories import public_histories
from hotspots.pipeline.monitor import monitor_of
from hotspots.pipeline.run import in_order
from hotspots.policy import Policy, policy_from
from hotspots.results import RESULTS
from hotspots.store.register.register import open_register
from tests import monitored_town as town
from tests.decisions.files import by
from tests.test_pipeline import fill
from tests.town import build_town

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory) -> Current:
    return Current(town.build(tmp_path_factory.mktemp("town")))


def monitored(current: Current, policy: Policy, until: date) -> Tables:
    return monitor_of(current, policy, until, public_histories(current, policy, until))


@pytest.fixture(scope="module")
def tables(current: Current) -> Tables:
    return monitored(current, policy_from({}), town.UNTIL)


def test_every_table_is_what_its_schema_says(tables: Tables) -> None:
    assert set(tables) == {name for name in RESULTS if name.startswith("monitor")}
    for name, table in in_order(tables).items():
        RESULTS[name]().validate(table)


def test_months_are_as_delivered_and_one_that_lacks_has_no_count(tables: Tables) -> None:
    months = tables["monitor_months"].set_index(["theme", "area_code", "month"])
    lacking = months.xs(town.MISSING, level="month").loc["youth_nuisance"]
    assert lacking["count"].isna().all()
    assert lacking["source"].isna().all()
    assert months.loc[("youth_nuisance", town.ZUID, "2025-07"), "count"] == 40
    assert months.loc[("youth_reports", town.ZUID, "2024-12"), "source"] == "meldpunt"
    # From the first month that is compared: four years of two areas and two themes.
    assert len(months) == 4 * 12 * 2 * 2


def test_a_month_that_lacks_in_a_year_before_is_named(tables: Tables) -> None:
    found = tables["monitor"].set_index(["theme", "area_code", "first_month"])["missing_months"]
    assert found[("youth_nuisance", town.NOORD, "2025-07")] == town.MISSING
    assert found[("youth_nuisance", town.NOORD, "2025-01")] == ""
    assert found[("youth_reports", town.NOORD, "2025-07")] == ""


def test_a_run_that_stops_earlier_tells_of_earlier_half_years(current: Current) -> None:
    found = monitored(current, policy_from({}), date(2025, 11, 30))["monitor"]
    assert set(found["first_month"]) == {"2025-01", "2024-07"}


def test_a_year_more_or_less_is_a_setting(current: Current) -> None:
    policy = policy_from({"monitor": {"years": 1}})
    found = monitored(current, policy, town.UNTIL)["monitor"]
    assert set(found["years_before"]) == {1}


def test_events_are_told_where_they_were(current: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    events = pd.DataFrame(
        [
            ("2024-03-01", "2024-05-31", "campaign", "Campagne", None, None),
            ("2025-09-01", "2025-09-01", "measure", "Hek in Zuid", "stadsdeel", town.ZUID),
            ("2025-09-01", "2025-09-01", "measure", "Elders", "stadsdeel", "SD9"),
            ("2025-09-01", "2025-09-01", "football", "Wedstrijd", None, None),
            ("2021-12-31", "2021-12-31", "campaign", "Te vroeg", None, None),
            ("2021-12-31", "2022-01-01", "campaign", "Net op tijd", None, None),
        ],
        columns=["start", "end", "kind", "name", "level", "area_code"],
    ).astype({"start": "datetime64[s]", "end": "datetime64[s]"})
    monkeypatch.setattr(current, "holding", lambda kind: events)
    found = monitored(current, policy_from({}), town.UNTIL)["monitor_events"]
    told = found.set_index("name")["area_code"]
    assert list(told.index) == ["Net op tijd", "Campagne", "Hek in Zuid"]
    assert told["Hek in Zuid"] == town.ZUID
    assert told[["Campagne", "Net op tijd"]].isna().all()
    RESULTS["monitor_events"]().validate(found)


def test_a_city_without_stadsdelen_is_told_per_wijk(tmp_path: Path) -> None:
    current = Current(fill(tmp_path / "ws", build_town(tmp_path)))
    found = monitored(current, policy_from({}), date(2023, 12, 31))
    assert set(found["monitor"]["level"]) == {"wijk"}
    assert "monitor_sources" not in found  # burglary has no second source
    never = found["monitor"].query("area_code == 'WK999905'")
    assert never["count"].isna().all()
    assert never["same_months"].eq(0).all()


# ---------------------------------------------------------------- the register over the years
def test_what_is_no_ban_of_the_board_is_not_counted(tmp_path: Path) -> None:
    workspace = town.build(tmp_path)
    with open_register(workspace) as register:
        town.in_force(register, date(2026, 6, 1), name="Plein A")
        assert bans_over_time(register, on=date(2026, 6, 1)) == []


def test_bans_are_counted_on_their_days(tmp_path: Path) -> None:
    workspace = town.build(tmp_path)
    with open_register(workspace) as register:
        made = town.ban(register, date(2025, 3, 1))
        told = bans_over_time(register, on=date(2026, 6, 1))
        assert [(each.day, each.number) for each in told] == [
            (date(2025, 6, 1), 1), (date(2026, 1, 1), 1), (date(2026, 6, 1), 1),
        ]  # fmt: skip
        assert told[-1].km2 == pytest.approx(0.4 * 0.4)
        designations.withdraw(register, made.id, by(date(2026, 2, 1), "board"))
        ended = bans_over_time(register, on=date(2026, 6, 1))
        assert [each.number for each in ended] == [1, 1, 0]
        newest = decisions_of(register)[0]
        assert (newest.act, newest.day, newest.role) == ("withdraw", date(2026, 2, 1), "board")
