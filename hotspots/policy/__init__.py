"""The municipality's parameters: each with its unit, its bounds and its reason.

A policy is a TOML file with the sections below; whatever it leaves out keeps the default shown
in the README. Unknown keys and values out of bounds are refused, all at once. A run freezes the
policy that it used, so that every figure can be traced to it.
"""

from pathlib import Path

from pydantic import Field, ValidationError

from hotspots.errors import PolicyRefused, problems_of
from hotspots.policy.cameras import Cameras
from hotspots.policy.evidence import Backtest, Composite, Hotspots, NearRepeat, Scan, Trends
from hotspots.policy.intake import Groups, Limits, Points, Retention
from hotspots.policy.measures import Bans, Designations
from hotspots.policy.monitor import Monitor
from hotspots.policy.publication import Publication
from hotspots.policy.ranking import Priorities, Rates, Sources, Target
from hotspots.policy.section import Section
from hotspots.textfiles import read_toml


class Policy(Section):
    """All sections together."""

    priorities: Priorities = Field(default_factory=Priorities)
    hotspots: Hotspots = Field(default_factory=Hotspots)
    scan: Scan = Field(default_factory=Scan)
    trends: Trends = Field(default_factory=Trends)
    near_repeat: NearRepeat = Field(default_factory=NearRepeat)
    composite: Composite = Field(default_factory=Composite)
    backtest: Backtest = Field(default_factory=Backtest)
    rates: Rates = Field(default_factory=Rates)
    sources: Sources = Field(default_factory=Sources)
    target: Target = Field(default_factory=Target)
    limits: Limits = Field(default_factory=Limits)
    points: Points = Field(default_factory=Points)
    retention: Retention = Field(default_factory=Retention)
    groups: Groups = Field(default_factory=Groups)
    cameras: Cameras = Field(default_factory=Cameras)
    bans: Bans = Field(default_factory=Bans)
    designations: Designations = Field(default_factory=Designations)
    publication: Publication = Field(default_factory=Publication)
    monitor: Monitor = Field(default_factory=Monitor)


def load_policy(path: Path | None) -> Policy:
    """Read a policy file; without one, every parameter has its default.

    Raises
    ------
    PolicyRefused
        Naming file, parameter, value and bound of everything wrong, at once.
    """
    if path is None:
        return Policy()
    remedy = "Compare the policy with the table of parameters in the README."
    content = read_toml(path, refusal=PolicyRefused, remedy=remedy)
    return policy_from(content, file=path.name)


def policy_from(content: dict[str, object], *, file: str | None = None) -> Policy:
    """Check a policy that was read from `file`; see :func:`load_policy`."""
    try:
        return Policy.model_validate(content)
    except ValidationError as refusal:
        remedy = "See the table of parameters in the README for its unit and bounds."
        raise PolicyRefused(problems_of(refusal, remedy=remedy, file=file)) from None
