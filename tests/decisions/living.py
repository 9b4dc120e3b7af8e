"""One designation with its cameras: what may be done with it, and what must hold of it."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from shapely import Point, box

from hotspots.decisions import designations, placements, reviews
from hotspots.decisions.acting import Acting
from hotspots.decisions.lifecycle import standing
from hotspots.errors import HotspotsError
from hotspots.register import Designation, Placement, Role
from hotspots.store.register.register import Register
from tests.decisions import spoiled
from tests.decisions.files import AREA, CITY, camera, review
from tests.decisions.lawful import WORKS, judge_history
from tests.decisions.spoiled import DAY, POLICY

FIRST = date(2026, 2, 1)
NUMBERS = count(1)
REACHED: Counter[str] = Counter()
SMALLER = (box(1000, 1000, 1200, 1400), box(1000, 1000, 1200, 1200))


class Living(RuleBasedStateMachine):
    """Steps, and a lawyer's reading of the register; whoever tries what is for the rules."""

    register: Register  # set by the test
    today: date
    number: int
    id: str
    read: tuple[Designation, list[Placement]] | None = None
    """What the register held after the last step that went through."""

    def by(self, role: Role = "mayor_office", back: int = 0) -> Acting:
        """Somebody, today or some days back."""
        at = datetime.combine(self.today, time(12), UTC)
        return Acting(actor="j", role=role, reason="Proef", at=at,
                      on=self.today - timedelta(days=back))  # fmt: skip

    def refused(self, why: str, step: Any, *given: Any, **more: Any) -> None:
        """Try what must be refused; nothing may come of it."""
        head = self.register.head()
        try:
            step(self.register, *given, **more)
        except HotspotsError:
            assert self.register.head() == head
            REACHED[f"refused {step.__name__}"] += 1
        else:
            raise AssertionError(f"{step.__name__}, though {why}")

    def try_(self, step: Any, *given: Any, **more: Any) -> bool:
        """Try what may be refused; tell whether it went through."""
        self.read = None
        try:
            step(self.register, *given, **more)
        except HotspotsError:
            return False
        REACHED[step.__name__] += 1
        return True

    def go_through(self, step: Any, *given: Any, **more: Any) -> Any:
        """Do what nothing stands against."""
        self.read = None
        REACHED[step.__name__] += 1
        return step(self.register, *given, **more)

    def asked(self) -> None:
        """Advice was asked; before that nobody decides."""
        decide = designations.decide
        self.refused("no advice asked", decide, self.id, self.by(), POLICY, municipality=CITY)
        self.go_through(designations.ask_advice, self.id, "driehoek", self.by())
        REACHED["state advice_asked"] += 1

    def decided(self) -> None:
        """It was decided, after attempts on drafts with one fault each."""
        decide, amend, by = designations.decide, designations.amend, self.by()
        early = self.by(back=(self.today - date(2026, 2, 15)).days)
        self.refused("before the advice", decide, self.id, early, POLICY, municipality=CITY)
        whole = spoiled.draft() | {"legal_basis": "art. 151c Gemeentewet"}
        for wrong in [*spoiled.DRAFTS][self.number % 5 :: 5]:
            self.go_through(amend, self.id, spoiled.DRAFTS[wrong], by, POLICY)
            self.refused(wrong, decide, self.id, by, POLICY, municipality=CITY)
            mended = {name: whole.get(name, ()) for name in spoiled.DRAFTS[wrong]}
            kept = {"evaluation_on": whole["evaluation_on"]}
            self.go_through(amend, self.id, mended | kept, by, POLICY)
        if not self.number % 4:
            self.go_through(amend, self.id, {}, by, POLICY, area=spoiled.WHOLE)
            self.refused("the whole city", decide, self.id, by, POLICY, municipality=CITY)
            self.go_through(amend, self.id, {}, by, POLICY, area=AREA)
        self.refused("no by-law", decide, self.id, by, spoiled.NO_BY_LAW, municipality=CITY)
        self.go_through(decide, self.id, by, POLICY, municipality=CITY)
        if self.number % 2:  # half of the advice comes after the decision, and then it is fixed
            receive, triangle = designations.receive_advice, self.by("triangle")
            self.go_through(receive, self.id, "Eens met de aanwijzing.", triangle)
            self.refused("advised before", receive, self.id, "Anders.", triangle)

    def published(self) -> None:
        """It was published, with signs."""
        publish = designations.publish
        self.refused("nowhere", publish, self.id, "", self.by())
        self.refused("before it was decided", publish, self.id, "Blad", self.by(back=60))
        self.go_through(publish, self.id, "Gemeenteblad", self.by(), signs_on=self.today - 9 * DAY)

    def placed(self) -> None:
        """A camera stands in it."""
        x_m = 1100.0 + 200.0 * (self.number % 2)  # half of them where shrinking may cut
        content = camera(f"{self.number}A", x_m=x_m, start=max(self.today, spoiled.START))
        self.go_through(placements.place, self.id, content, self.by("planner"), POLICY)

    def reviewed(self) -> None:
        """It was reviewed today from both sources, where it holds."""
        if self.works():
            self.held()

    def held(self, **given: Any) -> None:
        """A review was held today."""
        found = [{"found_on": self.today, "by": "wijkagent", "summary": "Onrustig."}]
        content = review(findings=found) | given
        self.go_through(reviews.review, self.id, content, self.by("planner"))

    def nothing_new(self, why: str, *, everything: bool = False) -> None:
        """Nothing new rests on what was stopped, however good; on what ended nothing at all."""
        d, planner = self.now(), self.by("planner")
        content = spoiled.placement(f"{self.number}N", self.today)
        self.refused(why, placements.place, self.id, content, planner, POLICY)
        spot = {name: content[name] for name in content if name in placements.MOVING}
        for each in self.stands()[:1]:
            self.refused(why, placements.move, each.id, spot, planner, POLICY)
        if d.end is not None:
            longer = spoiled.extension(d.end, self.today)
            self.refused(why, designations.extend, self.id, longer, self.by(), POLICY)
        if everything:
            told = {"published_on": self.today, "publication": "Blad"}
            small = SMALLER[1].buffer(-10)
            self.refused(why, designations.shrink, self.id, told, self.by(), area=small)
            self.refused(why, designations.decide, self.id, self.by(), POLICY, municipality=CITY)
            self.refused(why, designations.publish, self.id, "Blad", self.by())
            self.refused(why, designations.withdraw, self.id, self.by())
            note = {"police_role": "Niets meer."}
            self.refused(why, designations.amend, self.id, note, self.by(), POLICY)

    # ------------------------------------------------------------ what the life allows, by itself
    def held_now(self) -> tuple[Designation, list[Placement]]:
        """The designation and its cameras as they were last written."""
        if self.read is None:
            self.read = self.register.designation(self.id), self.register.placements(self.id)
        return self.read

    def now(self) -> Designation:
        """The designation as it was last written."""
        return self.held_now()[0]

    def cameras(self) -> list[Placement]:
        """Its cameras."""
        return self.held_now()[1] if self.is_begun() else []

    def stands(self) -> list[Placement]:
        """The cameras that stand today."""
        on = self.today
        return [each for each in self.cameras() if each.start <= on <= (each.end or on)]

    def is_begun(self) -> bool:
        """Whether there is a designation."""
        return hasattr(self, "id")

    def is_alive(self) -> bool:
        """Whether anything may still come of it."""
        if not self.is_begun():
            return False
        d = self.now()
        over = d.end is not None and d.decided_on is not None and self.today > d.end
        return not (d.state in ("withdrawn", "expired") or "annulled" in d.marks or over)

    def works(self) -> bool:
        """Whether it holds today, as a lawyer reads the register."""
        if not self.is_begun():
            return False
        d = self.now()
        if d.state == "withdrawn" or "annulled" in d.marks or d.published_on is None:
            return False
        assert d.start
        assert d.end
        return max(d.start, d.published_on) <= self.today <= d.end

    def is_stopped(self) -> bool:
        """Whether it is suspended or annulled."""
        return bool({"suspended", "annulled"} & set(self.now().marks))

    def was_reviewed(self, since: date) -> bool:
        """Whether it was reviewed from both sources since a day."""
        return any(
            each.evidence and each.figures and each.findings and each.reviewed_on > since
            for each in self.register.reviews(self.id)
        )

    def covered(self, x_m: float, y_m: float) -> bool:
        """Whether a spot lies in the area that holds."""
        held = self.register.boundary(self.id, self.now().boundary_version)
        return bool(held.area.covers(Point(x_m, y_m)))

    # ------------------------------------------------------------ what must hold
    @invariant()
    def lawful_now(self) -> None:
        if not self.is_begun():
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
        assert (standing(found, self.today) in WORKS) == (
            self.works() or ("annulled" in found.marks and found.state in WORKS)
        )
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
            assert self.covered(each.x_m, each.y_m)

    def teardown(self) -> None:
        if self.is_begun():
            judge_history(self.register, self.id)
