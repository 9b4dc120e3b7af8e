"""The benchmark frame: our method and another, timed alternately in one run.

A module ``bench_*.py`` in this folder has a function ``cases()`` that returns its `Case` list, or
`Command` where a whole command is timed in a process of its own, or `Load`. Ratios from one
run on one machine mean something; seconds from two machines do not.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pkgutil import iter_modules
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to time: `ours`, and `other` where another library does the same.

    `scale` says in words how much work it is ("12,000 cells"); `other_name` names the library.
    `agrees` tells whether both find the same. An other that takes minutes is timed
    `other_once`, without a warm-up; one that takes longer is timed on a part of its work, and its
    time multiplied by `other_times`.
    """

    name: str
    ours: Callable[[], object]
    other: Callable[[], object] | None = None
    other_name: str = ""
    scale: str = ""
    agrees: Callable[[], bool] | None = None
    other_once: bool = False
    other_times: int = 1


@dataclass(frozen=True, slots=True)
class Command:
    """A whole command of ours, timed once in a process of its own with its peak memory.

    `prepare` makes what it needs and returns its arguments.
    """

    name: str
    prepare: Callable[[], list[str]]
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """A server of ours under load for so many seconds: `timings` yields what it measured."""

    name: str
    timings: "Callable[[float], Iterable[Timing]]"


@dataclass(frozen=True, slots=True)
class Timing:
    """What was measured for one case; `ratio` above 1 means that ours is the faster.

    `other_s` is `other_times` what was timed: above 1 it is not measured but extrapolated.
    `agrees` is absent where nothing was compared; processor time and peak memory, where no process
    was measured. `note` says what the other columns cannot.
    """

    name: str
    scale: str
    repeats: int
    ours_s: float
    other_s: float | None
    other_name: str
    other_times: int = 1
    agrees: bool | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Median time of the other over the median time of ours."""
        return None if self.other_s is None else self.other_s / self.ours_s

    def as_dict(self) -> dict[str, object]:
        """Return the row of ``bench.json``."""
        return {**asdict(self), "ratio": self.ratio}


def discover(only: Collection[str] = ()) -> Iterator[Case | Command | Load]:
    """Yield the cases of every ``bench_*`` module by name, or of those in `only`."""
    for module in sorted(found.name for found in iter_modules(__path__)):
        if module.startswith("bench_") and (not only or module.removeprefix("bench_") in only):
            yield from import_module(f"{__name__}.{module}").cases()


def measure(
    case: Case,
    *,
    max_repeats: int = 15,
    budget_s: float = 4.0,
    clock: Callable[[], float] = perf_counter,
) -> Timing:
    """Time a case: one warm-up each, then ours and the other in turn, and take medians.

    Alternating spreads a slow spell of the machine over both. Repetition stops at `max_repeats`,
    or after the round in which `budget_s` seconds are used up. What is timed alone and takes
    longer than that when warmed up is not timed again.
    """
    in_turn = case.other is not None and not case.other_once
    methods = [case.ours, case.other] if case.other and in_turn else [case.ours]
    warm_ups = [_timed(method, clock) for method in methods]
    if len(methods) == 1 and warm_ups[0] > budget_s:
        rounds = [warm_ups]
    else:
        rounds, start = [], clock()
        while not rounds or (len(rounds) < max_repeats and clock() - start < budget_s):
            rounds.append([_timed(method, clock) for method in methods])
    medians = [median(each) for each in zip(*rounds, strict=True)]
    if case.other and case.other_once:
        medians.append(_timed(case.other, clock))
    return Timing(
        name=case.name,
        scale=case.scale,
        repeats=len(rounds),
        ours_s=medians[0],
        other_s=None if case.other is None else medians[1] * case.other_times,
        other_name=case.other_name,
        other_times=case.other_times,
        agrees=case.agrees and case.agrees(),
    )


def _timed(method: Callable[[], object], clock: Callable[[], float]) -> float:
    before = clock()
    method()
    return clock() - before


# A process counts the memory of the one that started it as its own: a small one starts it.
_STARTER = """
import json, resource, subprocess, sys, time
before = time.perf_counter()
done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - before
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1.024e-3]))
sys.exit(done.returncode)
"""


def measure_command(command: Command) -> Timing:
    """Time a command once; take the processor time and the peak memory of its process."""
    asked = [sys.executable, "-c", _STARTER, *command.prepare()]
    done = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True)
    seconds, cpu_s, peak_mb = json.loads(done.stdout)
    return Timing(command.name, command.scale, 1, seconds, None, "", cpu_s=cpu_s, peak_mb=peak_mb)


def measure_all(
    cases: Iterable[Case | Command | Load], *, quick: bool = False, load_s: float = 10
) -> Iterator[Timing]:
    """Time cases one by one; `quick` does one round of each, a load takes `load_s` seconds."""
    for case in cases:
        if isinstance(case, Command):
            yield measure_command(case)
        elif isinstance(case, Load):
            yield from case.timings(load_s)
        else:
            yield measure(case, max_repeats=1) if quick else measure(case)
