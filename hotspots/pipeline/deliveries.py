"""Storing what was taken in, and reading what holds now."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.facts import FACTS
from hotspots.records import Delivery
from hotspots.schemas import LEVELS, Kind, Level
from hotspots.store import facts
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from hotspots.analysis.grid import Ints
    from hotspots.ingest.result import Ingested


def deliver(
    workspace: Workspace, ingested: "Ingested", *, at: datetime, request: str = ""
) -> tuple[Delivery, bool]:
    """Store what was taken in as a delivery; return it, and whether it was new.

    The identity of a delivery is its `request`, for that holds what the file alone does not tell:
    the mapping's time zone, say, or the outline of the municipality.
    """
    rows = ingested.facts
    delivery = Delivery(
        id=f"{ingested.kind}-{request[:16]}" if request else ingested.id,
        sequence=0,
        kind=ingested.kind,
        source=ingested.source,
        file_name=ingested.file,
        sha256=ingested.sha256,
        delivered_at=at,
        level=ingested.level,
        themes=sorted(rows["theme"].unique()) if "theme" in rows else [],
        months=ingested.months,
        read=ingested.read,
        accepted=ingested.accepted,
        rejected=ingested.rejected,
        mapping=dict(ingested.mapping),
        notes=ingested.notes,
        request=request,
    )
    return facts.add_delivery(workspace, delivery, rows, ingested.rejects, files=ingested.files)


class HeightModels(NamedTuple):
    """Paths of the rasters of the newest delivery of heights; not every one has a `ground`."""

    surface: Path
    ground: Path | None


class Current:
    """The deliveries that hold now; each is read at most once, and those that were read are pinned.

    `pinned` grows as facts are asked for: a run records just what it used.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.deliveries = facts.list_deliveries(workspace)
        self.pinned: dict[str, Delivery] = {}
        self._frames: dict[str, pd.DataFrame] = {}
        self._rows: dict[str, dict[str, Ints]] = {}

    def read(self, delivery: Delivery) -> "pd.DataFrame":
        """Return the facts of a delivery and pin it."""
        if delivery.id not in self._frames:
            self._frames[delivery.id] = facts.read_facts(self.workspace, delivery)
        self.pinned[delivery.id] = delivery
        return self._frames[delivery.id]

    @cached_property
    def areas(self) -> "dict[Level, gpd.GeoDataFrame]":
        """Return the areas per delivered level; dwellings as points go before a given number."""
        import geopandas as gpd

        newest = facts.current_areas(self.deliveries)
        dwellings = facts.current_of_kind(self.deliveries, "dwellings")
        points = None if dwellings is None else gpd.GeoDataFrame(self.read(dwellings))
        areas: dict[Level, gpd.GeoDataFrame] = {}
        for level in LEVELS:
            if level in newest:
                frame = gpd.GeoDataFrame(self.read(newest[level]), crs=self.workspace.crs)
                if points is not None:
                    frame = frame.assign(dwellings=dwellings_inside(frame, points))
                areas[level] = frame
        return areas

    def rows_of(self, theme: str, by_month: Mapping[str, Delivery]) -> "pd.DataFrame":
        """Return the rows of a theme in the given months, each from the delivery that holds."""
        import pandas as pd

        parts = []
        for delivery in {each.id: each for each in by_month.values()}.values():
            months = [month for month, each in by_month.items() if each.id == delivery.id]
            of_theme = self.read(delivery).iloc[self._rows_by_theme(delivery).get(theme, [])]
            parts.append(of_theme[of_theme["month"].isin(months)])
        return pd.concat(parts, ignore_index=True)

    def _rows_by_theme(self, delivery: Delivery) -> "dict[str, Ints]":
        """Return where the rows of each theme are, looked up once."""
        import numpy as np

        if delivery.id not in self._rows:
            found = self.read(delivery).groupby("theme", sort=False).indices
            self._rows[delivery.id] = {str(theme): np.asarray(at) for theme, at in found.items()}
        return self._rows[delivery.id]

    def holding(self, kind: Literal["groups", "events"]) -> "pd.DataFrame | None":
        """Return all rows of groups or events that hold, and pin where they come from."""
        import pandas as pd

        parts = facts.holding_rows(self.workspace, self.deliveries, kind=kind)
        for delivery, _ in parts:
            self.pinned[delivery.id] = delivery
        return pd.concat([rows for _, rows in parts], ignore_index=True) if parts else None

    def municipality(self) -> "BaseGeometry | None":
        """Return the areas of the highest delivered level as one, in the workspace's CRS."""
        import geopandas as gpd

        newest = facts.current_areas(self.deliveries)
        for level in LEVELS:
            if level in newest:
                areas = gpd.GeoDataFrame(self.read(newest[level]), crs=self.workspace.crs)
                drawn = areas[areas.geometry.notna()]
                if len(drawn):
                    return drawn.union_all()
        return None

    def sites(self) -> "gpd.GeoDataFrame":
        """Return the candidate sites of every source, in order of `site_id`.

        Raises
        ------
        WorkspaceRefused
            When two sources have sites of one id.
        """
        return self._together("sites", "site_id")

    def cameras(self) -> "gpd.GeoDataFrame":
        """Return the placements of the cameras of every source, in order of `camera_id`.

        Raises
        ------
        WorkspaceRefused
            When two sources have cameras of one id.
        """
        return self._together("cameras", "camera_id")

    def buildings(self) -> "gpd.GeoDataFrame":
        """Return the buildings of every source; none where there was no delivery."""
        return self._together("buildings")

    def public_space(self) -> "gpd.GeoDataFrame":
        """Return the public space of every source; none where there was no delivery."""
        return self._together("public-space")

    def streets(self) -> "gpd.GeoDataFrame":
        """Return the streets of every source; none where there was no delivery."""
        return self._together("streets")

    def surface(self) -> HeightModels | None:
        """Return where the height models of the newest delivery are, and pin it."""
        delivery = facts.current_of_kind(self.deliveries, "heights")
        if delivery is None:
            return None
        self.read(delivery)
        surface = facts.kept_file(self.workspace, delivery, "surface.tif")
        if surface is None:
            raise WorkspaceRefused(
                Problem(
                    f"Delivery {delivery.id} has no surface model.",
                    "Restore the workspace from a backup.",
                )
            )
        return HeightModels(surface, facts.kept_file(self.workspace, delivery, "ground.tif"))

    def _together(self, kind: Kind, identity: str | None = None) -> "gpd.GeoDataFrame":
        """Return the rows of the newest delivery of every source, and pin them."""
        import geopandas as gpd
        import pandas as pd

        newest = facts.current_per_source(self.deliveries, kind)
        parts = [self.read(each) for each in newest]
        if identity is not None:
            _refuse_shared(kind, identity, newest, parts)
        rows = pd.concat(parts or [_nothing(kind)], ignore_index=True)
        if identity is not None:
            rows = rows.sort_values(identity, kind="stable", ignore_index=True)
        return gpd.GeoDataFrame(rows, geometry="geometry", crs=self.workspace.crs)


