"""A demo city in memory, with its incidents placed in areas by a join of its own."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from data.duinstad import extracts
from data.duinstad.city import City
from data.duinstad.supervision import Supervision, make_supervision
from data.duinstad.truths import Truth, planted_truths


@dataclass(frozen=True)
class Town:
    """A city with its incidents placed in areas by a join of its own."""

    city: City

    @cached_property
    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        return extracts.area_layers(self.city)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        rows = self.city.incidents
        points = gpd.GeoDataFrame(
            rows, geometry=gpd.points_from_xy(rows["x"], rows["y"]), crs="EPSG:28992"
        )
        for layer, name in (("buurten", "buurt_code"), ("verzorgingsgebieden", "vg_code")):
            areas = self.layers[layer][["code", "geometry"]].rename(columns={"code": name})
            points = points.sjoin(areas, predicate="within").drop(columns="index_right")
        assert len(points) == len(rows), "every incident lies inside one buurt and service area"
        buurten = self.layers["buurten"].set_index("code")
        points["wijk_code"] = "WK" + points["buurt_code"].str[2:8]
        points["stadsdeel_code"] = points["buurt_code"].map(buurten["stadsdeelcode"])
        return points.assign(year=points["begin"].dt.year, month=points["begin"].dt.month)

    def of(self, *streams: str) -> pd.DataFrame:
        return self.incidents[self.incidents["stream"].isin(streams)]

    @cached_property
    def truths(self) -> dict[str, Truth]:
        return {truth.key: truth for truth in planted_truths(self.city)}

    @cached_property
    def supervision(self) -> Supervision:
        return make_supervision(self.city)

    def burglary_table(self, layer: str, column: str, first: int, last: int) -> pd.DataFrame:
        """Return count, dwellings and naive yearly rate per 1,000 for every area of a layer."""
        rows = self.of("burglary")
        rows = rows[rows["year"].between(first, last)]
        table = self.layers[layer].set_index("code")[["woningen"]].copy()
        table["count"] = rows.groupby(column).size().reindex(table.index, fill_value=0)
        years = last - first + 1
        return table.assign(rate=1000 * table["count"] / table["woningen"] / years)

    def near(self, truth: str, radius_m: float, *streams: str) -> pd.DataFrame:
        rows = self.of(*streams)
        x, y = point(str(self.truths[truth].geometry))
        return rows[np.hypot(rows["x"] - x, rows["y"] - y) < radius_m]


def point(wkt: str) -> tuple[float, float]:
    x, y = wkt.removeprefix("POINT (").removesuffix(")").split()
    return float(x), float(y)
