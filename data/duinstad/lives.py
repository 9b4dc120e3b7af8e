"""The lives of Duinstad's designated areas: from their files to dated steps.

An area of the files has a first and a last day; the register knows terms of some years, each
followed by a review and an extension. The terms are cut back from the last day.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.decisions.terms import add_months
from hotspots.outputs.text import Words
from hotspots.policy import Policy

KINDS = {
    "cameragebied": "camera_area",
    "alcoholverbod": "alcohol_ban",
    "softdrugsverbod": "soft_drug_ban",
    "bedelverbod": "begging_ban",
    "noodgebied": "emergency_area",
}
AREA_FILES = ("cameragebied_verlopen.gpkg", "cameragebieden.gpkg", "gebiedsverboden.gpkg")
TIMELINE = "tijdlijn_maatregelen.csv"
STREET_M = 20.0
"""So much of a street must lie in an area for it to be named."""
LEAST_MONTHS = 12
CRITERION_SHARE = 0.5
"""The goal is reached when this share of what there was before is left."""
GOALS = {
    "camera_area": "Minder geweld en overlast in de openbare ruimte van {name}.",
    "alcohol_ban": "Minder overlast door alcoholgebruik op straat in {name}.",
    "soft_drug_ban": "Minder overlast door het gebruik van softdrugs op straat in {name}.",
    "begging_ban": "Minder hinder door bedelen in {name}.",
    "emergency_area": "Herstel van de openbare orde in {name}, van de rand naar de kern.",
}
TRIED = ("Straatcoaches ingezet", "Extra verlichting en opgeruimde bosjes")
PACKAGE = ("Toezicht door handhavers", "Afspraken met ondernemers", "Jongerenwerk in de avond")


@dataclass(frozen=True)
class Area:
    """An area of the files: its kind, its term, its polygon and the streets in it.

    `incidents` has what was counted in it per month (``YYYY-MM``), `tried` the lighter measures.
    """

    code: str
    kind: str
    name: str
    start: date
    end: date
    shape: BaseGeometry
    themes: tuple[str, ...]
    streets: tuple[str, ...] = ()
    tried: tuple[dict[str, Any], ...] = ()
    incidents: dict[str, int] | None = None

    def counted(self, first: str, last: str) -> int:
        """Return the incidents from one month to another, both included."""
        months = self.incidents or {}
        return sum(count for month, count in months.items() if first <= month <= last)

    def remains(self, day: date) -> bool:
        """Tell whether the need remained on a day; soft drugs are seen, not registered."""
        before, now = self.year_before(self.start)[2], self.year_before(day)[2]
        return self.kind == "soft_drug_ban" or now > int(CRITERION_SHARE * before)

    def year_before(self, day: date) -> tuple[str, str, int]:
        """Return the first and last month of the year before a day, and its incidents."""
        known = sorted(self.incidents or {})
        first = max(f"{add_months(day, -12):%Y-%m}", known[0])
        last = min(f"{add_months(day.replace(day=1), -1):%Y-%m}", known[-1])
        return first, last, self.counted(first, last)


def areas_of(extracts: Path, policy: Policy) -> list[Area]:
    """Return every area of the files, in order of first day.

    Parameters
    ----------
    extracts
        Folder of the extracts.
    policy
        With the themes of each kind.
    """
    streets = gpd.read_file(extracts / "straten.gpkg")
    steps = pd.read_csv(extracts / TIMELINE, parse_dates=["begin", "einde"])
    found = []
    for file in AREA_FILES:
        rows = gpd.read_file(extracts / file)
        kinds = rows["soort"] if "soort" in rows else ["cameragebied"] * len(rows)
        columns = (rows["code"], kinds, rows["naam"], rows["begin"], rows["einde"], rows.geometry)
        for code, sort, name, begin, end, shape in zip(*columns, strict=True):
            kind, start = KINDS[sort], date.fromisoformat(begin)
            area = Area(
                code=code,
                kind=kind,
                name=name,
                start=start,
                end=date.fromisoformat(end),
                shape=shape,
                themes=themes_of(kind, policy),
                streets=_streets_in(shape, streets),
                tried=_tried(steps, code, start),
            )
            found.append(area)
    return sorted(found, key=lambda each: (each.start, each.code))


def themes_of(kind: str, policy: Policy) -> tuple[str, ...]:
    """Return the themes by which a kind of area is judged."""
    if kind == "camera_area":
        return tuple(sorted(policy.cameras.themes))
    return tuple(policy.bans.themes[kind])


def _streets_in(shape: BaseGeometry, streets: gpd.GeoDataFrame) -> tuple[str, ...]:
    near = streets.iloc[streets.sindex.query(shape, predicate="intersects")]
    inside = shapely.length(shapely.intersection(near.geometry.to_numpy(), shape))
    return tuple(sorted(set(near["naam"][inside >= STREET_M])))


def _tried(steps: pd.DataFrame, code: str, start: date) -> tuple[dict[str, Any], ...]:
    """Return the lighter measures of the timeline; where it has none, two of the year before."""
    own = steps[(steps["gebied"] == code) & (steps["soort"] == "lichtere maatregel")]
    if len(own):
        return tuple(
            {"what": what, "start": begin.date(), "end": end.date(), "result": result}
            for what, begin, end, result in zip(
                own["wat"], own["begin"], own["einde"], own["resultaat"], strict=True
            )
        )
    return tuple(
        {
            "what": what,
            "start": add_months(start, -14 + 5 * number),
            "end": add_months(start, -9 + 5 * number),
            "result": "onvoldoende effect",
        }
        for number, what in enumerate(TRIED)
    )


# ---------------------------------------------------------------- terms
def terms(start: date, end: date, most_months: int) -> list[date]:
    """Return the last days of the terms that lead from a first to a last day.

    Parameters
    ----------
    start, end
        First day of the first term, last day of the last.
    most_months
        Longest term; the first is not shorter than a year.
    """
    ends = [end]
    while add_months(ends[0] + timedelta(days=1), -most_months) > start:
        ends.insert(0, add_months(ends[0] + timedelta(days=1), -most_months) - timedelta(days=1))
    if len(ends) > 1:
        ends[0] = max(ends[0], add_months(start, LEAST_MONTHS) - timedelta(days=1))
    return ends


def evaluation_day(start: date, end: date, *, before_end: int) -> date:
    """Return when a term is evaluated: so many months before its end, and well within it."""
    day = max(add_months(end, -before_end), add_months(start, 1))
    return min(day, add_months(end, -3) - timedelta(days=1))


def successor(area: Area, *, start: date, months: int) -> Area:
    """Return the area as it would be designated again, for so many months."""
    end = add_months(start, months) - timedelta(days=1)
    tried: dict[str, Any] = {
        "what": "Extra inzet van het wijkteam",
        "start": add_months(start, -8),
        "end": add_months(start, -2),
        "result": "minder overlast, niet genoeg",
    }
    return replace(area, start=start, end=end, tried=(*area.tried, tried))


# ---------------------------------------------------------------- files
def file_of(area: Area, *, end: date, run_id: str) -> dict[str, Any]:
    """Return what a lawyer writes in the draft of an area.

    Parameters
    ----------
    area
        With its counts.
    end
        Last day of the first term.
    run_id
        The run that its figures are held against.
    """
    first, last, before = area.year_before(area.start)
    content: dict[str, Any] = {
        "kind": area.kind,
        "name": area.name,
        "goal": GOALS[area.kind].format(name=area.name.removeprefix("Cameragebied ")),
        "criterion": {
            "themes": area.themes,
            "measure": "geregistreerde incidenten",
            "most_incidents_per_year": int(CRITERION_SHARE * before),
        },
        "baseline": {
            "incidents": before, "first_month": first, "last_month": last, "run_id": run_id,
        },
        "lighter_measures": list(area.tried),
        "start": area.start,
        "end": end,
        "evaluation_on": evaluation_day(area.start, end, before_end=6),
    }  # fmt: skip
    return content | _of_cameras(area) if area.kind == "camera_area" else content


def _of_cameras(area: Area) -> dict[str, Any]:
    """Return what the law asks of a camera area beside the rest."""
    return {
        "package": [{"what": what, "start": area.start} for what in PACKAGE],
        "consultation": consultation(area.start - timedelta(days=60)),
        "dpia_reference": f"DPIA cameratoezicht Duinstad, versie {area.start.year}",
        "police_role": "De politie kijkt live mee in de uren van het besluit.",
        "hours": ["sun-thu 16-02", "fri-sat 16-06"],
        "watched": [{"start": area.start}],
    }


def consultation(day: date) -> dict[str, Any]:
    """Return the consultation of the prosecutor on a day."""
    return {
        "held_on": day,
        "with_whom": "officier van justitie, in de driehoek",
        "summary": "Stemt in, en vraagt om een tussentijdse toets.",
    }


def review_of(area: Area, day: date, *, advice: str, remains: bool, run: Any) -> dict[str, Any]:
    """Return a review from registrations and professionals.

    Parameters
    ----------
    area
        With its counts.
    day
        Day of the review.
    advice, remains
        What it advises, and whether the need remains.
    run
        The run pinned by its hash.
    """
    months = Words("nl").months
    first, last, before = area.year_before(area.start)
    now_first, now_last, now = area.year_before(day)
    figures = [
        {"name": f"Incidenten in het jaar voor de aanwijzing ({months(first, last)})",
         "value": float(before), "unit": "incidenten"},
        {"name": f"Incidenten in het laatste jaar ({months(now_first, now_last)})",
         "value": float(now), "unit": "incidenten"},
    ]  # fmt: skip
    return {
        "advice": advice,
        "evidence": run,
        "figures": figures,
        "findings": [finding(day, remains=remains)],
        "need_remains": remains,
        "lighter_alternatives": "Besproken in het VLO; zie de lichtere maatregelen in het dossier.",
    }


def finding(day: date, *, remains: bool) -> dict[str, Any]:
    """Return what the neighbourhood team found shortly before a day."""
    seen = "Het blijft onrustig, vooral in het weekend." if remains else "Het is al maanden rustig."
    return {"found_on": day - timedelta(days=9), "by": "wijkteam en handhaving", "summary": seen}
