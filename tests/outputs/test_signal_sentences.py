from collections.abc import Iterator
from typing import get_args

import pytest

from hotspots.outputs.basis import Basis
from hotspots.outputs.basis_sentences import missing_month_sentences
from hotspots.outputs.signals import sentences
from hotspots.outputs.signals.pairs import Comparison, Counted
from hotspots.outputs.signals.scan import Scanned
from hotspots.outputs.signals.sequences import Burst, Sequences
from hotspots.outputs.signals.tables import SIGNALS, Absence, SignalsDocument
from hotspots.outputs.text import LANGS, Lang, Words
from hotspots.results.codes import Verdict
from tests.outputs import sample
from tests.outputs.signal_run import signals_document

NL = Words("nl")


@pytest.fixture(scope="module")
def document() -> SignalsDocument:
    """The signals of the sample."""
    return signals_document()


@pytest.fixture(scope="module")
def found(document: SignalsDocument) -> Sequences:
    """Its near repeats and bursts."""
    return document.sequences[0]


@pytest.fixture(scope="module")
def compared(document: SignalsDocument) -> Comparison:
    """Its pair of sources."""
    return document.comparisons[0]


def _said(document: SignalsDocument, words: Words) -> Iterator[str]:
    """Everything that the page says about the sample."""
    yield sentences.title(document, words)
    for signal in SIGNALS:
        yield sentences.heading(signal, ["burglary"], words)
    for found in document.sequences:
        yield sentences.bursts_lede(found, document.cut_off, words)
        for burst in found.bursts:
            yield sentences.burst_days(burst, words)
            yield from sentences.burst_sentences(burst, found, words)
        yield from sentences.burst_notes(found, words)
        yield sentences.knox_lede(found, words)
        yield from sentences.knox_sentences(found, words)
        yield from sentences.knox_notes(found, words)
        yield from sentences.burst_warnings(found, words)
        yield from sentences.knox_warnings(found, words)
        for band in found.bands:
            yield sentences.distance(band, words)
            yield sentences.days_apart(band, words)
    for compared in document.comparisons:
        yield sentences.pair_lede(compared, words)
        yield from sentences.pair_notes(compared, words)
        for area in compared.areas:
            yield from sentences.pair_sentences(area, words)
            yield sentences.pair_interval(area.reports, words)
    for scanned in document.scanned:
        yield sentences.circle_lede(scanned, words)
        yield from sentences.circle_warnings(scanned, words)
        yield from sentences.circle_notes(scanned, words)
        for circle in scanned.circles:
            yield from sentences.circle_sentences(circle, scanned, words)


@pytest.mark.parametrize("lang", LANGS)
def test_no_sentence_judges_forecasts_or_gives_a_chance_of_chance(
    document: SignalsDocument, lang: Lang
) -> None:
    for text in _said(document, Words(lang)):
        for never in ("slechter", "beter", "worse", "better", "kans dat", "probability",
                      "prioriteitsgebied", "priority area", "None", "nan", "{"):  # fmt: skip
            assert never not in text, text


def test_a_burst_says_when_how_many_within_what_and_how_usual(found: Sequences) -> None:
    latest, first = found.bursts
    assert sentences.burst_sentences(first, found, NL) == [
        (
            "Van 6 oktober tot en met 17 oktober 2025: 9 woninginbraken in een cirkel met een "
            "straal van 140 meter."
        ),
        "Tellen we wat op één dag op één plek gebeurde één keer, dan zijn het er 8.",
        "Binnen 300 meter en 14 dagen zijn er hier gewoonlijk 0,4.",
        "Bij toeval zien we ergens in de stad zelden zo'n reeks: minder dan 1 op de 1.000 keer.",
    ]
    said = sentences.burst_sentences(latest, found, NL)
    assert len(said) == 3  # all 5 of them count
    assert said[-1].endswith("minder dan 1 op de 20 keer.")  # p is 0.02


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"radius_m": 0.0}, ("Van 6 oktober tot en met 17 oktober 2025: 9 woninginbraken op één "
         "plek.")),
        ({"last_day": "2025-10-06"}, ("Op 6 oktober 2025: 9 woninginbraken in een cirkel met een "
         "straal van 140 meter.")),
        ({"first_day": "2024-12-30", "last_day": "2025-01-04"}, ("Van 30 december 2024 tot en met "
         "4 januari 2025: 9 woninginbraken in een cirkel met een straal van 140 meter.")),
    ],
)  # fmt: skip
def test_a_burst_of_one_place_one_day_or_two_years(
    found: Sequences, changes: dict[str, object], said: str
) -> None:
    burst = found.bursts[1].model_copy(update=changes)
    assert sentences.burst_sentences(burst, found, NL)[0] == said


