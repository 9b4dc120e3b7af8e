"""Where it was: coordinates in any notation to points in the workspace's CRS, each one judged."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotspots.errors import InputRefused, Problem
from hotspots.ingest import parse
from hotspots.ingest.headers import plain
from hotspots.ingest.readers import RawTable
from hotspots.policy.intake import Points

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DEGREES = "EPSG:4326"
_METRES_PER_DEGREE = 111_320.0
_OF_DEGREES = ("lon", "lng", "lengte", "lat", "breedte")
_REFUSE_SHARE = 0.5
_FLOAT_PRECISION_M = 0.001


def read_points(
    raw: RawTable,
    used: dict[str, str],
    *,
    stated_crs: str | None,
    crs: str,
    area: "BaseGeometry | None",
    settings: Points,
    are_things: bool = False,
) -> "gpd.GeoDataFrame":
    """Return a point and its precision for every readable row, in the workspace's CRS.

    Rows without usable coordinates are quarantined, with the likely cause: not filled in, null
    island, degrees among metres, axes swapped, or outside the municipality.

    Parameters
    ----------
    used
        Our name -> name in the file; `x` and `y` are needed where the file is not spatial.
    stated_crs
        CRS of the coordinates from the mapping; guessed from the column names where absent.
    crs
        The workspace's CRS, metres.
    area
        The municipality in that CRS; without it the area where the CRS may be used.
    are_things
        Whether they are posts or cameras, not where something happened to people: then they are
        never made coarser, and it is no matter that several stand on one place.

    Returns
    -------
    geopandas.GeoDataFrame
        `precision_m` and `geometry`, on the row numbers of `raw`.

    Raises
    ------
    InputRefused
        When there are no coordinates, or most of them do not fit: then the CRS is wrong.
    """
    import geopandas as gpd
    import pandas as pd

    refuse_unknown_crs(stated_crs, file=raw.file)
    x, y, precision, source = _coordinates(raw, used, stated_crs, crs)
    columns = f"{used['x']}, {used['y']}" if "x" in used else "geometry"
    metric_x, metric_y = _to_metres(x, y, source, crs)
    within = place_test(source, crs, area=area, outside_m=settings.outside_m)
    inside = judge_places(raw, x, y, source=source, within=within, column=columns)
    if not are_things:
        _report_precision(raw, x[inside], y[inside])
    if settings.coarsen_m and not are_things:
        metric_x, metric_y = (
            (np.floor(each / settings.coarsen_m) + 0.5) * settings.coarsen_m
            for each in (metric_x, metric_y)
        )
        precision = np.maximum(precision, settings.coarsen_m)
        raw.notes.append(f"points moved to the middle of squares of {settings.coarsen_m:g} m")
    index = raw.frame.index
    points = gpd.GeoSeries(gpd.points_from_xy(metric_x, metric_y, crs=crs), index=index)
    return gpd.GeoDataFrame(
        {"precision_m": pd.Series(precision, index=index)}, geometry=points, crs=crs
    )


PlaceTest = Callable[[Floats, Floats], Bools]
"""Tells which places, in the CRS they were delivered in, lie where they may."""


def place_test(
    source: str, crs: str, *, area: "BaseGeometry | None", outside_m: float
) -> PlaceTest:
    """Return the test of places in the CRS `source`; parameters as :func:`read_points`."""
    inside = _Within(area, crs, outside_m)
    return lambda x, y: inside(*_to_metres(x, y, source, crs))


def judge_places(
    raw: RawTable, x: Floats, y: Floats, *, source: str, within: PlaceTest, column: str
) -> Bools:
    """Return which rows have a place that fits; the others are quarantined, with the likely cause.

    Parameters
    ----------
    x, y
        Place of every row of `raw` in the CRS `source`; not a number where it is not filled in.
    within
        From :func:`place_test`.
    column
        Where the coordinates stand.

    Raises
    ------
    InputRefused
        When most places do not fit for one cause: then the CRS is wrong.
    """
    filled = np.isfinite(x) & np.isfinite(y)
    inside: Bools = filled & within(x, y)
    if not inside.all():
        _quarantine(raw, _causes(x, y, filled & ~inside, source, within), column, x, y)
    return inside


def _coordinates(
    raw: RawTable, used: dict[str, str], stated_crs: str | None, crs: str
) -> tuple[Floats, Floats, Floats, str]:
    """Return x, y, the size in metres of their last digit, and the CRS they are in."""
    if "x" in used and "y" in used:
        texts = [raw.frame[used[axis]] for axis in ("x", "y")]
        x, y = (
            raw.quarantine.parsed(each, parse.coordinate, column=str(each.name)).to_numpy(
                dtype="float64", na_value=np.nan
            )
            for each in texts
        )
        named_degrees = plain(used["x"]).startswith(_OF_DEGREES)
        source = stated_crs or (DEGREES if named_degrees else crs)
        digits = texts[0].map({text: parse.decimals(text) for text in texts[0].unique()})
        size: Floats = np.power(10.0, -digits.to_numpy(dtype="float64"))
        scale = _METRES_PER_DEGREE if _in_degrees(source) else 1.0
        return x, y, np.maximum(size * scale, _FLOAT_PRECISION_M), source
    if raw.geometry is None:
        raise InputRefused(
            Problem(
                "No coordinates were recognised.",
                f'Name them in a mapping: [columns] x = "…", y = "…"; the columns are: '
                f"{', '.join(raw.frame.columns)}.",
                file=raw.file,
            )
        )
    return _from_geometry(raw, stated_crs)


def refuse_unknown_crs(stated_crs: str | None, *, file: str) -> None:
    """Refuse a CRS from a mapping that does not exist.

    Raises
    ------
    InputRefused
        With an example of one that does.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        CRS.from_user_input(stated_crs or DEGREES)
    except CRSError:
        raise InputRefused(
            Problem(
                "The mapping states a coordinate reference system that is not known.",
                'Give an authority code, such as crs = "EPSG:28992" (RD New).',
                file=file,
                value=stated_crs,
            )
        ) from None


