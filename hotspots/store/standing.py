"""Which deliveries still hold, told from their records alone: no facts are read for it."""

from collections.abc import Sequence

from hotspots.records import Delivery, Standing
from hotspots.schemas import Kind

_BY_MONTH: frozenset[Kind] = frozenset({"counts", "incidents"})
_OF_KIND: frozenset[Kind] = frozenset({"dwellings", "built-up", "heights"})
_BY_ROWS: frozenset[Kind] = frozenset({"groups", "events"})
"""Kinds of which only the rows tell what a newer delivery covers."""


def standings(deliveries: Sequence[Delivery]) -> dict[str, Standing]:
    """Return per delivery, by id, how much of it holds and which newer ones took its place.

    The rules are those by which :mod:`hotspots.store.facts` chooses. Of groups and events a
    newer delivery holds for its rounds or its period, which stand in its rows: there `holds` is
    ``unknown`` where there is a newer one that may cover it.

    Parameters
    ----------
    deliveries
        In order of sequence, as :func:`~hotspots.store.facts.list_deliveries` returns them.
    """
    return {
        each.id: _standing(each, [newer for newer in deliveries if newer.sequence > each.sequence])
        for each in deliveries
    }


def _standing(delivery: Delivery, newer: Sequence[Delivery]) -> Standing:
    again = [each for each in newer if _is_same_file(each, delivery)]
    if again:
        return Standing(holds="none", superseded_by=[again[-1].id])
    # One that was itself taken in again later takes no place: its later reading does.
    standing = [
        each
        for at, each in enumerate(newer, 1)
        if not any(_is_same_file(each, later) for later in newer[at:])
    ]
    rivals = [each for each in standing if _is_rival(each, delivery)]
    if delivery.kind in _BY_MONTH:
        return _standing_by_month(delivery, rivals)
    if not rivals:
        return Standing(holds="all", superseded_by=[])
    if delivery.kind in _BY_ROWS:
        return Standing(holds="unknown", superseded_by=[each.id for each in rivals])
    return Standing(holds="none", superseded_by=[rivals[-1].id])


def _is_same_file(one: Delivery, other: Delivery) -> bool:
    """Tell whether a file (or layer of it) was taken in again."""
    keys = [
        (each.kind, each.level, each.sha256, each.mapping.get("layer")) for each in (one, other)
    ]
    return keys[0] == keys[1]


def _is_rival(newer: Delivery, delivery: Delivery) -> bool:
    """Tell whether a newer delivery may take the place of one."""
    if newer.kind != delivery.kind:
        return False
    if delivery.kind == "areas":
        return newer.level == delivery.level
    if delivery.kind in _OF_KIND or delivery.kind == "groups":
        return True
    return newer.source == delivery.source and newer.level == delivery.level


def _standing_by_month(delivery: Delivery, rivals: Sequence[Delivery]) -> Standing:
    """Return what holds of months and themes: a newer delivery covers first to last month."""
    taken_by: dict[tuple[str, str], str] = {}
    for newer in rivals:
        if not newer.months:
            continue
        for theme in set(delivery.themes) & set(newer.themes):
            inside = (m for m in delivery.months if newer.months[0] <= m <= newer.months[-1])
            taken_by.update({(theme, month): newer.id for month in inside})
    by = [each.id for each in rivals if each.id in set(taken_by.values())]
    whole = len(delivery.themes) * len(delivery.months)
    if not taken_by:
        return Standing(holds="all" if whole else "none", superseded_by=[])
    return Standing(holds="none" if len(taken_by) == whole else "part", superseded_by=by)
