"""The map of a camera plan: what proposed, present, fixed and stadium cameras see."""

from collections.abc import Iterator, Sequence

import folium
import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.crs import to_crs84
from hotspots.outputs.cameras.tables import (
    PlanDocument,
    plan_document_of,
    require_plan,
    site_of,
    sites_of,
    standing_of,
    viewsheds_of,
)
from hotspots.outputs.maps.frame import (
    HATCH,
    Legend,
    TileServer,
    feature,
    map_document,
    map_legend,
    text_mark,
)
from hotspots.outputs.maps.marks import Look, found_areas, outlines
from hotspots.outputs.maps.shapes import DEGREE_DECIMALS, Bounds, apart_shapes, bounds_of
from hotspots.outputs.tables import RunTables, reference_of
from hotspots.outputs.text import Lang, Words
from hotspots.results.codes import SightRole

_OPACITY = 0.55
_DOT_PX = 5
_AROUND_M = 160.0  # some more than a camera sees


# From the bottom up: what is proposed lies on top. After Okabe and Ito.
_LOOKS: dict[SightRole, Look] = {
    "stadium": Look("#4b535c", HATCH, dash="1 4", stroke_px=1.5),
    "fixed": Look("#4b535c", "#9aa1a9", stroke_px=1.5),
    "current": Look("#a34700", "#e69f00", dash="6 4", stroke_px=1.5),
    "alternative": Look("#00563f", "#7fd0b2", dash="2 4"),
    "proposed": Look("#00476b", "#56b4e9"),
}


def cameras_map(
    run: RunTables,
    *,
    lang: Lang,
    assets: str,
    tiles: TileServer | None = None,
    areas: gpd.GeoDataFrame | None = None,
    around: str | None = None,
    number: int | None = None,
    instead: str | None = None,
) -> str | None:
    """Return the map of a camera plan as HTML; none where no camera sees anything.

    Parameters
    ----------
    run
        A finished run of kind ``cameras``.
    lang, assets, tiles
        As for :func:`hotspots.outputs.maps.priorities.priorities_map`.
    areas
        Large areas to find one's way by, with `area_code` and `area_name`: the run has none.
    around
        Id of the site that is in view at first; by default all are.
    number
        Show the plan of this number of cameras, 0 for none; without it the plan asked for.
    instead
        Id of a site that could take the place of one of the plan, drawn apart from it.

    Raises
    ------
    NotFound
        When the run planned no cameras.
    """
    document, words = plan_document_of(run), Words(lang)
    sites = sites_of(run, number) if number != 0 else sites_of(run).iloc[:0]
    apart = [each for each in (around, instead) if each is not None]
    sheds = {role: _sheds(run, role, sites["site_id"].tolist(), apart) for role in _LOOKS}
    shapes = {role: apart_shapes(each) for role, each in sheds.items()}
    near = [shape for role in ("proposed", "current") for shape in shapes[role]]
    drawn = near or [shape for each in shapes.values() for shape in each]
    if not drawn:
        return None
    layers = [
        *outlines(areas),
        *(
            _views(
                role,
                list(_told(role, sheds[role], sites, document, words)),
                shapes[role],
                words,
            )
            for role in _LOOKS
            if shapes[role]
        ),
        *_dots(standing_of(run), _LOOKS["current"]),
        *_dots(sites, _LOOKS["proposed"]),
        *(
            dot
            for site_id in apart
            if site_id not in set(sites["site_id"])
            for dot in _dots(site_of(run, site_id), _LOOKS["alternative"])
        ),
        *_pins(sites),
    ]
    legend = _legend(run, [role for role in _LOOKS if shapes[role]], words, tiles)
    return map_document(
        layers,
        legend,
        words=words,
        label=words.label("cameras_map_area"),
        assets=assets,
        bounds=_around(run, apart) or bounds_of(drawn),
        tiles=tiles,
    )


def _sheds(
    run: RunTables, role: SightRole, chosen: Sequence[str], apart: Sequence[str]
) -> gpd.GeoDataFrame:
    """Return the views of a role: of sites those of the plan shown, and those drawn apart from it.

    A site of another plan is frozen as an alternative, whatever the plan that is shown.
    """
    if role not in ("proposed", "alternative"):
        return viewsheds_of(run, role)
    both = [viewsheds_of(run, each) for each in ("proposed", "alternative")]
    wanted = chosen if role == "proposed" else [each for each in apart if each not in chosen]
    parts = [each[each["place_id"].isin(wanted)] for each in both]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=run.record.crs)


