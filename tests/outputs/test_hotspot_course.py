"""How a hotspot went, what it follows on and what may play a part, in words."""

from functools import cache
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis import trends
from hotspots.outputs.hotspots import course_sentences as courses
from hotspots.outputs.hotspots.tables import Hotspot, HotspotsDocument, hotspots_document_of
from hotspots.outputs.text import LANGS, Lang, Words
from hotspots.records import Search
from hotspots.results.codes import LEAST_STEPS, Lineage, Trend
from tests.outputs import sample

NL = Words("nl")
MINUS = "\N{MINUS SIGN}"


@cache
def _document() -> HotspotsDocument:
    return hotspots_document_of(sample.SampleRun(), sample.search())


def _hotspot(number: int = 1, **changes: object) -> Hotspot:
    return _document().hotspots[number - 1].model_copy(update=changes)


def _change(hotspot: Hotspot, search: Search | None = None) -> str:
    return " ".join(courses.change_sentences(hotspot, search or sample.search(), NL))


def test_a_change_stands_beside_that_of_the_rest_of_the_city() -> None:
    # 84 against 60 is 1.4; 1.6 times the rest, so the rest went to 1.4 / 1.6 = 0.875: 52.5.
    assert _change(_hotspot(1)) == (
        "Niet duidelijk: 84 woninginbraken in 2023–2025 tegen 60 in 2020–2022, over de 35 maanden "
        "die in beide perioden geleverd zijn, dat is +40% (bandbreedte 0% tot +97%). Dat kan ook "
        f"toeval zijn. In de rest van de stad was het {MINUS}13%. Was het hier net zo gegaan, dan "
        "waren het er nu 52. Het zijn er 84: +60% daarmee vergeleken. De bandbreedte loopt van "
        "+13% tot +128%. Een deel van zo'n verschil komt doordat deze plek gekozen is omdat het "
        "er nu druk is."
    )
    # 0.68 / 0.75 = 0.907; 30 / 0.75 = 40
    assert _change(_hotspot(2)) == (
        "Niet duidelijk: 30 woninginbraken in 2023–2025 tegen 44 in 2020–2022, over de 35 maanden "
        f"die in beide perioden geleverd zijn, dat is {MINUS}32% (bandbreedte {MINUS}59% tot "
        f"+11%). Dat kan ook toeval zijn. In de rest van de stad was het {MINUS}9%. Was het hier "
        f"net zo gegaan, dan waren het er nu 40. Het zijn er 30: {MINUS}25% daarmee vergeleken. "
        f"Dat kan ook toeval zijn: de bandbreedte loopt van {MINUS}54% tot +22%."
    )


@pytest.mark.parametrize(
    ("interval", "answer"),
    [((1.01, 2.0), "Meer: "), ((0.5, 0.99), "Minder: "), ((0.5, 1.0), "Niet duidelijk: ")],
)
def test_the_answer_comes_first_with_its_period_and_interval(
    interval: tuple[float, float], answer: str
) -> None:
    low, high = interval
    hotspot = _hotspot(ratio_low=low, ratio_high=high, same_months=36)
    first = courses.change_sentences(hotspot, sample.search(), NL)[0]
    assert first == (
        f"{answer}84 woninginbraken in 2023–2025 tegen 60 in 2020–2022, dat is +40% "
        f"(bandbreedte {NL.change(low)} tot {NL.change(high)})."
    )
    unknown = _hotspot(count_now=None, count_before=None, ratio=None, relative=None)
    assert courses.change_sentences(unknown, sample.search(), NL) == [
        "Geen gegevens: er is niets geleverd over 2020–2022 om mee te vergelijken."
    ]


def test_counts_without_a_ratio_are_told_without_one() -> None:
    assert _change(_hotspot(3)) == (
        "Niet duidelijk: 1 woninginbraak in 2023–2025 tegen 0 in 2020–2022, over de 35 maanden die "
        "in beide perioden geleverd zijn, te weinig voor een bandbreedte."
    )
    assert courses.change(_hotspot(3), NL) == ("", "")
    nothing_left = _hotspot(2, count_now=0, ratio=0.0, ratio_low=0.0, ratio_high=0.2, relative=0.0)
    assert _change(nothing_left).startswith("Minder: 0 woninginbraken in 2023–2025 tegen 44 in")
    assert _change(nothing_left).endswith(
        f"dat is {MINUS}100% (bandbreedte {MINUS}100% tot {MINUS}80%). Bij toeval zien we zo'n "
        "verschil zelden."
    )


@pytest.mark.parametrize(
    ("months", "first", "before"),
    [
        (6, "2025-07", ("2024-07", "2024-12")),
        (12, "2025-01", ("2024-01", "2024-12")),
        (13, "2024-12", ("2022-12", "2023-12")),
        (24, "2024-01", ("2022-01", "2023-12")),
    ],
)
def test_the_period_before_lies_whole_years_before(
    months: int, first: str, before: tuple[str, str]
) -> None:
    search = sample.search(months=months, first_month=first)
    assert courses.period_before(search) == before
    assert f"in {NL.months(*before)}" in _change(_hotspot(), search) or (
        NL.during(*before) in _change(_hotspot(), search)
    )


def test_the_heading_of_the_courses_names_the_period_compared_with() -> None:
    heading = courses.course_heading(_document().hotspots, sample.search(), NL)
    assert heading == "Verloop, en aantal vergeleken met 2020–2022"
    assert courses.course_heading([], sample.search(), NL) == "Verloop"


