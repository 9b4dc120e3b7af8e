"""Tables as files for other programs: GeoPackage, GeoJSON, GeoParquet and CSV.

Parquet is what a run hashes; the other formats are exports, written with the date they are given
so that the same table gives the same file again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import geopandas as gpd
import pandas as pd
import pyogrio

from hotspots.crs import to_crs84
from hotspots.errors import InputRefused, Problem, problem_of_system

# The last four are the wide forms of East Asian keyboards, which a spreadsheet may take as well.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_gdal_options = Lock()  # GDAL's options hold for the whole process


def write_export(frame: pd.DataFrame, path: Path, *, date: date) -> None:
    """Write a table in the format that the suffix of `path` names; the file appears whole.

    - ``.gpkg``: geometry in the table's own CRS, one layer named after the file.
    - ``.geojson``: RFC 7946, longitude and latitude in degrees; only tables with geometry.
    - ``.parquet``: (Geo)Parquet, geometry in the table's own CRS.
    - ``.csv``: without geometry; UTF-8 with a byte-order mark so that spreadsheets read it right,
      comma separated, decimal point. A text cell that starts with ``=``, ``+``, ``-``, ``@``, a
      tab or an end of line gets a leading apostrophe, so that no spreadsheet runs it as a
      formula.

    Parameters
    ----------
    frame
        The table; a GeoDataFrame keeps its geometry where the format can.
    path
        Where to write; an existing file is replaced.
    date
        The date inside the file, normally the run's cut-off date.

    Raises
    ------
    InputRefused
        When the suffix is another one, or GeoJSON is asked of a table without geometry.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputRefused(
            Problem(
                "A table is not exported in this format.",
                f"Choose a file name that ends in {', '.join(_WRITERS)}.",
                value=path.name,
            )
        )
    if path.suffix.lower() == ".geojson" and not isinstance(frame, gpd.GeoDataFrame):
        raise InputRefused(
            Problem(
                "GeoJSON needs a geometry, and this table has none.",
                "Choose .csv, .parquet or .gpkg.",
                value=path.name,
            )
        )
    with whole_file(path) as unfinished:
        write(frame, unfinished, date)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name to write to beside `path`; once written, the file takes its place."""
    try:
        with TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            yield unfinished
            unfinished.replace(path)
    except OSError as error:
        raise InputRefused(problem_of_system(error, path)) from None


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV, as :func:`write_export` writes it but for the byte-order mark."""
    flat = pd.DataFrame(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        flat = flat.drop(columns=frame.geometry.name)
    safe = flat.apply(lambda column: column.map(_without_formula, na_action="ignore"))
    return str(safe.to_csv(index=False, lineterminator="\r\n"))


def _gpkg(frame: pd.DataFrame, path: Path, day: date) -> None:
    with _gdal_clock(day):
        pyogrio.write_dataframe(frame, path, layer=path.stem, driver="GPKG")


def _geojson(frame: pd.DataFrame, path: Path, day: date) -> None:
    with _gdal_clock(day):
        pyogrio.write_dataframe(
            to_crs84(gpd.GeoDataFrame(frame)),
            path,
            layer=path.stem,
            driver="GeoJSON",
            layer_options={"RFC7946": "YES"},
        )


def _parquet(frame: pd.DataFrame, path: Path, day: date) -> None:
    frame.to_parquet(path, index=False)


def _csv(frame: pd.DataFrame, path: Path, day: date) -> None:
    path.write_text(csv_text(frame), encoding="utf-8-sig", newline="")


def _without_formula(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


@contextmanager
def _gdal_clock(day: date) -> Iterator[None]:
    """Let GDAL write `day` into files instead of the time of the clock."""
    with _gdal_options:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day.isoformat()}T00:00:00Z"})
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


_WRITERS: dict[str, Callable[[pd.DataFrame, Path, date], None]] = {
    ".gpkg": _gpkg,
    ".geojson": _geojson,
    ".parquet": _parquet,
    ".csv": _csv,
}
SUFFIXES = tuple(_WRITERS)
"""The formats that :func:`write_export` writes."""
