"""Features from the register of decisions, as it stands today."""

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from api.ogc.features import Table
from hotspots.decisions.lifecycle import has_effect, standing
from hotspots.register import Designation, Placement
from hotspots.store.register.register import Register

_DESIGNATION = ("kind", "name", "evaluation_on", "published_on", "publication")
_PLACEMENT = (
    "designation", "camera", "camera_class", "site", "start", "end", "facades_in_view", "power",
    "residents_informed_on",
)  # fmt: skip
_SECTOR = ("azimuth_deg", "view_deg", "range_m")


def designations_table(register: Register, crs: str, today: date) -> Table:
    """Return what was published, not annulled, and had or will have effect on some day.

    Parameters
    ----------
    register
        The register, of which only what is public is told.
    crs
        System of its areas.
    today
        Local day on which the states hold.
    """
    areas = {(each.designation, each.number): each.area for each in register.boundaries()}
    rows: list[dict[str, object]] = []
    shapes: list[BaseGeometry] = []
    for each in register.designations():
        area, last_day = areas.get((each.id, each.boundary_version)), _last_day(each)
        if area is None or last_day is None or not _is_public(each, today):
            continue
        shapes.append(area)
        rows.append({
            **{name: getattr(each, name) for name in _DESIGNATION},
            "id": each.id,
            "state": standing(each, today),
            "in_force": has_effect(each, today),
            "marks": " ".join(each.marks),
            "start": each.start,
            "end": last_day,
        })  # fmt: skip
    columns = [*_DESIGNATION, "id", "state", "in_force", "marks", "start", "end"]
    return _table(rows, shapes, columns, crs, {"marks": " "})


def placements_table(register: Register, crs: str, today: date) -> Table:
    """Return every camera within a designated area, where it stands or stood last."""
    placed = register.placements()
    rows = [{**_given(each), "id": each.id} for each in placed]
    shapes = list(shapely.points([(each.x_m, each.y_m) for each in placed])) if placed else []
    return _table(rows, shapes, [*_PLACEMENT, *_SECTOR, "id"], crs, {})


def _is_public(each: Designation, today: date) -> bool:
    published = each.published_on is not None and each.published_on <= today
    return published and "annulled" not in each.marks


def _last_day(each: Designation) -> date | None:
    """Return the last day of effect; none where there is no term, or it was withdrawn before."""
    if each.start is None or each.end is None:
        return None
    last = min(each.end, each.ended_on or each.end)
    return last if each.start <= last else None


def _given(each: Placement) -> dict[str, object]:
    sector = {name: each.sector and getattr(each.sector, name) for name in _SECTOR}
    return {**{name: getattr(each, name) for name in _PLACEMENT}, **sector}


def _table(
    rows: Sequence[dict[str, object]],
    shapes: Sequence[BaseGeometry],
    columns: Sequence[str],
    crs: str,
    lists: dict[str, str],
) -> Table:
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    begin, end = (
        np.array([np.datetime64(day or "NaT", "D") for day in frame[name]], dtype="datetime64[D]")
        for name in ("start", "end")
    )
    for name in columns:  # days as the text of an answer
        if name in ("start", "end") or name.endswith("_on"):
            frame[name] = [day and day.isoformat() for day in frame[name]]
    frame = frame.convert_dtypes()
    return Table(
        gpd.GeoDataFrame(frame, geometry=list(shapes), crs=crs),
        frame["id"].tolist(), begin, end, lists,
    )  # fmt: skip
