"""What the public may see, at hand: made from runs and the register by the one way out."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from api.shelf import LEAFLET_PATH, Shelf
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.maps.safety import safety_map
from hotspots.outputs.public_tables import PublicArea, SafetyDocument, safety_document
from hotspots.outputs.text import Lang
from hotspots.pipeline.public import figures_of, first_published, public_areas, public_runs
from hotspots.policy import Policy
from hotspots.store.register.register import Register

if TYPE_CHECKING:
    import pandas as pd

_RUNS_KEPT, _AREAS_KEPT = 16, 128


class PublicShelf:
    """Public figures of the runs of a shelf, and the areas of a register.

    Parameters
    ----------
    shelf
        All runs.
    tiles
        Background of the map, if any.
    """

    def __init__(self, shelf: Shelf, tiles: TileServer | None = None) -> None:
        self._shelf = shelf
        self._tiles = tiles
        self._lock = Lock()
        self._day = _Day()
        self._figures = lru_cache(maxsize=_RUNS_KEPT)(self._make_figures)
        self._together = lru_cache(maxsize=1)(self._make_together)
        self._document = lru_cache(maxsize=_AREAS_KEPT)(self._make_document)

    def figures(self, at: datetime) -> "pd.DataFrame | None":
        """Return the figures that are public at a moment; none where no run has any."""
        return self._together(self._public(at))

    def document(self, at: datetime, area_code: str) -> SafetyDocument | None:
        """Return the public figures of one area at a moment; none where there are none."""
        return self._document(self._public(at), area_code)

    def areas(self, register: Register, policy: Policy, on: date) -> list[PublicArea]:
        """Return the area measures that hold on a day; made anew when the register changes."""
        return self._on(register, policy, on).areas

    def map(self, register: Register, policy: Policy, on: date, lang: Lang) -> str | None:
        """Return the map of those areas; none where none has a boundary."""
        day = self._on(register, policy, on)
        ranked = next((each.id for each in self._shelf.records() if each.questions), None)
        if (lang, ranked) not in day.maps:
            workspace = self._shelf.workspace
            day.maps[lang, ranked] = safety_map(
                day.areas,
                on=on,
                source=workspace.name,
                crs=workspace.crs,
                lang=lang,
                assets=LEAFLET_PATH,
                tiles=self._tiles,
                around=None if ranked is None else outlines_of(self._shelf.open(ranked)),
                demo=workspace.demo,
            )
        return day.maps[lang, ranked]

    def _on(self, register: Register, policy: Policy, on: date) -> "_Day":
        key = (register.head()[1], on)
        with self._lock:
            if self._day.key != key:
                self._day = _Day(key, public_areas(self._shelf.workspace, register, policy, on=on))
            return self._day

    def _public(self, at: datetime) -> tuple[str, ...]:
        return tuple(each.id for each in public_runs(self._shelf.records(), at=at))

    def _make_figures(self, run_id: str) -> "pd.DataFrame":
        return figures_of(self._shelf.open(run_id))

    def _make_together(self, run_ids: tuple[str, ...]) -> "pd.DataFrame | None":
        return first_published([self._figures(each) for each in run_ids])

    def _make_document(self, run_ids: tuple[str, ...], area_code: str) -> SafetyDocument | None:
        figures = self._together(run_ids)
        return None if figures is None else safety_document(figures, area_code)


@dataclass(frozen=True)
class _Day:
    """The register as it was on a day: its head hash and the day, the areas, and their maps."""

    key: tuple[str, date] | None = None
    areas: list[PublicArea] = field(default_factory=list)
    maps: dict[tuple[Lang, str | None], str | None] = field(default_factory=dict)
