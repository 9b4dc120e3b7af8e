"""The benchmark frame measures what it says: order, medians, stopping, and the written rows."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from typer.testing import CliRunner, Result

from tests.bench import Case, Command, Load, Timing, __main__, discover, measure, measure_all


class Machine:
    """A clock that only moves when a method is called, so every duration is known."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[str] = []

    def method(self, name: str, durations: list[float]) -> Callable[[], None]:
        """Make a method that takes the given durations, one per call."""
        left = iter(durations)

        def run() -> None:
            self.calls.append(name)
            self.now += next(left)

        return run


def test_methods_take_turns_after_a_warm_up_that_does_not_count() -> None:
    machine = Machine()
    case = Case(
        "planted",
        ours=machine.method("ours", [100.0, 1.0, 2.0, 9.0]),
        other=machine.method("other", [100.0, 8.0, 4.0, 6.0]),
        other_name="elsewhere",
    )
    timing = measure(case, max_repeats=3, budget_s=1e9, clock=lambda: machine.now)
    assert machine.calls == ["ours", "other"] * 4
    assert (timing.ours_s, timing.other_s, timing.repeats) == (2.0, 6.0, 3)
    assert timing.ratio == 3.0


def test_the_budget_ends_repetition_after_a_whole_round() -> None:
    machine = Machine()
    case = Case("slow", machine.method("ours", [4.0] * 9), machine.method("other", [1.0] * 9))
    timing = measure(case, max_repeats=9, budget_s=6.0, clock=lambda: machine.now)
    assert timing.repeats == 2
    assert machine.calls == ["ours", "other"] * 3


def test_what_is_slow_and_alone_is_timed_once() -> None:
    machine = Machine()
    case = Case("slow", machine.method("ours", [9.0]))
    timing = measure(case, budget_s=6.0, clock=lambda: machine.now)
    assert (timing.repeats, timing.ours_s, machine.calls) == (1, 9.0, ["ours"])


def test_a_case_alone_has_no_ratio() -> None:
    timing = measure(Case("alone", lambda: None), max_repeats=1)
    assert timing.other_s is None
    assert timing.ratio is None


@pytest.mark.parametrize(
    ("value_s", "shown"), [(12.34, "12.3 s"), (0.0123, "12.3 ms"), (4.56e-6, "4.56 µs")]
)
def test_durations_are_written_in_the_unit_that_suits_them(value_s: float, shown: str) -> None:
    assert __main__.seconds(value_s) == shown


def run(monkeypatch: pytest.MonkeyPatch, cases: list[Case], to: Path) -> Result:
    """Run the command on planted cases."""
    import typer

    monkeypatch.setattr(__main__, "discover", lambda _: iter(cases))
    app = typer.Typer()
    app.command()(__main__.main)
    return CliRunner().invoke(app, ["--quick", "--to", str(to)])


def test_the_command_prints_a_table_and_writes_the_same_rows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    to = tmp_path / "new" / "bench.json"
    cases = [
        Case("gi star", lambda: None, lambda: None, other_name="esda", scale="9 cells"),
        Case("alone", lambda: None),
    ]
    result = run(monkeypatch, cases, to)
    assert result.exit_code == 0, result.output
    assert "gi star" in result.output
    assert "9 cells" in result.output
    rows = json.loads(to.read_text(encoding="utf-8"))
    assert [row["name"] for row in rows["cases"]] == ["gi star", "alone"]
    paired, alone = rows["cases"]
    assert paired["ratio"] == pytest.approx(paired["other_s"] / paired["ours_s"])
    assert alone["ratio"] is None
    assert rows["machine"]["libraries"]["numpy"]


def test_an_other_that_takes_minutes_is_timed_once_and_not_warmed_up() -> None:
    machine = Machine()
    case = Case(
        "planted",
        machine.method("ours", [9.0, 1.0, 1.0]),
        machine.method("other", [200.0]),
        other_once=True,
    )
    timing = measure(case, max_repeats=2, budget_s=1e9, clock=lambda: machine.now)
    assert machine.calls == ["ours"] * 3 + ["other"]
    assert timing.ratio == 200.0


def test_an_other_that_is_timed_in_part_is_told_to_be_extrapolated() -> None:
    machine = Machine()
    case = Case(
        "planted",
        machine.method("ours", [2.0] * 3),
        machine.method("other", [20.0]),
        other_once=True,
        other_times=10,
    )
    timing = measure(case, max_repeats=1, clock=lambda: machine.now)
    assert (timing.other_s, timing.ratio) == (200.0, 100.0)
    assert "10 times what was timed" in __main__.beside(timing)
    assert "extrapolated" not in __main__.beside(measure(Case("whole", lambda: None)))


def test_a_command_is_timed_in_a_process_of_its_own_with_its_peak_memory() -> None:
    block = "held = bytearray(200_000_000); held[::4096] = b'x' * len(held[::4096])"
    sleep = "import time; time.sleep(0.2)"
    plain, large = measure_all(
        [Command("plain", lambda: ["-c", sleep]), Command("large", lambda: ["-c", block])]
    )
    assert plain.ours_s >= 0.2
    assert plain.peak_mb is not None
    assert large.peak_mb is not None
    assert large.peak_mb - plain.peak_mb == pytest.approx(200, abs=10)
    assert "MB" in __main__.beside(large)
    with pytest.raises(CalledProcessError):
        list(measure_all([Command("fails", lambda: ["-c", "raise SystemExit(3)"])]))


@pytest.mark.parametrize(("agrees", "shown"), [(True, "agrees"), (False, "differs")])
def test_the_table_says_whether_both_found_the_same(agrees: bool, shown: str) -> None:
    timing = measure(Case("x", lambda: None, agrees=lambda: agrees), max_repeats=1)
    cells = [str(cell) for column in __main__.table([timing]).columns for cell in column.cells]
    assert any(shown in cell for cell in cells)


def test_every_bench_module_gives_named_cases_that_differ() -> None:
    names = [case.name for case in discover()]
    assert len(names) == len(set(names))


def test_a_ratio_above_one_means_ours_is_faster() -> None:
    timing = Timing("x", "", 1, ours_s=1.0, other_s=2.0, other_name="slower")
    assert timing.ratio == 2.0


def test_a_load_yields_its_own_rows_for_as_long_as_is_asked() -> None:
    load = Load("load", lambda seconds: [Timing("p99", f"{seconds:g} s", 1, 0.1, None, "")])
    (timing,) = measure_all([load], load_s=7)
    assert (timing.name, timing.scale) == ("p99", "7 s")


def test_one_subject_can_be_measured_alone() -> None:
    assert [case.name for case in discover(["bans"])] == ["review of bans"]
