"""The planted truths, written down so that a test can score the software against them."""

from dataclasses import asdict, dataclass, field

import pandas as pd
import shapely

from data.duinstad import plan
from data.duinstad.city import City
from data.duinstad.plantings import (
    ACTION_FACTOR,
    ALCOHOL_STREAMS,
    BAN_FADED_FACTOR,
    BEACH_BAN_FACTOR,
    BURST_COUNT,
    BURST_DAYS,
    BURST_RADIUS_M,
    BURST_START,
    CAMERA_DRUGS_FACTOR,
    CAMERA_FACTOR,
    DISPLACED_SHARE,
    IMPROVING,
    LOCK_FACTOR,
    LOCK_RING_FACTOR,
    NEED_GONE_FACTOR,
    NEW_ESTATE_RISK,
    NEW_YEAR_NIGHT,
    NIGHT_STREAMS,
    PEAK_FACTOR,
    PILOT_SHIFT_H,
    PILOT_STREAMS,
    QUIET_FACTOR,
    RELAPSING,
    TINY_BURGLARIES,
)
from data.duinstad.themes import CRIME_STREAMS, YEARS

WHOLE = (f"{YEARS[0]}-01-01", f"{YEARS[-1]}-12-31")


@dataclass(frozen=True)
class Truth:
    """One planted truth.

    ``areas`` are codes, ``geometry`` is WKT in EPSG:28992, ``planted`` holds the quantities put
    in, ``observed`` what came out in the clean incidents, ``answer`` what a correct answer says.
    """

    number: int
    key: str
    title: str
    answer: str
    themes: tuple[str, ...]
    period: tuple[str, str] = WHOLE
    level: str = ""
    areas: tuple[str, ...] = ()
    ring: tuple[str, ...] = ()
    geometry: str = ""
    planted: dict[str, object] = field(default_factory=dict)
    observed: dict[str, object] = field(default_factory=dict)


def planted_truths(city: City) -> list[Truth]:
    """Describe every truth planted in the clean city.

    Parameters
    ----------
    city
        The whole city.

    Returns
    -------
        The truths in the order of their numbers; 11 belongs to the dirt and is told there.
    """
    return [
        _new_estate(city),
        _large_district(city),
        _tiny_area(city),
        _regression(city),
        _lock_programme(city),
        _camera_square(city),
        _need_gone(city),
        _ban(city, "ban_faded", BAN_FADED_FACTOR),
        _ban(city, "ban_persistent", 1.0),
        _enforcement_action(city),
        _opening_hours(city),
        _new_year_night(city),
        _trend(city, "five_improvements", city.canvas.roles.improving, IMPROVING),
        _trend(city, "one_relapse", city.canvas.roles.relapsing, RELAPSING),
        _beach_ban(city),
        _burst(city),
        _quiet_districts(city),
    ]


def as_records(truths: list[Truth]) -> list[dict[str, object]]:
    """Return truths as plain dictionaries."""
    return [asdict(truth) for truth in truths]


def point_wkt(x: float, y: float) -> str:
    """Return a point as WKT to the decimetre."""
    return shapely.to_wkt(shapely.Point(x, y), rounding_precision=1)


def yearly(rows: pd.DataFrame) -> dict[str, object]:
    """Return the number of incidents per year, zeros included."""
    counts = rows["begin"].dt.year.value_counts()
    return {str(year): int(counts.get(year, 0)) for year in YEARS}


def _burglaries(city: City, level: str, code: str) -> pd.DataFrame:
    rows = city.incidents[city.incidents["stream"] == "burglary"]
    return rows[_codes(city, rows, level) == code]


def _codes(city: City, rows: pd.DataFrame, level: str) -> pd.Series:
    """Return the area code of each incident at ``buurt``, ``wijk``, ``stadsdeel`` or ``vg``."""
    ground = city.canvas.ground
    if level == "vg":
        table, column, position = ground.service_areas, "service_area_code", rows["service_area"]
    else:
        table, column, position = ground.buurten, f"{level}_code", rows["buurt"]
    return pd.Series(table[column].to_numpy()[position], index=rows.index)


def dwellings(city: City, level: str, code: str) -> int:
    """Return the number of address points in one area."""
    return int((_codes(city, city.canvas.addresses, level) == code).sum())


def _new_estate(city: City) -> Truth:
    area = city.canvas.roles.new_estate
    return Truth(
        1,
        "new_estate",
        "Nieuwe wijk: bescheiden aantal, hoog risico",
        "Outside the eight highest on count, in the three highest on shrunk rate.",
        ("burglary",),
        level="wijk",
        areas=(area,),
        planted={
            "relative_risk": NEW_ESTATE_RISK,
            "dwellings": dwellings(city, "wijk", area),
        },
        observed=yearly(_burglaries(city, "wijk", area)),
    )


