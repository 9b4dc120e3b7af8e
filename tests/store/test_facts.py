import json
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from hotspots.errors import WorkspaceRefused
from hotspots.ingest.quarantine import Quarantine
from hotspots.records import Delivery
from hotspots.store.facts import (
    add_delivery,
    current_months,
    list_deliveries,
    purge_facts,
    read_facts,
    read_rejects,
)
from hotspots.store.workspace import Workspace, init_workspace

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "ws", name="Proefstad", crs="EPSG:28992")


def months(first: str, last: str) -> list[str]:
    return list(pd.period_range(first, last, freq="M").astype(str))


def delivery(
    name: str, first: str, last: str, *, source: str = "politie", without: tuple[str, ...] = ()
) -> Delivery:
    return Delivery(
        id=name,
        sequence=0,
        kind="counts",
        source=source,
        file_name=f"{name}.csv",
        sha256=sha256(name.encode()).hexdigest(),
        delivered_at=NOW,
        level="wijk",
        themes=["burglary"],
        months=[month for month in months(first, last) if month not in without],
        read=1,
        accepted=1,
        rejected=0,
        mapping={"zeros_omitted": False},
    )


def facts_of(record: Delivery) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_code": "WK999901",
            "level": "wijk",
            "month": record.months,
            "theme": "burglary",
            "attempt": "unknown",
            "count": range(len(record.months)),
        }
    ).astype({"count": "int64"} | dict.fromkeys(["area_code", "level", "theme", "attempt"], "str"))


def add(workspace: Workspace, record: Delivery) -> tuple[Delivery, bool]:
    rejects = Quarantine("f")
    rejects.add([3], column="aantal", rule="Rule.", remedy="Remedy.")
    return add_delivery(workspace, record, facts_of(record), rejects.frame())


def holding(workspace: Workspace, source: str | None = None) -> dict[str, str]:
    held = current_months(
        list_deliveries(workspace), kind="counts", theme="burglary", level="wijk", source=source
    )
    return {month: record.id for month, record in held.items()}


def test_a_known_delivery_changes_nothing(workspace: Workspace) -> None:
    first, new = add(workspace, delivery("a", "2021-01", "2021-12"))
    again, new_again = add(workspace, delivery("a", "2021-01", "2021-12"))
    assert (new, new_again) == (True, False)
    assert again == first
    assert [each.sequence for each in list_deliveries(workspace)] == [1]


def test_a_newer_delivery_holds_for_its_whole_period_and_both_are_kept(
    workspace: Workspace,
) -> None:
    add(workspace, delivery("old", "2021-01", "2021-12"))
    add(workspace, delivery("new", "2021-10", "2022-02", without=("2021-11",)))
    held = holding(workspace)
    assert held["2021-09"] == "old"
    assert held["2021-10"] == held["2022-02"] == "new"
    assert "2021-11" not in held  # the newer file lacks it: missing, not the older figure
    assert len(list_deliveries(workspace)) == 2


def test_two_sources_for_a_month_ask_for_a_choice(workspace: Workspace) -> None:
    add(workspace, delivery("a", "2021-01", "2021-06"))
    add(workspace, delivery("b", "2021-07", "2021-12", source="anders"))
    assert set(holding(workspace)) == set(months("2021-01", "2021-12"))
    add(workspace, delivery("c", "2021-06", "2021-06", source="anders"))
    with pytest.raises(WorkspaceRefused, match="2021-06") as refusal:
        holding(workspace)
    assert "sources.counts" in str(refusal.value)
    assert holding(workspace, source="politie")["2021-06"] == "a"


def test_a_file_taken_in_again_holds_as_it_was_read_last(workspace: Workspace) -> None:
    first = delivery("guess", "2021-01", "2021-06", source="gok").model_copy(
        update={"sha256": "f" * 64}
    )
    again = delivery("mapped", "2021-01", "2021-06").model_copy(update={"sha256": "f" * 64})
    add(workspace, first)
    add(workspace, again)
    assert set(holding(workspace).values()) == {"mapped"}


def test_purge_also_finds_rows_of_months_that_do_not_count_as_delivered(
    workspace: Workspace,
) -> None:
    record = delivery("a", "2021-01", "2021-03")
    facts = facts_of(record)
    add_delivery(
        workspace, record.model_copy(update={"months": ["2021-02"]}), facts, Quarantine("f").frame()
    )
    (line,) = purge_facts(workspace, before=date(2021, 2, 1), at=NOW)
    assert "2021-01 to 2021-01" in line
    (stored,) = list_deliveries(workspace)
    assert read_facts(workspace, stored)["month"].tolist() == ["2021-02", "2021-03"]


def test_facts_and_rejects_come_back(workspace: Workspace) -> None:
    stored, _ = add(workspace, delivery("a", "2021-01", "2021-03"))
    assert read_facts(workspace, stored)["count"].tolist() == [0, 1, 2]
    assert read_rejects(workspace, stored)["row"].tolist() == [3]


def test_purge_trims_and_records_what_it_deleted(workspace: Workspace) -> None:
    add(workspace, delivery("old", "2015-01", "2015-12"))
    add(workspace, delivery("both", "2016-01", "2021-12"))
    add(workspace, delivery("new", "2022-01", "2022-12"))
    before = date(2021, 3, 1)
    assert len(purge_facts(workspace, before=before, at=NOW, dry_run=True)) == 2
    assert len(list_deliveries(workspace)[0].months) == 12
    assert len(purge_facts(workspace, before=before, at=NOW)) == 2
    old, both, new = list_deliveries(workspace)
    assert old.months == []
    assert read_facts(workspace, old).empty
    assert both.first_month == "2021-03"
    assert read_facts(workspace, both)["month"].min() == "2021-03"
    assert read_rejects(workspace, both).empty
    assert not read_rejects(workspace, new).empty
    (entry,) = map(json.loads, (workspace.path / "purged.jsonl").read_text().splitlines())
    assert entry["before"] == "2021-03-01"
    assert len(entry["deleted"]) == 2
    assert purge_facts(workspace, before=before, at=NOW) == []
    assert add(workspace, delivery("old", "2015-01", "2015-12"))[1] is False  # it stays deleted
