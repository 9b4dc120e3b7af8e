"""What Duinstad decided: its register, written through ``hotspots.decisions`` alone.

``python -m data.duinstad.decided --workspace DIR --extracts DIR``, after the yearly run. Duinstad
took its register into use in January 2026: what was decided before is taken over from the paper
files, with figures held against that run; what happened since is written on its own day. Every
person is invented, and the clock is fixed: the same run gives the same register.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from rich.console import Console

from data.duinstad.desk import Desk
from data.duinstad.lives import Area, areas_of, successor
from data.duinstad.posted import Posts
from data.duinstad.taken_over import decide_on, draft_of, take_over
from data.duinstad.yearly import pick_priorities, plan_actions
from hotspots.cli.database import opened_register
from hotspots.decisions import designations, placements, signals
from hotspots.pipeline.designations import needs_gone
from hotspots.policy import load_policy
from hotspots.store.runs import open_run
from hotspots.store.workspace import open_workspace

LIVE = date(2026, 1, 12)
"""The first day on which decisions were written in the register as they were taken."""
SETTLED = date(2026, 1, 30)
UNCOUNTED = "Over bedelen zijn geen cijfers geleverd: zonder nulmeting kan hierover niet besloten."
DISMISSED = "Gebruik wordt zelden bij de politie gemeld; het wijkteam ziet het nog elke week."
BETTER_POLE = "De paal ernaast ziet ruim twee keer zoveel van wat er gebeurt."


def main() -> None:
    """Write Duinstad's register, unless the workspace has decisions already."""
    parser = argparse.ArgumentParser(prog="python -m data.duinstad.decided", description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True, help="with the yearly run")
    parser.add_argument("--extracts", type=Path, required=True, help="folder of the extracts")
    options = parser.parse_args()
    console = Console(stderr=True)
    workspace = open_workspace(options.workspace)
    with opened_register(options.workspace) as register:
        if register.head()[0]:
            console.print("Het register van Duinstad is er al.")
            return
        with console.status("Duinstad beslist"):
            desk = Desk(
                register,
                open_run(workspace, "latest"),
                load_policy(options.extracts / "beleid.toml"),
                Posts(options.extracts),
            )
            write_register(desk, options.extracts)
        seq, head = register.head()
        console.print(f"Het register van Duinstad: {seq} regels in het logboek, {head[:12]}.")


def write_register(desk: Desk, extracts: Path) -> None:
    """Take over what was decided before, and write down what happened since.

    Parameters
    ----------
    desk
        With an empty register.
    extracts
        Folder of the extracts.
    """
    truths = json.loads((extracts / "waarheden.json").read_text("utf-8"))
    areas = [desk.with_counts(each) for each in areas_of(extracts, desk.policy)]
    pick_priorities(desk)
    plan_actions(desk)
    ids: dict[str, str] = {}
    late = {truths["cameras"]["need_gone"]["area"], _last_of(areas, "alcohol_ban")}
    follows = {truths["bans"]["merged"]["code"]: truths["bans"]["merged"]["replaced"][0]}
    follows |= _wider_before(areas)
    for each in areas:
        if each.incidents:
            before = ids.get(follows.get(each.code, ""))
            ids[each.code] = take_over(desk, each, follows=before, late=each.code in late)
    objected = _again(desk, areas, ids)
    _raise_signals(desk)
    _move(desk, truths["cameras"]["poles"])
    by = desk.by("board", date(2026, 1, 27), "Bezwaar van een bewonersvereniging ontvangen")
    designations.mark(desk.register, objected, "objection", by, lift=False)
    designations.settle(desk.register, desk.by("analyst", SETTLED, "Wat de tijd bracht"))


def _last_of(areas: Sequence[Area], kind: str) -> str:
    """Return the area of a kind that is evaluated last before the taking over."""
    due = [each for each in areas if each.kind == kind and each.end < date(2026, 7, 1)]
    return max(due, key=lambda each: (each.end, each.code)).code


def _wider_before(areas: Sequence[Area]) -> dict[str, str]:
    """Return of an area of the same kind and name the one before it."""
    found = {}
    for one, other in pairwise(sorted(areas, key=lambda each: (each.kind, each.name, each.start))):
        if (one.kind, one.name) == (other.kind, other.name):
            found[other.code] = one.code
    return found


# ---------------------------------------------------------------- since the taking over
def _again(desk: Desk, areas: Sequence[Area], ids: dict[str, str]) -> str:
    """Write what is under way: one decided, one advised on, drafts, one dropped.

    Returns
    -------
    str
        Id of the one that was decided.
    """
    ended = [each for each in areas if each.kind == "soft_drug_ban" and each.end.year < LIVE.year]
    start = date(2026, 2, 2)
    wanted = [successor(each, start=start, months=24) for each in ended[:3]]
    decided, asked, dropped = (
        draft_of(desk, each, on=LIVE, follows=ids[each.code]) for each in wanted
    )
    days = {
        "ask": LIVE,
        "advice": date(2026, 1, 14),
        "decide": date(2026, 1, 15),
        "publish": date(2026, 1, 16),
    }
    decide_on(desk, decided, wanted[0], days)
    designations.ask_advice(
        desk.register, asked, "VLO van het stadsdeel", desk.by("board", date(2026, 1, 19), "Advies")
    )
    reason = "De straatcoaches blijven; een nieuw verbod is nu niet nodig."
    designations.withdraw(desk.register, dropped, desk.by("board", date(2026, 1, 20), reason))
    for each in areas:
        if not each.incidents:
            _uncounted(desk, each)
    return decided


def _uncounted(desk: Desk, area: Area) -> None:
    """Write the draft of an area on which nothing was delivered, as far as it can be written."""
    content = {
        "kind": area.kind,
        "name": area.name,
        "goal": "Minder hinder door bedelen in het winkelgebied.",
        "start": date(2026, 3, 2),
        "end": date(2026, 12, 31),
        "lighter_measures": list(area.tried),
    }
    by = desk.by("planner", date(2026, 1, 21), UNCOUNTED)
    designations.draft(
        desk.register, content, by, desk.policy, area=area.shape, streets=area.streets
    )


def _raise_signals(desk: Desk) -> None:
    """Raise every signal of the run; those on soft drugs are dismissed, the others wait."""
    day = date(2026, 1, 22)
    reason = f"Geteld uit berekening {desk.run.record.id}"
    for area, gone in needs_gone(desk.run, desk.register, on=day):
        by = desk.by("analyst", day, reason)
        raised = signals.raise_signal(desk.register, area.id, gone, desk.evidence, by)
        if raised is not None and area.kind == "soft_drug_ban":
            by = desk.by("board", date(2026, 1, 23), DISMISSED)
            signals.answer(desk.register, raised.id, "dismiss", by)


def _move(desk: Desk, poles: dict[str, str]) -> None:
    """Move the camera on the wrong pole to the one beside it."""
    (stands,) = (
        each for each in desk.register.placements()
        if each.camera == poles["camera"] and (each.end is None or each.end > LIVE)
    )  # fmt: skip
    seen = desk.posts.seen_from(desk.posts.site(poles["better"]))
    content = {**seen, "residents_informed_on": date(2026, 1, 9)}
    by = desk.by("planner", date(2026, 1, 26), BETTER_POLE)
    placements.move(desk.register, stands.id, content, by, desk.policy)


if __name__ == "__main__":
    main()
