"""What earlier hotspots caught: the document, and the agreed sentence."""

from typing import get_args

import pandas as pd
import pytest

from hotspots.analysis.accuracy import MEASURES
from hotspots.analysis.forecasts import Candidates, methods_of
from hotspots.outputs.hotspots import proof_sentences as sentences
from hotspots.outputs.hotspots.proof_tables import Proof, chosen_of, concentration_of, proof_of
from hotspots.outputs.text import LANGS, Lang, Words
from hotspots.schemas import StudyAreaOrigin
from tests.outputs import sample

NL = Words("nl")
MINUS = "\N{MINUS SIGN}"


LAYERS = sample.layers()


def _proof(**changes: str | float | pd.Series) -> Proof:
    """The sample's proof with columns of every method changed."""
    table = LAYERS["proofs"].assign(**changes)
    found = proof_of(sample.SampleRun(tables={"proofs": table}), "burglary")
    assert found is not None
    return found


def _choosing_count() -> Proof:
    return _proof(chosen=LAYERS["proofs"]["method"] == "count")


def test_the_document_has_the_figures_of_the_table() -> None:
    proof = _proof()
    assert (proof.flagged_at, proof.first_month, proof.last_month) == (
        "2024-12", "2025-01", "2025-12",
    )  # fmt: skip
    assert (proof.incidents, proof.flagged_km2, proof.study_area_km2) == (1000, 1.5, 100.0)
    assert [(each.method, each.caught, each.chosen) for each in proof.kept] == [
        ("count", 300, False), ("kde", 320, True),
    ]  # fmt: skip
    assert [each.caught for each in proof.renewed] == [310, 340]
    assert chosen_of(proof.kept).parameters == {"bandwidth_m": 300.0}


def test_a_theme_without_a_proof_has_none() -> None:
    run = sample.SampleRun(tables=LAYERS)
    assert proof_of(run, "youth_reports") is None
    assert concentration_of(run, "youth_reports") is None
    bare = sample.SampleRun(tables={})
    assert proof_of(bare, "burglary") is None
    assert concentration_of(bare, "burglary") is None


# The sentence of shared/wording.md, with the figures of the sample and the theme's own words.
def test_the_proof_is_told_in_the_agreed_words() -> None:
    assert sentences.proof_sentence(_proof(), sample.search(), NL) == (
        "De hotspots van eind 2024 beslaan 1,5% van de bebouwde kom. Daar was in 2025 32% van de "
        "woninginbraken. Gewoon tellen haalde 30%. Dit zegt niets over oorzaken of personen."
    )


def test_plain_counting_is_not_set_against_itself() -> None:
    proof = _choosing_count()
    assert sentences.proof_sentence(proof, sample.search(), NL) == (
        "De hotspots van eind 2024 beslaan 1,5% van de bebouwde kom. Daar was in 2025 30% van de "
        "woninginbraken. Dit is gewoon tellen: geen andere methode bleek op eerdere maanden beter. "
        "Dit zegt niets over oorzaken of personen."
    )
    assert sentences.interval_sentences(proof, NL) == [
        "De bandbreedte van die 30% loopt van 27% tot 33%."
    ]


def test_a_proof_that_does_not_begin_with_a_year_names_its_months() -> None:
    proof = _proof(
        flagged_at="2024-06", first_month="2024-07", last_month="2025-06", flagged_km2=12.0
    )
    assert sentences.proof_sentence(proof, sample.search(), NL).startswith(
        "De hotspots van eind juni 2024 beslaan 12% van de bebouwde kom. Daar was van juli 2024 "
        "tot en met juni 2025 32% van"
    )


def test_the_months_tested_are_those_that_were_delivered() -> None:
    proof = _proof(missing_months="2025-03 2025-12")
    assert "Daar was van januari 2025 tot en met november 2025 32% van de" in (
        sentences.proof_sentence(proof, sample.search(), NL)
    )
    assert sentences.interval_sentences(proof, NL)[-1] == (
        "Niet geleverd, en dus niet getoetst: maart 2025 en december 2025."
    )
    none = _proof(missing_months=" ".join(f"2025-{month:02d}" for month in range(1, 13)))
    assert sentences.during(none, NL) == "in 2025"


def test_a_run_of_before_that_tells_no_missing_months_can_still_be_read() -> None:
    old = {
        name: LAYERS[name].drop(columns="missing_months") for name in ("proofs", "concentration")
    }
    run = sample.SampleRun(tables=old)
    proof, found = proof_of(run, "burglary"), concentration_of(run, "burglary")
    assert proof is not None
    assert found is not None
    assert proof.missing_months == found.missing_months == []


