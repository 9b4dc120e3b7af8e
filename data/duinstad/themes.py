"""What is registered in Duinstad: volumes, police codes, seasons and hours.

A *stream* is one theme from one source: ``"burglary"`` from the police, ``"youth_reports"`` from
the municipality's own reporting line.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIRST_YEAR = 2019
YEARS = tuple(range(FIRST_YEAR, FIRST_YEAR + 7))
MONTHS = len(YEARS) * 12

FLAT = (1.0,) * 12


@dataclass(frozen=True)
class Code:
    """A category of the source: its share of the theme, and whether the deed was completed."""

    code: str
    share: float
    description: str
    attempt: str = ""


@dataclass(frozen=True)
class Stream:
    """One theme from one source.

    ``volumes`` holds a year's incidents, ``season`` a factor per month (mean 1), ``profile``
    the usual hours, ``duration_h`` the median time between begin and end, ``proactive`` the share
    that police or enforcement noted on their own initiative.
    """

    theme: str
    volumes: tuple[int, ...]
    codes: tuple[Code, ...]
    season: tuple[float, ...] = FLAT
    profile: str = "day"
    duration_h: float = 0.2
    proactive: float = 0.08
    police: bool = True
    dwelling: bool = False


_BURGLARY_SEASON = (1.23, 1.10, 1.02, 0.95, 0.88, 0.85, 0.86, 0.84, 0.75, 1.02, 1.20, 1.30)
_BICYCLE_SEASON = (0.82, 0.84, 0.95, 1.06, 1.21, 1.14, 1.06, 1.03, 1.12, 1.08, 0.94, 0.75)
_VANDALISM_SEASON = (1.45, 0.95, 0.98, 0.98, 1.0, 0.95, 0.92, 0.9, 0.93, 0.98, 0.96, 1.0)
_ROBBERY_SEASON = (1.35, 1.1, 1.02, 0.94, 0.9, 0.86, 0.84, 0.86, 0.93, 1.0, 1.08, 1.12)
_SHOP_SEASON = (0.97, 0.94, 0.98, 0.98, 1.0, 0.98, 0.97, 0.98, 1.0, 1.02, 1.06, 1.12)
_YOUTH_SEASON = (0.6, 0.65, 0.85, 1.05, 1.35, 1.45, 1.4, 1.35, 1.1, 0.9, 0.7, 0.6)
_ALCOHOL_SEASON = (0.7, 0.7, 0.85, 1.0, 1.2, 1.35, 1.45, 1.4, 1.1, 0.9, 0.7, 0.65)
_NIGHT_SEASON = (0.9, 0.92, 0.97, 1.0, 1.05, 1.08, 1.08, 1.06, 1.02, 1.0, 0.96, 0.96)

STREAMS: dict[str, Stream] = {
    "burglary": Stream(
        "burglary",
        (3000, 3180, 2560, 2080, 2210, 1720, 1390),
        (
            Code("B20", 0.56, "Gekwalificeerde diefstal uit woning", "completed"),
            Code("A20", 0.06, "Diefstal uit woning", "completed"),
            Code("B30", 0.06, "Gekwalificeerde diefstal uit box, garage of schuur", "completed"),
            Code("A30", 0.02, "Diefstal uit box, garage of schuur", "completed"),
            Code("B21", 0.27, "Poging gekwalificeerde diefstal uit woning", "attempted"),
            Code("B31", 0.03, "Poging diefstal uit box, garage of schuur", "attempted"),
        ),
        season=_BURGLARY_SEASON,
        profile="burglary",
        duration_h=8.0,
        proactive=0.02,
        dwelling=True,
    ),
    "bicycle_theft": Stream(
        "bicycle_theft",
        (2600, 3100, 3750, 4550, 4200, 3800, 3450),
        (
            Code("A72", 0.62, "Diefstal fiets"),
            Code("A73", 0.14, "Diefstal bromfiets of snorfiets"),
            Code("B62", 0.18, "Gekwalificeerde diefstal fiets"),
            Code("B63", 0.06, "Gekwalificeerde diefstal bromfiets of snorfiets"),
        ),
        season=_BICYCLE_SEASON,
        duration_h=4.0,
        proactive=0.03,
    ),
    "theft_from_vehicle": Stream(
        "theft_from_vehicle",
        (5100, 4300, 3600, 3000, 2550, 2150, 1830),
        (
            Code("A10", 0.3, "Diefstal af of uit auto"),
            Code("B10", 0.7, "Gekwalificeerde diefstal uit auto"),
        ),
        profile="night",
        duration_h=9.0,
        proactive=0.03,
    ),
    "vandalism": Stream(
        "vandalism",
        (4400, 4080, 3780, 3500, 3240, 3000, 2770),
        (
            Code("C20", 0.2, "Vernieling openbaar gebouw of voorziening"),
            Code("C30", 0.15, "Vernieling openbaar vervoer of straatmeubilair"),
            Code("C40", 0.5, "Vernieling overige objecten"),
            Code("F11", 0.15, "Openlijk geweld tegen goederen"),
        ),
        season=_VANDALISM_SEASON,
        profile="evening",
        duration_h=3.0,
    ),
    "assault": Stream(
        "assault",
        (2500, 2405, 2315, 2225, 2140, 2060, 1980),
        (Code("F550", 0.85, "Eenvoudige mishandeling"), Code("F551", 0.15, "Zware mishandeling")),
        profile="assault",
    ),
    "threat": Stream(
        "threat",
        (1620, 1570, 1520, 1470, 1420, 1375, 1330),
        (
            Code("F530", 0.8, "Bedreiging"),
            Code("F531", 0.1, "Stalking"),
            Code("F532", 0.06, "Dwang"),
            Code("F533", 0.04, "Overige bedreiging"),
        ),
        proactive=0.04,
    ),
    "shoplifting": Stream(
        "shoplifting",
        (2350, 2280, 2210, 2140, 2075, 2010, 1950),
        (
            Code("A50", 0.92, "Winkeldiefstal"),
            Code("B50", 0.08, "Gekwalificeerde winkeldiefstal"),
        ),
        season=_SHOP_SEASON,
        profile="shopping",
        proactive=0.02,
    ),
    "pickpocketing": Stream(
        "pickpocketing",
        (2200, 2000, 1820, 1660, 1510, 1370, 1250),
        (Code("A40", 1.0, "Zakkenrollerij"),),
        profile="shopping",
        duration_h=0.5,
    ),
    "street_robbery": Stream(
        "street_robbery",
        (640, 548, 470, 403, 345, 297, 255),
        (Code("B70", 1.0, "Straatroof"),),
        season=_ROBBERY_SEASON,
        profile="evening",
    ),
    "commercial_robbery": Stream(
        "commercial_robbery",
        (60, 57, 55, 52, 50, 47, 45),
        (
            Code("B72", 0.7, "Overval op bedrijf of winkel"),
            Code("B73", 0.2, "Overval op geldtransport of bezorger"),
            Code("B74", 0.1, "Overige overval"),
        ),
        profile="evening",
    ),
    "youth_nuisance": Stream(
        "youth_nuisance",
        (4500,) * 7,
        (Code("E35", 1.0, "Overlast door jeugd"),),
        season=_YOUTH_SEASON,
        profile="youth",
        proactive=0.15,
    ),
    "alcohol_nuisance": Stream(
        "alcohol_nuisance",
        (1500,) * 7,
        (Code("E36", 1.0, "Overlast door gebruik van alcohol"),),
        season=_ALCOHOL_SEASON,
        profile="bench",
        proactive=0.3,
    ),
    "drugs_nuisance": Stream(
        "drugs_nuisance",
        (1200,) * 7,
        (
            Code("F40", 0.4, "Bezit harddrugs"),
            Code("F41", 0.2, "Bezit softdrugs"),
            Code("F43", 0.1, "Handel softdrugs"),
            Code("F44", 0.3, "Handel harddrugs"),
        ),
        proactive=0.6,
    ),
    "nightlife_nuisance": Stream(
        "nightlife_nuisance",
        (1500,) * 7,
        (
            Code("F10", 0.5, "Verstoring openbare orde"),
            Code("F17", 0.3, "Ordeverstoring uitgaansgebied"),
            Code("F30", 0.2, "Wederspannigheid"),
        ),
        season=_NIGHT_SEASON,
        profile="nightlife",
        proactive=0.35,
    ),
    "confused_person": Stream(
        "confused_person",
        (3000, 3600, 4050, 4500, 5000, 5500, 6000),
        (Code("E33", 1.0, "Overlast door verward of overspannen persoon"),),
        proactive=0.1,
    ),
    "youth_reports": Stream(
        "youth_reports",
        (2500,) * 7,
        (Code("jongerenoverlast", 1.0, "Overlast door jongeren"),),
        season=_YOUTH_SEASON,
        profile="youth",
        proactive=0.0,
        police=False,
    ),
    "alcohol_reports": Stream(
        "alcohol_reports",
        (2000,) * 7,
        (Code("drank-en-drugsoverlast", 1.0, "Overlast door drank of drugs"),),
        season=_ALCOHOL_SEASON,
        profile="bench",
        proactive=0.0,
        police=False,
    ),
}

POLICE_STREAMS = tuple(name for name, s in STREAMS.items() if s.police)
CRIME_STREAMS = POLICE_STREAMS[:10]
"""The ten registered crimes: the safety figure of a stadsdeel is their sum."""

TOP_FOUR_SHARE = {"pickpocketing": 0.73, "street_robbery": 0.54, "burglary": 0.32}
"""Share of the city's incidents in its four heaviest wijken."""


