"""What a lawyer checks in the whole history of a designation, written out anew."""

from itertools import pairwise

import pandas as pd

from hotspots.register import Designation, Entry
from hotspots.store.register.register import Register
from tests.decisions.files import CITY

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
"""The states that may follow on a state."""
WORKS = {"in_force", "evaluation_due", "extended", "shrunk"}
"""The states in which an area measure holds."""
BINDING = {"decide", "publish", "extend", "shrink", "withdraw"}
"""The acts that only the office of the mayor may do in a camera area."""


def judge_history(register: Register, id_: str) -> None:
    """Fail when anything in the history of a designation was not lawful."""
    versions = register.history(Designation, id_)
    trail = [each for each in register.trail(id_) if each.kind == "designation"]
    assert [entry.version for entry in trail] == [each.version for each in versions]
    for version, entry in zip(versions, trail, strict=True):
        _decision_is_complete(register, version)
        assert entry.act not in BINDING or entry.role == "mayor_office"
    for (old, new), entry in zip(pairwise(versions), trail[1:], strict=True):
        assert old.state == new.state or new.state in NEXT[old.state]
        _change_is_lawful(register, old, new, entry)
    _nothing_was_placed_while_stopped(register, id_, versions, trail)
    decided = min((v.boundary_version for v in versions if v.decided_on), default=10**6)
    drawn = [each for each in register.boundaries(id_) if each.number >= decided]
    for before, after in pairwise(drawn):
        assert before.area.covers(after.area)
        assert after.area.area < before.area.area


def _decision_is_complete(register: Register, version: Designation) -> None:
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
    assert "officier van justitie" in version.consultation.with_whom.lower()
    assert version.dpia_reference
    assert version.consultation.held_on <= version.decided_on
    assert version.advice
    assert version.advice.asked_on <= version.decided_on
    assert version.legal_basis
    assert version.decider == "mayor"
    assert any(each.result for each in version.lighter_measures)
    assert version.start
    assert version.end
    assert version.start <= version.end
    assert version.evaluation_on
    assert version.evaluation_on < version.end
    for each in version.watched:
        assert each.start >= version.start
        assert each.end is None or each.end <= version.end
    if not version.extended:
        longest = pd.Timestamp(version.start) + pd.DateOffset(months=24)
        assert pd.Timestamp(version.end) < longest
    area = register.boundary(version.id, version.boundary_version).area
    assert area.area < CITY.area / 2


def _change_is_lawful(register: Register, old: Designation, new: Designation, entry: Entry) -> None:
    """A later version binds more only by a published, reviewed extension."""
    if old.decided_on is None:
        return
    assert new.start
    assert old.start
    assert new.end
    assert old.end
    assert new.start >= old.start
    if new.advice != old.advice:  # after the decision only advice that was still open comes in
        assert entry.act == "receive_advice"
        assert old.state == "decided"
        assert old.advice
        assert new.advice
        assert (old.advice.given_on, old.advice.summary) == (None, "")
        assert new.advice.asked_on == old.advice.asked_on
    if "annulled" in old.marks:
        assert (new.state, new.end) == (old.state, old.end)
    if entry.act not in ("extend", "shrink"):
        assert new.decided_on == old.decided_on
        assert new.hours == old.hours
        assert new.goal == old.goal
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
    since = [
        each for each in register.reviews(new.id)
        if each.evidence and each.figures and each.findings
        and old.decided_on < each.reviewed_on <= new.decided_on
    ]  # fmt: skip
    assert any(each.need_remains for each in since)
    # Of reviews of one day the register may hold more that differ.
    newest = max(each.reviewed_on for each in since)
    assert any(each.need_remains for each in since if each.reviewed_on == newest)


def _nothing_was_placed_while_stopped(
    register: Register, id_: str, versions: list[Designation], trail: list[Entry]
) -> None:
    """No camera came, and none moved, while the designation was suspended or annulled."""
    for each in register.placements(id_):
        for entry in register.trail(each.id):
            if entry.act in ("place", "move"):
                before = [v for v, e in zip(versions, trail, strict=True) if e.seq < entry.seq]
                assert not {"suspended", "annulled"} & set(before[-1].marks)
                assert before[-1].published_on
