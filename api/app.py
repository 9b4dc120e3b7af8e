"""The app, put together: settings, runs, pages, ``/v1``, static files. Assembly only."""

from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from pydantic import ValidationError

from api import differences, jobs, v1
from api.clock import clock_for
from api.description import openapi_of
from api.identity import oidc, sign_in
from api.identity.assembly import add_identity
from api.identity.gate import Gate
from api.ogc import reading
from api.ogc import routes as ogc_routes
from api.ogc.stock import Stock
from api.ops.assembly import add_limits, add_log
from api.ops.logs import configure_logging
from api.pages import public
from api.pages.analysis import routes as analysis
from api.pages.analysis import runs
from api.pages.bans import proposal_routes as ban_proposals
from api.pages.bans import routes as bans
from api.pages.cameras import routes as cameras
from api.pages.decisions import routes as decisions
from api.pages.hotspots import routes as hotspots
from api.pages.monitor import routes as monitor
from api.pages.register import routes as register_pages
from api.pages.triangle import choices
from api.pages.triangle import routes as triangle
from api.problems import add_problem_handlers
from api.public_shelf import PublicShelf
from api.register import routes as register_routes
from api.register.opened import Opening
from api.security import API_VERSION, DESCRIPTION_PATH, SecurityHeaders
from api.settings import Settings
from api.shelf import LEAFLET_PATH, Shelf
from hotspots.errors import SettingsRefused, problems_of
from hotspots.store.workspace import open_workspace


def create_app(settings: Settings) -> FastAPI:
    """Return the app that serves the runs of one workspace.

    Parameters
    ----------
    settings
        What the host has set.

    Raises
    ------
    WorkspaceRefused
        When there is no workspace in the folder of the settings.
    SettingsRefused
        When a setting does not fit this workspace, or what it needs is not installed.
    """
    app = FastAPI(
        title="Hotspots",
        version=API_VERSION,
        openapi_url=DESCRIPTION_PATH,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    workspace = open_workspace(settings.workspace)
    app.state.clock = clock_for(workspace, settings.demo_day)
    app.state.shelf = Shelf(workspace, settings.tiles)
    app.state.public_shelf = PublicShelf(app.state.shelf, settings.tiles)
    app.state.register = Opening(settings)
    app.state.stock = Stock(app.state.shelf, app.state.register)
    add_identity(app, settings, workspace)
    app.add_middleware(Gate)
    add_limits(app, settings)
    app.add_middleware(SecurityHeaders, tls=settings.has_tls)
    add_log(app, settings, workspace)
    add_problem_handlers(app)
    app.include_router(sign_in.router)
    app.include_router(oidc.router)
    app.include_router(v1.router)
    app.include_router(differences.router)
    app.include_router(jobs.router)
    app.include_router(ogc_routes.router)
    app.include_router(reading.router)
    app.include_router(register_routes.router)
    app.include_router(analysis.router)
    app.include_router(runs.router)
    app.include_router(public.router)
    app.include_router(ban_proposals.router)
    app.include_router(bans.router)
    app.include_router(monitor.router)
    app.include_router(decisions.router)
    app.include_router(cameras.router)
    app.include_router(triangle.router)
    app.include_router(choices.router)
    app.include_router(register_pages.router)
    app.include_router(hotspots.router)
    app.mount(LEAFLET_PATH, StaticFiles(directory=_leaflet()), name="leaflet")
    static = files("api").joinpath("static")
    app.mount("/static", StaticFiles(directory=Path(str(static))), name="static")
    app.openapi = lambda: openapi_of(app, settings)  # type: ignore[method-assign]  # FastAPI's way
    return app


def app_from_environment() -> FastAPI:
    """Return the app with its settings from the environment, as a server starts it.

    Raises
    ------
    SettingsRefused
        Naming every setting that is missing or not allowed.
    """
    configure_logging()
    try:
        return create_app(Settings())
    except ValidationError as refusal:
        remedy = "See the table of settings in the README; each is HOTSPOTS_ and its name."
        raise SettingsRefused(problems_of(refusal, remedy=remedy)) from None


def _leaflet() -> Path:
    """Find Leaflet's files in the package that brings them."""
    spec = find_spec("xstatic.pkg.leaflet")
    if spec is None or spec.origin is None:
        raise RuntimeError("xstatic-leaflet is not installed")
    return Path(spec.origin).parent / "data"
