"""Reviews and proposals of area measures at hand: each is opened once, for a run never changes."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from pydantic import BaseModel

from hotspots.errors import NotFound, Problem
from hotspots.outputs.bans.document import BanProposalDocument, BanReviewDocument
from hotspots.outputs.bans.reading import (
    Table,
    proposal_document_of,
    require_bans,
    review_document_of,
)
from hotspots.outputs.locating import outlines_of
from hotspots.outputs.maps.ban_proposals import ban_proposals_map
from hotspots.outputs.maps.bans import bans_map
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.text import Lang
from hotspots.records import RunRecord

if TYPE_CHECKING:
    import geopandas as gpd

    from api.shelf import OpenRun, Shelf

_RUNS_KEPT, _MAPS_KEPT = 8, 64
_NONE_YET = {
    "review": Problem(
        "There is no review of area measures yet.", "Make one with: hotspots bans review."
    ),
    "proposal": Problem(
        "There is no proposal of an area measure yet.", "Make one with: hotspots bans propose."
    ),
}

_Document = TypeVar("_Document", bound=BaseModel)


class _BanRuns(Generic[_Document]):
    """The runs of one sort about area measures: a review is never taken for a proposal."""

    def __init__(
        self,
        shelf: "Shelf",
        asked: Literal["review", "proposal"],
        document_of: Callable[[RunRecord, Table], _Document],
    ) -> None:
        self._shelf, self._asked = shelf, asked
        self._document_of = document_of
        self._document = lru_cache(maxsize=_RUNS_KEPT)(self._make_document)

    def records(self) -> list[RunRecord]:
        """Return the records of all these runs, newest first."""
        return [
            record
            for record in self._shelf.records()
            if record.bans is not None and record.bans.asked == self._asked
        ]

    def open(self, run_id: str) -> "OpenRun":
        """Return one of these runs by its id; ``latest`` is the newest one.

        Raises
        ------
        NotFound
            When there is no such run, or it is of another sort.
        """
        if run_id == "latest":
            held = self.records()
            if not held:
                raise NotFound(_NONE_YET[self._asked])
            run_id = held[0].id
        run = self._shelf.open(run_id)
        require_bans(run.record, self._asked)
        return run

    def document(self, run: "OpenRun") -> _Document:
        """Return a run as a document; made once."""
        return self._document(run.record.id)

    def _make_document(self, run_id: str) -> _Document:
        run = self._shelf.open(run_id)
        return self._document_of(run.record, run.table)

    def _ranked(self) -> str | None:
        """Return the newest run that ranks areas: borders to find one's way by are its."""
        return next((each.id for each in self._shelf.records() if each.questions), None)

    def _outlines(self, ranked: str | None) -> "gpd.GeoDataFrame | None":
        return None if ranked is None else outlines_of(self._shelf.open(ranked))


class BanShelf(_BanRuns[BanReviewDocument]):
    """The reviews of area measures among the runs of a shelf.

    Parameters
    ----------
    shelf
        All runs.
    assets, tiles
        As for :func:`hotspots.outputs.maps.bans.bans_map`.
    """

    def __init__(self, shelf: "Shelf", *, assets: str, tiles: TileServer | None) -> None:
        super().__init__(shelf, "review", review_document_of)
        self._assets, self._tiles = assets, tiles
        self._map = lru_cache(maxsize=_MAPS_KEPT)(self._make_map)

    def map(
        self,
        run: "OpenRun",
        lang: Lang,
        *,
        only: tuple[str, ...] | None = None,
        around: str | None = None,
    ) -> str | None:
        """Return the map of a run; made once, and none where no area is shown."""
        return self._map(run.record.id, lang, self._ranked(), only, around)

    def _make_map(
        self,
        run_id: str,
        lang: Lang,
        ranked: str | None,
        only: tuple[str, ...] | None,
        around: str | None,
    ) -> str | None:
        return bans_map(
            self._shelf.open(run_id),
            lang=lang,
            assets=self._assets,
            tiles=self._tiles,
            areas=self._outlines(ranked),
            only=only,
            around=around,
        )


class BanProposalShelf(_BanRuns[BanProposalDocument]):
    """The proposals of area measures among the runs of a shelf.

    Parameters
    ----------
    shelf, assets, tiles
        As for :class:`BanShelf`.
    """

    def __init__(self, shelf: "Shelf", *, assets: str, tiles: TileServer | None) -> None:
        super().__init__(shelf, "proposal", proposal_document_of)
        self._assets, self._tiles = assets, tiles
        self._map = lru_cache(maxsize=_MAPS_KEPT)(self._make_map)

    def map(self, run: "OpenRun", lang: Lang, *, around: str | None = None) -> str | None:
        """Return the map of a run; made once, and none where it has no place."""
        return self._map(run.record.id, lang, self._ranked(), around)

    def _make_map(
        self, run_id: str, lang: Lang, ranked: str | None, around: str | None
    ) -> str | None:
        return ban_proposals_map(
            self._shelf.open(run_id),
            lang=lang,
            assets=self._assets,
            tiles=self._tiles,
            areas=self._outlines(ranked),
            around=around,
        )
