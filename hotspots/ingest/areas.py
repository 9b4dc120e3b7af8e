"""Areas: polygons with a code, a name and a number of dwellings."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.crs import to_workspace
from hotspots.ingest import codes
from hotspots.ingest.guard import refuse_personal_data, refuse_proxies
from hotspots.ingest.mapping import Mapping, complete_columns, require_columns
from hotspots.ingest.parse import optional_whole_number
from hotspots.ingest.points import refuse_unknown_crs
from hotspots.ingest.quarantine import Quarantine
from hotspots.ingest.readers import RawTable, read_file
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.policy.intake import Limits
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_WANTED = ("area_code", "area_name", "parent_code", "dwellings")
_LAYER_WORDS: dict[Level, str] = {
    "municipality": "gemeente",
    "stadsdeel": "stadsde",
    "wijk": "wijk",
    "buurt": "buurt",
    "service-area": "verzorging",
}


def ingest_areas(
    path: Path, *, mapping: Mapping, level: Level | None, crs: str, limits: Limits
) -> Ingested:
    """Take in a file of areas.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    level
        Level of the areas; guessed from CBS codes where absent.
    crs
        The workspace's CRS, metres; geometry is brought into it.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    level = level or mapping.level
    raw = read_file(
        path,
        layer=mapping.layer or _layer_for(path, level),
        max_mb=limits.max_file_mb,
        max_rows=limits.max_rows,
    )
    names = list(raw.frame.columns)
    given = codes.with_area_code(mapping.columns, raw.frame, level=level)
    columns = complete_columns(given, names, wanted=_WANTED, file=raw.file)
    used = columns.used()
    refuse_personal_data(raw.frame, file=raw.file, mapped=used)
    refuse_proxies(used, file=raw.file)
    require_columns(columns, ("area_code",), names, file=raw.file)
    level = level or codes.require_level(raw.frame[used["area_code"]], file=raw.file)
    facts = _facts(raw, used, level)
    facts["geometry"] = _geometry(raw, mapping.crs, crs)
    refuse_if_nothing_is_left(raw)
    accepted = facts.drop(index=list(raw.quarantine.rows)).sort_values("area_code")
    return Ingested(
        kind="areas",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "areas",
        level=level,
        facts=_as_geoframe(accepted, crs),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping=used,
        notes=[*raw.notes, *_notes(accepted, used, names)],
    )


def _layer_for(path: Path, level: Level | None) -> str | None:
    """Return the layer whose name holds the Dutch word for the level, if there is just one."""
    if level is None or path.suffix.lower() != ".gpkg" or not path.is_file():
        return None
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    except DataSourceError:
        return None  # the reader says what is wrong with it
    fitting = [name for name in layers if _LAYER_WORDS[level] in name.lower()]
    return fitting[0] if len(fitting) == 1 and len(layers) > 1 else None


def _facts(raw: RawTable, used: dict[str, str], level: Level) -> "pd.DataFrame":
    """Return all readable rows, on their row numbers, as the schema of areas without geometry."""
    import pandas as pd

    frame, quarantine = raw.frame, raw.quarantine
    nothing = pd.Series("", index=frame.index, dtype="str")

    def texts(mine: str) -> "pd.Series":
        return frame[used[mine]] if mine in used else nothing

    code = quarantine.parsed(
        texts("area_code"), partial(codes.area_code, level=level), column=used["area_code"]
    )
    _quarantine_repeats(code, quarantine, column=used["area_code"])
    dwellings = quarantine.parsed(
        texts("dwellings"), optional_whole_number, column=used.get("dwellings", "dwellings")
    )
    parent = texts("parent_code").str.strip().map(_parent_code)
    name = texts("area_name").str.strip()
    return pd.DataFrame(
        {
            "area_code": code.astype("str"),
            "area_name": name.where(name != "", code).astype("str"),
            "level": pd.Series(level, index=frame.index, dtype="str"),
            "parent_code": parent.where(parent != "", None).astype("str"),
            "dwellings": dwellings.astype("Int64"),
        }
    )


def _parent_code(text: str) -> str:
    found = codes.cbs_code(text) if text[:2].upper() in ("GM", "WK", "BU") else None
    return found[0] if found else text


def _quarantine_repeats(code: "pd.Series", quarantine: Quarantine, *, column: str) -> None:
    """Quarantine every row of a code that stands there more than once: none is to be preferred."""
    repeated = code[code.notna() & code.duplicated(keep=False)]
    quarantine.add(
        repeated,
        column=column,
        rule="An area stands in the file once.",
        remedy="Keep one row per area; join parts of an area into one multipolygon.",
    )


def _geometry(raw: RawTable, stated_crs: str | None, crs: str) -> "gpd.GeoSeries":
    """Return repaired polygons in the workspace's CRS, missing where the file has none."""
    import geopandas as gpd

    if raw.geometry is None:
        return gpd.GeoSeries(index=raw.frame.index, dtype="geometry", crs=crs)
    given = raw.geometry
    refuse_unknown_crs(stated_crs, file=raw.file)
    if given.crs is None and stated_crs is not None:
        given = given.set_crs(stated_crs)
    empty = given.isna() | given.is_empty
    raw.quarantine.add(
        raw.frame.index[empty],
        column="geometry",
        rule="An area has a polygon.",
        remedy="Draw it, or remove the row.",
    )
    wrong = ~empty & ~given.geom_type.isin(["Polygon", "MultiPolygon"])
    raw.quarantine.add(
        given.geom_type[wrong],
        column="geometry",
        rule="An area is a polygon or a multipolygon.",
        remedy="Deliver the outline of the area.",
    )
    usable = given[~empty & ~wrong]
    placed = to_workspace(gpd.GeoDataFrame(geometry=usable), crs, file=raw.file).geometry
    invalid = ~placed.is_valid
    if invalid.any():
        raw.notes.append(f"{int(invalid.sum())} polygons crossed themselves and were repaired")
        placed = placed.where(~invalid, placed.make_valid())
    return gpd.GeoSeries(placed.reindex(raw.frame.index), crs=crs)


def _as_geoframe(facts: "pd.DataFrame", crs: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    return gpd.GeoDataFrame(facts.reset_index(drop=True), geometry="geometry", crs=crs)


def _notes(accepted: "pd.DataFrame", used: dict[str, str], names: list[str]) -> list[str]:
    unread = [name for name in names if name not in used.values()]
    notes = [f"never read: {', '.join(unread)}"] if unread else []
    if "dwellings" not in used:
        notes.append("no column with dwellings: without it there are no rates")
    else:
        unknown = int(accepted["dwellings"].isna().sum())
        if unknown:
            notes.append(f"{unknown} areas without a number of dwellings")
    if accepted["geometry"].isna().all():
        notes.append("no polygons: the table works, the map stays empty")
    return notes
