"""The municipality's parameters: each with its unit, its bounds and its reason.

A policy is a TOML file with the sections below; whatever it leaves out keeps the default shown
in the README. Unknown keys and values out of bounds are refused, all at once. A run freezes the
policy that it used, so that every figure can be traced to it.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from hotspots.errors import PolicyRefused, problems_of
from hotspots.register import Decider
from hotspots.schemas import CameraClass, Level, Theme
from hotspots.textfiles import read_toml

Share = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Priorities(_Section):
    """How the year's priority areas are ranked."""

    theme: Theme = Field("burglary", description="Theme of the yearly ranking.")
    levels: list[Level] = Field(
        [], description="Levels to rank at; empty means every level that was delivered."
    )
    years: int = Field(3, ge=1, le=20, description="Number of years counted together.")
    top_k: int = Field(11, ge=1, le=1000, description="Number of areas above the cut line.")
    weight_count: Share = Field(0.5, description="Weight of the rank on absolute count.")
    weight_rate: Share = Field(0.5, description="Weight of the rank on the shrunk rate.")
    just_missed: int = Field(3, ge=0, le=50, description="Areas shown below the cut line.")

    @model_validator(mode="after")
    def _weights_add_up(self) -> "Priorities":
        if abs(self.weight_count + self.weight_rate - 1) > 1e-9:
            raise ValueError("weight_count and weight_rate must add up to 1")
        return self


Layer = Literal["clusters", "scan", "near_repeat", "support"]
"""A layer of the evidence that is made on request, for it takes longer than the others."""


class Hotspots(_Section):
    """Where and how concentrations of incidents are looked for."""

    themes: list[Theme] = Field(
        [], description="Themes to search; empty means every delivered theme that is scored."
    )
    periods_months: list[Annotated[int, Field(ge=1, le=240)]] = Field(
        [12, 36], min_length=1, description="Lengths in months of the periods searched."
    )
    cell_size_m: float = Field(50, ge=10, le=2000, description="Side of a cell in metres.")
    bandwidth_m: float = Field(
        300, ge=20, le=10_000, description="Bandwidth of the density in metres."
    )
    bandwidth_rule: Literal["fixed", "silverman", "scott", "likelihood", "least-squares"] = Field(
        "fixed",
        description="How the bandwidth of the density is chosen; 'fixed' takes `bandwidth_m`.",
    )
    adaptive: bool = Field(
        False, description="Whether the bandwidth is narrower where incidents lie closer together."
    )
    kernel: Literal["quartic", "gaussian"] = Field("quartic", description="Kernel of the density.")
    edge_correction: Literal["none", "uniform"] = Field(
        "none", description="Whether the density makes up for what lies beyond the study area."
    )
    radius_m: float = Field(
        150, ge=10, le=10_000, description="Radius in metres of the neighbourhood tested."
    )
    alpha: float = Field(
        0.05, gt=0, le=0.5, description="Share of false discoveries allowed among hot cells."
    )
    layers: list[Layer] = Field([], description="Layers to make beside the usual ones.")
    cluster_reach_m: float = Field(100, ge=10, le=5000, description="Reach of a cluster in metres.")
    support_draws: int = Field(
        100, ge=20, le=2000, description="Resamples of the months for the support of a hotspot."
    )
    min_area_m2: float = Field(5000, ge=0, description="Smallest hotspot in square metres.")
    min_incidents: int = Field(10, ge=1, description="Fewer incidents than this make no hotspot.")
    few_incidents: int = Field(
        25, ge=0, description="Fewer incidents than this: a remark beside the hotspot."
    )
    max_cells: int = Field(
        2_000_000, ge=100, le=20_000_000, description="Most cells in the rectangle of a grid."
    )


