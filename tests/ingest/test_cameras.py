"""Cameras and their placements: where they stood when, and cameras for another purpose."""

from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from hotspots.errors import InputRefused, PersonalDataRefused
from hotspots.ingest.cameras import camera_class, ingest_cameras
from hotspots.ingest.mapping import Mapping
from hotspots.ingest.quarantine import Unfit
from hotspots.ingest.result import Ingested
from hotspots.policy.intake import Limits, Points

RD = "EPSG:28992"
TOWN = box(90_000, 450_000, 93_000, 452_000)
HEAD = "camera;klasse;type;begin;einde;uitkijk_van;uitkijk_tot;richting;x;y"
HERE = "91000;451000"


def take(path: Path) -> Ingested:
    return ingest_cameras(
        path, mapping=Mapping(), crs=RD, area=TOWN, limits=Limits(), points=Points()
    )


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "cameras.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def rejected(found: Ingested) -> dict[int, str]:
    return dict(zip(found.rejects["row"], found.rejects["rule"], strict=True))


def test_a_register_with_a_history_and_a_store(tmp_path: Path) -> None:
    found = take(
        written(
            tmp_path,
            f"V1;vast;dome;01-03-2019;;;;;{HERE}",
            "F1;flexibel;;2023-01-10;2023-06-30;2023-01-12;2023-06-28;;91100;451000",
            "F1;flexibel;;2023-06-30;31-12-9999;;;90;91200;451000",
            "F2;Flex;;;;;;;;",
            "S1;stadion;ptz;2020-08-01;;;;180;92000;450500",
        )
    )
    assert (found.read, found.accepted) == (5, 5)
    facts = found.facts
    assert facts["camera_id"].tolist() == ["F1", "F1", "F2", "S1", "V1"]
    classes = ["flexible", "flexible", "flexible", "stadium", "fixed"]
    assert facts["camera_class"].tolist() == classes
    assert facts["end"].isna().tolist() == [False, True, True, True, True]
    assert facts.geometry.isna().tolist() == [False, False, True, False, False]
    assert facts.loc[0, "watched_until"] == pd.Timestamp("2023-06-28")
    assert facts["camera_type"].fillna("").tolist() == ["", "", "", "ptz", "dome"]
    assert facts["azimuth_deg"].fillna(-1).tolist() == [-1, 90, -1, 180, -1]
    (flexible,) = (note for note in found.notes if note.startswith("flexible"))
    assert "cameras 2, of which placed without a last day 1" in flexible


def test_a_spatial_file_gives_the_same(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {
            "camera": ["F1", "F2"],
            "klasse": ["flexibel", "flexibel"],
            "begin": pd.to_datetime(["2023-01-10", ""]),
            "einde": pd.to_datetime(["", ""]),
        },
        geometry=np.array([Point(91_100, 451_000), None]),
        crs=RD,
    )
    frame.to_file(tmp_path / "cameras.gpkg")
    facts = take(tmp_path / "cameras.gpkg").facts
    assert facts["start"].tolist()[0] == pd.Timestamp("2023-01-10")
    assert facts["start"].isna().tolist() == facts.geometry.isna().tolist() == [False, True]
    assert facts.geometry.iloc[0].equals(Point(91_100, 451_000))


@pytest.mark.parametrize(
    "other",
    [
        "ANPR", "kentekencamera", "milieuzone", "ZE-zone", "lez", "trajectcontrole", "Flitspaal",
        "nummerplaatherkenning", "low emission zone", "deurbel", "particulier", "deurcamera",
    ],
)  # fmt: skip
def test_cameras_for_another_purpose_are_quarantined_row_by_row(other: str, tmp_path: Path) -> None:
    found = take(
        written(
            tmp_path,
            f"V1;vast;;2019-03-01;;;;;{HERE}",
            f"A1;{other};;2019-03-01;;;;;{HERE}",
            f"A2;vast;{other};2019-03-01;;;;;{HERE}",
        )
    )
    assert found.facts["camera_id"].tolist() == ["V1"]
    told = rejected(found)
    assert told.keys() == {3, 4}
    assert all("another purpose" in rule for rule in told.values())
    with pytest.raises(InputRefused, match="another purpose"):
        take(written(tmp_path, f"A1;{other};;2019-03-01;;;;;{HERE}"))


@pytest.mark.parametrize("word", ["vast", "Flexibel", "mobiel", "stadion", "fixed", "stadium"])
def test_classes_are_known_words(word: str) -> None:
    assert camera_class(word) in ("fixed", "flexible", "stadium")


