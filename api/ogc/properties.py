"""The properties of the features of every collection: what is served of them, and nothing else."""

from datetime import date

from hotspots.outputs.hotspots.tables import HotspotFigures
from hotspots.outputs.tables import Shown
from hotspots.register import Mark, State
from hotspots.results.codes import SightRole, SiteExcluded
from hotspots.schemas import CameraClass, Level, Status


class HotspotProperties(HotspotFigures):
    """The figures of a computed hotspot, with the run that made them."""

    run: str


class AreaProperties(Shown):
    """An area of a ranking; rates are per 1,000 dwelling-years with a 95% interval.

    What is not ranked has no place, and no count where no month was delivered.
    """

    theme: str
    level: Level
    area_code: str
    area_name: str
    status: Status
    first_year: int
    last_year: int
    count: int | None
    count_completed: int | None
    count_police: int | None
    count_initiator_unknown: int | None
    dwellings: int | None
    exposure: float | None
    rate_per_1000: float | None
    eb_rate: float | None
    eb_low: float | None
    eb_high: float | None
    rank_count: int | None
    rank_rate: int | None
    rank: int | None
    p_top: float | None
    count_last: int | None
    count_previous: int | None
    same_months: int | None
    remarks: list[str]
    run: str


class CandidateProperties(Shown):
    """A candidate site: what of homes and public space it would see, never what happened there.

    Thousands of overlapping views with counts would tell where each incident was.
    """

    site_id: str
    kind: str
    power: bool | None
    camera_type: str
    area_code: str | None
    excluded: SiteExcluded | None
    visible_m2: float | None
    unknown_m2: float | None
    facades: int | None
    dwellings_in_view: int | None
    masks_deg: str | None
    run: str


class PlannedProperties(Shown):
    """A chosen site with its score card; demand in weighted incidents a year."""

    site_id: str
    rank: int
    demand_alone: float
    demand_added: float
    incidents: int
    visible_m2: float
    unknown_m2: float
    facades: int
    dwellings_in_view: int
    masks_deg: str
    power: bool | None
    is_current: bool
    alternative_site_id: str | None
    alternative_loss: float | None
    run: str


class SightProperties(Shown):
    """The public space that a proposed or a present camera sees."""

    place_id: str
    role: SightRole
    visible_m2: float
    unknown_m2: float
    run: str


class DesignationProperties(Shown):
    """A published decision that an area is subject to a measure, and where it stands today.

    `start` and `end` are the first and the last day on which it has, had or will have effect.
    What the policy keeps from the public is missing.
    """

    kind: str
    name: str
    state: State
    in_force: bool
    marks: list[Mark]
    start: date | None
    end: date | None
    evaluation_on: date | None
    published_on: date | None
    publication: str


class PlacementProperties(Shown):
    """A camera within a designated area, from its first to its last day there."""

    designation: str
    camera: str
    camera_class: CameraClass
    site: str
    start: date
    end: date | None
    azimuth_deg: float | None
    view_deg: float | None
    range_m: float | None
    facades_in_view: int | None
    power: bool | None
    residents_informed_on: date | None
