"""What Duinstad chose for a year from a ranking, and the actions that it took."""

from dataclasses import replace
from datetime import date
from typing import Any

from data.duinstad.desk import Desk
from hotspots.decisions import actions, choices
from hotspots.pipeline.designations import pinned, proposal_of
from hotspots.pipeline.run import run as make_run

LEVEL, THEME = "service-area", "burglary"
CHOSEN = {2024: date(2024, 2, 6), 2025: date(2025, 2, 4)}
"""Days on which the triangle chose the priority areas of a year."""
PASSED_OVER = "Het project Veilig Wonen loopt hier al; de inzet blijft gelijk."
PUT_FIRST = "Nieuwbouw wordt opgeleverd en bewoners melden meer pogingen dan de politie telt."
ACTIONS: tuple[dict[str, Any], ...] = (
    {
        "kind": "enforcement", "name": "Integrale handhavingsactie Marktkwartier",
        "start": date(2025, 3, 14), "end": date(2025, 3, 15), "areas": ("WK999905",),
        "level": "wijk", "themes": ("drugs_nuisance",),
        "partners": ("politie", "handhaving", "belastingdienst", "omgevingsdienst"),
        "goal": "Minder dealen vanuit panden", "indicator": "registraties drugsoverlast per maand",
        "baseline": 31.0, "target": 24.0, "evaluation_on": date(2025, 9, 15),
    },
    {
        "kind": "enforcement", "name": "Integrale handhavingsactie Badplaats",
        "start": date(2025, 7, 4), "end": date(2025, 7, 5), "areas": ("WK999906",),
        "level": "wijk", "themes": ("alcohol_nuisance", "youth_nuisance"),
        "partners": ("politie", "handhaving", "horeca"),
        "goal": "Een rustige zomer op de boulevard", "indicator": "meldingen per zomermaand",
        "baseline": 54.0, "target": 40.0, "evaluation_on": date(2025, 11, 3),
    },
    {
        "kind": "intervention", "name": "Straatcoaches in Zuiderveld",
        "start": date(2025, 5, 1), "end": date(2026, 4, 30), "areas": ("SD999905",),
        "level": "stadsdeel", "themes": ("youth_nuisance",), "partners": ("welzijn", "politie"),
        "goal": "Minder jeugdoverlast in de avond", "indicator": "registraties per kwartaal",
        "baseline": 120.0, "target": 95.0, "evaluation_on": date(2026, 3, 16),
    },
    {
        "kind": "event", "name": "Opening van het nieuwe station", "start": date(2025, 10, 11),
        "areas": ("WK999902",), "level": "wijk",
    },
)  # fmt: skip
"""Actions with their goal, indicator, baseline, target and evaluation; all figures invented."""
REPORTED: tuple[dict[str, Any], ...] = (
    {"result": "Doel niet gehaald", "result_value": 27.0, "residents_told_on": date(2025, 10, 6)},
    {"result": "Doel gehaald", "result_value": 38.0, "residents_told_on": date(2025, 11, 20)},
)
"""What was reported of the first of them, after their evaluation."""


def pick_priorities(desk: Desk) -> None:
    """Write down the priority areas of each year: the proposal of then, but for one area.

    The proposal is that of a run with the end of the year before as its cut-off.
    """
    for year, day in CHOSEN.items():
        run = make_run(
            desk.run.workspace,
            desk.policy,
            kind="question",
            at=desk.at,  # the fixed clock, so that the run has the same bytes each time
            until=date(year - 1, 12, 31),
        )
        by = desk.by("triangle", day, f"Vastgesteld in de driehoek van {day:%d-%m-%Y}")
        proposal = proposal_of(run, theme=THEME, level=LEVEL)
        proposed = [each.code for each in proposal if each.is_proposed]
        first = next(each.code for each in proposal if not each.is_proposed)
        passed = proposed[year % len(proposed)]
        choices.choose(
            desk.register,
            {"year": year, "kind": "priority_areas", "theme": THEME, "level": LEVEL,
             "decider": "triangle"},
            replace(by, run_id=run.record.id),
            proposal=proposal,
            chosen=[*(code for code in proposed if code != passed), first],
            reasons={passed: PASSED_OVER, first: PUT_FIRST},
            evidence=pinned(run),
        )  # fmt: skip


def plan_actions(desk: Desk) -> None:
    """Write down the actions, and the results of those that were evaluated."""
    for number, content in enumerate(ACTIONS):
        planned = desk.by("planner", date(2025, 2, 18), "Actieprogramma 2025")
        made = actions.plan_action(desk.register, content, planned)
        if number < len(REPORTED):
            told = desk.by("vlo", REPORTED[number]["residents_told_on"], "Evaluatie in het VLO")
            actions.report_action(desk.register, made.id, REPORTED[number], told)
