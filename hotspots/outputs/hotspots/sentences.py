"""Sentences about hotspots: their figures and reason codes put into the words of a language."""

from collections.abc import Iterator

from hotspots.outputs.hotspots.tables import KINDS, Hotspot, HotspotsDocument, SearchMethod
from hotspots.outputs.locating import Located
from hotspots.outputs.text import MISSING, Words
from hotspots.records import Search

CHANCE_BOUNDS = (1000, 100, 20, 10)
"""Round numbers by which chance is told: less than 1 in so many times."""

_ALMOST_ALL = 0.9


def title(document: HotspotsDocument, words: Words) -> str:
    """Return what the search is about, such as a page's heading."""
    return words.label(
        "hotspots_title", theme=_theme(document, words), period=_period(document, words)
    )


def lede(document: HotspotsDocument, words: Words) -> str:
    """Return the first sentence under the heading: how many places stand out."""
    n = sum(hotspot.kind == "hotspot" for hotspot in document.hotspots)
    if n == 0:
        return words.sentence("hotspots_lede_none", theme=_theme(document, words))
    key = "hotspots_lede_one" if n == 1 else "hotspots_lede_many"
    return words.sentence(key, n=n, theme=_theme(document, words))


def hotspot_sentences(hotspot: Hotspot, search: Search, words: Words) -> list[str]:
    """Return what is to be said of one polygon: how much, by chance or not, and what to mind.

    Parameters
    ----------
    hotspot
        Its figures and reason codes (:data:`hotspots.analysis.figures.Remark`).
    search
        The search that found it.
    words
        The language.
    """
    said = {
        "significant": _chance,
        "stack": _stack,
        "stack_inside": _stack_inside,
        "one_night": _one_night,
        "few_incidents": _few_incidents,
    }
    sentences = [_how_many(hotspot, search, words)]
    for remark in hotspot.remarks:
        sentences += said[remark](hotspot, words)
    return sentences


def where(place: Located, words: Words) -> str:
    """Return the names of the areas that a polygon lies in, else its number."""
    if place.beyond:
        return words.label("place_beyond", places=", ".join(place.places))
    if place.places:
        return words.joined(place.places)
    return words.label("place_unknown", number=place.number)


def times(hotspot: Hotspot, words: Words) -> str:
    """Return how many times the average it holds; a spot has no area of its own to tell by."""
    return MISSING if hotspot.kind == "stack" else words.times(hotspot.times_city_mean)


def agreement(hotspot: Hotspot, words: Words) -> str:
    """Return how many of the methods point at a polygon, and how often it is found again."""
    figures = {"n": hotspot.agreement, "run": hotspot.methods_run}
    if hotspot.support is None:
        return words.label("agreement", **figures)
    return words.label("agreement_found", **figures, found=round(100 * hotspot.support))


def grade(hotspot: Hotspot, words: Words) -> str:
    """Return how firm a hotspot is, or that it was not tested or not graded."""
    return words.label(f"grade_{hotspot.grade or ('ungraded' if _tested(hotspot) else 'untested')}")


def firmness_sentences(hotspot: Hotspot, method: SearchMethod, words: Words) -> list[str]:
    """Return on what its grade rests, or why it has none: the methods, and how often it is found.

    Parameters
    ----------
    hotspot
        Its figures.
    method
        How the search was made.
    words
        The language.
    """
    said = [
        words.sentence(
            f"methods_point_{_how_many_agree(hotspot)}",
            n=hotspot.agreement,
            run=hotspot.methods_run,
            methods=words.joined([words.label(f"method_{name}") for name in hotspot.methods]),
        )
    ]
    if not _tested(hotspot):
        return said
    if hotspot.support is not None and method.support_draws is not None:
        found = round(hotspot.support * method.support_draws)
        said.append(words.sentence("support", n=found, draws=method.support_draws))
    elif method.support_draws is not None:
        said.append(words.sentence("support_unknown"))
    if hotspot.grade is None:
        said.append(words.sentence("ungraded"))
    return said


def grades_explained(document: HotspotsDocument, words: Words) -> list[tuple[str, str]]:
    """Return each grade with what it means, and why there is none where that is so.

    Without resamples those are no part of it.
    """
    tested = [each for each in document.hotspots if _tested(each)]
    end = "" if document.method.support_draws is not None else "_unrepeated"
    meanings = {}
    if not tested or any(each.grade for each in tested):
        meanings = {"firm": f"firm_means{end}", "fair": "fair_means", "weak": f"weak_means{end}"}
    if not all(each.grade for each in tested):
        meanings["ungraded"] = "ungraded_means"
    return [
        (words.label(f"grade_{name}"), words.sentence(f"grade_{key}"))
        for name, key in meanings.items()
    ]


def methods_explained(document: HotspotsDocument, words: Words) -> list[tuple[str, str]]:
    """Return each method that looked at the theme with what it does."""
    return [
        (words.label(f"method_{method}"), words.sentence(f"method_{method}_means"))
        for method in document.method.methods
    ]


def firmness_notes(document: HotspotsDocument, words: Words) -> list[str]:
    """Return what the agreement of methods is worth, and what was repeated."""
    draws, records = document.method.support_draws, words.records(document.search.theme)
    repeated = (
        words.sentence("support_off")
        if draws is None
        else words.sentence("support_means", draws=draws)
    )
    return [words.sentence("grade_same_data", records=records), repeated]


def study_area(search: Search, words: Words) -> str:
    """Return where was searched, and how large that is."""
    origin = (
        words.label("study_area_derived", records=words.records(search.theme))
        if search.study_area == "derived"
        else words.label(f"study_area_{search.study_area}")
    )
    km2 = words.number(search.study_area_km2, 0 if search.study_area_km2 >= 10 else 1)
    return words.label("search_area_value", origin=origin, km2=km2)


