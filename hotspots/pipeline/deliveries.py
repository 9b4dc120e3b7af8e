"""Storing what was taken in, and reading what holds now."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hotspots import __version__
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import LEVELS, Kind, Level
from hotspots.store import facts
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from hotspots.ingest.result import Ingested


_PLACED = ("incidents", "dwellings", "groups")
"""Kinds whose rows must lie in the municipality."""


def take_in(
    workspace: Workspace,
    kind: Kind,
    file: Path,
    *,
    at: datetime,
    policy: Policy,
    mapping: Path | None = None,
    categories: Path | None = None,
    level: Level | None = None,
) -> tuple[Delivery, bool]:
    """Take a file in as a delivery of the given kind; return it, and whether it was new.

    A file that was taken in before, in the same way and for the same municipality, is not even
    read again.

    Parameters
    ----------
    at
        The clock, for the record only.
    policy
        Limits of a file, and how points are judged.
    mapping, categories
        Which column is which, and what the codes mean; guessed where absent.
    level
        Level of areas or counts; guessed where absent.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    from hotspots.ingest import areas, counts, dwellings, events, groups, incidents
    from hotspots.ingest import categories as tables
    from hotspots.ingest.mapping import load_mapping

    columns = load_mapping(mapping)
    table = None if categories is None else tables.load_categories(categories)
    area = Current(workspace).municipality() if kind in _PLACED else None
    known = facts.list_deliveries(workspace)
    themes = frozenset(theme for each in known for theme in each.themes)
    request = _request(kind, file, repr(columns), repr(table), level, policy, area, themes)
    for earlier in known:
        if request and earlier.request == request:
            return earlier, False
    crs, limits, points = workspace.crs, policy.limits, policy.points
    found: Ingested
    match kind:
        case "areas":
            found = areas.ingest_areas(file, mapping=columns, level=level, crs=crs, limits=limits)
        case "counts":
            found = counts.ingest_counts(
                file, mapping=columns, categories=table, level=level, limits=limits
            )
        case "incidents":
            found = incidents.ingest_incidents(
                file,
                mapping=columns,
                categories=table,
                crs=crs,
                area=area,
                limits=limits,
                points=points,
            )
        case "dwellings":
            found = dwellings.ingest_dwellings(
                file, mapping=columns, crs=crs, area=area, limits=limits, points=points
            )
        case "built-up":
            found = dwellings.ingest_built_up(file, mapping=columns, crs=crs, limits=limits)
        case "groups":
            found = groups.ingest_groups(
                file,
                mapping=columns,
                categories=table,
                themes=themes,
                crs=crs,
                area=area,
                limits=limits,
                points=points,
                groups=policy.groups,
            )
        case "events":
            found = events.ingest_events(file, mapping=columns, level=level, limits=limits)
    return deliver(workspace, found, at=at, request=request)


def _request(
    kind: Kind,
    file: Path,
    columns: str,
    table: str,
    level: Level | None,
    policy: Policy,
    area: "BaseGeometry | None",
    themes: frozenset[str],
) -> str:
    """Return a hash of the file and of everything that decides how it is taken in."""
    from hotspots.ingest.readers import content_sha256

    if not file.is_file():
        return ""  # the reader says what is wrong with it
    how = (__version__, kind, content_sha256(file), file.suffix, columns, table, str(level))
    settings = [policy.limits.model_dump_json(), policy.points.model_dump_json()]
    if kind == "groups":
        settings += [policy.groups.model_dump_json(), *sorted(themes)]
    outline = b"" if area is None else area.wkb
    return sha256("|".join([*how, *settings]).encode() + outline).hexdigest()


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
    return facts.add_delivery(workspace, delivery, rows, ingested.rejects)


class Current:
    """The deliveries that hold now; each is read at most once, and those that were read are pinned.

    `pinned` grows as facts are asked for: a run records just what it used.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.deliveries = facts.list_deliveries(workspace)
        self.pinned: dict[str, Delivery] = {}
        self._frames: dict[str, pd.DataFrame] = {}

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
            rows = self.read(delivery)
            months = [month for month, each in by_month.items() if each.id == delivery.id]
            parts.append(rows[(rows["theme"] == theme) & rows["month"].isin(months)])
        return pd.concat(parts, ignore_index=True)

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
    import pandas as pd

    # Asked by area, so that each polygon is prepared once and not once a point.
    area, place = points.sindex.query(areas.geometry, predicate="intersects")
    first = pd.Series(area).groupby(place).min()
    return pd.Series(areas.index[first], index=points.index[first.index]).reindex(points.index)
