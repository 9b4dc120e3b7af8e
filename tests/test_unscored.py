"""What may never enter a score is refused by name at every door, with the reason."""

import csv
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from data.duinstad.themes import STREAMS
from hotspots.analysis.layers import Layer, mix
from hotspots.errors import InputRefused, PersonalDataRefused, PolicyRefused
from hotspots.ingest.categories import load_categories
from hotspots.ingest.guard import refuse_other_columns, refuse_proxies
from hotspots.policy import policy_from
from hotspots.schemas import (
    GROUPS_LAYER,
    RISK_LAYER,
    UNSCORED_THEMES,
    refuse_unscored_theme,
    why_unscored,
)

REASONS = {
    "E33": "adjacent to health",
    "e33": "adjacent to health",
    "e33_incidents": "adjacent to health",
    "verwarde_personen": "adjacent to health",
    "onbegrepen_gedrag": "adjacent to health",
    "mean_income": "income is a proxy",
    "laag_inkomen": "income is a proxy",
    "uitkering": "benefits are a proxy",
    "aandeel_ww": "benefits are a proxy",
    "bijstandsontvangers": "benefits are a proxy",
    "migration": "migration background is a proxy",
    "herkomst": "migration background is a proxy",
    "niet_westers": "migration background is a proxy",
    "ethnicity": "migration background is a proxy",
    "nationaliteit": "migration background is a proxy",
    "woonoverlast": "not public space",
    "neighbour_dispute": "not public space",
    "population": "inhabitants are people",
}
COLUMNS = {
    "P_NIET_WESTERS": "migration background",
    "Gemiddeld inkomen per inwoner": "income",
    "incomeLow": "income",
    "Uitkeringen (WW)": "benefits",
    "Aantal inwoners": "inhabitants",
    "E33": "adjacent to health",
}
HARMLESS = [
    "drugs_nuisance",
    "nightlife_nuisance",
    "buurtoverlast",
    "inkomende_meldingen",
    "politiebijstand",
    "place33",
    "straight33",
    "kwaoverlast",
    "wwii_munition",
    GROUPS_LAYER,
    RISK_LAYER,
]


@pytest.fixture(params=[*REASONS, *UNSCORED_THEMES])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reason(name: str) -> str:
    return REASONS.get(name) or UNSCORED_THEMES[name]


def test_the_policy_refuses_it_wherever_a_theme_may_stand(name: str, reason: str) -> None:
    for content in (
        {"priorities": {"theme": name}},
        {"hotspots": {"themes": [name]}},
        {"composite": {"weights": {name: 1.0}}},
        {"sources": {"pairs": {name: "burglary"}}},
    ):
        with pytest.raises(PolicyRefused, match=re.escape(reason)):
            policy_from(dict(content))


def test_it_is_no_layer(name: str, reason: str) -> None:
    layers = [Layer("drugs", np.ones(4), 1.0), Layer(name, np.ones(4), 0.0)]
    with pytest.raises(PolicyRefused, match=re.escape(reason)):
        mix(layers)


def test_a_category_table_takes_only_the_names_that_are_known_as_unscored(
    name: str, reason: str, tmp_path: Path
) -> None:
    table = tmp_path / "own.csv"
    table.write_text(f"code,theme\n1,{name}\n", encoding="utf-8")
    if name in UNSCORED_THEMES:
        assert load_categories(table).find("1").theme == name
        return
    with pytest.raises(InputRefused, match=re.escape(reason)):
        load_categories(table)


@pytest.mark.parametrize(("column", "why"), COLUMNS.items())
def test_a_mapping_may_not_ask_for_such_a_column(column: str, why: str) -> None:
    with pytest.raises(PersonalDataRefused, match=why):
        refuse_proxies({"dwellings": column}, file="f.csv")
    refuse_proxies({"area_name": column}, file="f.csv")
    with pytest.raises(PersonalDataRefused, match=why):
        refuse_other_columns([column], mapped={}, allowed=["label"], file="f.csv")


def _themes_of_known_tables() -> set[str]:
    tables = [
        each
        for each in files("hotspots.ingest").joinpath("tables").iterdir()
        if each.name.endswith(".csv")
    ]
    rows = (row for each in tables for row in csv.DictReader(each.read_text("utf-8").splitlines()))
    return {row["theme"] for row in rows}


def test_every_delivered_theme_passes_but_those_known_as_unscored() -> None:
    delivered = _themes_of_known_tables() | {stream.theme for stream in STREAMS.values()}
    refused = {theme for theme in delivered if why_unscored(theme)}
    assert refused == {"confused_person"}


@pytest.mark.parametrize("theme", HARMLESS)
def test_what_only_looks_like_it_passes(theme: str) -> None:
    assert refuse_unscored_theme(theme) == theme


@pytest.mark.parametrize("column", ["Aantal woningen", "woningvoorraad", "dwelling_total", "WWI"])
def test_columns_of_dwellings_pass(column: str) -> None:
    refuse_proxies({"dwellings": column}, file="f.csv")


@pytest.mark.parametrize("name", ["Drugs", "a", "", "two words", "x" * 42])
def test_a_malformed_name_is_told_apart(name: str) -> None:
    with pytest.raises(ValueError, match="is not a theme"):
        refuse_unscored_theme(name)