def test_a_burst_without_an_area_is_named_by_its_number(found: Sequences) -> None:
    burst: Burst = found.bursts[0].model_copy(update={"area_name": None})
    assert sentences.burst_where(burst, NL) == "plek 1"


def test_no_burst_is_said_plainly_and_is_no_safety(found: Sequences) -> None:
    def lede(n: int) -> str:
        few = found.model_copy(update={"bursts": found.bursts[:n]})
        return sentences.bursts_lede(few, "2025-11-30", NL)

    assert lede(0) == (
        "In de 90 dagen tot en met 30 november 2025 is geen reeks woninginbraken gevonden die "
        "opvalt voor zijn plek en tijd. Dat betekent niet dat er niets gebeurde."
    )
    assert "viel één reeks woninginbraken op" in lede(1)
    assert "vielen 2 reeksen woninginbraken op" in lede(2)


def test_the_nearest_band_is_told_in_times(found: Sequences) -> None:
    near, place = sentences.knox_sentences(found, NL)
    assert near == (
        "Binnen 100 meter en 7 dagen waren er 2,2 keer zo vaak twee woninginbraken als bij toeval: "
        "90 paren, en 40 te verwachten. Bij toeval zien we zo veel paren zelden: 1 op de 100 keer "
        "of minder."
    )
    assert place == (
        "Op dezelfde plek waren er binnen 7 dagen 40 paren woninginbraken, en 40 te verwachten. "
        "Dat kan ook toeval zijn."
    )
    assert sentences.knox_lede(found, NL).startswith("Ja: woninginbraken waren in 2023–2025 vaker")


def test_a_rare_band_of_one_day_is_no_sign_that_incidents_follow_one_another(
    found: Sequences,
) -> None:
    bands = [
        band.model_copy(update={"p_value": 0.001 if band.same_day else 0.5}) for band in found.bands
    ]
    only_same_day = found.model_copy(update={"bands": bands})
    assert sentences.knox_lede(only_same_day, NL).startswith("Daar is in 2023–2025 geen teken van.")
    said = " ".join(sentences.knox_sentences(only_same_day, NL))
    assert "Bij toeval zien we" not in said


def test_pairs_that_are_not_expected_at_all_are_told_without_times(found: Sequences) -> None:
    bands = [band.model_copy(update={"ratio": None, "expected": 0.0}) for band in found.bands]
    said = sentences.knox_sentences(found.model_copy(update={"bands": bands}), NL)
    assert all("keer zo vaak" not in text and "minder dan 0,1 te verwachten" in text
               for text in said)  # fmt: skip


def test_how_many_cells_chance_marks_is_told(found: Sequences) -> None:
    # Six bands that are not of one day, each marked 1 in 100 times by chance.
    assert any(
        "Van deze 6 vakjes krijgen er bij louter toeval gemiddeld 0,1 een stip." in note
        for note in sentences.knox_notes(found, NL)
    )


@pytest.mark.parametrize(("first", "long"), [("2023-01", True), ("2024-01", False)])
def test_a_long_period_is_warned_for(found: Sequences, first: str, long: bool) -> None:
    basis = found.basis.model_copy(update={"first_month": first})
    notes = sentences.knox_notes(found.model_copy(update={"basis": basis}), NL)
    assert any("langer dan twee jaar" in note for note in notes) == long


