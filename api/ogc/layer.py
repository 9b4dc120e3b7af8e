"""What a collection of features is: its words, its properties, its filters and its source."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel

from api.access import STAFF
from api.ogc.features import Table
from api.register.opened import Opening
from api.shelf import OpenRun
from hotspots.register import Role


@dataclass(frozen=True)
class RunSource:
    """Features from a run that never changes.

    `plan` is true where the latest run is the newest camera plan, and not the newest ranking.
    """

    make: Callable[[OpenRun], Table]
    plan: bool = False


@dataclass(frozen=True)
class RegisterSource:
    """Features from the register as it is on a day, in the system of the workspace."""

    make: Callable[[Opening, date], Table]


@dataclass(frozen=True)
class Filter:
    """A property that features can be chosen by, exactly as it is.

    `values` are those it may have; without them any text, number or truth of its `kind`.
    """

    name: str
    description: str
    values: tuple[str, ...] = ()
    kind: Literal["text", "whole", "flag"] = "text"


@dataclass(frozen=True)
class Layer:
    """A collection of features; whatever is not in `properties` is not served.

    `items` is what its features are called, `page` where people look at them.
    """

    id: str
    title: str
    description: str
    items: str
    page: str
    properties: type[BaseModel]
    source: RunSource | RegisterSource
    filters: tuple[Filter, ...] = ()
    roles: frozenset[Role] = STAFF

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return "public" in self.roles

    @property
    def names(self) -> list[str]:
        """Its properties, in their order."""
        return list(self.properties.model_fields)
