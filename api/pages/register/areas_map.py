"""The map of designated areas: where each stands, and of one its boundaries and its cameras."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

import folium
import geopandas as gpd
from shapely import Point
from shapely.geometry.base import BaseGeometry

from api.pages.register.sentences import kind_name, span_told, state_told
from hotspots.crs import to_crs84
from hotspots.decisions.lifecycle import ENDED, IN_FORCE, standings
from hotspots.outputs.maps.frame import (
    HATCH,
    IN_TAB_ORDER,
    NOT_IN_TAB_ORDER,
    Entry,
    TileServer,
    feature,
    map_document,
    map_legend,
)
from hotspots.outputs.maps.marks import Look, found_areas
from hotspots.outputs.maps.marks import outlines as outlines_of
from hotspots.outputs.maps.shapes import apart_shapes, bounds_of
from hotspots.outputs.text import Words, capital
from hotspots.policy import Policy
from hotspots.register import Boundary, Designation, Placement, Review, State

_OPACITY = 0.6
_AROUND_M = 150.0


_LOOKS: Mapping[str, Look] = {
    "holds": Look("#123a63", "#6f9fd8"),
    "due": Look("#a34700", "url(#rows)"),
    "planned": Look("#005a43", "url(#dots)", dash="8 4"),
    "over": Look("#4b535c", HATCH, dash="2 4"),
}
"""Told apart by pattern and line, not by colour alone; in the order of the legend."""

_OLD = {"color": "#4b535c", "weight": 1.5, "dashArray": "2 4", "fill": False}
_CAMERA = {"color": "#111111", "fillColor": "#f3b748", "fillOpacity": 1.0, "weight": 1.5}


@dataclass(frozen=True)
class Around:
    """One designation that is drawn in detail, with all its boundaries and its cameras."""

    id: str
    boundaries: tuple[Boundary, ...]
    placements: tuple[Placement, ...]


def designations_map(
    designations: Sequence[Designation],
    areas: Mapping[str, Boundary],
    reviews: Sequence[Review],
    policy: Policy,
    *,
    on: date,
    crs: str,
    words: Words,
    assets: str,
    tiles: TileServer | None = None,
    outlines: gpd.GeoDataFrame | None = None,
    around: Around | None = None,
    demo: bool = False,
) -> str | None:
    """Return the map of designations as HTML; none where nothing was drawn yet.

    Parameters
    ----------
    designations, areas
        What is drawn, and the boundary that counts of each, by its id.
    reviews
        Of any of them: an evaluation that was held is not due.
    policy
        With the names of kinds.
    on
        The day of which the states hold.
    crs
        Of the areas, in metres.
    words, assets, tiles
        As for :func:`hotspots.outputs.maps.frame.map_document`.
    outlines
        Larger areas to find one's way by.
    around
        One that is drawn in detail.
    demo
        Whether the city does not exist.
    """
    drawn = [each for each in designations if each.id in areas]
    if not drawn:
        return None
    shapes = dict(
        zip(
            [each.id for each in drawn],
            apart_shapes(_frame([areas[each.id].area for each in drawn], crs)),
            strict=True,
        )
    )
    states = standings(drawn, reviews, on)
    looks = {each.id: _look(each, states[each.id]) for each in drawn}
    layers = [
        *outlines_of(outlines),
        *(
            _areas(
                name,
                [each for each in drawn if looks[each.id] == name],
                shapes,
                policy,
                states,
                words,
            )
            for name in _LOOKS
            if name in looks.values()
        ),
        *(() if around is None else _detail(around, areas, crs, on, words)),
    ]
    view = (
        bounds_of(shapes.values())
        if around is None
        else bounds_of(_in_degrees([areas[around.id].area.buffer(_AROUND_M)], crs))
    )
    legend = map_legend(
        _entries(set(looks.values()), around, on, words),
        words=words,
        title=words.label("register_map_title", day=words.day(on)),
        unit=words.label("register_map_unit"),
        sources=[words.label("register_source")],
        cut_off=on.isoformat(),
        run=None,
        tiles=tiles,
        fill_opacity=_OPACITY,
        demo=demo,
    )
    return map_document(
        layers,
        legend,
        words=words,
        label=words.label("register_map_area"),
        assets=assets,
        bounds=view,
        tiles=tiles,
    )


def _entries(drawn: Set[str], around: Around | None, on: date, words: Words) -> list[Entry]:
    entries = [
        look.entry(words.label(f"register_map_{name}"))
        for name, look in _LOOKS.items()
        if name in drawn
    ]
    if around is not None and len(around.boundaries) > 1:
        entries.append(Entry("none", words.label("register_map_old"), "#4b535c", 1.5, dash="2 4"))
    if around is not None and _standing(around, on):
        entries.append(Entry("#f3b748", words.label("register_map_camera"), "#111111", 1.5))
    return entries


def _look(designation: Designation, state: State) -> str:
    if state in ENDED or {"annulled", "suspended"} & set(designation.marks):
        return "over"
    if state == "evaluation_due":
        return "due"
    return "holds" if state in IN_FORCE else "planned"


def _areas(
    name: str,
    found: Sequence[Designation],
    shapes: Mapping[str, BaseGeometry],
    policy: Policy,
    states: Mapping[str, State],
    words: Words,
) -> folium.GeoJson:
    heads = {key: words.label(f"register_map_{key}") for key in ("place", "kind", "state", "term")}
    features = []
    for each in found:
        state = state_told(each, states[each.id], words)
        told = {
            "place": each.name,
            "kind": kind_name(each.kind, policy, words),
            "state": state,
            "term": span_told(each.start, each.ended_on or each.end, words),
        }
        named = {"id": each.id, **told, "label": f"{each.name}: {state}"}
        features.append(feature(named, shapes[each.id]))
    return found_areas(features, heads, _LOOKS[name], fill_opacity=_OPACITY)


def _detail(
    around: Around, areas: Mapping[str, Boundary], crs: str, on: date, words: Words
) -> Iterator[folium.GeoJson]:
    """Yield the earlier boundaries of a designation, and the cameras that stand in it."""
    now = areas[around.id].number
    old = [each for each in around.boundaries if each.number != now]
    if old:
        shapes = _in_degrees([each.area for each in old], crs)
        yield folium.GeoJson(
            {
                "type": "FeatureCollection",
                "features": [
                    feature({"id": each.id}, shape) for each, shape in zip(old, shapes, strict=True)
                ],
            },
            style_function=lambda _: _OLD,
            on_each_feature=NOT_IN_TAB_ORDER,
            interactive=False,
            smooth_factor=0,
        )
    cameras = _standing(around, on)
    if not cameras:
        return
    points = _in_degrees([Point(each.x_m, each.y_m) for each in cameras], crs)
    heads = {key: words.label(f"register_map_{key}") for key in ("camera", "term")}
    yield folium.GeoJson(
        {
            "type": "FeatureCollection",
            "features": [
                feature(
                    {
                        "id": each.id,
                        "camera": each.camera,
                        "term": span_told(each.start, each.end, words),
                        "label": each.camera,
                    },
                    point,
                )
                for each, point in zip(cameras, points, strict=True)
            ],
        },
        marker=folium.CircleMarker(radius=6, fill=True),
        style_function=lambda _: _CAMERA,
        tooltip=folium.GeoJsonTooltip(
            list(heads), aliases=[capital(text) for text in heads.values()]
        ),
        on_each_feature=IN_TAB_ORDER,
    )


def _standing(around: Around, on: date) -> list[Placement]:
    return [
        each
        for each in around.placements
        if each.start <= on and (each.end is None or on <= each.end)
    ]


def _in_degrees(shapes: Sequence[BaseGeometry], crs: str) -> list[BaseGeometry]:
    return list(to_crs84(_frame(shapes, crs)).geometry)


def _frame(shapes: Sequence[BaseGeometry], crs: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)
