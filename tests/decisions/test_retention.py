"""What is deleted after its term of retention, and what stays."""

from datetime import date

import pytest

from hotspots.decisions import actions, designations, placements
from hotspots.decisions.retention import over, purge
from hotspots.errors import NotFound, RoleRefused
from hotspots.store.register.register import Register
from tests.decisions.files import POLICY, by, camera, drafted, published

LATER = date(2036, 5, 2)


def test_what_ended_ten_years_ago_goes_and_the_deed_stays(either: Register) -> None:
    old = published(either)
    placements.place(either, old.id, camera(), by(date(2026, 4, 2), "planner"), POLICY)
    event = {"kind": "event", "name": "Kermis", "start": date(2026, 4, 27), "designation": old.id}
    actions.plan_action(either, event, by(date(2026, 4, 3), "planner"))
    designations.withdraw(either, old.id, by(date(2026, 5, 1)))
    runs_out = published(either)
    unfinished = drafted(either)
    assert over(either, POLICY, on=date(2036, 5, 1)) == []
    with pytest.raises(RoleRefused):
        purge(either, by(LATER, "planner"), POLICY)
    assert [each.id for each in purge(either, by(LATER), POLICY)] == [old.id]
    with pytest.raises(NotFound, match="was deleted"):
        either.designation(old.id)
    assert either.placements(old.id) == []
    assert [each.designation for each in either.actions()] == [None]
    assert {each.id for each in either.designations()} == {runs_out.id, unfinished.id}
    assert either.trail(old.id)[-1].act == "delete"
    assert either.verify() == []
    assert [each.id for each in over(either, POLICY, on=date(2037, 4, 2))] == [runs_out.id]


def test_what_is_followed_stays_as_long_as_what_follows(either: Register) -> None:
    first = drafted(either)
    designations.withdraw(either, first.id, by(date(2026, 3, 1)))
    second = drafted(either, follows=first.id)
    assert purge(either, by(LATER), POLICY) == []
    designations.withdraw(either, second.id, by(date(2026, 4, 1)))
    assert {each.id for each in purge(either, by(LATER), POLICY)} == {first.id, second.id}
    assert either.designations() == []
