"""How far a run is as a whole, from the steps that it reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run: how its steps begin, and where in the whole it lies, in percent."""

    key: str
    begins: str
    first: int
    last: int


STAGES = (
    Stage("reading", "reading deliveries", 0, 5),
    Stage("ranking", "ranking per", 5, 10),
    Stage("hotspots", "hotspots of", 10, 90),
    Stage("together", "bringing the layers together", 90, 90),
    Stage("sight", "sight lines", 5, 60),
    Stage("plan", "plan", 60, 65),
    Stage("curve", "curve", 65, 85),
    Stage("cards", "score cards", 85, 90),
    Stage("held_out", "held-out months", 90, 98),
    Stage("areas", "reviewing areas", 5, 98),
    Stage("freezing", "freezing the run", 98, 99),
)
"""Rough shares of a run on a whole city; a step within a part, such as one scan, is not here."""


def stage_of(step: str) -> Stage | None:
    """Return the part of a run to which a step belongs; None for a step within a part."""
    return next((stage for stage in STAGES if step.startswith(stage.begins)), None)


class Meter:
    """Turns the steps of one run into a percentage that never falls and ends below 100."""

    def __init__(self) -> None:
        self._percent = 0

    def __call__(self, step: str, done: int, steps: int) -> int:
        """Return how far the run is, in percent.

        Parameters
        ----------
        step
            What is done now.
        done, steps
            How many of the steps of its kind are done, and of how many.
        """
        stage = stage_of(step)
        if stage is not None:
            share = min(done / steps, 1.0) if steps else 0.0
            reached = stage.first + int(share * (stage.last - stage.first))
            self._percent = max(self._percent, reached)
        return self._percent
