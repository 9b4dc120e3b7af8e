"""What blocks sight lines and what they are for: buildings, heights, public space and streets."""

from typing import TYPE_CHECKING

from hotspots.columns import geometry, number, share, table, text, whole

if TYPE_CHECKING:
    import pandera.pandas as pa


def buildings_schema() -> "pa.DataFrameSchema":
    """Buildings: polygons of one part in the workspace's metric CRS.

    Columns: `height_m` (above the ground, more than 0; missing where unknown), `ground_m` (height
    of the ground, missing where unknown) and `geometry`.
    """
    return table(
        {
            "height_m": number(missing=True),
            "ground_m": number(None, missing=True),
            "geometry": geometry(),
        },
        coerce=False,
    )


def heights_schema() -> "pa.DataFrameSchema":
    """Heights: one row that tells what the rasters ``surface.tif`` and ``ground.tif`` cover.

    Columns: `cell_size_m`, `rows` and `columns` (of cells), `unknown_share` and
    `ground_unknown_share` (of cells; the second missing without a terrain model) and `geometry`
    (the outline).
    """
    return table(
        {
            "cell_size_m": number(),
            "rows": whole(1),
            "columns": whole(1),
            "unknown_share": share(),
            "ground_unknown_share": share(missing=True),
            "geometry": geometry(),
        },
        coerce=False,
    )


def public_space_schema() -> "pa.DataFrameSchema":
    """Public space: polygons of one part in the workspace's metric CRS, with their `kind`."""
    return table({"kind": text(), "geometry": geometry()}, coerce=False)


def streets_schema() -> "pa.DataFrameSchema":
    """Streets: lines of one part in the workspace's metric CRS.

    Columns: `street_name` (missing where unknown) and `geometry`.
    """
    return table({"street_name": text(missing=True), "geometry": geometry()}, coerce=False)
