"""The public map: where an area measure holds, and nothing else.

No camera, no computed place and no figure is on it.
"""

from collections.abc import Sequence
from datetime import date

import folium
import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.maps.frame import (
    HATCH,
    TileServer,
    feature,
    map_document,
    map_legend,
)
from hotspots.outputs.maps.marks import Look, found_areas, outlines
from hotspots.outputs.maps.shapes import apart_shapes, bounds_of
from hotspots.outputs.public_tables import PublicArea
from hotspots.outputs.text import Lang, Words

_OPACITY = 0.55


# Told apart by line as well as by colour; after Okabe and Ito.
_LOOKS = {
    "camera_area": Look("#00476b", "#56b4e9"),
    "alcohol_ban": Look("#a34700", "#e69f00", "7 4"),
    "soft_drug_ban": Look("#7a2f5f", "#d7a9cf", "10 3 2 3"),
    "emergency_area": Look("#004d3a", "#57c4a2", "1 4"),
    "begging_ban": Look("#5a5300", "#ece27a", "4 2"),
}
_OTHER = Look("#4b535c", HATCH, "2 2")  # kinds of the municipality's own: the tooltip tells which


def safety_map(
    areas: Sequence[PublicArea],
    *,
    on: date,
    source: str,
    crs: str,
    lang: Lang,
    assets: str,
    tiles: TileServer | None = None,
    around: gpd.GeoDataFrame | None = None,
    demo: bool = False,
) -> str | None:
    """Return the map of the area measures as HTML; none where no area has a boundary.

    Parameters
    ----------
    areas
        What holds (:func:`hotspots.pipeline.public.public_areas`).
    on
        Day on which it holds.
    source, crs
        Whose register it is, and the reference system of its boundaries.
    lang, assets, tiles
        As for :func:`hotspots.outputs.maps.priorities.priorities_map`.
    around
        Large areas to find one's way by, with `area_code` and `area_name`.
    demo
        Whether the city does not exist.
    """
    words = Words(lang)
    drawn = [each for each in areas if each.shape is not None]
    if not drawn:
        return None
    bare = [each.shape for each in drawn if each.shape is not None]
    shapes = apart_shapes(gpd.GeoDataFrame(geometry=bare, crs=crs))
    kinds = list(dict.fromkeys(each.kind for each in drawn))
    titles = {each.kind: each.kind_title for each in drawn}
    looks = {kind: _LOOKS.get(kind, _OTHER) for kind in kinds}
    legend = map_legend(
        [look.entry(titles[kind]) for kind, look in looks.items()],
        words=words,
        title=words.label("public_map_title", day=words.day(on)),
        unit=words.label("public_map_unit"),
        sources=[source],
        cut_off=on.isoformat(),
        run=None,
        tiles=tiles,
        fill_opacity=_OPACITY,
        demo=demo,
    )
    return map_document(
        [*outlines(around), *(_layer(kind, looks[kind], drawn, shapes, words) for kind in kinds)],
        legend,
        words=words,
        label=words.label("public_map_area"),
        assets=assets,
        bounds=bounds_of(shapes),
        tiles=tiles,
    )


def _layer(
    kind: str,
    look: Look,
    areas: Sequence[PublicArea],
    shapes: Sequence[BaseGeometry],
    words: Words,
) -> folium.GeoJson:
    """Return the areas of one kind."""
    heads = {
        "what": words.label("public_kind"),
        "name": words.label("area"),
        "until": words.label("public_until"),
    }
    features = [
        feature(_told(each, words), shape)
        for each, shape in zip(areas, shapes, strict=True)
        if each.kind == kind
    ]
    return found_areas(features, heads, look, fill_opacity=_OPACITY)


def _told(each: PublicArea, words: Words) -> dict[str, str]:
    until = "" if each.end is None else words.day(each.end)
    told = {"id": each.id, "what": each.kind_title, "name": each.name, "until": until}
    return {**told, "label": f"{each.kind_title}: {each.name}. {_until(words, until)}".strip()}


def _until(words: Words, until: str) -> str:
    """Return until when it holds, for who hears the map."""
    return f"{words.label('public_until')}: {until}" if until else ""
