"""Deliveries: every file as it was taken in, which one counts for which month, and retention."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hotspots.columns import validated
from hotspots.errors import NotFound, Problem, WorkspaceRefused
from hotspots.facts import FACTS
from hotspots.records import Delivery
from hotspots.schemas import Kind, Level
from hotspots.store.tables import read_table, write_table
from hotspots.store.workspace import Workspace, staged_folder, write_whole, writing

if TYPE_CHECKING:
    import pandas as pd


def list_deliveries(workspace: Workspace) -> list[Delivery]:
    """Return all deliveries, oldest first."""
    records = (
        Delivery.model_validate_json(path.read_bytes())
        for path in workspace.deliveries.glob("[!.]*/delivery.json")
    )
    return sorted(records, key=lambda delivery: delivery.sequence)


def add_delivery(
    workspace: Workspace,
    delivery: Delivery,
    facts: "pd.DataFrame",
    rejects: "pd.DataFrame",
    *,
    files: Mapping[str, Callable[[Path], None]] | None = None,
) -> tuple[Delivery, bool]:
    """Store a delivery with its facts and its quarantined rows; a known one changes nothing.

    `files` holds per name what writes a file that stays beside the facts, such as a raster.
    Returns the stored delivery, with its `sequence`, and whether it was new.
    """
    schema = FACTS[delivery.kind]()
    with writing(workspace):
        known = list_deliveries(workspace)
        for earlier in known:
            if earlier.id == delivery.id:
                return earlier, False
        stored = delivery.model_copy(
            update={"sequence": 1 + max((each.sequence for each in known), default=0)}
        )
        with staged_folder(workspace.deliveries / stored.id) as folder:
            write_table(validated(facts, schema), folder / "facts.parquet")
            write_table(rejects, folder / "rejects.parquet")
            for name, write in (files or {}).items():
                write(folder / name)
            (folder / "delivery.json").write_text(
                stored.model_dump_json(indent=1) + "\n", encoding="utf-8"
            )
    return stored, True


def current_areas(deliveries: Iterable[Delivery]) -> dict[Level, Delivery]:
    """Return per level the newest delivery of areas."""
    return {each.level: each for each in deliveries if each.kind == "areas" and each.level}


def current_of_kind(deliveries: Iterable[Delivery], kind: Kind) -> Delivery | None:
    """Return the newest delivery of a kind, if there is one."""
    return max(
        (each for each in deliveries if each.kind == kind),
        key=lambda each: each.sequence,
        default=None,
    )


def current_per_source(deliveries: Sequence[Delivery], kind: Kind) -> list[Delivery]:
    """Return the newest delivery of every source, in order of source.

    A file that was taken in again under another source holds as it was read last.
    """
    newest = {each.source: each for each in _as_read_last(deliveries) if each.kind == kind}
    return [newest[source] for source in sorted(newest)]


def kept_file(workspace: Workspace, delivery: Delivery, name: str) -> Path | None:
    """Return the path of a file that was kept beside the facts of a delivery, if it was."""
    path = workspace.deliveries / delivery.id / name
    return path if path.is_file() else None


def holding_rows(
    workspace: Workspace, deliveries: Sequence[Delivery], *, kind: Literal["groups", "events"]
) -> "list[tuple[Delivery, pd.DataFrame]]":
    """Return the deliveries of groups or events with the rows of each that hold.

    A round of groups is superseded by a newer delivery of that round. Events are superseded by a
    newer delivery of their source, for its whole period, from its first event to its last.
    """
    holding: list[tuple[Delivery, pd.DataFrame]] = []
    for newer in _as_read_last([each for each in deliveries if each.kind == kind]):
        rows = read_facts(workspace, newer)
        if not len(rows):
            continue
        for at, (older, held) in enumerate(holding):
            if kind == "groups":
                superseded = held["round"].isin(rows["round"].unique())
            else:
                superseded = held["start"].between(rows["start"].min(), rows["start"].max())
                superseded &= older.source == newer.source
            holding[at] = older, held[~superseded]
        holding.append((newer, rows))
    return [(delivery, rows) for delivery, rows in holding if len(rows)]


def current_months(
    deliveries: Sequence[Delivery],
    *,
    kind: Literal["counts", "incidents"],
    theme: str,
    level: Level | None = None,
    source: str | None = None,
) -> dict[str, Delivery]:
    """Return per delivered month (``YYYY-MM``) the delivery that holds for `theme`.

    Of one source the newest delivery holds for its whole period, from its first month to its
    last: a month that it lacks is missing, also where an older delivery had it. A file that was
    taken in again, with another mapping or under another source, holds as it was read last.

    Parameters
    ----------
    level
        Level of the counts; none for incidents.
    source
        Source to use; needed where several cover a month.

    Raises
    ------
    WorkspaceRefused
        When several sources cover a month and none is chosen.
    """
    holds: dict[str, dict[str, Delivery]] = {}
    for each in _as_read_last(deliveries):
        if each.kind != kind or each.level != level or theme not in each.themes:
            continue
        if source not in (None, each.source) or not each.months:
            continue
        months = holds.setdefault(each.source, {})
        for month in [month for month in months if each.months[0] <= month <= each.months[-1]]:
            del months[month]
        months.update(dict.fromkeys(each.months, each))
    current: dict[str, Delivery] = {}
    for months in holds.values():
        both = sorted(current.keys() & months.keys())
        if both:
            raise WorkspaceRefused(
                Problem(
                    f"Sources {', '.join(sorted(holds))} both have {kind} of {theme} for {both[0]} "
                    f"(and {len(both) - 1} more months).",
                    f'Choose one in the policy: [sources.{kind}] {theme} = "{min(holds)}".',
                )
            )
        current |= months
    return dict(sorted(current.items()))


def _as_read_last(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Return the deliveries without those whose file (or layer of it) was taken in again later."""
    newest = {
        (each.kind, each.level, each.sha256, each.mapping.get("layer")): each for each in deliveries
    }
    return sorted(newest.values(), key=lambda each: each.sequence)


