"""Cameras that stand, stood or lie in store: a row per camera and placement."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.ingest import parse
from hotspots.ingest.headers import plain
from hotspots.ingest.mapping import Mapping
from hotspots.ingest.points import read_points
from hotspots.ingest.quarantine import Quarantine, Unfit
from hotspots.ingest.readers import RawTable
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.ingest.shapes import open_table
from hotspots.ingest.sites import azimuth, code
from hotspots.policy.intake import Limits, Points
from hotspots.schemas import CameraClass

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

_DAYS = ("start", "end", "watched_from", "watched_until")
_WANTED = ("camera_id", "camera_class", "camera_type", *_DAYS, "azimuth_deg", "x", "y")
_REQUIRED = ("camera_id", "camera_class")
_WORDS: dict[CameraClass, str] = {
    "fixed": "fixed vast vaste vaste_camera",
    "flexible": "flexible flexibel flexibele flexibele_camera flex verplaatsbaar mobiel",
    "stadium": "stadium stadion stadioncamera voetbal",
}
_CLASSES: dict[str, CameraClass] = {
    word: camera_class for camera_class, words in _WORDS.items() for word in words.split()
}
_OTHER_PURPOSES = {
    "number plates, zones or speed": (
        r"anpr|kenteken|nummer_?pla|number_?plate|licen[cs]e_?plate|milieu|emissi|traject|snelheid"
        r"|flits|speed|(^|_)(ze|lez|uvl)(_|$)"
    ),
    "a citizen's door or home": r"deur|door_?(bell|camera)|particulier|burger|bewoner|private",
}
_NO_END = "9999"


def ingest_cameras(
    path: Path,
    *,
    mapping: Mapping,
    crs: str,
    area: "BaseGeometry | None",
    limits: Limits,
    points: Points,
) -> Ingested:
    """Take in cameras: fixed, flexible and stadium cameras with their placements.

    Cameras for another purpose (number plates, zones, doors of citizens) are quarantined.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    crs
        The workspace's CRS, metres.
    area
        The municipality in that CRS, if it is known; placements must lie in it.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    import geopandas as gpd

    raw, used = open_table(path, mapping=mapping, wanted=_WANTED, required=_REQUIRED, limits=limits)
    facts = _facts(raw, used)
    drawn = _is_placed(raw, used)
    facts["geometry"] = gpd.GeoSeries(index=facts.index, dtype="geometry", crs=crs)
    if drawn.any():
        there = replace(raw, frame=raw.frame[drawn], geometry=_only(raw, drawn))
        place = read_points(
            there, used, stated_crs=mapping.crs, crs=crs, area=area, settings=points,
            are_things=True,
        )  # fmt: skip
        facts["geometry"] = place.geometry.reindex(facts.index)
    _quarantine_half_placed(raw, facts, drawn, used)
    _quarantine_reversed(raw, facts, used)
    _quarantine_clashes(raw.quarantine, facts, used)
    refuse_if_nothing_is_left(raw)
    facts = facts.drop(index=list(raw.quarantine.rows & set(facts.index)))
    return Ingested(
        kind="cameras",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "cameras",
        level=None,
        facts=_as_stored(facts, crs),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={**used, **mapping.layer_as_text()},
        notes=[*raw.notes, *_notes(facts, area)],
    )


def _facts(raw: RawTable, used: dict[str, str]) -> "pd.DataFrame":
    """Return every readable row as the schema of cameras says, without its place."""
    import pandas as pd

    nothing = pd.Series("", index=raw.frame.index, dtype="str")

    def parsed(mine: str, parse_one: Callable[[str], str | float | None]) -> "pd.Series":
        texts = raw.frame[used[mine]] if mine in used else nothing
        return raw.quarantine.parsed(texts, parse_one, column=used.get(mine, mine))

    days = {
        mine: pd.to_datetime(parsed(mine, _day), errors="coerce").astype("datetime64[s]")
        for mine in _DAYS
    }
    return pd.DataFrame(
        {
            "camera_id": parsed("camera_id", code),
            "camera_class": parsed("camera_class", camera_class),
            "camera_type": parsed("camera_type", _camera_type),
            **days,
            "azimuth_deg": parsed("azimuth_deg", azimuth),
        }
    )


def camera_class(text: str) -> CameraClass:
    """Return the class of a camera, of its Dutch or English word."""
    word = plain(text)
    _refuse_other_purpose(word)
    try:
        return _CLASSES[word]
    except KeyError:
        raise Unfit("This is not a class of camera.", "Write vast, flexibel or stadion.") from None


def _camera_type(text: str) -> str | None:
    _refuse_other_purpose(plain(text))
    return code(text) if text.strip() else None


def _refuse_other_purpose(word: str) -> None:
    for what, pattern in _OTHER_PURPOSES.items():
        if re.search(pattern, word):
            raise Unfit(
                f"This camera has another purpose: it is for {what}, not for public order.",
                "Leave it out of the file; its pictures may not serve this.",
            )