def test_bands_have_names(found: Sequences) -> None:
    assert [sentences.distance(band, NL) for band in found.bands[::3]] == [
        "zelfde plek", "tot 100 m", "100 tot 200 m",
    ]  # fmt: skip
    assert [sentences.days_apart(band, NL) for band in found.bands[:3]] == [
        "Zelfde dag (apart)", "1 tot en met 7 dagen", "8 tot en met 14 dagen",
    ]  # fmt: skip


def test_sources_that_contradict_ask_who_knows_the_place(compared: Comparison) -> None:
    first = compared.areas[0]
    # The second is the sentence of the agreed wording.
    assert sentences.pair_sentences(first, NL) == [
        "Meer meldingen, minder registraties.",
        "De bronnen spreken elkaar tegen. Vraag het de wijkagent en het VLO.",
        "Dat is hier sterker dan in de rest van de stad.",
    ]
    turned = first.model_copy(
        update={"reports": first.records, "records": first.reports, "local": False}
    )
    said = sentences.pair_sentences(turned, NL)
    assert said[0] == "Meer registraties, minder meldingen."
    assert said[2] == "Of dat hier sterker is dan in de rest van de stad, is niet duidelijk."


def test_more_reports_can_be_success_and_the_lede_counts_contradictions(
    compared: Comparison,
) -> None:
    assert sentences.pair_notes(compared, NL)[0].startswith("Meer meldingen kan een succes zijn.")
    assert "naar verwachting hooguit 5% ten onrechte" in sentences.pair_notes(compared, NL)[2]
    assert sentences.pair_lede(compared, NL).startswith("In één gebied spreken meldingen van jeugd")
    calm = compared.model_copy(update={"areas": compared.areas[1:]})
    assert sentences.pair_lede(calm, NL).startswith("In geen enkel gebied is het duidelijk dat")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.54, 0.97, "\N{MINUS SIGN}46% tot \N{MINUS SIGN}3%"),
        (0.41, None, "\N{MINUS SIGN}59% of meer"),
        (None, 2.0, "+100% of minder"),
        (None, None, "–"),
    ],
)
def test_an_interval_may_have_one_end(low: float | None, high: float | None, said: str) -> None:
    counted = Counted(now=3, before=0, ratio=None, ratio_low=low, ratio_high=high)
    assert sentences.pair_interval(counted, NL) == said


def test_how_far_sources_went_apart_is_told_in_times(compared: Comparison) -> None:
    first, unknown = compared.areas[0], compared.areas[2]
    assert sentences.divergence(first, NL) == ("1,9 keer", "1,3 tot 2,9 keer")
    assert sentences.divergence(unknown, NL) == ("–", "")


def test_a_circle_says_what_dwellings_explain(document: SignalsDocument) -> None:
    scanned: Scanned = document.scanned[0]
    assert sentences.circle_sentences(scanned.circles[0], scanned, NL) == [
        (
            "Hier waren in 2023–2025 96 woninginbraken. Bij dit aantal woningen waren er 30 te "
            "verwachten. Per woning is dat 3,4 keer zo veel als buiten de cirkel."
        ),
        "Bij toeval zien we ergens in de stad zelden zo'n cirkel: minder dan 1 op de 100 keer.",
    ]
    assert sentences.circle_lede(document.scanned[1], NL) == (
        "Er is in 2025 geen gebied gevonden met duidelijk meer woninginbraken dan het aantal "
        "woningen verklaart."
    )


@pytest.mark.parametrize(
    ("value", "said"), [(0.04, "minder dan 0,1"), (0.1, "0,1"), (9.94, "9,9"), (9.96, "10")]
)
def test_expected_numbers_have_no_false_decimals(value: float, said: str) -> None:
    assert sentences.expected(value, NL) == said


def test_a_radius_of_nothing_is_one_cell() -> None:
    assert sentences.radius(0.0, NL) == "één vak"
    assert sentences.radius(1000.0, NL) == "1.000 m"


@pytest.mark.parametrize("lang", LANGS)
def test_every_code_has_its_words(lang: Lang) -> None:
    words = Words(lang)
    for verdict in get_args(Verdict):
        assert words.label(f"pair_{verdict}")
    for reason in get_args(Absence):
        assert sentences.absence(reason, ["burglary"], words)
    for signal in SIGNALS:
        assert sentences.heading(signal, [], words)


