"""The register as the app has it: opened when it is first asked for, closed when the app stops.

A page or a route asks for it with :data:`Registered`, for the policy that its rules come from with
:data:`Ruled`, and says who acts with :func:`acting_of`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from api.identity.user import User
from api.settings import Settings
from hotspots.decisions.acting import Acting
from hotspots.policy import Policy, load_policy
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import Workspace, open_workspace


class Opening:
    """The register of a workspace, its policy, and its folder; each is opened once.

    Parameters
    ----------
    settings
        Where the workspace is, and the database and the policy if they are elsewhere.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._register: Register | None = None

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace whose decisions these are."""
        return open_workspace(self._settings.workspace)

    @cached_property
    def policy(self) -> Policy:
        """The policy of the municipality, or the usual one."""
        return load_policy(self._settings.policy)

    def register(self) -> Register:
        """Return the opened register; many threads may use it at once.

        Raises
        ------
        RegisterRefused
            When its database cannot be reached, or has another schema.
        """
        with self._lock:
            if self._register is None:
                self._register = open_register(self.workspace, self._settings.database_url)
            return self._register

    def close(self) -> None:
        """Let go of the database; it is opened again when it is asked for."""
        with self._lock:
            if self._register is not None:
                self._register.close()
                self._register = None


@asynccontextmanager
async def closing(app: FastAPI) -> AsyncIterator[None]:
    """Close the register when the app stops."""
    yield
    opening: Opening = app.state.register
    opening.close()


def opening_of(request: Request) -> Opening:
    """Return what the app has opened, or will."""
    opening: Opening = request.app.state.register
    return opening


def register_of(request: Request) -> Register:
    """Return the register of the app."""
    return opening_of(request).register()


def policy_of(request: Request) -> Policy:
    """Return the policy by which the app judges steps in the register."""
    return opening_of(request).policy


def workspace_of(request: Request) -> Workspace:
    """Return the workspace to which the register belongs."""
    return opening_of(request).workspace


Registered = Annotated[Register, Depends(register_of)]
Ruled = Annotated[Policy, Depends(policy_of)]
Housed = Annotated[Workspace, Depends(workspace_of)]


def acting_of(
    user: User,
    reason: str,
    at: datetime,
    on: date | None = None,
    run_id: str | None = None,
    seen: int | None = None,
) -> Acting:
    """Return a user who acts.

    Parameters
    ----------
    user
        Whoever is signed in: name and role come from there, never from what was sent.
    reason
        Why.
    at
        The moment, in the local zone.
    on
        Local day on which it was done; that of the moment when absent.
    run_id
        The run that it rests on.
    seen
        The version that the user looked at.
    """
    return Acting(
        actor=user.name,
        role=user.role,
        reason=reason,
        at=at,
        on=on or at.date(),
        run_id=run_id,
        seen=seen,
    )
