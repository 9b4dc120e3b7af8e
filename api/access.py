"""Who may open what: one table of routes and roles.

The gate (`api.identity.gate`) looks here before anything of a request is read. A route without
a row is refused to everybody. What a role may do in the register is said by
`hotspots.decisions.roles`; here is only who may ask.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import get_args

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path

from hotspots.decisions.roles import ALLOWED
from hotspots.register import Role

EVERYBODY: frozenset[Role] = frozenset(get_args(Role))
"""Every role, and whoever did not sign in."""

STAFF: frozenset[Role] = EVERYBODY - {"public"}
ANALYSTS: frozenset[Role] = frozenset({"analyst"})
MAKERS: frozenset[Role] = frozenset({"analyst", "planner"})
"""Roles that have something computed."""
STOCK_READERS: frozenset[Role] = frozenset({"analyst", "planner", "triangle"})
"""Roles that work with the figures, and want to know what they rest on."""

ACCESS: Mapping[str, frozenset[Role]] = MappingProxyType({
    # ------------------------------------------------------------ signing in
    "GET /inloggen": EVERYBODY,
    "POST /inloggen": EVERYBODY,
    "POST /inloggen/demo": EVERYBODY,
    "GET /inloggen/account": EVERYBODY,
    "GET /inloggen/terug": EVERYBODY,
    "POST /uitloggen": EVERYBODY,
    # ------------------------------------------------------------ pages
    "GET /": STAFF,
    "GET /kiezen": ALLOWED["choose"],
    "POST /kiezen": ALLOWED["choose"],
    "GET /hotspots": STAFF,
    "GET /hotspots/{hotspot_id}": STAFF,
    "GET /samen": STAFF,
    "GET /signalen": STAFF,
    "GET /cameras": STAFF,
    "GET /cameras/{site_id}": STAFF,
    "GET /verboden": STAFF,
    "GET /verboden/{code}": STAFF,
    "GET /verboden/voorstellen": STAFF,
    "GET /verboden/voorstellen/{place}": STAFF,
    "GET /monitor": STAFF,
    "GET /besluiten": STAFF,
    "GET /besluiten.csv": STAFF,
    "GET /runs": STAFF,
    "GET /runs/vergelijken": STAFF,
    "GET /runs/{run_id}": STAFF,
    "GET /leveringen": STOCK_READERS,
    "GET /leveringen/{delivery_id}": STOCK_READERS,
    "GET /leveringen/{delivery_id}/afgekeurd.csv": ANALYSTS,
    "GET /uitleg": EVERYBODY,
    "GET /openbaar": EVERYBODY,
    "GET /openbaar/kaart": EVERYBODY,
    "GET /openbaar/gebieden.csv": EVERYBODY,
    "GET /openbaar/veiligheid": EVERYBODY,
    "GET /openbaar/veiligheid.csv": EVERYBODY,
    "GET /maps/{run_id}/{theme}/{level}": STAFF,
    "GET /maps/{run_id}/hotspots/{theme}/{months}": STAFF,
    "GET /maps/{run_id}/composite": STAFF,
    "GET /maps/{run_id}/places/{hotspot_id}": STAFF,
    "GET /maps/{run_id}/signals": STAFF,
    "GET /maps/{run_id}/cameras": STAFF,
    "GET /maps/{run_id}/bans": STAFF,
    "GET /maps/{run_id}/ban-proposals": STAFF,
    # ------------------------------------------------------------ runs
    "GET /v1": EVERYBODY,
    "GET /v1/openapi.json": EVERYBODY,
    "GET /v1/runs": STAFF,
    "GET /v1/runs/{run_id}": STAFF,
    "GET /v1/runs/{run_id}/compare/{other_id}": STAFF,
    "GET /v1/runs/{run_id}/priorities": STAFF,
    "GET /v1/runs/{run_id}/composite": STAFF,
    "GET /v1/runs/{run_id}/hotspots/{hotspot_id}": STAFF,
    "GET /v1/runs/{run_id}/signals": STAFF,
    "GET /v1/runs/{run_id}/cameras": STAFF,
    "GET /v1/runs/{run_id}/bans": STAFF,
    "GET /v1/runs/{run_id}/tables/{name}.{suffix}": STAFF,
    "GET /v1/runs/{run_id}/surfaces/{theme}/{months}.tif": STAFF,
    "POST /v1/runs": MAKERS,
    "GET /v1/jobs": STAFF,
    "GET /v1/jobs/{job_id}": STAFF,
    "DELETE /v1/jobs/{job_id}": MAKERS,
    "POST /runs": MAKERS,
    "POST /runs/jobs/{job_id}/stop": MAKERS,
    # ------------------------------------------------------------ collections
    # Each collection has roles of its own: `api.ogc.layers`.
    "GET /v1/docs": EVERYBODY,
    "GET /v1/conformance": EVERYBODY,
    "GET /v1/collections": EVERYBODY,
    "GET /v1/collections/{collection_id}": EVERYBODY,
    "GET /v1/collections/{collection_id}/items": EVERYBODY,
    "GET /v1/collections/{collection_id}/items/{feature_id}": EVERYBODY,
    # ------------------------------------------------------------ the register, to read
    "GET /v1/designations": STAFF,
    "GET /v1/designations/due": STAFF,
    "GET /v1/designations/calendar.ics": STAFF,
    "GET /v1/designations/{designation_id}": STAFF,
    "GET /v1/designations/{designation_id}/boundaries": STAFF,
    "GET /v1/designations/{designation_id}/placements": STAFF,
    "GET /v1/designations/{designation_id}/reviews": STAFF,
    "GET /v1/designations/{designation_id}/trail": STAFF,
    "GET /v1/designations/{designation_id}/checklist": STAFF,
    "GET /v1/designations/{record_id}/dossier.{suffix}": STAFF,
    "GET /v1/placements/{placement_id}": STAFF,
    "GET /v1/reviews/{review_id}": STAFF,
    "GET /v1/reviews/{record_id}/dossier.{suffix}": STAFF,
    "GET /v1/signals": STAFF,
    "GET /v1/signals/{signal_id}": STAFF,
    "GET /v1/choices": STAFF,
    "GET /v1/choices/{choice_id}": STAFF,
    "GET /v1/choices/{record_id}/dossier.{suffix}": STAFF,
    "GET /v1/actions": STAFF,
    "GET /v1/actions/{action_id}": STAFF,
    "GET /v1/audit": STAFF,
    "GET /v1/audit/verify": STAFF,
    # ------------------------------------------------------------ the register, to write
    "POST /v1/designations": ALLOWED["draft"],
    "PATCH /v1/designations/{designation_id}": ALLOWED["amend"],
    "POST /v1/designations/{designation_id}/ask-advice": ALLOWED["ask_advice"],
    "POST /v1/designations/{designation_id}/receive-advice": ALLOWED["receive_advice"],
    "POST /v1/designations/{designation_id}/decide": ALLOWED["decide"],
    "POST /v1/designations/{designation_id}/publish": ALLOWED["publish"],
    "POST /v1/designations/{designation_id}/extend": ALLOWED["extend"],
    "POST /v1/designations/{designation_id}/shrink": ALLOWED["shrink"],
    "POST /v1/designations/{designation_id}/withdraw": ALLOWED["withdraw"],
    "POST /v1/designations/{designation_id}/object": ALLOWED["object"],
    "POST /v1/designations/{designation_id}/resolve-objection": ALLOWED["resolve_objection"],
    "POST /v1/designations/{designation_id}/suspend": ALLOWED["suspend"],
    "POST /v1/designations/{designation_id}/lift-suspension": ALLOWED["lift_suspension"],
    "POST /v1/designations/{designation_id}/annul": ALLOWED["annul"],
    "POST /v1/designations/{designation_id}/placements": ALLOWED["place"],
    "POST /v1/placements/{placement_id}/move": ALLOWED["move"],
    "POST /v1/placements/{placement_id}/remove": ALLOWED["remove"],
    "POST /v1/designations/{designation_id}/reviews": ALLOWED["review"],
    "POST /v1/signals/{signal_id}/answer": ALLOWED["answer"],
    "POST /v1/choices": ALLOWED["choose"],
    "POST /v1/actions": ALLOWED["plan_action"],
    "POST /v1/actions/{action_id}/report": ALLOWED["report_action"],
    # ------------------------------------------------------------ the pages of the register
    "GET /register": STAFF,
    "GET /register/spoor": STAFF,
    "GET /register/concept": ALLOWED["draft"],
    "GET /register/{designation_id}": STAFF,
    "GET /maps/register/all": STAFF,
    "GET /maps/register/{designation_id}": STAFF,
    "POST /register/concept": ALLOWED["draft"],
    "POST /register/{designation_id}/ask-advice": ALLOWED["ask_advice"],
    "POST /register/{designation_id}/receive-advice": ALLOWED["receive_advice"],
    "POST /register/{designation_id}/decide": ALLOWED["decide"],
    "POST /register/{designation_id}/publish": ALLOWED["publish"],
    "POST /register/{designation_id}/amend": ALLOWED["amend"],
    "POST /register/{designation_id}/review": ALLOWED["review"],
    "POST /register/{designation_id}/extend": ALLOWED["extend"],
    "POST /register/{designation_id}/shrink": ALLOWED["shrink"],
    "POST /register/{designation_id}/withdraw": ALLOWED["withdraw"],
    "POST /register/{designation_id}/place": ALLOWED["place"],
    "POST /register/{designation_id}/object": ALLOWED["object"],
    "POST /register/{designation_id}/resolve-objection": ALLOWED["resolve_objection"],
    "POST /register/{designation_id}/suspend": ALLOWED["suspend"],
    "POST /register/{designation_id}/lift-suspension": ALLOWED["lift_suspension"],
    "POST /register/{designation_id}/annul": ALLOWED["annul"],
    "POST /register/{designation_id}/cameras/{record_id}/move": ALLOWED["move"],
    "POST /register/{designation_id}/cameras/{record_id}/remove": ALLOWED["remove"],
    "POST /register/{designation_id}/signalen/{record_id}/answer": ALLOWED["answer"],
    # ------------------------------------------------------------ the server
    "GET /health": EVERYBODY,
    "GET /ready": EVERYBODY,
    "GET /metrics": EVERYBODY,  # by address: api.ops.metrics
    "GET /static": EVERYBODY,
    "GET /static/leaflet": EVERYBODY,
})  # fmt: skip
"""Roles by route, as ``METHOD /path/{template}``; HEAD is GET, a mounted folder its own path."""


def may_open(role: Role, path: str) -> bool:
    """Tell whether a role may open a page, by the path that leads to it."""
    return role in ACCESS.get(f"GET {path}", ())


class Routes:
    """The routes of an app, to know which one a request is for before it is served.

    Parameters
    ----------
    routes
        Of the app, in the order in which they are tried.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._known = [
            (compile_path(path + ("/{rest:path}" if is_folder else ""))[0], methods, path)
            for path, methods, is_folder in map(_parts, iter_route_contexts(list(routes)))
        ]

    def find(self, method: str, path: str) -> str | None:
        """Return the key in :data:`ACCESS` of a request; none when no route answers it."""
        for pattern, methods, template in self._known:
            if method in methods and pattern.match(path):
                return f"{method} {_plain(template)}"
        return None

    def methods(self, path: str) -> frozenset[str]:
        """Return the methods by which something may be asked of a path."""
        answered = [methods for pattern, methods, _ in self._known if pattern.match(path)]
        return frozenset[str]().union(*answered)

    def keys(self) -> list[str]:
        """Return the keys of all routes."""
        return [
            f"{method} {_plain(template)}"
            for _, methods, template in self._known
            for method in sorted(methods - {"HEAD"})
        ]


def _parts(route: object) -> tuple[str, frozenset[str], bool]:
    path, methods = getattr(route, "path", None), getattr(route, "methods", None)
    if not isinstance(path, str):
        raise TypeError(f"a route without a path: {route!r}")
    is_folder = methods is None  # static files
    return path, frozenset(methods or {"GET"}), is_folder


def _plain(template: str) -> str:
    """Leave out what a part of a path may be: ``{id:path}`` is ``{id}``."""
    parts = template.split("{")
    return "{".join([parts[0], *(_without_kind(part) for part in parts[1:])])


def _without_kind(part: str) -> str:
    name, _, rest = part.partition("}")
    return f"{name.partition(':')[0]}}}{rest}"
