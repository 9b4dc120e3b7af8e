"""Where flexible cameras would see most, and which cameras there are."""

from typing import Annotated, Literal

from pydantic import Field

from hotspots.policy.section import Section, Share
from hotspots.schemas import Theme


class CameraType(Section):
    """What a camera of a type can see, and from which height."""

    range_m: float = Field(100, ge=5, le=1000, description="Farthest place it looks at.")
    view_deg: float = Field(
        360, ge=1, le=360, description="Width of its view; 360 for one that turns all round."
    )
    lens_view_deg: float = Field(
        15, ge=1, le=170, description="Field of view of the lens when it looks at a person."
    )
    sensor_px: int = Field(1920, ge=320, le=20_000, description="Width of the picture in pixels.")
    mounting_height_m: float = Field(
        5, ge=2, le=50, description="Height above the ground, where the site gives none."
    )
    least_class: Literal["monitor", "detect", "observe", "recognise", "identify"] = Field(
        "observe", description="What the picture of a person must be good for (EN 62676-4)."
    )


_DAY = "(mon|tue|wed|thu|fri|sat|sun)"


_HOUR = "([01][0-9]|2[0-4])"


WatchedHours = Annotated[str, Field(pattern=rf"^(daily|{_DAY}(-{_DAY})?) {_HOUR}-{_HOUR}$")]
"""Hours of the week such as ``fri 20-04``, ``mon-fri 08-18`` or ``daily 16-24``."""


class Cameras(Section):
    """Where flexible cameras would see most, and when one has done its work."""

    themes: dict[Theme, Annotated[float, Field(gt=0, le=1000)]] = Field(
        {
            "assault": 1,
            "threat": 1,
            "street_robbery": 1,
            "vandalism": 0.5,
            "drugs_nuisance": 0.5,
            "nightlife_nuisance": 0.5,
            "youth_nuisance": 0.5,
            "alcohol_nuisance": 0.5,
        },
        min_length=1,
        description="Weight per theme; one that was not delivered is left out.",
    )
    months: int = Field(24, ge=3, le=120, description="Period of the demand in months.")
    safety_themes: list[Theme] = Field(
        [
            "burglary",
            "commercial_robbery",
            "street_robbery",
            "pickpocketing",
            "assault",
            "threat",
            "vandalism",
            "shoplifting",
            "bicycle_theft",
            "theft_from_vehicle",
        ],
        description="Themes by which the five-year rule of fixed cameras judges a stadsdeel.",
    )
    holdout_months: int = Field(
        12, ge=3, le=60, description="Last months kept apart to test a plan made without them."
    )
    watched_hours: list[WatchedHours] = Field(
        [], description="Hours in which someone watches; empty means every hour."
    )
    types: dict[str, CameraType] = Field(
        {"ptz": CameraType()}, min_length=1, description="Camera types; the first is the usual."
    )
    cell_size_m: float = Field(1, ge=0.25, le=5, description="Cell of the surface model.")
    target_height_m: float = Field(
        1.6, ge=0, le=3, description="Height above the ground of what must be seen."
    )
    backup_weight: Share = Field(0.2, description="Share that a second camera on a place adds.")
    spacing_m: float = Field(50, ge=0, le=1000, description="Least distance between two sites.")
    most_per_area: dict[str, Annotated[int, Field(ge=0, le=1000)]] = Field(
        {}, description="Most sites per area code (dosage)."
    )
    most_dwellings_in_view: list[Annotated[int, Field(ge=0)]] = Field(
        [], max_length=1, description="Ceiling of a plan on dwellings in view; empty is none."
    )
    moving_cost: float = Field(
        1, ge=0, le=10_000, description="What moving must bring, in weighted incidents a year."
    )
    swap_within_m: float = Field(
        150, ge=0, le=2000, description="How far off a site may be that takes another's place."
    )
    power_required: bool = Field(True, description="Whether a site known to lack power is out.")
    required_sites: list[str] = Field([], description="Sites that every plan holds.")
    forbidden_sites: list[str] = Field([], description="Sites that no plan holds.")
    every_m: float = Field(
        25, ge=5, le=500, description="Distance between sites along streets, where none are given."
    )
    most_candidates: int = Field(
        3000, ge=50, le=50_000, description="Sites with most demand in range that are worked out."
    )
    least_demand: float = Field(
        6, ge=0, le=100_000, description="Weighted incidents a year below which a camera can go."
    )
    gap: float = Field(0.01, ge=0, le=0.5, description="Gap to the bound that is good enough.")
    seconds: float = Field(60, ge=1, le=3600, description="Most seconds of the solver.")
    seed: int = Field(20_260_101, ge=0, description="Seed of the search and the intervals.")
