"""Any file to one table of texts: the row numbers people see, and geometry where there is some.

Formats: CSV (also gzipped), Excel (xlsx), GeoJSON, GeoPackage, Shapefile (also zipped) and
(Geo)Parquet. Figures and dates become texts here; what they mean is judged later, once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputRefused, problem_of_system
from hotspots.ingest.csvfile import read_csv
from hotspots.ingest.headers import column_names
from hotspots.ingest.hostile import (
    MEGABYTE,
    refusal,
    refuse_bomb,
    refuse_vast_sheet,
    refuse_views,
    require_spatial,
    too_large,
    unreadable,
)
from hotspots.ingest.quarantine import Quarantine

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

FORMATS = "csv, csv.gz, txt, tsv, xlsx, geojson, json, gpkg, shp, zip, parquet"


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file as texts.

    `frame` has one row per readable row and text columns; its index is the row number that an
    editor or a spreadsheet shows. `geometry`, on the same index, is present for spatial files.
    `quarantine` holds the rows that could not be read; `read` counts those too.
    """

    file: str
    sha256: str
    frame: "pd.DataFrame"
    quarantine: Quarantine
    geometry: "gpd.GeoSeries | None" = None
    notes: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Number of rows in the file."""
        return len(set(self.frame.index) | self.quarantine.rows)


def read_file(path: Path, *, layer: str | None, max_mb: int, max_rows: int) -> RawTable:
    """Read a file of any format.

    Parameters
    ----------
    layer
        Layer of a GeoPackage or sheet of a workbook; needed where there are several.
    max_mb, max_rows
        Largest content after unpacking (megabytes) and most rows.

    Raises
    ------
    InputRefused
        When the file cannot be read as what its name says, is too large, or has no rows.
    """
    _refuse_unopened(path)
    suffix = "".join(path.suffixes[-2:]).lower() if path.suffix == ".gz" else path.suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        raise refusal(path, "This kind of file is not read.", f"Deliver one of: {FORMATS}.")
    if path.stat().st_size == 0:
        raise refusal(path, "The file is empty.", "Ask the source for the extract again.")
    if path.stat().st_size > max_mb * MEGABYTE:
        raise too_large(path, max_mb)
    quarantine = Quarantine(path.name)
    frame, geometry, notes = reader(path, layer, max_mb, quarantine)
    if not len(frame) and not quarantine.rows:
        raise refusal(path, "The file has no rows.", "Ask the source for the extract again.")
    if len(frame) > max_rows:
        raise refusal(
            path,
            f"The file has more than {max_rows:,} rows.",
            "Split it, or raise limits.max_rows in the policy.",
        )
    return RawTable(path.name, content_sha256(path), frame, quarantine, geometry, notes)


def _refuse_unopened(path: Path) -> None:
    """Refuse a folder, and what is not there or may not be read."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputRefused(problem_of_system(error)) from None


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    A shapefile is several files: the figures of ``wijken.shp`` lie in ``wijken.dbf``, so the hash
    is over all of them.
    """
    if path.suffix.lower() != ".shp":
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    parts = (path.with_suffix(suffix) for suffix in (".shp", ".dbf", ".prj", ".cpg"))
    return sha256(b"|".join(part.read_bytes() for part in parts if part.is_file())).hexdigest()


_Content = tuple["pd.DataFrame", "gpd.GeoSeries | None", list[str]]
_Reader = Callable[[Path, str | None, int, Quarantine], _Content]


def _read_text(path: Path, layer: str | None, max_mb: int, quarantine: Quarantine) -> _Content:
    frame, notes = read_csv(path, max_bytes=max_mb * MEGABYTE, quarantine=quarantine)
    return frame, None, notes


def _read_excel(path: Path, layer: str | None, max_mb: int, quarantine: Quarantine) -> _Content:
    import pandas as pd
    from openpyxl import load_workbook

    refuse_bomb(path, max_mb)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book[_chosen(path, "sheet", book.sheetnames, layer)]
        sheet.reset_dimensions()  # what the file says of its size fills the memory with nothing
        lines = _lines(path, sheet.values, max_mb)
        book.close()
    except InputRefused:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes it raise
        raise unreadable(path, "an Excel workbook", error) from None
    if not lines:
        raise refusal(path, "The sheet is empty.", "Ask the source for the extract again.")
    header = [str(cell).strip() if cell is not None else "" for cell in lines[0][1]]
    names = column_names(header, file=path.name)
    frame = pd.DataFrame(
        [(*row[: len(names)], *[None] * (len(names) - len(row))) for _, row in lines[1:]],
        columns=names,
        index=[number for number, _ in lines[1:]],
        dtype=object,
    )
    return _as_texts(frame), None, []


def _lines(
    path: Path, rows: Iterable[tuple[object, ...]], max_mb: int
) -> list[tuple[int, tuple[object, ...]]]:
    """Return the rows of a sheet that hold something, with their numbers, as wide as the first."""
    lines: list[tuple[int, tuple[object, ...]]] = []
    width = 0
    for number, row in enumerate(rows, 1):
        if any(row):
            width = width or len(row)
            lines.append((number, row[:width]))
            refuse_vast_sheet(path, len(lines), width, max_mb)
    return lines


def _read_spatial(path: Path, layer: str | None, max_mb: int, quarantine: Quarantine) -> _Content:
    import geopandas as gpd
    import pyogrio
    from pyogrio.errors import DataSourceError

    if path.suffix.lower() == ".zip":
        refuse_bomb(path, max_mb)
    require_spatial(path)
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if not layers:
            raise refusal(path, "The file has no layers.", "Ask the source for it again.")
        name = _chosen(path, "layer", layers, layer)
        if path.suffix.lower() == ".gpkg":
            refuse_views(path, [name])
        table = pyogrio.read_dataframe(path, layer=name)
    except InputRefused:
        raise
    except (DataSourceError, ValueError, RuntimeError) as error:
        raise unreadable(path, f"a {path.suffix.lstrip('.')} file", error) from None
    notes = [f"layer {name} of {len(layers)}"] if len(layers) > 1 else []
    table.index += 1
    column_names(list(map(str, table.columns)), file=path.name)
    if isinstance(table, gpd.GeoDataFrame):
        return _as_texts(_attributes(table)), table.geometry, notes
    return _as_texts(table), None, notes


def _read_parquet(path: Path, layer: str | None, max_mb: int, quarantine: Quarantine) -> _Content:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(path)
        groups = range(metadata.num_row_groups)
        if sum(metadata.row_group(each).total_byte_size for each in groups) > max_mb * MEGABYTE:
            raise too_large(path, max_mb)
        if b"geo" in (metadata.metadata or {}):
            spatial = gpd.read_parquet(path).reset_index(drop=True)
            spatial.index += 1
            return _as_texts(_attributes(spatial)), spatial.geometry, []
        table = pd.read_parquet(path).reset_index(drop=True)
    except InputRefused:
        raise
    except (pa.ArrowException, ValueError, KeyError, OSError) as error:
        raise unreadable(path, "a Parquet file", error) from None
    table.index += 1
    return _as_texts(table), None, []


_READERS: dict[str, _Reader] = {
    ".csv": _read_text,
    ".csv.gz": _read_text,
    ".txt": _read_text,
    ".tsv": _read_text,
    ".xlsx": _read_excel,
    ".xlsm": _read_excel,
    ".geojson": _read_spatial,
    ".json": _read_spatial,
    ".gpkg": _read_spatial,
    ".shp": _read_spatial,
    ".zip": _read_spatial,
    ".parquet": _read_parquet,
    ".geoparquet": _read_parquet,
}


def _attributes(table: "gpd.GeoDataFrame") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(table.drop(columns=table.geometry.name))


def _as_texts(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return all values as texts: nothing as an empty text, 5.0 as 5, dates as 2017-11-30."""
    import pandas as pd

    texts = pd.DataFrame(index=table.index)
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            column = column.dt.strftime("%Y-%m-%d %H:%M:%S%z")
        elif pd.api.types.is_float_dtype(column):
            column = column.map("{:.15g}".format, na_action="ignore")
        elif column.dtype == object:
            column = column.map(_cell, na_action="ignore")
        texts[str(name)] = column.astype("str").where(table[name].notna(), "").astype("str")
    return texts


def _cell(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _chosen(path: Path, kind: str, names: list[str], wanted: str | None) -> str:
    if wanted is None and len(names) == 1:
        return names[0]
    matches = [name for name in names if wanted is not None and wanted.lower() == name.lower()]
    if len(matches) == 1:
        return matches[0]
    if kind == "sheet" and wanted is None:
        return names[0]
    raise refusal(
        path,
        f"The file has several layers: {', '.join(names)}."
        if wanted is None
        else f"The file has no {kind} {wanted}; it has {', '.join(names)}.",
        f'Choose one in the mapping: layer = "{names[0]}"; for areas --level tells it too.'
        if kind == "layer"
        else f'Choose one in the mapping: layer = "{names[0]}".',
    )
