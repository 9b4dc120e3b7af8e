"""Finished runs at hand: each is opened once, for a run never changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, TypeVar

import pandas as pd

from api.ban_shelf import BanProposalShelf, BanShelf
from api.camera_shelf import CameraShelf
from api.ranking_shelf import RankingShelf
from hotspots.outputs.hotspots.composite_tables import (
    CompositeDocument,
    composite_document_of,
    require_composite,
)
from hotspots.outputs.hotspots.place_tables import PlaceDocument, place_document_of, search_of
from hotspots.outputs.hotspots.tables import (
    HotspotsDocument,
    cells_of,
    find_search,
    hotspots_document_of,
)
from hotspots.outputs.maps.composite import composite_map
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.maps.hotspots import hotspots_map
from hotspots.outputs.maps.priorities import priorities_map
from hotspots.outputs.maps.signals import signals_map
from hotspots.outputs.signals.tables import SignalsDocument, signals_document_of
from hotspots.outputs.surfaces import write_surface
from hotspots.outputs.tables import PrioritiesDocument, document_of, find_question
from hotspots.outputs.text import Lang
from hotspots.records import Question, RunRecord, Search
from hotspots.results import CONFIDENTIAL
from hotspots.store.runs import Run, list_runs, open_run
from hotspots.store.workspace import Workspace

LEAFLET_PATH = "/static/leaflet"
"""Where the maps find Leaflet on our own host."""

_RUNS_KEPT = 8
_DOCUMENTS_KEPT = 64
_VIEWS_KEPT = 64

_Made = TypeVar("_Made")
_SURFACES_KEPT = 16


class ServedRecord(RunRecord):
    """A run's record as it is served: of scans of youth groups only whether there were any."""

    group_scans: bool


