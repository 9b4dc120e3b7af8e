"""Looking around in a demo without a token: on this machine alone, in a workspace of invented data.

The server listens on this machine alone (`hotspots serve` says so), the request comes from this
machine and was made to it by name, and no proxy stands between.
"""

from fastapi import Request

from api.identity.transport import is_local
from hotspots.register import Role
from hotspots.store import facts
from hotspots.store.accounts import Identity
from hotspots.store.workspace import Workspace

NAME = "Demo"
"""What the audit trail of a demo shows."""

_ORDER: tuple[Role, ...] = ("triangle", "mayor_office", "board", "planner", "analyst")


def demo_identities(request: Request) -> dict[Role, Identity]:
    """Return as whom one may look around, by role; as nobody where that is not allowed.

    A VLO looks around in the first stadsdeel, if areas of that level were delivered.
    """
    workspace: Workspace = request.app.state.shelf.workspace
    open_here = workspace.demo and request.app.state.settings.loopback_only
    if not (open_here and is_local(request)):
        return {}
    found = {role: Identity(NAME, role) for role in _ORDER}
    stadsdeel = _first_stadsdeel(workspace)
    return found if stadsdeel is None else {**found, "vlo": Identity(NAME, "vlo", stadsdeel)}


def _first_stadsdeel(workspace: Workspace) -> str | None:
    delivery = facts.current_areas(facts.list_deliveries(workspace)).get("stadsdeel")
    if delivery is None:
        return None
    areas = facts.read_facts(workspace, delivery).sort_values("area_code")
    return None if areas.empty else str(areas["area_name"].iloc[0])