class Scan(_Section):
    """The scan for circles with more incidents than their dwellings explain."""

    themes: list[Theme] = Field(
        ["burglary"], description="Themes of which dwellings are the population at risk."
    )
    cell_size_m: float = Field(100, ge=20, le=2000, description="Side of a cell in metres.")
    radii_m: list[Annotated[float, Field(ge=0, le=10_000)]] = Field(
        [0, 100, 200, 300, 400, 500, 600, 700, 800, 1000],
        min_length=1,
        max_length=50,
        description="Radii of the circles in metres; 0 is a single cell.",
    )
    max_share: float = Field(
        0.1, gt=0, le=0.5, description="Largest share of all dwellings within a circle."
    )
    replications: int = Field(
        999, ge=99, le=9999, description="Replications for the chance of a circle."
    )


class Trends(_Section):
    """How the course of a place is followed."""

    step_months: int = Field(3, ge=1, le=12, description="Months in a step.")
    steps: int = Field(12, ge=4, le=60, description="Steps up to the cut-off date.")


class NearRepeat(_Section):
    """Whether incidents follow one another near by, and where they do so now."""

    themes: list[Theme] = Field(["burglary"], description="Themes looked at.")
    months: int = Field(
        24, ge=3, le=240, description="Period in months; the longer, the more else it shows."
    )
    distances_m: list[Annotated[float, Field(gt=0, le=5000)]] = Field(
        [100, 200, 300, 400], min_length=1, max_length=20, description="Bounds between distances."
    )
    days: list[Annotated[int, Field(ge=1, le=365)]] = Field(
        [7, 14, 21, 28], min_length=1, max_length=20, description="Bounds between numbers of days."
    )
    replications: int = Field(999, ge=99, le=9999, description="Permutations of the dates.")
    burst_radius_m: float = Field(300, ge=50, le=2000, description="Reach of a burst in metres.")
    burst_days: int = Field(14, ge=1, le=60, description="Longest duration of a burst in days.")
    burst_least: int = Field(5, ge=3, le=100, description="Fewest incidents in a burst.")
    look_back_days: int = Field(
        90, ge=7, le=730, description="Days before the cut-off date in which bursts are reported."
    )

    @model_validator(mode="after")
    def _bounds_rise(self) -> "NearRepeat":
        for name in ("distances_m", "days"):
            bounds = getattr(self, name)
            if sorted(set(bounds)) != bounds:
                raise ValueError(f"{name} must rise from one bound to the next")
        return self


class Composite(_Section):
    """How the layers are brought together; none of this enters a test."""

    weights: dict[Theme, Annotated[float, Field(ge=0, le=1000)]] = Field(
        {},
        description="Weight per theme, `burglary_risk` or `youth_groups`; empty weighs every kind "
        "of trouble alike.",
    )
    months: int = Field(36, ge=1, le=240, description="Period in months.")
    half_life_months: float = Field(
        12, gt=0, le=1200, description="Age in months at which an incident counts for half."
    )
    least_times: float = Field(
        3, ge=0, le=1000, description="Least value of a place, in times the city's average."
    )
    least_incidents: int = Field(
        250, ge=1, description="A theme with fewer incidents in the period is no layer."
    )
    zone_weights: dict[Literal["low", "middle", "high"], Annotated[float, Field(ge=0, le=100)]] = (
        Field(
            {"low": 1, "middle": 2, "high": 4},
            description="Weight of a youth group's zone by its label.",
        )
    )
    least_dwellings: float = Field(
        50, ge=1, description="Fewer dwellings near than this: no risk per dwelling is shown."
    )