@pytest.mark.parametrize(
    ("origin", "named"),
    [
        ("built-up", "de bebouwde kom"),
        ("municipality", "de gemeente"),
        ("derived", "het onderzochte gebied"),
    ],
)
def test_the_area_is_what_was_studied(origin: str, named: str) -> None:
    assert origin in get_args(StudyAreaOrigin)
    search = sample.search(study_area=origin)
    assert f"1,5% van {named}." in sentences.proof_sentence(_proof(), search, NL)


def test_the_gain_over_plain_counting_has_its_interval() -> None:
    # 2 of 100 more, from 1.8 to 2.2
    assert sentences.interval_sentences(_proof(), NL) == [
        "De bandbreedte van die 32% loopt van 29% tot 35%.",
        "Van elke 100 woninginbraken zijn dat er 2,0 meer dan bij gewoon tellen.",
        "Bij toeval zien we zo'n verschil zelden: de bandbreedte loopt van 1,8 tot 2,2.",
    ]
    worse = _proof(gain=-0.01, gain_low=-0.04, gain_high=0.02)
    assert sentences.interval_sentences(worse, NL)[1:] == [
        "Van elke 100 woninginbraken zijn dat er 1,0 minder dan bij gewoon tellen.",
        f"Dat kan ook toeval zijn: de bandbreedte loopt van {MINUS}4,0 tot 2,0.",
    ]
    same = _proof(gain=0.0, gain_low=0.0, gain_high=0.0)
    assert "evenveel" in sentences.interval_sentences(same, NL)[1]


def test_each_measure_stands_with_its_interval_and_what_is_missing_stays_so() -> None:
    kde = chosen_of(_proof().kept)
    # 0.32 of the incidents on 1.5 of 100 km2 is 21.3 times; 320 of at best 400
    assert [sentences.measure(kde, name, NL) for name in sentences.MEASURES] == [
        "32% (29%–35%)",
        "21,3 (19,2–23,5)",
        "0,80 (0,72–0,88)",
        "0,90 (0,81–0,99)",
    ]
    unknown = kde.model_copy(update={"rri": None, "rri_low": None, "rri_high": None})
    assert sentences.measure(unknown, "rri", NL) == "–"
    assert sentences.parameters(kde, NL) == "straal 300 m"


@pytest.mark.parametrize("lang", LANGS)
def test_every_method_parameter_and_measure_of_the_engine_has_its_words(lang: Lang) -> None:
    words, kde = Words(lang), chosen_of(_proof().kept)
    assert {*sentences.MEASURES, "gain"} == set(MEASURES)
    for name in sentences.MEASURES:
        assert words.label(f"proof_{name}")
        assert words.sentence(f"proof_{name}_means", theme="x")
    for method in methods_of(Candidates()):
        assert words.label(f"proof_method_{method.name}")
        assert words.sentence(f"proof_method_{method.name}_means")
        found = kde.model_copy(update={"parameters": method.parameters})
        assert bool(sentences.parameters(found, words)) == bool(method.parameters)
    assert methods_of(Candidates())[0].name == sentences.PLAIN


def test_notes_tell_how_it_was_made() -> None:
    area, choice, renewed = sentences.proof_notes(_proof(), NL)
    assert "1,5 km², in vakken van 150 bij 150 meter" in area
    assert "vóór deze periode" in choice
    assert "34% in (bandbreedte 31%–37%)" in renewed


def test_concentration_is_told_against_chance() -> None:
    found = concentration_of(sample.SampleRun(tables=LAYERS), "burglary")
    assert found is not None
    assert sentences.concentration_sentences(found, NL)[1] == (
        "De 5% drukste vakken hebben 35% van de woninginbraken in 2025; bij louter toeval zou dat "
        "17% zijn."
    )
    assert [top.cells for top in found.top] == [0.01, 0.05, 0.1]


def test_a_table_in_another_order_tells_the_same() -> None:
    turned = {name: pd.DataFrame(LAYERS[name].iloc[::-1]) for name in ("proofs", "concentration")}
    run, straight = sample.SampleRun(tables=turned), sample.SampleRun(tables=LAYERS)
    assert concentration_of(run, "burglary") == concentration_of(straight, "burglary")
    proof = proof_of(run, "burglary")
    assert proof is not None
    assert sentences.proof_sentence(proof, sample.search(), NL) == (
        sentences.proof_sentence(_proof(), sample.search(), NL)
    )
