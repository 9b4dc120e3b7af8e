"""No sequence of steps reaches an unlawful state: random lives, on both databases.

What is lawful is written out here anew, from what the register holds afterwards (every version
of every record, and the audit trail); none of the code's own rules is used to judge it. On the
way every step is also tried with one thing wrong (`spoiled`): it must be refused whatever came
before, and go through without that where the life so far allows it.
"""

from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from hotspots.decisions import designations, placements, reviews
from hotspots.register import Placement, Role
from hotspots.store.register.register import Register
from tests.decisions import spoiled
from tests.decisions.files import AREA, CITY, review
from tests.decisions.lawful import NEXT, judge_history
from tests.decisions.living import FIRST, NUMBERS, REACHED, SMALLER, Living
from tests.decisions.spoiled import DAY, POLICY

rarely = st.integers(0, 9).map(lambda n: n == 0)
thirds = st.integers(0, 2)
REVIEWS: dict[str, dict[str, Any]] = {
    "without professionals": {"findings": []},
    "without figures": {"figures": []},
    "without a run": {"evidence": None},
    "need gone": {"need_remains": False},
    "undecided": {"need_remains": None},
}
"""Reviews on which no extension rests."""
others = st.sampled_from(["planner", "analyst", "vlo", "board", "triangle", "public"])


