"""Frames as Parquet files, the same bytes for the same frame, with or without geometry."""

from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def write_table(frame: "pd.DataFrame | gpd.GeoDataFrame", path: Path) -> None:
    """Write `frame` as (Geo)Parquet; the index is not kept."""
    frame.reset_index(drop=True).to_parquet(path, index=False, compression="zstd")


def read_table(
    path: Path, *, filters: list[tuple[str, str, object]] | None = None
) -> "pd.DataFrame | gpd.GeoDataFrame":
    """Read what :func:`write_table` wrote; `filters` as in :func:`pyarrow.parquet.read_table`."""
    import geopandas as gpd
    import pandas as pd
    import pyarrow.parquet as pq

    if b"geo" in (pq.read_schema(path).metadata or {}):
        return gpd.read_parquet(path, filters=filters)
    return pd.read_parquet(path, filters=filters)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
