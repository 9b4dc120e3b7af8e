"""The event calendar, and dated events that may explain why counts changed."""

from collections.abc import Collection
from collections.abc import Mapping as Given
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from hotspots.ingest import codes, parse
from hotspots.ingest.guard import refuse_personal_data, refuse_proxies
from hotspots.ingest.headers import plain
from hotspots.ingest.mapping import Mapping, complete_columns, require_columns
from hotspots.ingest.quarantine import Unfit
from hotspots.ingest.readers import RawTable, read_file
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.policy.intake import Limits
from hotspots.schemas import DISTORTING, LEVELS, EventKind, Level

if TYPE_CHECKING:
    import pandas as pd

AreaCodes = Given[Level, Collection[str]]
"""Codes of the delivered areas per level."""

_WANTED = ("start", "end", "kind", "name", "area_code", "level")
_LONGEST_NAME = 80
_LONGEST_DAYS = 31

_DUTCH_KINDS: dict[EventKind, str] = {
    "football": "voetbal voetbalwedstrijd wedstrijd thuiswedstrijd",
    "new_year": "jaarwisseling oud_en_nieuw nieuwjaar nieuwjaarsnacht oudejaarsnacht",
    "demonstration": "demonstratie betoging protest",
    "event": "evenement festival kermis concert koningsdag",
    "hot_day": "warme_dag hete_dag zomerse_dag stranddag",
    "campaign": "campagne voorlichting",
    "enforcement_action": "handhavingsactie handhaving controleactie",
    "new_channel": "nieuw_meldkanaal meldkanaal nieuw_kanaal",
    "measure": "maatregel",
    "registration_change": "registratiewijziging wijziging_registratie",
    "other": "overig anders",
}
_KINDS: dict[str, EventKind] = {
    word: kind for kind, words in _DUTCH_KINDS.items() for word in [kind, *words.split()]
}
_DUTCH_LEVELS = {
    "gemeente": "municipality",
    "stadsdelen": "stadsdeel",
    "verzorgingsgebied": "service-area",
    "service_area": "service-area",
}


