"""Event calendars: kinds, days and areas as people write them, and which delivery holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.errors import InputRefused, PersonalDataRefused
from hotspots.ingest.events import AreaCodes, ingest_events, kind
from hotspots.ingest.mapping import Columns, Mapping
from hotspots.ingest.quarantine import Unfit
from hotspots.ingest.result import Ingested
from hotspots.pipeline.deliveries import Current, deliver
from hotspots.policy.intake import Limits
from hotspots.schemas import Level
from hotspots.store.workspace import init_workspace

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HEAD = "datum;einddatum;soort;naam;gebiedscode;niveau"


def take(
    path: Path,
    mapping: Mapping | None = None,
    level: Level | None = None,
    areas: AreaCodes | None = None,
) -> Ingested:
    return ingest_events(
        path, mapping=mapping or Mapping(), level=level, areas=areas or {}, limits=Limits()
    )


def written(folder: Path, *rows: str, head: str = HEAD, name: str = "kalender.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def plain(found: Ingested) -> list[list[str]]:
    """Return the facts as texts, a missing value being empty."""
    facts = found.facts.assign(
        start=found.facts["start"].dt.strftime("%Y-%m-%d"),
        end=found.facts["end"].dt.strftime("%Y-%m-%d"),
    )
    return [list(map(str, row)) for row in facts.fillna("").to_numpy()]


def test_a_calendar_of_days_and_of_what_lasted(tmp_path: Path) -> None:
    found = take(
        written(
            tmp_path,
            "31-12-2024;01-01-2025;jaarwisseling;Nieuwjaarsnacht;;",
            "2025-03-09;;voetbal;Thuiswedstrijd;;",
            "2025-02-01 00:00:00;;maatregel;Slotenactie;WK051829;",
            "2025-05-01;2025-05-31;Handhavingsactie;;SD1;stadsdeel",
            "2025-06-01;;warme dag;Drukke stranddag;518;",
        )
    )
    assert (found.read, found.accepted) == (5, 5)
    assert plain(found) == [
        ["2024-12-31", "2025-01-01", "new_year", "Nieuwjaarsnacht", "", ""],
        ["2025-02-01", "2025-02-01", "measure", "Slotenactie", "wijk", "WK051829"],
        ["2025-03-09", "2025-03-09", "football", "Thuiswedstrijd", "", ""],
        ["2025-05-01", "2025-05-31", "enforcement_action", "", "stadsdeel", "SD1"],
        ["2025-06-01", "2025-06-01", "hot_day", "Drukke stranddag", "municipality", "GM0518"],
    ]


WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "a.csv": lambda frame, path: frame.to_csv(path, index=False),
    "a.xlsx": lambda frame, path: frame.assign(start=pd.to_datetime(frame["start"])).to_excel(
        path, index=False
    ),
    "a.parquet": lambda frame, path: frame.to_parquet(path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_events(name: str, tmp_path: Path) -> None:
    rows = [("2025-03-09", "football", "Home match"), ("2025-04-26", "event", "Fair")]
    WRITERS[name](pd.DataFrame(rows, columns=["start", "kind", "name"]), tmp_path / name)
    assert [[row[0], row[2], row[3]] for row in plain(take(tmp_path / name))] == [
        list(row) for row in rows
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Voetbal", "football"), ("oud & nieuw", None), ("Oud en nieuw", "new_year"),
        ("demonstratie", "demonstration"), ("Warme dag", "hot_day"), ("hot_day", "hot_day"),
        ("Nieuw meldkanaal", "new_channel"), ("registration change", "registration_change"),
        ("campagne", "campaign"), ("overig", "other"), ("feestje", None), ("", None),
    ],
)  # fmt: skip
def test_kinds_are_known_words(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(Unfit):
            kind(text)
    else:
        assert kind(text) == expected


def test_rows_that_do_not_fit_are_quarantined(tmp_path: Path) -> None:
    found = take(
        written(
            tmp_path,
            "2025-03-09;;voetbal;Thuiswedstrijd;;",
            "2025-02-30;;voetbal;Thuiswedstrijd;;",
            ";;voetbal;Thuiswedstrijd;;",
            "2025-03-09;morgen;voetbal;Thuiswedstrijd;;",
            "2025-03-09;2025-03-08;maatregel;Slotenactie;;",
            "2025-03-09;;feest;Bij de buren;;",
            "2025-03-09;;maatregel;Slotenactie;SD1;",
            "2025-03-09;;maatregel;Slotenactie;BU1;wijk",
            "2025-03-09;;maatregel;Slotenactie;SD1;provincie",
            "2025-01-01;2025-02-01;festival;Winterfestival;;",
            "2025-01-01;2025-01-31;festival;Winterfestival;;",
            "2025-01-01;2025-12-31;maatregel;Een jaar lang;;",
            "2025-03-09;;voetbal;Thuiswedstrijd;;",
            f"2025-03-09;;maatregel;{'x' * 81};;",
        )
    )
    assert (found.read, found.accepted, found.rejected) == (14, 3, 11)
    assert sorted(set(found.rejects["row"])) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15]
    assert len(found.rejects) == 11


def test_a_level_may_be_given_for_the_whole_file(tmp_path: Path) -> None:
    path = written(tmp_path, "2025-03-09;maatregel;VG 4", head="datum;soort;gebiedscode")
    for found in (take(path, level="service-area"), take(path, Mapping(level="service-area"))):
        assert plain(found) == [["2025-03-09", "2025-03-09", "measure", "", "service-area", "VG 4"]]
    with pytest.raises(InputRefused, match="which level"):
        take(path)


def test_personal_data_in_a_calendar_refuses_it(tmp_path: Path) -> None:
    rows = "2025-03-09;demonstratie;Protest;j.jansen@voorbeeld.nl"
    with pytest.raises(PersonalDataRefused, match="e-mail"):
        take(written(tmp_path, rows, head="datum;soort;naam;contact"))
    with pytest.raises(PersonalDataRefused, match="names of persons"):
        take(written(tmp_path, rows, head="datum;soort;titel;naam_betrokkene"))
    with pytest.raises(PersonalDataRefused, match="phone numbers"):
        take(written(tmp_path, "2025-03-09;actie;bel 06-12345678", head="datum;soort;naam"))


def test_the_name_of_an_event_is_no_name_of_a_person_in_no_other_table(tmp_path: Path) -> None:
    path = written(tmp_path, "2025-03-09;event;Fair", head="start;kind;name")
    assert take(path).facts["name"].tolist() == ["Fair"]
    with pytest.raises(PersonalDataRefused, match="names of persons"):
        take(path, Mapping(columns=Columns(name="kind", kind="start", start="start")))


@given(
    st.lists(
        st.tuples(st.dates(), st.sampled_from(["voetbal", "maatregel", "iets", ""]), st.text()),
        min_size=1,
        max_size=8,
    )
)
def test_nothing_is_lost_whatever_is_delivered(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("kalender") / "a.parquet"
    pd.DataFrame(rows, columns=["datum", "soort", "naam"]).astype("str").to_parquet(path)
    try:
        found = take(path)
    except InputRefused:
        return
    assert found.read == len(rows) == found.accepted + found.rejected
    assert len(found.facts) == found.accepted


def test_a_newer_delivery_of_a_source_holds_for_its_period(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path / "ws", name="x", crs="EPSG:28992")
    assert Current(workspace).holding("events") is None
    stadium = ["2024-12-01;voetbal;A", "2025-03-09;voetbal;B", "2025-05-01;voetbal;C"]
    newer = ["2025-01-12;voetbal;D", "2025-04-06;voetbal;E"]
    other = ["2025-02-01;maatregel;F"]
    for number, (rows, source) in enumerate(
        [(stadium, "stadion"), (other, "gemeente"), (newer, "stadion")]
    ):
        path = written(tmp_path, *rows, head="datum;soort;naam", name=f"{number}.csv")
        deliver(workspace, take(path, Mapping(source=source)), at=NOW)
    current = Current(workspace)
    held = current.holding("events")
    assert held is not None
    assert sorted(held["name"]) == ["A", "C", "D", "E", "F"]
    assert len(current.pinned) == 3


def test_an_event_in_an_area_that_nobody_delivered_is_quarantined(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "2025-02-01;;maatregel;Slotenactie;WK051829;",
        "2025-02-02;;maatregel;Tikfout;WK051892;",
        "2025-02-03;;maatregel;Overal;;",
    )
    found = take(file, areas={"wijk": ("WK051828", "WK051829")})
    assert (found.read, found.accepted, found.rejected) == (3, 2, 1)
    (reject,) = found.rejects.to_dict("records")
    assert (reject["row"], reject["column"], reject["value"]) == (3, "gebiedscode", "WK051892")
    assert reject["rule"] == "No area at level wijk has this code."
    assert not any("yet" in note for note in found.notes)


def test_an_event_at_a_level_that_was_not_delivered_is_kept_and_noted(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "2025-02-01;;maatregel;Slotenactie;WK051829;",
        "2025-02-02;;maatregel;Slotenactie;SD1;stadsdeel",
    )
    found = take(file, areas={"wijk": ("WK051829",)})
    assert found.accepted == 2
    (note,) = (note for note in found.notes if "yet" in note)
    assert note.startswith("no areas at level stadsdeel yet: 1 events")
