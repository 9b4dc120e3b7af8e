import pandas as pd
import pytest

from hotspots.ingest import codes
from hotspots.ingest.quarantine import Unfit


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GM0518", "GM0518"), ("518", "GM0518"), ("0518", "GM0518"),
        ("WK051829", "WK051829"), ("51829", "WK051829"), ("051829", "WK051829"),
        ("51829.0", "WK051829"), ("wk051829", "WK051829"), (" BU05182900 ", "BU05182900"),
        ("5182900", "BU05182900"), ("199012", "WK199012"),
    ],
)  # fmt: skip
def test_police_and_cbs_write_the_same_area(text: str, code: str) -> None:
    found = codes.cbs_code(text)
    assert found is not None
    assert found[0] == code


@pytest.mark.parametrize("text", ["", "Centrum", "WK05182900", "123456789", "1", "GM05", "VG01"])
def test_what_is_not_a_code(text: str) -> None:
    assert codes.cbs_code(text) is None


def test_the_level_of_most_codes_is_the_guess() -> None:
    assert codes.guessed_level(pd.Series(["51829", "51830", "518"])) == "wijk"
    assert codes.guessed_level(pd.Series(["a", "b", "51830"])) is None


def test_a_code_of_another_level_is_unfit() -> None:
    with pytest.raises(Unfit, match="code of a wijk, not of a buurt"):
        codes.area_code("WK051829", level="buurt")


def test_own_codes_of_service_areas_are_kept() -> None:
    assert codes.area_code(" VG01 ", level="service-area") == "VG01"
    assert codes.area_code("12.0", level="service-area") == "12"