def _large_district(city: City) -> Truth:
    area = city.canvas.roles.large
    return Truth(
        2,
        "large_district",
        "Grote wijk: hoogste aantal, gemiddeld risico",
        "First on count; its rate lies within 15% of the city's.",
        ("burglary",),
        level="wijk",
        areas=(area,),
        planted={"relative_risk": 1.0, "dwellings": dwellings(city, "wijk", area)},
        observed=yearly(_burglaries(city, "wijk", area)),
    )


def _tiny_area(city: City) -> Truth:
    area = city.canvas.roles.tiny
    return Truth(
        3,
        "tiny_area",
        "47 woningen boven aan een naïeve risicolijst",
        "First on the naive rate at wijk and buurt level, flagged as a small number; not first "
        "on shrunk rate, and never above the line on count and risk together.",
        ("burglary",),
        level="wijk",
        areas=(area, area.replace("WK", "BU") + "00"),
        planted={
            "dwellings": plan.TINY_AREA_DWELLINGS,
            "burglaries_per_year": dict(zip(map(str, YEARS), TINY_BURGLARIES, strict=True)),
        },
        observed=yearly(_burglaries(city, "wijk", area)),
    )


def _quiet_districts(city: City) -> Truth:
    return Truth(
        16,
        "quiet_districts",
        "Rustige wijken die rustig moeten blijven",
        "No hotspot polygon of any theme has its centre here.",
        CRIME_STREAMS,
        level="wijk",
        areas=city.canvas.roles.quiet,
        planted={"risk_factor": QUIET_FACTOR, "places_that_draw_incidents": 0},
    )


def _regression(city: City) -> Truth:
    area = city.canvas.roles.regressing
    return Truth(
        4,
        "regression_to_the_mean",
        "Een gekozen gebied dat vanzelf daalt",
        "Chosen in January 2024 on the peak of 2023; the fall after it is no effect.",
        ("burglary",),
        ("2023-01-01", "2025-12-31"),
        level="service_area",
        areas=(area,),
        planted={"peak_year": 2023, "factor_in_peak_year": PEAK_FACTOR, "measure": None},
        observed=yearly(_burglaries(city, "vg", area)),
    )


def _lock_programme(city: City) -> Truth:
    roles = city.canvas.roles
    return Truth(
        5,
        "lock_programme",
        "Een slotenactie die werkt en de ring meeneemt",
        "Burglary -35% in the wijk and -15% in the ring since January 2024, against the rest of "
        "the city; no displacement.",
        ("burglary",),
        ("2024-01-01", "2025-12-31"),
        level="wijk",
        areas=(roles.lock_wijk,),
        ring=roles.lock_ring,
        planted={"factor": LOCK_FACTOR, "factor_ring": LOCK_RING_FACTOR, "from": "2024-01-01"},
        observed=yearly(_burglaries(city, "wijk", roles.lock_wijk)),
    )


def _enforcement_action(city: City) -> Truth:
    area = city.canvas.roles.action_wijk
    streams = ("youth_nuisance", "alcohol_nuisance", "youth_reports", "alcohol_reports")
    rows = city.incidents[city.incidents["stream"].isin(streams)]
    return Truth(
        9,
        "enforcement_action",
        "Een handhavingsactie: meldingen omhoog, politiecijfers omlaag",
        "Reports +40% and police records -20% from April to September 2024: the sources "
        "contradict each other, which is not 'worse'.",
        ("youth_nuisance", "alcohol_nuisance"),
        ("2024-04-01", "2024-09-30"),
        level="wijk",
        areas=(area,),
        planted={
            "factor_reports": ACTION_FACTOR["youth_reports"],
            "factor_police": ACTION_FACTOR["youth_nuisance"],
        },
        observed=yearly(rows[_codes(city, rows, "wijk") == area]),
    )


def _trend(city: City, key: str, area: str, factors: tuple[float, ...]) -> Truth:
    answers = {
        "five_improvements": "falls in each of 2021 to 2025.",
        "one_relapse": "falls in 2021, 2022, 2024 and 2025, and rises in 2023.",
    }
    crimes = city.incidents[city.incidents["stream"].isin(CRIME_STREAMS)]
    return Truth(
        13,
        key,
        "Een stadsdeel met vijf verbeteringen op rij, een ander met een terugval",
        f"The sum of the ten crimes {answers[key]}",
        CRIME_STREAMS,
        level="stadsdeel",
        areas=(area,),
        planted={"factors": dict(zip(map(str, YEARS), factors, strict=True))},
        observed=yearly(crimes[_codes(city, crimes, "stadsdeel") == area]),
    )


def _at(city: City, part: str, streams: tuple[str, ...]) -> tuple[str, dict[str, object]]:
    """Return where the place that plays a part lies, and its incidents per year."""
    number = city.canvas.plantings.cast[part]
    place = city.canvas.places.iloc[number]
    at_place = city.incidents["place"] == number
    rows = city.incidents[at_place & city.incidents["stream"].isin(streams)]
    return point_wkt(place["x"], place["y"]), yearly(rows)


