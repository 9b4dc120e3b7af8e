"""The map of a run's signals: bursts, and circles with more than their dwellings explain."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import folium
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.hotspots.sentences import where
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.frame import (
    Legend,
    TileServer,
    feature,
    map_document,
    map_legend,
)
from hotspots.outputs.maps.marks import Look, found_areas, numbers, outlines
from hotspots.outputs.maps.shapes import apart_shapes, bounds_of, coverage_shapes
from hotspots.outputs.signals import sentences
from hotspots.outputs.signals.scan import Circle, circles_of
from hotspots.outputs.signals.sequences import Burst, bursts_of
from hotspots.outputs.signals.tables import SignalsDocument, signals_document_of
from hotspots.outputs.tables import RunTables
from hotspots.outputs.text import Lang, Words

_OPACITY = 0.75


# In the order of the lists. Circles lie on top, empty, so that the pointer finds the bursts below.
_LOOKS = {
    "burst": Look("#8f2f06", "#fdae61", stroke_px=2.5),
    "circle": Look("#3d2c8d", "#ffffff", dash="7 4", stroke_px=2.5, is_filled=False),
}


def signals_map(
    run: RunTables, *, lang: Lang, assets: str, tiles: TileServer | None = None
) -> str | None:
    """Return the map of a run's bursts and circles as HTML; none where there is nothing to draw.

    Parameters
    ----------
    run
        A finished run.
    lang, assets, tiles
        As for :func:`hotspots.outputs.maps.priorities.priorities_map`.
    """
    document, words = signals_document_of(run), Words(lang)
    bursts, circles = bursts_of(run), circles_of(run)
    shapes = {
        "burst": [] if bursts is None else apart_shapes(bursts),
        "circle": [] if circles is None else apart_shapes(circles[circles["on_map"]]),
    }
    drawn = [*shapes["burst"], *shapes["circle"]]
    if not drawn:
        return None
    rows = {"burst": list(_bursts(document, words)), "circle": list(_circles(document, words))}
    areas = outlines_of(run)
    city = [] if areas is None else coverage_shapes(areas).values()
    pins = [(int(row["id"]), kind) for kind in ("burst", "circle") for row in rows[kind]]
    layers = [
        *outlines(areas),
        *(_layer(kind, rows[kind], shapes[kind], words) for kind in _LOOKS if rows[kind]),
        *numbers(pins, drawn),
    ]
    return map_document(
        layers,
        _legend(document, [kind for kind in _LOOKS if rows[kind]], words, tiles),
        words=words,
        label=words.label("signals_map_area"),
        assets=assets,
        bounds=bounds_of([*drawn, *city]),
        tiles=tiles,
    )


def _layer(
    kind: str, rows: Sequence[dict[str, str]], shapes: Sequence[BaseGeometry], words: Words
) -> folium.GeoJson:
    heads = {
        "where": words.label("place_where"),
        "kind": words.label("kind"),
        "when": words.label("signals_when"),
        "count": words.label("place_count"),
        "expected": words.label("signals_expected"),
    }
    features = [feature(row, shape) for row, shape in zip(rows, shapes, strict=True)]
    return found_areas(features, heads, _LOOKS[kind], fill_opacity=_OPACITY)


def _bursts(document: SignalsDocument, words: Words) -> Iterator[dict[str, str]]:
    for found in document.sequences:
        for burst in found.bursts:
            place = sentences.burst_where(burst, words)
            kind = sentences.heading("bursts", [found.theme], words)
            when = sentences.burst_days(burst, words)
            yield _properties(burst, place, kind, when, burst.incidents, words)


def _circles(document: SignalsDocument, words: Words) -> Iterator[dict[str, str]]:
    for scanned in (each for each in document.scanned if each.on_map):
        when = words.months(scanned.basis.first_month, scanned.basis.last_month)
        for circle in scanned.circles:
            place = where(circle, words)
            kind = words.label("signals_scan")
            yield _properties(circle, place, kind, when, circle.count, words)


def _properties(
    each: Burst | Circle, place: str, kind: str, when: str, count: int, words: Words
) -> dict[str, str]:
    return {
        "id": str(each.number),
        "where": place,
        "kind": kind,
        "when": when,
        "count": words.number(count),
        "expected": sentences.expected(each.expected, words),
        "label": f"{words.number(each.number)}. {place} ({kind}, {when})",
    }


def _legend(
    document: SignalsDocument, kinds: Iterable[str], words: Words, tiles: TileServer | None
) -> Legend:
    entries = [_LOOKS[kind].entry(words.label(f"signals_kind_{kind}")) for kind in kinds]
    shown = [found.lately.sources for found in document.sequences if found.bursts]
    shown += [scanned.basis.sources for scanned in document.scanned if scanned.on_map]
    return map_legend(
        entries,
        words=words,
        title=words.label("signals_map_title", day=words.day(date.fromisoformat(document.cut_off))),
        unit=words.label("signals_map_unit"),
        sources=sorted({source for sources in shown for source in sources}),
        cut_off=document.cut_off,
        run=document.run,
        tiles=tiles,
        fill_opacity=_OPACITY,
    )
