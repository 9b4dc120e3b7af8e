"""Counts: incidents per area, month and category, as police and municipality publish them."""

from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.ingest import codes, parse
from hotspots.ingest.categories import CategoryTable, guessed_categories
from hotspots.ingest.guard import refuse_personal_data, refuse_proxies
from hotspots.ingest.mapping import Columns, Mapping, complete_columns, require_columns
from hotspots.ingest.quarantine import Quarantine
from hotspots.ingest.readers import RawTable, read_file
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.policy.intake import Limits
from hotspots.schemas import Level

if TYPE_CHECKING:
    import pandas as pd

_WANTED = ("area_code", "year", "month", "period", "category", "attempt", "count")
_KEY = ["area_code", "month", "code", "attempt"]


def ingest_counts(
    path: Path,
    *,
    mapping: Mapping,
    categories: CategoryTable | None,
    level: Level | None,
    limits: Limits,
) -> Ingested:
    """Take in a file of monthly counts.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    categories
        What the codes of the source mean; guessed from known tables where absent.
    level
        Level of the areas; guessed from the codes where absent.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    raw = read_file(path, layer=mapping.layer, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    level = level or mapping.level
    columns = _columns(raw, mapping, level)
    used = columns.used()
    refuse_personal_data(raw.frame, file=raw.file, mapped=_with_area_names(used, raw))
    refuse_proxies(used, file=raw.file)
    if raw.frame.empty:
        refuse_if_nothing_is_left(raw)
    level = level or _level(raw.frame[used["area_code"]], raw.file)
    table = categories or guessed_categories(
        raw.frame[used["category"]], file=raw.file, column=used["category"]
    )
    rows = _rows(raw, used, table, level)
    _quarantine_repeats(rows, raw.quarantine, column=used["count"])
    refuse_if_nothing_is_left(raw)
    rows = rows.drop(index=list(raw.quarantine.rows & set(rows.index)))
    return Ingested(
        kind="counts",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or table.name,
        level=level,
        facts=_facts(rows, level),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={
            **used,
            **mapping.layer_as_text(),
            "zeros_omitted": mapping.zeros_omitted,
            "categories": table.fingerprint,
        },
        notes=[*raw.notes, *_notes(rows, used, table, list(raw.frame.columns), mapping)],
        months=sorted(rows["month"].unique()),
    )


def _columns(raw: RawTable, mapping: Mapping, level: Level | None) -> Columns:
    """Return the columns to read: a month either in one column, or beside a year."""
    names = list(raw.frame.columns)
    given = codes.with_area_code(mapping.columns, raw.frame, level=level)
    columns = complete_columns(given, names, wanted=_WANTED, file=raw.file)
    if columns.year and columns.month:
        columns = columns.model_copy(update={"period": mapping.columns.period})
    else:
        whole = columns.period or columns.month
        columns = columns.model_copy(update={"period": whole, "year": None, "month": None})
    required = ["area_code", "category", "count"]
    if not columns.year:
        required.insert(1, "period")
    require_columns(columns, required, names, file=raw.file)
    return columns


def _with_area_names(used: dict[str, str], raw: RawTable) -> dict[str, str]:
    """Return `used` with the column that names each area, so that it is not held for persons."""
    for name in raw.frame.columns:
        if name in used.values() or name.lower() not in ("naam", "name"):
            continue
        if raw.frame.groupby(used["area_code"])[name].nunique().max() <= 1:
            return used | {"area_name": name}
    return used


def _level(area_codes: "pd.Series", file: str) -> Level:
    """Return the level; the police's service areas have codes of their own but a telling name."""
    if "verzorging" in str(area_codes.name).lower():
        return "service-area"
    return codes.require_level(area_codes, file=file)


