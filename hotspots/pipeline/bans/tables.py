"""Reviews and proposals of area measures as the tables of a run.

`hotspots.outputs.bans.reading` makes the documents of these again, field by field.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hotspots.outputs.bans.document import (
    BanBoundary,
    BanProposal,
    BanProposalDocument,
    BanReview,
    BanWindow,
)
from hotspots.outputs.bans.reading import EFFECT_FIELDS, REVIEW_PARTS, Row, as_row, changes_of
from hotspots.outputs.effect_document import EffectDocument
from hotspots.pipeline.area_file import AreaMeasure
from hotspots.pipeline.bans.course import course_of, week_of
from hotspots.pipeline.bans.proposals import Place
from hotspots.pipeline.bans.reviews import Reviewed
from hotspots.results import RESULTS

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry


def review_tables(
    found: Reviewed, areas: Sequence[AreaMeasure], crs: str
) -> "dict[str, pd.DataFrame]":
    """Return the results of a run of reviews.

    Parameters
    ----------
    found
        The reviews, and the cases behind them.
    areas
        The areas that were reviewed.
    crs
        CRS of the workspace.
    """
    import pandas as pd

    document, shapes = found.document, {each.code: each.shape for each in areas}
    rows: dict[str, list[Row]] = {"ban_reviews": [], **{name: [] for name in _REVIEW_ROWS}}
    for review in document.areas:
        rows["ban_reviews"].append(_review_row(review, shapes[review.code]))
        for name, told in _rows_of(review).items():
            rows[name] += told
    for name, parts in (
        ("ban_burden", document.burden),
        ("ban_mergers", document.mergers),
        ("ban_overlaps", document.overlaps),
    ):
        rows[name] = [as_row(each) for each in parts]
    tables = {name: _frame(name, each, crs) for name, each in rows.items()}
    for name, make in (("ban_months", course_of), ("ban_hours", week_of)):
        parts_of = [make(case) for case in found.cases]
        tables[name] = pd.concat(parts_of) if parts_of else _frame(name, [], crs)
    return tables


_REVIEW_ROWS = (
    *REVIEW_PARTS, "ban_effects", "ban_zones", "ban_changes", "ban_boundaries", "ban_streets",
)  # fmt: skip


def proposal_tables(
    document: BanProposalDocument, places: Sequence[Place], crs: str
) -> "dict[str, pd.DataFrame]":
    """Return the results of a run of proposals.

    Parameters
    ----------
    document
        The proposals.
    places
        The places as they were drawn, in the same order.
    crs
        CRS of the workspace.
    """
    rows: dict[str, list[Row]] = {name: [] for name in _PROPOSAL_ROWS}
    for proposal, place in zip(document.places, places, strict=True):
        rows["ban_proposals"].append(_proposal_row(proposal, place.shape))
        named = {"name": proposal.name}
        rows["ban_gates"] += [named | as_row(each) for each in proposal.gates]
        rows["ban_periods"] += [named | as_row(each) for each in proposal.periods]
        rows["ban_tried"] += _numbered(named, proposal.tried)
        for name, told in _boundary_rows(proposal.name, {"proposed": proposal.boundary}).items():
            rows[name] += told
    return {name: _frame(name, each, crs) for name, each in rows.items()}


_PROPOSAL_ROWS = (
    "ban_proposals", "ban_gates", "ban_periods", "ban_tried", "ban_boundaries", "ban_streets",
)  # fmt: skip


# ---------------------------------------------------------------- rows
def _review_row(review: BanReview, shape: "BaseGeometry") -> Row:
    parts = {*REVIEW_PARTS.values(), "level", "effect", "boundary", "proposed"}
    windows = {"season_found", "hours_found"}
    row = as_row(review, leave_out=parts | windows)
    for name in sorted(windows):
        row |= _window(name, getattr(review, name))
    return row | {"geometry": shape}


def _proposal_row(proposal: BanProposal, shape: "BaseGeometry") -> Row:
    parts = {"gates", "periods", "tried", "boundary"}
    windows = {"season_found", "hours_found"}
    row = as_row(proposal, leave_out=parts | windows)
    for name in sorted(windows):
        row |= _window(name, getattr(proposal, name))
    return row | {"geometry": shape}


def _window(name: str, window: BanWindow | None) -> Row:
    told: Mapping[str, Any] = {} if window is None else as_row(window)
    return {f"{name}_{field}": told.get(field) for field in BanWindow.model_fields}


def _rows_of(review: BanReview) -> dict[str, list[Row]]:
    """Return the rows of every other table."""
    coded = {"code": review.code}
    levels = [review.level] if review.level else []
    rows = {
        "ban_levels": [coded | as_row(each) for each in [*levels, *review.by_source]],
        "ban_sources": [coded | as_row(each) for each in review.sources],
        "ban_parts": [coded | as_row(each) for each in review.parts],
        "ban_steps": _numbered(coded, review.steps),
    }
    roles = {"current": review.boundary, "proposed": review.proposed}
    return {**rows, **_effect_rows(coded, review.effect), **_boundary_rows(review.code, roles)}


def _effect_rows(coded: Row, effect: EffectDocument | None) -> dict[str, list[Row]]:
    if effect is None:
        return {}
    moved, peak = effect.displacement, effect.peak
    row = coded | as_row(effect, only=EFFECT_FIELDS)
    row |= {
        "says": moved.says,
        "quotient": moved.quotient,
        "difference": moved.difference,
        "variance": moved.variance,
        "difference_low": moved.low,
        "difference_high": moved.high,
        "peak_months": None if peak is None else " ".join(peak.months),
    }
    return {
        "ban_effects": [row],
        "ban_zones": [coded | {"zone": z} | as_row(each) for z, each in effect.zones.items()],
        "ban_changes": [
            coded | {"changed": name} | as_row(each) for name, each in changes_of(effect).items()
        ],
    }


def _boundary_rows(code: str, roles: Mapping[str, BanBoundary | None]) -> dict[str, list[Row]]:
    from shapely.geometry import shape

    told: dict[str, list[Row]] = {"ban_boundaries": [], "ban_streets": []}
    for role, each in roles.items():
        if each is None:
            continue
        coded: Row = {"code": code, "role": role}
        row = as_row(each, leave_out={"around", "inside", "geometry"})
        told["ban_boundaries"].append(coded | row | {"geometry": shape(each.geometry)})
        told["ban_streets"] += [
            coded | {"side": side, "position": position, "street": street}
            for side, streets in (("around", each.around), ("inside", each.inside))
            for position, street in enumerate(streets, 1)
        ]
    return told


def _numbered(coded: Row, parts: Iterable[Any]) -> list[Row]:
    return [coded | {"position": at} | as_row(each) for at, each in enumerate(parts, 1)]


def _frame(name: str, rows: Sequence[Row], crs: str) -> "pd.DataFrame":
    """Return rows as the table of a result, with its columns in order also where there are none."""
    import geopandas as gpd
    import pandas as pd

    columns = list(RESULTS[name]().columns)
    frame = pd.DataFrame(list(rows), columns=columns)
    whole = [c for c, each in RESULTS[name]().columns.items() if str(each.dtype) == "Int64"]
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    if "geometry" not in columns:
        return frame
    shapes = gpd.GeoSeries(frame["geometry"].tolist(), crs=crs)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapes)[columns]
