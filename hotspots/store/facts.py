"""Deliveries: every file as it was taken in, which one counts for which month, and retention."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from hotspots.errors import NotFound, Problem, WorkspaceRefused
from hotspots.schemas import Delivery, Level, areas_schema, counts_schema, validated
from hotspots.store.tables import read_table, write_table
from hotspots.store.workspace import Workspace, staged_folder, write_whole, writing

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def list_deliveries(workspace: Workspace) -> list[Delivery]:
    """Return all deliveries, oldest first."""
    records = (
        Delivery.model_validate_json(path.read_bytes())
        for path in workspace.deliveries.glob("[!.]*/delivery.json")
    )
    return sorted(records, key=lambda delivery: delivery.sequence)


def add_delivery(
    workspace: Workspace, delivery: Delivery, facts: "pd.DataFrame", rejects: "pd.DataFrame"
) -> tuple[Delivery, bool]:
    """Store a delivery with its facts and its quarantined rows; a known one changes nothing.

    Returns the stored delivery, with its `sequence`, and whether it was new.
    """
    schema = areas_schema() if delivery.kind == "areas" else counts_schema()
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
            (folder / "delivery.json").write_text(
                stored.model_dump_json(indent=1) + "\n", encoding="utf-8"
            )
    return stored, True


def current_areas(deliveries: Iterable[Delivery]) -> dict[Level, Delivery]:
    """Return per level the newest delivery of areas."""
    return {each.level: each for each in deliveries if each.kind == "areas"}


def current_counts(
    deliveries: Sequence[Delivery], *, theme: str, level: Level, source: str | None = None
) -> dict[str, Delivery]:
    """Return per delivered month (``YYYY-MM``) the delivery of counts that holds for `theme`.

    Of one source the newest delivery holds for its whole period, from its first month to its
    last: a month that it lacks is missing, also where an older delivery had it.

    Raises
    ------
    WorkspaceRefused
        When several sources cover a month and none is chosen with `source`.
    """
    holds: dict[str, dict[str, Delivery]] = {}
    for each in deliveries:
        if each.level != level or theme not in each.themes or not each.months:
            continue
        if source not in (None, each.source):
            continue
        months = holds.setdefault(each.source, {})
        first, last = each.months[0], each.months[-1]
        for month in [month for month in months if first <= month <= last]:
            del months[month]
        months.update(dict.fromkeys(each.months, each))
    current: dict[str, Delivery] = {}
    for months in holds.values():
        both = sorted(current.keys() & months.keys())
        if both:
            raise WorkspaceRefused(
                Problem(
                    f"Sources {', '.join(sorted(holds))} both have {theme} per {level} "
                    f"for {both[0]} (and {len(both) - 1} more months).",
                    f'Choose one in the policy: [sources.counts] {theme} = "{min(holds)}".',
                )
            )
        current |= months
    return dict(sorted(current.items()))


def read_areas(workspace: Workspace, delivery: Delivery) -> "gpd.GeoDataFrame":
    """Return the areas of a delivery, in order of `area_code`."""
    import geopandas as gpd

    frame = validated(_read(workspace, delivery, "facts"), areas_schema())
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=workspace.crs)


def read_counts(workspace: Workspace, delivery: Delivery) -> "pd.DataFrame":
    """Return the counts of a delivery, all themes."""
    return validated(_read(workspace, delivery, "facts"), counts_schema())


def read_rejects(workspace: Workspace, delivery: Delivery) -> "pd.DataFrame":
    """Return the quarantined rows: `row`, `column`, `value`, `rule`, `remedy`."""
    return _read(workspace, delivery, "rejects")


def purge_facts(
    workspace: Workspace, *, before: date, at: datetime, dry_run: bool = False
) -> list[str]:
    """Delete counts and quarantined rows of months that ended before `before`; record it.

    A delivery that lies wholly before is emptied, one that straddles is trimmed; its record
    stays, with what was deleted. Areas and runs hold no incidents and stay.

    Returns
    -------
        One line per delivery, also written to ``purged.jsonl`` in the workspace.
    """
    keep_from = f"{before:%Y-%m}"
    lines = []
    with writing(workspace):
        for delivery in list_deliveries(workspace):
            gone = [month for month in delivery.months if month < keep_from]
            if not gone:
                continue
            line = (
                f"{delivery.id} ({delivery.source}, {delivery.file_name}): "
                f"counts of {gone[0]} to {gone[-1]} and all quarantined rows"
            )
            lines.append(line)
            if not dry_run:
                _trim(workspace, delivery, keep_from=keep_from, line=f"{at:%Y-%m-%d}: {line}")
        if lines and not dry_run:
            log = workspace.path / "purged.jsonl"
            entry = {"at": at.isoformat(), "before": before.isoformat(), "deleted": lines}
            earlier = log.read_text(encoding="utf-8") if log.exists() else ""
            write_whole(log, earlier + json.dumps(entry, ensure_ascii=False) + "\n")
    return lines


def _trim(workspace: Workspace, delivery: Delivery, *, keep_from: str, line: str) -> None:
    """Rewrite a delivery's files without the months before `keep_from`, each file whole."""
    folder = workspace.deliveries / delivery.id
    facts = read_counts(workspace, delivery)
    for name, frame in (
        ("rejects", read_rejects(workspace, delivery).iloc[:0]),
        ("facts", facts[facts["month"] >= keep_from]),
    ):
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
