"""What the file of a designation still lacks."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from hotspots.decisions import rules
from hotspots.decisions.demands import Ground, against_deciding, lacking
from hotspots.decisions.kinds import kind_of
from hotspots.policy import Policy
from hotspots.policy.measures import AreaKind
from hotspots.register import Designation

NeededFor = Literal["decision", "effect", "placement", "good_file"]
"""What an item is needed for; `good_file` is what a reader will look for."""

_ALWAYS = (
    rules.BOUNDARY, rules.WHOLE, rules.GOAL, rules.CRITERION, rules.BASELINE, rules.EVIDENCE,
    rules.TERM, rules.MOST_MONTHS, rules.EVALUATION, rules.LEGAL_BASIS, rules.DECIDER,
)  # fmt: skip
_BY_NEED = {
    "by_law": rules.BY_LAW,
    "lighter_measures": rules.LIGHTER,
    "package": rules.PACKAGE,
    "consultation": rules.CONSULTATION,
    "dpia": rules.DPIA,
}


_NO_CAMERAS = {
    rules.TERM.code: "by-law",
    rules.CONSULTATION.code: "policy: needs of the kind",
    rules.CONSULTED_WHOM.code: "policy: consultation_with of the kind",
    rules.SIGNS.code: "policy: needs of the kind",
    rules.BY_LAW.code: "art. 149 Gemeentewet",
    rules.UNKNOWN_WHOLE.code: "art. 3:4 Awb; policy: most_share",
}
"""Where an item comes from in an area without cameras: art. 151c Gemeentewet is about cameras."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that must be, or had better be, in a file."""

    code: str
    text: str
    source: str
    needed_for: NeededFor
    done: bool


def checklist(designation: Designation, policy: Policy, ground: Ground, *, on: date) -> list[Item]:
    """Return every item that the kind of area asks, with whether it is there.

    Parameters
    ----------
    designation
        As it was last written.
    policy
        With what its kind asks.
    ground
        Its area and the municipality.
    on
        Today; of a decided designation its day of decision counts.
    """
    d, kind = designation, kind_of(policy, designation.kind)
    share = policy.designations.most_share
    if d.decided_on is None:
        broken = against_deciding(d, kind, ground, on=on, most_share=share)
    else:
        broken = lacking(d, kind, ground)  # its days were judged when it was decided
    open_ = {each.rule.code for each in broken}
    if d.end is None or d.start is None:
        open_ |= {rules.MOST_MONTHS.code, rules.EVALUATION.code}
    asked = [*_ALWAYS, *(_BY_NEED[need] for need in kind.needs if need in _BY_NEED)]
    if kind.consultation_with:
        asked.append(rules.CONSULTED_WHOM)
        open_ |= {rules.CONSULTED_WHOM.code} if d.consultation is None else set()
    if ground.area is None:
        open_.add(rules.WHOLE.code)
    unknown = ground.area is not None and ground.share() is None
    return [
        Item(rule.code, rule.text, _source(rule, kind), "decision", rule.code not in open_)
        for rule in asked
        if rule is not rules.WHOLE or not unknown
    ] + _beside(d, kind, unknown_whole=unknown)


def _source(rule: rules.Rule, kind: AreaKind) -> str:
    return rule.source if kind.placements else _NO_CAMERAS.get(rule.code, rule.source)


def _beside(d: Designation, kind: AreaKind, *, unknown_whole: bool) -> list[Item]:
    """Return the items that a decision can do without."""
    published = Item(
        rules.PUBLISHED.code, rules.PUBLISHED.text, rules.PUBLISHED.source, "effect",
        d.published_on is not None,
    )  # fmt: skip
    items = [published]
    if unknown_whole:
        rule = rules.UNKNOWN_WHOLE
        items.append(Item(rule.code, rule.text, _source(rule, kind), "good_file", done=False))
    if "signs" in kind.needs:
        text = "Signs make the area known to everyone who enters it"
        needed: NeededFor = "placement" if kind.placements else "good_file"
        items.append(
            Item(rules.SIGNS.code, text, _source(rules.SIGNS, kind), needed, d.signs_on is not None)
        )
    given = d.advice is not None and d.advice.given_on is not None
    items.append(
        Item("advice", "The advice that was asked has been given", "art. 3:6 Awb", "good_file",
             given)
    )  # fmt: skip
    if kind.placements:
        items += [
            Item("live_viewing", "The period of live viewing is set", "art. 151c Gemeentewet",
                 "good_file", bool(d.watched)),
            Item("police_role", "The role of the police is described", "art. 151c Gemeentewet",
                 "good_file", bool(d.police_role)),
        ]  # fmt: skip
    return items
