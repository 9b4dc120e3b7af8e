"""What is said of a camera plan: figures of the run, sober words, nothing promised."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.outputs.cameras import sentences
from hotspots.outputs.cameras.tables import PlanDocument, mask_spans, masked_degrees
from hotspots.outputs.context import context_sentences, context_sources, published
from hotspots.outputs.text import LANGS, Lang, Words
from hotspots.records import PlanFigures
from tests.outputs import camera_run

NL = Words("nl")
MINUS = "\N{MINUS SIGN}"


def _with(**figures: object) -> PlanDocument:
    """The plan with other figures, those of the document among them."""
    rests = camera_run.figures(**figures)
    own = {name: getattr(rests, name) for name in ("objective", "bound", "gap")}
    return camera_run.document().model_copy(update={**own, "rests_on": rests})


def _said(document: PlanDocument) -> str:
    return " ".join(sentences.proof_sentences(document, NL))


def test_the_proof_is_one_sentence_that_holds() -> None:
    # 21.7 / 21.5 is 0.93% more; 0.9% would be too little
    assert _said(camera_run.document()) == (
        "Geen ander plan met 2 camera's ziet meer dan 1,0% meer, onder dezelfde voorwaarden. "
        "Dat is bewezen."
    )


@given(st.floats(0.001, 1e6), st.floats(0, 5))
def test_no_plan_within_the_bound_breaks_the_sentence(objective: float, more: float) -> None:
    document = _with(objective=objective, bound=objective * (1 + more))
    found = re.search(r"meer dan ([\d.]+,\d)% meer", _said(document))
    promised = float(found[1].replace(".", "").replace(",", ".")) if found else 0.0
    real = 100 * (document.bound / document.objective - 1)
    assert promised >= real - 1e-6
    assert promised <= real + 0.1 + 1e-6


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"objective": 3.0, "bound": 3.0}, "Geen ander plan met 2 camera's ziet meer, onder"),
        ({"objective": 0.0, "bound": 2.0}, "voegt niets toe"),
        ({"budget": 5}, "Er zijn 5 camera's gevraagd en 2 plekken gekozen"),
        ({"stopped": True}, "Het zoeken is op een grens gestopt."),
    ],
)
def test_what_limits_the_proof_is_said(figures: dict[str, object], said: str) -> None:
    assert said in _said(_with(**figures))


def test_without_an_area_the_question_is_where_one_would_be_needed() -> None:
    document = _with(designated=False, areas=[])
    assert sentences.title(document, NL) == "Waar zou een cameragebied nodig zijn?"
    assert "waar zou een gebied nodig zijn?" in sentences.area_sentence(document.rests_on, NL)
    assert "gebied nodig" not in sentences.title(camera_run.document(), NL)
    assert "(tot en met 30 april 2026)" in sentences.area_sentence(camera_run.figures(), NL)


def test_the_held_out_months_are_those_that_were_delivered() -> None:
    said = sentences.held_out_sentences(camera_run.document(), NL)
    assert "van januari 2025 tot en met november 2025" in said[0]
    assert "40,0% (bandbreedte 36,0% tot 44,0%)" in said[0]
    assert [re.findall(r"[\d,]+%", each)[0] for each in said[1:4]] == ["25,0%", "30,0%", "39,0%"]
    assert said[1].endswith("15,0 procentpunt meer (bandbreedte 12,0 tot 18,0).")
    assert said[2].endswith("10,0 procentpunt meer (bandbreedte 7,5 tot 12,5).")
    assert said[3].endswith("kan toeval zijn (bandbreedte \u22121,0 tot 3,0 procentpunt).")


def test_too_few_months_are_told() -> None:
    document = _with(holdout_first_month=None).model_copy(update={"comparison": []})
    (said,) = sentences.held_out_sentences(document, NL)
    assert said.startswith("Er zijn te weinig maanden")


def test_a_score_card_tells_gain_hours_and_alternative() -> None:
    document = camera_run.document()
    first, second = document.sites
    assert sentences.site_sentences(first, document, NL) == [
        (
            "Op zichzelf ziet deze plek 20,0 gewogen incidenten per jaar (geteld over 2024–2025). "
            "Zonder deze plek ziet het plan er 18,0 minder."
        ),
        "Hier staat nu al een flexibele camera.",
        "Ten minste de helft (40 van de 60) valt tussen 22.00 en 24.00 uur.",
        (
            "De beste andere plek binnen 60 meter is P3. Daarmee ziet het plan 5,0 gewogen "
            "incidenten per jaar minder."
        ),
    ]
    assert sentences.site_sentences(second, document, NL)[-1] == (
        "Binnen 60 meter is er geen andere bruikbare plek."
    )
    same = first.model_copy(update={"alternative_loss": -0.2})
    assert sentences.alternative(same, NL).endswith("Daarmee ziet het plan niet minder.")
    assert [sentences.power(known, NL) for known in (True, False, None)] == [
        "ja", "nee", "onbekend",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("masks", "degrees"), [("", 0), ("350-10 90-120", 50), ("0-360", 360), ("180-171", 351)]
)
def test_masks_add_up_round_the_north(masks: str, degrees: int) -> None:
    assert masked_degrees(mask_spans(masks)) == degrees
    assert (f"{degrees}° van de 360°" in sentences.masks(masks, NL)) == (0 < degrees < 360)


def test_advice_has_the_agreed_labels_and_never_orders() -> None:
    document = camera_run.document()
    assert sentences.advice_counts(document.advice, NL) == (
        "Laten staan: 1 · Verplaatsen: 1 · Weghalen: 1"
    )
    kept, going, moving = document.advice
    assert sentences.advice_sentence(going, document, 6.0, NL) == (
        "Sinds maart 2025 blijft deze plek onder de afgesproken maatstaf van 6 per jaar. "
        "Beoordeel of weghalen nodig is."
    )
    assert "voegt 3,5 toe" in sentences.advice_sentence(moving, document, 6.0, NL)
    assert sentences.before_and_since(kept, NL) == [
        "Over 29 zelfde kalendermaanden: 60 incidenten vóór de plaatsing en 36 erna.",
        f"Dat is {MINUS}40% (bandbreedte {MINUS}61% tot {MINUS}8%).",
    ]
    assert "kan ook toeval zijn" in sentences.before_and_since(moving, NL)[1]
    assert "zelfde maanden" in sentences.before_and_since(going, NL)[0]
    alike = kept.model_copy(update={"ratio": 1.002, "ratio_low": 0.9, "ratio_high": 1.1})
    assert "ongeveer gelijk" in sentences.before_and_since(alike, NL)[1]


def test_fixed_cameras_are_reconsidered_never_removed() -> None:
    listed, unknown = camera_run.document().fixed_review
    assert sentences.reconsider(listed, NL) == "heroverwegen"
    assert sentences.reconsider(unknown, NL) == sentences.trend(unknown, NL) == "onbekend"
    assert sentences.trend(listed, NL) == f"{MINUS}2,4% (bandbreedte {MINUS}6,0% tot 1,0%)"
    assert "weghalen" not in NL.sentence("cameras_fixed_rule").lower()


def test_what_is_not_known_is_all_told() -> None:
    said = " ".join(sentences.unknown_sentences(camera_run.document(), NL))
    for figure in ("56 m²", "200", "60", "1 van de 2", ": 7.", ": 11.", ": 13.", ": 17.", "34",
                   "December 2025 is niet geleverd.", "geen stroom: 1"):  # fmt: skip
        assert figure in said, figure
    quiet = dict.fromkeys(("in_own_period", "stacked", "outside_hours", "stadium_cameras"), 0)
    document = _with(**quiet, sites_differ=None, excluded={})
    shorter = sentences.unknown_sentences(document, NL)
    assert not any("stapel" in each or "Stadion" in each for each in shorter)


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_can_be_said(lang: Lang) -> None:
    document, words = camera_run.document(), Words(lang)
    heights = PlanFigures.model_validate(camera_run.figures().model_dump() | {"surface": "heights"})
    other = document.model_copy(update={"rests_on": heights})
    said = [
        sentences.title(document, words),
        sentences.lede(document, words),
        sentences.lede(_with(demand=0.0), words),
        *sentences.unknown_sentences(other, words),
        *[sentences.knee_sentence(document.curve, words)],
        *context_sentences(words),
    ]
    assert all(said)
    assert not any("{" in each for each in said)


def test_published_effects_are_context_and_no_promise() -> None:
    said = context_sentences(NL)
    assert "beloven niets" in said[-1]
    assert "geweld" in said[-2]
    # Welsh and Farrington (2009): 16% overall, 51% in car parks, town centres not significant
    of_2009 = {each.key: (each.change, each.clear) for each in published() if each.year == 2009}
    assert of_2009 == {
        "overall": (-16, True), "car_parks": (-51, True), "town_centres": (-7, False),
    }  # fmt: skip
    unclear = next(each for each in said if f"{MINUS}7%" in each)
    assert "kan ook toeval zijn" in unclear
    assert len(context_sources()) == 2
    assert all(str(each.year) in each.source for each in published())
