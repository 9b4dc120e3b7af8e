"""Before and after a measure: published tables, figures by hand, and truths by simulation."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis.change import changes
from hotspots.analysis.effects import (
    PLACES,
    ZONES,
    comparable_months,
    comparable_places,
    compare,
    displacement_difference,
    displacement_quotient,
    effect_dispersion,
    peak_months,
    relative_effects,
    weighted_difference,
)

Counts = dict[str, tuple[float, float]]


def months(first: str, last: str) -> pd.PeriodIndex:
    return pd.period_range(first, last, freq="M")


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


def counted(themes: dict[str, Counts]) -> pd.DataFrame:
    """Counts by theme and zone, given as before and after."""
    rows = {
        (theme, zone): {"after": after, "before": before, "variance": before}
        for theme, zones in themes.items()
        for zone, (before, after) in zones.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", dtype=float)
    return table.rename_axis(["theme", "zone"])


def one(area: tuple[int, int], ring: tuple[int, int], control: tuple[int, int]) -> pd.DataFrame:
    return counted({"burglary": {"area": area, "ring": ring, "control": control}})


# ---------------------------------------------------------------- which months
def test_a_season_is_compared_with_the_same_season() -> None:
    known = months("2021-01", "2024-12")
    after, before = comparable_months(
        known, first=month("2024-06"), last=month("2024-08"), before_from=None
    )
    assert list(map(str, after)) == ["2024-06", "2024-07", "2024-08"]
    assert list(map(str, before)) == ["2023-06", "2023-07", "2023-08"]
    after, before = comparable_months(
        known, first=month("2023-03"), last=month("2024-08"), before_from=None
    )
    assert (len(after), before.equals(months("2021-03", "2023-02"))) == (18, True)


def test_a_month_not_delivered_is_left_out_on_both_sides() -> None:
    known = months("2021-01", "2024-12")
    for lacking in ("2022-12", "2023-12"):
        after, before = comparable_months(
            known[known != month(lacking)],
            first=month("2023-01"), last=month("2023-12"), before_from=month("2022-01"),
        )  # fmt: skip
        assert after.equals(months("2023-01", "2023-11"))
        assert before.equals(months("2022-01", "2022-11"))


def test_summer_cannot_be_compared_with_winter() -> None:
    after, before = comparable_months(
        months("2023-04", "2024-03"),
        first=month("2023-10"), last=month("2024-03"), before_from=month("2023-04"),
    )  # fmt: skip
    assert len(after) == len(before) == 0


def test_a_month_before_counts_as_often_as_its_calendar_month_does_after() -> None:
    # Two years before, one and a half after: January to June twice, July to December once.
    known = months("2021-01", "2024-06")
    after, before = months("2023-01", "2024-06"), months("2021-01", "2022-12")
    rows = pd.DataFrame([np.arange(42.0)], columns=known)
    found = compare(rows, after=after, before=before).iloc[0]
    assert found["after"] == sum(range(24, 42))
    spring = sum([*range(6), *range(12, 18)])
    autumn = sum([*range(6, 12), *range(18, 24)])
    assert found["before"] == pytest.approx(1.0 * spring + 0.5 * autumn)
    assert found["variance"] == pytest.approx(1.0 * spring + 0.25 * autumn)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 40))
def test_a_season_alone_is_no_change(seed: int, n_after: int, n_before: int) -> None:
    # What repeats every year, whatever its shape, gives exactly as many before as after.
    season = np.random.default_rng(seed).integers(0, 50, 12)
    known = months("2019-01", "2025-12")
    rows = pd.DataFrame([season[known.month - 1]], columns=known)
    first = month("2023-01")
    after, before = comparable_months(
        known, first=first, last=first + (n_after - 1), before_from=first - n_before
    )
    found = compare(rows, after=after, before=before).iloc[0]
    assert found["after"] == pytest.approx(found["before"])


# ---------------------------------------------------------------- effects
def test_the_example_of_the_agreed_sentence() -> None:
    found = relative_effects(one((100, 76), (50, 45), (1000, 900)), dispersion=1)
    assert found.at["area", "ratio"] == pytest.approx(0.76)
    assert found.at["area", "relative"] == pytest.approx(0.76 / 0.90)
    assert found.at["ring", "relative"] == pytest.approx(1)


@given(
    st.tuples(*[st.integers(1, 500)] * 2),
    st.tuples(*[st.integers(1, 5000)] * 2),
    st.floats(1, 5),
)
def test_with_one_theme_it_is_the_change_against_the_rest(
    area: tuple[int, int], control: tuple[int, int], spread: float
) -> None:
    found = relative_effects(one(area, (5, 5), control), dispersion=spread).loc["area"]
    plain = changes(
        *(pd.Series([each]) for each in (area[1], area[0], control[1], control[0])),
        dispersion=spread,
    ).iloc[0]
    for name in ("ratio", "ratio_low", "ratio_high", "relative", "relative_low", "relative_high"):
        assert found[name] == pytest.approx(plain[name]), name


def test_themes_with_their_own_course_are_no_effect() -> None:
    # Robbery halves everywhere and noise doubles everywhere; the area is noisy, the city is not.
    found = relative_effects(
        counted(
            {
                "robbery": {"area": (10, 5), "ring": (10, 5), "control": (2000, 1000)},
                "noise": {"area": (100, 200), "ring": (10, 20), "control": (400, 800)},
            }
        ),
        dispersion=1,
    )
    assert found["relative"].to_list() == pytest.approx([1, 1])
    assert found["ratio"].to_list() == pytest.approx([205 / 110, 25 / 20])


def test_nothing_is_said_where_nothing_can_be() -> None:
    gone = relative_effects(one((30, 0), (0, 0), (300, 300)), dispersion=1).to_dict("index")
    assert gone["area"]["relative"] == gone["area"]["relative_low"] == 0
    assert 0 < gone["area"]["relative_high"] < 0.3
    for name in ("ratio", "relative", "relative_low", "relative_high"):
        assert math.isnan(gone["ring"][name])
    for control in ((0, 9), (9, 0), (0, 0)):
        assert math.isnan(
            float(relative_effects(one((30, 20), (1, 1), control), dispersion=1)["relative"].max())
        )


# ---------------------------------------------------------------- displacement
TREATED, CONTROL, DISPLACED, FAR = (207, 110), (308, 318), (178, 157), (150, 140)
"""Before and after in the example of Wheeler and Ratcliffe (2018), two areas and their controls."""
PAPER = [TREATED, CONTROL, DISPLACED, FAR]


def published(
    rows: list[tuple[int, int]], weights: list[float], years_before: float = 1
) -> tuple[float, float]:
    before, after = (np.array(each, dtype=float) for each in zip(*rows, strict=True))
    found = weighted_difference(
        after,
        before / years_before,
        before_variance=before / years_before**2,
        weights=weights,
    )
    return found.value, found.variance


def test_the_published_weighted_displacement_difference() -> None:
    signs = [1.0, -1, 1, -1]
    value, variance = published(PAPER, signs)
    assert (value, variance) == (-118, 1568)
    found = weighted_difference(
        [110, 318, 157, 140], [207, 308, 178, 150],
        before_variance=[207, 308, 178, 150], weights=signs,
    )  # fmt: skip
    assert (round(found.low), round(found.high)) == (-196, -40)


def test_published_variants_of_the_difference() -> None:
    # The authors' own examples with two years before, and with areas of different size.
    assert published([(80, 20), (100, 50)], [1, -1], 2) == (-20, 115)
    sizes = [1 / 1.2, -1 / 0.9, 1 / 1.5, -1 / 1.6]
    value, variance = published(PAPER, sizes)
    assert value == pytest.approx(-99.69444444)
    assert math.sqrt(variance) == pytest.approx(35.4280755)


def test_the_quotient_by_hand() -> None:
    # A ring that holds half of what the area lost: 60 fewer of 200, 30 more of 300.
    found = relative_effects(one((200, 140), (300, 330), (1000, 1000)), dispersion=1)
    assert displacement_quotient(found) == pytest.approx(-0.5)
    counts = one(TREATED, DISPLACED, CONTROL)
    by_hand = (157 / 318 - 178 / 308) / (110 / 318 - 207 / 308)
    quotient = displacement_quotient(relative_effects(counts, dispersion=1))
    assert quotient == pytest.approx(by_hand)
    assert quotient == pytest.approx(0.258, abs=0.001)


@pytest.mark.parametrize("after", [200, 230])
def test_there_is_no_quotient_where_the_area_did_not_fall(after: int) -> None:
    found = relative_effects(one((200, after), (300, 330), (1000, 1000)), dispersion=1)
    assert math.isnan(displacement_quotient(found))


def test_the_difference_against_a_larger_control_by_hand() -> None:
    # The control fell by a tenth: 180 and 270 were to be expected.
    counts = one((200, 140), (300, 280), (1000, 900))
    found = displacement_difference(counts, dispersion=2)
    assert found.value == pytest.approx(140 + 280 - 180 - 270)
    # Delta method of after - before * 900 / 1000, every count its own variance.
    by_hand = 420 + 0.9**2 * 500 + (500 / 1000) ** 2 * 900 + (500 * 900 / 1000**2) ** 2 * 1000
    assert found.variance == pytest.approx(2 * by_hand)
    assert (found.high + found.low) / 2 == pytest.approx(found.value)


# ---------------------------------------------------------------- how much chance does
def drawn(mean: npt.ArrayLike, spread: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    mean = np.asarray(mean, dtype=float)
    if spread > 1:
        mean = rng.gamma(mean / (spread - 1)) * (spread - 1)
    return rng.poisson(mean).astype(float)


def holds(found: pd.DataFrame, zone: str, truth: float) -> bool:
    row = found.to_dict("index")[zone]
    return bool(row["relative_low"] <= truth <= row["relative_high"])


AFTER, BEFORE = months("2024-01", "2025-12"), months("2022-01", "2023-12")
KNOWN = months("2022-01", "2025-12")


SLOW = [(1.0, 0.0), (1.7, 0.0), (1.0, 0.2), (1.5, 0.15)]
TRUTH = {"area": 0.7, "ring": 1.15, "control": 0.9}


@pytest.mark.parametrize(
    ("spread", "drift", "n_towns"),
    [(1.5, 0.15, 80), *(pytest.param(*each, 500, marks=pytest.mark.slow) for each in SLOW)],
)
def test_intervals_hold_the_truth_when_months_vary_and_places_drift(
    spread: float, drift: float, n_towns: int
) -> None:
    # A place has its own level after, off by `drift`: chance too, that no month tells of.
    rng = np.random.default_rng(31)
    held = dict.fromkeys(("area", "ring", "difference"), 0)
    for _ in range(n_towns):
        monthly = pd.DataFrame(town(spread, drift, rng), columns=KNOWN)
        zones = monthly.iloc[:3].set_axis(pd.MultiIndex.from_product([["x"], ZONES]))
        counts = compare(zones.rename_axis(["theme", "zone"]), after=AFTER, before=BEFORE)
        phi = effect_dispersion(monthly.iloc[3:], after=AFTER, before=BEFORE)
        found = relative_effects(counts, dispersion=phi)
        for zone in ("area", "ring"):
            held[zone] += holds(found, zone, TRUTH[zone] / 0.9)
        net = displacement_difference(counts, dispersion=phi)
        true_net = 24 * (5 * (0.7 - 0.9) + 10 * (1.15 - 0.9))
        held["difference"] += net.low <= true_net <= net.high
    for name, times in held.items():
        assert (0.92 if n_towns > 100 else 0.88) <= times / n_towns, name
        assert times / n_towns <= 0.99 or n_towns < 100, name


def town(spread: float, drift: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Monthly counts of an area, a ring of two places, a control of forty, and other places."""
    of_zone = np.repeat(np.arange(3 + PLACES), [1, 2, 40, *[1] * PLACES])
    level = np.array([*TRUTH.values(), *[TRUTH["control"]] * PLACES])[of_zone]
    off = np.exp(rng.normal(0, drift, len(of_zone)) - drift**2 / 2)
    mean = 5 * np.repeat(np.column_stack([np.ones(len(of_zone)), level * off]), 24, axis=1)
    counts = np.zeros((3 + PLACES, 48))
    np.add.at(counts, of_zone, drawn(mean, spread, rng))
    return counts


