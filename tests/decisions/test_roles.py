"""Who may do what: every role and every act, both ways."""

from typing import get_args

import pytest

from hotspots.decisions.roles import ALLOWED, require_role
from hotspots.errors import RoleRefused
from hotspots.register import Act, Decider, Role

ROLES = ["analyst", "planner", "triangle", "mayor_office", "board", "vlo", "public"]

# In the order above, for a record that no body has decided on: x = may.
TABLE: dict[Act, str] = {
    "draft":             "xx.xx..",
    "amend":             "xx.xx..",
    "ask_advice":        "...xx..",
    "receive_advice":    "..xxxx.",
    "decide":            "..xxx..",
    "publish":           "..xxx..",
    "enter_into_force":  "xxxxxx.",
    "evaluation_due":    "xxxxxx.",
    "extend":            "..xxx..",
    "shrink":            "..xxx..",
    "withdraw":          "..xxx..",
    "expire":            "xxxxxx.",
    "object":            "...xx..",
    "resolve_objection": "...xx..",
    "suspend":           "...xx..",
    "lift_suspension":   "...xx..",
    "annul":             "...xx..",
    "place":             ".x.x...",
    "move":              ".x.x...",
    "remove":            ".x.x...",
    "review":            "xx.xxx.",
    "signal":            "xx.....",
    "answer":            "..xxx..",
    "choose":            "..xxx..",
    "plan_action":       ".x.xxx.",
    "report_action":     ".x.xxx.",
    "delete":            "...xx..",
}  # fmt: skip
DECIDING: list[Act] = ["decide", "publish", "extend", "shrink", "withdraw", "answer"]
OFFICE: dict[Decider, Role] = {
    "mayor": "mayor_office", "board": "board", "council": "board", "triangle": "triangle",
}  # fmt: skip


def may(role: Role, act: Act, decider: Decider | None = None) -> bool:
    """Whether a role may do an act."""
    try:
        require_role(role, act, decider=decider)
    except RoleRefused:
        return False
    return True


def test_every_act_and_role_is_in_the_tables() -> None:
    assert set(get_args(Act)) == ALLOWED.keys() == TABLE.keys()
    assert list(get_args(Role)) == ROLES


@pytest.mark.parametrize("act", TABLE)
def test_each_role_may_do_what_the_table_says_and_no_more(act: Act) -> None:
    assert "".join("x" if may(role, act) else "." for role in get_args(Role)) == TABLE[act]


@pytest.mark.parametrize("act", DECIDING)
@pytest.mark.parametrize("decider", OFFICE)
def test_only_the_body_that_decides_takes_its_decisions(act: Act, decider: Decider) -> None:
    assert [role for role in get_args(Role) if may(role, act, decider)] == [OFFICE[decider]]


def test_the_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(RoleRefused, match="Act in one of these roles: mayor_office"):
        require_role("board", "decide", decider="mayor")
