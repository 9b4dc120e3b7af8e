"""What of a delivery holds, told from records, against the choice that a run makes."""

from datetime import UTC, datetime

import hypothesis.strategies as st
from hypothesis import given

from hotspots.months import month_name
from hotspots.records import Delivery
from hotspots.schemas import Kind, Level
from hotspots.store.facts import current_areas, current_months, current_of_kind, current_per_source
from hotspots.store.standing import standings

THEMES = ("burglary", "assault", "vandalism")
FIRST = 2020 * 12


def delivery(sequence: int, **changes: object) -> Delivery:
    return Delivery.model_validate(
        {
            "id": f"d{sequence}",
            "sequence": sequence,
            "kind": "incidents",
            "source": "politie",
            "file_name": f"{sequence}.csv",
            "sha256": f"{sequence:064x}",
            "delivered_at": datetime(2026, 1, 2, tzinfo=UTC),
            "level": None,
            "read": 1,
            "accepted": 1,
            "rejected": 0,
            "mapping": {},
            **changes,
        }
    )


monthly = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["politie", "mor"]),
        "themes": st.sets(st.sampled_from(THEMES), min_size=1).map(sorted),
        "months": st.sets(st.integers(0, 7), min_size=1).map(
            lambda found: [month_name(FIRST + each) for each in sorted(found)]
        ),
        "sha256": st.sampled_from(["a" * 64, "b" * 64, "c" * 64, "d" * 64]),
    }
)


@given(st.lists(monthly, min_size=1, max_size=6))
def test_a_delivery_holds_for_as_much_as_a_run_would_take_from_it(
    made: list[dict[str, object]],
) -> None:
    deliveries = [delivery(number, **each) for number, each in enumerate(made, 1)]
    found = standings(deliveries)
    for each in deliveries:
        taken = sum(
            holder.id == each.id
            for theme in each.themes
            for holder in current_months(
                deliveries, kind="incidents", theme=theme, source=each.source
            ).values()
        )
        whole = len(each.themes) * len(each.months)
        expected = "all" if taken == whole else "part" if taken else "none"
        assert found[each.id].holds == expected
        by = {other.id: other for other in deliveries}
        assert all(by[newer].sequence > each.sequence for newer in found[each.id].superseded_by)
        assert (expected == "all") == (not found[each.id].superseded_by)


others = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["dwellings", "built-up", "streets", "cameras", "heights"]),
        "source": st.sampled_from(["bag", "bgt"]),
        "sha256": st.sampled_from(["a" * 64, "b" * 64, "c" * 64]),
    }
)


@given(st.lists(others, min_size=1, max_size=7))
def test_of_what_has_no_months_the_newest_holds(made: list[dict[str, object]]) -> None:
    deliveries = [delivery(number, **each) for number, each in enumerate(made, 1)]
    together: list[Kind] = ["streets", "cameras"]
    alone: list[Kind] = ["dwellings", "built-up", "heights"]
    holds = {each.id for kind in together for each in current_per_source(deliveries, kind)}
    newest = [current_of_kind(deliveries, kind) for kind in alone]
    holds |= {each.id for each in newest if each is not None}
    found = standings(deliveries)
    assert {name for name, each in found.items() if each.holds == "all"} == holds
    assert {each.holds for each in found.values()} <= {"all", "none"}


def test_areas_hold_by_level_and_rounds_are_told_by_their_rows_alone() -> None:
    levels: list[Level] = ["wijk", "buurt", "wijk"]
    areas = [delivery(n, kind="areas", level=level) for n, level in enumerate(levels, 1)]
    groups = [delivery(n, kind="groups", source="groups") for n in (4, 5)]
    found = standings([*areas, *groups])
    assert {each.id for each in current_areas(areas).values()} == {"d2", "d3"}
    assert found["d1"].holds == "none"
    assert found["d1"].superseded_by == ["d3"]
    assert found["d2"].holds == found["d3"].holds == "all"
    assert found["d4"].holds == "unknown"
    assert found["d5"].holds == "all"


def test_a_correction_of_a_part_of_the_months_supersedes_that_part() -> None:
    year = [f"2024-{month:02d}" for month in range(1, 13)]
    old = delivery(1, themes=["burglary"], months=year)
    half = delivery(2, themes=["burglary"], months=["2024-05", "2024-08"])
    found = standings([old, half])
    assert (found["d1"].holds, found["d1"].superseded_by) == ("part", ["d2"])
    assert found["d2"].holds == "all"
