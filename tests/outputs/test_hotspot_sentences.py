from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis.figures import METHODS, TOP_DENSITY_SHARE, Remark
from hotspots.analysis.firmness import FIRM_SUPPORT, LEAST_METHODS, MANY_METHODS, WEAK_SUPPORT
from hotspots.analysis.support import FOUND_SHARE
from hotspots.outputs.hotspots import sentences
from hotspots.outputs.hotspots.tables import KINDS, Hotspot, HotspotsDocument, hotspots_document_of
from hotspots.outputs.text import LANGS, Lang, Words
from hotspots.policy import Policy
from hotspots.records import Search
from hotspots.results.codes import Grade
from hotspots.schemas import StudyAreaOrigin
from tests.outputs import sample

NL = Words("nl")


RUN = sample.SampleRun()
DOCUMENT = hotspots_document_of(RUN, sample.search())


def _document(search: Search | None = None) -> HotspotsDocument:
    return DOCUMENT if search is None else hotspots_document_of(RUN, search)


def _said(number: int, words: Words = NL) -> str:
    hotspot = _document().hotspots[number - 1]
    return " ".join(sentences.hotspot_sentences(hotspot, sample.search(), words))


# The first is the sentence of shared/wording.md with this theme.
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, ("Hier waren in 2023–2025 84 woninginbraken: 3,1 keer zo veel als gemiddeld in de "
            "stad. Bij toeval zien we zo'n verschil zelden: minder dan 1 op de 100 keer.")),
        (2, ("Hier waren in 2023–2025 30 woninginbraken: 12 keer zo veel als gemiddeld in de stad. "
            "Bij toeval zien we zo'n verschil zelden: minder dan 1 op de 1.000 keer. Hiervan staan "
            "er 12 op één of meer punten met uitzonderlijk veel registraties. Ook zonder die "
            "registraties is dit een hotspot.")),
        (3, ("Hier was in 2023–2025 1 woninginbraak: 2,0 keer zo veel als gemiddeld in de stad. "
            "Bij toeval zien we zo'n verschil zelden: minder dan 1 op de 10 keer. Let op: kleine "
            "aantallen. Een paar registraties meer of minder verandert dit beeld.")),
        (4, ("Hier waren in 2023–2025 20 woninginbraken: 9,0 keer zo veel als gemiddeld in de "
            "stad. Bij toeval zien we zo'n verschil zelden: minder dan 1 op de 20 keer. Vooral in "
            "één nacht van het jaar: 31 december, van 18.00 tot 6.00 uur. Dan valt 85% van de "
            "registraties met een bekende tijd.")),
        (5, ("Hier waren in 2023–2025 60 woninginbraken. Bijna alle registraties staan hier op één "
            "punt: 57 van de 60. Zoek uit wat daar is: een politiebureau, een loket of een vast "
            "invoerpunt is niet de plek waar het gebeurde.")),
        (6, ("Hier waren in 2023–2025 8 woninginbraken. Dit is de omgeving van één of meer punten "
            "met uitzonderlijk veel registraties: 3 van de 8 staan daar. Zonder die registraties "
            "is hier geen hotspot gevonden. Let op: kleine aantallen. Een paar registraties meer "
            "of minder verandert dit beeld.")),
    ],
)  # fmt: skip
def test_each_polygon_says_what_it_is(number: int, said: str) -> None:
    assert _said(number) == said


def test_reports_are_called_reports() -> None:
    search = sample.search("youth_reports", 12)
    hotspot = _document().hotspots[0].model_copy(update={"theme": "youth_reports"})
    assert sentences.hotspot_sentences(hotspot, search, NL)[0] == (
        "Hier waren in 2025 84 meldingen van jeugdoverlast: 3,1 keer zo veel als gemiddeld in de "
        "stad."
    )
    stack = hotspot.model_copy(
        update={"stacked_count": 58, "stack_share": 0.95, "remarks": ["stack"]}
    )
    assert "Bijna alle meldingen staan" in " ".join(sentences.hotspot_sentences(stack, search, NL))
    notes = " ".join(sentences.notes(_document(sample.reports_search()), NL))
    assert "waar mensen melden" in notes
    assert "waar mensen melden" not in " ".join(sentences.notes(_document(), NL))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("remark", get_args(Remark))