_TYPES = {"None": "object", "string[pyarrow]": "str", "datetime64[ns]": "datetime64[s]"}
"""How a schema names the type of a column (of geometry none), and how a frame has it."""


def _nothing(kind: Kind) -> "pd.DataFrame":
    """Return the table of a kind of which nothing was delivered."""
    import pandas as pd

    named = {name: str(column.dtype) for name, column in FACTS[kind]().columns.items()}
    return pd.DataFrame(
        {name: pd.Series(dtype=_TYPES.get(each, each)) for name, each in named.items()}
    )


def _refuse_shared(
    kind: Kind, identity: str, deliveries: list[Delivery], frames: "list[pd.DataFrame]"
) -> None:
    """Refuse two sources of which rows have one identity: which of them holds is unknown."""
    owners: dict[str, str] = {}
    for delivery, frame in zip(deliveries, frames, strict=True):
        for name in frame[identity].unique():
            if owners.setdefault(name, delivery.source) != delivery.source:
                raise WorkspaceRefused(
                    Problem(
                        f"Sources {owners[name]} and {delivery.source} both have {kind} with "
                        f"{identity} {name}.",
                        "Take the newer file in under the source of the older one, or give its "
                        "rows other codes.",
                    )
                )


def dwellings_inside(areas: "gpd.GeoDataFrame", points: "gpd.GeoDataFrame") -> "pd.Series":
    """Count dwellings per area by points in polygons.

    Parameters
    ----------
    areas
        Polygons; one without geometry has an unknown number of dwellings.
    points
        `dwellings` per point, in the same CRS; a point on a shared border counts in one area.

    Returns
    -------
    pandas.Series
        Number of dwellings, on the index of `areas`; missing where there is no polygon.
    """
    inside = which_area(areas, points)
    found = points["dwellings"].groupby(inside).sum()
    return found.reindex(areas.index, fill_value=0).astype("Int64").where(areas.geometry.notna())


def which_area(areas: "gpd.GeoDataFrame", points: "gpd.GeoDataFrame") -> "pd.Series":
    """Return for each point the index of the area it lies in; missing where it lies in none.

    A point on a shared border belongs to the area that comes first.
    """
    import numpy as np
    import pandas as pd

    # Asked by area, so that each polygon is prepared once and not once a point.
    area, place = points.sindex.query(areas.geometry, predicate="intersects")
    first = np.full(len(points), len(areas))
    np.minimum.at(first, place, area)
    inside = np.flatnonzero(first < len(areas))
    found = pd.Series(areas.index[first[inside]], index=points.index[inside])
    return found.reindex(points.index)
