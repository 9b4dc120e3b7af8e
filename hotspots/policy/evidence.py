"""How hotspots are searched for, followed in time, brought together and proven."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from hotspots.policy.section import Section
from hotspots.schemas import Theme

Layer = Literal["clusters", "scan", "near_repeat", "support"]
"""A layer of the evidence that is made on request, for it takes longer than the others."""


class Hotspots(Section):
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


class Scan(Section):
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


class Trends(Section):
    """How the course of a place is followed."""

    step_months: int = Field(3, ge=1, le=12, description="Months in a step.")
    steps: int = Field(12, ge=4, le=60, description="Steps up to the cut-off date.")


class NearRepeat(Section):
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


class Composite(Section):
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


class Backtest(Section):
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
