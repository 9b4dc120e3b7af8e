import csv
import re
from importlib.resources import files
from string import Formatter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.duinstad.themes import STREAMS
from hotspots.outputs.text import LANGS, Lang, Words, capital, catalogue
from hotspots.schemas import UNSCORED_THEMES, Kind


def _leaves(node: object, path: str = "") -> dict[str, str]:
    if isinstance(node, dict):
        return {
            k: v for key, value in node.items() for k, v in _leaves(value, f"{path}.{key}").items()
        }
    if isinstance(node, list):
        return {
            k: v for i, value in enumerate(node) for k, v in _leaves(value, f"{path}.{i}").items()
        }
    return {path: str(node)}


def test_both_languages_hold_the_same_words_with_the_same_placeholders() -> None:
    leaves = {lang: _leaves(catalogue(lang)) for lang in LANGS}
    assert leaves["nl"].keys() == leaves["en"].keys()
    for key, text in leaves["nl"].items():
        places = [
            sorted(name for _, name, _, _ in Formatter().parse(t) if name)
            for t in (text, leaves["en"][key])
        ]
        assert places[0] == places[1], key
        assert bool(text) == bool(leaves["en"][key]), key


@pytest.mark.parametrize(
    ("span", "lang", "said"),
    [
        ("fri-sat 20-04", "nl", "vrijdag en zaterdag"),
        ("sun-mon 20-04", "nl", "zondag en maandag"),
        ("thu-sat 20-04", "nl", "donderdag tot en met zaterdag"),
        ("fri-sat 20-04", "en", "Friday and Saturday"),
        ("wed 12-18", "nl", "woensdag"),
    ],
)
def test_two_days_that_follow_each_other_are_joined(span: str, lang: Lang, said: str) -> None:
    assert Words(lang).hours(span).startswith(f"{said} ")


def test_the_sentences_of_a_language_have_one_kind_of_apostrophe() -> None:
    for lang in LANGS:
        odd = [key for key, text in _leaves(catalogue(lang)).items() if re.search(r"\w’\w", text)]
        assert not odd


# The words that were agreed upon: shared/wording.md, "Sentences" and "Labels".
@pytest.mark.parametrize(
    ("key", "figures", "agreed"),
    [
        ("top_k", {"k": 11, "chance": "87%"},
         "De kans dat dit gebied bij de 11 hoogste hoort, schatten wij op 87%."),
        ("may_be_chance", {"low": "\N{MINUS SIGN}33%", "high": "+6%"},
         "Dat kan ook toeval zijn: de bandbreedte loopt van \N{MINUS SIGN}33% tot +6%."),
        ("small_numbers", {},
         ("Let op: kleine aantallen. Een paar incidenten meer of minder verandert de plaats in de "
         "lijst.")),
        ("no_data", {}, "Geen gegevens. Dat betekent niet dat het hier veilig is."),
        ("missing_month", {"month": "December 2025"}, "December 2025 is niet geleverd."),
        ("foot", {},
         ("Dit is een berekening, geen besluit. De driehoek, de burgemeester of het college "
          "besluit en geeft de reden.")),
        ("demo", {},
         ("Duinstad bestaat niet. Alle namen en cijfers zijn verzonnen. Gebruik ze niet voor een "
         "besluit.")),
    ],
)  # fmt: skip
def test_sentences_are_the_agreed_ones(
    key: str, figures: dict[str, str | int], agreed: str
) -> None:
    assert Words("nl").sentence(key, **figures) == agreed


def test_labels_of_the_priority_table_are_the_agreed_ones() -> None:
    words = Words("nl")
    theme, period = capital(words.theme("burglary")), words.period(2023, 2025)
    labels = [
        words.label("area"),
        words.label("count_completed", theme=theme, period=period),
        words.label("dwellings"),
        words.label("rate"),
        words.label("interval"),
        words.label("rank_count"),
        words.label("rank_rate"),
        words.label("rank"),
        words.label("p_top", k=11),
        words.label("difference"),
    ]
    assert " · ".join(labels) == (
        "Gebied · Woninginbraken 2023–2025 (waarvan voltooid) · Woningen · "
        "Risico per 1.000 woningen per jaar · Bandbreedte (95%) · Plaats op aantal · "
        "Plaats op risico · Plaats samen · Kans bij hoogste 11 · Verschil met vorig jaar"
    )


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (1_234_567, 0, "1.234.567", "1,234,567"),
        (-3.14, 1, "\N{MINUS SIGN}3,1", "\N{MINUS SIGN}3.1"),
        (-0.04, 1, "0,0", "0.0"),
        (0, 0, "0", "0"),
        (None, 1, "–", "–"),
    ],
)
def test_numbers(value: float | None, decimals: int, dutch: str, english: str) -> None:
    assert Words("nl").number(value, decimals) == dutch
    assert Words("en").number(value, decimals) == english


