from typing import get_args

import pytest

from hotspots.outputs.hotspots import composite_sentences as sentences
from hotspots.outputs.hotspots.composite_tables import (
    CompositeDocument,
    CompositePlace,
    LayerStatus,
    composite_document_of,
)
from hotspots.outputs.text import LANGS, Lang, Words
from hotspots.policy import policy_from
from hotspots.results.codes import Lineage
from hotspots.schemas import UNSCORED_THEMES
from tests.outputs import sample

NL = Words("nl")
FEEDBACK = "Wie ergens vaker kijkt, vindt er ook meer. Vraag het de wijkagent en het VLO."


@pytest.fixture(scope="module")
def document() -> CompositeDocument:
    return composite_document_of(sample.SampleRun())


def _place(document: CompositeDocument, **changes: object) -> CompositePlace:
    return document.places[0].model_copy(update=changes)


def test_what_stands_out_is_named_with_the_value(document: CompositeDocument) -> None:
    first, second = document.places
    assert sentences.stands_out(first, document, NL) == (
        "Hier, of in een deel van deze plek, vallen 3 soorten op: woninginbraken, "
        "registraties van drugsoverlast en meldingen "
        "van jeugdoverlast. Alles samen is 6,0 keer het gemiddelde van de stad."
    )
    assert sentences.stands_out(second, document, NL).startswith(
        "Hier, of in een deel van deze plek, valt één soort op: woninginbraken. "
        "Alles samen is 4,0 keer"
    )


def test_the_largest_contributions_are_told_the_largest_first(document: CompositeDocument) -> None:
    # 13, 6 and 3 times the average, each a quarter of the weight: 3.25, 1.5 and 0.75 of 6.0
    assert sentences.largest_sentences(document.places[0], NL) == [
        (
            "Registraties van drugsoverlast tellen voor 54% mee: 13 keer het gemiddelde, met een "
            "gewicht van 25%."
        ),
        "Woninginbraken tellen voor 25% mee: 6,0 keer het gemiddelde, met een gewicht van 25%.",
        (
            "Meldingen van jeugdoverlast tellen voor 12% mee: 3,0 keer het gemiddelde, met een "
            "gewicht van 25%."
        ),
    ]
    second = sentences.largest_sentences(document.places[1], NL)
    assert len(second) == 2  # what adds nothing is not told
    assert second[1].startswith("Het inbraakrisico per woning telt voor 12% mee")


def test_what_counts_without_standing_out_is_said(document: CompositeDocument) -> None:
    assert sentences.caution_sentences(document.places[0], NL) == [
        "Op zichzelf valt hier niet op: meldingen van jeugdoverlast."
    ]


def test_unknown_is_not_safe(document: CompositeDocument) -> None:
    parts = [
        part.model_copy(update={"known_share": 0.7 if part.layer == "burglary_risk" else 1.0})
        for part in document.places[0].contributions
    ]
    said = sentences.caution_sentences(_place(document, contributions=parts), NL)
    assert said[-1] == (
        "Voor 30% van dit gebied is er geen cijfer over het inbraakrisico per woning. Daar "
        "rekenen wij met het gemiddelde van de stad. Dat betekent niet dat het daar veilig is."
    )


@pytest.mark.parametrize(
    ("rank", "rank_left", "value_left", "expected"),
    [
        (1, 1, 6.0, ["verandert hier niets."]),
        (1, 1, 5.7, ["verandert de plaats op de lijst niet.", "van 6,0 naar 5,7 keer"]),
        (1, 1, 4.2, ["verandert de plaats op de lijst niet.", "van 6,0 naar 4,2", FEEDBACK]),
        (1, 9, 4.2, ["zakt dit gebied van plaats 1 naar plaats 9.", "van 6,0 naar", FEEDBACK]),
        (7, 4, 7.0, ["stijgt dit gebied van plaats 7 naar plaats 4.", "van 6,0 naar 7,0 keer"]),
        (7, 4, 6.0, ["verandert hier weinig. De plaats op de lijst gaat van 7", "blijft 6,0"]),
        (4, 5, 5.5, ["verandert hier weinig. De plaats op de lijst gaat van 4", "naar 5,5"]),
        (4, 5, 5.3, ["zakt dit gebied van plaats 4 naar", "naar 5,3", FEEDBACK]),
        (
            1,
            1,
            1.1,
            ["verandert de plaats", "naar 1,1", "minder dan de grens van 3 keer", FEEDBACK],
        ),
    ],
)
def test_what_is_left_without_what_police_and_enforcement_began(
    document: CompositeDocument, rank: int, rank_left: int, value_left: float, expected: list[str]
) -> None:
    place = _place(
        document, rank=rank, rank_without_proactive=rank_left, value_without_proactive=value_left
    )
    said = sentences.proactive_sentences(place, document, NL)
    assert said[0].startswith("Zonder wat politie en handhaving zelf opzochten, ")
    assert len(said) == len(expected)
    assert all(part in sentence for part, sentence in zip(expected, said, strict=True))


