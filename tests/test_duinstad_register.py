"""Duinstad's register, of a city with an unseen seed: lawful, the same again, and worth a look."""

import json
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.duinstad.decided import LIVE, write_register
from data.duinstad.desk import FROM_PAPER, PEOPLE, Desk
from data.duinstad.lives import LEAST_MONTHS, terms
from data.duinstad.posted import Posts
from hotspots.decisions.deadlines import due_within
from hotspots.decisions.lifecycle import has_effect, standing
from hotspots.decisions.terms import add_months
from hotspots.pipeline.deadlines import all_due
from hotspots.policy import load_policy
from hotspots.store.register.register import Register, open_register
from hotspots.store.workspace import open_workspace
from tests.decisions.lawful import NEXT
from tests.scored_city import Scored

DAY = date(2026, 1, 31)
DAYS = st.dates(date(2018, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(1, 3650), st.integers(12, 60))
def test_terms_follow_one_another_to_the_last_day(start: date, days: int, most: int) -> None:
    end = start + timedelta(days=days)
    ends = terms(start, end, most)
    assert ends == sorted(set(ends))
    assert ends[-1] == end
    begins = [start, *(each + timedelta(days=1) for each in ends[:-1])]
    for begin, last in zip(begins, ends, strict=True):
        assert begin <= last
        assert last < add_months(begin, most) + timedelta(days=4)  # ends of months differ
    if len(ends) > 1:
        assert ends[0] >= add_months(start, LEAST_MONTHS) - timedelta(days=4)


def written_again(city: Scored, workspace: Path) -> Register:
    """The register as the generator writes it once more into a copy of the city's workspace."""
    shutil.copytree(city.workspace, workspace, ignore=shutil.ignore_patterns("register*"))
    opened = open_workspace(workspace)
    register = open_register(opened)
    policy = load_policy(city.files / "beleid.toml")
    write_register(Desk(register, city.run, policy, Posts(city.files)), city.files)
    return register


@pytest.mark.slow
def test_the_register_of_duinstad(duinstad: Scored, tmp_path: Path) -> None:
    with (
        open_register(open_workspace(duinstad.workspace)) as register,
        written_again(duinstad, tmp_path / "again") as again,
    ):
        assert register.head() == again.head()
        assert register.verify() == []
        truths = json.loads((duinstad.files / "waarheden.json").read_text("utf-8"))
        found = register.designations()
        names = {each.id: each.name for each in found}
        trail = register.trail()
        assert {each.actor for each in trail} == set(PEOPLE.values())
        assert [each.at for each in trail] == sorted(each.at for each in trail)
        assert not [each for each in trail if each.at.date() >= LIVE and each.reason == FROM_PAPER]

        last = date(2025, 12, 31)
        holds = Counter(
            each.kind for each in found
            if each.published_on and (each.start or DAY) <= last <= (each.end or DAY)
        )  # fmt: skip
        bans = truths["bans"]["holding"]
        assert holds["alcohol_ban"] == bans["alcoholverbod"]
        assert holds["soft_drug_ban"] == bans["softdrugsverbod"]
        assert holds["emergency_area"] == bans["noodgebied"]
        assert holds["camera_area"] >= 20
        states = {standing(each, DAY) for each in found}
        assert states >= NEXT.keys() - {"shrunk"}
        assert any("objection" in each.marks for each in found)

        stands = [each for each in register.placements() if (each.end or DAY) >= DAY]
        classes = Counter(each.camera_class for each in stands)
        assert classes == {"flexible": 20, "fixed": 106, "stadium": 30}
        areas = {each.id for each in found if has_effect(each, DAY)}
        assert {each.designation for each in stands} <= areas
        moved = [each.camera for each in stands if each.moves]
        assert moved == [truths["cameras"]["poles"]["camera"]]

        faded = truths["bans"]["faded"]["code"].removeprefix("AV")
        open_ = {names[each.designation] for each in register.signals(unanswered=True)}
        assert f"Alcoholverbod {int(faded)}" in open_
        for choice in register.choices():
            assert sum(each.chosen for each in choice.areas) == 11
            assert all(each.reason for each in choice.areas if each.chosen != each.proposed)
        assert {each.year for each in register.choices()} == {2024, 2025}

        policy = load_policy(duinstad.files / "beleid.toml")
        soon = due_within(all_due(register, policy, on=DAY), on=DAY, days=90)
        what = Counter(each.what for each in soon)
        assert what["evaluation"] >= 3
        assert what.keys() >= {"evaluation", "check", "consultation", "decision", "end", "signal"}
        assert 0 < sum(each.overdue for each in soon if each.what == "evaluation") <= 3
