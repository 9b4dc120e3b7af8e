"""The kinds of area that can be designated: entries of the policy, never code."""

from hotspots.errors import InputRefused, Problem
from hotspots.policy import Policy
from hotspots.policy.measures import AreaKind


def kind_of(policy: Policy, name: str) -> AreaKind:
    """Return the entry of a kind of area.

    Raises
    ------
    InputRefused
        When the policy knows no such kind.
    """
    found = policy.designations.kinds.get(name)
    if found is None:
        known = ", ".join(sorted(policy.designations.kinds))
        raise InputRefused(
            Problem(
                "The policy knows no such kind of area.",
                f"Choose one of: {known}; or write [designations.kinds.NAME] in the policy.",
                column="kind",
                value=name[:80],
            )
        )
    return found


def basis_of(kind: AreaKind) -> str:
    """Return the legal basis of a kind as a text: article of law, article of the by-law."""
    return "; ".join(text for text in (kind.legal_basis, kind.by_law) if text)