def test_the_lede_counts_the_places(document: CompositeDocument) -> None:
    one = document.model_copy(update={"places": document.places[:1]})
    none = document.model_copy(update={"places": []})
    assert sentences.lede(document, NL).startswith("Op 2 plekken komen soorten overlast")
    assert sentences.lede(document, NL).endswith("minstens 3 keer het gemiddelde van de stad.")
    assert sentences.lede(one, NL).startswith("Op één plek komen soorten")
    assert sentences.lede(none, NL).startswith(
        "Geen enkele plek haalt 3 keer het gemiddelde van de stad."
    )


def test_settings_have_the_decimals_they_need() -> None:
    shown = [sentences.plain_number(value, NL) for value in (3.0, 2.5, 2.25, 1 / 3)]
    assert shown == ["3", "2,5", "2,25", "0,33"]


def test_weights_age_and_chance_are_kept_apart(document: CompositeDocument) -> None:
    said = " ".join(sentences.weighing_sentences(document, NL))
    assert "geen gewichten gekozen: elke soort weegt even zwaar" in said
    assert "Een incident van 12 maanden oud telt voor de helft." in said
    assert "Gewichten en leeftijd tellen daarin nooit mee." in said
    policy = policy_from({"composite": {"weights": {"burglary": 2.0}}}).model_dump(mode="json")
    given = composite_document_of(sample.SampleRun(record=sample.record(policy=policy)))
    assert sentences.weighing_sentences(given, NL)[0] == (
        "De gewichten zijn een keuze van de gemeente."
    )


def test_a_layer_of_only_own_initiative_and_a_missing_month_are_said() -> None:
    table = sample.results()["contributions"].copy()
    table.loc[table["layer"] == "drugs_nuisance", "weight_without_proactive"] = 0.0
    tables = sample.results() | {"contributions": table}
    document = composite_document_of(sample.SampleRun(tables=tables))
    said = sentences.weighing_sentences(document, NL)
    assert "Alleen eigen initiatief van politie en handhaving: registraties van drugsov" in said[3]
    assert sentences.missing_month_sentences(document, NL) == [
        (
            "Niet voor alle soorten geleverd: december 2025. Wat niet geleverd is, is niet nul, "
            "maar kan hier niet meetellen."
        )
    ]


def test_many_months_are_counted_and_many_kinds_are_cut_short(document: CompositeDocument) -> None:
    apart = ["2024-01", "2025-02"]
    assert sentences.missing_months(apart, NL) == "januari 2024 en februari 2025"
    year = [f"2021-{month:02}" for month in range(1, 13)]
    assert sentences.missing_months([*year, "2022-05"], NL) == "2021 en mei 2022"
    every_other = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 8, 2)]
    assert sentences.missing_months(every_other, NL) == "8 maanden"
    place = _place(document, themes=["threat", "assault", "burglary", "vandalism", "weapons"])
    assert sentences.first_themes(place, NL) == (
        "bedreigingen, mishandelingen, woninginbraken en nog 2"
    )


@pytest.mark.parametrize("lang", LANGS)
def test_every_code_has_words(lang: Lang, document: CompositeDocument) -> None:
    words = Words(lang)
    for lineage in get_args(Lineage):
        assert sentences.lineage(_place(document, lineage=lineage), words)
    for status in get_args(LayerStatus):
        layer = document.layers[0].model_copy(update={"status": status})
        assert sentences.layer_status(layer, document, words)
    never = sentences.never_used(words)
    assert all(words.label(f"unscored_{theme}") in never for theme in UNSCORED_THEMES)
    assert len(sentences.notes(document, words)) == 6


@pytest.mark.parametrize("lang", LANGS)
def test_no_sentence_judges_or_calls_it_chance(lang: Lang, document: CompositeDocument) -> None:
    words = Words(lang)
    said = " ".join(
        sentence
        for place in document.places
        for sentence in (
            sentences.stands_out(place, document, words),
            *sentences.largest_sentences(place, words),
            *sentences.caution_sentences(place, words),
            *sentences.proactive_sentences(place, document, words),
            *sentences.weighing_sentences(document, words),
            *sentences.notes(document, words),
        )
    ).lower()
    for word in ("kans dat", "slecht", "worse", "chance that", "gevaarlijk", "dangerous"):
        assert word not in said
