from functools import cache

import pytest

from hotspots.outputs.hotspots import place_sentences as sentences
from hotspots.outputs.hotspots.course_sentences import change_sentences
from hotspots.outputs.hotspots.place_tables import Peak, PlaceDocument, place_document_of, search_of
from hotspots.outputs.hotspots.tables import hotspots_document_of
from hotspots.outputs.text import LANGS, Lang, Words
from tests.outputs import sample

NL = Words("nl")
FIRST, STACK, SINGLE = "36m-burglary-001", "36m-burglary-002", "36m-burglary-005"


@cache
def _document(hotspot_id: str = FIRST) -> PlaceDocument:
    tables = sample.results()
    run = sample.SampleRun(record=sample.record(results=dict.fromkeys(tables, "")), tables=tables)
    return place_document_of(run, hotspots_document_of(run, search_of(run, hotspot_id)), hotspot_id)


def _with_hours(known: int | None, **changes: object) -> PlaceDocument:
    peak = Peak.model_validate(
        {
            "first_hour": 22,
            "until_hour": 2,
            "hours": 4,
            "incidents": 41.6,
            "weekday": 4,
            "weekday_incidents": 23.2,
            **changes,
        }
    )
    return _document().model_copy(update={"hours_known": known, "peak": peak if known else None})


def test_the_title_says_what_kind_of_place_it_is() -> None:
    assert sentences.title(_document(), NL) == f"Hotspot 1: {sample.HOSTILE_NAME} en Havenkwartier"
    assert sentences.title(_document(STACK), NL) == "Plek 5, op één punt: Havenkwartier"
    assert sentences.title(_document("36m-burglary-004"), NL).startswith(
        "Plek 4, vooral één nacht per jaar: "
    )


def test_every_step_is_told_in_full() -> None:
    told = [sentences.step_text(step, NL) for step in _document().steps]
    assert told[0] == "Januari – maart 2023: 3"
    assert told[1] == "April – juni 2023: 4, viel op"
    assert told[-1] == "Oktober – december 2025: niet geleverd"


def test_the_bars_are_explained_with_what_they_leave_out() -> None:
    bars, *about_change = sentences.course_notes(_document(), NL)
    assert bars == "Elke balk is een blok van 3 maanden, vanaf de maand die eronder staat."
    assert any("vanzelf rustiger" in said for said in about_change)
    stacked = _document().hotspot.model_copy(update={"stacked_count": 12})
    said = sentences.course_notes(_document().model_copy(update={"hotspot": stacked}), NL)
    assert said[1] == "Punten met uitzonderlijk veel registraties tellen in de balken niet mee."


def test_a_bar_that_lacks_a_month_says_so() -> None:
    *before, last = _document().steps
    lacking = last.model_copy(update={"count": 5, "hot": True})
    document = _document().model_copy(update={"steps": [*before, lacking]})
    assert sentences.step_text(lacking, NL) == (
        "Oktober – december 2025: 5, viel op; niet geleverd: december 2025"
    )
    note = "* Niet geleverd: december 2025. Die balk is daardoor lager."
    assert note in sentences.course_notes(document, NL)
    assert note not in sentences.course_notes(_document(), NL)


def test_of_what_has_no_course_it_is_said_only_where_it_was_tested() -> None:
    for hotspot_id, said in (
        (STACK, []),
        (
            "12m-burglary-001",
            ["Geen gegevens: er is niets geleverd over 2024 om mee te vergelijken."],
        ),
    ):
        document = _document(hotspot_id)
        assert sentences.course_notes(document, NL) == []
        assert change_sentences(document.hotspot, document.search, NL) == said


def test_what_may_play_a_part_never_speaks_of_causes() -> None:
    told = sentences.why_sentences(_document(), NL)
    assert any("Slotenactie Havenkwartier (1 maart 2024)" in said for said in told)
    assert told[-1] == "Deze cijfers zeggen niets over oorzaken of personen."
    assert sentences.why_sentences(_document(SINGLE), NL) == [
        "Er is niets bekend dat het verklaart. Vraag het de wijkagent en het VLO.",
        "Deze cijfers zeggen niets over oorzaken of personen.",
    ]


def test_the_busiest_hours_and_day_are_told_with_their_numbers() -> None:
    assert sentences.hour_sentences(_with_hours(80), NL) == [
        "Ten minste de helft (42 van de 80) valt tussen 22.00 en 2.00 uur.",
        (
            "De drukste dag is vrijdag: 23 van de 80. Gelijk verdeeld over de week zouden "
            "het er 11 zijn."
        ),
        "Van 4 van de 84 is het uur niet bekend. Die staan er niet in.",
    ]
    assert sentences.hour_sentences(_with_hours(84, until_hour=0), NL)[::2] == [
        "Ten minste de helft (42 van de 84) valt tussen 22.00 en 24.00 uur.",
        "Het uur is van alle gevallen bekend.",
    ]


def test_what_is_spread_has_no_busiest_hours_or_day() -> None:
    # 80 over seven days is 11.4 a day
    said = sentences.hour_sentences(_with_hours(80, hours=12, weekday_incidents=14.0), NL)
    assert said[:2] == [
        (
            "Het is over de dag verspreid: ook in de drukste 11 uur achter elkaar valt minder "
            "dan de helft van de 80."
        ),
        "Geen dag van de week springt eruit.",
    ]


def test_few_known_hours_come_with_a_warning() -> None:
    warning = "Let op: kleine aantallen."
    assert not any(warning in said for said in sentences.hour_sentences(_with_hours(30), NL))
    assert any(warning in said for said in sentences.hour_sentences(_with_hours(29), NL))


def test_hours_that_are_not_known_are_not_zero_and_hours_not_looked_at_are_not_told() -> None:
    none = ["Het uur is van geen enkel geval bekend."]
    assert sentences.hour_sentences(_document(SINGLE), NL) == none
    assert sentences.hour_sentences(_with_hours(None), NL) == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_language_tells_all_of_it(lang: Lang) -> None:
    words = Words(lang)
    for hotspot_id in (FIRST, STACK, SINGLE, "36m-burglary-003", "12m-burglary-001"):
        document = _document(hotspot_id)
        told = [
            sentences.title(document, words),
            *change_sentences(document.hotspot, document.search, words),
            *sentences.course_notes(document, words),
            *sentences.why_sentences(document, words),
            *sentences.hour_sentences(document, words),
        ]
        assert all(told)
        assert not any("{" in text for text in told)
