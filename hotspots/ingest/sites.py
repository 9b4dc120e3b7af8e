"""Candidate sites: posts and facades on which a camera may be mounted."""

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.ingest import parse
from hotspots.ingest.headers import plain
from hotspots.ingest.mapping import Mapping
from hotspots.ingest.points import read_points
from hotspots.ingest.quarantine import Unfit
from hotspots.ingest.readers import RawTable
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.ingest.shapes import open_table
from hotspots.policy.intake import Limits, Points
from hotspots.schemas import SiteKind

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

_WANTED = ("site_id", "kind", "power", "mounting_height_m", "azimuth_deg", "x", "y")
_LONGEST_CODE = 40
_KINDS: dict[SiteKind, str] = {
    "facade": r"gevel|facade|muur|wand|pand|gebouw|building",
    "pole": r"paal|mast|pole|post|portaal|licht|lantaarn|vri|verkeerslicht",
}
_POWER = {
    word: power
    for power, words in {
        True: "ja j yes y true 1 dag_en_nacht continu permanent vast aanwezig 24_uur 230v",
        False: "nee n no false 0 geen alleen_nacht nacht alleen_s_nachts afwezig none",
    }.items()
    for word in words.split()
}
_UNKNOWN = ("", "onbekend", "unknown", "nvt", "n_v_t")

azimuth = partial(
    parse.measure, least=0, most=360, what="A direction, in degrees clockwise from north,"
)
"""Reads a direction; nothing where it is empty."""


def ingest_sites(
    path: Path,
    *,
    mapping: Mapping,
    crs: str,
    area: "BaseGeometry | None",
    limits: Limits,
    points: Points,
) -> Ingested:
    """Take in candidate sites: posts and facades with their power and mounting height.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    crs
        The workspace's CRS, metres.
    area
        The municipality in that CRS, if it is known; sites must lie in it.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    raw, used = open_table(
        path, mapping=mapping, wanted=_WANTED, required=("site_id",), limits=limits
    )
    place = read_points(
        raw, used, stated_crs=mapping.crs, crs=crs, area=area, settings=points, are_things=True
    )
    facts = _facts(raw, used).assign(geometry=place.geometry)
    refuse_if_nothing_is_left(raw)
    facts = facts.drop(index=list(raw.quarantine.rows & set(facts.index)))
    return Ingested(
        kind="sites",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "sites",
        level=None,
        facts=_as_stored(facts, crs),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={**used, **mapping.layer_as_text()},
        notes=[*raw.notes, *_notes(facts, used, area)],
    )


def _facts(raw: RawTable, used: dict[str, str]) -> "pd.DataFrame":
    """Return every readable row as the schema of sites says, without its place."""
    import pandas as pd

    frame, quarantine = raw.frame, raw.quarantine
    nothing = pd.Series("", index=frame.index, dtype="str")

    def texts(mine: str) -> "pd.Series":
        return frame[used[mine]] if mine in used else nothing

    site_id = quarantine.parsed(texts("site_id"), code, column=used["site_id"])
    quarantine.add(
        site_id[site_id.notna() & site_id.duplicated(keep=False)],
        column=used["site_id"],
        rule="A site stands in the file once.",
        remedy="Keep one row per site; give two of them codes of their own.",
    )
    kind = pd.Series("pole", index=frame.index)
    if "kind" in used:
        kind = quarantine.parsed(texts("kind"), site_kind, column=used["kind"])
    return pd.DataFrame(
        {
            "site_id": site_id,
            "kind": kind,
            "power": quarantine.parsed(texts("power"), power, column=used.get("power", "power")),
            "mounting_height_m": quarantine.parsed(
                texts("mounting_height_m"),
                partial(parse.measure, least=1, most=60, what="A mounting height, in metres,"),
                column=used.get("mounting_height_m", "mounting_height_m"),
            ),
            "azimuth_deg": quarantine.parsed(
                texts("azimuth_deg"), azimuth, column=used.get("azimuth_deg", "azimuth_deg")
            ),
        }
    )


def code(text: str) -> str:
    """Return a code without the blanks around it."""
    clean = " ".join(text.split())
    if not clean or len(clean) > _LONGEST_CODE:
        raise Unfit(
            f"A code has 1 to {_LONGEST_CODE} characters.", "Fill in the code by which it is known."
        )
    return clean


def site_kind(text: str) -> SiteKind:
    """Return what a camera would be mounted on, of a Dutch or English word for it."""
    for kind, pattern in _KINDS.items():
        if re.search(pattern, plain(text)):
            return kind
    raise Unfit(
        "This is not a kind of site.", "Write paal (or lichtmast) or gevel, or leave the row out."
    )


def power(text: str) -> bool | None:
    """Return whether there is power day and night; nothing where that is unknown.

    A street light that is fed at night only has no power for a camera.
    """
    word = plain(text)
    if word in _UNKNOWN:
        return None
    try:
        return _POWER[word]
    except KeyError:
        raise Unfit(
            "This does not say whether there is power day and night.",
            "Write ja, nee or alleen nacht, or leave it empty where that is unknown.",
        ) from None


def _as_stored(facts: "pd.DataFrame", crs: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    types = {"site_id": "str", "kind": "str", "power": "boolean"}
    types |= dict.fromkeys(["mounting_height_m", "azimuth_deg"], "float64")
    ordered = facts.astype(types).sort_values("site_id").reset_index(drop=True)
    return gpd.GeoDataFrame(ordered, geometry="geometry", crs=crs)


def _notes(facts: "pd.DataFrame", used: dict[str, str], area: "BaseGeometry | None") -> list[str]:
    numbers = facts["kind"].value_counts().sort_index()
    notes = [", ".join(f"{name} {number}" for name, number in numbers.items())]
    if "kind" not in used:
        notes.append("no column with the kind: every site is taken for a pole")
    known = facts["power"].dropna().astype(bool)
    notes.append(
        f"power day and night {int(known.sum())}, not {int((~known).sum())}, "
        f"unknown {len(facts) - len(known)}"
    )
    blind = int(((facts["kind"] == "facade") & facts["azimuth_deg"].isna()).sum())
    if blind:
        notes.append(f"{blind} facades without a direction: where they look is unknown")
    if area is None:
        notes.append("no areas yet: whether the sites lie in the municipality is unknown")
    return notes
