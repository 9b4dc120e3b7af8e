"""Files of area measures: the areas, their timeline of steps, and points such as schools."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.crs import to_workspace
from hotspots.errors import InputRefused, Problem
from hotspots.ingest.readers import RawTable, read_file
from hotspots.outputs.bans.document import BanStep
from hotspots.policy.intake import Limits
from hotspots.register import Season

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

_NAMES = {
    "code": ("code", "area_code", "gebiedcode", "gebiedscode", "gebied", "area"),
    "name": ("name", "naam", "area_name", "gebiedsnaam"),
    "kind": ("kind", "soort", "type"),
    "start": ("start", "begin", "ingang", "ingangsdatum", "geldig_van", "van"),
    "end": ("end", "einde", "eind", "einddatum", "geldig_tot", "tot"),
    "hours": ("hours", "uren", "tijden"),
    "season": ("season", "seizoen"),
    "most": ("most_per_year", "maatstaf", "criterion"),
    "what": ("what", "wat", "maatregel"),
    "result": ("result", "resultaat", "uitkomst"),
    "need": ("need_remains", "noodzaak", "nog_nodig"),
}
"""What a column may be called."""

KINDS = {
    "alcoholverbod": "alcohol_ban",
    "alcoholverbodsgebied": "alcohol_ban",
    "softdrugsverbod": "soft_drug_ban",
    "bedelverbod": "begging_ban",
    "noodgebied": "emergency_area",
}
"""Dutch words for kinds of area."""

SCHOOLS = {
    "basis": "primary",
    "basisschool": "primary",
    "po": "primary",
    "voortgezet": "secondary",
    "middelbaar": "secondary",
    "vo": "secondary",
}
"""Dutch words for kinds of school."""

_STEPS = {"lichtere maatregel": "lighter_measure", "bevinding": "finding"}
_YES_NO = {"ja": True, "yes": True, "true": True, "nee": False, "no": False, "false": False}


@dataclass(frozen=True)
class AreaMeasure:
    """An area measure with its term; `most_per_year` is its success criterion, if it has one."""

    code: str
    name: str
    kind: str
    start: date
    end: date | None
    hours: tuple[str, ...]
    season: Season | None
    most_per_year: int | None
    shape: "BaseGeometry"

    def holds_on(self, day: date) -> bool:
        """Tell whether the measure is in its term on a day."""
        return self.start <= day and (self.end is None or self.end >= day)

    @property
    def season_text(self) -> str:
        """The season as it is written in a file; empty where it works all year."""
        return "" if self.season is None else f"{self.season.first_day}/{self.season.last_day}"


class _Rows:
    """The columns of a file by what they hold, and everything wrong in it."""

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self.wrong: list[Problem] = []
        self.texts = {str(name): raw.frame[name].fillna("").to_dict() for name in raw.frame}
        own = {str(each).strip().casefold(): str(each) for each in raw.frame.columns}
        self.columns = {
            name: next((own[each] for each in names if each in own), None)
            for name, names in _NAMES.items()
        }

    def text(self, row: int, name: str) -> str:
        """Return the text in a row; empty without such a column."""
        column = self.columns[name]
        return "" if column is None else self.texts[column].get(row, "").strip()

    def blame(self, row: int, name: str, rule: str, remedy: str) -> None:
        """Note what is wrong in a row."""
        value = self.text(row, name)[:80]
        self.wrong.append(
            Problem(rule, remedy, file=self.raw.file, row=int(row), column=name, value=value)
        )

    def day(self, row: int, name: str, *, needed: bool = False) -> date | None:
        """Return a date, or note why there is none."""
        from hotspots.ingest.parse import optional_day
        from hotspots.ingest.quarantine import Unfit

        try:
            found = optional_day(self.text(row, name))
        except Unfit as unfit:
            self.blame(row, name, unfit.rule, unfit.remedy)
            return None
        if found is None and needed:
            self.blame(row, name, "A date is missing.", "Give it as yyyy-mm-dd.")
        return None if found is None else date.fromisoformat(found)

    def one_of(self, row: int, name: str, words: Mapping[str, object]) -> str:
        """Return a word in lower case, or note that it is none of those known."""
        text = self.text(row, name).casefold()
        if text not in words:
            known = ", ".join(dict.fromkeys(words))
            self.blame(row, name, "This is not a word known here.", f"Use one of: {known}.")
        return text


def read_areas(
    path: Path, crs: str, *, kinds: Mapping[str, object], limits: Limits
) -> list[AreaMeasure]:
    """Read the areas of measures, those that ended included.

    Parameters
    ----------
    path
        Polygons with code or name, kind, start, and perhaps end, hours, season and criterion.
    crs
        CRS of the workspace.
    kinds
        Kinds of the policy.
    limits
        What a file may hold.

    Raises
    ------
    InputRefused
        With everything wrong at once.
    """
    raw = read_file(path, layer=None, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    shapes = _shapes(raw, crs, {"Polygon", "MultiPolygon"}, "polygons")
    rows = _Rows(raw)
    areas = [_area(rows, row, shapes[row], kinds) for row in raw.frame.index]
    codes = [each.code for each in areas if each is not None]
    for code in sorted({each for each in codes if codes.count(each) > 1}):
        rows.wrong.append(
            Problem(
                "The code (or name) of an area occurs more than once.",
                "Give every area its own code.",
                file=raw.file,
                value=code,
            )
        )
    if rows.wrong:
        raise InputRefused(rows.wrong)
    return [each for each in areas if each is not None]


def _shapes(raw: RawTable, crs: str, kinds: set[str], what: str) -> "gpd.GeoSeries":
    import geopandas as gpd

    if raw.geometry is None or not raw.geometry.geom_type.isin(list(kinds)).all():
        raise InputRefused(
            Problem(
                f"The file does not hold {what} alone.",
                f"Give a file with {what}, such as a GeoPackage.",
                file=raw.file,
            )
        )
    placed = to_workspace(gpd.GeoDataFrame(geometry=raw.geometry), crs, file=raw.file)
    return placed.geometry.make_valid()


def _area(
    rows: _Rows, row: int, shape: "BaseGeometry", kinds: Mapping[str, object]
) -> AreaMeasure | None:
    before = len(rows.wrong)
    kind = rows.one_of(row, "kind", {**dict.fromkeys(kinds), **KINDS})
    start, end = rows.day(row, "start", needed=True), rows.day(row, "end")
    code = rows.text(row, "code") or rows.text(row, "name")
    if not code:
        rows.blame(row, "code", "The area has no name and no code.", "Give it one.")
    if start and end and end < start:
        rows.blame(row, "end", "The end lies before the start.", "Correct one of them.")
    season, hours = _season(rows, row), _hours(rows, row)
    most = rows.text(row, "most").removesuffix(".0")
    if most and not most.isdecimal():
        rows.blame(row, "most", "This is not a whole number.", "Give incidents a year.")
    if len(rows.wrong) > before or start is None:
        return None
    return AreaMeasure(
        code=code,
        name=rows.text(row, "name") or code,
        kind=KINDS.get(kind, kind),
        start=start,
        end=end,
        hours=hours,
        season=season,
        most_per_year=int(most) if most else None,
        shape=shape,
    )


def _season(rows: _Rows, row: int) -> Season | None:
    from pydantic import ValidationError

    text = rows.text(row, "season")
    if not text:
        return None
    first, _, last = text.partition("/")
    try:
        return Season(first_day=first.strip(), last_day=last.strip())
    except ValidationError:
        remedy = "Write first and last day as mm-dd/mm-dd, such as 05-01/09-30."
        rows.blame(row, "season", "This is not a season.", remedy)
        return None


def _hours(rows: _Rows, row: int) -> tuple[str, ...]:
    from pydantic import TypeAdapter, ValidationError

    from hotspots.policy.cameras import WatchedHours

    parts = [each.strip() for each in rows.text(row, "hours").split(";") if each.strip()]
    try:
        return tuple(TypeAdapter(list[WatchedHours]).validate_python(parts))
    except ValidationError:
        remedy = "Write them as 'daily 12-24' or 'fri-sat 20-04', several with a semicolon between."
        rows.blame(row, "hours", "These are not hours of a week.", remedy)
        return ()


def read_timeline(path: Path, *, limits: Limits) -> dict[str, list[BanStep]]:
    """Read lighter measures and findings of professionals, by the code of their area.

    Parameters
    ----------
    path
        Rows with the code of an area, kind (lighter measure or finding), what, start, and
        perhaps end, result and, of a finding, whether the need remains.
    limits
        What a file may hold.

    Raises
    ------
    InputRefused
        With everything wrong at once, and for personal data.
    """
    from hotspots.ingest.guard import refuse_personal_data

    raw = read_file(path, layer=None, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    rows = _Rows(raw)
    mapped = {theirs: ours for ours, theirs in rows.columns.items() if theirs is not None}
    refuse_personal_data(raw.frame, file=raw.file, mapped=mapped)
    words = {**dict.fromkeys(_STEPS.values()), **_STEPS}
    steps: dict[str, list[BanStep]] = {}
    for row in raw.frame.index:
        step = _step(rows, row, words)
        if step is not None:
            steps.setdefault(rows.text(row, "code"), []).append(step)
    if rows.wrong:
        raise InputRefused(rows.wrong)
    return {code: sorted(each, key=lambda step: step.start) for code, each in steps.items()}


def _step(rows: _Rows, row: int, words: Mapping[str, object]) -> BanStep | None:
    before = len(rows.wrong)
    kind = rows.one_of(row, "kind", words)
    start, end = rows.day(row, "start", needed=True), rows.day(row, "end")
    if start and end and end < start:
        rows.blame(row, "end", "The end lies before the start.", "Correct one of them.")
    need = rows.text(row, "need").casefold()
    if need and need not in _YES_NO:
        rows.one_of(row, "need", _YES_NO)
    for name in ("code", "what"):
        if not rows.text(row, name):
            rows.blame(row, name, "This is missing.", "Fill it in.")
    if len(rows.wrong) > before or start is None:
        return None
    return BanStep.model_validate(
        {
            "kind": _STEPS.get(kind, kind),
            "what": rows.text(row, "what"),
            "start": start,
            "end": end,
            "result": rows.text(row, "result"),
            "need_remains": _YES_NO.get(need),
        }
    )


def read_points(path: Path, crs: str, *, limits: Limits) -> "gpd.GeoDataFrame":
    """Read points with a `code` and a `kind`, such as coffee shops or schools.

    Parameters
    ----------
    path
        Points with a code or a name; of schools perhaps a kind, else they are secondary.
    crs
        CRS of the workspace.
    limits
        What a file may hold.

    Raises
    ------
    InputRefused
        When it does not hold points alone, or one has neither code nor name.
    """
    import geopandas as gpd

    raw = read_file(path, layer=None, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    points = _shapes(raw, crs, {"Point"}, "points")
    rows = _Rows(raw)
    codes = [rows.text(row, "code") or rows.text(row, "name") for row in raw.frame.index]
    for row, code in zip(raw.frame.index, codes, strict=True):
        if not code:
            rows.blame(row, "code", "The point has no name and no code.", "Give it one.")
    known = {**dict.fromkeys(SCHOOLS.values()), **SCHOOLS}
    asked = {row: rows.text(row, "kind") for row in raw.frame.index}
    kinds = [rows.one_of(row, "kind", known) if asked[row] else "secondary" for row in asked]
    if rows.wrong:
        raise InputRefused(rows.wrong)
    columns = {"code": codes, "kind": [SCHOOLS.get(kind, kind) for kind in kinds]}
    return gpd.GeoDataFrame(columns, geometry=points.to_list(), crs=crs)
