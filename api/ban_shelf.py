"""Reviews of area measures at hand: each is opened once, for a run never changes."""

from functools import lru_cache
from typing import TYPE_CHECKING

from hotspots.errors import NotFound, Problem
from hotspots.outputs.ban_document import BanReviewDocument
from hotspots.outputs.ban_reading import require_bans, review_document_of
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.bans import bans_map
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.text import Lang
from hotspots.records import RunRecord

if TYPE_CHECKING:
    from api.shelf import OpenRun, Shelf

_RUNS_KEPT, _MAPS_KEPT = 8, 64


class BanShelf:
    """The reviews of area measures among the runs of a shelf.

    Parameters
    ----------
    shelf
        All runs.
    assets, tiles
        As for :func:`hotspots.outputs.maps.bans.bans_map`.
    """

    def __init__(self, shelf: "Shelf", *, assets: str, tiles: TileServer | None) -> None:
        self._shelf = shelf
        self._assets, self._tiles = assets, tiles
        self._document = lru_cache(maxsize=_RUNS_KEPT)(self._make_document)
        self._map = lru_cache(maxsize=_MAPS_KEPT)(self._make_map)

    def records(self) -> list[RunRecord]:
        """Return the records of all runs of reviews, newest first."""
        return [
            record
            for record in self._shelf.records()
            if record.bans is not None and record.bans.asked == "review"
        ]

    def open(self, run_id: str) -> "OpenRun":
        """Return a run of reviews by its id; ``latest`` is the newest one.

        Raises
        ------
        NotFound
            When there is no such run, or it holds no reviews.
        """
        if run_id == "latest":
            held = self.records()
            if not held:
                raise NotFound(
                    Problem(
                        "There is no review of area measures yet.",
                        "Make one with: hotspots bans review.",
                    )
                )
            run_id = held[0].id
        run = self._shelf.open(run_id)
        require_bans(run.record, "review")
        return run

    def document(self, run: "OpenRun") -> BanReviewDocument:
        """Return the reviews of a run as a document; made once."""
        return self._document(run.record.id)

    def map(
        self,
        run: "OpenRun",
        lang: Lang,
        *,
        only: tuple[str, ...] | None = None,
        around: str | None = None,
    ) -> str | None:
        """Return the map of a run; made once, and none where no area is shown.

        Borders to find one's way by come from the newest run that ranks areas: this one has none.
        """
        ranked = next((each for each in self._shelf.records() if each.questions), None)
        return self._map(run.record.id, lang, None if ranked is None else ranked.id, only, around)

    def _make_document(self, run_id: str) -> BanReviewDocument:
        run = self._shelf.open(run_id)
        return review_document_of(run.record, run.table)

    def _make_map(
        self,
        run_id: str,
        lang: Lang,
        ranked: str | None,
        only: tuple[str, ...] | None,
        around: str | None,
    ) -> str | None:
        run = self._shelf.open(run_id)
        areas = None if ranked is None else outlines_of(self._shelf.open(ranked))
        return bans_map(
            run,
            lang=lang,
            assets=self._assets,
            tiles=self._tiles,
            areas=areas,
            only=only,
            around=around,
        )
