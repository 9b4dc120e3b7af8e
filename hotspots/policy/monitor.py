"""The half-year monitor of the district safety meetings."""

from pydantic import Field

from hotspots.policy.section import Section


class Monitor(Section):
    """What a half-year of a stadsdeel is compared with."""

    years: int = Field(
        3, ge=1, le=10, description="Most years before of which the same half-year is compared."
    )
