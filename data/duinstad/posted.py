"""Duinstad's cameras as the register knows them: where each stands within a designated area."""

from dataclasses import dataclass
from datetime import date
from math import atan2, degrees
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from data.duinstad.cameras import VIEW_DEG
from data.duinstad.lives import Area

CLASSES = {"vast": "fixed", "flexibel": "flexible", "stadion": "stadium"}
RANGE_M = 100.0
MASKED_WITHIN_M = 15.0
"""Buildings so near a camera are masked in its view."""
HALF_MASK_DEG = 12.0
POWERED = "dag en nacht"


@dataclass(frozen=True)
class Post:
    """One stay of a camera on one spot; it still runs without an end."""

    camera: str
    camera_class: str
    point: shapely.Point
    start: date
    end: date | None
    seen: dict[str, Any]


class Posts:
    """Every stay of every camera that the register may hold, and what is around a spot.

    Parameters
    ----------
    extracts
        Folder of the extracts.
    """

    def __init__(self, extracts: Path) -> None:
        self._houses = gpd.read_file(extracts / "gebouwen.gpkg", columns=[])
        self._sites = gpd.read_file(extracts / "palen.gpkg").drop_duplicates("paal")
        rows = gpd.read_file(extracts / "cameras.gpkg")
        rows = rows[rows["klasse"].isin(list(CLASSES)) & rows.geometry.notna()]
        names = ("camera", "klasse", "type", "begin", "einde", "richting")
        columns = (*(rows[name] for name in names), rows.geometry)
        self._posts = [
            Post(
                camera=camera,
                camera_class=CLASSES[sort],
                point=point,
                start=date.fromisoformat(begin),
                end=date.fromisoformat(end) if isinstance(end, str) else None,
                seen=self.seen_from(point, azimuth_deg=azimuth_deg, type_=type_),
            )
            for camera, sort, type_, begin, end, azimuth_deg, point in zip(*columns, strict=True)
        ]

    def within(self, area: Area) -> list[Post]:
        """Return the stays within an area and its term, in order of first day."""
        found = [
            each for each in self._posts
            if area.shape.covers(each.point) and each.start <= area.end
            and (each.end is None or each.end > area.start)
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.start, each.camera))

    def site(self, code: str) -> shapely.Point:
        """Return where a pole stands."""
        x, y = self._sites.set_index("paal").geometry[code].coords[0]
        return shapely.Point(x, y)

    def seen_from(
        self, point: shapely.Point, *, azimuth_deg: float = 0.0, type_: str = "ptz"
    ) -> dict[str, Any]:
        """Return what is on file of a spot: pole, sector, façades near by with their masks, power.

        Parameters
        ----------
        point
            The spot.
        azimuth_deg, type_
            Where it looks, and the type of the camera.
        """
        arcs = self._masks(point)
        near = self._sites.iloc[self._sites.sindex.query(point.buffer(0.5), "intersects")]
        looks = azimuth_deg if azimuth_deg == azimuth_deg else 0.0  # not a number: all round
        return {
            "site": str(near["paal"].iloc[0]) if len(near) else "",
            "x_m": point.x,
            "y_m": point.y,
            "sector": {
                "azimuth_deg": float(looks),
                "view_deg": VIEW_DEG[type_],
                "range_m": RANGE_M,
            },
            "facades_in_view": len(arcs),
            "masks": arcs,
            "power": bool((near["stroom"] == POWERED).any()) if len(near) else True,
        }

    def _masks(self, point: shapely.Point) -> list[dict[str, float]]:
        """Return an arc towards each building near by; one across north is cut off there."""
        reach = point.buffer(MASKED_WITHIN_M)
        near = self._houses.geometry.iloc[self._houses.sindex.query(reach, "intersects")]
        arcs = []
        for house in near:
            goal = house.representative_point()
            bearing = degrees(atan2(goal.x - point.x, goal.y - point.y)) % 360
            arcs.append(
                {
                    "from_deg": round(max(bearing - HALF_MASK_DEG, 0.0), 1),
                    "to_deg": round(min(bearing + HALF_MASK_DEG, 360.0), 1),
                }
            )
        return sorted(arcs, key=lambda arc: arc["from_deg"])