def totals_sentences(document: HotspotsDocument, words: Words) -> list[str]:
    """Return how the hotspots reconcile with what was delivered."""
    search = document.search
    records = words.records(search.theme)
    sentences = [
        words.sentence(
            "hotspots_totals",
            incidents=search.incidents,
            outside=search.outside,
            theme=words.theme(search.theme, search.incidents),
        )
    ]
    if search.stacked:
        sentences.append(
            words.sentence("hotspots_stacked", stacked=search.stacked, records=records)
        )
    found = [hotspot for hotspot in document.hotspots if hotspot.kind == "hotspot"]
    if found:
        area = sum(hotspot.area_km2 for hotspot in found) / search.study_area_km2
        sentences.append(
            words.sentence(
                "hotspots_together",
                count=sum(hotspot.count for hotspot in found),
                share=_part(sum(hotspot.share for hotspot in found), words),
                area=_part(area, words),
            )
        )
    return sentences


def missing_month_sentences(document: HotspotsDocument, words: Words) -> list[str]:
    """Return one sentence for each month of the period that was not delivered."""
    return [
        words.sentence("missing_month", month=words.month(month))
        for month in document.search.missing_months
    ]


def notes(document: HotspotsDocument, words: Words) -> list[str]:
    """Return how the list is to be read, with what this search makes it mind."""
    search = document.search
    records = words.records(search.theme)
    said = [
        words.sentence("hotspots_mean", mean_of=words.label(f"mean_of_{search.study_area}")),
        words.sentence("hotspots_rarely"),
    ]
    if any(hotspot.places for hotspot in document.hotspots):
        said.append(words.sentence("hotspots_places"))
    if not search.times_known:
        said.append(words.sentence("hotspots_no_times"))
    said.append(words.sentence("hotspots_points"))
    if search.study_area == "derived":
        said.append(words.sentence("hotspots_derived", records=records))
    if records == words.label("reports"):
        said.append(words.sentence("hotspots_reports"))
    return said


def kinds_found(document: HotspotsDocument) -> Iterator[tuple[str, list[Hotspot]]]:
    """Yield each kind that was found with its polygons, in the order of a reader."""
    for kind in KINDS:
        found = [hotspot for hotspot in document.hotspots if hotspot.kind == kind]
        if found:
            yield kind, found


def chance_bound(q_value: float) -> int | None:
    """Return the largest round number of times of which chance gives less than one, if any."""
    return next((bound for bound in CHANCE_BOUNDS if q_value < 1 / bound), None)


def _tested(hotspot: Hotspot) -> bool:
    return hotspot.q_value is not None


def _how_many_agree(hotspot: Hotspot) -> str:
    if hotspot.agreement == hotspot.methods_run:
        return "all"
    return {0: "none", 1: "one"}.get(hotspot.agreement, "many")


def _part(share: float, words: Words) -> str:
    return words.label("less_than_1") if 0 < share < 0.01 else words.percent(share)


def _theme(document: HotspotsDocument, words: Words) -> str:
    return words.theme(document.search.theme)


def _period(document: HotspotsDocument, words: Words) -> str:
    return words.months(document.search.first_month, document.search.last_month)


def _how_many(hotspot: Hotspot, search: Search, words: Words) -> str:
    """Return the count, and how many times the average that is."""
    what = "counted" if hotspot.kind == "stack" else "hotspot"
    return words.sentence(
        f"{what}_one" if hotspot.count == 1 else f"{what}_many",
        during=words.during(search.first_month, search.last_month),
        count=hotspot.count,
        theme=words.theme(search.theme, hotspot.count),
        times=times(hotspot, words),
        mean_of=words.label(f"mean_of_{search.study_area}"),
    )


def _chance(hotspot: Hotspot, words: Words) -> list[str]:
    """Return how rare the difference is; of a spot none was told."""
    if hotspot.kind == "stack":
        return []
    bound = None if hotspot.q_value is None else chance_bound(hotspot.q_value)
    if bound is None:
        return [words.sentence("hotspot_chance")]
    return [words.sentence("hotspot_rarely", n=bound)]


def _stack(hotspot: Hotspot, words: Words) -> list[str]:
    if hotspot.count == 1:
        return [words.sentence("stack_single")]
    key = "stack_almost_all" if hotspot.stack_share >= _ALMOST_ALL else "stack_most"
    on_one_spot = words.sentence(
        key,
        n=round(hotspot.stack_share * hotspot.count),
        count=hotspot.count,
        records=words.records(hotspot.theme),
    )
    return (
        [on_one_spot, words.sentence("stack_meaning")] if hotspot.stacked_count else [on_one_spot]
    )


def _stack_inside(hotspot: Hotspot, words: Words) -> list[str]:
    return [
        words.sentence(
            "stack_inside" if "significant" in hotspot.remarks else "stack_near",
            stacked=hotspot.stacked_count,
            count=hotspot.count,
            records=words.records(hotspot.theme),
        )
    ]


def _one_night(hotspot: Hotspot, words: Words) -> list[str]:
    if hotspot.one_night is None or hotspot.count == 1:
        return []
    return [
        words.sentence(
            "one_night",
            night=words.night(hotspot.one_night),
            share=words.percent(hotspot.one_night_share),
            records=words.records(hotspot.theme),
        )
    ]


def _few_incidents(hotspot: Hotspot, words: Words) -> list[str]:
    return [words.sentence("few_incidents", records=words.records(hotspot.theme))]