def _in_degrees(crs: str) -> bool:
    from pyproj import CRS

    return bool(CRS.from_user_input(crs).is_geographic)


def _from_geometry(raw: RawTable, stated_crs: str | None) -> tuple[Floats, Floats, Floats, str]:
    given = raw.geometry
    if given is None:
        raise TypeError("a spatial file has geometry")
    if given.crs is None and stated_crs is None:
        raise InputRefused(
            Problem(
                "The points have no coordinate reference system.",
                'State it in the file, or in the mapping: crs = "EPSG:28992".',
                file=raw.file,
                column="geometry",
            )
        )
    single = (given.geom_type == "MultiPoint") & (given.count_geometries() == 1)
    given = given.where(~single, given.get_geometry(0))
    point = (given.geom_type == "Point") & ~given.is_empty
    raw.quarantine.add(
        given.geom_type.mask(given.is_empty)[~point].fillna("empty"),
        column="geometry",
        rule="Where it is, is a point.",
        remedy="Deliver one point per row.",
    )
    x, y = np.full(len(given), np.nan), np.full(len(given), np.nan)
    x[point], y[point] = given[point].x, given[point].y
    source = stated_crs if given.crs is None else given.crs.to_string()
    return x, y, np.full(len(given), _FLOAT_PRECISION_M), str(source)


def _to_metres(x: Floats, y: Floats, source: str, crs: str) -> tuple[Floats, Floats]:
    from pyproj import Transformer

    if source == crs:
        return x, y
    to_metric = Transformer.from_crs(source, crs, always_xy=True)
    metric = to_metric.transform(x, y)
    return np.asarray(metric[0], dtype=float), np.asarray(metric[1], dtype=float)


