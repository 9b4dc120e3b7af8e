"""What may come in, how precise it is kept, and for how long."""

from pydantic import Field

from hotspots.policy.section import Section


class Limits(Section):
    """What a single delivery may hold, against mistakes and malice."""

    max_file_mb: int = Field(
        2048, ge=1, le=65_536, description="Largest file in megabytes, after unpacking."
    )
    max_rows: int = Field(20_000_000, ge=1, description="Most rows in one file.")


class Points(Section):
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


class Retention(Section):
    """How long facts are kept; deleting is a command, never automatic."""

    facts_years: int = Field(
        7, ge=1, le=50, description="Years of facts that `hotspots purge` keeps."
    )


class Groups(Section):
    """What a scan of youth groups may hold."""

    least_zone_m2: float = Field(
        10_000, ge=2500, le=10_000_000, description="Smallest zone of a group in square metres."
    )
    rounds_valid: int = Field(1, ge=1, le=8, description="Newest rounds whose zones are current.")