@given(low=st.floats(0, 5), width=st.floats(0, 5))
def test_a_rise_is_never_called_rare_and_what_may_be_chance_always_so(
    low: float, width: float
) -> None:
    hotspot = _HOTSPOT.model_copy(
        update={"ratio_low": low, "ratio_high": low + width, "relative": None}
    )
    said = _change(hotspot)
    assert ("zelden" in said) == (low + width < 1)
    assert ("Dat kan ook toeval zijn" in said) == (low <= 1 <= low + width)
    assert ("gekozen is" in said) == (low > 1)


_HOTSPOT = _hotspot()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("trend", get_args(Trend))
def test_every_trend_of_the_engine_has_a_name_and_a_definition(lang: Lang, trend: str) -> None:
    words = Words(lang)
    hotspot = _hotspot(trend=trend)
    assert courses.trend(hotspot, words)
    steps, means = courses.trend_sentences(hotspot, _document().method, words)
    assert "10" in steps
    assert "11" in steps
    others = {
        courses.trend_sentences(_hotspot(trend=other), _document().method, words)[1]
        for other in get_args(Trend)
        if other != trend
    }
    assert means not in others


def test_definitions_hold_the_bounds_of_the_engine() -> None:
    def means(trend: str, known: int = 11) -> str:
        hotspot = _hotspot(trend=trend, known_steps=known)
        return courses.trend_sentences(hotspot, _document().method, NL)[1]

    for trend in ("intensifying", "persistent", "diminishing"):
        assert f"ten minste {trends.MOST_STEPS:.0%} van de blokken" in means(trend)
    assert trends.HISTORICAL_STEPS == 0.5
    assert "ten minste de helft" in means("historical")
    assert LEAST_STEPS == 4
    assert "minder dan vier blokken" in means("none", known=3)
    assert "minder dan de helft" in means("none", known=4)


def test_steps_of_one_month_are_called_months() -> None:
    method = _document().method
    assert courses.trend_sentences(_hotspot(), method, NL)[0] == (
        "Viel op in 10 van de 11 bekende blokken van 3 maanden."
    )
    monthly = method.model_copy(update={"step_months": 1})
    assert courses.trend_sentences(_hotspot(), monthly, NL)[0] == (
        "Viel op in 10 van de 11 bekende maanden."
    )
    assert courses.trend_sentences(_hotspot(5), method, NL) == []
    assert courses.trend(_hotspot(5), NL) == "–"


@pytest.mark.parametrize("lineage", get_args(Lineage))
def test_every_lineage_has_words_but_the_first(lineage: str) -> None:
    said = courses.lineage(_hotspot(lineage=lineage), NL)
    assert bool(said) == (lineage != "first")


def test_what_a_hotspot_follows_on() -> None:
    assert courses.lineage(_hotspot(3), NL) == "nieuw sinds de vorige berekening"
    assert courses.lineage(_hotspot(4), NL) == (
        "samengevoegd uit 2 plekken van de vorige berekening"
    )
    (gone,) = _document().gone
    assert courses.gone(gone, sample.search(), NL) == (
        "Oostduin: 41 woninginbraken in 36 maanden tot en met december 2024"
    )
    nameless = gone.model_copy(update={"places": [], "count": 1})
    assert courses.gone(nameless, sample.search(), NL).startswith(
        "36m-burglary-007: 1 woninginbraak in"
    )


def _causes(number: int, **changes: object) -> list[str]:
    return courses.cause_sentences(_hotspot(number, **changes), NL)


def test_what_may_play_a_part() -> None:
    assert _causes(1) == [
        (
            "In de vergeleken jaren begon of eindigde hier of in de hele stad: Slotenactie "
            "Havenkwartier (1 maart 2024). Dat kan een verandering verklaren, maar bewijst niets."
        ),
        (
            "Van de registraties waarvan bekend is wie begon, kwam 12% op initiatief van politie "
            "of handhaving."
        ),
        (
            "Van de registraties viel 5% op een dag met een evenement, zoals een "
            "voetbalwedstrijd of oud en nieuw. Van alle dagen is hier 7% zo'n dag."
        ),
    ]
    assert _causes(3) == []  # nothing known is nothing said
    assert "Wie ergens vaker kijkt, vindt er ook meer." in " ".join(_causes(4))  # half proactive


def test_incidents_without_a_day_are_told_with_the_days_of_the_calendar() -> None:
    assert _causes(1, day_unknown=12)[-1] == (
        "Van 12 van de 84 is de dag niet bekend: die tellen daarbij niet mee."
    )
    (only,) = _causes(3, event_share=None, event_days_share=0.07, day_unknown=30)
    assert only.startswith("Van geen van de registraties is de dag bekend.")
    no_calendar = _causes(1, event_share=None, event_days_share=None, day_unknown=None)
    assert "dag" not in " ".join(no_calendar).replace("Slotenactie", "")
    assert _causes(3, event_share=0.2) == []  # a run of an older version compared with the city


def test_a_date_that_is_none_stays_as_it_is() -> None:
    assert courses.dated("Kermis (centrum)", NL) == "Kermis (centrum)"
    assert courses.dated("Kermis (centrum) (2024-07-02)", Words("en")) == (
        "Kermis (centrum) (2 July 2024)"
    )


def test_that_a_high_place_falls_by_itself_is_said_once() -> None:
    months, warning = courses.course_notes(_document().hotspots, sample.search(), NL)
    assert months == (
        "Meer of minder: 2023–2025 vergeleken met 2020–2022, over de 35 maanden die in beide "
        "perioden geleverd zijn."
    )
    assert "vanzelf rustiger" in warning
    alone = [hotspot for hotspot in _document().hotspots if not hotspot.same_months]
    assert courses.course_notes(alone, sample.search(), NL) == [
        "Geen gegevens: er is niets geleverd over 2020–2022 om mee te vergelijken."
    ]
    assert courses.course_notes([], sample.search(), NL) == []