def test_every_reason_code_of_the_engine_has_a_sentence(lang: Lang, remark: str) -> None:
    plain = _document().hotspots[3].model_copy(update={"remarks": []})
    marked = plain.model_copy(update={"remarks": [remark]})
    words = Words(lang)
    before = sentences.hotspot_sentences(plain, sample.search(), words)
    after = sentences.hotspot_sentences(marked, sample.search(), words)
    assert len(after) > len(before)
    assert not any("{" in sentence or "None" in sentence for sentence in after)


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_method_and_origin_of_the_engine_has_its_words(lang: Lang) -> None:
    words = Words(lang)
    for kind in KINDS:
        assert words.label(f"kind_{kind}")
        assert words.label(f"kinds_{kind}")
    document = _document()
    plain = document.hotspots[0]
    for n in range(len(METHODS) + 1):
        some = plain.model_copy(update={"methods": list(METHODS[:n]), "agreement": n})
        assert sentences.firmness_sentences(some, document.method, words)
    assert len(sentences.methods_explained(document, words)) == len(METHODS)
    for grade in get_args(Grade):
        assert sentences.grade(plain.model_copy(update={"grade": grade}), words)
    for origin in get_args(StudyAreaOrigin):
        search = sample.search(study_area=origin)
        assert sentences.study_area(search, words)
        assert sentences.hotspot_sentences(plain, search, words)


@pytest.mark.parametrize(
    ("q_value", "bound"),
    [(0.0, 1000), (0.00099, 1000), (0.001, 100), (0.0099, 100), (0.01, 20), (0.0499, 20),
     (0.05, 10), (0.0999, 10), (0.1, None), (1.0, None)],
)  # fmt: skip
def test_chance_is_told_by_a_round_bound_that_holds(q_value: float, bound: int | None) -> None:
    assert sentences.chance_bound(q_value) == bound


@given(st.floats(0, 1))
def test_the_bound_is_never_better_than_the_figure(q_value: float) -> None:
    bound = sentences.chance_bound(q_value)
    assert bound is None or q_value * bound < 1
    tighter = [n for n in sentences.CHANCE_BOUNDS if bound is None or n > bound]
    assert all(q_value * n >= 1 or abs(q_value * n - 1) < 1e-12 for n in tighter)


def test_what_may_be_chance_is_not_called_rare() -> None:
    (hotspot,) = _document(sample.search(months=12)).hotspots  # q is 0.2
    said = sentences.hotspot_sentences(hotspot, sample.search(months=12), NL)
    assert said[1:] == ["Dat kan ook toeval zijn."]


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_said_to_be_the_chance_that_it_is_chance(lang: Lang) -> None:
    words = Words(lang)
    document = _document()
    said = [
        text
        for hotspot in document.hotspots
        for text in sentences.hotspot_sentences(hotspot, document.search, words)
    ]
    for text in said:
        assert "kans dat" not in text
        assert "probability" not in text


def test_a_stack_of_one_half_and_of_a_single_case() -> None:
    stack = _document().hotspots[4]

    def said(**changes: object) -> list[str]:
        other = stack.model_copy(update=changes)
        return sentences.hotspot_sentences(other, sample.search(), NL)

    half = said(count=30, stacked_count=18, stack_share=0.6)
    assert half[1] == "De helft of meer van de registraties staat hier op één punt: 18 van de 30."
    single = said(
        count=1,
        stacked_count=0,
        stack_share=1.0,
        q_value=0.03,
        remarks=["significant", "stack", "one_night"],
        one_night="06-12",
    )
    assert single == ["Hier was in 2023–2025 1 woninginbraak.", "Het gaat hier om één enkel geval."]
    assert sentences.times(stack, NL) == "–"  # a circle round a spot has no area of its own


