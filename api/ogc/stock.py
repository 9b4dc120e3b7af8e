"""Collections at hand: each is made once, and again only when what it rests on has changed."""

import hashlib
from datetime import date
from functools import cached_property, lru_cache

from fastapi import Request

from api.ogc.features import Features
from api.ogc.layer import Layer, RunSource
from api.ogc.layers import LAYERS
from api.register.opened import Opening
from api.shelf import OpenRun, Shelf

_KEPT = 14


class Stock:
    """The features of every collection, from runs and from the register.

    Parameters
    ----------
    shelf
        The runs.
    opening
        The register.
    """

    def __init__(self, shelf: Shelf, opening: Opening) -> None:
        self._shelf, self._opening = shelf, opening
        self._features = lru_cache(maxsize=_KEPT)(self._make)

    @property
    def crs(self) -> str:
        """The system in which features are stored."""
        return self._shelf.workspace.crs

    def run(self, layer: Layer, run_id: str) -> OpenRun | None:
        """Return the run that a collection is asked of; none where it is of the register.

        Raises
        ------
        NotFound
            When there is no such run, or it is of another kind.
        """
        if not isinstance(layer.source, RunSource):
            return None
        if layer.source.plan:
            return self._shelf.cameras.open(run_id)
        return self._shelf.open(run_id)

    def features(self, layer: Layer, run: OpenRun | None, today: date) -> Features:
        """Return the features of a collection: of the register as it stands today.

        Raises
        ------
        NotFound
            When the run has no such result.
        """
        if run is not None:
            return self._features(layer.id, run.record.id)
        return self._features(layer.id, self._version(today))

    def _version(self, today: date) -> str:
        """Return the day, and all that features of the register rest on beside it."""
        _, head = self._opening.register().head()
        deliveries = self._opening.workspace.deliveries  # of groups, whose names are not public
        delivered = deliveries.stat().st_mtime_ns if deliveries.exists() else 0
        return f"{today}.{head}.{delivered}.{self._rules}"

    @cached_property
    def _rules(self) -> str:
        rules = self._opening.policy.publication.model_dump_json()
        return hashlib.sha256(rules.encode()).hexdigest()

    def _make(self, layer_id: str, version: str) -> Features:
        layer = LAYERS[layer_id]
        if isinstance(layer.source, RunSource):
            table = layer.source.make(self._shelf.open(version))
        else:
            today = date.fromisoformat(version.partition(".")[0])
            table = layer.source.make(self._opening, today)
        return Features(table, layer.names, crs=self.crs, version=version)


async def stock_of(request: Request) -> Stock:
    """Return the collections that the app serves."""
    stock: Stock = request.app.state.stock
    return stock
