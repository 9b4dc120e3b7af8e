"""Two runs beside each other: compared once, for runs never change."""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.parameters import NoQuery, RunId, Runs
from api.problems import PROBLEM_RESPONSES
from api.shelf import Shelf
from hotspots.outputs.run_difference import RunDifference

_COMPARED_KEPT = 16

OtherRunId = Annotated[
    str,
    Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="The run to compare with."),
]

router = APIRouter(prefix="/v1", responses=PROBLEM_RESPONSES)


@router.get("/runs/{run_id}/compare/{other_id}", summary="Two runs compared", tags=["runs"])
def compare(
    run_id: RunId, other_id: OtherRunId, shelf: Runs, _: Annotated[NoQuery, Query()]
) -> RunDifference:
    """Return what was put in otherwise in another run, and what came out otherwise.

    What is confidential, such as scans of youth groups, is left out.
    """
    return difference_of(shelf, run_id, other_id)


def difference_of(shelf: Shelf, run_id: str, other_id: str) -> RunDifference:
    """Return what differs between two runs.

    Raises
    ------
    NotFound
        When one of them does not exist.
    """
    return _compared(shelf, shelf.open(run_id).record.id, shelf.open(other_id).record.id)


@lru_cache(maxsize=_COMPARED_KEPT)
def _compared(shelf: Shelf, run_id: str, other_id: str) -> RunDifference:
    from hotspots.pipeline.comparing import compare_runs

    return compare_runs(shelf.open(run_id), shelf.open(other_id))
