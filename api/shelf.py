"""Finished runs at hand: each is opened once, for a run never changes."""

from functools import lru_cache
from threading import Lock

import pandas as pd

from hotspots.outputs.maps import TileServer, priorities_map
from hotspots.outputs.tables import PrioritiesDocument, document_of, find_question
from hotspots.outputs.text import Lang
from hotspots.schemas import Question, RunRecord
from hotspots.store.runs import Run, list_runs, open_run
from hotspots.store.workspace import Workspace

LEAFLET_PATH = "/static/leaflet"
"""Where the maps find Leaflet on our own host."""

_RUNS_KEPT = 8
_DOCUMENTS_KEPT = 64


class OpenRun:
    """A run with its tables kept in memory."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = Lock()
        self._tables: dict[str, pd.DataFrame] = {}

    @property
    def record(self) -> RunRecord:
        """The run's record."""
        return self._run.record

    def table(self, name: str) -> pd.DataFrame:
        """Return a result, read and checked against its hash the first time."""
        with self._lock:
            if name not in self._tables:
                self._tables[name] = self._run.table(name)
            return self._tables[name]


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
        # A run that is added or removed changes the time of the folder.
        self._records = lru_cache(maxsize=1)(self._list)
        self._latest = lru_cache(maxsize=1)(self._newest)
        self._opened = lru_cache(maxsize=_RUNS_KEPT)(self._open)
        self._document = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_document)
        self._map = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._make_map)

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
