"""Features from the results of a run."""

from collections.abc import Callable
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from api.ogc.features import Table
from api.ogc.times import same_days
from api.shelf import OpenRun
from hotspots.errors import NotFound, Problem
from hotspots.months import last_day_of
from hotspots.outputs.cameras.tables import require_plan

_WORDS = " "


def hotspots_table(run: OpenRun) -> Table:
    """Return the hotspots of a run; the term of each is the period that was searched."""
    frame = _result(run, "hotspots")
    searches = {(each.theme, each.months): each for each in run.record.searches}
    keys = zip(frame["theme"], frame["months"], strict=True)
    asked = [searches[key] for key in keys]
    return Table(
        frame,
        frame["hotspot_id"].tolist(),
        np.array([f"{each.first_month}-01" for each in asked], dtype="datetime64[D]"),
        np.array([last_day_of(each.last_month) for each in asked], dtype="datetime64[D]"),
        {"predecessors": _WORDS, "methods": _WORDS, "remarks": _WORDS, "events": "; "},
    )


def areas_table(run: OpenRun) -> Table:
    """Return the areas of every ranking of a run; the term of each is the years of its question."""
    frame = _result(run, "priorities")
    for name in {"count_police", "count_initiator_unknown"} - set(frame):  # of an older version
        frame = frame.assign(**{name: pd.array([pd.NA] * len(frame), dtype="Int64")})
    asked = pd.DataFrame(
        [
            (each.theme, each.level, each.first_year, each.last_year)
            for each in run.record.questions
        ],
        columns=["theme", "level", "first_year", "last_year"],
    )
    of_area = pd.DataFrame(frame[["theme", "level"]]).merge(asked, how="left", validate="m:1")
    first, last = (of_area[name].to_numpy(np.int64) for name in ("first_year", "last_year"))
    return Table(
        frame.assign(first_year=first, last_year=last),
        (frame["theme"] + "-" + frame["level"] + "-" + frame["area_code"]).tolist(),
        np.array([f"{year:04d}-01-01" for year in first], dtype="datetime64[D]"),
        np.array([f"{year:04d}-12-31" for year in last], dtype="datetime64[D]"),
        {"remarks": _WORDS},
    )


def plan_table(result: str) -> Callable[[OpenRun], Table]:
    """Return how `camera_sites`, `camera_plan` or `viewsheds` of a camera plan are made.

    Their term is the period of the demand that the plan rests on.
    """

    def make(run: OpenRun) -> Table:
        frame = _result(run, result)
        if "role" in frame:
            ids = (frame["role"] + "-" + frame["place_id"]).tolist()
        else:
            ids = frame["site_id"].tolist()
        rests = require_plan(run.record)
        first = date.fromisoformat(f"{rests.first_month}-01")
        return Table(frame, ids, *same_days(first, last_day_of(rests.last_month), len(frame)), {})

    return make


def _result(run: OpenRun, name: str) -> gpd.GeoDataFrame:
    if name not in run.record.results:
        raise NotFound(
            Problem(
                f"Run {run.record.id} has no result {name}.",
                "Choose another run, or leave it out for the latest.",
                column="run",
                value=run.record.id,
            )
        )
    return gpd.GeoDataFrame(run.table(name)).assign(run=run.record.id)
