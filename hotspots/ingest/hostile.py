"""Files that are not what they seem: small ones that unpack without end, and pointers to others.

Whatever a library would follow, unpack or compute is looked at before the library sees it.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile

from hotspots.errors import InputRefused, Problem

MEGABYTE = 1_000_000

_STARTS = {
    ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".geojson": (b"{", b"["),
    ".json": (b"{", b"["),
}
"""How a spatial file begins. GDAL goes by content, and would read from another place what a file
says that stands there: a virtual layer in XML, whatever its name."""

_POINTER_BYTES = 8


def refusal(path: Path, rule: str, remedy: str) -> InputRefused:
    """Return what is wrong with a file, and what to do about it."""
    return InputRefused(Problem(rule, remedy, file=path.name))


def too_large(path: Path, max_mb: int) -> InputRefused:
    """Return that a file holds more than is allowed."""
    return refusal(
        path,
        f"The file holds more than {max_mb:,} MB.",
        "Split it, or raise limits.max_file_mb in the policy.",
    )


def unreadable(path: Path, what: str, error: Exception) -> InputRefused:
    """Return that a file is not what its name says."""
    reason = " ".join(str(error).split())[:200]
    return refusal(
        path, f"The file cannot be read as {what} ({reason}).", "Check its name and its content."
    )


def refuse_bomb(path: Path, max_mb: int) -> None:
    """Refuse a packed file that would unpack to more than is allowed, before unpacking it.

    Raises
    ------
    InputRefused
        When it would, or is no archive.
    """
    try:
        with ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except BadZipFile as error:
        raise unreadable(path, f"a {path.suffix.lstrip('.')} file", error) from None
    if unpacked > max_mb * MEGABYTE:
        raise too_large(path, max_mb)


def refuse_vast_sheet(path: Path, rows: int, columns: int, max_mb: int) -> None:
    """Refuse a sheet whose cells, most of them empty and not in the file, outgrow the limit.

    Raises
    ------
    InputRefused
        When they do.
    """
    if rows * columns * _POINTER_BYTES > max_mb * MEGABYTE:
        raise too_large(path, max_mb)


def require_spatial(path: Path) -> None:
    """Refuse a file, or an archive of files, that is not of the kind that its name says.

    Raises
    ------
    InputRefused
        When it is another kind.
    """
    if path.suffix.lower() != ".zip":
        with path.open("rb") as stream:
            _require_start(path, path.suffix, stream.read(64))
        return
    with ZipFile(path) as archive:
        names = [name for name in archive.namelist() if _suffix(name) in _STARTS]
        if not names:
            raise refusal(
                path,
                "There is no shapefile, GeoPackage or GeoJSON in this archive.",
                "Pack the files themselves, without another archive around them.",
            )
        for name in names:
            with archive.open(name) as stream:
                _require_start(path, _suffix(name), stream.read(64))


def refuse_views(path: Path, layers: Iterable[str]) -> None:
    """Refuse a GeoPackage whose layers are computed when they are read: that may be without end.

    Raises
    ------
    InputRefused
        When a layer is a view.
    """
    wanted = set(layers)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
        views = sorted(wanted & {str(name) for (name,) in found})
    if views:
        raise refusal(
            path,
            f"The layer {views[0]} is a view, which is computed when it is read.",
            "Save it as a layer of its own.",
        )


def _require_start(path: Path, suffix: str, start: bytes) -> None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(_STARTS[suffix.lower()]):
        kind = suffix.lstrip(".").lower()
        raise refusal(
            path,
            f"The file cannot be read as a {kind} file (it begins as something else).",
            "Check its name and its content.",
        )


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
