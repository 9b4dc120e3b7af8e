"""What surrounds the app: limits inside, the log around everything, the server's own routes."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from api.ops.bodies import BodyLimits
from api.ops.limits import RateLimits
from api.ops.metrics import Metrics, metrics_route
from api.ops.readiness import Readiness
from api.ops.requests import RequestLog
from api.ops.settings import ServingSettings
from hotspots.store.jobs import Jobs
from hotspots.store.workspace import Workspace

router = APIRouter(include_in_schema=False)


@router.get("/health")
async def health() -> dict[str, str]:
    """Answer as long as the server lives."""
    return {"status": "ok"}


@router.get("/ready")
def ready(request: Request) -> JSONResponse:
    """Answer whether visitors may be sent here; why not stands in the log."""
    readiness: Readiness = request.app.state.readiness
    if readiness.is_ready():
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "not ready"}, status_code=503)


router.add_api_route("/metrics", metrics_route)


def add_limits(app: FastAPI, settings: ServingSettings) -> None:
    """Refuse what is too much: too many requests, then bodies too large or too slow."""
    app.add_middleware(
        BodyLimits, max_body_mb=settings.max_body_mb, body_seconds=settings.body_seconds
    )
    app.add_middleware(RateLimits, limits=settings.rate_limits)


def add_log(app: FastAPI, settings: ServingSettings, workspace: Workspace) -> None:
    """Log every request, and serve what the host asks; to be added after all other middleware.

    Raises
    ------
    SettingsRefused
        When figures are wanted and their library is not installed.
    """
    app.state.metrics = Metrics(Jobs(workspace).counts) if settings.metrics else None
    app.state.readiness = Readiness(workspace, app.state.register)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    app.include_router(router)