@given(st.integers(-(10**12), 10**12), st.sampled_from(LANGS))
def test_a_whole_number_can_be_read_back(value: int, lang: Lang) -> None:
    shown = Words(lang).number(value)
    assert int(shown.replace(".", "").replace(",", "").replace("\N{MINUS SIGN}", "-")) == value


def test_shares_changes_and_dates() -> None:
    words = Words("nl")
    assert [words.chance(p) for p in (0.0, 0.004, 0.01, 0.87, 0.99, 0.9901, 1.0)] == [
        "<1%", "<1%", "1%", "87%", "99%", ">99%", ">99%",
    ]  # fmt: skip
    assert [words.change(r) for r in (0.76, 1.06, 1.0, 0.999)] == [
        "\N{MINUS SIGN}24%", "+6%", "0%", "0%",
    ]  # fmt: skip
    assert [words.signed(v) for v in (6, 0, -12)] == ["+6", "0", "\N{MINUS SIGN}12"]
    assert words.interval(4.94, 8.05) in ("4,9–8,1", "4,9–8,0")
    assert words.month("2017-12") == "December 2017"
    assert words.period(2025, 2025) == "2025"


def test_an_unlisted_theme_reads_as_its_own_words() -> None:
    assert Words("nl").theme("dog_nuisance") == "dog nuisance"
    assert Words("nl").records("dog_nuisance") == "registraties"


@pytest.mark.parametrize("lang", LANGS)
def test_every_theme_that_can_be_delivered_has_a_name(lang: Lang) -> None:
    tables = files("hotspots.ingest").joinpath("tables").iterdir()
    delivered = {
        row["theme"]
        for table in tables
        if table.name.endswith(".csv")
        for row in csv.DictReader(table.read_text("utf-8").splitlines())
    }
    scored = (delivered | {stream.theme for stream in STREAMS.values()}) - UNSCORED_THEMES.keys()
    assert len(scored) > 20
    assert scored <= catalogue(lang)["themes"].keys()


def test_reports_to_the_municipality_are_not_called_registrations() -> None:
    words = Words("nl")
    for theme in ("youth_reports", "alcohol_reports"):
        assert words.records(theme) == "meldingen"
        assert words.theme(theme).startswith("meldingen van ")
    assert words.records("youth_nuisance") == "registraties"


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_delivery_has_a_name(lang: Lang) -> None:
    assert all(Words(lang).label(f"delivery_{kind}") for kind in get_args(Kind))


@pytest.mark.parametrize(
    ("first", "last", "shown", "during"),
    [
        ("2023-01", "2025-12", "2023–2025", "in 2023–2025"),
        ("2025-01", "2025-12", "2025", "in 2025"),
        ("2024-07", "2025-06", "juli 2024 – juni 2025", "van juli 2024 tot en met juni 2025"),
        ("2025-03", "2025-06", "maart – juni 2025", "van maart 2025 tot en met juni 2025"),
        ("2025-05", "2025-05", "mei 2025", "in mei 2025"),
    ],
)
def test_periods_of_months(first: str, last: str, shown: str, during: str) -> None:
    assert Words("nl").months(first, last) == shown
    assert Words("nl").during(first, last) == during


def test_how_many_times_and_what_part() -> None:
    words = Words("nl")
    shown = [words.times(value) for value in (1.04, 3.1, 9.94, 9.96, 28.4, 1234.5)]
    assert shown == ["1,0", "3,1", "9,9", "10", "28", "1.234"]
    shares = [words.share(share) for share in (0.0, 0.004, 0.01, 0.5, 1.0)]
    assert shares == ["0%", "<1%", "1%", "50%", "100%"]
    assert [words.joined(list(letters)) for letters in ("", "a", "ab", "abc")] == [
        "", "a", "a en b", "a, b en c",
    ]  # fmt: skip
    assert words.night("12-31") == "31 december"
