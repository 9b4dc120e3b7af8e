"""How a request reached us: over TLS, from this machine, or otherwise."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

_BY_A_PROXY = ("forwarded", "via", "x-forwarded-", "x-real-ip", "x-original-")


def is_loopback(host: str | None) -> bool:
    """Tell whether a name or an address is this machine itself."""
    if host is None:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_local(request: Request) -> bool:
    """Tell whether a request was made on this machine, to this machine, and by nobody between."""
    server = request.scope.get("server") or (None, None)
    client = request.client.host if request.client else None
    return (
        is_loopback(server[0])
        and is_loopback(client)
        and is_loopback(request.url.hostname)
        and not any(name.startswith(_BY_A_PROXY) for name in request.headers)
    )


def is_private(request: Request) -> bool:
    """Tell whether nobody on the way reads what is sent: TLS, or this machine alone."""
    return is_secure(request) or is_loopback(request.url.hostname)


def is_secure(request: Request) -> bool:
    """Tell whether readers reach us over TLS, here or at the proxy in front."""
    return bool(request.app.state.settings.has_tls) or request.url.scheme == "https"


def is_safe_address(url: str, *, loopback: bool) -> bool:
    """Tell whether secrets may be sent to an address: https, or http to this machine.

    Parameters
    ----------
    url
        The address.
    loopback
        Whether this machine itself will do.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return loopback and parts.scheme == "http" and is_loopback(parts.hostname)