def _around(run: RunTables, site_ids: Sequence[str]) -> Bounds | None:
    """Return the surroundings of sites, if there are such sites."""
    sites = gpd.GeoDataFrame(run.table("camera_sites"))
    asked = sites[sites["site_id"].isin(site_ids)]
    if asked.empty:
        return None
    return bounds_of(to_crs84(asked.set_geometry(asked.buffer(_AROUND_M))).geometry)


def _legend(
    run: RunTables, roles: Sequence[SightRole], words: Words, tiles: TileServer | None
) -> Legend:
    return map_legend(
        [_LOOKS[role].entry(words.label(f"cameras_role_{role}")) for role in reversed(roles)],
        words=words,
        title=words.label("cameras_map_title", day=words.day(run.record.until)),
        unit=words.label("cameras_map_unit"),
        sources=require_plan(run.record).sources,
        cut_off=run.record.until.isoformat(),
        run=reference_of(run.record),
        tiles=tiles,
        fill_opacity=_OPACITY,
    )


def _views(
    role: SightRole,
    told: Sequence[dict[str, str]],
    shapes: Sequence[BaseGeometry],
    words: Words,
) -> folium.GeoJson:
    """Return the views of a role; those of the sites come in the order of their rank."""
    named = role in ("proposed", "alternative", "current")
    order = sorted(range(len(told)), key=lambda at: int(told[at].get("rank") or 0))
    heads = {"place": words.label(f"cameras_role_{role}")}
    if named:
        heads["what"] = words.label("cameras_says" if role == "current" else "cameras_card")
        heads["seen"] = words.label("cameras_visible")
    features = [feature(told[at], shapes[at]) for at in order]
    return found_areas(features, heads, _LOOKS[role], fill_opacity=_OPACITY, in_tab_order=named)


def _told(
    role: SightRole,
    sheds: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    document: PlanDocument,
    words: Words,
) -> Iterator[dict[str, str]]:
    """Yield what the tooltip tells of each view."""
    planned = sites.set_index("site_id")[["rank", "demand_added"]]
    advice = {each.camera_id: each.advice for each in document.advice}
    for place, visible in zip(sheds["place_id"], sheds["visible_m2"], strict=True):
        told = {"id": f"{role}-{place}", "place": place}
        told["seen"] = words.label("cameras_visible_m2", m2=words.number(visible))
        if role == "proposed":
            rank, added = planned.loc[place]
            told["rank"] = str(int(rank))
            told["what"] = words.label("cameras_map_adds", added=words.number(added, 1))
        elif role == "alternative":
            told["what"] = words.label("cameras_map_not_in_plan")
        elif role == "current":
            told["what"] = words.label(f"cameras_advice_{advice[place]}") if place in advice else ""
        name = words.label(f"cameras_role_{role}")
        number = f"{told['rank']}. " if "rank" in told else ""
        yield {**told, "label": f"{number}{place} ({name}): {told.get('what', told['seen'])}"}


def _dots(points: gpd.GeoDataFrame, look: Look) -> Iterator[folium.CircleMarker]:
    """Yield where cameras stand or would stand, also those that see nothing."""
    for longitude, latitude in _places(points):
        yield folium.CircleMarker(
            (latitude, longitude),
            radius=_DOT_PX,
            color="#ffffff",
            weight=1.5,
            fill_color=look.stroke,
            fill_opacity=1,
            interactive=False,
        )


def _pins(sites: gpd.GeoDataFrame) -> Iterator[folium.Marker]:
    """Yield the rank of each site where it stands, the first on top."""
    for rank, (longitude, latitude) in reversed(
        list(zip(sites["rank"], _places(sites), strict=True))
    ):
        yield text_mark(str(rank), latitude, longitude, "rank pin site")


def _places(points: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    """Return longitude and latitude of each point, no finer than can be seen."""
    if points.empty:
        return []
    degrees = shapely.get_coordinates(to_crs84(points).geometry.to_numpy())
    return [(x, y) for x, y in degrees.round(DEGREE_DECIMALS).tolist()]
