from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.errors import HotspotsError, InputRefused, PersonalDataRefused
from hotspots.ingest.categories import guessed_categories, load_categories
from hotspots.ingest.counts import ingest_counts
from hotspots.ingest.mapping import Columns, Mapping, load_mapping
from hotspots.ingest.result import Ingested
from hotspots.policy.intake import Limits
from tests.town import Town

HEADER = "jaar;maand;wijkcode;delictcode;aantal"


def take(text: str | bytes, folder: Path, town: Town, mapping: Mapping | None = None) -> Ingested:
    path = folder / "f.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return ingest_counts(
        path,
        mapping=mapping or Mapping(),
        categories=load_categories(town.categories),
        level=None,
        limits=Limits(),
    )


def test_every_bad_row_is_quarantined_with_all_its_problems(tmp_path: Path, town: Town) -> None:
    rows = [
        "2021;1;WK999901;INB-V;3",  # line 2: right
        "2021;13;WK9999;XYZ;-1",  # line 3: month, code level, category and count
        "",
        "2021;2;WK999901;INB-V",  # line 5: a field too few
        ";;;;",  # line 6: nothing
        "2021;3;WK999901;INB-V;4;",  # line 7: right, with a separator at its end
        "2021;4;;INB-V;veel",  # line 8: no area, no number
    ]
    found = take("\n".join([HEADER, *rows]), tmp_path, town)
    assert (found.read, found.accepted, found.rejected) == (6, 2, 4)
    problems = {(row, column) for row, column, *_ in found.rejects.itertuples(index=False)}
    assert {(3, "jaar, maand"), (3, "wijkcode"), (3, "delictcode"), (3, "aantal")} <= problems
    assert {(8, "wijkcode"), (8, "aantal")} <= problems
    assert {5, 6} <= set(found.rejects["row"])
    assert found.facts["count"].tolist() == [3, 4]


def test_a_quoted_line_break_does_not_shift_the_row_numbers(tmp_path: Path, town: Town) -> None:
    text = HEADER + ';soort\n2021;1;WK999901;INB-V;3;"a\nb"\n2021;2;WK999901;INB-V;x;c\n'
    found = take(text, tmp_path, town)
    assert found.rejects["row"].tolist() == [4]


def test_an_unclosed_quotation_mark_loses_nothing(tmp_path: Path, town: Town) -> None:
    lines = [f'2021;{month};WK999901;INB-V;"{month}' for month in range(1, 4)]
    with pytest.raises(InputRefused, match="quotation mark") as refusal:
        take("\n".join([HEADER, *lines]), tmp_path, town)
    assert refusal.value.problems[0].row == 2


def test_codes_of_one_theme_are_added_up_and_copies_are_not(tmp_path: Path, town: Town) -> None:
    rows = [
        "2021;1;WK999901;INB-V;3",
        "2021;1;WK999901;INB-V;3",  # a copy: the first counts
        "2021;1;WK999902;INB-V;3",
        "2021;1;WK999902;INB-V;4",  # contradicts the line above: neither counts
        "2021;1;WK999903;INB-P;1",
    ]
    found = take("\n".join([HEADER, *rows]), tmp_path, town)
    assert (found.read, found.accepted, found.rejected) == (5, 2, 3)
    assert found.facts[["area_code", "attempt", "count"]].to_numpy().tolist() == [
        ["WK999901", "completed", 3],
        ["WK999903", "attempted", 1],
    ]


def test_a_row_of_every_reason_is_refused_as_a_whole(tmp_path: Path, town: Town) -> None:
    with pytest.raises(InputRefused) as refusal:
        take(f"{HEADER}\n2021;1;WK999901;INB-V;veel\n", tmp_path, town)
    (problem,) = refusal.value.problems
    assert (problem.file, problem.row, problem.column) == ("f.csv", 2, "aantal")
    assert problem.value == "veel"
    assert problem.rule
    assert problem.remedy


def test_a_file_of_broken_lines_is_refused_for_those_lines(tmp_path: Path, town: Town) -> None:
    with pytest.raises(InputRefused, match="3 fields where the header has 5") as refusal:
        take(f"{HEADER}\n2021;1;WK999901\n2021;2;WK999901\n", tmp_path, town)
    assert [problem.row for problem in refusal.value.problems] == [2, 3]


def test_unknown_columns_are_listed_with_a_line_that_would_mend_it(
    tmp_path: Path, town: Town
) -> None:
    with pytest.raises(InputRefused) as refusal:
        take("a;b\n1;2\n", tmp_path, town)
    text = str(refusal.value)
    assert all(mine in text for mine in ("area_code", "category", "count", "period"))
    assert "a, b" in text


def test_a_mapping_overrules_the_guess(tmp_path: Path, town: Town) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        'source = "eenheid"\nlevel = "service-area"\nzeros_omitted = true\n'
        '[columns]\narea_code = "gebied"\nperiod = "wanneer"\ncategory = "wat"\ncount = "hoeveel"\n'
    )
    text = "gebied;wanneer;wat;hoeveel;aantal\nVG1;nov 2021;INB-V;3;9\n"
    found = take(text, tmp_path, town, load_mapping(path))
    assert found.facts.to_numpy().tolist() == [
        ["VG1", "service-area", "2021-11", "burglary", "completed", 3]
    ]
    assert found.source == "eenheid"
    assert found.mapping["zeros_omitted"] is True


