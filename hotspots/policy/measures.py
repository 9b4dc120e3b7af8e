"""Area measures: their kinds, terms and yardsticks."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from hotspots.policy.section import Section, Share
from hotspots.register import Decider
from hotspots.schemas import CameraClass, Theme

Need = Literal["by_law", "lighter_measures", "package", "consultation", "dpia", "signs"]
"""What a kind of area asks beside what every kind asks."""


class AreaKind(Section):
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
    consultation_with: list[Annotated[str, Field(min_length=2, max_length=80)]] = Field(
        [], description="Who must have been consulted: one of these names stands in with_whom."
    )
    placements: list[CameraClass] = Field([], description="Classes of camera allowed in it.")


_BY_LAW: dict[str, Any] = {"decider": "board", "check_months": 6}


USUAL_KINDS: dict[str, dict[str, Any]] = {
    "camera_area": {
        "title": "Cameragebied",
        "decider": "mayor",
        "legal_basis": "art. 151c Gemeentewet",
        "needs": ["by_law", "lighter_measures", "package", "consultation", "dpia", "signs"],
        "consultation_with": ["officier van justitie"],
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


class Designations(Section):
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


class Bans(Section):
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
    residents_per_dwelling: float = Field(
        2.1, ge=0.5, le=10, description="Mean household: residents are told as so many a dwelling."
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
    sight_m: float = Field(
        100, ge=10, le=1000, description="Farthest that a coffee shop is seen from a door."
    )
    concentration_m: float = Field(
        200, ge=10, le=5000, description="Coffee shops so near one another are counted together."
    )
    concentration_least: int = Field(
        5, ge=2, le=100, description="From so many together it is a concentration."
    )