def _rows(
    raw: RawTable, used: dict[str, str], table: CategoryTable, level: Level
) -> "pd.DataFrame":
    """Return all readable rows, parsed, on their row numbers; unfit values are missing."""
    import pandas as pd

    frame, quarantine = raw.frame, raw.quarantine

    def parsed(mine: str, reader: Callable[[str], Hashable | None]) -> "pd.Series":
        return quarantine.parsed(frame[used[mine]], reader, column=used[mine])

    category = parsed("category", table.find)
    attempt = category.map(lambda found: found.attempt, na_action="ignore")
    if "attempt" in used:
        stated = parsed("attempt", parse.attempt)
        attempt = attempt.where((attempt != "unknown") | stated.isna(), stated)
    return pd.DataFrame(
        {
            "area_code": parsed("area_code", partial(codes.area_code, level=level)),
            "month": _months(frame, used, quarantine),
            "code": category.map(lambda found: found.code, na_action="ignore"),
            "theme": category.map(lambda found: found.theme, na_action="ignore"),
            "attempt": attempt,
            "count": parsed("count", parse.whole_number),
        }
    )


def _months(frame: "pd.DataFrame", used: dict[str, str], quarantine: Quarantine) -> "pd.Series":
    if "year" not in used:
        return quarantine.parsed(frame[used["period"]], parse.month, column=used["period"])
    separator = "\x1f"
    both = frame[used["year"]].str.cat(frame[used["month"]], sep=separator)
    return quarantine.parsed(
        both,
        lambda text: parse.year_month(*text.split(separator, 1)),
        column=f"{used['year']}, {used['month']}",
    )


def _quarantine_repeats(rows: "pd.DataFrame", quarantine: Quarantine, *, column: str) -> None:
    """Quarantine second copies of a row; where the copies differ, all of them."""
    whole = rows.drop(index=list(quarantine.rows & set(rows.index)))
    again = whole.duplicated([*_KEY, "count"], keep="first")
    quarantine.add(
        whole.loc[again, "count"],
        column=column,
        rule="The same area, month and category stands in the file twice with the same count.",
        remedy="Nothing is lost: the first one counts. Remove the copy at the source.",
    )
    differing = whole[~again].duplicated(_KEY, keep=False)
    quarantine.add(
        whole[~again].loc[differing, "count"],
        column=column,
        rule="The same area, month and category stands in the file with different counts.",
        remedy="Map the column that tells these rows apart, or correct the source.",
    )


def _facts(rows: "pd.DataFrame", level: Level) -> "pd.DataFrame":
    """Return counts added up over the codes of each theme, sorted, as the schema says."""
    keys = ["area_code", "month", "theme", "attempt"]
    facts = rows.astype({"count": "int64"}).groupby(keys, sort=True)["count"].sum().reset_index()
    facts.insert(1, "level", level)
    return facts.astype(dict.fromkeys([*keys, "level"], "str"))


def _notes(
    rows: "pd.DataFrame",
    used: dict[str, str],
    table: CategoryTable,
    names: list[str],
    mapping: Mapping,
) -> list[str]:
    found = rows.drop_duplicates("code").sort_values("code")
    how = "guessed from known table" if table.guessed else "from table"
    notes = [
        f"categories {how} {table.name}: "
        + "; ".join(
            f"{row.code} = {row.theme}" + ("" if row.attempt == "unknown" else f" ({row.attempt})")
            for row in found.itertuples()
        )
    ]
    unread = [name for name in names if name not in used.values()]
    if unread:
        notes.append(f"never read: {', '.join(unread)}")
    cells = rows.drop_duplicates(["area_code", "month", "theme"])
    expected = rows["area_code"].nunique() * rows["month"].nunique() * rows["theme"].nunique()
    if len(cells) < expected and not mapping.zeros_omitted:
        notes.append(
            f"{expected - len(cells)} of {expected} combinations of area, month and theme have no "
            "row and count as unknown; if the source leaves out zeros, set zeros_omitted = true "
            "in the mapping"
        )
    return notes
