"""No sequence of steps reaches an unlawful state: random lives, on both databases.

What is lawful is written out here anew, from what the register holds afterwards (every version
of every record, and the audit trail); none of the code's own rules is used to judge it.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise
from typing import Any

import hypothesis.strategies as st
import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from shapely import Point, box

from hotspots.decisions import designations, placements, reviews
from hotspots.decisions.acting import Acting
from hotspots.decisions.lifecycle import standing
from hotspots.errors import HotspotsError
from hotspots.register import Designation, Entry, Placement, Role
from hotspots.store.register.register import Register
from tests.decisions.files import CITY, POLICY, camera, camera_area, extension, review

NEXT = {
    "draft": {"advice_asked", "withdrawn"},
    "advice_asked": {"decided", "withdrawn"},
    "decided": {"in_force", "evaluation_due", "extended", "shrunk", "withdrawn", "expired"},
    "in_force": {"evaluation_due", "extended", "shrunk", "withdrawn", "expired"},
    "evaluation_due": {"extended", "shrunk", "withdrawn", "expired"},
    "extended": {"evaluation_due", "shrunk", "withdrawn", "expired"},
    "shrunk": {"evaluation_due", "extended", "withdrawn", "expired"},
    "withdrawn": set(),
    "expired": set(),
}
WORKS = {"in_force", "evaluation_due", "extended", "shrunk"}
BINDING = {"decide", "publish", "extend", "shrink", "withdraw"}

FIRST = date(2026, 2, 1)
NUMBERS = count(1)
REACHED: Counter[str] = Counter()

rarely = st.integers(0, 9).map(lambda n: n == 0)
roles = st.sampled_from(["mayor_office"] * 12 + ["planner", "analyst", "board", "public"])
field_roles = st.sampled_from(["planner"] * 8 + ["mayor_office", "vlo", "board"])
boxes = st.sampled_from([
    box(1000, 1000, 1400, 1400), box(1000, 1000, 1200, 1400), box(1000, 1000, 1200, 1200),
    box(900, 900, 1500, 1500), box(0, 0, 10_000, 9_000),
])  # fmt: skip


class Life(RuleBasedStateMachine):
    """One designation with its cameras, and whoever tries whatever."""

    register: Register  # set by the test

    @initialize(
        depth=st.sampled_from([0, 1, 2, 3, 4, 4, 4, 4]),
        months=st.sampled_from([6, 12, 24, 30]),
        lacking=st.sampled_from([None, None, "package", "consultation", "criterion", "start"]),
        area=boxes,
    )
    def begin(self, depth: int, months: int, lacking: str | None, area: Any) -> None:
        """Begin with a draft of any quality, or with a good one that is somewhat further."""
        self.today = FIRST
        self.number = next(NUMBERS)
        start = date(2026, 4, 1)
        months = {6: 12, 30: 24}.get(months, months) if depth else months
        end = (pd.Timestamp(start) + pd.DateOffset(months=months) - pd.DateOffset(days=1)).date()
        content = camera_area(start=start, end=end, evaluation_on=start + (end - start) // 3)
        if not depth and lacking is not None:
            del content[lacking]
        area = area if not depth else box(1000, 1000, 1400, 1400)
        made = designations.draft(self.register, content, self.by("planner"), POLICY, area=area)
        self.id = made.id
        for step in (self.asked, self.decided, self.published, self.placed)[:depth]:
            self.today += timedelta(days=20)
            step()

    def by(self, role: Role, back: int = 0) -> Acting:
        """Somebody, today or some days back."""
        at = datetime.combine(self.today, time(12), UTC)
        return Acting(actor="j", role=role, reason="Proef", at=at,
                      on=self.today - timedelta(days=back))  # fmt: skip

    def try_(self, step: Any, *given: Any, **more: Any) -> None:
        try:
            step(self.register, *given, **more)
        except HotspotsError:
            REACHED[f"refused {step.__name__}"] += 1
        else:
            REACHED[step.__name__] += 1

    def asked(self) -> None:
        """Advice was asked."""
        designations.ask_advice(self.register, self.id, "driehoek", self.by("mayor_office"))

    def decided(self) -> None:
        """It was decided."""
        by = self.by("mayor_office")
        designations.decide(self.register, self.id, by, POLICY, municipality=CITY)

    def published(self) -> None:
        """It was published, with signs."""
        by = self.by("mayor_office")
        designations.publish(self.register, self.id, "Gemeenteblad", by, signs_on=self.today)

    def placed(self) -> None:
        """It holds, and a camera stands in it."""
        x_m = 1100.0 + 200.0 * (self.number % 2)  # half of them where shrinking may cut
        content = camera(f"{self.number}A", x_m=x_m, start=self.today)
        placements.place(self.register, self.id, content, self.by("planner"), POLICY)

    # ------------------------------------------------------------ what may be tried
    @rule(days=st.sampled_from([1, 7, 30, 60, 90, 150, 250, 400]), settles=st.booleans())
    def wait(self, days: int, settles: bool) -> None:
        if self.today < date(2032, 1, 1):
            self.today += timedelta(days=days)
            if settles:
                self.settle()

    @rule()
    def go_on(self) -> None:
        """Take the next good step towards publication, where there is one."""
        state = self.now().state
        if state == "draft":
            self.ask(role="mayor_office")
        elif state == "advice_asked":
            self.decide(role="mayor_office", back=0)
        elif state == "decided":
            self.publish(role="mayor_office", back=0, signs=True)

    @rule(role=roles)
    def ask(self, role: Role) -> None:
        self.try_(designations.ask_advice, self.id, "driehoek", self.by(role))

    @rule(role=roles, back=st.sampled_from([0, 0, 3, 60]))
    def decide(self, role: Role, back: int) -> None:
        by = self.by(role, back)
        self.try_(designations.decide, self.id, by, POLICY, municipality=CITY)

    @rule(role=roles, back=st.sampled_from([0, 0, 2, 60]), signs=st.booleans())
    def publish(self, role: Role, back: int, signs: bool) -> None:
        signs_on = self.today - timedelta(days=back) if signs else None
        by = self.by(role, back)
        self.try_(designations.publish, self.id, "Gemeenteblad", by, signs_on=signs_on)

    @rule(role=roles, name=st.sampled_from(["end", "signs_on", "goal"]), area=boxes, draw=rarely)
    def amend(self, role: Role, name: str, area: Any, draw: bool) -> None:
        value: Any = "Ander doel" if name == "goal" else self.today + timedelta(days=30)
        drawn = area if draw else None
        by = self.by(role)
        self.try_(designations.amend, self.id, {name: value}, by, POLICY, area=drawn)

    @rule(role=field_roles, complete=st.booleans(), remains=st.booleans())
    def review(self, role: Role, complete: bool, remains: bool) -> None:
        found = [{"found_on": self.today, "by": "wijkagent", "summary": "Onrustig."}]
        content = review(findings=found if complete else [], need_remains=remains or complete)
        self.try_(reviews.review, self.id, content, self.by(role))

    @rule(
        role=roles,
        months=st.sampled_from([-1, 6, 12, 24, 25]),
        back=st.sampled_from([0, 0, 5, 50]),
        consulted=st.sampled_from([0, 0, 5, 400]),
        publish_back=st.sampled_from([0, 0, 0, 3, -2]),
    )
    def extend(self, role: Role, months: int, back: int, consulted: int, publish_back: int) -> None:
        end = self.now().end or self.today
        later = (pd.Timestamp(end) + pd.DateOffset(months=months)).date()
        by = self.by(role, back)
        content = extension(
            end=later,
            evaluation_on=max(by.on, end) + (later - end) // 4,
            consultation={"held_on": by.on - timedelta(days=consulted), "with_whom": "officier"},
            published_on=self.today - timedelta(days=publish_back),
        )
        self.try_(designations.extend, self.id, content, by, POLICY)

    @rule()
    def renew(self) -> None:
        """Review, consult, extend: the good way, which may still be refused."""
        found = [{"found_on": self.today, "by": "wijkagent", "summary": "Onrustig."}]
        self.try_(reviews.review, self.id, review(findings=found), self.by("planner"))
        self.extend(role="mayor_office", months=12, back=0, consulted=0, publish_back=0)

    @rule(role=roles, area=boxes, back=st.sampled_from([0, 0, 3]))
    def shrink(self, role: Role, area: Any, back: int) -> None:
        content = {"published_on": self.today, "publication": "Gemeenteblad"}
        self.try_(designations.shrink, self.id, content, self.by(role, back), area=area)

    @rule(role=roles, go=st.integers(0, 7))
    def withdraw(self, role: Role, go: int) -> None:
        if not go:
            self.try_(designations.withdraw, self.id, self.by(role))

    @rule(
        role=roles,
        mark=st.sampled_from(["objection", "suspended"]),
        lift=st.booleans(),
        go=st.booleans(),
    )
    def mark(self, role: Role, mark: Any, lift: bool, go: bool) -> None:
        if go or lift:
            self.try_(designations.mark, self.id, mark, self.by(role), lift=lift)
            self.place(role="planner", name="B", x_m=1100.0, days=0, lasts=None, complete=True)

    @rule(role=roles, go=rarely)
    def annul(self, role: Role, go: bool) -> None:
        if go:
            self.try_(designations.mark, self.id, "annulled", self.by(role), lift=False)

    @rule(
        role=field_roles,
        name=st.sampled_from("ABC"),
        x_m=st.sampled_from([1100.0, 1100.0, 1300.0, 1450.0]),
        days=st.sampled_from([0, 0, 0, 30, -30]),
        lasts=st.sampled_from([None, None, 10, 1000]),
        complete=rarely.map(lambda lacks: not lacks),
    )
    def place(
        self, role: Role, name: str, x_m: float, days: int, lasts: int | None, complete: bool
    ) -> None:
        start = self.today + timedelta(days=days)
        content = camera(f"{self.number}{name}", x_m=x_m, start=start)
        if lasts is not None:
            content["end"] = start + timedelta(days=lasts)
        if not complete:
            content["sector"] = None
        self.try_(placements.place, self.id, content, self.by(role), POLICY)

    @precondition(lambda self: self.cameras())
    @rule(role=field_roles, which=st.integers(0, 9), x_m=st.sampled_from([1150.0, 1350.0, 1450.0]))
    def move(self, role: Role, which: int, x_m: float) -> None:
        content = {name: value for name, value in camera(x_m=x_m).items()
                   if name in placements.MOVING}  # fmt: skip
        found = self.cameras()
        self.try_(placements.move, found[which % len(found)].id, content, self.by(role), POLICY)

    @precondition(lambda self: self.cameras())
    @rule(role=field_roles, which=st.integers(0, 9), back=st.sampled_from([0, 3, 40]))
    def remove(self, role: Role, which: int, back: int) -> None:
        found = self.cameras()
        self.try_(placements.remove, found[which % len(found)].id, self.by(role, back))

    @rule()
    def settle(self) -> None:
        self.try_(designations.settle, self.by("analyst"))

    # ------------------------------------------------------------ what must hold
    def now(self) -> Designation:
        """The designation as it was last written."""
        return self.register.designation(self.id)

    def cameras(self) -> list[Placement]:
        """Its cameras."""
        return self.register.placements(self.id) if hasattr(self, "id") else []

    @invariant()
    def lawful_now(self) -> None:
        if not hasattr(self, "id"):
            return
        found = self.now()
        REACHED[f"state {standing(found, self.today)}"] += 1  # to see that lives got far
        if found.state in WORKS:
            assert found.decided_on
            assert found.published_on
            assert found.start
            assert found.end
            assert found.decided_on <= found.published_on <= self.today
            assert found.start <= self.today
        for each in self.cameras():
            self.camera_is_lawful(found, each)

    def camera_is_lawful(self, area: Designation, each: Placement) -> None:
        """A camera stands where, when and as it may, as things are now."""
        assert area.published_on
        assert area.start
        assert area.end
        assert each.end
        if each.end >= each.start:  # else it never stood
            assert area.start <= each.start
            assert each.end <= area.end
        if area.state == "withdrawn" or "annulled" in area.marks:
            assert area.ended_on is not None
            assert each.end <= area.ended_on
        assert each.sector is not None
        assert not each.facades_in_view or each.masks
        if each.end > self.today:
            boundary = self.register.boundary(self.id, area.boundary_version).area
            assert boundary.covers(Point(each.x_m, each.y_m))

    def teardown(self) -> None:
        if not hasattr(self, "id"):
            return
        versions = self.register.history(Designation, self.id)
        trail = [each for each in self.register.trail(self.id) if each.kind == "designation"]
        assert [entry.version for entry in trail] == [each.version for each in versions]
        for version, entry in zip(versions, trail, strict=True):
            self.decision_is_complete(version)
            assert entry.act not in BINDING or entry.role == "mayor_office"
        for (old, new), entry in zip(pairwise(versions), trail[1:], strict=True):
            assert old.state == new.state or new.state in NEXT[old.state]
            self.change_is_lawful(old, new, entry)
        self.nothing_was_placed_while_suspended(versions, trail)
        boundaries = self.register.boundaries(self.id)
        decided = min((v.boundary_version for v in versions if v.decided_on), default=10**6)
        for before, after in pairwise(each for each in boundaries if each.number >= decided):
            assert before.area.covers(after.area)
            assert after.area.area < before.area.area

    def decision_is_complete(self, version: Designation) -> None:
        """What was decided had everything that the law asks."""
        if version.decided_on is None:
            assert version.state in ("draft", "advice_asked", "withdrawn")
            return
        assert version.goal
        assert version.criterion
        assert version.baseline
        assert version.evidence
        assert version.package
        assert version.consultation
        assert version.dpia_reference
        assert version.consultation.held_on <= version.decided_on
        assert version.legal_basis
        assert version.decider == "mayor"
        assert version.lighter_measures
        assert version.start
        assert version.end
        assert version.start <= version.end
        assert version.evaluation_on
        assert version.evaluation_on < version.end
        if not version.extended:
            longest = pd.Timestamp(version.start) + pd.DateOffset(months=24)
            assert pd.Timestamp(version.end) < longest
        area = self.register.boundary(self.id, version.boundary_version).area
        assert area.area < CITY.area / 2

    def change_is_lawful(self, old: Designation, new: Designation, entry: Entry) -> None:
        """A later version binds more only by a published, reviewed extension."""
        if old.decided_on is None:
            return
        assert new.start
        assert old.start
        assert new.end
        assert old.end
        assert new.start >= old.start
        assert "annulled" not in old.marks or (new.state, new.end) == (old.state, old.end)
        if new.end == old.end:
            assert new.extended == old.extended
            return
        assert entry.act == "extend"
        assert new.end > old.end
        assert new.extended == old.extended + 1
        assert not {"suspended", "annulled"} & set(old.marks)
        longest = pd.Timestamp(old.end) + pd.DateOffset(days=1) + pd.DateOffset(months=24)
        assert pd.Timestamp(new.end) < longest
        assert new.published_on
        assert new.decided_on
        assert new.decided_on <= new.published_on <= min(old.end, entry.at.date())
        assert new.consultation
        assert new.consultation.held_on > old.decided_on
        assert any(
            each.evidence and each.figures and each.findings and each.need_remains
            and old.decided_on < each.reviewed_on <= new.decided_on
            for each in self.register.reviews(self.id)
        )  # fmt: skip

    def nothing_was_placed_while_suspended(
        self, versions: list[Designation], trail: list[Entry]
    ) -> None:
        """No camera came, and none moved, while the designation was suspended or annulled."""
        for each in self.cameras():
            for entry in self.register.trail(each.id):
                if entry.act in ("place", "move"):
                    before = [v for v, e in zip(versions, trail, strict=True) if e.seq < entry.seq]
                    assert not {"suspended", "annulled"} & set(before[-1].marks)
                    assert before[-1].published_on


def test_no_sequence_of_steps_reaches_an_unlawful_state(either: Register) -> None:
    REACHED.clear()
    here = either.database.engine.dialect.name == "sqlite"
    machine = type("LifeHere", (Life,), {"register": either})
    few = settings(
        max_examples=80 if here else 25,
        stateful_step_count=50,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=few)
    assert either.verify() == []
    reached = {f"state {state}" for state in NEXT} | {"extend", "shrink", "place", "review", "mark"}
    assert not here or reached <= REACHED.keys(), reached - REACHED.keys()
