"""The areas in which cameras may stand: designated ones, or every area of the city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hotspots.crs import to_workspace
from hotspots.errors import InputRefused, Problem
from hotspots.pipeline.deliveries import Current, which_area
from hotspots.pipeline.zones import FILE_SUFFIXES, outline_of
from hotspots.policy.intake import Limits
from hotspots.records import PlanArea
from hotspots.schemas import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from hotspots.ingest.readers import RawTable

    Floats = npt.NDArray[np.float64]

_NAMES = {
    "code": ("code", "area_code", "gebiedcode", "gebiedscode"),
    "name": ("name", "naam", "area_name", "gebiedsnaam"),
    "start": ("start", "begin", "ingang", "ingangsdatum", "geldig_van"),
    "end": ("end", "einde", "eind", "einddatum", "geldig_tot"),
}
_REMEDY = "Give polygons with a column name or code, and start and end where they have a term."


class RegisteredArea(NamedTuple):
    """An area of the register with its boundary."""

    area: PlanArea
    shape: "BaseGeometry"


@dataclass(frozen=True)
class Designated:
    """Areas with their polygons, in the same order.

    `is_asked` is false where cameras may stand anywhere, and the areas only tell the parts of the
    city apart.
    """

    areas: Sequence[PlanArea]
    polygons: "gpd.GeoSeries"
    is_asked: bool

    @cached_property
    def outline(self) -> "BaseGeometry | None":
        """Where cameras may stand; None where that is everywhere."""
        outline: BaseGeometry | None = self.polygons.union_all() if self.is_asked else None
        return outline

    def number_of(self, x: "Floats", y: "Floats") -> "pd.Series":
        """Return the position of the area of each point; missing outside all."""
        import geopandas as gpd

        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=self.polygons.crs)
        return which_area(gpd.GeoDataFrame(geometry=self.polygons), points)

    def code_of(self, x: "Floats", y: "Floats") -> "pd.Series":
        """Return the code of the area of each point; missing outside all."""
        codes = dict(enumerate(each.code for each in self.areas))
        return self.number_of(x, y).map(codes).astype("str")

    @property
    def request(self) -> str:
        """A hash of codes, terms and outlines."""
        told = "|".join(each.model_dump_json() for each in self.areas)
        shapes = b"".join(self.polygons.to_wkb()) if self.is_asked else b""
        return sha256(told.encode() + shapes).hexdigest()


def designated(
    current: Current,
    text: str | None,
    *,
    level: Level | None,
    until: date,
    limits: Limits,
    registered: Sequence[RegisteredArea] = (),
) -> Designated:
    """Return the areas that were asked for, or those of a level to tell parts of the city apart.

    Parameters
    ----------
    current
        The deliveries that hold.
    text
        A file of polygons, or the code of an area; without it the registered areas are asked, and
        without these the whole study area.
    level
        Level of the code; needed where several levels have it.
    until
        Cut-off date: an area that ended before is refused.
    limits
        What a file may hold.
    registered
        Areas that hold by the register.

    Raises
    ------
    InputRefused
        When the file has no polygons with a name or code, or an area has ended.
    NotFound
        When no area, or more than one, has the code.
    """
    import geopandas as gpd

    if text is None and registered:
        shapes = gpd.GeoSeries([each.shape for each in registered], crs=current.workspace.crs)
        return Designated([each.area for each in registered], shapes, is_asked=True)
    if text is None:
        return _parts(current, (level,) if level else ("stadsdeel", "wijk", "buurt"))
    if Path(text).suffix.lower() in FILE_SUFFIXES:
        return _still_valid(_of_file(Path(text), current.workspace.crs, limits), text, until)
    outline = outline_of(current, text, level=level, limits=limits)
    polygons = gpd.GeoSeries([outline.shape], crs=current.workspace.crs)
    return Designated([PlanArea(code=text, name=outline.name)], polygons, is_asked=True)


def parts_of(current: Current, level: Level) -> Designated:
    """Return the areas of a level, or none where it was not delivered; nothing is asked."""
    return _parts(current, (level,))


def _parts(current: Current, levels: Sequence[Level]) -> Designated:
    """Return the areas of the first of some levels that was delivered."""
    import geopandas as gpd

    held = current.areas
    found = next((held[each] for each in levels if each in held), None)
    if found is None:
        return Designated([], gpd.GeoSeries([], crs=current.workspace.crs), is_asked=False)
    drawn = found[found.geometry.notna()].reset_index(drop=True)
    areas = [
        PlanArea(code=code, name=name)
        for code, name in zip(drawn["area_code"], drawn["area_name"], strict=True)
    ]
    return Designated(areas, drawn.geometry, is_asked=False)


def _still_valid(found: Designated, text: str, until: date) -> Designated:
    """Return the areas, or say which of them ended before the cut-off date."""
    ended = [
        Problem(
            f"Area {each.name} ended on {each.end:%Y-%m-%d}, before the cut-off date "
            f"{until:%Y-%m-%d}.",
            "Leave it out, give the area that replaced it, or an earlier --until.",
            file=Path(text).name,
            value=each.code,
        )
        for each in found.areas
        if each.end is not None and each.end < until
    ]
    if ended:
        raise InputRefused(ended)
    return found


def _of_file(path: Path, crs: str, limits: Limits) -> Designated:
    """Return the polygons of a file with their names and terms."""
    import geopandas as gpd

    from hotspots.ingest.readers import read_file

    raw = read_file(path, layer=None, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    code, name, start, end = (_texts(raw, names) for names in _NAMES.values())
    drawn = raw.geometry
    if drawn is None or not drawn.geom_type.isin(("Polygon", "MultiPolygon")).all():
        raise InputRefused(
            Problem("The file does not hold polygons alone.", _REMEDY, file=raw.file)
        )
    codes, names = code or name, name or code
    if codes is None or names is None:
        raise InputRefused(Problem("The areas have no name and no code.", _REMEDY, file=raw.file))
    _refuse_repeats(codes, file=raw.file)
    placed = to_workspace(gpd.GeoDataFrame(geometry=drawn), crs, file=raw.file)
    terms = zip(codes, names, _days(raw, start), _days(raw, end), strict=True)
    areas = [
        PlanArea(code=code, name=name, start=first, end=last) for code, name, first, last in terms
    ]
    polygons = gpd.GeoSeries(placed.geometry.make_valid().tolist(), crs=crs)
    return Designated(areas, polygons, is_asked=True)


def _refuse_repeats(codes: list[str], *, file: str) -> None:
    """Refuse a file in which a code is missing or occurs more than once."""
    wrong = sorted({code for code in codes if codes.count(code) > 1 or not code})
    if wrong:
        raise InputRefused(
            [
                Problem(
                    "The code (or name) of an area is missing or occurs more than once.",
                    "Give every area one polygon, and its own code.",
                    file=file,
                    value=code,
                )
                for code in wrong
            ]
        )


def _texts(raw: "RawTable", names: tuple[str, ...]) -> list[str] | None:
    """Return the texts of the column that has one of some names; None without one."""
    own = {str(each).strip().casefold(): each for each in raw.frame.columns}
    column = next((own[name] for name in names if name in own), None)
    return None if column is None else [str(each).strip() for each in raw.frame[column]]


def _days(raw: "RawTable", texts: list[str] | None) -> "list[date | None]":
    """Return dates, or say which of the texts are none."""
    from hotspots.ingest.parse import optional_day
    from hotspots.ingest.quarantine import Unfit

    days: list[date | None] = []
    wrong = []
    for row, text in zip(raw.frame.index, texts or [""] * len(raw.frame), strict=True):
        try:
            found = optional_day(text)
        except Unfit as unfit:
            wrong.append(
                Problem(unfit.rule, unfit.remedy, file=raw.file, row=int(row), value=text[:80])
            )
            continue
        days.append(None if found is None else date.fromisoformat(found))
    if wrong:
        raise InputRefused(wrong)
    return days
