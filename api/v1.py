"""``/v1``: finished runs for programs. Nothing here computes; unknown parameters are refused."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from api.links import Link
from api.parameters import (
    HotspotId,
    Months,
    NoQuery,
    RankingQuery,
    RunId,
    Runs,
    Suffix,
    TableName,
    ThemePath,
)
from api.problems import PROBLEM_RESPONSES
from api.shelf import ServedRecord
from hotspots.errors import NotFound, Problem
from hotspots.outputs.bans.document import BanReviewDocument
from hotspots.outputs.cameras.tables import PlanDocument
from hotspots.outputs.exports import write_export
from hotspots.outputs.hotspots.composite_tables import CompositeDocument
from hotspots.outputs.hotspots.place_tables import PlaceDocument
from hotspots.outputs.hotspots.tables import find_search
from hotspots.outputs.signals.tables import SignalsDocument
from hotspots.outputs.tables import RESULT_NAMES, PrioritiesDocument, find_question
from hotspots.records import RunRecord
from hotspots.schemas import Level

_MEDIA_TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
}
_GEOTIFF = "image/tiff; application=geotiff; profile=cloud-optimized"

router = APIRouter(prefix="/v1", responses=PROBLEM_RESPONSES)


class AskedQuestion(BaseModel):
    """A question that a run answered."""

    theme: str
    level: Level
    first_year: int
    last_year: int
    k: int


class AskedSearch(BaseModel):
    """A search for hotspots that a run made, in a period of `months` months."""

    theme: str
    months: int
    first_month: str
    last_month: str


class RunSummary(BaseModel):
    """A run, without its deliveries and policy."""

    id: str
    kind: str
    created_at: datetime
    until: date
    demo: bool
    questions: list[AskedQuestion]
    searches: list[AskedSearch]
    links: list[Link]


class RunList(BaseModel):
    """All runs, newest first."""

    runs: list[RunSummary]


@router.get("/runs", summary="List runs", tags=["runs"])
def runs(shelf: Runs, _: Annotated[NoQuery, Query()]) -> RunList:
    """List the finished runs, newest first."""
    return RunList(runs=[_summary(record) for record in shelf.records()])


@router.get("/runs/{run_id}", summary="One run", tags=["runs"])
def run(run_id: RunId, shelf: Runs, _: Annotated[NoQuery, Query()]) -> ServedRecord:
    """Return a run's record: its deliveries, policy, code, questions and the results' hashes.

    Of scans of youth groups it tells only whether there were any.
    """
    return shelf.open(run_id).served_record


@router.get("/runs/{run_id}/priorities", summary="One ranking of a run", tags=["runs"])
def priorities(
    run_id: RunId, shelf: Runs, query: Annotated[RankingQuery, Query()]
) -> PrioritiesDocument:
    """Return a ranking with what could not be ranked, the target line and the totals."""
    opened = shelf.open(run_id)
    question = find_question(opened.record, theme=query.theme, level=query.level)
    return shelf.document(opened, question)


@router.get("/runs/{run_id}/composite", summary="Where layers come together", tags=["runs"])
def composite(run_id: RunId, shelf: Runs, _: Annotated[NoQuery, Query()]) -> CompositeDocument:
    """Return the places where the layers of a run come together, with what each contributes."""
    return shelf.composite(shelf.open(run_id))


@router.get("/runs/{run_id}/hotspots/{hotspot_id}", summary="One hotspot of a run", tags=["runs"])
def place(
    run_id: RunId, hotspot_id: HotspotId, shelf: Runs, _: Annotated[NoQuery, Query()]
) -> PlaceDocument:
    """Return a hotspot with its figures, its course step by step, and its hours."""
    return shelf.place(shelf.open(run_id), hotspot_id)


@router.get("/runs/{run_id}/signals", summary="Signals of a run", tags=["runs"])
def signals(run_id: RunId, shelf: Runs, _: Annotated[NoQuery, Query()]) -> SignalsDocument:
    """Return bursts, near repeats, contradicting sources and the scan, or why there are none."""
    return shelf.signals(shelf.open(run_id))


@router.get("/runs/{run_id}/cameras", summary="A camera plan", tags=["runs"])
def cameras(run_id: RunId, shelf: Runs, _: Annotated[NoQuery, Query()]) -> PlanDocument:
    """Return a camera plan: its proof, sites, curve and reviews; `latest` is the newest plan."""
    return shelf.cameras.document(shelf.cameras.open(run_id))


@router.get("/runs/{run_id}/bans", summary="Reviews of area measures", tags=["runs"])
def bans(run_id: RunId, shelf: Runs, _: Annotated[NoQuery, Query()]) -> BanReviewDocument:
    """Return reviews of area measures; `latest` is the newest run of them."""
    return shelf.bans.document(shelf.bans.open(run_id))


@router.get(
    "/runs/{run_id}/tables/{name}.{suffix}",
    summary="A result as a file",
    tags=["runs"],
    response_class=Response,
    responses={200: {"content": {media: {} for media in _MEDIA_TYPES.values()}}},
)
def table(
    run_id: RunId, name: TableName, suffix: Suffix, shelf: Runs, _: Annotated[NoQuery, Query()]
) -> Response:
    """Return a result as GeoPackage, GeoJSON, GeoParquet or CSV, dated at the cut-off.

    Counts per cell are not served: nobody below the role of analyst may see them.
    """
    opened = shelf.open(run_id)
    if name not in RESULT_NAMES:
        raise NotFound(
            Problem(
                "There is no such result here.",
                f"Choose one of: {', '.join(RESULT_NAMES)}.",
                value=name,
            )
        )
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.{suffix}"
        write_export(opened.table(name), file, date=opened.record.until)
        content = file.read_bytes()
    return _attached(content, f"{opened.record.id}-{file.name}", _MEDIA_TYPES[suffix])


@router.get(
    "/runs/{run_id}/surfaces/{theme}/{months}.tif",
    summary="The density of a search as a file",
    tags=["runs"],
    response_class=Response,
    responses={200: {"content": {_GEOTIFF: {}}}},
)
def surface(
    run_id: RunId, theme: ThemePath, months: Months, shelf: Runs, _: Annotated[NoQuery, Query()]
) -> Response:
    """Return density as Cloud-Optimised GeoTIFF, in incidents per km2 over the whole period."""
    opened = shelf.open(run_id)
    search = find_search(opened.record, theme=theme, months=months)
    name = f"{opened.record.id}-density-{theme}-{months}.tif"
    return _attached(shelf.surface(opened, search), name, _GEOTIFF)


def _attached(content: bytes, name: str, media_type: str) -> Response:
    attached = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": attached})


def _summary(record: RunRecord) -> RunSummary:
    asked, searched = set(AskedQuestion.model_fields), set(AskedSearch.model_fields)
    paths = [("", "self", "This run")]
    if record.questions:
        paths.append(("/priorities", "item", "Its first ranking"))
    if record.plan is not None:
        paths.append(("/cameras", "item", "Its camera plan"))
    if record.bans is not None and record.bans.asked == "review":
        paths.append(("/bans", "item", "Its reviews of area measures"))
    return RunSummary(
        id=record.id,
        kind=record.kind,
        created_at=record.created_at,
        until=record.until,
        demo=record.demo,
        questions=[
            AskedQuestion(**question.model_dump(include=asked)) for question in record.questions
        ],
        searches=[AskedSearch(**search.model_dump(include=searched)) for search in record.searches],
        links=[
            Link(
                href=f"/v1/runs/{record.id}{path}",
                rel=rel,
                type="application/json",
                title=title,
            )
            for path, rel, title in paths
        ],
    )
