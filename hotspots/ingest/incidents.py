"""Incidents: points with a category and a moment."""

from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.ingest import parse
from hotspots.ingest.categories import CategoryTable, guessed_categories
from hotspots.ingest.guard import refuse_personal_data, refuse_proxies
from hotspots.ingest.mapping import Mapping, complete_columns, require_columns
from hotspots.ingest.points import read_points
from hotspots.ingest.quarantine import Quarantine
from hotspots.ingest.readers import RawTable, read_file
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.policy.intake import Limits, Points

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

_WANTED = (
    "category", "attempt", "id", "x", "y", "start", "start_time", "end", "end_time",
    "initiator", "period",
)  # fmt: skip
_HARDLY_COVERED = 0.1
_QUIET_DAYS_EXPECT = 10
_REPEATS_OF_A_NUMBER = 0.05


def ingest_incidents(
    path: Path,
    *,
    mapping: Mapping,
    categories: CategoryTable | None,
    crs: str,
    area: "BaseGeometry | None",
    limits: Limits,
    points: Points,
) -> Ingested:
    """Take in a file of incidents.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    categories
        What the codes of the source mean; guessed from known tables where absent.
    crs
        The workspace's CRS, metres.
    area
        The municipality in that CRS, if it is known.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    raw = read_file(path, layer=mapping.layer, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    used = _columns(raw, mapping)
    refuse_personal_data(raw.frame, file=raw.file, mapped=used)
    refuse_proxies(used, file=raw.file)
    if raw.frame.empty:
        refuse_if_nothing_is_left(raw)
    table = categories or guessed_categories(
        raw.frame[used["category"]], file=raw.file, column=used["category"]
    )
    place = read_points(raw, used, stated_crs=mapping.crs, crs=crs, area=area, settings=points)
    moments = _in_local_time(raw, used, mapping.timezone)
    facts = _what(raw, used, table).join(_when(moments, used, raw.quarantine)).join(place)
    _quarantine_copies(raw, used, is_guess=mapping.columns.id is None)
    refuse_if_nothing_is_left(raw)
    facts = facts.drop(index=list(raw.quarantine.rows & set(facts.index)))
    months, notes = _covered_months(facts)
    return Ingested(
        kind="incidents",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or table.name,
        level=None,
        facts=_as_stored(facts, crs),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={
            **used,
            **mapping.layer_as_text(),
            "categories": table.fingerprint,
            **points.as_texts(),
        },
        notes=[*raw.notes, *notes, *_notes(facts, used, table, list(raw.frame.columns))],
        months=months,
    )


def _columns(raw: RawTable, mapping: Mapping) -> dict[str, str]:
    """Return the columns to read; a start counts before a month."""
    names = list(raw.frame.columns)
    columns = complete_columns(mapping.columns, names, wanted=_WANTED, file=raw.file)
    if columns.start:
        columns = columns.model_copy(update={"period": None})
    required = ["category", "start" if not columns.period else "period"]
    if raw.geometry is None:
        required += ["x", "y"]
    require_columns(columns, required, names, file=raw.file)
    used = columns.used()
    if raw.geometry is not None and not (mapping.columns.x and mapping.columns.y):
        used.pop("x", None)
        used.pop("y", None)
    return used


def _what(raw: RawTable, used: dict[str, str], table: CategoryTable) -> "pd.DataFrame":
    """Return theme, attempt and initiator of every readable row."""
    import pandas as pd

    frame, quarantine = raw.frame, raw.quarantine
    category = quarantine.parsed(frame[used["category"]], table.find, column=used["category"])
    attempt = category.map(lambda found: found.attempt, na_action="ignore")
    if "attempt" in used:
        stated = quarantine.parsed(frame[used["attempt"]], parse.attempt, column=used["attempt"])
        attempt = attempt.where((attempt != "unknown") | stated.isna(), stated)
    unknown = pd.Series("unknown", index=frame.index)
    return pd.DataFrame(
        {
            "theme": category.map(lambda found: found.theme, na_action="ignore"),
            "attempt": attempt,
            "initiator": quarantine.parsed(
                frame[used["initiator"]], parse.initiator, column=used["initiator"]
            )
            if "initiator" in used
            else unknown,
        }
    )


def _in_local_time(raw: RawTable, used: dict[str, str], timezone: str | None) -> "pd.DataFrame":
    """Return the texts with moments that carry an offset in local time, if the zone is known."""
    import pandas as pd

    frame = raw.frame.copy()
    carrying = 0
    for column in (used[which] for which in ("start", "end") if which in used):
        texts = frame[column].str.strip()
        offset = texts.str.contains(r"[T ]\d.*" + parse.OFFSET).astype(bool)
        carrying += int(offset.sum())
        if timezone is not None and offset.any():
            moment = pd.to_datetime(texts[offset], utc=True, format="ISO8601", errors="coerce")
            local = moment.dt.tz_convert(timezone).dt.strftime("%Y-%m-%d %H:%M:%S")
            frame[column] = texts.where(~offset, local.reindex(texts.index)).fillna(texts)
    if carrying and timezone is None:
        raw.notes.append(
            f"{carrying} moments carry an offset and are taken as they stand; to convert them, "
            'set timezone in the mapping, such as "Europe/Amsterdam"'
        )
    return frame


def _when(frame: "pd.DataFrame", used: dict[str, str], quarantine: Quarantine) -> "pd.DataFrame":
    """Return month, start, end and how precisely the start is known."""
    import numpy as np
    import pandas as pd

    if "period" in used:
        month = quarantine.parsed(frame[used["period"]], parse.month, column=used["period"])
        never = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
        return pd.DataFrame(
            {"month": month, "start": never, "end": never, "time_precision": "month"}
        )
    start, at_minute = _moment(frame, used, quarantine, "start")
    end = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    if "end" in used:
        end, end_at_minute = _moment(frame, used, quarantine, "end")
        # A day without a time ends when it is over: it cannot lie before a start on that day.
        same_day = end.dt.normalize() == start.dt.normalize()
        before = (end < start) & ~(same_day & ~(end_at_minute & at_minute))
        quarantine.add(
            end[before].astype("str"),
            column=used["end"],
            rule="The end lies before the start.",
            remedy="Correct one of them.",
        )
        end = end.where(end >= start)
    return pd.DataFrame(
        {
            "month": start.dt.strftime("%Y-%m"),
            "start": start,
            "end": end,
            "time_precision": np.where(at_minute, "minute", "day"),
        }
    )


def _moment(
    frame: "pd.DataFrame", used: dict[str, str], quarantine: Quarantine, which: str
) -> "tuple[pd.Series, pd.Series]":
    """Return a moment, and whether its time of day is known; date and time may be one column."""
    import pandas as pd

    column = used[which]
    apart = frame[column].str.strip().str.extract(r"^([^T ]*)(?:[T ]\s*(.*))?$")
    days, times = apart[0].fillna(""), apart[1].fillna("")
    midnight_or_none = times.str.fullmatch(r"[0:.+]*Z?")
    if f"{which}_time" in used:
        stated = frame[used[f"{which}_time"]]
        times = stated.where(stated.str.strip() != "", times.mask(midnight_or_none, ""))
    elif midnight_or_none.all():
        times = times.mask(midnight_or_none, "")  # a table of dates holds them as midnights
    if which == "end":
        filled = days != ""
        days, times = days[filled], times[filled]
    day = quarantine.parsed(days, parse.day, column=column)
    clock = quarantine.parsed(times, parse.clock, column=used.get(f"{which}_time", column))
    moments = {found: pd.Timestamp(*found) for found in day.dropna().unique()}
    midnight = day.map(moments).astype("datetime64[s]")
    seconds = pd.to_timedelta(clock.astype("float64").fillna(0.0), unit="s")
    moment = (midnight + seconds).astype("datetime64[s]").reindex(frame.index)
    return moment, clock.notna().reindex(frame.index, fill_value=False)


def _quarantine_copies(raw: RawTable, used: dict[str, str], *, is_guess: bool) -> None:
    """Quarantine second registrations under one number; where they differ, all of them.

    A column that was only guessed to hold the number, and often repeats, does not hold it.
    """
    if "id" not in used:
        return
    whole = raw.frame.drop(index=list(raw.quarantine.rows & set(raw.frame.index)))
    whole = whole[whole[used["id"]].str.strip() != ""]
    again = whole.duplicated(list(used.values()), keep="first")
    differing = whole[~again].duplicated(used["id"], keep=False)
    if is_guess and differing.sum() + again.sum() > _REPEATS_OF_A_NUMBER * len(whole):
        raw.notes.append(f"{used['id']} often repeats, so it is no registration number")
        return
    raw.quarantine.add(
        whole.loc[again, used["id"]],
        column=used["id"],
        rule="The registration stands in the file twice.",
        remedy="Nothing is lost: the first one counts. Remove the copy at the source.",
    )
    raw.quarantine.add(
        whole[~again].loc[differing, used["id"]],
        column=used["id"],
        rule="Rows with the same registration number differ.",
        remedy="Correct the source, or map another column as id.",
    )


def _covered_months(facts: "pd.DataFrame") -> tuple[list[str], list[str]]:
    """Return the months that the file covers, and notes on the months that it hardly does.

    A few incidents of the year before, in a file of one year, do not make that year's last
    month delivered; nor do the first days of a month that had not ended at the extraction.
    """
    per_month = facts["month"].value_counts().sort_index()
    months = list(per_month.index)
    hardly = _HARDLY_COVERED * per_month.median()
    strays = []
    for edge in (0, -1):
        while len(months) > 1 and per_month[months[edge]] < hardly:
            strays.append(months.pop(edge))
    notes = []
    if strays:
        notes.append(
            f"hardly covered, so not counted as delivered: {', '.join(sorted(strays))} "
            f"({int(per_month[strays].sum())} incidents)"
        )
    last_day = facts.loc[facts["month"] == months[-1], "start"].max()
    if last_day == last_day:  # a month without days has no last one
        silent = last_day.days_in_month - last_day.day
        per_day = len(facts[facts["month"] == months[-1]]) / last_day.day
        if silent * per_day >= _QUIET_DAYS_EXPECT and len(months) > 1:
            unfinished = months.pop()
            notes.append(
                f"unfinished last month, so not counted as delivered: {unfinished} stops on day "
                f"{last_day.day} ({int(per_month[unfinished])} incidents)"
            )
    return months, notes


def _as_stored(facts: "pd.DataFrame", crs: str) -> "pd.DataFrame":
    """Return the facts in order of time and place, as the schema says."""
    import geopandas as gpd

    columns = ["theme", "attempt", "initiator", "month", "start", "end", "time_precision"]
    frame = gpd.GeoDataFrame(facts[[*columns, "precision_m", "geometry"]], crs=crs)
    texts = dict.fromkeys(["theme", "attempt", "initiator", "month", "time_precision"], "str")
    frame = frame.assign(x=frame.geometry.x, y=frame.geometry.y).astype(texts)
    frame = frame.sort_values(["month", "start", "theme", "x", "y"], kind="stable")
    return frame.drop(columns=["x", "y"]).reset_index(drop=True)


def _notes(
    facts: "pd.DataFrame", used: dict[str, str], table: CategoryTable, names: list[str]
) -> list[str]:
    how = "guessed from known table" if table.guessed else "from table"
    notes = [f"categories {how} {table.name}: {', '.join(sorted(facts['theme'].unique()))}"]
    unread = [name for name in names if name not in used.values()]
    if unread:
        notes.append(f"never read: {', '.join(unread)}")
    without = int((facts["time_precision"] == "day").sum())
    if without:
        notes.append(f"{without} incidents without a time of day; kept with their date")
    if (facts["time_precision"] == "month").all():
        notes.append("the source gives months, not days: nothing can be said of days or hours")
    if "id" not in used:
        notes.append("no column with a registration number: duplicates cannot be found")
    return notes
