"""A collection made for tests: features of every shape, with and without a term."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import BaseModel
from shapely.geometry.base import BaseGeometry

from api.ogc.features import Table
from api.ogc.layer import Filter, Layer, RegisterSource, RunSource
from hotspots.register import Role

RD = "EPSG:28992"
COUNT = 257

TOWERS = {
    "Amersfoort": ((155_000.0, 463_000.0), (5.387206, 52.155174)),
    "Westertoren": ((120_700.723, 487_525.501), (4.883526, 52.374533)),
    "Martinitoren": ((233_883.131, 582_065.167), (6.568201, 53.219383)),
}
"""Places of which RD and longitude, latitude are published (Schreutelkamp, Strang van Hees, 2001;
the first is where RD begins), within a metre."""

_ODD_IDS = ("a/b", "a b", "50%", "=1+1", "é", "A?x=1&y", "Ω", "..")


class Properties(BaseModel):
    """A property of every type."""

    name: str
    size: float | None
    floors: int | None
    flat: bool | None
    words: list[str]


def frame() -> gpd.GeoDataFrame:
    """Return features all over the country; towers first, then one in four without a place."""
    rng = np.random.default_rng(7)
    n = COUNT - len(TOWERS)
    x, y = rng.uniform(20_000, 270_000, n), rng.uniform(310_000, 610_000, n)
    shapes: list[BaseGeometry | None] = [shapely.Point(*at) for at, _ in TOWERS.values()]
    shapes += [_shape(each % 4, *at) for each, at in enumerate(zip(x, y, strict=True))]
    numbers = np.arange(COUNT)
    begin = np.datetime64("2024-01-01") + rng.integers(0, 60, COUNT).astype("timedelta64[D]")
    end = begin + rng.integers(0, 30, COUNT).astype("timedelta64[D]")
    return gpd.GeoDataFrame(
        {
            "id": [*TOWERS, *_ODD_IDS, *(f"f{each:03d}" for each in numbers)][:COUNT],
            "name": pd.Series(np.where(numbers % 5, "plain", '=cmd|"x"!A1'), dtype="str"),
            "size": np.where(numbers % 3, numbers / 7, np.nan),
            "floors": pd.Series(np.where(numbers % 4, numbers % 6, np.nan)).astype("Int64"),
            "flat": pd.Series(numbers % 2 == 0).astype("boolean").where(numbers % 6 > 0),
            "words": np.where(numbers % 2, "one two", ""),
            "secret": "never served",
            "begin": np.where(numbers % 7, begin, np.datetime64("NaT")),
            "end": np.where(numbers % 11, end, np.datetime64("NaT")),
        },
        geometry=np.array(shapes, dtype=object),
        crs=RD,
    )


def grid(*, source: RunSource | RegisterSource | None = None, roles: Iterable[Role]) -> Layer:
    """Return the collection; it does not look at the register."""
    return Layer(
        id="grid",
        title="Grid",
        description="For tests.",
        items="Its shapes",
        page="/uitleg",
        properties=Properties,
        source=source or RegisterSource(lambda *_: table()),
        filters=(
            Filter("name", "Name."),
            Filter("floors", "Floors.", kind="whole"),
            Filter("flat", "Flat or not.", kind="flag"),
        ),
        roles=frozenset(roles),
    )


def table() -> Table:
    """Return the features, in no order."""
    mixed = frame().sample(frac=1, random_state=3).reset_index(drop=True)
    begin, end = (mixed[name].to_numpy("datetime64[D]") for name in ("begin", "end"))
    return Table(mixed, mixed["id"].tolist(), begin, end, {"words": " "})


def _shape(kind: int, x: float, y: float) -> BaseGeometry | None:
    if kind == 0:
        return None
    if kind == 1:
        return shapely.Point(x, y)
    cell = shapely.box(x, y, x + 3_000, y + 2_000)
    if kind == 2:
        return cell
    return shapely.MultiPolygon([cell, shapely.box(x + 5_000, y, x + 6_000, y + 900)])
