"""What was delivered and what of it holds, read from records and the quarantine alone."""

from typing import TYPE_CHECKING, Literal

from hotspots.errors import NotFound, Problem
from hotspots.outputs.delivery_tables import (
    CONFIDENTIAL_KINDS,
    DeliveriesDocument,
    Holding,
    deliveries_document,
)
from hotspots.records import Delivery, RunRecord
from hotspots.schemas import Kind, Level
from hotspots.store import facts
from hotspots.store.standing import standings
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

_TELLING = r"[^\W\d_]|@|\d[\d +-]{8}"
"""A letter, an at sign, or figures in a row: without any of them a value tells of nobody."""


def delivered(workspace: Workspace, newest: RunRecord | None) -> DeliveriesDocument:
    """Return all deliveries with what of each holds; no facts are read.

    Parameters
    ----------
    newest
        The newest yearly run, if there is one.
    """
    deliveries = facts.list_deliveries(workspace)
    return deliveries_document(deliveries, standings(deliveries), _holding(deliveries), newest)


def _holding(deliveries: list[Delivery]) -> dict[tuple[Kind, Level | None, str], Holding]:
    """Return per kind, level and source what holds by theme and month."""
    found: dict[tuple[Kind, Level | None, str], Holding] = {}
    kinds: tuple[Literal["counts", "incidents"], ...] = ("incidents", "counts")
    for kind in kinds:
        of_kind = [each for each in deliveries if each.kind == kind]
        for level, source in dict.fromkeys((each.level, each.source) for each in of_kind):
            mine = [each for each in of_kind if (each.level, each.source) == (level, source)]
            themes = sorted({theme for each in mine for theme in each.themes})
            found[kind, level, source] = {
                theme: {
                    month: each.id
                    for month, each in facts.current_months(
                        of_kind, kind=kind, theme=theme, level=level, source=source
                    ).items()
                }
                for theme in themes
            }
    return found


def find_delivery(workspace: Workspace, delivery_id: str) -> Delivery:
    """Return a delivery by its id; one that is confidential is not there.

    Raises
    ------
    NotFound
        When there is no such delivery.
    """
    for each in facts.list_deliveries(workspace):
        if each.id == delivery_id and each.kind not in CONFIDENTIAL_KINDS:
            return each
    raise NotFound(
        Problem(
            "There is no such delivery.",
            "See the list of deliveries.",
            column="delivery",
            value=delivery_id[:80],
        )
    )


def quarantined(workspace: Workspace, delivery: Delivery) -> "pd.DataFrame":
    """Return the quarantined rows; before they are shown: :func:`without_personal_values`."""
    return facts.read_rejects(workspace, delivery)


def without_personal_values(rejects: "pd.DataFrame") -> "pd.DataFrame":
    """Return quarantined rows without the values that look like those of a person.

    A file with personal data is refused whole; this is for the one cell in a column that holds
    something else.

    Parameters
    ----------
    rejects
        Quarantined rows, all or those of a page.
    """
    from hotspots.ingest.guard import looks_personal

    distinct = rejects["value"].dropna().drop_duplicates()
    # Coordinates and plain figures are most of a quarantine, and nobody's.
    telling = distinct[distinct.str.contains(_TELLING)]
    personal = [value for value in telling if looks_personal(value)]
    return rejects.assign(value=rejects["value"].mask(rejects["value"].isin(personal)))
