"""A map as a page of its own, for a sandboxed frame."""

from fastapi.responses import HTMLResponse

from api.security import map_policy
from api.settings import Settings


def framed(document: str, settings: Settings) -> HTMLResponse:
    """Return a map under a content security policy of its own.

    Parameters
    ----------
    document
        The map as HTML.
    settings
        Where its background comes from, if it has one.
    """
    policy = map_policy(document, settings.tile_origin)
    return HTMLResponse(document, headers={"Content-Security-Policy": policy})
