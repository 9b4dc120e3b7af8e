"""Frozen runs: what was asked, of which deliveries, with which policy and code, and the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.columns import validated
from hotspots.errors import NotFound, Problem, WorkspaceRefused
from hotspots.records import RunRecord
from hotspots.results import CONFIDENTIAL, RESULTS
from hotspots.store.tables import read_table, sha256_of, write_table
from hotspots.store.workspace import Workspace, staged_folder, writing

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Run:
    """A frozen run, opened for reading."""

    workspace: Workspace
    record: RunRecord

    def table(self, name: str) -> "pd.DataFrame":
        """Return one result; `priorities` and `hotspots` are GeoDataFrames in the workspace's CRS.

        Raises
        ------
        NotFound
            When the run has no such result.
        WorkspaceRefused
            When the file is not the one that was frozen.
        """
        return read_table(self._checked(name))

    def cells(self, theme: str, months: int) -> "pd.DataFrame":
        """Return the result `cells` of one search, without reading that of the others.

        Raises
        ------
        NotFound, WorkspaceRefused
            As :meth:`table`.
        """
        return read_table(
            self._checked("cells"), filters=[("theme", "==", theme), ("months", "==", months)]
        )

    def _checked(self, name: str) -> Path:
        """Return the file of a result, after comparing it with the hash that was frozen."""
        if name not in self.record.results:
            raise NotFound(
                Problem(
                    f"Run {self.record.id} has no result {name!r}: it was not asked, or what it "
                    "rests on was not delivered.",
                    f"Choose one of: {', '.join(sorted(self.record.results))}.",
                )
            )
        path = self.workspace.runs / self.record.id / f"{name}.parquet"
        if not path.exists() or sha256_of(path) != self.record.results[name]:
            raise WorkspaceRefused(
                Problem(
                    f"Result {name} of run {self.record.id} is not the file that was frozen.",
                    "Restore the run from a backup, or make it again.",
                    file=str(path),
                )
            )
        return path


def freeze_run(
    workspace: Workspace, record: RunRecord, results: Mapping[str, "pd.DataFrame"]
) -> Run:
    """Store a run with its results for good; a run that is there already is kept as it is."""
    with writing(workspace):
        target = workspace.runs / record.id
        if not target.exists():
            with staged_folder(target) as folder:
                for name, frame in results.items():
                    write_table(validated(frame, RESULTS[name]()), folder / f"{name}.parquet")
                hashes = {name: sha256_of(folder / f"{name}.parquet") for name in results}
                frozen = record.model_copy(update={"results": hashes})
                (folder / "run.json").write_text(
                    frozen.model_dump_json(indent=1) + "\n", encoding="utf-8"
                )
                for file in folder.iterdir():
                    file.chmod(0o400 if file.stem in CONFIDENTIAL else 0o444)
    return open_run(workspace, record.id)


def list_runs(workspace: Workspace) -> list[RunRecord]:
    """Return the records of all runs, newest first."""
    records = (
        RunRecord.model_validate_json(path.read_bytes())
        for path in workspace.runs.glob("[!.]*/run.json")
    )
    return sorted(records, key=lambda record: (record.created_at, record.id), reverse=True)


def run_before(workspace: Workspace, until: date) -> Run | None:
    """Return the yearly run with hotspots of the latest cut-off date before `until`, if any.

    Of several with that date it is the newest. A run of the same date is no earlier run: the
    same question asked twice must get the same answer.
    """
    records = [
        record
        for record in list_runs(workspace)
        if record.kind == "yearly" and record.until < until and "hotspots" in record.results
    ]
    latest = max(records, key=lambda record: (record.until, record.created_at), default=None)
    return None if latest is None else Run(workspace, latest)


def open_run(workspace: Workspace, run_id: str) -> Run:
    """Open a run by its id; ``latest`` is the yearly run with the latest cut-off date.

    Of several with that cut-off it is the newest, so that an earlier year that is looked at again
    does not take the place of this one.

    A camera plan and reviews of area measures answer no question about hotspots or rankings: they
    are opened by their id alone.

    Raises
    ------
    NotFound
        When there is no such run.
    """
    if run_id == "latest":
        answers = ("yearly", "question")
        records = [record for record in list_runs(workspace) if record.kind in answers]
        yearly = [record for record in records if record.kind == "yearly"]
        if records:
            last = max(yearly or records, key=lambda record: (record.until, record.created_at))
            return Run(workspace, last)
        raise NotFound(Problem("There is no run yet.", "Make one with: hotspots run."))
    path = workspace.runs / run_id / "run.json"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", run_id) or not path.is_file():
        raise NotFound(
            Problem(
                "There is no such run.", "See the list of runs.", column="run", value=run_id[:80]
            )
        )
    return Run(workspace, RunRecord.model_validate_json(path.read_bytes()))
