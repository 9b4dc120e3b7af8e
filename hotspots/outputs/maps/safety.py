"""The public map: where an area measure holds, and nothing else.

No camera, no computed place and no figure is on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import folium
import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from hotspots.outputs.maps.frame import (
    HATCH,
    IN_TAB_ORDER,
    Entry,
    TileServer,
    feature,
    map_document,
    map_legend,
)
from hotspots.outputs.maps.marks import outlines
from hotspots.outputs.maps.shapes import apart_shapes, bounds_of
from hotspots.outputs.public_tables import PublicArea
from hotspots.outputs.text import Lang, Words

_OPACITY = 0.55


@dataclass(frozen=True)
class _Look:
    stroke: str
    fill: str
    dash: str = ""


# Told apart by line as well as by colour; after Okabe and Ito.
_LOOKS = {
    "camera_area": _Look("#00476b", "#56b4e9"),
    "alcohol_ban": _Look("#a34700", "#e69f00", "7 4"),
    "soft_drug_ban": _Look("#7a2f5f", "#d7a9cf", "10 3 2 3"),
    "emergency_area": _Look("#004d3a", "#57c4a2", "1 4"),
    "begging_ban": _Look("#5a5300", "#ece27a", "4 2"),
}
_OTHER = _Look("#4b535c", HATCH, "2 2")  # kinds of the municipality's own: the tooltip tells which


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
        [Entry(look.fill, titles[kind], look.stroke, 2, look.dash) for kind, look in looks.items()],
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
    look: _Look,
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
    return folium.GeoJson(
        {
            "type": "FeatureCollection",
            "features": [
                feature(_told(each, words), shape)
                for each, shape in zip(areas, shapes, strict=True)
                if each.kind == kind
            ],
        },
        style_function=lambda _: {
            "className": "found",
            "color": look.stroke,
            "weight": 1.5,
            "dashArray": look.dash or None,
            "fillColor": look.fill,
            "fillOpacity": _OPACITY,
        },
        tooltip=folium.GeoJsonTooltip(list(heads), aliases=list(heads.values())),
        on_each_feature=IN_TAB_ORDER,
        smooth_factor=0,
    )


def _told(each: PublicArea, words: Words) -> dict[str, str]:
    until = "" if each.end is None else words.day(each.end)
    told = {"id": each.id, "what": each.kind_title, "name": each.name, "until": until}
    return {**told, "label": f"{each.kind_title}: {each.name}. {_until(words, until)}".strip()}


def _until(words: Words, until: str) -> str:
    """Return until when it holds, for who hears the map."""
    return f"{words.label('public_until')}: {until}" if until else ""
