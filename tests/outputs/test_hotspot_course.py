"""How a hotspot went, what it follows on and what may play a part, in words."""

from functools import cache
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis import trends
from hotspots.outputs import course_sentences as courses
from hotspots.outputs.hotspot_tables import Hotspot, HotspotsDocument, hotspots_document_of
from hotspots.outputs.text import LANGS, Lang, Words
from hotspots.records import Search
from hotspots.results.codes import Lineage, Trend
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


# In the style of the effect of shared/wording.md: here, elsewhere, the difference, its interval.
def test_a_change_stands_beside_that_of_the_rest_of_the_city() -> None:
    # 84 against 60 is 1.4; 1.6 times the rest, so the rest went to 1.4 / 1.6 = 0.875.
    assert _change(_hotspot(1)) == (
        "3 jaar eerder waren het er in dezelfde maanden 60, nu 84: +40%. Dat kan ook toeval zijn: "
        f"de bandbreedte loopt van 0% tot +97%. In de rest van de stad was het {MINUS}13%. Het "
        "verschil is +60%. De bandbreedte loopt van +13% tot +128%. Een deel van zo'n verschil "
        "komt doordat deze plek gekozen is omdat het er nu druk is."
    )
    # 0.68 / 0.75 = 0.907
    assert _change(_hotspot(2)) == (
        f"3 jaar eerder waren het er in dezelfde maanden 44, nu 30: {MINUS}32%. Dat kan ook toeval "
        f"zijn: de bandbreedte loopt van {MINUS}59% tot +11%. In de rest van de stad was het "
        f"{MINUS}9%. Het verschil is {MINUS}25%. Dat kan ook toeval zijn: de bandbreedte loopt van "
        f"{MINUS}54% tot +22%."
    )


def test_counts_without_a_ratio_are_told_without_one() -> None:
    assert _change(_hotspot(3)) == "3 jaar eerder waren het er in dezelfde maanden 0, nu 1."
    assert courses.change(_hotspot(3), NL) == ("", "")
    assert _change(_hotspot(5)) == ""
    nothing_left = _hotspot(2, count_now=0, ratio=0.0, ratio_low=0.0, ratio_high=0.2, relative=0.0)
    assert _change(nothing_left).endswith(
        f"nu 0: {MINUS}100%. Bij toeval zien we zo'n verschil zelden: de bandbreedte loopt van "
        f"{MINUS}100% tot {MINUS}80%."
    )


@pytest.mark.parametrize(
    ("months", "ago"),
    [(6, "Een jaar eerder"), (12, "Een jaar eerder"), (13, "2 jaar eerder"), (24, "2 jaar eerder")],
)
def test_how_long_before_is_in_whole_years(months: int, ago: str) -> None:
    assert _change(_hotspot(), sample.search(months=months)).startswith(f"{ago} waren")


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
    assert courses.LEAST_STEPS == trends.LEAST_STEPS == 4
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
    return courses.cause_sentences(_hotspot(number, **changes), sample.search(), NL)


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
            "voetbalwedstrijd of oud en nieuw. In de hele stad is 5% van de dagen zo'n dag."
        ),
    ]
    assert _causes(3) == []  # nothing known is nothing said
    assert "Wie ergens vaker kijkt, vindt er ook meer." in " ".join(_causes(4))  # half proactive
    no_calendar = sample.search(event_days_share=None)
    assert "van de dagen" not in " ".join(courses.cause_sentences(_hotspot(1), no_calendar, NL))


def test_a_date_that_is_none_stays_as_it_is() -> None:
    assert courses.dated("Kermis (centrum)", NL) == "Kermis (centrum)"
    assert courses.dated("Kermis (centrum) (2024-07-02)", Words("en")) == (
        "Kermis (centrum) (2 July 2024)"
    )


def test_that_a_high_place_falls_by_itself_is_said_once() -> None:
    months, warning = courses.course_notes(_document().hotspots, sample.search(), NL)
    assert "in beide perioden geleverd zijn: 35." in months
    assert "vanzelf rustiger" in warning
    alone = [hotspot for hotspot in _document().hotspots if not hotspot.same_months]
    assert courses.course_notes(alone, sample.search(), NL) == [
        "Er is geen eerdere periode geleverd om mee te vergelijken."
    ]
    assert courses.course_notes([], sample.search(), NL) == []
