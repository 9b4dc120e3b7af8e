"""Documents of area measures, read from the tables of their run; nothing is computed anew.

A list is one text in a table: codes and months with a space between, words with a semicolon.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel

from hotspots.errors import NotFound, Problem
from hotspots.outputs.bans.document import (
    BanBoundary,
    BanBurden,
    BanGate,
    BanLevel,
    BanMerger,
    BanOverlap,
    BanPart,
    BanPeriod,
    BanProposal,
    BanProposalDocument,
    BanReview,
    BanReviewDocument,
    BanSources,
    BanStep,
    BanTried,
    BanWindow,
)
from hotspots.outputs.effect_document import EffectDocument, Moved, Peak, Relative, ZoneCounts
from hotspots.outputs.hotspots.place_tables import Hour
from hotspots.records import BanFigures, RunRecord
from hotspots.register import Advice
from hotspots.results.bans import MeasureZone

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
"""A row of a table."""

Table = Callable[[str], "pd.DataFrame"]
"""Returns a result of a run by its name."""

_Model = TypeVar("_Model", bound=BaseModel)

_OF_WORDS = frozenset({"hours", "stadsdeel_names", "sources", "replaced_names"})
"""Lists of words that may hold a space."""

EFFECT_FIELDS = (
    "measure_from", "ring_m", "after", "before", "left_out", "sources", "deliveries", "dispersion",
    "places", "control_ratio", "flags",
)  # fmt: skip
"""Fields of an effect that stand in its row as they are."""

REVIEW_PARTS = {
    "ban_levels": "by_source",
    "ban_sources": "sources",
    "ban_parts": "parts",
    "ban_steps": "steps",
}
"""Tables of several rows per area, with the field of a review that they hold."""


def as_row(part: BaseModel, *, leave_out: Collection[str] = (), only: Collection[str] = ()) -> Row:
    """Return the fields of a part of a document as they stand in a table.

    Parameters
    ----------
    part
        The part.
    leave_out, only
        Fields that are not told, or the only ones that are.
    """
    row: Row = {}
    for name, value in part:
        if name in leave_out or (only and name not in only):
            continue
        if isinstance(value, list):
            row[name] = _between(name).join(map(str, value))
        else:
            row[name] = value.isoformat() if hasattr(value, "isoformat") else value
    return row


def changes_of(effect: EffectDocument) -> dict[str, Relative]:
    """Return every change that an effect tells, by its name in `ban_changes`."""
    told = {
        "area": effect.effect,
        "area_with_police": effect.effect_with_police,
        "area_police": effect.police,
        "ring": effect.displacement.ring,
    }
    if effect.peak is not None:
        told |= {"peak_year": effect.peak.year, "since_peak": effect.peak.effect}
    return told


_IN_LIST: tuple[Advice, ...] = (
    "withdraw", "shrink", "limit_in_time", "insufficient_evidence", "keep",
)  # fmt: skip


def in_list_order(reviews: Sequence[BanReview]) -> list[BanReview]:
    """Return reviews as lists and maps number them: what asks for a decision comes first."""
    return sorted(reviews, key=lambda each: (_IN_LIST.index(each.advice), each.code))


def require_bans(
    record: RunRecord, asked: Literal["review", "proposal"] | None = None
) -> BanFigures:
    """Return what the reviews or proposals of a run rest on.

    Raises
    ------
    NotFound
        When the run holds none, or not those.
    """
    if record.bans is None or asked not in (None, record.bans.asked):
        raise NotFound(
            Problem(
                f"This run holds no {asked or 'review'}s of area measures.",
                f"Make one with: hotspots bans {'propose' if asked == 'proposal' else 'review'}.",
                column="run",
                value=record.id,
            )
        )
    return record.bans


def review_document_of(record: RunRecord, table: Table) -> BanReviewDocument:
    """Return the reviews of a run as one document.

    Parameters
    ----------
    record
        The record of the run.
    table
        Returns a result of the run by its name.

    Raises
    ------
    NotFound
        When the run holds no reviews.
    """
    figures = require_bans(record, "review")
    reading = _Reading(record, table)
    return BanReviewDocument(
        run=record.id,
        until=record.until,
        demo=record.demo,
        areas=[reading.review(row) for row in _rows(table("ban_reviews"))],
        burden=[_part(BanBurden, row) for row in _rows(table("ban_burden"))],
        mergers=[_part(BanMerger, row) for row in _rows(table("ban_mergers"))],
        overlaps=[_part(BanOverlap, row) for row in _rows(table("ban_overlaps"))],
        sources=figures.sources,
        deliveries=figures.deliveries,
        policy=_policy(record),
    )


def proposal_document_of(record: RunRecord, table: Table) -> BanProposalDocument:
    """Return the proposals of a run as one document.

    Parameters
    ----------
    record, table
        As for :func:`review_document_of`.

    Raises
    ------
    NotFound
        When the run holds no proposals.
    """
    figures = require_bans(record, "proposal")
    reading = _Reading(record, table)
    return BanProposalDocument(
        run=record.id,
        until=record.until,
        demo=record.demo,
        kind=figures.measure or "",
        themes=figures.themes,
        searched=bool(figures.searched),
        places=[reading.proposal(row) for row in _rows(table("ban_proposals"))],
        sources=figures.sources,
        deliveries=figures.deliveries,
        policy=_policy(record),
    )


@dataclass(frozen=True)
class Counted:
    """What was counted in an area by month and zone, of months that were delivered."""

    months: list[str]
    area: list[int]
    ring: list[int]
    control: list[int]


def course_of(table: Table, code: str) -> Counted:
    """Return the course of an area, its themes together.

    Parameters
    ----------
    table
        Returns a result of the run by its name.
    code
        Code of the area.
    """
    rows = table("ban_months")
    own = rows[rows["code"] == code]
    counts = own.pivot_table("incidents", "month", "zone", aggfunc="sum", fill_value=0)
    counts = counts.reindex(columns=list(get_args(MeasureZone)), fill_value=0).sort_index()
    return Counted(
        months=[str(each) for each in counts.index],
        **{str(zone): [int(n) for n in counts[zone]] for zone in counts},
    )


def week_of(table: Table, code: str) -> list[Hour]:
    """Return when in the week it happens in an area.

    Parameters
    ----------
    table, code
        As for :func:`course_of`.
    """
    rows = table("ban_hours")
    own = rows[rows["code"] == code].drop(columns="code")
    return [Hour.model_validate(row) for row in _rows(own)]


class _Reading:
    """The tables of a run, each read once and taken apart by area or place."""

    def __init__(self, record: RunRecord, table: Table) -> None:
        self._record, self._table = record, table
        self._taken: dict[str, dict[str, list[Row]]] = {}

    def of(self, name: str, code: str) -> list[Row]:
        """Return the rows of a table about one area or place."""
        if name not in self._taken:
            held: dict[str, list[Row]] = {}
            for row in _rows(self._table(name)):
                held.setdefault(str(row.get("code", row.get("name"))), []).append(row)
            self._taken[name] = held
        return self._taken[name].get(code, [])

    def review(self, row: Row) -> BanReview:
        """Return the review of an area."""
        code = str(row["code"])
        levels = [_part(BanLevel, each) for each in self.of("ban_levels", code)]
        return _part(
            BanReview,
            row,
            level=next((each for each in levels if not each.source), None),
            by_source=[each for each in levels if each.source],
            sources=[_part(BanSources, each) for each in self.of("ban_sources", code)],
            effect=self._effect(row),
            parts=[_part(BanPart, each) for each in self.of("ban_parts", code)],
            boundary=self._boundary(code, "current"),
            proposed=self._boundary(code, "proposed"),
            steps=[_part(BanStep, each) for each in self.of("ban_steps", code)],
            season_found=_window("season_found", row),
            hours_found=_window("hours_found", row),
        )

    def proposal(self, row: Row) -> BanProposal:
        """Return the proposal at a place."""
        name = str(row["name"])
        return _part(
            BanProposal,
            row,
            gates=[_part(BanGate, each) for each in self.of("ban_gates", name)],
            periods=[_part(BanPeriod, each) for each in self.of("ban_periods", name)],
            tried=[_part(BanTried, each) for each in self.of("ban_tried", name)],
            boundary=self._boundary(name, "proposed"),
            season_found=_window("season_found", row),
            hours_found=_window("hours_found", row),
        )

    def _boundary(self, code: str, role: str) -> BanBoundary | None:
        from shapely.geometry import mapping

        found = [each for each in self.of("ban_boundaries", code) if each["role"] == role]
        if not found:
            return None
        streets = [each for each in self.of("ban_streets", code) if each["role"] == role]
        around, inside = (
            [str(each["street"]) for each in streets if each["side"] == side]
            for side in ("around", "inside")
        )
        geometry = mapping(found[0]["geometry"])
        return _part(BanBoundary, found[0], around=around, inside=inside, geometry=geometry)

    def _effect(self, review: Row) -> EffectDocument | None:
        code = str(review["code"])
        rows = self.of("ban_effects", code)
        if not rows:
            return None
        (row,) = rows
        changes = {
            str(each["changed"]): _part(Relative, each) for each in self.of("ban_changes", code)
        }
        zones = {each["zone"]: _part(ZoneCounts, each) for each in self.of("ban_zones", code)}
        moved = row | {"low": row["difference_low"], "high": row["difference_high"]}
        peak = None
        if "peak_year" in changes:
            months = str(row["peak_months"]).split()
            peak = Peak(months=months, year=changes["peak_year"], effect=changes["since_peak"])
        return _part(
            EffectDocument,
            row,
            themes=str(review["themes"]).split(),
            area=review["name"],
            control="",
            is_rest=True,
            not_delivered=[],
            demo=self._record.demo,
            zones=zones,
            effect=changes["area"],
            effect_with_police=changes["area_with_police"],
            police=changes["area_police"],
            displacement=_part(Moved, moved, ring=changes["ring"]),
            peak=peak,
            watched=None,
        )


# ---------------------------------------------------------------- how
def _between(name: str) -> str:
    return "; " if name in _OF_WORDS else " "


def _rows(frame: "pd.DataFrame") -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _part(model: type[_Model], row: Row, **more: object) -> _Model:
    """Return a part of a document from a row, as :func:`as_row` wrote it."""
    told = {
        name: _value(field.annotation, name, row[name])
        for name, field in model.model_fields.items()
        if name in row and name not in more
    }
    return model.model_validate({**told, **more})


def _value(annotation: object, name: str, value: Any) -> Any:
    import pandas as pd

    if get_origin(annotation) is list:
        return [each for each in str(value).split(_between(name)) if each]
    if annotation is not float and pd.isna(value):
        return None
    return value


def _window(name: str, row: Row) -> BanWindow | None:
    told: Mapping[str, Any] = {field: row[f"{name}_{field}"] for field in BanWindow.model_fields}
    found = _part(_Window, dict(told))
    return None if found.first is None else BanWindow.model_validate(found.model_dump())


class _Window(BaseModel):
    """A window that may be missing."""

    first: int | None
    last: int | None
    chosen_share: float | None
    share: float | None


def _policy(record: RunRecord) -> dict[str, Any]:
    bans = record.policy["bans"]
    if not isinstance(bans, dict):
        raise TypeError(f"run {record.id} holds no section bans")
    return bans
