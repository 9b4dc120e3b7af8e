"""The analyst's pages: what was delivered, what was refused of it, and two runs compared."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from api.access import ACCESS
from api.differences import difference_of
from api.identity.user import Asking
from api.pages.analysis.deliveries import QUARANTINE_PAGE, deliveries_view, delivery_view, exported
from api.pages.analysis.difference import difference_view
from api.parameters import Chosen, NoQuery, PageQuery, RunName, Runs
from api.shelf import Shelf
from api.templating import render
from hotspots.outputs.exports import csv_text
from hotspots.outputs.text import Words
from hotspots.pipeline.delivered import (
    delivered,
    find_delivery,
    quarantined,
    without_personal_values,
)
from hotspots.records import RunRecord

_VALUES = "GET /leveringen/{delivery_id}/afgekeurd.csv"
"""Whoever may take the quarantine away may see the values in it."""

DeliveryId = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,79}$")]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class DeliveryQuery(PageQuery):
    """What a reader may choose on the page of one delivery."""

    rule: Annotated[int, Field(ge=1, le=10_000)] | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class DifferenceQuery(PageQuery):
    """Which runs are compared; without them the two newest of one kind."""

    a: RunName | None = None
    b: RunName | None = None


@router.get("/leveringen")
def deliveries(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[PageQuery, Query()]
) -> str:
    """Show every delivery with what of it holds, and which months lack."""
    lang = query.lang or settings.language
    document = delivered(shelf.workspace, _newest_yearly(shelf))
    return render(
        "analysis_deliveries.html",
        request,
        lang,
        view=deliveries_view(document, Words(lang)),
        demo=shelf.workspace.demo,
    )


@router.get("/leveringen/{delivery_id}")
def delivery(
    request: Request,
    delivery_id: DeliveryId,
    shelf: Runs,
    user: Asking,
    settings: Chosen,
    query: Annotated[DeliveryQuery, Query()],
) -> str:
    """Show one delivery, and its quarantine by rule and by row, a page at a time."""
    lang = query.lang or settings.language
    found = find_delivery(shelf.workspace, delivery_id)
    view = delivery_view(
        found,
        quarantined(shelf.workspace, found),
        Words(lang),
        rule=query.rule,
        page=query.page,
        with_values=user.role in ACCESS[_VALUES],
    )
    return render(
        "analysis_delivery.html",
        request,
        lang,
        view=view,
        size=QUARANTINE_PAGE,
        demo=shelf.workspace.demo,
    )


@router.get("/leveringen/{delivery_id}/afgekeurd.csv", response_class=Response)
def quarantine(delivery_id: DeliveryId, shelf: Runs, _: Annotated[NoQuery, Query()]) -> Response:
    """Return the quarantined rows of a delivery as CSV, safe for a spreadsheet."""
    found = find_delivery(shelf.workspace, delivery_id)
    rows = without_personal_values(quarantined(shelf.workspace, found))
    text = csv_text(exported(rows))
    return Response(
        text.encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{found.id}-quarantine.csv"'},
    )


@router.get("/runs/vergelijken")
def compare(
    request: Request, shelf: Runs, settings: Chosen, query: Annotated[DifferenceQuery, Query()]
) -> str:
    """Show why two runs differ, and in what."""
    lang = query.lang or settings.language
    records = shelf.records()
    a, b = pair_of(records, query.a, query.b)
    view = None
    if a is not None and b is not None:
        view = difference_view(difference_of(shelf, a, b), Words(lang))
    return render(
        "analysis_compare.html",
        request,
        lang,
        view=view,
        records=records,
        a=a,
        b=b,
        demo=shelf.workspace.demo,
    )


def pair_of(
    records: list[RunRecord], a: str | None, b: str | None
) -> tuple[str | None, str | None]:
    """Return which runs to compare: as asked, else a run with the one of its kind before it."""
    if a is not None and b is not None:
        return a, b
    asked = a or b
    start = next((each for each in records if each.id == asked), None)
    for newer in records if start is None else [start]:
        older = [each for each in records[records.index(newer) + 1 :] if _alike(each, newer)]
        if older:
            return older[0].id, newer.id
    return a, b


def _alike(one: RunRecord, other: RunRecord) -> bool:
    """Tell whether runs answer the same sort of question."""
    asked = [each.bans and (each.bans.asked, each.bans.measure) for each in (one, other)]
    return one.kind == other.kind and asked[0] == asked[1]


def _newest_yearly(shelf: Shelf) -> RunRecord | None:
    return next((each for each in shelf.records() if each.kind == "yearly"), None)