def _camera_square(city: City) -> Truth:
    square, observed = _at(city, "camera_square", NIGHT_STREAMS)
    return Truth(
        6,
        "camera_square",
        "Een cameraplein: minder geweld, verplaatsing, meer eigen waarneming van drugs",
        "The listed themes -30% on the square since July 2022, half of it two streets away; drug "
        "records up because police see more.",
        NIGHT_STREAMS,
        ("2022-07-01", "2025-12-31"),
        geometry=square,
        planted={
            "factor": CAMERA_FACTOR,
            "displaced_share_of_before": DISPLACED_SHARE,
            "displaced_to": point_wkt(*city.canvas.plantings.displaced_to),
            "factor_drugs_records": CAMERA_DRUGS_FACTOR,
            "from": "2022-07-01",
        },
        observed=observed,
    )


def _opening_hours(city: City) -> Truth:
    place, observed = _at(city, "opening_hours", PILOT_STREAMS)
    return Truth(
        10,
        "opening_hours",
        "Een proef met openingstijden: de piek schuift twee uur, het aantal blijft",
        "The peak hour moves two hours later from January 2024; the count does not change.",
        PILOT_STREAMS,
        ("2024-01-01", "2025-12-31"),
        geometry=place,
        planted={"shift_hours": PILOT_SHIFT_H, "factor": 1.0, "from": "2024-01-01"},
        observed=observed,
    )


def _need_gone(city: City) -> Truth:
    place, observed = _at(city, "need_gone", ("youth_nuisance", "youth_reports"))
    return Truth(
        7,
        "need_gone",
        "Een cameragebied waarvan de noodzaak weg is sinds een jongerencentrum opende",
        "Youth nuisance stays far below the yardstick since March 2025: a signal.",
        ("youth_nuisance",),
        ("2025-03-01", "2025-12-31"),
        geometry=place,
        planted={"factor": NEED_GONE_FACTOR, "from": "2025-03-01"},
        observed=observed,
    )


def _ban(city: City, key: str, factor: float) -> Truth:
    texts = {
        "ban_faded": (
            "Een alcoholverbod waarvan de overlast verdween",
            "Alcohol nuisance fell to a fifth in January 2023 and stayed there.",
        ),
        "ban_persistent": (
            "Een alcoholverbod waarvan de overlast aanhoudt",
            "Alcohol nuisance does not change.",
        ),
    }
    place, observed = _at(city, key, ALCOHOL_STREAMS)
    return Truth(
        8,
        key,
        *texts[key],
        ("alcohol_nuisance",),
        ("2023-01-01", "2025-12-31"),
        geometry=place,
        planted={"factor": factor, "from": "2023-01-01"},
        observed=observed,
    )


def _beach_ban(city: City) -> Truth:
    place, observed = _at(city, "beach_ban", ALCOHOL_STREAMS)
    return Truth(
        14,
        "beach_ban",
        "Een strandverbod dat alleen werkt als men zomer met winter vergelijkt",
        "Against the same months of the year before, nothing changed after 1 September 2023.",
        ("alcohol_nuisance",),
        ("2023-09-01", "2024-08-31"),
        geometry=place,
        planted={"factor": BEACH_BAN_FACTOR, "ban_from": "2023-09-01"},
        observed=observed,
    )


def _new_year_night(city: City) -> Truth:
    night = city.incidents[city.incidents["truth"] == "new_year"]
    return Truth(
        12,
        "new_year_night",
        "Een buurt die alleen in de nieuwjaarsnacht heet is",
        "Named as hot on one night a year; without that night an ordinary buurt.",
        ("vandalism",),
        level="buurt",
        areas=(city.canvas.roles.new_year_buurt,),
        geometry=point_wkt(night["x"].median(), night["y"].median()),
        planted={"vandalism_per_night": NEW_YEAR_NIGHT},
        observed=yearly(night),
    )


def _burst(city: City) -> Truth:
    burst = city.incidents[city.incidents["truth"] == "burst"]
    end = pd.Timestamp(BURST_START) + pd.Timedelta(days=BURST_DAYS - 1)
    return Truth(
        15,
        "burst",
        "Acht inbraken in twaalf dagen binnen 300 meter",
        "A near-repeat alert for this buurt.",
        ("burglary",),
        (BURST_START, str(end.date())),
        level="buurt",
        areas=(city.canvas.roles.burst_buurt,),
        geometry=shapely.to_wkt(
            shapely.MultiPoint(burst[["x", "y"]].to_numpy()), rounding_precision=1
        ),
        planted={"burglaries": BURST_COUNT, "days": BURST_DAYS, "within_m": 2 * BURST_RADIUS_M},
        observed=yearly(burst),
    )
