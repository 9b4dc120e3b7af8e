"""Whoever asks something of the server, and in which role."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from hotspots.register import Role


class User(BaseModel):
    """Somebody who is signed in, or the public."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: str = Field(description="Name that the audit trail shows; empty for the public.")
    role: Role
    stadsdeel: str | None = Field(None, description="The city district of a VLO.")

    @property
    def signed_in(self) -> bool:
        """Whether it is known who this is."""
        return self.role != "public"


PUBLIC = User(name="", role="public")
"""Whoever did not sign in."""


async def user_of(request: Request) -> User:
    """Return who asks, as the access layer found out before the request was read."""
    user: User = request.state.user
    return user


Asking = Annotated[User, Depends(user_of)]
