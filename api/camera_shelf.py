"""Camera plans at hand: each is opened once, for a run never changes."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from hotspots.errors import NotFound, Problem
from hotspots.outputs.cameras.tables import PlanDocument, plan_document_of, require_plan
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.cameras import cameras_map
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.text import Lang
from hotspots.records import RunRecord

if TYPE_CHECKING:
    from api.shelf import OpenRun, Shelf

_PLANS_KEPT, _MAPS_KEPT = 8, 32


@dataclass(frozen=True)
class _Shown:
    """What a map of a plan shows; see :func:`hotspots.outputs.maps.cameras.cameras_map`."""

    around: str | None
    number: int | None
    instead: str | None


class CameraShelf:
    """The camera plans among the runs of a shelf.

    Parameters
    ----------
    shelf
        All runs.
    assets, tiles
        As for :func:`hotspots.outputs.maps.cameras.cameras_map`.
    """

    def __init__(self, shelf: "Shelf", *, assets: str, tiles: TileServer | None) -> None:
        self._shelf = shelf
        self._assets, self._tiles = assets, tiles
        self._document = lru_cache(maxsize=_PLANS_KEPT)(self._make_document)
        self._map = lru_cache(maxsize=_MAPS_KEPT)(self._make_map)

    def records(self) -> list[RunRecord]:
        """Return the records of all camera plans, newest first."""
        return [record for record in self._shelf.records() if record.plan is not None]

    def open(self, run_id: str) -> "OpenRun":
        """Return a camera plan by its id; ``latest`` is the newest one.

        Raises
        ------
        NotFound
            When there is no such run, or it planned no cameras.
        """
        if run_id == "latest":
            plans = self.records()
            if not plans:
                raise NotFound(
                    Problem("There is no camera plan yet.", "Make one with: hotspots cameras plan.")
                )
            run_id = plans[0].id
        run = self._shelf.open(run_id)
        require_plan(run.record)
        return run

    def document(self, run: "OpenRun") -> PlanDocument:
        """Return a camera plan as a document; made once."""
        return self._document(run.record.id)

    def map(
        self,
        run: "OpenRun",
        lang: Lang,
        *,
        site: str | None = None,
        number: int | None = None,
        instead: str | None = None,
    ) -> str | None:
        """Return the map of a plan; made once, and none where no camera sees anything.

        Borders to find one's way by come from the newest run that ranks areas: a plan has none.
        A site or a number of cameras that the plan does not know is left out.
        """
        ranked = next((each for each in self._shelf.records() if each.questions), None)
        document = self.document(run)
        shown = _Shown(
            around=site if site and document.known(site) else None,
            instead=instead if instead and document.known(instead) else None,
            number=number if document.shows(number) else None,
        )
        return self._map(run.record.id, lang, None if ranked is None else ranked.id, shown)

    def _make_document(self, run_id: str) -> PlanDocument:
        return plan_document_of(self._shelf.open(run_id))

    def _make_map(self, run_id: str, lang: Lang, ranked: str | None, shown: "_Shown") -> str | None:
        run = self._shelf.open(run_id)
        areas = None if ranked is None else outlines_of(self._shelf.open(ranked))
        return cameras_map(
            run,
            lang=lang,
            assets=self._assets,
            tiles=self._tiles,
            areas=areas,
            around=shown.around,
            number=shown.number,
            instead=shown.instead,
        )
