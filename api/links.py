"""A link from one answer to another, as the standards write it."""

from pydantic import BaseModel


class Link(BaseModel):
    """Where something else is found."""

    href: str
    rel: str
    type: str
    title: str