def test_the_lede_counts_hotspots_only() -> None:
    assert sentences.lede(_document(), NL) == (
        "Op 3 plekken zijn er meer woninginbraken dan bij toeval te verwachten is."
    )
    assert sentences.lede(_document(sample.search(months=12)), NL).startswith("Op één plek")
    nothing = sentences.lede(_document(sample.reports_search()), NL)
    assert "Er is geen plek met meer meldingen van jeugdoverlast" in nothing
    assert "Dat betekent niet dat er niets gebeurt." in nothing


def test_the_list_reconciles_in_words() -> None:
    assert sentences.totals_sentences(_document(), NL) == [
        (
            "Geleverd zijn 1.205 woninginbraken. Daarvan liggen er 5 buiten het onderzochte "
            "gebied: die tellen niet mee."
        ),
        (
            "Op punten met uitzonderlijk veel registraties staan er 73. Die tellen mee in de "
            "aantallen, niet in de toets."
        ),
        # 84 + 30 + 1 of 1,200, on 0.16 + 0.01 + 0.01 of 10 km2
        (
            "In de hotspots samen: 115. Dat is 10% van wat in het onderzochte gebied ligt, op 2% "
            "van de oppervlakte."
        ),
    ]
    tiny = _document(sample.search(study_area_km2=30.0))
    assert "op minder dan 1% van de oppervlakte" in sentences.totals_sentences(tiny, NL)[-1]
    (only,) = sentences.totals_sentences(_document(sample.reports_search()), NL)
    assert "1.205 meldingen van jeugdoverlast" in only


def test_where_what_and_how_firm() -> None:
    document = _document()
    assert sentences.title(document, NL) == "Berekende hotspots: woninginbraken 2023–2025"
    assert sentences.where(document.hotspots[0], NL) == f"{sample.HOSTILE_NAME} en Havenkwartier"
    wide = document.hotspots[0].model_copy(update={"places": ["A", "B"], "beyond": True})
    assert sentences.where(wide, NL) == "A, B en omgeving"
    nameless = document.hotspots[0].model_copy(update={"places": []})
    assert sentences.where(nameless, NL) == "plek 1"
    assert [
        (sentences.grade(each, NL), sentences.agreement(each, NL)) for each in document.hotspots
    ] == [
        ("stevig", "3 van 4 methoden; 97 van 100 herhalingen"),
        ("redelijk", "2 van 4 methoden; 71 van 100 herhalingen"),
        ("zwak", "1 van 4 methoden"),
        ("zwak", "3 van 4 methoden; 42 van 100 herhalingen"),
        ("niet getoetst", "2 van 4 methoden"),
        ("niet getoetst", "0 van 4 methoden"),
    ]
    assert sentences.study_area(document.search, NL) == "bebouwde kom, 10 km²"
    assert sentences.study_area(sample.reports_search(), NL) == (
        "afgeleid uit de meldingen zelf, 10 km²"
    )


def _firmness(**changes: object) -> list[str]:
    document = _document()
    hotspot = document.hotspots[0].model_copy(update=changes)
    return sentences.firmness_sentences(hotspot, document.method, NL)


def test_a_grade_is_told_with_what_it_rests_on() -> None:
    assert _firmness() == [
        "Van de 4 methoden wijzen er 3 hier: toets, dichtheid en groepen.",
        "In 97 van de 100 herhalingen is deze plek opnieuw gevonden.",
    ]
    assert _firmness(methods=list(METHODS), agreement=4)[0] == (
        "Alle 4 methoden wijzen hier: toets, dichtheid, groepen en cirkels."
    )
    assert _firmness(methods=["scan"], agreement=1)[0] == (
        "Van de 4 methoden wijst er 1 hier: cirkels."
    )
    assert _firmness(methods=[], agreement=0, support=None) == [
        "Geen van de 4 methoden wijst hier.",
        "Er zijn te weinig maanden met gevallen om de zoektocht te herhalen.",
    ]
    untested = _firmness(grade=None, support=None, q_value=None)
    assert len(untested) == 1  # what was not tested was not repeated


