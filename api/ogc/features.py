"""Features of one collection at one moment: searched by array, written as text once."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from api.ogc.systems import Shapes, System
from api.ogc.times import Days, Period, interval_of
from hotspots.errors import NotFound, Problem

Positions = npt.NDArray[np.int64]


class Table(NamedTuple):
    """What a source gives: features in metres, their ids, and the days of their terms.

    `frame` holds a column for every property; `lists` names those of which the text is a list,
    with what parts it.
    """

    frame: gpd.GeoDataFrame
    ids: Sequence[str]
    begin: Days
    end: Days
    lists: Mapping[str, str]


class Features:
    """A table of features in the order of their ids, which never changes.

    Parameters
    ----------
    table
        The features; ids are unique.
    names
        Properties, in their order: whatever else the table holds is not served.
    crs
        System of the shapes.
    version
        What tells this table from a later one of the same collection.
    """

    def __init__(self, table: Table, names: Sequence[str], *, crs: str, version: str) -> None:
        ids = np.array([str(each) for each in table.ids], dtype=object)
        order = np.argsort(ids, kind="stable")
        self.ids = ids[order]
        self.version = version
        self._properties = pd.DataFrame(table.frame)[list(names)].iloc[order].reset_index(drop=True)
        self._lists = table.lists
        self._stored: Shapes = table.frame.geometry.to_numpy()[order]
        self._crs = crs
        self._begin, self._end = table.begin[order], table.end[order]
        self._in: dict[str, _Placed] = {}
        self._heads = np.full(len(ids), None, dtype=object)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.ids)

    # ------------------------------------------------------------ what is asked
    def select(
        self,
        *,
        box: BaseGeometry | None = None,
        box_in: System | None = None,
        period: Period | None = None,
        where: Mapping[str, object] | None = None,
    ) -> Positions:
        """Return the positions of what answers to everything that is asked, in order.

        What has no geometry meets every box, and what has no term every period: the standard
        (OGC 17-069r4, /req/core/fc-bbox-response and fc-time-response) asks that.

        Parameters
        ----------
        box, box_in
            A shape, x or longitude first, and the system of its coordinates.
        period
            When.
        where
            Properties and what they are equal to.
        """
        found = np.ones(len(self), dtype=bool)
        if box is not None and box_in is not None:
            found &= self._placed(box_in).meeting(box)
        if period is not None:
            found &= period.meets(self._begin, self._end)
        for name, value in (where or {}).items():
            found &= (self._properties[name] == value).fillna(False).to_numpy(bool)
        return np.flatnonzero(found)

    def after(self, cursor: str, at: Positions) -> Positions:
        """Return those of the positions `at` whose id comes after `cursor`."""
        return at[np.searchsorted(at, np.searchsorted(self.ids, cursor, side="right")) :]

    def position(self, feature_id: str) -> int:
        """Return where a feature stands.

        Raises
        ------
        NotFound
            When there is no such feature.
        """
        at = int(np.searchsorted(self.ids, feature_id))
        if at == len(self) or self.ids[at] != feature_id:
            raise NotFound(
                Problem(
                    "This collection has no such feature.",
                    "See its items for those it has.",
                    value=feature_id[:80],
                )
            )
        return at

    # ------------------------------------------------------------ what is answered
    def texts(self, at: Positions, system: System) -> list[str]:
        """Return features as GeoJSON; each is written once in a system, and kept."""
        return self._placed(system).texts(at)

    def rows(self, at: Positions, system: System) -> gpd.GeoDataFrame:
        """Return features as a table with their ids, x or longitude first."""
        rows = self._properties.iloc[at].reset_index(drop=True)
        if "id" not in rows:
            rows.insert(0, "id", self.ids[at])
        return gpd.GeoDataFrame(rows, geometry=self._placed(system).shapes[at], crs=system.name)

    def bounds(self, system: System) -> list[float] | None:
        """Return the box that holds all shapes, if there are any."""
        shapes = self._placed(system).shapes
        there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        return shapely.total_bounds(there).tolist() if len(there) else None

    @cached_property
    def interval(self) -> list[str | None] | None:
        """The first and last moment of all terms, in UTC."""
        return interval_of(self._begin, self._end)

    # ------------------------------------------------------------ how
    def heads(self, at: Positions) -> list[str]:
        """Return the text of features up to the geometry; each is written once, and kept."""
        new = at[self._heads[at] == None]  # noqa: E711  # element by element
        if len(new):
            self._heads[new] = self._written(new)
        return list(self._heads[at])

    def _written(self, at: Positions) -> list[str]:
        rows = self._plain.iloc[at].to_dict("records")
        for name, mark in self._lists.items():
            for row in rows:
                row[name] = [part for part in (row[name] or "").split(mark) if part]
        return [
            f'{{"type":"Feature","id":{_json(feature_id)},"properties":{_json(row)},"geometry":'
            for feature_id, row in zip(self.ids[at], rows, strict=True)
        ]

    @cached_property
    def _plain(self) -> pd.DataFrame:
        """The properties as JSON has them: nothing for what is missing or has no finite value."""
        finite = self._properties.replace([np.inf, -np.inf], np.nan)
        return finite.astype(object).where(finite.notna(), None)

    def _placed(self, system: System) -> "_Placed":
        with self._lock:
            if system.uri not in self._in:
                shapes = system.shapes(self._stored, self._crs)
                self._in[system.uri] = _Placed(shapes, self.heads, system)
            return self._in[system.uri]


class _Placed:
    """The shapes of features in one system, with what finds them and what was written of them."""

    def __init__(
        self, shapes: Shapes, heads: Callable[[Positions], list[str]], system: System
    ) -> None:
        self.shapes = shapes
        self._system = system
        self._heads = heads
        self._texts = np.full(len(shapes), None, dtype=object)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    def meeting(self, box: BaseGeometry) -> npt.NDArray[np.bool_]:
        found = np.asarray(shapely.is_missing(self.shapes))
        found[self._tree.query(box, predicate="intersects")] = True
        return found

    def texts(self, at: Positions) -> list[str]:
        new = at[self._texts[at] == None]  # noqa: E711  # element by element
        if len(new):
            shapes = shapely.to_geojson(self._system.written(self.shapes[new]))
            self._texts[new] = [
                f"{head}{shape or 'null'}}}"
                for head, shape in zip(self._heads(new), shapes, strict=True)
            ]
        texts: list[str] = self._texts[at].tolist()
        return texts


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
