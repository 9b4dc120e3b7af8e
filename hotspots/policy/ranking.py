"""How areas are ranked, from which sources, towards which goal."""

from typing import Literal

from pydantic import Field, model_validator

from hotspots.policy.section import Section, Share
from hotspots.schemas import Level, Theme


class Priorities(Section):
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


class Rates(Section):
    """How rates are estimated and when they are marked as shaky."""

    draws: int = Field(4000, ge=500, le=100_000, description="Posterior draws for p_top.")
    seed: int = Field(20_260_101, ge=0, description="Seed of those draws.")
    few_dwellings: int = Field(
        250, ge=0, description="Fewer dwellings than this: a remark beside the rate."
    )
    few_incidents: int = Field(
        10, ge=0, description="Fewer incidents than this: a remark beside the rank."
    )


class Sources(Section):
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


class Target(Section):
    """The city-wide yearly goal per theme."""

    goal: Literal["fall", "stable"] = Field("fall", description="Kind of goal for the theme.")
    band: Share = Field(
        0.1, description="For goal 'stable': relative change that still counts as stable."
    )