def read_facts(workspace: Workspace, delivery: Delivery) -> "pd.DataFrame":
    """Return the facts of a delivery, as the schema of its kind says; spatial where it is."""
    return validated(_read(workspace, delivery, "facts"), FACTS[delivery.kind]())


def read_rejects(workspace: Workspace, delivery: Delivery) -> "pd.DataFrame":
    """Return the quarantined rows: `row`, `column`, `value`, `rule`, `remedy`."""
    return _read(workspace, delivery, "rejects")


def purge_facts(
    workspace: Workspace, *, before: date, at: datetime, dry_run: bool = False
) -> list[str]:
    """Delete counts, incidents, groups and quarantined rows of before `before`; record it.

    A delivery that lies wholly before is emptied, one that straddles is trimmed; its record
    stays, with what was deleted. What holds no incidents stays: areas, dwellings, built-up land,
    events, sites, cameras, buildings, heights, public space, streets and runs.

    Returns
    -------
        One line per delivery, also written to ``purged.jsonl`` in the workspace.
    """
    keep_from = f"{before:%Y-%m}"
    lines = []
    with writing(workspace):
        for delivery in list_deliveries(workspace):
            facts = _read(workspace, delivery, "facts")
            months = _months_of(facts)
            if months is None or not (months < keep_from).any():
                continue
            gone = months[months < keep_from]
            line = (
                f"{delivery.id} ({delivery.source}, {delivery.file_name}): {delivery.kind} "
                f"of {gone.min()} to {gone.max()} and all quarantined rows"
            )
            lines.append(line)
            if not dry_run:
                kept = facts[months >= keep_from]
                _trim(workspace, delivery, kept, keep_from, f"{at:%Y-%m-%d}: {line}")
        if lines and not dry_run:
            log = workspace.path / "purged.jsonl"
            entry = {"at": at.isoformat(), "before": before.isoformat(), "deleted": lines}
            earlier = log.read_text(encoding="utf-8") if log.exists() else ""
            write_whole(log, earlier + json.dumps(entry, ensure_ascii=False) + "\n")
    return lines


def _months_of(facts: "pd.DataFrame") -> "pd.Series | None":
    """Return the month of each row, of a round of groups its last; none for what has no term."""
    if "round" in facts:
        return facts["round"].str.replace("-H1", "-06").str.replace("-H2", "-12")
    return facts.get("month")


def _trim(
    workspace: Workspace, delivery: Delivery, kept: "pd.DataFrame", keep_from: str, line: str
) -> None:
    """Rewrite a delivery with the rows that are kept, each file whole."""
    folder = workspace.deliveries / delivery.id
    for name, frame in (("rejects", read_rejects(workspace, delivery).iloc[:0]), ("facts", kept)):
        beside = folder / f".{name}.new"
        write_table(frame, beside)
        beside.replace(folder / f"{name}.parquet")
    record = delivery.model_copy(
        update={
            "months": [month for month in delivery.months if month >= keep_from],
            "purged": [*delivery.purged, line],
        }
    )
    write_whole(folder / "delivery.json", record.model_dump_json(indent=1) + "\n")


def _read(workspace: Workspace, delivery: Delivery, name: str) -> "pd.DataFrame":
    path = workspace.deliveries / delivery.id / f"{name}.parquet"
    if not path.exists():
        raise NotFound(
            Problem(
                f"Delivery {delivery.id} has no {name}.",
                "Restore the workspace from a backup.",
                file=str(path),
            )
        )
    return read_table(path)
