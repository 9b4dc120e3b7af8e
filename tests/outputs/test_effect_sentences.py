"""What is said of a measure: the agreed words, and never that the measure did it."""

import math
from datetime import date
from typing import Any

import pytest

from hotspots.outputs.effect_document import (
    EffectDocument,
    Moved,
    Peak,
    Relative,
    Watched,
    ZoneCounts,
)
from hotspots.outputs.effect_sentences import effect_sentence, effect_sentences
from hotspots.outputs.text import LANGS, Lang, Words

MINUS = "\N{MINUS SIGN}"


def relative(middle: float, low: float, high: float, *, ratio: float = 1.0) -> Relative:
    return Relative(
        ratio=ratio, ratio_low=ratio, ratio_high=ratio, relative=middle, low=low, high=high
    )


def zone(**changed: Any) -> ZoneCounts:
    plain = {
        "km2": 0.1, "after": 76, "before": 100, "police_after": 0, "police_before": 0, "stacked": 0,
    }  # fmt: skip
    return ZoneCounts.model_validate(plain | changed)


def moved(**changed: Any) -> Moved:
    plain = {
        "says": "unclear", "ring": relative(1.1, 0.9, 1.3), "quotient": -0.4,
        "difference": -5, "variance": 100, "low": -25, "high": 15,
    }  # fmt: skip
    return Moved.model_validate(plain | changed)


def document(**changed: Any) -> EffectDocument:
    plain = {
        "themes": ["assault"], "area": "het cameragebied", "control": "", "is_rest": False,
        "ring_m": 200, "measure_from": date(2023, 1, 1),
        "after": ["2023-01", "2023-11"], "before": ["2022-01", "2022-11"],
        "left_out": [], "not_delivered": [], "sources": ["politie"], "deliveries": ["x"],
        "demo": True, "dispersion": 1.2, "places": 50,
        "zones": {"area": zone(), "ring": zone(), "control": zone()},
        "control_ratio": 0.9,
        "effect": relative(0.84, 0.67, 1.06, ratio=0.76),
        "effect_with_police": relative(0.9, 0.7, 1.1), "police": relative(1, 0.5, 2),
        "displacement": moved(),
        "peak": Peak(months=["2021-01"], year=relative(1, 0.9, 1.1), effect=relative(1, 0.9, 1.1)),
        "flags": [],
    }  # fmt: skip
    return EffectDocument.model_validate(plain | changed)


def said(lang: Lang = "nl", **changed: Any) -> str:
    return " ".join(effect_sentences(document(**changed), Words(lang)))


def test_the_sentence_is_the_agreed_one() -> None:
    assert effect_sentence(document(), Words("nl")) == (
        f"In het cameragebied {MINUS}24%, in het vergelijkingsgebied {MINUS}10%. "
        f"Het verschil is {MINUS}16%. "
        f"Dat kan ook toeval zijn: de bandbreedte loopt van {MINUS}33% tot +6%."
    )


def test_the_hours_that_are_watched_are_named_and_told_apart() -> None:
    watched = Watched(
        hours=["fri-sat 20-04", "wed 12-18"], after=30, before=50, hours_unknown=3,
        control_ratio=0.95, effect=relative(0.63, 0.4, 0.99, ratio=0.6),
    )  # fmt: skip
    told = said(watched=watched)
    named = "(vrijdag en zaterdag van 20 tot 4 uur en woensdag van 12 tot 18 uur)"
    assert f"waarin wordt meegekeken {named}: in het cameragebied {MINUS}40%" in told
    assert "Van 3 incidenten in het gebied is het uur niet bekend" in told
    nothing = watched.model_copy(update={"effect": relative(math.nan, 0, math.inf, ratio=0.6)})
    assert "te weinig incidenten om te vergelijken" in said(watched=nothing)
    assert "meegekeken" not in said()


def test_it_says_when_chance_rarely_does_that() -> None:
    clear = relative(0.6, 0.45, 0.8, ratio=0.54)
    assert "Bij toeval zien we zo'n verschil zelden" in said(effect=clear)
    assert "Dat kan ook toeval zijn" not in said(effect=clear)


@pytest.mark.parametrize("lang", LANGS)
def test_it_never_claims_a_cause(lang: Lang) -> None:
    clear = said(lang, effect=relative(0.6, 0.45, 0.8, ratio=0.54)).casefold()
    assert Words(lang).sentence("effect_no_proof").casefold() in clear
    for claim in ("effect of", "effect van", "dankzij", "thanks to", "werkt", "works"):
        assert claim not in clear


@pytest.mark.parametrize("says", ["displacement", "benefit", "unclear", "nothing_to_move"])
def test_what_the_ring_says(says: str) -> None:
    words = Words("nl").sentence(f"effect_{says}", control="het vergelijkingsgebied")
    assert words in said(displacement=moved(says=says))


def test_what_is_not_known_is_not_said() -> None:
    nothing = relative(math.nan, math.nan, math.nan, ratio=math.nan)
    text = said(effect=nothing, displacement=moved(ring=nothing), peak=None)
    assert "te weinig incidenten" in text
    assert "ring" not in text
    assert "nan" not in text
    assert "geen eerdere jaren geleverd" in text


def test_every_warning_has_its_words() -> None:
    peak = Peak(months=["2021-01"], year=relative(1.8, 1.4, 2), effect=relative(1.1, 0.9, 1.3))
    text = said(
        peak=peak,
        flags=["few_incidents", "chosen_at_peak", "detection_bias", "no_initiator"],
        zones={"area": zone(police_after=9, police_before=2, stacked=3), "ring": zone(),
               "control": zone()},
        not_delivered=["2022-12"], left_out=["2023-12"],
    )  # fmt: skip
    for words in (
        "kleine aantallen", "+80%", "op zijn hoogst", "Wie meer kijkt", "wie een incident",
        "2 ervoor en 9 erna", "3 incidenten staan geregistreerd op één vast punt",
        "December 2022 is niet geleverd", "december 2023",
    ):  # fmt: skip
        assert words in text, words
