"""Which day it is: one clock for what is told of the register, and for what is written in it.

Sessions, limits, jobs, runs and the log are about this machine, and keep its own time.
"""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request

from hotspots.errors import Problem, SettingsRefused
from hotspots.store.workspace import Workspace


class Clock:
    """The present moment; or, in a demo that lives on one day, that day at the present time of day.

    Such a demo has the same day again tomorrow, so that an entry of its audit trail may bear an
    earlier time than the one before it. Entries are in order of their number, never of time.

    Parameters
    ----------
    demo_day
        Local day on which it always is.
    """

    def __init__(self, demo_day: date | None = None) -> None:
        self.demo_day = demo_day

    def now(self) -> datetime:
        """Return the moment, in the zone of this machine."""
        now = datetime.now().astimezone()
        if self.demo_day is None:
            return now
        # Of its own season: the offset of today is not that of every day.
        return datetime.combine(self.demo_day, now.time()).astimezone()


def clock_for(workspace: Workspace, demo_day: date | None) -> Clock:
    """Return the clock for a workspace.

    Raises
    ------
    SettingsRefused
        When the register of a real municipality would be told and written as on another day.
    """
    if demo_day is not None and not workspace.demo:
        raise SettingsRefused(
            Problem(
                "Only a workspace that is a demo lives on a day of its own.",
                "Leave the setting out, or serve a workspace that was made with init --demo.",
                column="HOTSPOTS_DEMO_DAY",
                value=demo_day.isoformat(),
            )
        )
    return Clock(demo_day)


async def now_of(request: Request) -> datetime:
    """Return the moment of a request, by the clock of the app."""
    clock: Clock = request.app.state.clock
    return clock.now()


Now = Annotated[datetime, Depends(now_of)]
