import pandas as pd
import pytest

from hotspots.errors import PersonalDataRefused
from hotspots.ingest.guard import passes_eleven_test, refuse_personal_data, refuse_proxies


def refuse(**columns: list[str]) -> None:
    refuse_personal_data(pd.DataFrame(columns, dtype="str"), file="f.csv", mapped={})


@pytest.mark.parametrize(
    "name",
    ["BSN", "burgerservicenummer", "Geboortedatum", "naam", "naam_verdachte", "achternaam",
     "Telefoonnummer", "e-mail", "huisnummer", "adres", "toelichting", "nationaliteit",
     "slachtofferNaam", "date of birth"],
)  # fmt: skip
def test_a_personal_column_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(PersonalDataRefused, match="by its name"):
        refuse(**{name: ["x"]})


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("citizen service numbers", ["111222333", "123456782", ""]),
        ("e-mail addresses", ["niets", "iemand@voorbeeld.nl"]),
        ("phone numbers", ["06-12345678"]),
        ("phone numbers", ["bel +31 6 12345678 graag"]),
        ("bank account numbers", ["NL91ABNA0417164300"]),
        ("house addresses", ["Dorpsstraat 12", "Lange Laan 4a"]),
        (
            "narratives",
            [f"Om {n} uur zag de melder twee jongens bij de voordeur staan" for n in range(9)],
        ),
    ],
)
def test_personal_data_is_refused_by_its_content(what: str, values: list[str]) -> None:
    with pytest.raises(PersonalDataRefused, match=what):
        refuse(kolom=values)


def test_ordinary_columns_pass() -> None:
    refuse(
        buurtcode=["5182900", "5180271"],
        buurtnaam=["Schildersbuurt-West", "Van Stolkpark en Scheveningse Bosjes"],
        lat=["52.112632", "52,112632"],
        x=["81234.55", "81234"],
        registratie=["2017000001", "2017000002"],
        nummer=["123456789", "987654321"],
        datum=["30-11-2017", "2017-11-30 23:15:00"],
    )


def test_all_personal_columns_are_named_at_once() -> None:
    with pytest.raises(PersonalDataRefused) as refusal:
        refuse(bsn=["1"], email=["a@b.nl"], aantal=["3"])
    assert [problem.column for problem in refusal.value.problems] == ["bsn", "email"]


def test_the_name_of_an_area_is_not_the_name_of_a_person() -> None:
    frame = pd.DataFrame({"name": ["Centrum"]}, dtype="str")
    refuse_personal_data(frame, file="f", mapped={"area_name": "name"})
    with pytest.raises(PersonalDataRefused):
        refuse_personal_data(frame, file="f", mapped={})


@pytest.mark.parametrize("column", ["income_low", "p_niet_westers", "uitkeringen", "population"])
def test_proxies_are_refused_by_name(column: str) -> None:
    with pytest.raises(PersonalDataRefused, match="may never enter a score"):
        refuse_proxies({"dwellings": column}, file="f")


def test_the_eleven_test_by_hand() -> None:
    # 1*9+1*8+1*7+2*6+2*5+2*4+3*3+3*2-3 = 66 = 6*11
    assert passes_eleven_test("111222333")
    # 1*9+2*8+3*7+4*6+5*5+6*4+7*3+8*2-9 = 147 = 13*11+4
    assert not passes_eleven_test("123456789")
    assert not passes_eleven_test("000000000")