@pytest.mark.parametrize("word", ["", "drone", "gezet"])
def test_other_words_are_no_class(word: str) -> None:
    with pytest.raises(Unfit, match="not a class"):
        camera_class(word)


def test_rows_that_do_not_fit_are_quarantined(tmp_path: Path) -> None:
    found = take(
        written(
            tmp_path,
            f"V1;vast;;2019-03-01;;;;;{HERE}",  # row 2
            f"V2;vast;;2019-03-01;2019-02-01;;;;{HERE}",
            f"V3;vast;;;;;;;{HERE}",
            "V4;vast;;2019-03-01;;;;;;",
            f"V5;vast;;2019-02-30;;;;;{HERE}",
            f"V6;vast;;2019-03-01;;2020-01-01;2019-12-01;;{HERE}",
            f"V7;vast;;2019-03-01;2019-04-01;2019-05-01;;;{HERE}",
            f"V8;vast;;2019-03-01;;;2019-02-01;;{HERE}",
            f"V9;vast;;2019-03-01;;;;400;{HERE}",
            "V10;vast;;2019-03-01;;;;;99000;451000",
            "V11;vast;;2019-03-01;;;;;91000;",
            f";vast;;2019-03-01;;;;;{HERE}",
            "V13;vast;;;2019-03-01;;;;;",
            "V14;vast;;;;;;;;",
        )
    )
    assert (found.read, found.accepted, found.rejected) == (14, 2, 12)
    assert found.facts["camera_id"].tolist() == ["V1", "V14"]
    told = rejected(found)
    assert "before the first" in told[3]
    assert "first day" in told[4]
    assert "has a place" in told[5]
    assert "outside" in told[11]


@pytest.mark.parametrize(
    ("rows", "lost"),
    [
        (["2020-01-01;2020-06-30", "2020-06-30;"], set()),
        (["2020-01-01;2020-06-30", "2020-06-29;"], {2, 3}),
        (["2020-01-01;", "2020-06-29;2020-07-01"], {2, 3}),
        (["2020-01-01;2020-12-31", "2020-02-01;2020-03-01", "2021-02-01;"], {2, 3}),
        (["2020-01-01;2020-12-31", "2020-02-01;2020-03-01", "2020-11-01;"], {2, 3, 4}),
        (["2020-01-01;2020-12-31", "2020-01-01;2020-12-31"], {2, 3}),
        (["2020-01-01;2020-12-31", ";"], set()),
        (["2020-01-01;", ";"], {2, 3}),
        ([";", ";"], {2, 3}),
    ],
)
def test_a_camera_is_in_one_place_at_a_time(
    rows: list[str], lost: set[int], tmp_path: Path
) -> None:
    lines = [f"F1;flexibel;;{row};;;;{HERE if row != ';' else ';'}" for row in rows]
    found = take(written(tmp_path, *lines, f"F2;flexibel;;2020-01-01;;;;;{HERE}"))
    assert set(found.rejects["row"]) == lost


spans = st.tuples(st.integers(0, 60), st.none() | st.integers(0, 30))


@settings(max_examples=20, deadline=None)
@given(st.lists(spans, min_size=1, max_size=6))
def test_clashes_are_those_that_two_by_two_comparison_finds(
    tmp_path_factory: pytest.TempPathFactory, placements: list[tuple[int, int | None]]
) -> None:
    first = date(2020, 1, 1)
    days = [
        (first + timedelta(start), None if length is None else first + timedelta(start + length))
        for start, length in placements
    ]
    lost = set()
    for (i, (start, end)), (j, (other, until)) in combinations(enumerate(days), 2):
        before_end = end is None or other < end
        before_until = until is None or start < until
        if start == other or (before_end and before_until):
            lost |= {i + 2, j + 2}
    lines = [f"F1;flexibel;;{start};{end or ''};;;;{HERE}" for start, end in days]
    path = written(tmp_path_factory.mktemp("c"), *lines, f"F2;flexibel;;{first};;;;;{HERE}")
    assert set(take(path).rejects["row"]) == lost


@pytest.mark.parametrize("column", ["eigenaar_naam", "naam", "telefoonnummer"])
def test_a_register_of_owners_is_refused(column: str, tmp_path: Path) -> None:
    path = written(
        tmp_path, f"D1;vast;0612345678;2020-01-01;{HERE}", head=f"camera;klasse;{column};begin;x;y"
    )
    with pytest.raises(PersonalDataRefused):
        take(path)