def _hours(*spans: tuple[int, int, float]) -> Floats:
    """Return 24 weights from (first hour, last hour excluded, weight); the rest is 0.04."""
    weights = np.full(24, 0.04)
    for first, last, weight in spans:
        weights[first:last] = weight
    return weights


def _week(weekday: Floats, saturday: Floats | None = None, sunday: Floats | None = None) -> Floats:
    """Return (7, 24) weights, Monday first."""
    late = [weekday if saturday is None else saturday, weekday if sunday is None else sunday]
    return np.stack([weekday] * 5 + late)


def _weekend_nights(base: Floats) -> Floats:
    """Return a week whose Friday and Saturday nights, 23 to 05, carry most of the weight."""
    week = _week(base.copy())
    week[4, 23] = week[5, 23] = 2.0
    week[5, :5] = week[6, :5] = (2.2, 2.4, 2.4, 2.0, 1.2)
    return week


PROFILES: dict[str, Floats] = {
    "day": _week(_hours((7, 9, 0.6), (9, 18, 1.0), (18, 23, 0.7), (23, 24, 0.3))),
    "burglary": _week(_hours((8, 16, 0.35), (16, 22, 1.5), (22, 24, 0.3), (0, 5, 0.12))),
    "burglary_summer": _week(_hours((8, 22, 0.7), (22, 24, 0.5), (0, 5, 0.45))),
    "night": _week(_hours((0, 6, 1.0), (18, 22, 0.6), (22, 24, 1.0), (8, 18, 0.2))),
    "evening": _week(_hours((0, 2, 0.5), (10, 17, 0.35), (17, 24, 1.0))),
    "assault": _weekend_nights(_hours((8, 17, 0.35), (17, 24, 0.55), (0, 3, 0.35))),
    "nightlife": _weekend_nights(_hours((0, 4, 0.12), (21, 24, 0.12)) * 0.6),
    "shopping": _week(
        _hours((10, 18, 1.0), (18, 20, 0.25)), _hours((10, 18, 1.6)), _hours((12, 17, 1.1))
    ),
    "commuting": _week(
        _hours((7, 9, 1.3), (9, 16, 0.35), (16, 19, 1.6), (19, 23, 0.4)),
        _hours((10, 22, 0.45)),
        _hours((11, 21, 0.4)),
    ),
    "youth": _week(_hours((15, 19, 0.35), (19, 24, 1.5), (0, 1, 0.5))),
    "bench": _week(_hours((9, 12, 0.25), (12, 20, 1.2), (20, 23, 0.3))),
    "weekend_night": _weekend_nights(_hours((20, 24, 0.1)) * 0.3),
    "beach": _week(_hours((12, 23, 1.0))),
    "match": _week(_hours((11, 13, 0.5), (13, 20, 1.0), (20, 23, 0.6))),
}
"""Weight per weekday (Monday first) and hour. ``beach`` and ``match`` count on marked days only."""

DAYS_PER_MONTH: dict[str, tuple[int, ...]] = {
    "beach": (0, 0, 0, 0, 1, 5, 8, 8, 2, 0, 0, 0),
    "match": (2, 2, 2, 2, 1, 0, 0, 2, 2, 2, 1, 1),
}
"""Hot days and the stadium's 17 home days, per month."""
