"""The map of places tested for an area measure: which pass every gate, and their boundaries."""

from collections.abc import Sequence

import folium
import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from hotspots.crs import to_crs84
from hotspots.outputs.bans.document import BanProposal, BanProposalDocument
from hotspots.outputs.bans.reading import proposal_document_of
from hotspots.outputs.bans.standing import (
    STANDINGS,
    Standing,
    numbered_places,
    place_name,
    standing_of,
)
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

_OPACITY = 0.75
_AROUND_M = 250.0

_LOOKS: dict[Standing, Look] = {
    "met": Look("#a34700", "#f3b748"),
    "untold": Look("#4b535c", HATCH, dash="2 4"),
    "unmet": Look("#00476b", "url(#dots)", dash="8 4"),
}
"""After Okabe and Ito."""

_DRAWN = {"color": "#111111", "weight": 2, "dashArray": "3 4", "fill": False}

Numbered = Sequence[tuple[int, BanProposal]]


def ban_proposals_map(
    run: RunTables,
    *,
    lang: Lang,
    assets: str,
    tiles: TileServer | None = None,
    areas: gpd.GeoDataFrame | None = None,
    around: str | None = None,
) -> str | None:
    """Return the map of a run of proposals as HTML; none where it has no place.

    Parameters
    ----------
    run
        A finished run of proposals.
    lang, assets, tiles, areas
        As for :func:`hotspots.outputs.maps.cameras.cameras_map`.
    around
        Name of the place that is in view at first; by default all are.

    Raises
    ------
    NotFound
        When the run holds no proposals.
    """
    words = Words(lang)
    document = proposal_document_of(run.record, run.table)
    if not document.places:
        return None
    places = numbered_places(document.places)
    names = [place.name for _, place in places]
    boundaries = _in_order(run, "ban_boundaries", "code", names)
    shapes = apart_shapes(boundaries)
    layers = [
        *outlines(areas),
        *(
            _places(standing, document, places, shapes, words)
            for standing in STANDINGS
            if _has(places, standing)
        ),
        _as_drawn(_in_order(run, "ban_proposals", "name", names)),
        *numbers([(number, "") for number, _ in places], shapes),
    ]
    return map_document(
        layers,
        _legend(run, document, places, words, tiles),
        words=words,
        label=words.label("asked_bans_map_area"),
        assets=assets,
        bounds=_around(boundaries, around) or bounds_of(shapes),
        tiles=tiles,
    )


def _in_order(run: RunTables, name: str, key: str, names: Sequence[str]) -> gpd.GeoDataFrame:
    """Return the polygons of a result by the name of their place, as they are listed."""
    return gpd.GeoDataFrame(run.table(name)).set_index(key).loc[list(names)]


def _has(places: Numbered, standing: Standing) -> bool:
    return any(standing_of(place) == standing for _, place in places)


def _around(boundaries: gpd.GeoDataFrame, name: str | None) -> Bounds | None:
    """Return the surroundings of a place, if it is one of the run."""
    if name is None or name not in boundaries.index:
        return None
    asked = boundaries.loc[[name]]
    return bounds_of(to_crs84(asked.set_geometry(asked.buffer(_AROUND_M))).geometry)


def _places(
    standing: Standing,
    document: BanProposalDocument,
    places: Numbered,
    shapes: Sequence[BaseGeometry],
    words: Words,
) -> folium.GeoJson:
    """Return the boundaries along streets of the places that stand the same to the gates."""
    said = words.label(f"asked_ban_{standing}")
    features = []
    for (number, place), shape in zip(places, shapes, strict=True):
        if standing_of(place) != standing:
            continue
        name = place_name(document, place, words)
        passed = words.label(
            "asked_ban_gates",
            passed=sum(gate.passed is True for gate in place.gates),
            gates=len(place.gates),
        )
        told = name if document.searched else f"{number}. {name}"
        told_of = {"id": place.name, "place": told, "what": said, "gates": passed}
        features.append(feature(told_of | {"label": f"{told}: {said}"}, shape))
    heads = {name: words.label(f"asked_bans_map_{name}") for name in ("place", "what", "gates")}
    return found_areas(features, heads, _LOOKS[standing], fill_opacity=_OPACITY)


def _as_drawn(places: gpd.GeoDataFrame) -> folium.GeoJson:
    """Return the places as they were drawn or found, before they were brought to their streets."""
    return folium.GeoJson(
        {
            "type": "FeatureCollection",
            "features": [
                feature({"id": f"drawn-{name}"}, shape)
                for name, shape in zip(places.index, apart_shapes(places), strict=True)
            ],
        },
        style_function=lambda _: _DRAWN,
        on_each_feature=NOT_IN_TAB_ORDER,
        interactive=False,
        smooth_factor=0,
    )


def _legend(
    run: RunTables,
    document: BanProposalDocument,
    places: Numbered,
    words: Words,
    tiles: TileServer | None,
) -> Legend:
    entries = [
        _LOOKS[standing].entry(words.label(f"asked_ban_{standing}"))
        for standing in STANDINGS
        if _has(places, standing)
    ]
    stroke, dash = str(_DRAWN["color"]), str(_DRAWN["dashArray"])
    how = "found" if document.searched else "drawn"
    entries.append(Entry("none", words.label(f"asked_bans_map_{how}"), stroke, 2, dash=dash))
    return map_legend(
        entries,
        words=words,
        title=words.label("asked_bans_map_title"),
        unit=words.label("asked_bans_map_unit"),
        sources=document.sources,
        cut_off=document.until.isoformat(),
        run=reference_of(run.record),
        tiles=tiles,
        fill_opacity=_OPACITY,
    )
