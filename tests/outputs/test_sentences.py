from hotspots.outputs import sentences
from hotspots.outputs.tables import PrioritiesDocument, document_of
from hotspots.outputs.text import Words
from hotspots.policy import Policy
from tests.outputs import sample

NL = Words("nl")


def _document(**target: object) -> PrioritiesDocument:
    tables = sample.results() | {"target": sample.target(**target)}
    return document_of(sample.SampleRun(tables=tables), sample.question())


def test_a_change_that_may_be_chance_says_so() -> None:
    assert sentences.target_sentences(_document(), NL) == [
        (
            "In 2025 waren er in de hele stad 1.234 voltooide woninginbraken. In 2024 waren het er "
            "1.400. Het verschil is \N{MINUS SIGN}12%."
        ),
        "Beide jaren zijn geteld over dezelfde 11 maanden.",
        "Dat kan ook toeval zijn: de bandbreedte loopt van \N{MINUS SIGN}26% tot +6%.",
        "Het doel is minder dan het jaar ervoor. Dat is in de telling gehaald.",
    ]


def test_a_change_beyond_chance_says_that() -> None:
    said = sentences.target_sentences(
        _document(ratio=1.3, ratio_low=1.1, ratio_high=1.5, met=False, same_months=12), NL
    )
    assert said[1:] == [
        "Bij toeval zien we zo'n verschil zelden: de bandbreedte loopt van +10% tot +50%.",
        "Het doel is minder dan het jaar ervoor. Dat is niet gehaald.",
    ]


def test_nothing_the_year_before_gives_no_change() -> None:
    said = sentences.target_sentences(
        _document(count_previous=0, ratio=None, ratio_low=None, ratio_high=None, met=None), NL
    )
    assert said == [
        "In 2025 waren er in de hele stad 1.234 voltooide woninginbraken. In 2024 waren het er 0.",
        "Beide jaren zijn geteld over dezelfde 11 maanden.",
    ]


def test_a_goal_of_stability_names_its_band() -> None:
    policy = Policy.model_validate({"target": {"goal": "stable", "band": 0.1}})
    run = sample.SampleRun(record=sample.record(policy=policy.model_dump(mode="json")))
    said = sentences.target_sentences(document_of(run, sample.question()), NL)
    assert "Het doel is niet meer dan 10% verschil met het jaar ervoor. " in said[-1]


def test_attempts_that_cannot_be_told_apart_are_mentioned_and_not_promised() -> None:
    asked = sample.question(attempts_told_apart=False)
    document = document_of(sample.SampleRun(), asked)
    assert "voltooid en poging samen" in sentences.target_sentences(document, NL)[-1]
    assert sentences.count_label(document, NL) == "Woninginbraken 2023–2025"


def test_the_list_reconciles_in_words() -> None:
    document = document_of(sample.SampleRun(), sample.question())
    said = sentences.totals_sentences(document, NL)
    assert "550" in said[0]
    assert said[0].endswith("Samen: 555.")
    assert said[1] == "De maanden van de hele stad opgeteld geven hetzelfde aantal."
    assert said[2].endswith("W99.")


def test_a_list_that_does_not_reconcile_is_not_hidden() -> None:
    tables = sample.results()
    tables["months"].loc[1, "count"] = 560
    document = document_of(sample.SampleRun(tables=tables), sample.question())
    assert "geven 560." in sentences.totals_sentences(document, NL)[1]


def test_just_missed_and_remarks() -> None:
    document = document_of(sample.SampleRun(), sample.question())
    assert sentences.just_missed_sentences(document, NL)[0] == (
        "Oostduin staat op plaats 4, net onder de streep. De kans dat dit gebied bij de 3 hoogste "
        "hoort, schatten wij op 38%."
    )
    assert len(sentences.remark_sentences(document, NL)) == 3
    assert sentences.no_rate_sentences(document, NL) == ["Haven: 3 geregistreerd."]
    assert NL.recorded(0) == "0 geregistreerd"