class Life(Living):
    """One designation with its cameras, and whoever tries whatever."""

    @initialize(depth=st.sampled_from([0, 1, 2, 3, 4, 4, 4, 4, 4, 4]))
    def begin(self, depth: int) -> None:
        """Begin with a draft, or somewhat further."""
        self.today = FIRST
        self.number = next(NUMBERS)
        made = designations.draft(
            self.register, spoiled.draft(), self.by("planner"), POLICY, area=AREA
        )
        self.id, self.read = made.id, None
        REACHED["state draft"] += 1
        for step in (self.asked, self.decided, self.published, self.placed)[:depth]:
            self.today += timedelta(days=20)
            step()

    # ------------------------------------------------------------ what may be tried
    @rule(days=st.sampled_from([1, 7, 30, 60, 90, 150, 250]), settles=st.booleans())
    def wait(self, days: int, settles: bool) -> None:
        if self.today < date(2032, 1, 1):
            self.today += timedelta(days=days)
            if settles:
                self.go_through(designations.settle, self.by("analyst"))

    @rule()
    def go_on(self) -> None:
        """Take the next good step towards publication, where there is one and its time has come."""
        state, published = self.now().state, self.now().published_on
        if state == "draft":
            self.asked()
        elif state == "advice_asked":
            self.try_(designations.decide, self.id, self.by(), POLICY, municipality=CITY)
        elif state == "decided" and published is None:
            self.try_(designations.publish, self.id, "Gemeenteblad", self.by(),
                      signs_on=self.today)  # fmt: skip

    @precondition(lambda self: self.is_alive())
    @rule(name=st.sampled_from(["start", "end", "evaluation_on"]), days=st.sampled_from([-1, 0, 1]))
    def come_to_an_edge(self, name: str, days: int) -> None:
        """Wait for a day on which something changes, or the day beside it."""
        day = (getattr(self.now(), name) or self.today) + timedelta(days=days)
        if self.today < day < date(2032, 1, 1):
            self.today = day

    @precondition(lambda self: self.is_begun() and not self.is_alive())
    @rule(depth=st.sampled_from([2, 3, 4, 4, 4]))
    def begin_again(self, depth: int) -> None:
        """What ended stays as it is; another life begins."""
        self.nothing_new("it has ended", everything=True)
        judge_history(self.register, self.id)
        self.begin(depth)

    @precondition(lambda self: self.is_begun() and not self.works())
    @rule()
    def come_too_soon_or_too_late(self) -> None:
        """Nothing rests on what does not hold today."""
        self.nothing_new("it does not hold today")

    @rule(role=others)
    def usurp(self, role: Role) -> None:
        """Somebody whose role does not decide tries every step that binds."""
        by, end = self.by(role), self.now().end or self.today
        why = f"the role is {role}"
        longer = spoiled.extension(end, self.today)
        self.refused(why, designations.decide, self.id, by, POLICY, municipality=CITY)
        self.refused(why, designations.publish, self.id, "Blad", by)
        self.refused(why, designations.extend, self.id, longer, by, POLICY)
        published = {"published_on": self.today, "publication": "Blad"}
        self.refused(why, designations.shrink, self.id, published, by, area=SMALLER[0])
        self.refused(why, designations.withdraw, self.id, by)
        if role != "planner":
            content = spoiled.placement(f"{self.number}R", self.today)
            self.refused(why, placements.place, self.id, content, by, POLICY)

    @rule(part=thirds, area=st.sampled_from([*SMALLER, None]))
    def change_what_is_fixed(self, part: int, area: Any) -> None:
        """What was decided is not amended; what is kept up is, while it lives."""
        if self.now().decided_on is None:
            return
        by = self.by()
        for wrong, change in [*spoiled.FIXED.items()][part::3]:
            self.refused(wrong, designations.amend, self.id, change, by, POLICY)
        if area is not None:
            self.refused("drawn anew", designations.amend, self.id, {}, by, POLICY, area=area)
        if self.works():
            told = {"police_role": "De politie kijkt mee.", "signs_on": self.now().signs_on}
            self.go_through(designations.amend, self.id, told, by, POLICY)

    @precondition(lambda self: self.works())
    @rule(professionals=st.booleans(), registrations=st.booleans(), remains=st.booleans())
    def review(self, professionals: bool, registrations: bool, remains: bool) -> None:
        found = [{"found_on": self.today, "by": "wijkagent", "summary": "Onrustig."}]
        content = review(findings=found if professionals else [], need_remains=remains)
        if not registrations:
            content |= {"evidence": None, "figures": []}
        self.go_through(reviews.review, self.id, content, self.by("planner"))

    @precondition(lambda self: self.works())
    @rule(part=st.sampled_from([0, 1, 2, 1, 2]), days=st.sampled_from([0, 1, 40]))
    def extend(self, part: int, days: int) -> None:
        """Try extensions on poor reviews, then with one thing wrong, then the good one."""
        self.today += timedelta(days=days)
        d, step, by = self.now(), designations.extend, self.by()
        if d.end is None or d.decided_on is None or not self.works():
            return
        content = spoiled.extension(d.end, self.today)
        if not self.was_reviewed(d.decided_on):
            self.refused("nobody reviewed it", step, self.id, content, by, POLICY)
            for name, given in REVIEWS.items():
                self.held(**given)
                self.refused(f"the review is {name}", step, self.id, content, by, POLICY)
        self.reviewed()
        wrongs = spoiled.extensions(d.end, d.decided_on, self.today)
        for wrong, change in [*wrongs.items()][part::3]:
            spoilt = spoiled.without_absent(content | change)
            self.refused(wrong, step, self.id, spoilt, by, POLICY)
        if part:
            done = self.try_(step, self.id, content, by, POLICY)
            assert done == (not self.is_stopped() and d.decided_on < self.today)

    @precondition(lambda self: self.works())
    @rule(area=st.sampled_from(SMALLER), back=st.sampled_from([0, 0, 0, 3]), part=thirds)
    def shrink(self, area: Any, back: int, part: int) -> None:
        step = designations.shrink
        for wrong, (change, drawn) in [*spoiled.shrinkings(self.today).items()][part::3]:
            self.refused(wrong, step, self.id, change, self.by(), area=drawn)
        if part < 2:
            self.place(x_m=1300.0, lasts=None, part=0)
            content = {"published_on": self.today, "publication": "Gemeenteblad"}
            self.try_(step, self.id, content, self.by(back=back), area=area)

    @precondition(lambda self: self.works())
    @rule(go=st.integers(0, 4))
    def withdraw(self, go: int) -> None:
        published = self.now().published_on
        if published is not None:
            early = self.by(back=(self.today - published).days + 1)
            self.refused("before it was published", designations.withdraw, self.id, early)
        if not go:
            self.reviewed()
            if self.try_(designations.withdraw, self.id, self.by()):
                self.nothing_new("it is withdrawn", everything=True)

    @precondition(lambda self: self.works())
    @rule(name=st.sampled_from(["objection", "suspended", "suspended"]))
    def mark(self, name: Any) -> None:
        """Set a mark, or lift it; twice is once too often."""
        step, there = designations.mark, name in self.now().marks
        self.refused("the mark is so", step, self.id, name, self.by(), lift=not there)
        self.reviewed()
        if not self.stands():
            self.place(x_m=1100.0, lasts=None, part=0)
        if self.try_(step, self.id, name, self.by(), lift=there) and self.is_stopped():
            self.nothing_new("it is suspended")

    @rule(go=rarely)
    def annul(self, go: bool) -> None:
        step = designations.mark
        self.refused("it stays annulled", step, self.id, "annulled", self.by(), lift=True)
        self.reviewed()
        if go and self.try_(step, self.id, "annulled", self.by(), lift=False):
            self.nothing_new("it is annulled", everything=True)

    @precondition(lambda self: self.works())
    @rule(
        x_m=st.sampled_from([1100.0, 1300.0]),
        lasts=st.sampled_from([None, None, 10]),
        part=thirds,
    )
    def place(self, x_m: float, lasts: int | None, part: int) -> None:
        """Try cameras with one thing wrong, then a good one."""
        d, step, by = self.now(), placements.place, self.by("planner")
        name = f"{self.number}-{len(self.cameras())}"
        content = spoiled.placement(name, self.today) | {"x_m": x_m}
        if d.start is not None and d.end is not None:
            wrongs = spoiled.placements(d.start, d.end, self.today)
            for wrong, change in [*wrongs.items()][part // 2 :: 2]:
                self.refused(wrong, step, self.id, content | change, by, POLICY)
        for each in self.stands()[:1]:
            twice = content | {"camera": each.camera}
            self.refused("it stands elsewhere", step, self.id, twice, by, POLICY)
        if d.end is not None and lasts is not None:
            content["end"] = min(self.today + timedelta(days=lasts), d.end)
        done = self.try_(step, self.id, content, by, POLICY)
        assert done == (self.works() and not self.is_stopped() and self.covered(x_m, 1200.0))
        if done and part:
            self.move(which=part, x_m=1150.0, part=part)

    @precondition(lambda self: self.stands())
    @rule(which=st.integers(0, 9), x_m=st.sampled_from([1150.0, 1350.0]), part=thirds)
    def move(self, which: int, x_m: float, part: int) -> None:
        """Try moves with one thing wrong, then a good one."""
        found, step, by = self.stands(), placements.move, self.by("planner")
        moved = found[which % len(found)]
        content = {name: value for name, value in spoiled.placement("-", self.today).items()
                   if name in placements.MOVING} | {"x_m": x_m}  # fmt: skip
        wrongs = spoiled.placements(self.today, self.today, self.today)
        for wrong, change in [*wrongs.items()][part::3]:
            if change.keys() <= placements.MOVING:
                self.refused(wrong, step, moved.id, content | change, by, POLICY)
        unseen = {name: content[name] for name in ("x_m", "y_m")}
        self.refused("nothing on file of the spot", step, moved.id, unseen, by, POLICY)
        early = self.by("planner", back=(self.today - moved.start).days + 1)
        told = content | {"residents_informed_on": moved.start - 9 * DAY}
        self.refused("before it stood", step, moved.id, told, early, POLICY)
        done = self.try_(step, moved.id, content, by, POLICY)
        assert done == (self.works() and not self.is_stopped() and self.covered(x_m, 1200.0))
        if done:
            back = early if not moved.moves else self.by("planner", back=1)
            self.refused("moved later already", step, moved.id, told, back, POLICY)
            new = self.register.get(Placement, moved.id)
            assert (new.moves[-1].x_m, new.moves[-1].until) == (moved.x_m, self.today)

    @precondition(lambda self: self.stands())
    @rule(which=st.integers(0, 9))
    def remove(self, which: int) -> None:
        found = self.stands()
        self.try_(placements.remove, found[which % len(found)].id, self.by("planner"))

    @rule()
    def look_ahead(self) -> None:
        """What has not happened yet is not written down."""
        early = self.by(back=-1)
        self.refused("tomorrow", designations.withdraw, self.id, early)
        self.refused("tomorrow", designations.publish, self.id, "Blad", early)
        self.refused("tomorrow", designations.decide, self.id, early, POLICY, municipality=CITY)
        self.refused("tomorrow", reviews.review, self.id, review(findings=[]), self.by("vlo", -1))
        found = [{"found_on": self.today + DAY, "by": "vlo", "summary": "Rustig."}]
        content = review(findings=found)
        self.refused("found tomorrow", reviews.review, self.id, content, self.by("vlo"))


def live(register: Register, lives: int) -> None:
    """Let so many machines live in a register; its chain holds afterwards."""
    REACHED.clear()
    machine = type("LifeHere", (Life,), {"register": register})
    few = settings(
        max_examples=lives,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=few)
    assert register.verify() == []


def test_no_sequence_of_steps_reaches_an_unlawful_state(either: Register) -> None:
    live(either, 15 if either.database.engine.dialect.name == "sqlite" else 5)


@pytest.mark.slow
def test_no_sequence_of_many_reaches_an_unlawful_state(either: Register) -> None:
    here = either.database.engine.dialect.name == "sqlite"
    live(either, 60 if here else 15)
    reached = {f"state {state}" for state in NEXT} | {"extend", "shrink", "place", "move", "mark"}
    assert not here or reached <= REACHED.keys(), reached - REACHED.keys()