class Backtest(_Section):
    """How it is tested what hotspots of earlier months would have caught."""

    cell_size_m: float = Field(150, ge=10, le=2000, description="Side of a cell in metres.")
    area_km2: float = Field(1.5, gt=0, le=1000, description="Area that every method flags.")
    selection_months: int = Field(
        24, ge=1, le=120, description="Months before the reported period on which is chosen."
    )
    least_months: int = Field(
        12, ge=1, le=120, description="Fewest months that a method learns from."
    )
    draws: int = Field(2000, ge=200, le=100_000, description="Resamples for the intervals.")
    bandwidths_m: list[Annotated[float, Field(ge=20, le=10_000)]] = Field(
        [200, 300, 450], min_length=1, description="Bandwidths of the density to choose from."
    )
    radii_m: list[Annotated[float, Field(ge=10, le=10_000)]] = Field(
        [150, 300], min_length=1, description="Radii of Gi* to choose from."
    )
    half_lives_months: list[Annotated[float, Field(gt=0, le=240)]] = Field(
        [3, 6, 12, 24], min_length=1, description="Half-lives to choose from."
    )
    reach_m: float = Field(
        400, ge=20, le=10_000, description="Reach of the space-time kernel in metres."
    )
    reaches_months: list[Annotated[float, Field(gt=0, le=240)]] = Field(
        [2, 6, 24], min_length=1, description="Reaches of that kernel in months to choose from."
    )
    fit_months: int = Field(
        24, ge=2, le=120, description="Months on which the weights of the mixture are learnt."
    )


class Rates(_Section):
    """How rates are estimated and when they are marked as shaky."""

    draws: int = Field(4000, ge=500, le=100_000, description="Posterior draws for p_top.")
    seed: int = Field(20_260_101, ge=0, description="Seed of those draws.")
    few_dwellings: int = Field(
        250, ge=0, description="Fewer dwellings than this: a remark beside the rate."
    )
    few_incidents: int = Field(
        10, ge=0, description="Fewer incidents than this: a remark beside the rank."
    )


class Sources(_Section):
    """Which source counts where more than one was delivered."""

    counts: dict[Theme, str] = Field(
        {}, description="Per theme the source of counts, where two cover the same month."
    )
    incidents: dict[Theme, str] = Field(
        {}, description="Per theme the source of incidents, where two cover the same month."
    )
    pairs: dict[Theme, Theme] = Field(
        {"youth_nuisance": "youth_reports", "alcohol_nuisance": "alcohol_reports"},
        description="Records of the police = reports of citizens on the same nuisance.",
    )
    pair_months: int = Field(
        6, ge=1, le=60, description="Months in which such a pair is compared with a year before."
    )

    @model_validator(mode="after")
    def _pairs_are_two(self) -> "Sources":
        same = [records for records, reports in self.pairs.items() if records == reports]
        if same:
            raise ValueError(f"a theme is no pair with itself: {', '.join(same)}")
        return self


class Target(_Section):
    """The city-wide yearly goal per theme."""

    goal: Literal["fall", "stable"] = Field("fall", description="Kind of goal for the theme.")
    band: Share = Field(
        0.1, description="For goal 'stable': relative change that still counts as stable."
    )


class Limits(_Section):
    """What a single delivery may hold, against mistakes and malice."""

    max_file_mb: int = Field(
        2048, ge=1, le=65_536, description="Largest file in megabytes, after unpacking."
    )
    max_rows: int = Field(20_000_000, ge=1, description="Most rows in one file.")


class Points(_Section):
    """How points are judged and kept."""

    outside_m: float = Field(
        250, ge=0, le=10_000, description="Metres outside the municipality that still count."
    )
    coarsen_m: float = Field(
        0,
        ge=0,
        le=1000,
        description="Metres of the squares to whose middle points are moved; 0 keeps them.",
    )

    def as_texts(self) -> dict[str, str]:
        """Return the parameters as texts, for the record of a delivery."""
        return {name: f"{value:g}" for name, value in self.model_dump().items()}


class Retention(_Section):
    """How long facts are kept; deleting is a command, never automatic."""

    facts_years: int = Field(
        7, ge=1, le=50, description="Years of facts that `hotspots purge` keeps."
    )


class Groups(_Section):
    """What a scan of youth groups may hold."""

    least_zone_m2: float = Field(
        10_000, ge=2500, le=10_000_000, description="Smallest zone of a group in square metres."
    )
    rounds_valid: int = Field(1, ge=1, le=8, description="Newest rounds whose zones are current.")


class CameraType(_Section):
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


class Cameras(_Section):
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


