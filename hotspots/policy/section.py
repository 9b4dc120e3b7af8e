"""What every section of a policy is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A section: unknown keys and values out of bounds are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
