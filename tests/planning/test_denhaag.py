"""The Hague, 2015-2017, against sums made with nothing but the csv module."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.seasons import seasonal_shares
from hotspots.planning.priorities import Ranking, priorities, target_line

BURGLARY = "104"
Sums = Counter[tuple[str, int, int]]


@pytest.fixture
def sums(shared_data: Path) -> Sums:
    """Burglaries per district, year and month."""
    found: Sums = Counter()
    path = shared_data / "denhaag" / "misdrijven_per_buurt_maand_2011_2017.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["delictcode"] == BURGLARY:
                key = (f"WK0{row['wijkcode']}", int(row["jaar"]), int(row["maand"]))
                found[key] += int(row["aantal"])
    return found


@pytest.fixture
def dwellings(shared_data: Path) -> pd.Series:
    areas = gpd.read_file(shared_data / "denhaag" / "wijken_cbs_2022.gpkg")
    return pd.Series(areas.set_index("code")["dwelling_total"])


@pytest.fixture
def monthly(sums: Sums) -> pd.DataFrame:
    codes = sorted({code for code, _, _ in sums})
    months = sorted({(year, month) for _, year, month in sums})
    return pd.DataFrame(
        [[float(sums[code, *month]) for month in months] for code in codes],
        index=codes,
        columns=pd.PeriodIndex([f"{year}-{month:02}" for year, month in months], freq="M"),
    )


@pytest.fixture
def ranking(monthly: pd.DataFrame, dwellings: pd.Series) -> Ranking:
    return priorities(
        monthly,
        dwellings,
        season=seasonal_shares(monthly.sum()),
        first_year=2015,
        last_year=2017,
        k=11,
        weight_count=0.5,
        weight_rate=0.5,
        few_incidents=10,
        few_dwellings=250,
        n_draws=2000,
        rng=np.random.default_rng(1),
    )


def test_districts_reconcile_with_the_file(
    ranking: Ranking, sums: Sums, dwellings: pd.Series
) -> None:
    table = ranking.table
    counts: Counter[str] = Counter()
    last: Counter[str] = Counter()
    previous: Counter[str] = Counter()
    for (code, year, month), count in sums.items():
        counts[code] += count * (2015 <= year <= 2017)
        last[code] += count * (year == 2017)
        previous[code] += count * (year == 2016 and month <= 11)
    ranked = table[table["status"] == "ranked"]
    assert len(ranked) == 37
    assert (table["status"] == "no_data").sum() == 7
    assert ranking.missing_months == ["2017-12"]
    assert ranked["count"].to_dict() == dict(counts)
    assert ranked["count_last"].to_dict() == dict(last)
    assert ranked["count_previous"].to_dict() == dict(previous)
    assert (ranked["same_months"] == 11).all()

    complete = [(year, month) for year in range(2011, 2017) for month in range(1, 13)]
    december = sum(n for (_, year, month), n in sums.items() if month == 12)
    share = december / sum(n for (_, *when), n in sums.items() if tuple(when) in complete)
    homes = dwellings[ranked.index].to_numpy(float)
    assert ranked["exposure"].to_numpy() == pytest.approx(homes * (3 - share))
    assert share > 1 / 12


def test_ranking_is_plausible(ranking: Ranking) -> None:
    ranked = ranking.table[ranking.table["status"] == "ranked"]
    assert ranking.distinguishable
    assert 1.2 < ranking.dispersion < 2
    assert ranked["p_top"].sum() == pytest.approx(11)
    # 47 dwellings top the naive list, and no longer do.
    tiny = ranked[ranked["dwellings"] == 47].iloc[0]
    assert tiny["rate_per_1000"] == ranked["rate_per_1000"].max()
    assert tiny["rank_rate"] > 5
    assert tiny["p_top"] < 0.01
    assert "few_dwellings" in tiny["remarks"]


def test_city_line(monthly: pd.DataFrame, sums: Sums) -> None:
    line = target_line(monthly.sum(), years=[2016, 2017], goal="fall", band=0)
    eleven: Counter[int] = Counter()
    whole: Counter[int] = Counter()
    for (_, year, month), count in sums.items():
        eleven[year] += count * (month <= 11)
        whole[year] += count
    assert line["count"].tolist() == [whole[2016], eleven[2017]]
    assert line["count_previous"].tolist() == [whole[2015], eleven[2016]]
    assert line["met"].all()
    assert line["ratio_high"].lt(1).all()
