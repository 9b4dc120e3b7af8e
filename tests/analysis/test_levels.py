import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.levels import monthly_counts, parents_at, roll_up
from hotspots.schemas import Level

MONTHS = pd.PeriodIndex(["2021-01", "2021-02"], freq="M")


def counts(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area_code", "month", "count"])


@pytest.mark.parametrize(("zeros_omitted", "absent"), [(False, np.nan), (True, 0.0)])
def test_absence_is_unknown_unless_zeros_are_omitted(zeros_omitted: bool, absent: float) -> None:
    laid_out = monthly_counts(
        counts(("A", "2021-01", 3), ("A", "2021-01", 1), ("A", "2021-02", 0)),
        areas=pd.Index(["A", "B"]),
        months=MONTHS,
        zeros_omitted=zeros_omitted,
    )
    np.testing.assert_array_equal(laid_out.to_numpy(), [[4, 0], [absent, absent]])


def test_a_month_in_which_a_part_is_unknown_is_unknown() -> None:
    monthly = pd.DataFrame([[1, 2], [10, np.nan], [100, 200]], index=list("abc"), columns=MONTHS)
    parents = pd.Series(["P", "P", None], index=list("abc"))
    rolled = roll_up(monthly, parents)
    assert rolled.index.tolist() == ["P"]
    np.testing.assert_array_equal(rolled.to_numpy(), [[11, np.nan]])


def areas(**parents: str | None) -> pd.DataFrame:
    return pd.DataFrame({"area_code": list(parents), "parent_code": list(parents.values())})


def test_cbs_codes_nest_by_their_digits() -> None:
    known: dict[Level, pd.DataFrame] = {
        "wijk": areas(WK051829=None),
        "municipality": areas(GM0518=None),
    }
    codes = pd.Index(["BU05182900", "BU05183000"])
    found = parents_at(codes, level="buurt", to="wijk", areas=known)
    assert found.fillna("-").tolist() == ["WK051829", "-"]
    found = parents_at(codes, level="buurt", to="municipality", areas=known)
    assert found.tolist() == ["GM0518", "GM0518"]


def test_a_stadsdeel_is_found_by_way_of_the_wijk() -> None:
    known: dict[Level, pd.DataFrame] = {
        "wijk": areas(WK051829="SD1", WK051830="SD9"),
        "stadsdeel": areas(SD1=None),
    }
    codes = pd.Index(["BU05182900", "BU05183000"])
    found = parents_at(codes, level="buurt", to="stadsdeel", areas=known)
    assert found.fillna("-").tolist() == ["SD1", "-"]


def test_service_areas_take_nothing_from_other_levels() -> None:
    known: dict[Level, pd.DataFrame] = {
        "service-area": areas(VG1=None),
        "wijk": areas(WK051829=None),
    }
    found = parents_at(pd.Index(["WK051829"]), level="wijk", to="service-area", areas=known)
    assert found.isna().all()