def test_the_interval_of_several_themes_holds_the_truth() -> None:
    rng = np.random.default_rng(32)
    before = np.array([[40, 60, 3000], [90, 50, 600.0]])
    level = np.array([[0.5 * 0.8, 0.5, 0.5], [1.6 * 0.8, 1.6, 1.6]])
    held = 0
    n_towns = 600
    for _ in range(n_towns):
        now, then = rng.poisson(before * level), rng.poisson(before)
        counts = counted(
            {
                theme: {zone: (then[t, z], now[t, z]) for z, zone in enumerate(ZONES)}
                for t, theme in enumerate("ab")
            }
        )
        held += holds(relative_effects(counts, dispersion=1), "area", 0.8)
    assert 0.93 <= held / n_towns <= 0.98


def test_the_dispersion_does_not_see_what_befell_the_whole_city() -> None:
    rng = np.random.default_rng(33)
    course = np.linspace(2, 0.5, 48) * (1 + 0.8 * np.sin(np.arange(48) * np.pi / 6))
    steady = pd.DataFrame(rng.poisson(6 * course, (PLACES, 48)), columns=KNOWN)
    assert effect_dispersion(steady, after=AFTER, before=BEFORE) < 1.5
    few = steady.iloc[:1]
    assert effect_dispersion(few, after=AFTER, before=BEFORE) == 1


def test_places_are_as_large_and_as_busy_as_the_area() -> None:
    rng = np.random.default_rng(34)
    # Sixty squares of 200 m with 40 incidents each, and a hundred with two.
    at = np.repeat(np.arange(160), [40] * 60 + [2] * 100)
    x = 200.0 * (at % 16) + rng.uniform(1, 199, len(at))
    y = 200.0 * (at // 16) + rng.uniform(1, 199, len(at))
    found = comparable_places(
        x, y, rng.integers(0, 48, len(at)), months=KNOWN, area_m2=200.0**2, incidents=35
    )
    assert found.shape == (PLACES, 48)
    assert (found.sum(axis=1) == 40).all()


def test_the_year_before_and_the_years_before_that() -> None:
    year, earlier = peak_months(months("2020-01", "2025-12"), before=month("2024-01"))
    assert year.equals(months("2023-01", "2023-12"))
    assert earlier.equals(months("2020-01", "2022-12"))
    nothing = peak_months(months("2022-06", "2025-12"), before=month("2024-01"))
    assert [len(each) for each in nothing] == [0, 0]
