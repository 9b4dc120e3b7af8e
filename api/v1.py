"""``/v1``: finished runs for programs. Nothing here computes; unknown parameters are refused."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from api.parameters import NoQuery, RankingQuery, RunId, Runs, Suffix, TableName
from api.security import API_VERSION
from hotspots.outputs.exports import write_export
from hotspots.outputs.tables import PrioritiesDocument, find_question
from hotspots.schemas import Level, RunRecord

_PROBLEM = {
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    }
}
_MEDIA_TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
}

router = APIRouter(
    prefix="/v1",
    responses={
        "4XX": {"description": "The request cannot be answered", **_PROBLEM},
        "5XX": {"description": "The server failed", **_PROBLEM},
    },
)


class Link(BaseModel):
    """Where something else is found."""

    href: str
    rel: str
    type: str
    title: str


class Landing(BaseModel):
    """The start of the API."""

    title: str
    version: str
    links: list[Link]


class AskedQuestion(BaseModel):
    """A question that a run answered."""

    theme: str
    level: Level
    first_year: int
    last_year: int
    k: int


class RunSummary(BaseModel):
    """A run, without its deliveries and policy."""

    id: str
    kind: str
    created_at: datetime
    until: date
    demo: bool
    questions: list[AskedQuestion]
    links: list[Link]


class RunList(BaseModel):
    """All runs, newest first."""

    runs: list[RunSummary]


@router.get("", summary="Landing page", tags=["start"])
def landing(_: Annotated[NoQuery, Query()]) -> Landing:
    """Say what there is, and where."""
    json = "application/json"
    return Landing(
        title="Hotspots",
        version=API_VERSION,
        links=[
            Link(href="/v1", rel="self", type=json, title="This page"),
            Link(
                href="/v1/openapi.json",
                rel="service-desc",
                type="application/vnd.oai.openapi+json;version=3.1",
                title="The definition of this API",
            ),
            Link(href="/v1/runs", rel="data", type=json, title="Finished runs"),
            Link(href="/", rel="alternate", type="text/html", title="The pages"),
        ],
    )


@router.get("/runs", summary="List runs", tags=["runs"])
def runs(shelf: Runs, _: Annotated[NoQuery, Query()]) -> RunList:
    """List the finished runs, newest first."""
    return RunList(runs=[_summary(record) for record in shelf.records()])


@router.get("/runs/{run_id}", summary="One run", tags=["runs"])
def run(run_id: RunId, shelf: Runs, _: Annotated[NoQuery, Query()]) -> RunRecord:
    """Return a run's record: its deliveries, policy, code, questions and the results' hashes."""
    return shelf.open(run_id).record


@router.get("/runs/{run_id}/priorities", summary="One ranking of a run", tags=["runs"])
def priorities(
    run_id: RunId, shelf: Runs, query: Annotated[RankingQuery, Query()]
) -> PrioritiesDocument:
    """Return a ranking with what could not be ranked, the target line and the totals."""
    opened = shelf.open(run_id)
    question = find_question(opened.record, theme=query.theme, level=query.level)
    return shelf.document(opened, question)


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
    """Return a result as GeoPackage, GeoJSON, GeoParquet or CSV, dated at the cut-off."""
    opened = shelf.open(run_id)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.{suffix}"
        write_export(opened.table(name), file, date=opened.record.until)
        content = file.read_bytes()
    attached = f'attachment; filename="{opened.record.id}-{file.name}"'
    return Response(
        content, media_type=_MEDIA_TYPES[suffix], headers={"Content-Disposition": attached}
    )


def _summary(record: RunRecord) -> RunSummary:
    asked = set(AskedQuestion.model_fields)
    return RunSummary(
        id=record.id,
        kind=record.kind,
        created_at=record.created_at,
        until=record.until,
        demo=record.demo,
        questions=[
            AskedQuestion(**question.model_dump(include=asked)) for question in record.questions
        ],
        links=[
            Link(
                href=f"/v1/runs/{record.id}{path}",
                rel=rel,
                type="application/json",
                title=title,
            )
            for path, rel, title in (
                ("", "self", "This run"),
                ("/priorities", "item", "Its first ranking"),
            )
        ],
    )