class OpenRun:
    """A run with its tables kept in memory, and what pages last made of them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = Lock()
        self._tables: dict[str, pd.DataFrame] = {}
        self._views: OrderedDict[Hashable, Any] = OrderedDict()

    @property
    def record(self) -> RunRecord:
        """The run's record."""
        return self._run.record

    @property
    def served_record(self) -> ServedRecord:
        """The record without what is confidential."""
        record = self._run.record
        public = [each for each in record.deliveries if each.kind != "groups"]
        results = {
            name: sha256 for name, sha256 in record.results.items() if name not in CONFIDENTIAL
        }
        served = record.model_copy(update={"deliveries": public, "results": results})
        return ServedRecord(**dict(served), group_scans=len(public) < len(record.deliveries))

    def table(self, name: str) -> pd.DataFrame:
        """Return a result, read and checked against its hash the first time."""
        with self._lock:
            if name not in self._tables:
                self._tables[name] = self._run.table(name)
            return self._tables[name]

    def kept(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what is made of this run alone, and of nothing about who asks; made once.

        Parameters
        ----------
        key
            Tells it from everything else that is made of the run.
        make
            Makes it, when it is not at hand.
        """
        with self._lock:
            if key in self._views:
                self._views.move_to_end(key)
                view: _Made = self._views[key]
                return view
        made = make()  # what two ask for at once is made twice, and nobody waits for another
        with self._lock:
            self._views[key] = made
            if len(self._views) > _VIEWS_KEPT:
                self._views.popitem(last=False)
        return made

    def cells(self, theme: str, months: int) -> pd.DataFrame:
        """Return the study cells of one search; too large to keep, and asked for once a map."""
        return self._run.cells(theme, months)


class Shelf:
    """The runs of one workspace, for reading.

    Parameters
    ----------
    workspace
        Whose runs.
    tiles
        Background of the maps, if any.
    """

    def __init__(self, workspace: Workspace, tiles: TileServer | None = None) -> None:
        self.workspace = workspace
        self._tiles = tiles
        self.cameras = CameraShelf(self, assets=LEAFLET_PATH, tiles=tiles)
        self.bans = BanShelf(self, assets=LEAFLET_PATH, tiles=tiles)
        self.ban_proposals = BanProposalShelf(self, assets=LEAFLET_PATH, tiles=tiles)
        self.rankings = RankingShelf(self)
        # A run that is added or removed changes the time of the folder.
        self._records = lru_cache(maxsize=1)(self._list)
        self._latest = lru_cache(maxsize=1)(self._newest)
        self._opened = lru_cache(maxsize=_RUNS_KEPT)(self._open)
        self._document = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_document)
        self._map = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_map)
        self._found = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_found)
        self._found_map = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_found_map)
        self._composite = lru_cache(maxsize=_RUNS_KEPT)(self._make_composite)
        self._composite_map = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_composite_map)
        self._place = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_place)
        self._place_map = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_place_map)
        self._signals = lru_cache(maxsize=_RUNS_KEPT)(self._make_signals)
        self._signals_map = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_signals_map)
        self._surface = lru_cache(maxsize=_SURFACES_KEPT)(self._make_surface)

    def records(self) -> list[RunRecord]:
        """Return the records of all runs, newest first."""
        return self._records(self._changed_at())

    def open(self, run_id: str) -> OpenRun:
        """Return a run by its id, or the ``latest``.

        Raises
        ------
        NotFound
            When there is no such run.
        """
        if run_id == "latest":
            run_id = self._latest(self._changed_at())
        return self._opened(run_id)

    def document(self, run: OpenRun, question: Question) -> PrioritiesDocument:
        """Return one ranking of a run; made once."""
        return self._document(run.record.id, question.theme, question.level)

    def map(self, run: OpenRun, question: Question, lang: Lang) -> str | None:
        """Return the map of one ranking; made once, and none where no area has a shape."""
        return self._map(run.record.id, question.theme, question.level, lang)

    def hotspots(self, run: OpenRun, search: Search) -> HotspotsDocument:
        """Return what one search of a run found; made once."""
        return self._found(run.record.id, search.theme, search.months)

    def hotspots_map(self, run: OpenRun, search: Search, lang: Lang) -> str:
        """Return the map of one search; made once."""
        return self._found_map(run.record.id, search.theme, search.months, lang)

    def place(self, run: OpenRun, hotspot_id: str) -> PlaceDocument:
        """Return one hotspot of a run; made once.

        Raises
        ------
        NotFound
            When the run has no such hotspot.
        """
        return self._place(run.record.id, hotspot_id)

    def place_map(self, run: OpenRun, hotspot_id: str, lang: Lang) -> str:
        """Return the map of one hotspot with its surroundings; made once.

        Raises
        ------
        NotFound
            When the run has no such hotspot.
        """
        return self._place_map(run.record.id, hotspot_id, lang)

    def composite(self, run: OpenRun) -> CompositeDocument:
        """Return where the layers of a run come together; made once.

        Raises
        ------
        NotFound
            When the run did not bring them together.
        """
        return self._composite(run.record.id)

    def composite_map(self, run: OpenRun, lang: Lang) -> str | None:
        """Return the map of those places; made once, and none where there is no place.

        Raises
        ------
        NotFound
            As :meth:`composite`.
        """
        return self._composite_map(run.record.id, lang)

    def signals(self, run: OpenRun) -> SignalsDocument:
        """Return the signals of a run; made once."""
        return self._signals(run.record.id)

    def signals_map(self, run: OpenRun, lang: Lang) -> str | None:
        """Return the map of a run's signals; made once, and none where there is no circle."""
        return self._signals_map(run.record.id, lang)

    def surface(self, run: OpenRun, search: Search) -> bytes:
        """Return the density of one search as a Cloud-Optimised GeoTIFF; made once."""
        return self._surface(run.record.id, search.theme, search.months)

    def _changed_at(self) -> int:
        runs = self.workspace.runs
        return runs.stat().st_mtime_ns if runs.exists() else 0

    def _list(self, _changed_at: int) -> list[RunRecord]:
        return list_runs(self.workspace)

    def _newest(self, _changed_at: int) -> str:
        return open_run(self.workspace, "latest").record.id

    def _open(self, run_id: str) -> OpenRun:
        return OpenRun(open_run(self.workspace, run_id))

    def _make_document(self, run_id: str, theme: str, level: str) -> PrioritiesDocument:
        run = self.open(run_id)
        return document_of(run, find_question(run.record, theme=theme, level=level))

    def _make_map(self, run_id: str, theme: str, level: str, lang: Lang) -> str | None:
        run = self.open(run_id)
        question = find_question(run.record, theme=theme, level=level)
        return priorities_map(run, question, lang=lang, assets=LEAFLET_PATH, tiles=self._tiles)

    def _make_found(self, run_id: str, theme: str, months: int) -> HotspotsDocument:
        run = self.open(run_id)
        return hotspots_document_of(run, find_search(run.record, theme=theme, months=months))

    def _make_found_map(self, run_id: str, theme: str, months: int, lang: Lang) -> str:
        run = self.open(run_id)
        search = find_search(run.record, theme=theme, months=months)
        return hotspots_map(run, search, lang=lang, assets=LEAFLET_PATH, tiles=self._tiles)

    def _make_composite(self, run_id: str) -> CompositeDocument:
        run = self.open(run_id)
        require_composite(run.record)
        return composite_document_of(run)

    def _make_composite_map(self, run_id: str, lang: Lang) -> str | None:
        run = self.open(run_id)
        require_composite(run.record)
        return composite_map(run, lang=lang, assets=LEAFLET_PATH, tiles=self._tiles)

    def _make_place(self, run_id: str, hotspot_id: str) -> PlaceDocument:
        run = self.open(run_id)
        found = self.hotspots(run, search_of(run, hotspot_id))
        return place_document_of(run, found, hotspot_id)

    def _make_place_map(self, run_id: str, hotspot_id: str, lang: Lang) -> str:
        run = self.open(run_id)
        return hotspots_map(
            run,
            search_of(run, hotspot_id),
            lang=lang,
            assets=LEAFLET_PATH,
            tiles=self._tiles,
            around=hotspot_id,
        )

    def _make_signals(self, run_id: str) -> SignalsDocument:
        return signals_document_of(self.open(run_id))

    def _make_signals_map(self, run_id: str, lang: Lang) -> str | None:
        return signals_map(self.open(run_id), lang=lang, assets=LEAFLET_PATH, tiles=self._tiles)

    def _make_surface(self, run_id: str, theme: str, months: int) -> bytes:
        run = self.open(run_id)
        search = find_search(run.record, theme=theme, months=months)
        with TemporaryDirectory() as folder:
            file = Path(folder) / "density.tif"
            write_surface(
                cells_of(run, search),
                file,
                crs=run.record.crs,
                cell_size_m=search.cell_size_m,
                period=(search.first_month, search.last_month),
            )
            return file.read_bytes()
