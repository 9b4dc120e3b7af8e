"""Who writes in Duinstad's register, when, and with what in hand."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone

from data.duinstad.lives import Area
from data.duinstad.posted import Posts
from hotspots.decisions.acting import Acting
from hotspots.decisions.roles import DECIDES
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.designations import Counted, municipality, pinned
from hotspots.policy import Policy
from hotspots.register import Role
from hotspots.store.register.register import Register
from hotspots.store.runs import Run

PEOPLE: dict[Role, str] = {
    "analyst": "L. Aalbers",
    "planner": "S. van Wierden",
    "triangle": "P. Hoogland",
    "mayor_office": "R. Terpstra",
    "board": "M. Okkerse",
    "vlo": "T. Brouwershaven",
}
"""Invented persons, one in each role."""
TAKEN_OVER = date(2026, 1, 5)
"""The day on which the paper files were taken over."""
FROM_PAPER = "Overgenomen uit het papieren dossier bij de start van het register"
AS_IT_WAS_DONE = "Vastgelegd op de dag zelf"
ZONE = timezone(timedelta(hours=1))
BETWEEN = timedelta(seconds=10)
"""Time between two entries of the audit trail."""


@dataclass
class Desk:
    """The register, the run that decisions rest on, and a clock of its own.

    What was done before the register was there is written down on the day of the taking over;
    what was done since on its own day.
    """

    register: Register
    run: Run
    policy: Policy
    posts: Posts
    at: datetime = field(default=datetime.combine(TAKEN_OVER, time(9), ZONE))

    def __post_init__(self) -> None:
        current = Current(self.run.workspace)
        self.evidence = pinned(self.run)
        self.city = municipality(self.run.workspace)
        self.counted = Counted(current, self.policy, self.run.record.until)
        self.delivered = {theme for each in current.deliveries for theme in each.themes}

    def by(self, role: Role, on: date, reason: str = "") -> Acting:
        """Return somebody who did something on a day, and writes it down after what was before.

        Without a reason of its own it says whether it was taken over or written as it was done.
        """
        opened = datetime.combine(max(on, TAKEN_OVER), time(9), ZONE)
        self.at = max(self.at + BETWEEN, opened)
        return Acting(
            actor=PEOPLE[role],
            role=role,
            reason=reason or (FROM_PAPER if on <= TAKEN_OVER else AS_IT_WAS_DONE),
            at=self.at,
            on=on,
            run_id=self.run.record.id,
        )

    def decider(self, kind: str) -> Role:
        """Return the role of the body that decides on a kind of area."""
        return DECIDES[self.policy.designations.kinds[kind].decider]

    def with_counts(self, area: Area) -> Area:
        """Return an area with the incidents in it, by the themes that were delivered."""
        themes = tuple(each for each in area.themes if each in self.delivered)
        counts = self.counted.within(area.shape, themes) if themes else {}
        return replace(area, themes=themes, incidents=counts)
