"""Every collection of features that is served."""

from typing import get_args

from api.access import EVERYBODY
from api.ogc import properties
from api.ogc.layer import Filter, Layer, RegisterSource, RunSource
from api.ogc.register_tables import designations_table, placements_table
from api.ogc.run_tables import areas_table, hotspots_table, plan_table
from hotspots.register import State
from hotspots.results.codes import PolygonKind, SightRole, SiteExcluded
from hotspots.schemas import LEVELS, CameraClass, Status

_THEME = Filter("theme", "Only this theme.")

_ALL = (
    Layer(
        id="hotspots",
        title="Computed hotspots",
        description=(
            "Places with more incidents than chance would lead us to expect, per theme and "
            "period. A computed hotspot is not a priority area: those are chosen by people."
        ),
        items="Its hotspots",
        page="/hotspots",
        properties=properties.HotspotProperties,
        source=RunSource(hotspots_table),
        filters=(
            _THEME,
            Filter("months", "Only periods of this many months.", kind="whole"),
            Filter("kind", "Only this kind of polygon.", get_args(PolygonKind)),
        ),
    ),
    Layer(
        id="areas",
        title="Ranked areas",
        description=(
            "The areas of every ranking of a run with count, rate, interval and place. A place "
            "in a ranking is not a choice: priority areas are chosen by people."
        ),
        items="Its areas",
        page="/",
        properties=properties.AreaProperties,
        source=RunSource(areas_table),
        filters=(
            _THEME,
            Filter("level", "Only this level.", LEVELS),
            Filter("status", "Only areas that were ranked, or not.", get_args(Status)),
            Filter("area_code", "Only the area with this code."),
        ),
    ),
    Layer(
        id="camera-sites",
        title="Candidate camera sites",
        description=(
            "Every place where a camera may be mounted, with the homes in its view and why it was "
            "left out. What happened in its view is told of chosen sites only."
        ),
        items="Its sites",
        page="/cameras",
        properties=properties.CandidateProperties,
        source=RunSource(plan_table("camera_sites"), plan=True),
        filters=(
            Filter("excluded", "Only sites left out for this reason.", get_args(SiteExcluded)),
        ),
    ),
    Layer(
        id="camera-plan",
        title="Chosen camera sites",
        description=(
            "The sites of the camera plan with their score cards. A plan is a proposal: the mayor "
            "decides."
        ),
        items="Its sites",
        page="/cameras",
        properties=properties.PlannedProperties,
        source=RunSource(plan_table("camera_plan"), plan=True),
        filters=(Filter("is_current", "Only sites where a camera stands, or not.", kind="flag"),),
    ),
    Layer(
        id="viewsheds",
        title="Viewsheds",
        description="The public space that proposed, present, fixed and stadium cameras see.",
        items="Its views",
        page="/cameras",
        properties=properties.SightProperties,
        source=RunSource(plan_table("viewsheds"), plan=True),
        filters=(Filter("role", "Only views of these cameras.", get_args(SightRole)),),
    ),
    Layer(
        id="designations",
        title="Designated areas",
        description=(
            "Published decisions that an area is subject to a measure, such as camera areas and "
            "bans, with the days on which they have, had or will have effect."
        ),
        items="Its areas",
        page="/openbaar",
        properties=properties.DesignationProperties,
        source=RegisterSource(designations_table),
        filters=(
            Filter("kind", "Only this kind of area, such as `camera_area`."),
            Filter("state", "Only what is in this state today.", get_args(State)),
            Filter("in_force", "Only what has effect today, or not.", kind="flag"),
        ),
        roles=EVERYBODY,
    ),
    Layer(
        id="placements",
        title="Placed cameras",
        description="Cameras within designated areas, where each stands or stood last.",
        items="Its cameras",
        page="/cameras",
        properties=properties.PlacementProperties,
        source=RegisterSource(placements_table),
        filters=(
            Filter("designation", "Only cameras within this designated area."),
            Filter("camera_class", "Only this class of camera.", get_args(CameraClass)),
        ),
    ),
)

LAYERS = {layer.id: layer for layer in _ALL}
"""The collections by their ids, in the order in which they are listed."""