def _day(text: str) -> str | None:
    """Return a day; one in the year 9999 is how systems write that there is no end."""
    return None if _NO_END in text else parse.optional_day(text)


def _is_placed(raw: RawTable, used: dict[str, str]) -> "pd.Series":
    """Return which rows have a place, right or wrong; the others may be in store."""
    import pandas as pd

    if raw.geometry is not None:
        return raw.geometry.notna() & ~raw.geometry.is_empty
    filled = [raw.frame[used[axis]].str.strip() != "" for axis in ("x", "y") if axis in used]
    return pd.concat(filled, axis=1).any(axis=1) if filled else pd.Series(False, raw.frame.index)


def _only(raw: RawTable, drawn: "pd.Series") -> "gpd.GeoSeries | None":
    import geopandas as gpd

    return None if raw.geometry is None else gpd.GeoSeries(raw.geometry[drawn])


def _quarantine_half_placed(
    raw: RawTable, facts: "pd.DataFrame", drawn: "pd.Series", used: dict[str, str]
) -> None:
    """Quarantine placements without a place or a first day; in store a camera has neither."""
    dated = facts["start"].notna() | facts["end"].notna()
    raw.quarantine.add(
        list(facts.index[dated & ~drawn]),
        column="geometry",
        rule="A placement has a place.",
        remedy="Draw it, or leave out the days of a camera that is in store.",
    )
    raw.quarantine.add(
        list(facts.index[drawn & facts["start"].isna()]),
        column=used.get("start", "start"),
        rule="A placement has a first day.",
        remedy="Fill in the first day on which the camera is known to have stood there.",
    )


def _quarantine_reversed(raw: RawTable, facts: "pd.DataFrame", used: dict[str, str]) -> None:
    """Quarantine days in the wrong order, and viewing that lies outside its placement."""
    orders = {
        ("start", "end"): "The last day lies before the first.",
        ("watched_from", "watched_until"): "Live viewing ends before it begins.",
        ("watched_from", "end"): "Live viewing begins after the placement has ended.",
        ("start", "watched_until"): "Live viewing ends before the placement begins.",
    }
    for (first, last), rule in orders.items():
        wrong = facts.index[facts[last] < facts[first]]
        column = used.get(last, last)
        raw.quarantine.add(
            facts.loc[wrong, last].dt.strftime("%Y-%m-%d"),
            column=column,
            rule=rule,
            remedy="Correct one of the days.",
        )


def _quarantine_clashes(
    quarantine: Quarantine, facts: "pd.DataFrame", used: dict[str, str]
) -> None:
    """Quarantine every row by which a camera would be in two places at a time.

    Two placements may share a day: that on which the camera was moved.
    """
    import pandas as pd

    whole = facts.drop(index=list(quarantine.rows & set(facts.index)))
    again = whole.duplicated(["camera_id", "start"], keep=False)
    ordered = whole[whole["start"].notna()].sort_values(["camera_id", "start"], kind="stable")
    until = ordered["end"].fillna(pd.Timestamp("2200-01-01"))
    by_camera = ordered["camera_id"]
    latest_before = until.groupby(by_camera).cummax().groupby(by_camera).shift()
    next_start = ordered["start"].groupby(by_camera).shift(-1)
    overlaps = (ordered["start"] < latest_before) | (next_start < until)
    open_ = whole["end"].isna() & whole["start"].notna()
    stored = whole["start"].isna()
    both = set(whole.loc[open_, "camera_id"]) & set(whole.loc[stored, "camera_id"])
    torn = whole["camera_id"].isin(both) & (open_ | stored)
    clash = again | torn | overlaps.reindex(whole.index, fill_value=False)
    quarantine.add(
        whole.loc[clash, "camera_id"],
        column=used["camera_id"],
        rule="A camera is in one place at a time, or in store.",
        remedy="Give each placement its last day; keep one row per placement.",
    )


def _as_stored(facts: "pd.DataFrame", crs: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    types = dict.fromkeys(["camera_id", "camera_class", "camera_type"], "str")
    ordered = facts.astype(types | {"azimuth_deg": "float64"})
    ordered = ordered.sort_values(["camera_id", "start"]).reset_index(drop=True)
    return gpd.GeoDataFrame(ordered, geometry="geometry", crs=crs)


def _notes(facts: "pd.DataFrame", area: "BaseGeometry | None") -> list[str]:
    """Return per class how many cameras there are and how many of them stand somewhere."""
    notes = []
    for name, rows in facts.groupby("camera_class"):
        stands = rows["start"].notna() & rows["end"].isna()
        notes.append(
            f"{name}: cameras {rows['camera_id'].nunique()}, of which placed without a last day "
            f"{rows.loc[stands, 'camera_id'].nunique()}; placements {int(rows['start'].count())}"
        )
    if area is None:
        notes.append("no areas yet: whether the cameras stand in the municipality is unknown")
    return notes
