"""Signals that the need is gone, by counts worked out by hand, and their answers."""

from datetime import date

import pytest

from hotspots.decisions import placements, signals
from hotspots.decisions.signals import Gone, need_gone
from hotspots.errors import StepRefused
from hotspots.register import Evidence, Placement
from hotspots.store.register.register import Register
from tests.decisions.files import EVIDENCE, POLICY, by, camera, published


def months(first: int, last: int, year: int, each: int) -> dict[str, int]:
    """So many incidents in each month from one to another."""
    return {f"{year}-{month:02d}": each for month in range(first, last + 1)}


def judged(
    counts: dict[str, int], *, most_per_year: int, least_months: int, from_month: str = "2000-01"
) -> Gone | None:
    """Judge counts of an area that was designated long ago, or in some month."""
    return need_gone(
        counts, most_per_year=most_per_year, least_months=least_months, from_month=from_month
    )


def test_the_months_before_the_designation_are_no_sign() -> None:
    counts = months(1, 12, 2024, 0) | months(1, 12, 2025, 0)
    found = judged(counts, most_per_year=18, least_months=3, from_month="2025-10")
    assert found == Gone("2025-10", 0, "2025-12")
    assert judged(counts, most_per_year=18, least_months=4, from_month="2025-10") is None


def test_the_month_since_which_a_year_stays_within_the_criterion() -> None:
    # 3 a month in 2024 (36 a year), none in 2025: the year up to month m of 2025 holds
    # 3 * (12 - m) incidents, which is 18 or less from June on.
    counts = months(1, 12, 2024, 3) | months(1, 12, 2025, 0)
    assert judged(counts, most_per_year=18, least_months=3) == Gone("2025-06", 0, "2025-12")
    assert judged(counts, most_per_year=18, least_months=7) == Gone("2025-06", 0, "2025-12")
    assert judged(counts, most_per_year=18, least_months=8) is None


def test_a_busy_last_year_is_no_sign() -> None:
    counts = months(1, 12, 2024, 0) | months(1, 12, 2025, 3)
    assert judged(counts, most_per_year=18, least_months=1) is None


def test_a_quiet_season_is_no_sign() -> None:
    summer = {f"{year}-{month:02d}": 10 * (5 <= month <= 9)
              for year in (2024, 2025) for month in range(1, 13)}  # fmt: skip
    assert judged(summer, most_per_year=20, least_months=1) is None


def test_a_month_that_was_not_delivered_ends_the_row() -> None:
    counts = months(1, 12, 2023, 0) | months(1, 12, 2024, 0) | months(1, 12, 2025, 0)
    del counts["2024-03"]
    assert judged(counts, most_per_year=5, least_months=3) == Gone("2025-03", 0, "2025-12")
    assert judged({}, most_per_year=5, least_months=1) is None
    assert judged(months(1, 11, 2025, 0), most_per_year=5, least_months=1) is None


GONE = Gone("2026-03", 4, "2026-05")
PINNED = Evidence.model_validate(EVIDENCE)


def test_a_signal_waits_for_an_answer_and_is_not_raised_twice(register: Register) -> None:
    area = published(register)
    analyst = by(date(2026, 6, 1), "analyst")
    raised = signals.raise_signal(register, area.id, GONE, PINNED, analyst)
    assert raised is not None
    assert signals.raise_signal(register, area.id, GONE, PINNED, analyst) is None
    signals.answer(register, raised.id, "dismiss", by(date(2026, 6, 2), reason="Verbouwing"))
    assert signals.raise_signal(register, area.id, GONE, PINNED, analyst) is None
    later = signals.raise_signal(register, area.id, Gone("2026-05", 2, "2026-07"), PINNED, analyst)
    assert later is not None
    assert [each.answer for each in register.signals(area.id)] == ["dismiss", None]
    assert register.signals(area.id)[0].reason == "Verbouwing"


def test_answering_withdraw_withdraws_the_area_and_its_cameras(register: Register) -> None:
    area = published(register)
    planner = by(date(2026, 4, 2), "planner")
    stands = placements.place(register, area.id, camera(), planner, POLICY)
    raised = signals.raise_signal(register, area.id, GONE, PINNED, by(date(2026, 6, 1), "analyst"))
    assert raised is not None
    signals.answer(register, raised.id, "withdraw", by(date(2026, 6, 8)))
    assert register.designation(area.id).state == "withdrawn"
    assert register.get(Placement, stands.id).end == date(2026, 6, 8)
    with pytest.raises(StepRefused, match="answered already"):
        signals.answer(register, raised.id, "dismiss", by(date(2026, 6, 9)))
