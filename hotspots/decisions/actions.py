"""Enforcement actions, interventions and dated events, with what they had to bring about."""

from collections.abc import Mapping
from typing import Any

from hotspots.decisions.acting import Acting, checked, doing, only, with_fields
from hotspots.decisions.rules import MEASURABLE, Broken, refuse
from hotspots.register import Action
from hotspots.store.register.register import Register

WRITTEN = frozenset(Action.model_fields) - {
    "id", "version", "result", "result_value", "residents_told_on",
}  # fmt: skip
"""Fields of an action that a person writes when it is planned."""

REPORTED = frozenset({"result", "result_value", "residents_told_on", "end"})
"""Fields that a person writes when it is reported on."""

_MEASURED = ("goal", "indicator", "baseline", "target", "evaluation_on")


def plan_action(
    register: Register, content: Mapping[str, Any], acting: Acting, *, file: str | None = None
) -> Action:
    """Write down an action; all but a dated event need a goal that can be measured.

    Parameters
    ----------
    content
        Fields of :data:`WRITTEN`.
    acting
        Who does it.
    file
        Where the content comes from.
    """
    given = only(content, WRITTEN, file=file)
    with doing(register, "plan_action", acting) as change:
        fields = {"id": change.new_id("action", acting.on.year)}
        made = checked(Action, given | fields, file=file)
        found = acting.against_day()
        if made.kind != "event":
            empty = [name for name in _MEASURED if getattr(made, name) in (None, "")]
            found += [Broken(MEASURABLE, field=name) for name in empty]
        refuse(found)
        return change.put(made)


def report_action(
    register: Register,
    id_: str,
    content: Mapping[str, Any],
    acting: Acting,
    *,
    file: str | None = None,
) -> Action:
    """Write down what an action brought about, and when residents were told.

    Parameters
    ----------
    content
        Fields of :data:`REPORTED`.
    """
    given = only(content, REPORTED, file=file)
    with doing(register, "report_action", acting) as change:
        old = change.get(Action, id_)
        change.require_seen(old, acting.seen)
        refuse(acting.against_day(old.start))
        return change.put(with_fields(old, given, file=file), expected_version=acting.seen)
