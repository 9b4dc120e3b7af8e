"""Every rule that a step in the register must keep, with where it comes from.

A rule marked *by-law* or *policy* differs per municipality; the figure it uses is a setting.
Awb is the Algemene wet bestuursrecht.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hotspots.errors import Problem, StepRefused


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, what it says, where it comes from, and what to do about it."""

    code: str
    text: str
    source: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that stands against a step; `field` and `value` say where, as far as known."""

    rule: Rule
    field: str | None = None
    value: str | None = None

    def problem(self) -> Problem:
        """Return it as a problem that names the rule and its source."""
        return Problem(
            f"{self.rule.text.rstrip('.')} ({self.rule.source}).",
            self.rule.remedy,
            column=self.field,
            value=self.value,
        )


def refuse(broken: Iterable[Broken]) -> None:
    """Refuse a step when any rule stands against it; all of them are named at once.

    Raises
    ------
    StepRefused
        With a problem per rule.
    """
    problems = [each.problem() for each in broken]
    if problems:
        raise StepRefused(problems)


def _rule(code: str, text: str, source: str, remedy: str) -> Rule:
    rule = Rule(code, text, source, remedy)
    RULES[code] = rule
    return rule


RULES: dict[str, Rule] = {}
"""Every rule by its code."""

_DRAFT = "Write it in the draft: hotspots designations amend."
_MOTIVES = "art. 3:46 Awb, a decision rests on sound reasons"
_CERTAIN = "art. 3:2 and 3:46 Awb, a decision is prepared with care and says what it decides"

# ---------------------------------------------------------------- steps
STEP = _rule(
    "step",
    "This step cannot be taken from the state that the designation is in",
    "life cycle of a designation",
    "See its state with: hotspots designations show.",
)
ANNULLED = _rule(
    "annulled",
    "A court or the administrative appeal annulled this designation: it has no effect any more",
    "art. 8:72 Awb",
    "Draft a new designation that follows this one.",
)
SUSPENDED = _rule(
    "suspended",
    "This designation is suspended: nothing new rests on it until the suspension is lifted",
    "art. 8:81 Awb, or art. 10:43 Awb",
    "Wait for the judgement, or withdraw the designation.",
)
MARK = _rule(
    "mark",
    "This mark is there already, or is not there to be lifted",
    "life cycle of a designation",
    "See its marks with: hotspots designations show.",
)
NOT_AHEAD = _rule(
    "not_ahead",
    "What has not happened yet cannot be written down",
    "the register holds what was done",
    "Give the day on which it happened, or wait for it.",
)
IN_ORDER = _rule(
    "in_order",
    "A step does not lie before the one it rests on",
    "art. 3:40 and 3:2 Awb",
    "Check the days.",
)
FIXED = _rule(
    "fixed",
    "What was decided is changed by a new decision only",
    "art. 3:40 Awb, and the legal certainty of who must keep to it",
    "Extend, shrink or withdraw the designation.",
)

# ---------------------------------------------------------------- what a decision needs
BOUNDARY = _rule(
    "boundary", "A designation needs the area it holds for", _CERTAIN, _DRAFT
)  # fmt: skip
GOAL = _rule("goal", "A designation needs a goal", _MOTIVES, _DRAFT)
CRITERION = _rule(
    "criterion", "A designation needs a criterion for when its goal is reached",
    "art. 3:4 Awb, proportionality", _DRAFT,
)  # fmt: skip
BASELINE = _rule(
    "baseline", "A designation needs the figures from before it, to be judged by", _MOTIVES, _DRAFT
)
EVIDENCE = _rule(
    "evidence", "The figures of a designation come from a frozen run", _MOTIVES, _DRAFT
)
TERM = _rule(
    "term", "A designation holds for a term with a first and a last day",
    "art. 151c Gemeentewet (a set period); by-law", _DRAFT,
)  # fmt: skip
LEGAL_BASIS = _rule(
    "legal_basis", "A designation needs its legal basis",
    "the principle of legality; art. 3:47 Awb", _DRAFT,
)  # fmt: skip
DECIDER = _rule(
    "decider", "Another body decides on this kind of area", "policy: decider of the kind", _DRAFT
)
BY_LAW = _rule(
    "by_law", "This kind of area needs an article of the municipality's by-law",
    "art. 151c Gemeentewet and art. 149 Gemeentewet",
    "Let the policy name it: designations.kinds.KIND.by_law.",
)  # fmt: skip
LIGHTER = _rule(
    "lighter_measures",
    "Lighter measures must have been tried before, with their days and their result",
    "art. 3:4 Awb, subsidiarity: a last resort", _DRAFT,
)  # fmt: skip
PACKAGE = _rule(
    "package", "Cameras are always part of a package of measures",
    "art. 3:4 Awb, proportionality and subsidiarity", _DRAFT,
)  # fmt: skip
CONSULTATION = _rule(
    "consultation", "The public prosecutor must have been consulted in the triangle",
    "art. 151c Gemeentewet", _DRAFT,
)  # fmt: skip
CONSULTED_WHOM = _rule(
    "consulted_whom", "The consultation names whom the law wants to be consulted",
    "art. 151c Gemeentewet: the public prosecutor; policy: consultation_with of the kind",
    "Write in with_whom of the consultation who it was, such as officier van justitie.",
)  # fmt: skip
DPIA = _rule(
    "dpia", "A data protection impact assessment must be on file",
    "art. 35 GDPR and art. 4c Wet politiegegevens", _DRAFT,
)  # fmt: skip
MOST_MONTHS = _rule(
    "most_months", "The term is longer than this kind of area allows",
    "by-law; policy: most_months of the kind", "Choose an earlier last day.",
)  # fmt: skip
EVALUATION = _rule(
    "evaluation",
    "The evaluation falls within the term, long enough before its end",
    "by-law; policy: evaluation_before_end_months of the kind",
    "Choose a day for evaluation_on.",
)
WATCHED = _rule(
    "watched", "The period of live viewing lies within the term", "art. 151c Gemeentewet", _DRAFT
)
UNKNOWN_WHOLE = _rule(
    "unknown_whole",
    "Whether it is a whole municipality could not be checked: its outline is not known",
    "art. 151c Gemeentewet and art. 3:4 Awb; policy: most_share",
    "Take areas or built-up land in: hotspots ingest areas, or ingest built-up.",
)
WHOLE = _rule(
    "whole_municipality", "A whole municipality cannot be designated",
    "art. 151c Gemeentewet and art. 3:4 Awb; policy: most_share",
    "Draw the area where the need is.",
)  # fmt: skip

# ---------------------------------------------------------------- publication, end, change
PUBLISHED = _rule(
    "published", "A decision has no effect before it is published", "art. 3:40 Awb",
    "Publish it first, and say where and when.",
)  # fmt: skip
PUBLICATION = _rule(
    "publication", "A publication can be found again", "art. 3:42 Awb and Bekendmakingswet",
    "Give its place, such as Gemeenteblad 2026, 12345.",
)  # fmt: skip
LATER_END = _rule(
    "later_end", "An extension ends later than the term it extends", "the meaning of extending",
    "Choose a later day, or withdraw the designation.",
)  # fmt: skip
REVIEWED = _rule(
    "reviewed",
    "An extension needs a review since the last decision, from registrations and professionals, "
    "that finds that the need remains",
    "art. 151c Gemeentewet (as long as necessary); art. 3:2 Awb",
    "Review it first: hotspots designations review.",
)
CONSULTED_AGAIN = _rule(
    "consulted_again",
    "The public prosecutor must have been consulted in the triangle since the last decision",
    "art. 151c Gemeentewet", "Write the consultation in the file of the extension.",
)  # fmt: skip
LESS = _rule(
    "less", "Shrinking leaves an area, hours or season that lie within the old, and less of them",
    "art. 3:40 Awb: more is a new decision",
    "Draft a new designation for what is not within the old.",
)  # fmt: skip

# ---------------------------------------------------------------- placements
CLASS = _rule(
    "class", "This kind of area allows no camera of this class", "policy: placements of the kind",
    "Choose another area or another camera.",
)  # fmt: skip
INSIDE = _rule(
    "inside", "A camera stands within the designated area", "art. 151c Gemeentewet",
    "Choose a place within the boundary that holds.",
)  # fmt: skip
WITHIN_TERM = _rule(
    "within_term", "A camera stands within the term of the designation", "art. 151c Gemeentewet",
    "Choose days within the term.",
)  # fmt: skip
FACTS = _rule(
    "facts",
    "It can be verified what a camera sees: sector, façades in view, and power are on file",
    "art. 5 and 25 GDPR; case law on the spot of a camera",
    "Write sector, facades_in_view and power in the file of the placement.",
)
MASKS = _rule(
    "masks", "Façades of dwellings in view are masked", "art. 8 ECHR and art. 25 GDPR",
    "Write the masks in the file of the placement.",
)  # fmt: skip
INFORMED = _rule(
    "informed", "Residents were told before a camera stands there", "policy of the municipality",
    "Write residents_informed_on in the file of the placement.",
)  # fmt: skip
SIGNS = _rule(
    "signs", "Cameras are made known to everyone who enters the area", "art. 151c Gemeentewet",
    "Put up the signs and write signs_on: hotspots designations amend.",
)  # fmt: skip
ONE_PLACE = _rule(
    "one_place", "A camera stands in one place at a time", "nature",
    "Remove it where it stands, or check its name.",
)  # fmt: skip

# ---------------------------------------------------------------- signals, choices, actions
ANSWERED = _rule(
    "answered", "This signal was answered already", "the register holds what was done",
    "See it with: hotspots designations signals.",
)  # fmt: skip
DEVIATION = _rule(
    "deviation", "Every deviation from a proposal has its reason", _MOTIVES,
    "Give the reason with the code of the area.",
)  # fmt: skip
KNOWN_AREA = _rule(
    "known_area", "A choice is among the areas of the proposal", "the run that it rests on",
    "Check the code, or choose a run of the right level.",
)  # fmt: skip
MEASURABLE = _rule(
    "measurable", "An action has a goal, an indicator, a baseline, a target and an evaluation date",
    "monitoring and evaluation, first recommendation of the audit office",
    "Write them in the file of the action.",
)  # fmt: skip
