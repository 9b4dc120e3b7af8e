import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.ingest import parse
from hotspots.ingest.quarantine import Unfit


@pytest.mark.parametrize(
    ("text", "number"),
    [("84", 84), (" 84 ", 84), ("0", 0), ("1.234", 1234), ("1.234.567", 1234567), ("84,0", 84),
     ("84.0", 84), ("1 234", 1234), ("007", 7)],
)  # fmt: skip
def test_whole_number_reads_dutch_figures(text: str, number: int) -> None:
    assert parse.whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "required"),
        ("-3", "negative"),
        ("2,5", "decimals"),
        ("1,234", "decimals"),
        ("twaalf", "not a number"),
        ("1e9", "not a number"),
        ("٣", "not a number"),
        ("-99997", "CBS"),
        ("99999999999", "cannot be right"),
        ("NaN", "not a number"),
    ],
)
def test_whole_number_names_the_rule(text: str, rule: str) -> None:
    with pytest.raises(Unfit, match=rule):
        parse.whole_number(text)


@given(st.integers(0, 10**9))
def test_whole_number_reads_what_dutch_grouping_writes(number: int) -> None:
    assert parse.whole_number(f"{number:,}".replace(",", ".")) == number


@pytest.mark.parametrize(
    "text",
    ["2017-11", "2017/11", "201711", "2017MM11", "11-2017", "nov 2017", "november 2017",
     "Nov. 2017", "2017 november", "30-11-2017", "30/11/2017", "30.11.2017", "2017-11-30",
     "2017-11-30 00:00:00", "2017-11-30T12:00:00", "1-11-2017", "30-11-2017 23:15"],
)  # fmt: skip
def test_month_reads_the_ways_people_write_it(text: str) -> None:
    assert parse.month(text) == "2017-11"


@pytest.mark.parametrize("text", ["", "2017", "2017JJ00", "13-2017", "30-13-2017", "ooit", "17-11"])
def test_month_refuses_what_is_not_a_month(text: str) -> None:
    with pytest.raises(Unfit):
        parse.month(text)


def test_a_date_with_figures_is_read_day_first() -> None:
    assert parse.month("03-04-2017") == "2017-04"


@pytest.mark.parametrize(
    ("year", "month"), [("2017", "11"), ("2017.0", "11.0"), ("2017", "nov"), (" 2017", "november")]
)
def test_year_and_month_apart(year: str, month: str) -> None:
    assert parse.year_month(year, month) == "2017-11"


@pytest.mark.parametrize(("year", "month"), [("17", "11"), ("2017", "0"), ("2017", "13"), ("", "")])
def test_year_and_month_out_of_bounds(year: str, month: str) -> None:
    with pytest.raises(Unfit):
        parse.year_month(year, month)


@given(st.text(max_size=30))
def test_no_text_makes_a_parser_fail_otherwise_than_unfit(text: str) -> None:
    for parser in (parse.whole_number, parse.month, parse.attempt, parse.optional_whole_number):
        try:
            parser(text)
        except Unfit as refusal:
            assert refusal.rule.endswith(".")
            assert refusal.remedy.endswith(".")
