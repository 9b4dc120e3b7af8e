"""What may be asked of a run from elsewhere: what the command line offers, without its files."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from hotspots.schemas import Level

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(given: object) -> object:
    """Read a date as JSON writes it; nothing else passes for one."""
    if isinstance(given, str) and _DAY.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    if given is None or isinstance(given, date):
        return given
    raise PydanticCustomError("day", "A date is written as YYYY-MM-DD, such as 2025-12-31.")


Day = Annotated[date, BeforeValidator(_day), Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]
"""A day as a text of JSON."""


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    until: Day | None = Field(None, description="Cut-off date; the last delivered day by default.")

    @property
    def content(self) -> dict[str, JsonValue]:
        """What is asked beside the kind, as a job keeps it."""
        content: dict[str, JsonValue] = self.model_dump(
            mode="json", exclude={"kind"}, exclude_defaults=True
        )
        return content


class YearlyRequest(_Request):
    """The yearly analysis: `hotspots run`."""

    kind: Literal["run"] = "run"


class CamerasRequest(_Request):
    """A camera plan: `hotspots cameras plan`."""

    kind: Literal["cameras"] = "cameras"
    budget: int | None = Field(
        None, ge=1, le=1000, description="Most cameras; as many as are flexible by default."
    )
    area: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]{1,40}$",
        description="Code of the area in which cameras may stand; by default the camera areas of "
        "the register.",
    )
    level: Level | None = Field(
        None, description="Level of that area, where several levels have its code."
    )
    everywhere: bool = Field(
        False, description="In the whole study area, also where the register holds camera areas."
    )


class BansRequest(_Request):
    """A review of the area measures in the register: `hotspots bans review`."""

    kind: Literal["bans"] = "bans"


RunRequest = Annotated[YearlyRequest | CamerasRequest | BansRequest, Field(discriminator="kind")]
"""A run that may be asked for; its kind says what else it takes."""
