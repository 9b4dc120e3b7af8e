"""The benchmark frame: our method and another, timed alternately in one run.

A module ``bench_*.py`` in this folder has a function ``cases()`` that returns its `Case` list.
Ratios from one run on one machine mean something; seconds from two machines do not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pkgutil import iter_modules
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to time: `ours`, and `other` where another library does the same.

    `scale` says in words how much work it is ("12,000 cells"); `other_name` names the library.
    """

    name: str
    ours: Callable[[], object]
    other: Callable[[], object] | None = None
    other_name: str = ""
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """What was measured for one case; `ratio` above 1 means that ours is the faster."""

    name: str
    scale: str
    repeats: int
    ours_s: float
    other_s: float | None
    other_name: str

    @property
    def ratio(self) -> float | None:
        """Median time of the other over the median time of ours."""
        return None if self.other_s is None else self.other_s / self.ours_s

    def as_dict(self) -> dict[str, object]:
        """Return the row of ``bench.json``."""
        return {**asdict(self), "ratio": self.ratio}


def discover() -> Iterator[Case]:
    """Yield the cases of every ``bench_*`` module, by module name."""
    for module in sorted(found.name for found in iter_modules(__path__)):
        if module.startswith("bench_"):
            yield from import_module(f"{__name__}.{module}").cases()


def measure(
    case: Case,
    *,
    max_repeats: int = 15,
    budget_s: float = 10.0,
    clock: Callable[[], float] = perf_counter,
) -> Timing:
    """Time a case: one warm-up each, then ours and the other in turn, and take medians.

    Alternating spreads a slow spell of the machine over both. Repetition stops at `max_repeats`,
    or after the round in which `budget_s` seconds are used up.
    """
    methods = [case.ours] if case.other is None else [case.ours, case.other]
    for method in methods:
        method()
    seconds: list[list[float]] = [[] for _ in methods]
    start = clock()
    while True:
        for method, row in zip(methods, seconds, strict=True):
            before = clock()
            method()
            row.append(clock() - before)
        if len(seconds[0]) >= max_repeats or clock() - start >= budget_s:
            break
    return Timing(
        name=case.name,
        scale=case.scale,
        repeats=len(seconds[0]),
        ours_s=median(seconds[0]),
        other_s=None if case.other is None else median(seconds[1]),
        other_name=case.other_name,
    )


def measure_all(cases: Iterable[Case], *, quick: bool = False) -> Iterator[Timing]:
    """Time cases one by one; `quick` does one round of each."""
    for case in cases:
        yield measure(case, max_repeats=1) if quick else measure(case)