def test_a_mapping_with_mistakes_names_them_all(tmp_path: Path, town: Town) -> None:
    path = tmp_path / "m.toml"
    path.write_text('levle = "wijk"\nlevel = "straat"\n[columns]\naantal = "x"\n')
    with pytest.raises(InputRefused) as refusal:
        load_mapping(path)
    assert {problem.column for problem in refusal.value.problems} == {
        "levle",
        "level",
        "columns.aantal",
    }
    with pytest.raises(InputRefused, match="does not have it"):
        take(f"{HEADER}\n1;2;3;4;5\n", tmp_path, town, Mapping(columns=Columns(count="n")))


def test_the_known_tables_recognise_their_codes(town: Town) -> None:
    import pandas as pd

    for codes, name in (
        (["101", "104"], "open-delictcode"),
        (["101.0", "104.0"], "open-delictcode"),
        (["A20", "F550"], "police-class"),
        (["1.1.1", "2.2.1 "], "cbs-crime"),
    ):
        table = guessed_categories(pd.Series(codes), file="f", column="c")
        assert table.name == name
        assert table.guessed
    with pytest.raises(InputRefused, match="No known category table"):
        guessed_categories(pd.Series(["zzz", "104"] * 1 + ["q", "r"]), file="f", column="c")


def test_a_category_table_with_mistakes_names_every_line(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("code,theme,attempt\nA,burglary,maybe\nA,Theft,\nB,income,\n,x,\n")
    with pytest.raises(InputRefused) as refusal:
        load_categories(path)
    assert [problem.row for problem in refusal.value.problems] == [2, 3, 5]


def test_gaps_without_declared_zeros_are_pointed_out(tmp_path: Path, town: Town) -> None:
    text = f"{HEADER}\n2021;1;WK999901;INB-V;3\n2021;2;WK999902;INB-V;3\n"
    assert any("zeros_omitted" in note for note in take(text, tmp_path, town).notes)
    declared = take(text, tmp_path, town, Mapping(zeros_omitted=True))
    assert not any("zeros_omitted" in note for note in declared.notes)


def test_personal_data_is_refused_also_where_it_is_not_asked_for(
    tmp_path: Path, town: Town
) -> None:
    with pytest.raises(PersonalDataRefused):
        take(f"{HEADER};contact\n2021;1;WK999901;INB-V;3;a@b.nl\n", tmp_path, town)


def test_a_column_that_names_each_area_is_no_personal_data(tmp_path: Path, town: Town) -> None:
    text = f"{HEADER};naam\n2021;1;WK999901;INB-V;3;Centrum\n"
    assert take(text, tmp_path, town).accepted == 1


def test_the_hague_is_read_without_help(shared_data: Path) -> None:
    path = shared_data / "denhaag" / "misdrijven_per_buurt_maand_2011_2017.csv.gz"
    found = ingest_counts(path, mapping=Mapping(), categories=None, level=None, limits=Limits())
    assert (found.read, found.accepted, found.rejected) == (84_909, 84_909, 0)
    assert found.level == "buurt"
    assert any("104 = burglary" in note for note in found.notes)


field = st.one_of(
    st.sampled_from(
        [
            "2021",
            "1",
            "12",
            "WK999901",
            "INB-V",
            "INB-P",
            "3",
            "0",
            "",
            "-1",
            "2,5",
            "x",
            '"',
            "é",
            "\x1f",
            "51829",
            "1.234",
            ";",
            "'",
            "-99997",
            "nov",
            "00",
            "WK9999",
        ]
    ),
    st.text(max_size=8),
)
line = st.lists(field, min_size=0, max_size=7).map(";".join)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=st.lists(line, max_size=12), ending=st.sampled_from(["\n", "\r\n", "\r"]))
def test_dirty_files_lose_nothing_and_never_crash(
    lines: list[str], ending: str, tmp_path: Path, town: Town
) -> None:
    good = "2021;1;WK999901;INB-V;3"
    content = ending.join([HEADER, good, *lines]).encode("utf-8", "surrogatepass")
    try:
        found = take(content, tmp_path, town)
    except HotspotsError as refusal:
        for problem in refusal.problems:
            assert problem.file == "f.csv"
            assert problem.rule
            assert problem.remedy
        return
    assert found.read == found.accepted + found.rejected
    assert found.rejected == found.rejects["row"].nunique()
    assert found.rejects[["rule", "remedy"]].notna().all(axis=None)
    assert found.read <= len(lines) + 1 + sum(text.count("\r") + text.count("\n") for text in lines)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_answered(content: bytes, tmp_path: Path, town: Town) -> None:
    try:
        take(content, tmp_path, town)
    except HotspotsError as refusal:
        assert all(problem.rule and problem.remedy for problem in refusal.problems)
