"""What the public may see: of figures, of designations, and from when."""

from typing import Annotated, Literal

from pydantic import Field

from hotspots.policy.section import Section
from hotspots.schemas import Theme

PublicLevel = Literal["municipality", "stadsdeel", "wijk"]
"""A level at which figures may be public; smaller areas would tell of single streets."""

PublicField = Literal[
    "legal_basis", "decider", "goal", "criterion", "package", "lighter_measures", "start", "end",
    "hours", "season", "watched", "evaluation_on", "dpia_reference", "signs_on", "decided_on",
    "published_on", "publication", "extended", "ended_on", "follows",
]  # fmt: skip
"""What a municipality may make public of a designation beside its name, kind and state.

The rest is never public, whatever a policy says: the run and the advice that a decision rests
on, what was said in a consultation, and the role of the police.
"""


class Publication(Section):
    """Thresholds of public figures, and what of a designation is public."""

    least_shown: int = Field(
        5, ge=2, le=100, description="Smallest count that is shown; 1 up to it are hidden."
    )
    round_to: int = Field(5, ge=1, le=100, description="Counts are rounded to a multiple of this.")
    secondary: bool = Field(
        True, description="Whether more is hidden, so that no sum tells what is."
    )
    level: PublicLevel = Field(
        "stadsdeel", description="Smallest areas of which figures are shown."
    )
    years: int = Field(7, ge=1, le=20, description="Whole years of which figures are shown.")
    groups: dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$")],
        Annotated[list[Theme], Field(min_length=1)],
    ] = Field(
        {
            "burglary": ["burglary", "shed_burglary", "business_burglary"],
            "theft": [
                "bicycle_theft", "scooter_theft", "theft_from_vehicle", "vehicle_theft",
                "pickpocketing", "shoplifting",
            ],
            "violence": ["assault", "threat", "street_robbery", "commercial_robbery"],
            "vandalism": ["vandalism"],
            "nuisance": [
                "alcohol_nuisance", "drugs_nuisance", "nightlife_nuisance", "youth_nuisance",
            ],
            "reports": ["alcohol_reports", "youth_reports"],
        },
        description="Themes per group; one that was not delivered is left out.",
    )  # fmt: skip
    kinds: list[str] = Field([], description="Kinds of area that are shown; empty means every one.")
    fields: list[PublicField] = Field(
        [
            "legal_basis", "decider", "goal", "criterion", "package", "lighter_measures", "start",
            "end", "hours", "season", "watched", "evaluation_on", "dpia_reference", "signs_on",
            "decided_on", "published_on", "publication", "extended", "ended_on", "follows",
        ],
        description="What is told of a designation beside its name, kind and state.",
    )  # fmt: skip
    after_days: int = Field(
        0, ge=0, le=365, description="Days after its publication that an area is shown."
    )
    figures_after_days: int = Field(
        0, ge=0, le=365, description="Days after a run was made that its figures are public."
    )
    objection_weeks: int = Field(
        6, ge=1, le=26, description="Weeks after publication in which one may object."
    )

    def is_small(self, count: int) -> bool:
        """Return whether a count is too small to be shown; zero tells of nobody and never is."""
        return 0 < count < self.least_shown

    def rounded(self, count: int) -> int:
        """Return a count that may be shown, rounded half up; none but zero is rounded to zero."""
        nearest = (2 * count + self.round_to) // (2 * self.round_to) * self.round_to
        return max(nearest, self.round_to) if count else 0
