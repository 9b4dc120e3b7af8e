"""Youth groups from round to round, on scans worked out by hand."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from hotspots.analysis.groups import (
    GRADINGS,
    changes,
    current_zones,
    label_counts,
    networks,
    round_before,
    scan_table,
)
from hotspots.columns import validated
from hotspots.facts.groups import groups_schema

ZONE = box(0, 0, 200, 200)
BESIDE = translate(ZONE, 90)  # 110 m of 200 m in common
AWAY = translate(ZONE, 110)  # 90 m of 200 m in common


def scans(*rows: tuple[str, str, str, str | None, BaseGeometry | None]) -> gpd.GeoDataFrame:
    """Return rows of (round, group, label, network, zone) as the schema says."""
    frame = pd.DataFrame(rows, columns=["round", "group_id", "label", "network", "geometry"])
    frame = frame.assign(confidence="high", themes="youth_nuisance", lead_body="partners")
    columns = list(groups_schema().columns)
    texts = dict.fromkeys(columns[:-1], "str")
    return gpd.GeoDataFrame(
        validated(
            gpd.GeoDataFrame(frame[columns].astype(texts), geometry="geometry", crs="EPSG:28992"),
            groups_schema(),
        )
    )


THREE = scans(
    ("2024-H1", "G-1", "low", "N-1", ZONE),
    ("2024-H1", "G-2", "high", "N-1", ZONE),
    ("2024-H1", "G-3", "middle", None, ZONE),
    ("2024-H2", "G-1", "middle", "N-1", BESIDE),
    ("2024-H2", "G-2", "middle", "N-1", AWAY),
    ("2024-H2", "G-4", "low", None, None),
    ("2024-H2", "G-5", "low", None, ZONE),
    ("2025-H2", "G-1", "middle", None, None),
    ("2025-H2", "G-2", "high", "N-1", AWAY),
    ("2025-H2", "G-3", "high", "N-1", ZONE),
    ("2025-H2", "G-4", "low", None, ZONE),
)


def test_the_round_before_is_the_last_delivered_one() -> None:
    assert round_before(THREE, "2025-H2") == "2024-H2"
    assert round_before(THREE, "2025-H1") == "2024-H2"
    assert round_before(THREE, "2024-H1") is None


def test_what_changed_between_two_rounds() -> None:
    found = changes(THREE, now="2024-H2", before="2024-H1").fillna("")
    assert found["change"].to_dict() == {
        "G-1": "label_up",
        "G-2": "label_down",
        "G-3": "gone",
        "G-4": "new",
        "G-5": "new",
    }
    assert found["zone_change"].to_dict() == {
        "G-1": "zone_same",
        "G-2": "zone_moved",
        "G-3": "",
        "G-4": "",
        "G-5": "",
    }
    later = changes(THREE, now="2025-H2", before="2024-H2").fillna("")
    assert later["change"].to_list() == ["same", "label_up", "new", "same", "gone"]
    assert later["zone_change"].to_list() == ["zone_lost", "zone_same", "", "zone_new", ""]
    assert later["label_before"].to_list() == ["middle", "middle", "", "low", "low"]


def test_a_first_round_has_no_changes() -> None:
    found = changes(THREE, now="2024-H1", before=None)
    assert found["label"].to_list() == ["low", "high", "middle"]
    assert found[["label_before", "change", "zone_change"]].isna().all(axis=None)


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(GRADINGS), max_size=8),
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(GRADINGS), max_size=8),
)
def test_changes_account_for_every_group(before: dict[str, str], now: dict[str, str]) -> None:
    rows = [("2024-H1", group, label, None, None) for group, label in before.items()]
    rows += [("2024-H2", group, label, None, None) for group, label in now.items()]
    found = changes(scans(*rows), now="2024-H2", before="2024-H1")["change"]
    number = found.value_counts().to_dict()
    assert len(now) == len(before) + number.get("new", 0) - number.get("gone", 0)
    for group in before.keys() & now.keys():
        step = GRADINGS.index(now[group]) - GRADINGS.index(before[group])
        assert found[group] == {1: "label_up", -1: "label_down", 0: "same"}[(step > 0) - (step < 0)]


def test_every_subgroup_counts() -> None:
    counts = label_counts(THREE)
    assert counts.index.to_list() == ["high", "middle", "low"]
    assert counts.to_dict("list") == {
        "2024-H1": [1, 1, 1],
        "2024-H2": [0, 2, 2],
        "2025-H2": [2, 1, 1],
    }
    assert networks(THREE, of="2024-H1").to_dict("index") == {
        "N-1": {"subgroups": "G-1 G-2", "count": 2}
    }
    assert networks(THREE, of="2025-H2")["subgroups"].to_list() == ["G-2 G-3"]


def test_zones_expire_with_their_round() -> None:
    def zones(at: str, rounds_valid: int = 1) -> dict[str, BaseGeometry]:
        found = current_zones(THREE, at=at, rounds_valid=rounds_valid)
        assert found.crs == THREE.crs
        return dict(zip(found["group_id"], found.geometry, strict=True))

    assert zones("2024-H1") == {"G-1": ZONE, "G-2": ZONE, "G-3": ZONE}
    assert zones("2024-H2") == {"G-1": BESIDE, "G-2": AWAY, "G-5": ZONE}
    # The scan of the half year before still holds; one of a year before does not.
    assert zones("2025-H1") == zones("2024-H2")
    assert zones("2026-H2") == {}
    assert zones("2023-H2") == {}
    # With two rounds a zone outlives a scan without it, but not its group: G-5 is gone.
    assert zones("2025-H2", 2) == {"G-1": BESIDE, "G-2": AWAY, "G-3": ZONE, "G-4": ZONE}


def test_a_zone_carries_the_newest_label() -> None:
    rows = scans(("2025-H1", "G-1", "low", None, ZONE), ("2025-H2", "G-1", "high", None, None))
    found = current_zones(rows, at="2025-H2", rounds_valid=2)
    assert found["label"].tolist() == ["high"]


def test_the_table_shows_a_round_without_any_place() -> None:
    table = scan_table(THREE, now="2025-H2").fillna("")
    assert table["group_id"].tolist() == ["G-2", "G-3", "G-1", "G-4", "G-5"]
    assert table["history"].iloc[0] == "2024-H1 high, 2024-H2 middle, 2025-H2 high"
    assert table["history"].iloc[1] == "2024-H1 middle, 2025-H2 high"
    assert table["network"].tolist() == ["N-1", "N-1", "", "", ""]
    assert table["has_zone"].tolist() == [True, True, False, True, False]
    assert table["change"].tolist() == ["label_up", "new", "same", "same", "gone"]
    assert "geometry" not in table
    assert "2025-H2" not in " ".join(scan_table(THREE, now="2024-H2")["history"])


@pytest.mark.parametrize("at", ["2024-H1", "2025-H2"])
def test_the_order_of_the_rows_does_not_matter(at: str) -> None:
    shuffled = THREE.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(scan_table(THREE, now=at), scan_table(shuffled, now=at))