Need = Literal["by_law", "lighter_measures", "package", "consultation", "dpia", "signs"]
"""What a kind of area asks beside what every kind asks."""


class AreaKind(_Section):
    """A kind of area measure: who decides, on which ground, for how long, and what it asks."""

    title: str = Field(min_length=1, max_length=80, description="What it is called, in Dutch.")
    decider: Decider = Field(description="Who decides by law.")
    legal_basis: str = Field(
        "", max_length=500, description="Article of law; empty where the by-law alone is the basis."
    )
    by_law: str = Field("", max_length=500, description="Article of the municipality's by-law.")
    most_months: int = Field(24, ge=1, le=120, description="Longest term in months.")
    evaluation_before_end_months: int = Field(
        3, ge=0, le=24, description="Fewest months between the evaluation and the end."
    )
    check_months: int = Field(
        0, ge=0, le=24, description="Months between two reviews; 0 asks for none in between."
    )
    needs: list[Need] = Field(
        ["by_law", "lighter_measures", "signs"],
        description="What must be there beside what every kind asks.",
    )
    placements: list[CameraClass] = Field([], description="Classes of camera allowed in it.")


_BY_LAW: dict[str, Any] = {"decider": "board", "check_months": 6}
USUAL_KINDS: dict[str, dict[str, Any]] = {
    "camera_area": {
        "title": "Cameragebied",
        "decider": "mayor",
        "legal_basis": "art. 151c Gemeentewet",
        "needs": ["by_law", "lighter_measures", "package", "consultation", "dpia", "signs"],
        "placements": ["fixed", "flexible", "stadium"],
    },
    "alcohol_ban": {**_BY_LAW, "title": "Alcoholverbodsgebied"},
    "soft_drug_ban": {**_BY_LAW, "title": "Softdrugsverbod"},
    "begging_ban": {**_BY_LAW, "title": "Bedelverbod", "most_months": 12},
    "emergency_area": {
        "title": "Noodgebied", "decider": "mayor", "most_months": 12, "check_months": 12,
    },
}  # fmt: skip
"""The kinds that are there without a word in the policy; terms differ, so they are settings."""


