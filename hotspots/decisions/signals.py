"""Signs that the need for a designation is gone, and what a person makes of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from hotspots.decisions.acting import Acting, doing, stepping, with_fields
from hotspots.decisions.designations import withdraw_in
from hotspots.decisions.lifecycle import against_step
from hotspots.decisions.roles import require_role
from hotspots.decisions.rules import ANSWERED, Broken, refuse
from hotspots.months import MONTHS_IN_A_YEAR, month_name, month_number
from hotspots.register import Act, Answer, Evidence, Signal
from hotspots.store.register.register import Register


class Gone(NamedTuple):
    """Since which month an area stays within its criterion, and its incidents in the last year.

    That year ends with `last_month`, the last one that was delivered.
    """

    since: str
    incidents: int
    last_month: str


def need_gone(
    counts: Mapping[str, int], *, most_per_year: int, least_months: int, from_month: str
) -> Gone | None:
    """Tell since when an area stays within its criterion without a break, up to the last month.

    Every month is judged by the twelve months that end with it, so that a quiet season is no
    sign; a month that was not delivered makes twelve judgements impossible, and ends the row.

    Parameters
    ----------
    counts
        Incidents per delivered month (``YYYY-MM``).
    most_per_year
        The criterion.
    least_months
        Fewest months within it that make a sign.
    from_month
        First month looked at: that in which the designation began.

    Returns
    -------
    Gone or None
        None where the last months are not all within the criterion.
    """
    by_number = {month_number(month): count for month, count in counts.items()}
    last = max(by_number, default=0)
    month, newest, first = last, 0, month_number(from_month)
    while (
        month >= first
        and (year := _year_to(by_number, month)) is not None
        and year <= most_per_year
    ):
        newest = year if month == last else newest
        month -= 1
    if last - month < least_months:
        return None
    return Gone(month_name(month + 1), newest, month_name(last))


def _year_to(counts: Mapping[int, int], month: int) -> int | None:
    year = [counts.get(each) for each in range(month - MONTHS_IN_A_YEAR + 1, month + 1)]
    known = [each for each in year if each is not None]
    return sum(known) if len(known) == MONTHS_IN_A_YEAR else None


def raise_signal(
    register: Register, designation: str, gone: Gone, evidence: Evidence, acting: Acting
) -> Signal | None:
    """Raise a signal; none where one waits for an answer, or one of the same month was dismissed.

    Parameters
    ----------
    designation
        The id of the area.
    gone
        Of :func:`need_gone`.
    evidence
        The run whose facts were counted.
    acting
        Who does it.
    """
    with stepping(register, designation, "signal", acting) as (change, area):
        refuse(against_step(area, "signal", acting.on) + acting.against_day())
        for earlier in change.signals(designation):
            if earlier.answer is None or earlier.since == gone.since:
                return None
        return change.put(
            Signal(
                id=change.new_id("signal", acting.on.year),
                designation=designation,
                raised_on=acting.on,
                since=gone.since,
                incidents=gone.incidents,
                last_month=gone.last_month,
                evidence=evidence,
            )
        )


def answer(register: Register, id_: str, answer_: Answer, acting: Acting) -> Signal:
    """Answer a signal: withdraw the designation at once, or dismiss the signal with a reason.

    Raises
    ------
    StepRefused
        When it was answered before, or the designation cannot be withdrawn.
    """
    act: Act = "withdraw" if answer_ == "withdraw" else "answer"
    with doing(register, act, acting) as change:
        old = change.get(Signal, id_)
        area = change.designation(old.designation)
        require_role(acting.role, "answer", decider=area.decider)
        change.require_seen(old, acting.seen)
        found = acting.against_day(old.raised_on)
        if old.answer is not None:
            found.append(Broken(ANSWERED, value=id_))
        refuse(found)
        if answer_ == "withdraw":
            withdraw_in(change, area, replace(acting, seen=None))  # seen is of the signal
        fields = {"answer": answer_, "answered_on": acting.on, "answered_by": acting.actor}
        answered = with_fields(old, {**fields, "reason": acting.reason})
        return change.put(answered, expected_version=acting.seen)
