"""What a run refuses before its long work begins, all of it at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from hotspots.errors import PolicyRefused, Problem
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import Ground
from hotspots.pipeline.evidence.incidents import Ask
from hotspots.pipeline.evidence.scanning import is_scanned, scan_grid
from hotspots.pipeline.evidence.sequences import dated_of, follows_sequences, near_repeat_months
from hotspots.pipeline.evidence.zoned import zones_weight
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import GROUPS_LAYER, RISK_LAYER, UNSCORED_THEMES

if TYPE_CHECKING:
    import pandas as pd


def refuse_unknown_names(policy: Policy, deliveries: Iterable[Delivery]) -> None:
    """Refuse themes and sources that the policy names and nobody delivered.

    What stands in the policy as it does by default is never refused: the defaults suit any
    delivery. Where there are no incidents at all, no theme is unknown yet.

    Raises
    ------
    PolicyRefused
        Naming each, where it stands, and what there is.
    """
    deliveries = list(deliveries)
    delivered = {
        theme for each in deliveries if each.kind == "incidents" for theme in each.themes
    } - UNSCORED_THEMES.keys()
    problems = [*_unknown_themes(policy, delivered)] if delivered else []
    problems += _unknown_sources("counts", policy.sources.counts, deliveries)
    problems += _unknown_sources("incidents", policy.sources.incidents, deliveries)
    if problems:
        raise PolicyRefused(problems)


def _unknown_themes(policy: Policy, delivered: set[str]) -> Iterator[Problem]:
    """Yield the themes that the policy names, where that is not by default, and does not know."""
    known = set(policy.hotspots.themes) or delivered
    usual = Policy()
    pairs = policy.sources.pairs.items() - usual.sources.pairs.items()
    given = {
        "scan.themes": set(policy.scan.themes) - set(usual.scan.themes),
        "near_repeat.themes": set(policy.near_repeat.themes) - set(usual.near_repeat.themes),
        "composite.weights": policy.composite.weights.keys() - {RISK_LAYER, GROUPS_LAYER},
        "sources.pairs": {theme for pair in pairs for theme in pair},
    }
    for column, names in given.items():
        for name in sorted(names - known):
            yield Problem(
                _rule(name, delivered), _choices(known, delivered), column=column, value=name
            )


def _rule(theme: str, delivered: set[str]) -> str:
    if theme in delivered:
        return "This theme was delivered, but the policy does not search it."
    return "No incidents of this theme were delivered."


def _choices(known: set[str], delivered: set[str]) -> str:
    words = f"Delivered: {', '.join(sorted(delivered)) or 'none'}"
    searched = "" if known == delivered else f"; searched (hotspots.themes): {_listed(known)}"
    return f"{words}{searched}. Correct the name, add it to what is searched, or take it out."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _unknown_sources(
    kind: str, chosen: Mapping[str, str], deliveries: Iterable[Delivery]
) -> Iterator[Problem]:
    """Yield the sources that delivered nothing of their theme: they would leave it empty."""
    of_kind = [each for each in deliveries if each.kind == kind]
    for theme, source in chosen.items():
        sources = {each.source for each in of_kind if theme in each.themes}
        if source not in sources:
            there = f"Sources of {theme}: {_listed(sources)}." if sources else "Take it out."
            yield Problem(
                f"This source delivered no {kind} of {theme}.",
                there,
                column=f"sources.{kind}.{theme}",
                value=source,
            )


def refuse_what_cannot_end(
    current: Current,
    policy: Policy,
    asks: list[Ask],
    ground: Ground,
    groups: "pd.DataFrame | None",
    until: date,
) -> None:
    """Refuse what would be refused halfway: cells, pairs of incidents, labels without a weight.

    Raises
    ------
    PolicyRefused
        With every problem.
    """
    problems = [*_radius(policy), *_labels(policy, groups)]
    themes = {ask.theme: ask for ask in asks}
    if ground.dwellings is not None and any(is_scanned(policy, theme) for theme in themes):
        problems += _refused(lambda: scan_grid(policy, ground))
    for theme, ask in sorted(themes.items()):
        if follows_sequences(policy, theme):
            problems += chain.from_iterable(_pairs(current, policy, ask, until))
    if problems:
        raise PolicyRefused(problems)


def _refused(step: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the problems for which a step is refused."""
    try:
        step()
    except PolicyRefused as refusal:
        return refusal.problems
    return ()


def _radius(policy: Policy) -> Iterator[Problem]:
    settings = policy.hotspots
    if settings.radius_m < settings.cell_size_m:
        yield Problem(
            f"A neighbourhood of {settings.radius_m:g} m does not reach a neighbouring cell of "
            f"{settings.cell_size_m:g} m.",
            "Use at least the size of a cell.",
            column="hotspots.radius_m",
            value=f"{settings.radius_m:g}",
        )


def _labels(policy: Policy, groups: "pd.DataFrame | None") -> Iterator[Problem]:
    if groups is None or not zones_weight(policy):
        return
    weighed = {str(label) for label in policy.composite.zone_weights}
    for label in sorted(set(groups["label"]) - weighed):
        yield Problem(
            "There are youth groups with this label, and it has no weight.",
            "Give the label a weight; 0 leaves its zones out.",
            column="composite.zone_weights",
            value=label,
        )


def _pairs(
    current: Current, policy: Policy, ask: Ask, until: date
) -> Iterator[tuple[Problem, ...]]:
    """Yield why near repeats or bursts of a theme cannot be worked on."""
    from hotspots.analysis.bursts import refuse_bursts
    from hotspots.analysis.near_repeat import refuse_knox

    settings = policy.near_repeat
    dated = dated_of(current, ask.theme, near_repeat_months(policy, ask, until))
    every = dated_of(current, ask.theme, ask.held)
    yield _refused(
        lambda: refuse_knox(*dated.used, distances_m=settings.distances_m, days=settings.days)
    )
    yield _refused(
        lambda: refuse_bursts(
            *every.used,
            until=until,
            radius_m=settings.burst_radius_m,
            look_back_days=settings.look_back_days,
        )
    )
