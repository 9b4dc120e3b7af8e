"""The page of the half-year monitor: what a district safety meeting looks at, per stadsdeel."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from shapely.geometry.base import BaseGeometry

from api.clock import Now
from api.identity.user import Asking, User
from api.pages.monitor.holdings import District, district_of
from api.pages.monitor.view import monitor_view
from api.parameters import Chosen, RunPageQuery, Runs
from api.register.opened import Registered, Ruled
from api.shelf import OpenRun
from api.templating import render
from hotspots.outputs.monitor_tables import areas_of, has_monitor, level_of, monitor_document
from hotspots.outputs.text import Words
from hotspots.store.register.register import Register

_CODE = r"^[^\x00-\x1f\x7f]{1,100}$"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class MonitorQuery(RunPageQuery):
    """What a reader may choose on the monitor."""

    stadsdeel: Annotated[str, Field(pattern=_CODE)] | None = None


@router.get("/monitor")
def monitor(
    request: Request,
    shelf: Runs,
    register: Registered,
    policy: Ruled,
    settings: Chosen,
    user: Asking,
    now: Now,
    query: Annotated[MonitorQuery, Query()],
) -> str:
    """Show the half-year monitor of a stadsdeel: of a VLO its own, else the one asked for."""
    lang, demo = query.lang or settings.language, shelf.workspace.demo
    held = [each for each in shelf.records() if "monitor" in each.results]
    run_id = held[0].id if query.run == "latest" and held else query.run
    if not held or not has_monitor(run := shelf.open(run_id)):
        return render("no_monitor.html", request, lang, held=held, area=None, demo=demo)
    areas = areas_of(run)
    code = _asked(areas, user, query.stadsdeel)
    if code is None:
        area = user.stadsdeel if user.role == "vlo" else query.stadsdeel
        return render("no_monitor.html", request, lang, held=held, area=area or "", demo=demo)
    document = monitor_document(run, code)
    on = now.date()
    since = date.fromisoformat(f"{document.spans[-1][0]}-01")
    view = monitor_view(
        document, _district(run, register, code, on, since), policy, Words(lang), on=on
    )
    return render(
        "monitor.html",
        request,
        lang,
        view=view,
        areas=areas,
        level=level_of(run),
        may_choose=user.role != "vlo",
        demo=run.record.demo,
    )


def _asked(areas: dict[str, str], user: User, asked: str | None) -> str | None:
    """Return the code of the area to show: of a VLO its own, by its name or code."""
    wanted = user.stadsdeel if user.role == "vlo" else asked
    if not wanted:
        return None if user.role == "vlo" else next(iter(areas), None)
    known = (
        code
        for code, name in areas.items()
        if wanted.casefold() in (code.casefold(), name.casefold())
    )
    return next(known, None)


def _district(run: OpenRun, register: Register, code: str, on: date, since: date) -> District:
    """Return what the register holds in an area of the monitor."""
    table = run.table("monitor_areas")
    inside = table[table["monitor_code"] == code]
    codes = set(zip(inside["level"], inside["area_code"], strict=True))
    own: BaseGeometry | None = inside[inside["area_code"] == code]["geometry"].iloc[0]
    return district_of(register, own, codes, on=on, since=since)
