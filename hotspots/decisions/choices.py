"""What is chosen for a year from a proposal; every deviation has its reason."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from hotspots.decisions.acting import Acting, checked, doing, only
from hotspots.decisions.roles import DECIDES
from hotspots.decisions.rules import DEVIATION, KNOWN_AREA, Broken, refuse
from hotspots.errors import Problem, RoleRefused
from hotspots.register import Choice, Evidence
from hotspots.store.register.register import Register

WRITTEN = frozenset({"year", "kind", "theme", "level", "decider", "consultation"})
"""Fields of a choice that a person writes, beside the areas chosen and the reasons."""


class Proposed(NamedTuple):
    """An area in a proposal: its code and name, its rank, and whether it was proposed."""

    code: str
    name: str
    rank: int | None
    is_proposed: bool


def choose(
    register: Register,
    content: Mapping[str, Any],
    acting: Acting,
    *,
    proposal: Sequence[Proposed],
    chosen: Sequence[str],
    reasons: Mapping[str, str],
    evidence: Evidence | None = None,
    file: str | None = None,
) -> Choice:
    """Write down what was chosen from a proposal, on `acting.on`.

    Parameters
    ----------
    content
        Fields of :data:`WRITTEN`.
    acting
        Who does it, in the role of the decider.
    proposal
        Every area that could be chosen.
    chosen
        Codes of the areas chosen.
    reasons
        Code -> why the choice deviates from the proposal there.
    evidence
        The run that made the proposal.
    file
        Where the content comes from.

    Raises
    ------
    StepRefused
        Naming every area without its reason, and every code that is not in the proposal.
    """
    given = only(content, WRITTEN, file=file)
    known = {each.code for each in proposal}
    wanted = set(chosen)
    found = acting.against_day()
    for code in sorted((wanted | reasons.keys()) - known):
        found.append(Broken(KNOWN_AREA, field="chosen", value=code))
    for each in unexplained(proposal, chosen=wanted, reasons=reasons):
        found.append(Broken(DEVIATION, field="reasons", value=f"{each.code} {each.name}"))
    refuse(found)
    areas = [
        {
            "code": each.code,
            "name": each.name,
            "proposed_rank": each.rank,
            "proposed": each.is_proposed,
            "chosen": each.code in wanted,
            "reason": reasons.get(each.code, ""),
        }
        for each in proposal
        if each.is_proposed or each.code in wanted or each.code in reasons
    ]
    with doing(register, "choose", acting) as change:
        fields = {
            "id": change.new_id("choice", int(given.get("year", acting.on.year))),
            "decided_on": acting.on,
            "areas": areas,
            "evidence": evidence,
            "reason": acting.reason,
        }
        made = checked(Choice, given | fields, file=file)
        if DECIDES[made.decider] != acting.role:
            raise RoleRefused(
                Problem(
                    f"The {made.decider} decides on this choice (table of roles).",
                    f"Act in the role {DECIDES[made.decider]}.",
                    value=acting.role,
                )
            )
        return change.put(made)


def unexplained(
    proposal: Sequence[Proposed], *, chosen: Collection[str], reasons: Mapping[str, str]
) -> list[Proposed]:
    """Return the areas where a choice deviates from the proposal without a reason."""
    return [
        each
        for each in proposal
        if each.is_proposed != (each.code in chosen) and not reasons.get(each.code, "").strip()
    ]
