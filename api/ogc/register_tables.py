"""Features from the register of decisions, as it stands today."""

from collections.abc import Sequence
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from api.ogc.features import Table
from api.register.opened import Opening
from hotspots.decisions.lifecycle import has_effect, standings
from hotspots.outputs.dossier.public import cleaner, public_designation
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.dossier import secrets_of
from hotspots.policy.publication import Publication
from hotspots.register import Designation, Placement

_DESIGNATION = (
    "id", "kind", "name", "state", "in_force", "marks", "start", "end", "evaluation_on",
    "published_on", "publication",
)  # fmt: skip
_PLACEMENT = (
    "designation", "camera", "camera_class", "site", "start", "end", "facades_in_view", "power",
    "residents_informed_on",
)  # fmt: skip
_SECTOR = ("azimuth_deg", "view_deg", "range_m")


def designations_table(opening: Opening, today: date) -> Table:
    """Return what was published, not annulled, and had or will have effect on some day.

    Of each only what the policy lets be public is told: kinds, fields, and how long after the
    publication; names and whatever looks like personal data are taken out of the texts.

    Parameters
    ----------
    opening
        The register, its policy and its workspace.
    today
        Local day on which the states hold.
    """
    register, rules = opening.register(), opening.policy.publication
    areas = {(each.designation, each.number): each.area for each in register.boundaries()}
    held = [
        (each, areas[each.id, each.boundary_version])
        for each in register.designations()
        if (each.id, each.boundary_version) in areas and _is_public(each, rules, today)
    ]
    clean = cleaner(
        secrets_of(Current(opening.workspace), register) if held else (),
        removed="…",
        few="enkele",
        least_shown=rules.least_shown,
        names=[each.name for each, _ in held],
    )
    states = standings((each for each, _ in held), register.reviews(), today)
    rows = []
    for full, _ in held:
        each = public_designation(full, rules)
        rows.append({
            "id": each.id,
            "kind": each.kind,
            "name": clean(each.name),
            "state": states[full.id],
            "in_force": has_effect(full, today),
            "marks": " ".join(each.marks),
            "start": each.start,
            "end": _last_day(each),
            "evaluation_on": each.evaluation_on,
            "published_on": each.published_on,
            "publication": clean(each.publication),
        })  # fmt: skip
    return _table(rows, [area for _, area in held], _DESIGNATION, opening, {"marks": " "})


def placements_table(opening: Opening, today: date) -> Table:
    """Return every camera within a designated area, where it stands or stood last."""
    placed = opening.register().placements()
    rows = [{**_given(each), "id": each.id} for each in placed]
    shapes = list(shapely.points([(each.x_m, each.y_m) for each in placed])) if placed else []
    return _table(rows, shapes, ["id", *_PLACEMENT, *_SECTOR], opening, {})


def _is_public(each: Designation, rules: Publication, today: date) -> bool:
    """Tell whether a designation is public: published long enough ago, and not in vain."""
    if each.published_on is None or each.start is None or each.end is None:
        return False
    is_shown = not rules.kinds or each.kind in rules.kinds
    is_time = each.published_on + timedelta(days=rules.after_days) <= today
    last_day = _last_day(each)
    had_effect = last_day is not None and each.start <= last_day
    return is_shown and is_time and had_effect and "annulled" not in each.marks


def _last_day(each: Designation) -> date | None:
    """Return the last day of the term, or of a withdrawal before that."""
    return min((day for day in (each.end, each.ended_on) if day is not None), default=None)


def _given(each: Placement) -> dict[str, object]:
    sector = {name: each.sector and getattr(each.sector, name) for name in _SECTOR}
    return {**{name: getattr(each, name) for name in _PLACEMENT}, **sector}


def _table(
    rows: Sequence[dict[str, object]],
    shapes: Sequence[BaseGeometry],
    columns: Sequence[str],
    opening: Opening,
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
        gpd.GeoDataFrame(frame, geometry=list(shapes), crs=opening.workspace.crs),
        frame["id"].tolist(), begin, end, lists,
    )  # fmt: skip
