"""How ``hotspots serve`` lets uvicorn serve: bounded, logged by us, believing one proxy at most."""

import os
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from hotspots.store.workspace import Workspace

GRACE_S = 30
"""How long a server that is told to stop finishes what it is asked, in seconds."""

_MAX_HEADERS_BYTES = 32_768  # the app refuses half of it, with a problem that says so


def server_options() -> dict[str, Any]:
    """Return uvicorn's options, but for what is served and where.

    Whoever asks is who connects. Only where HOTSPOTS_TRUSTED_PROXIES names the proxy in front is
    ``X-Forwarded-For`` read, and only from it.
    """
    proxies = os.environ.get("HOTSPOTS_TRUSTED_PROXIES", "").strip()
    return {
        "http": "api.ops.protocol:ImpatientH11",
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": proxies or None,
        "h11_max_incomplete_event_size": _MAX_HEADERS_BYTES,
        "timeout_graceful_shutdown": GRACE_S,
    }


def tell_who_may_sign_in(workspace: "Workspace", host: str) -> None:
    """Say how one signs in here; let a demo be looked at without a token on this machine alone.

    Parameters
    ----------
    workspace
        What is served.
    host
        Where the server listens.
    """
    from hotspots.store.accounts import Accounts, AccountsFile

    here = is_loopback(host)
    os.environ["HOTSPOTS_LOOPBACK_ONLY"] = "true" if here else "false"
    if workspace.demo and here:
        typer.echo("This is a demo: choose a role on the page to sign in.")
        return
    if workspace.demo:
        typer.echo("This demo can be reached from elsewhere: it is looked at with a token only.")
    if os.environ.get("HOTSPOTS_OIDC_ISSUER"):
        return
    now = datetime.now(UTC)
    accounts = Accounts(AccountsFile(workspace)).all()
    if not any(each.ended is None and each.until > now for each in accounts):
        typer.echo(
            "Nobody can sign in yet. Make an account with: "
            f"hotspots user add NAME --workspace {workspace.path} --role analyst"
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