def ingest_events(
    path: Path,
    *,
    mapping: Mapping,
    level: Level | None,
    areas: AreaCodes,
    limits: Limits,
) -> Ingested:
    """Take in an event calendar: days that distort counts, and events that may explain a break.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    level
        Level of the areas where no column tells it; guessed from CBS codes where absent.
    areas
        Codes of the areas that were delivered, per level; an event elsewhere would never be shown.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    level = level or mapping.level
    raw = read_file(path, layer=mapping.layer, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    names = list(raw.frame.columns)
    columns = complete_columns(mapping.columns, names, wanted=_WANTED, file=raw.file)
    used = {mine: theirs for mine, theirs in columns.used().items() if mine in _WANTED}
    refuse_personal_data(raw.frame, file=raw.file, mapped=used)
    refuse_proxies(used, file=raw.file)
    require_columns(columns, ("start", "kind"), names, file=raw.file)
    facts = _facts(raw, used).join(_where(raw, used, level))
    _quarantine_unknown_areas(raw, facts, used, areas)
    _quarantine_misfits(raw, facts, used)
    refuse_if_nothing_is_left(raw)
    facts = facts.drop(index=list(raw.quarantine.rows & set(facts.index)))
    return Ingested(
        kind="events",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "events",
        level=level,
        facts=_as_stored(facts),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={**used, **mapping.layer_as_text()},
        notes=[*raw.notes, *_notes(facts, used, names), *_unchecked(facts, areas)],
    )


def _facts(raw: RawTable, used: dict[str, str]) -> "pd.DataFrame":
    """Return every readable row as the schema of events says, without where it was."""
    import pandas as pd

    frame, quarantine = raw.frame, raw.quarantine
    start = quarantine.parsed(frame[used["start"]], parse.iso_day, column=used["start"])
    end = start
    if "end" in used:
        stated = frame[used["end"]]
        filled = stated.str.strip() != ""
        parsed = quarantine.parsed(stated[filled], parse.iso_day, column=used["end"])
        end = parsed.reindex(frame.index).where(filled, start)
    name = pd.Series("", index=frame.index)
    if "name" in used:
        name = quarantine.parsed(frame[used["name"]], _short, column=used["name"])
    return pd.DataFrame(
        {
            "start": pd.to_datetime(start, errors="coerce").astype("datetime64[s]"),
            "end": pd.to_datetime(end, errors="coerce").astype("datetime64[s]"),
            "kind": quarantine.parsed(frame[used["kind"]], kind, column=used["kind"]),
            "name": name,
        }
    )


def kind(text: str) -> EventKind:
    """Return the kind of an event, of its Dutch or English word."""
    try:
        return _KINDS[plain(text)]
    except KeyError:
        raise Unfit(
            "This is not a kind of event.",
            f"Write one of {', '.join(get_args(EventKind))}, or its Dutch word.",
        ) from None


def _short(text: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > _LONGEST_NAME:
        raise Unfit(
            f"The name of an event has at most {_LONGEST_NAME} characters.",
            "Give a short name, without stories and persons.",
        )
    return clean


def _where(raw: RawTable, used: dict[str, str], given: Level | None) -> "pd.DataFrame":
    """Return the level and the code of the area per row, both missing for the whole city."""
    import pandas as pd

    frame, quarantine = raw.frame, raw.quarantine
    nothing = pd.Series(None, index=frame.index, dtype=object)
    if "area_code" not in used:
        return pd.DataFrame({"level": nothing, "area_code": nothing})
    text = frame[used["area_code"]]
    filled = text.str.strip() != ""
    level = nothing.copy()
    if "level" in used:
        level = quarantine.parsed(frame[used["level"]], _level, column=used["level"])
    open_ = filled & level.isna() & ~frame.index.isin(quarantine.rows)
    level[open_] = given or text[open_].map(_guessed)
    quarantine.add(
        text[open_ & level.isna()],
        column=used["area_code"],
        rule="This code does not tell which level the area has.",
        remedy="Give it in a column, in the mapping, or with --level.",
    )
    level = level.where(filled, None)
    code = nothing.copy()
    for each, rows in text.groupby(level):
        parse_code = partial(codes.area_code, level=each)
        code[rows.index] = quarantine.parsed(rows, parse_code, column=used["area_code"])
    return pd.DataFrame({"level": level, "area_code": code})


def _level(text: str) -> Level | None:
    clean = plain(text)
    if not clean:
        return None
    for level in LEVELS:
        if level == _DUTCH_LEVELS.get(clean, clean):
            return level
    raise Unfit("This is not a level of areas.", f"Write one of {', '.join(LEVELS)}.")


def _guessed(text: str) -> Level | None:
    found = codes.cbs_code(text)
    return found[1] if found else None


def _quarantine_unknown_areas(
    raw: RawTable, facts: "pd.DataFrame", used: dict[str, str], areas: AreaCodes
) -> None:
    """Quarantine events in an area that is not among those delivered at its level."""
    for level, known in areas.items():
        there = facts.loc[facts["level"] == level, "area_code"].dropna()
        strange = there.index[~there.isin(list(known))]
        if strange.empty:
            continue
        raw.quarantine.add(
            raw.frame.loc[strange, used["area_code"]],
            column=used["area_code"],
            rule=f"No area at level {level} has this code.",
            remedy="Correct the code or the level, or leave it empty for the whole city.",
        )


def _unchecked(facts: "pd.DataFrame", areas: AreaCodes) -> list[str]:
    """Return how many events name an area of a level that was not delivered."""
    numbers = facts["level"].value_counts().sort_index()
    return [
        f"no areas at level {level} yet: {number} events there are not shown until they are "
        "taken in"
        for level, number in numbers.items()
        if level not in areas
    ]


def _quarantine_misfits(raw: RawTable, facts: "pd.DataFrame", used: dict[str, str]) -> None:
    """Quarantine events that end before they start, last too long or stand there twice."""
    length = (facts["end"] - facts["start"]).dt.days
    end = used.get("end")
    raw.quarantine.add(
        list(facts.index[length < 0]),
        column=end,
        rule="The end lies before the start.",
        remedy="Correct one of them.",
    )
    raw.quarantine.add(
        list(facts.index[(length >= _LONGEST_DAYS) & facts["kind"].isin(DISTORTING)]),
        column=end,
        rule=f"Days that distort counts are exceptions: at most {_LONGEST_DAYS} in a row.",
        remedy="Give the days themselves, or another kind, such as measure.",
    )
    whole = facts.drop(index=list(raw.quarantine.rows & set(facts.index)))
    raw.quarantine.add(
        list(whole.index[whole.duplicated()]),
        column=None,
        rule="The event stands in the file twice.",
        remedy="Nothing is lost: the first one counts. Remove the copy at the source.",
    )


def _as_stored(facts: "pd.DataFrame") -> "pd.DataFrame":
    columns = ["start", "end", "kind", "name", "level", "area_code"]
    texts = dict.fromkeys(columns[2:], "str")
    return facts[columns].astype(texts).sort_values(columns).reset_index(drop=True)


def _notes(facts: "pd.DataFrame", used: dict[str, str], names: list[str]) -> list[str]:
    numbers = facts["kind"].value_counts().sort_index()
    notes = [", ".join(f"{name} {number}" for name, number in numbers.items())]
    first, last = facts["start"].min(), facts["end"].max()
    notes.append(f"from {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    unread = [name for name in names if name not in used.values()]
    if unread:
        notes.append(f"never read: {', '.join(unread)}")
    return notes