class Designations(_Section):
    """The kinds of area that can be designated, and when what is due."""

    kinds: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,39}$")], AreaKind] = Field(
        {},
        validate_default=True,
        description="Kinds beside the usual ones; of a usual one only what differs.",
    )
    most_share: float = Field(
        0.5, gt=0, le=1, description="Share of the municipality from which an area is all of it."
    )
    evaluation_months: int = Field(
        6, ge=0, le=24, description="Months before the end at which the evaluation is due."
    )
    consultation_months: int = Field(
        3, ge=0, le=24, description="Months before the end at which the consultation is due."
    )
    decision_weeks: int = Field(
        6, ge=0, le=104, description="Weeks before the end at which decision and publication are."
    )
    signal_months: int = Field(
        3, ge=1, le=24, description="Months below the criterion that make a signal."
    )
    retention_years: int = Field(
        10, ge=1, le=100, description="Years that an ended designation is kept."
    )

    @field_validator("kinds", mode="before")
    @classmethod
    def _with_usual_kinds(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        return {
            name: {**USUAL_KINDS.get(name, {}), **given.get(name, {})}
            if isinstance(given.get(name, {}), dict)
            else given[name]
            for name in {**USUAL_KINDS, **given}
        }


class Bans(_Section):
    """When an area measure such as an alcohol ban is justified, and when it has done its work."""

    themes: dict[str, Annotated[list[Theme], Field(min_length=1)]] = Field(
        {
            "alcohol_ban": ["alcohol_nuisance", "alcohol_reports"],
            "soft_drug_ban": ["drugs_nuisance"],
            "begging_ban": ["begging", "begging_reports"],
            "emergency_area": ["drugs_nuisance", "street_robbery", "assault"],
        },
        min_length=1,
        description="Themes per kind of area; one that was not delivered is left out.",
    )
    periods: int = Field(2, ge=2, le=10, description="Years in which nuisance must be seen.")
    yardstick_share: float = Field(
        0.5, gt=0, lt=1, description="Share of what there was before that counts as need gone."
    )
    least_times: float = Field(
        3, ge=1, le=1000, description="Least level of nuisance, in times that of the city."
    )
    least_incidents: int = Field(
        10, ge=1, description="Fewer incidents than this in a year tell too little."
    )
    ring_m: float = Field(200, ge=10, le=5000, description="Width of the ring in metres.")
    core_share: Share = Field(0.9, description="Share of the incidents that a core must hold.")
    core_size: Share = Field(0.75, description="Largest share of the area that a core may take.")
    season_share: Share = Field(0.9, description="Share of the incidents that a season holds.")
    season_months: int = Field(6, ge=1, le=11, description="Longest season in months.")
    hours_share: Share = Field(0.9, description="Share of the incidents that some hours hold.")
    hours_most: int = Field(8, ge=1, le=23, description="Most hours of a day to limit to.")
    street_half_width_m: float = Field(
        8, ge=1, le=50, description="How far an area reaches beyond the middle of its streets."
    )
    lighter_measures: int = Field(
        2, ge=1, le=20, description="Fewest lighter measures that must have been tried."
    )
    lighter_months: int = Field(
        3, ge=1, le=60, description="Months that a lighter measure must have had."
    )
    align_share: Share = Field(
        0.6, description="Ground in common from which a boundary follows that of an alcohol ban."
    )
    merge_days: int = Field(
        92,
        ge=0,
        le=3660,
        description="Most days between areas that end and one that replaces them.",
    )
    school_distance_m: float = Field(
        250, ge=0, le=5000, description="Least distance of a coffee shop to a secondary school."
    )
    distance_method: Literal["straight", "walking"] = Field(
        "straight", description="How that distance is measured: as the crow flies or along streets."
    )
    concentration_m: float = Field(
        200, ge=10, le=5000, description="Coffee shops so near one another are counted together."
    )
    concentration_least: int = Field(
        5, ge=2, le=100, description="From so many together it is a concentration."
    )


class Policy(_Section):
    """All sections together."""

    priorities: Priorities = Field(default_factory=Priorities)
    hotspots: Hotspots = Field(default_factory=Hotspots)
    scan: Scan = Field(default_factory=Scan)
    trends: Trends = Field(default_factory=Trends)
    near_repeat: NearRepeat = Field(default_factory=NearRepeat)
    composite: Composite = Field(default_factory=Composite)
    backtest: Backtest = Field(default_factory=Backtest)
    rates: Rates = Field(default_factory=Rates)
    sources: Sources = Field(default_factory=Sources)
    target: Target = Field(default_factory=Target)
    limits: Limits = Field(default_factory=Limits)
    points: Points = Field(default_factory=Points)
    retention: Retention = Field(default_factory=Retention)
    groups: Groups = Field(default_factory=Groups)
    cameras: Cameras = Field(default_factory=Cameras)
    bans: Bans = Field(default_factory=Bans)
    designations: Designations = Field(default_factory=Designations)


def load_policy(path: Path | None) -> Policy:
    """Read a policy file; without one, every parameter has its default.

    Raises
    ------
    PolicyRefused
        Naming file, parameter, value and bound of everything wrong, at once.
    """
    if path is None:
        return Policy()
    remedy = "Compare the policy with the table of parameters in the README."
    content = read_toml(path, refusal=PolicyRefused, remedy=remedy)
    return policy_from(content, file=path.name)


def policy_from(content: dict[str, object], *, file: str | None = None) -> Policy:
    """Check a policy that was read from `file`; see :func:`load_policy`."""
    try:
        return Policy.model_validate(content)
    except ValidationError as refusal:
        remedy = "See the table of parameters in the README for its unit and bounds."
        raise PolicyRefused(problems_of(refusal, remedy=remedy, file=file)) from None
