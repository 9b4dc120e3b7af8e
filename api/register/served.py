"""What is answered of the register: its records, and what holds today."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.links import Link
from api.ogc.systems import System
from api.parameters import NoQuery
from api.register.geometry import GeoJSONArea, drawn
from hotspots.decisions.checklist import NeededFor
from hotspots.decisions.deadlines import What
from hotspots.decisions.lifecycle import has_effect
from hotspots.pipeline.work.requests import Day
from hotspots.register import (
    Action,
    ActionKind,
    Boundary,
    Choice,
    ChoiceKind,
    Designation,
    Entry,
    Placement,
    Review,
    Signal,
    State,
)

JSON = "application/json"

_ID = r"^[a-z][a-z0-9_]{2,39}-[0-9]{4}-[0-9]{3,6}$"
RecordId = Annotated[
    str, Path(pattern=_ID, description="Id of the record, such as `camera_area-2026-001`.")
]
KindName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,39}$")]

_R = TypeVar("_R", bound=BaseModel)


# ---------------------------------------------------------------- what may be asked
class DayQuery(NoQuery):
    """On which day."""

    on: Day | None = Field(None, description="Local day; today by default.")

    def day(self, now: datetime) -> date:
        """Return the day that was asked for, or else the one that it is."""
        return self.on or now.date()


class CrsQuery(NoQuery):
    """In which reference system."""

    crs: str | None = Field(
        None,
        max_length=200,
        description="Reference system of areas; longitude, latitude (CRS84) by default.",
    )


class PageOfRecords(NoQuery):
    """How many at once."""

    limit: int = Field(100, ge=1, le=1000, description="Records in one answer.")
    cursor: Annotated[str, Field(pattern=_ID)] | None = Field(
        None, description="Where to go on, from the link `next`."
    )


class DesignationsQuery(PageOfRecords, DayQuery):
    """Which designations."""

    kind: KindName | None = Field(None, description="Only this kind of area.")
    state: State | None = Field(None, description="Only those in this state on the day.")


class SignalsQuery(PageOfRecords):
    """Which signals."""

    designation: Annotated[str, Field(pattern=_ID)] | None = Field(
        None, description="Only of this designation."
    )
    unanswered: bool = Field(False, description="Only those that nobody answered.")


class ChoicesQuery(PageOfRecords):
    """Which choices."""

    year: Annotated[int, Field(ge=1900, le=2200)] | None = Field(None, description="Of one year.")
    kind: ChoiceKind | None = Field(None, description="Only this kind of choice.")


class ActionsQuery(PageOfRecords):
    """Which actions."""

    kind: ActionKind | None = Field(None, description="Only this kind of action.")
    designation: Annotated[str, Field(pattern=_ID)] | None = Field(
        None, description="Only within this designation."
    )


# ---------------------------------------------------------------- records
class ServedDesignation(Designation):
    """A designation, the state that holds on the day asked, and whether it has effect then."""

    model_config = ConfigDict(title="Designation")

    standing: State = Field(description="State on that day; `state` is as it was last written.")
    has_effect: bool = Field(description="In force, not suspended and not annulled on that day.")
    links: list[Link]


class ServedBoundary(BaseModel):
    """One version of the area of a designation."""

    id: str
    version: int
    designation: str
    number: int
    area: GeoJSONArea
    streets: list[str]
    reason: str


class ServedReview(Review):
    """A review; the area that it proposes is in the reference system of Content-Crs."""

    model_config = ConfigDict(title="Review")

    proposed_area: GeoJSONArea | None = None  # type: ignore[assignment]  # drawn for the web


class Listed(BaseModel):
    """A list, with links to itself and to what follows."""

    links: list[Link]


class DesignationList(Listed):
    """Designations in order of id."""

    designations: list[ServedDesignation]


class BoundaryList(Listed):
    """Every boundary that a designation had, oldest first."""

    boundaries: list[ServedBoundary]


class PlacementList(Listed):
    """Cameras in a designated area; coordinates in metres in the CRS of the workspace."""

    placements: list[Placement]


class ReviewList(Listed):
    """Reviews of a designation."""

    reviews: list[ServedReview]


class SignalList(Listed):
    """Signals that the need for a designation seems gone."""

    signals: list[Signal]


class ChoiceList(Listed):
    """What was chosen, from a proposal."""

    choices: list[Choice]


class ActionList(Listed):
    """Actions with their target and their result."""

    actions: list[Action]


class Trail(Listed):
    """Entries of the audit trail, oldest first."""

    entries: list[Entry]


class ChecklistItem(BaseModel):
    """One thing that must be, or had better be, in a file."""

    code: str
    text: str
    source: str
    needed_for: NeededFor
    done: bool


class Checklist(Listed):
    """What the file of a designation has, and what it still lacks."""

    items: list[ChecklistItem]


class DueItem(BaseModel):
    """Something that is due on a day for a designation."""

    day: date
    what: What
    designation: str
    name: str
    kind: str
    overdue: bool


class DueList(Listed):
    """What is overdue or due soon, in order of day."""

    due: list[DueItem]


# ---------------------------------------------------------------- made
def served(designation: Designation, state: State, on: date) -> ServedDesignation:
    """Return a designation with the state that holds on a day, and where its parts are."""
    path = f"/v1/designations/{designation.id}"
    parts = ("boundaries", "placements", "reviews", "trail", "checklist")
    links = [_link(path, "self", "This designation")]
    links += [_link(f"{path}/{part}", "item", f"Its {part}") for part in parts]
    if designation.follows is not None:
        before = f"/v1/designations/{designation.follows}"
        links.append(_link(before, "predecessor-version", "The designation that it follows"))
    return ServedDesignation(
        **dict(designation),
        standing=state,
        has_effect=has_effect(designation, on),
        links=links,
    )


def served_boundary(boundary: Boundary, area: GeoJSONArea) -> ServedBoundary:
    """Return a boundary with its area as it was drawn for the web."""
    fields = boundary.model_dump(exclude={"area", "streets"})
    return ServedBoundary(**fields, area=area, streets=list(boundary.streets))


def served_reviews(
    found: Sequence[Review], workspace_crs: str, system: System
) -> list[ServedReview]:
    """Return reviews, with the areas that they propose drawn for the web."""
    areas = [each.proposed_area for each in found if each.proposed_area is not None]
    shown = iter(drawn(areas, workspace_crs, system))
    return [
        ServedReview(
            **{
                **dict(each),
                "proposed_area": None if each.proposed_area is None else next(shown),
            }
        )
        for each in found
    ]


def self_link(path: str, title: str) -> list[Link]:
    """Return the link of a list that is whole."""
    return [_link(path, "self", title)]


def page_of(
    found: Sequence[_R], query: PageOfRecords, path: str, id_of: Callable[[_R], str]
) -> tuple[list[_R], list[Link]]:
    """Return the page of a list that was asked for, and its links.

    Parameters
    ----------
    found
        All that was asked for.
    query
        Where to begin, and how many.
    path
        Of the list.
    id_of
        The id of one of them.
    """
    ordered = sorted(found, key=id_of)  # a database may sort by the rules of a language
    rest = [each for each in ordered if query.cursor is None or id_of(each) > query.cursor]
    page = rest[: query.limit]
    asked = query.model_dump(mode="json", exclude_unset=True)
    links = [_link(_address(path, asked), "self", "This page")]
    if len(page) < len(rest):
        following = {**asked, "cursor": id_of(page[-1])}
        links.append(_link(_address(path, following), "next", "The next page"))
    return page, links


def _address(path: str, asked: dict[str, Any]) -> str:
    given = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in asked.items()
        if value is not None
    }
    return f"{path}?{urlencode(given)}" if given else path


def _link(href: str, rel: str, title: str) -> Link:
    return Link(href=href, rel=rel, type=JSON, title=title)
