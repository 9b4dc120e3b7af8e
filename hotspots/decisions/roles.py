"""Who may do what: one table of roles and acts.

The web only says who somebody is and in which role; what the role may do is said here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hotspots.errors import Problem, RoleRefused
from hotspots.register import Act, Decider, Role

DECIDES: Mapping[Decider, Role] = MappingProxyType(
    {"mayor": "mayor_office", "board": "board", "council": "board", "triangle": "triangle"}
)
"""In which role the decisions of a body are written down."""

_PREPARES: frozenset[Role] = frozenset({"analyst", "planner", "mayor_office", "board"})
_OFFICES: frozenset[Role] = frozenset({"mayor_office", "board"})
_ADVISES: frozenset[Role] = frozenset({"triangle", "vlo", "mayor_office", "board"})
_PLACES: frozenset[Role] = frozenset({"planner", "mayor_office"})
_CHOOSES: frozenset[Role] = frozenset({"triangle", "mayor_office", "board"})
_ACTS: frozenset[Role] = frozenset({"planner", "vlo", "mayor_office", "board"})
_ALL: frozenset[Role] = frozenset(
    {"analyst", "planner", "triangle", "mayor_office", "board", "vlo"}
)

ALLOWED: Mapping[Act, frozenset[Role]] = MappingProxyType({
    "draft": _PREPARES, "amend": _PREPARES,
    "ask_advice": _OFFICES, "receive_advice": _ADVISES,
    "decide": _OFFICES | {"triangle"}, "publish": _OFFICES | {"triangle"},
    "extend": _OFFICES | {"triangle"}, "shrink": _OFFICES | {"triangle"},
    "withdraw": _OFFICES | {"triangle"},
    "object": _OFFICES, "resolve_objection": _OFFICES,
    "suspend": _OFFICES, "lift_suspension": _OFFICES, "annul": _OFFICES,
    "place": _PLACES, "move": _PLACES, "remove": _PLACES,
    "review": _PREPARES | {"vlo"},
    "signal": frozenset({"analyst", "planner"}), "answer": _OFFICES | {"triangle"},
    "choose": _CHOOSES,
    "plan_action": _ACTS, "report_action": _ACTS,
    "enter_into_force": _ALL, "evaluation_due": _ALL, "expire": _ALL,
    "delete": _OFFICES,
})  # fmt: skip
"""The roles that may do an act; `public` may do none."""

BY_DECIDER: frozenset[Act] = frozenset(
    {"decide", "publish", "extend", "shrink", "withdraw", "answer"}
)
"""Acts of the body that decides on the record, and of no other."""


def require_role(role: Role, act: Act, *, decider: Decider | None = None) -> None:
    """Refuse an act that a role may not do.

    Parameters
    ----------
    role, act
        In which role somebody does what.
    decider
        The body that decides on the record; its acts are for its own role.

    Raises
    ------
    RoleRefused
        Naming the roles that may.
    """
    may = ALLOWED[act]
    if decider is not None and act in BY_DECIDER:
        may = may & {DECIDES[decider]}
    if role not in may:
        raise RoleRefused(
            Problem(
                f"In the role {role} nobody may {act.replace('_', ' ')} here (table of roles; "
                "art. 10:1 Awb, who decides by mandate).",
                f"Act in one of these roles: {', '.join(sorted(may))}.",
                value=role,
            )
        )
