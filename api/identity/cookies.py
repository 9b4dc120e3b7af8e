"""The cookie of a session: unreadable to scripts, and never sent along by another site's form."""

from fastapi import Request
from fastapi.responses import Response

from api.identity.recognising import cookie_name
from api.identity.transport import is_secure


def give(request: Request, response: Response, secret: str, *, name: str = "") -> None:
    """Let the browser keep a secret until it is closed, or until it is taken back.

    Parameters
    ----------
    request, response
        What is answered, and with what.
    secret
        What to keep.
    name
        Of the cookie; that of the session when absent.
    """
    response.set_cookie(
        name or cookie_name(request),
        secret,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def take_back(request: Request, response: Response, *, name: str = "") -> None:
    """Let the browser forget a secret."""
    response.delete_cookie(
        name or cookie_name(request),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