def test_that_there_is_no_grade_is_told_with_its_reason() -> None:
    few_months = _firmness(
        grade=None, support=None, methods=["gi_star"], agreement=1, methods_run=2
    )
    assert few_months[1:] == [
        "Er zijn te weinig maanden met gevallen om de zoektocht te herhalen.",
        (
            "Niet beoordeeld: daarvoor zijn ten minste drie methoden nodig, of herhalingen van de "
            "zoektocht."
        ),
    ]
    assert LEAST_METHODS == 3
    document = _document()
    two = {"grade": None, "support": None, "methods_run": 2}
    bare = document.hotspots[0].model_copy(update=two)
    assert sentences.grade(bare, NL) == "niet beoordeeld"
    some = document.model_copy(update={"hotspots": [bare, *document.hotspots[1:]]})
    assert list(dict(sentences.grades_explained(some, NL))) == [
        "stevig",
        "redelijk",
        "zwak",
        "niet beoordeeld",
    ]
    none = document.model_copy(
        update={"hotspots": [each.model_copy(update=two) for each in document.hotspots]}
    )
    ((name, meaning),) = sentences.grades_explained(none, NL)
    assert name == "niet beoordeeld"
    assert "minder dan drie methoden" in meaning
    for lang in LANGS:
        for _, text in sentences.grades_explained(some, Words(lang)):
            assert "{" not in text


def test_grades_are_explained_by_the_bounds_of_the_engine() -> None:
    meanings = dict(sentences.grades_explained(_document(), NL))
    assert list(meanings) == ["stevig", "redelijk", "zwak"]
    assert f"ten minste {FIRM_SUPPORT:.0%} van de herhalingen" in meanings["stevig"]
    assert f"minder dan {WEAK_SUPPORT:.0%} van de herhalingen" in meanings["zwak"]
    assert len(METHODS) == MANY_METHODS
    assert f"van {MANY_METHODS} methoden ten minste {MANY_METHODS - 1}" in meanings["stevig"]
    repeated = sentences.firmness_notes(_document(), NL)[1]
    assert "100 keer" in repeated
    assert FOUND_SHARE == 0.5
    assert "ten minste de helft van haar gevallen" in repeated
    density = dict(sentences.methods_explained(_document(), NL))["dichtheid"]
    assert f"({TOP_DENSITY_SHARE:.0%})" in density


def test_without_resamples_no_grade_speaks_of_them() -> None:
    run = sample.SampleRun(record=sample.record(policy=Policy().model_dump(mode="json")))
    document = hotspots_document_of(run, sample.search())
    assert "herhaling" not in " ".join(text for _, text in sentences.grades_explained(document, NL))
    assert "hotspots.layers: support" in sentences.firmness_notes(document, NL)[1]
    (only,) = sentences.firmness_sentences(document.hotspots[0], document.method, NL)
    assert "methoden" in only


def test_what_a_search_lacked_is_said() -> None:
    lacking = " ".join(sentences.notes(_document(sample.reports_search()), NL))
    assert "geen tijd van de dag" in lacking
    assert "Er was geen grens van de stad." in lacking
    complete = " ".join(sentences.notes(_document(), NL))
    assert "geen tijd van de dag" not in complete
    assert "geen grens" not in complete
    assert sentences.missing_month_sentences(_document(), NL) == ["December 2025 is niet geleverd."]


def test_every_polygon_is_in_one_group() -> None:
    document = _document()
    groups = list(sentences.kinds_found(document))
    assert [kind for kind, _ in groups] == ["hotspot", "one_night", "stack"]
    grouped: list[Hotspot] = [hotspot for _, found in groups for hotspot in found]
    assert grouped == document.hotspots
