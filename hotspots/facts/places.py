"""Where people live: areas, dwellings and built-up land."""

from typing import TYPE_CHECKING

from hotspots.columns import code, geometry, one_of, table, text, whole
from hotspots.schemas import LEVELS

if TYPE_CHECKING:
    import pandera.pandas as pa


def areas_schema() -> "pa.DataFrameSchema":
    """Areas: one row per `area_code` of one level; polygons in the workspace's metric CRS.

    Columns: `area_code`, `area_name`, `level`, `parent_code` (code one level up, may be missing),
    `dwellings` (number of dwellings, missing where unknown) and `geometry` (polygon, may be
    missing when the delivery had none).
    """
    return table(
        {
            "area_code": code(unique=True),
            "area_name": text(),
            "level": one_of(LEVELS),
            "parent_code": text(missing=True),
            "dwellings": whole(missing=True),
            "geometry": geometry(missing=True),
        },
        coerce=False,
    )


def dwellings_schema() -> "pa.DataFrameSchema":
    """Dwellings: a point each in the workspace's metric CRS, with the number of `dwellings`."""
    return table({"dwellings": whole(), "geometry": geometry()}, coerce=False)


def built_up_schema() -> "pa.DataFrameSchema":
    """Built-up land: polygons in the workspace's metric CRS."""
    return table({"geometry": geometry()}, coerce=False)
