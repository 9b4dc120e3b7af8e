"""The map of area measures under review: what the figures say of each, and its new boundary."""

from collections.abc import Collection, Iterator, Sequence

import folium
import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from hotspots.crs import to_crs84
from hotspots.outputs.bans.document import BanReview
from hotspots.outputs.bans.reading import in_list_order, require_bans, review_document_of
from hotspots.outputs.bans.sentences import because
from hotspots.outputs.maps.frame import (
    HATCH,
    NOT_IN_TAB_ORDER,
    Entry,
    Legend,
    TileServer,
    feature,
    map_document,
    map_legend,
)
from hotspots.outputs.maps.marks import Look, found_areas, numbers, outlines
from hotspots.outputs.maps.shapes import Bounds, apart_shapes, bounds_of
from hotspots.outputs.tables import RunTables, reference_of
from hotspots.outputs.text import Lang, Words
from hotspots.register import Advice

_OPACITY = 0.75
_AROUND_M = 250.0


_LOOKS: dict[Advice, Look] = {
    "keep": Look("#a34700", "#f3b748"),
    "shrink": Look("#00476b", "url(#rows)"),
    "limit_in_time": Look("#7a2f5d", "url(#columns)"),
    "withdraw": Look("#005a43", "url(#dots)", dash="8 4"),
    "insufficient_evidence": Look("#4b535c", HATCH, dash="2 4"),
}
"""After Okabe and Ito; in the order of the legend."""

_PROPOSED = {"color": "#111111", "weight": 2.5, "dashArray": "3 4", "fill": False}


def bans_map(
    run: RunTables,
    *,
    lang: Lang,
    assets: str,
    tiles: TileServer | None = None,
    areas: gpd.GeoDataFrame | None = None,
    only: Collection[str] | None = None,
    around: str | None = None,
) -> str | None:
    """Return the map of a run of reviews as HTML; none where no area is shown.

    Parameters
    ----------
    run
        A finished run of reviews.
    lang, assets, tiles, areas
        As for :func:`hotspots.outputs.maps.cameras.cameras_map`.
    only
        Codes of the areas that are shown; all by default.
    around
        Code of the area that is in view at first; by default all are.

    Raises
    ------
    NotFound
        When the run holds no reviews.
    """
    words = Words(lang)
    reviews = [
        each
        for each in in_list_order(review_document_of(run.record, run.table).areas)
        if only is None or each.code in only
    ]
    if not reviews:
        return None
    polygons = gpd.GeoDataFrame(run.table("ban_reviews")).set_index("code")
    drawn = polygons.loc[[each.code for each in reviews]]
    shapes = apart_shapes(drawn)
    numbered = [(number, "") for number in range(1, len(reviews) + 1)]
    layers = [
        *outlines(areas),
        *(_areas(advice, reviews, shapes, words) for advice in _LOOKS if _has(reviews, advice)),
        *_proposed(run, reviews),
        *numbers(numbered, shapes),
    ]
    return map_document(
        layers,
        _legend(run, reviews, words, tiles),
        words=words,
        label=words.label("bans_map_area"),
        assets=assets,
        bounds=_around(polygons, around) or bounds_of(shapes),
        tiles=tiles,
    )


def _has(reviews: Sequence[BanReview], advice: Advice) -> bool:
    return any(each.advice == advice for each in reviews)


def _around(polygons: gpd.GeoDataFrame, code: str | None) -> Bounds | None:
    """Return the surroundings of an area, if it is one of the run."""
    if code is None or code not in polygons.index:
        return None
    asked = polygons.loc[[code]]
    return bounds_of(to_crs84(asked.set_geometry(asked.buffer(_AROUND_M))).geometry)


def _areas(
    advice: Advice, reviews: Sequence[BanReview], shapes: Sequence[BaseGeometry], words: Words
) -> folium.GeoJson:
    """Return the areas of which the figures say the same."""
    said = words.label(f"ban_{advice}")
    features = [
        feature(
            {
                "id": each.code,
                "place": f"{number}. {each.name}",
                "what": said,
                "why": because(each, words),
                "label": f"{number}. {each.name}: {said}",
            },
            shape,
        )
        for number, (each, shape) in enumerate(zip(reviews, shapes, strict=True), 1)
        if each.advice == advice
    ]
    heads = {name: words.label(f"bans_map_{name}") for name in ("place", "what", "why")}
    return found_areas(features, heads, _LOOKS[advice], fill_opacity=_OPACITY)


def _proposed(run: RunTables, reviews: Sequence[BanReview]) -> Iterator[folium.GeoJson]:
    """Yield the boundaries that are proposed instead: the core of an area along its streets."""
    table = gpd.GeoDataFrame(run.table("ban_boundaries"))
    codes = [each.code for each in reviews if each.proposed is not None]
    drawn = table[(table["role"] == "proposed") & table["code"].isin(codes)]
    if drawn.empty:
        return
    yield folium.GeoJson(
        {
            "type": "FeatureCollection",
            "features": [
                feature({"id": f"proposed-{code}"}, shape)
                for code, shape in zip(drawn["code"], apart_shapes(drawn), strict=True)
            ],
        },
        style_function=lambda _: _PROPOSED,
        on_each_feature=NOT_IN_TAB_ORDER,
        interactive=False,
        smooth_factor=0,
    )


def _legend(
    run: RunTables, reviews: Sequence[BanReview], words: Words, tiles: TileServer | None
) -> Legend:
    entries = [
        look.entry(words.label(f"ban_{advice}"))
        for advice, look in _LOOKS.items()
        if _has(reviews, advice)
    ]
    if any(each.proposed for each in reviews):
        stroke, dash = str(_PROPOSED["color"]), str(_PROPOSED["dashArray"])
        entries.append(Entry("none", words.label("bans_map_proposed"), stroke, 2.5, dash=dash))
    return map_legend(
        entries,
        words=words,
        title=words.label("bans_map_title", day=words.day(run.record.until)),
        unit=words.label("bans_map_unit"),
        sources=require_bans(run.record).sources,
        cut_off=run.record.until.isoformat(),
        run=reference_of(run.record),
        tiles=tiles,
        fill_opacity=_OPACITY,
    )