def test_headings_name_the_themes() -> None:
    assert sentences.heading("bursts", ["burglary"], NL) == "Woninginbraken kort na elkaar"
    assert sentences.heading("near_repeat", ["burglary", "vehicle_theft"], NL) == (
        "Volgen woninginbraken en autodiefstallen elkaar op?"
    )


def test_what_was_not_delivered_is_said(found: Sequences) -> None:
    assert missing_month_sentences(["2025-12"], NL)[0] == "December 2025 is niet geleverd."
    assert missing_month_sentences([], NL) == []
    said = missing_month_sentences(["2024-11", "2024-12", "2025-01", "2025-03"], NL)
    assert said[0].endswith(" is niet geleverd.")
    assert "november 2024" in said[0].casefold()
    assert "januari 2025" in said[0]
    assert said[1] == "Maart 2025 is niet geleverd."
    unknown = found.model_copy(update={"lately": _basis(missing_months=["2025-10"])})
    assert sentences.burst_warnings(unknown, NL) == [
        "Oktober 2025 is niet of niet helemaal geleverd. Over die maand zegt deze lijst niets."
    ]


def _basis(**changes: object) -> Basis:
    """What bursts rest on: all days known, unless told otherwise."""
    return Basis.model_validate(
        {"first_month": "2025-09", "last_month": "2025-11", "missing_months": [],
         "sources": ["politie"], "incidents": 95, "stacked": 0, "undated": 0, **changes}
    )  # fmt: skip


def test_months_without_days_are_no_months_without_bursts(found: Sequences) -> None:
    """A source that gives months only: 8,123 burglaries, and not one burst could be seen."""
    basis = _basis(incidents=8123, undated=8123)
    blind = found.model_copy(
        update={"basis": basis, "lately": basis, "tells_days": False, "tells_days_lately": False,
                "bursts": [], "bands": []}
    )  # fmt: skip
    lede = sentences.bursts_lede(blind, "2025-11-30", NL)
    assert lede.endswith("is niet te zeggen: van te weinig woninginbraken is de dag bekend.")
    assert "geen reeks" not in lede
    assert "geen teken" not in sentences.knox_lede(blind, NL)
    assert sentences.knox_warnings(blind, NL) == [
        (
            "Van woninginbraken (8.123) is alleen de maand bekend, niet de dag. Of ze elkaar "
            "snel opvolgden, is dus niet te zeggen."
        )
    ]


def test_some_incidents_without_a_day_are_counted_beside_the_answer(found: Sequences) -> None:
    some = found.model_copy(update={"lately": _basis(undated=12), "bursts": []})
    assert "geen reeks woninginbraken gevonden" in sentences.bursts_lede(some, "2025-11-30", NL)
    assert sentences.burst_warnings(some, NL) == [
        (
            "Van 12 van de 95 woninginbraken is de dag niet bekend, alleen de maand. Die zijn "
            "hier niet bekeken."
        )
    ]


def test_nothing_delivered_is_not_nothing_found(found: Sequences) -> None:
    nothing = _basis(incidents=0, sources=[], missing_months=["2025-09", "2025-10", "2025-11"])
    blind = found.model_copy(
        update={"basis": nothing, "lately": nothing, "tells_days": False,
                "tells_days_lately": False, "bursts": []}
    )  # fmt: skip
    assert "niets geleverd" in sentences.bursts_lede(blind, "2025-11-30", NL)
    assert "niets geleverd" in sentences.knox_lede(blind, NL)


def test_cases_without_dwellings_are_told_beside_the_circles(document: SignalsDocument) -> None:
    said = sentences.circle_warnings(document.scanned[0], NL)
    assert (
        "Niet bekeken: 11 woninginbraken in vakken zonder woningen. Daar is niet te zeggen "
        "hoeveel er te verwachten zijn." in said
    )


def test_a_hostile_name_comes_through_as_text(found: Sequences) -> None:
    assert sentences.burst_where(found.bursts[0], NL) == sample.HOSTILE_NAME