class _Within:
    """Tells which points lie in the municipality, or else where the CRS may be used."""

    def __init__(self, area: "BaseGeometry | None", crs: str, outside_m: float) -> None:
        from pyproj import CRS, Transformer
        from shapely import box, prepare

        if area is not None:
            self.area = area.buffer(outside_m)
        else:
            use = CRS(crs).area_of_use
            degrees = use.bounds if use else (-180.0, -85.0, 180.0, 85.0)
            metres = Transformer.from_crs(DEGREES, crs, always_xy=True).transform_bounds(*degrees)
            self.area = box(*metres)
        prepare(self.area)

    def __call__(self, x: Floats, y: Floats) -> Bools:
        from shapely import contains_xy

        finite = np.isfinite(x) & np.isfinite(y)
        found = np.zeros(len(x), dtype=bool)
        found[finite] = contains_xy(self.area, x[finite], y[finite])
        return found


_CAUSES = {
    "null": (
        "The place is (0, 0), where nothing is.",
        "Fill the coordinates in, or leave the row out.",
    ),
    "degrees": (
        "The coordinates are degrees among metres.",
        "Convert them at the source; RD New has x 0-300000 and y 300000-625000.",
    ),
    "swapped": (
        "The coordinates are swapped: x stands where y should.",
        "Swap them at the source.",
    ),
    "outside": (
        "The place lies outside the area.",
        "Correct it, or take in the areas that it belongs to.",
    ),
}


def _causes(x: Floats, y: Floats, wrong: Bools, source: str, within: PlaceTest) -> dict[str, Bools]:
    """Return for each cause which rows have it; a row has the first cause that fits."""
    null = wrong & (np.abs(x) < 1e-6) & (np.abs(y) < 1e-6)
    in_degrees = np.zeros_like(wrong)
    if not _in_degrees(source):
        in_degrees = wrong & ~null & (np.abs(x) <= 180) & (np.abs(y) <= 180)
    swapped = wrong & ~null & ~in_degrees & within(y, x)
    rest = wrong & ~null & ~in_degrees & ~swapped
    return {"null": null, "degrees": in_degrees, "swapped": swapped, "outside": rest}


def _quarantine(
    raw: RawTable, causes: dict[str, Bools], columns: str, x: Floats, y: Floats
) -> None:
    import pandas as pd

    for cause, rows in causes.items():
        rule, remedy = _CAUSES[cause]
        if rows.sum() > _REFUSE_SHARE * len(x):
            raise InputRefused(
                Problem(
                    f"Of {len(x)} rows {rows.sum()} have the same trouble. {rule}",
                    f'{remedy} Or state crs = "EPSG:…", or map x and y the other way round.',
                    file=raw.file,
                    column=columns,
                    value=f"{x[rows][0]:g}, {y[rows][0]:g}",
                )
            )
        if rows.any():
            texts = [f"{a:.10g}, {b:.10g}" for a, b in zip(x[rows], y[rows], strict=True)]
            raw.quarantine.add(
                pd.Series(texts, index=raw.frame.index[rows]),
                column=columns,
                rule=rule,
                remedy=remedy,
            )


_FEW_PLACES = 0.5
_STACK_SHARE = 0.002
_STACK_AT_LEAST = 50


def _report_precision(raw: RawTable, x: Floats, y: Floats) -> None:
    """Note places that hold many points, and a source that snaps its points to places."""
    if not len(x):
        return
    _, counts = np.unique(np.column_stack([x, y]), axis=0, return_counts=True)
    shared = counts[counts > 1].sum() / len(x)
    if shared > _FEW_PLACES:
        raw.notes.append(
            f"snap points: {len(x)} points lie on {len(counts)} places, {shared:.0%} share theirs; "
            "the source moves points to fixed places"
        )
    else:
        stacks = counts[counts >= max(_STACK_AT_LEAST, _STACK_SHARE * len(x))]
        if len(stacks):
            raw.notes.append(
                f"stacked points: {len(stacks)} places hold {stacks.sum()} points, the largest "
                f"{stacks.max()}; kept, and marked in the analysis"
            )
