"""The drawing of Duinstad: its outline, eight stadsdelen, 44 wijken and 110 buurten.

Positions are kilometres in the *drawing plane*: ``u`` along the coast (south-west to north-east),
``v`` towards the sea, with the old market square at the origin. ``geography`` bends this plane
and lays it down in RD New. Every name is invented.
"""

from dataclasses import dataclass

TOTAL_DWELLINGS = 250_000
TINY_AREA_DWELLINGS = 47

OUTLINE_KM: tuple[tuple[float, float], ...] = (
    (-6.9, 4.0),
    (-4.6, 4.5),
    (-1.5, 4.65),
    (1.8, 4.6),
    (4.4, 4.7),
    (6.2, 4.3),
    (7.0, 2.4),
    (6.5, 0.9),
    (6.9, -1.5),
    (6.7, -4.0),
    (4.9, -4.6),
    (3.9, -5.5),
    (1.2, -5.3),
    (-0.5, -5.6),
    (-3.2, -4.9),
    (-5.5, -5.2),
    (-6.5, -3.4),
    (-6.2, -1.8),
    (-7.1, 0.2),
    (-7.3, 2.3),
)


@dataclass(frozen=True)
class Kind:
    """What a wijk is made of.

    ``row_m`` is the distance between parallel streets, ``cross_m`` that between cross streets;
    ``risk`` scales crime against the city's average; ``built`` tells whether it counts as
    built-up area; ``storeys`` is the usual height of its buildings.
    """

    row_m: float
    cross_m: float
    risk: float
    storeys: float
    built: bool = True


KINDS: dict[str, Kind] = {
    "core": Kind(62, 110, 2.0, 4.5),
    "station": Kind(74, 130, 1.8, 6.0),
    "dense": Kind(60, 150, 1.25, 3.5),
    "prewar": Kind(66, 190, 0.95, 3.2),
    "postwar": Kind(78, 260, 1.1, 4.2),
    "garden": Kind(72, 210, 0.7, 2.4),
    "villa": Kind(95, 280, 0.55, 2.3),
    "new": Kind(70, 170, 0.85, 2.8),
    "resort": Kind(70, 150, 1.4, 5.0),
    "harbour": Kind(120, 260, 0.8, 3.0),
    "business": Kind(150, 330, 0.5, 3.0),
    "sports": Kind(230, 420, 0.4, 2.0, built=False),
    "beach": Kind(190, 420, 0.5, 2.0, built=False),
    "park": Kind(260, 380, 0.3, 2.0, built=False),
    "dunes": Kind(520, 700, 0.1, 2.0, built=False),
    "polder": Kind(420, 600, 0.15, 2.0, built=False),
}


@dataclass(frozen=True)
class Wijk:
    """One district of the drawing: where its middle lies, what it is and how many live there."""

    name: str
    kind: str
    u_km: float
    v_km: float
    dwellings: int
    buurten: tuple[str, ...]


def _wijk(name: str, kind: str, u_km: float, v_km: float, dwellings: int, buurten: str) -> Wijk:
    return Wijk(name, kind, u_km, v_km, dwellings, tuple(buurten.split(", ")))


STADSDELEN: dict[str, tuple[Wijk, ...]] = {
    "Centrum": (
        _wijk("Oude Stad", "core", 0.0, 0.05, 7500, "Grote Markt, Kloosterkwartier, Hofkade"),
        _wijk("Stationskwartier", "station", 1.15, -0.6, 5500, "Stationsplein, Spoorsingel"),
        _wijk("Vestingkwartier", "core", -1.15, 0.4, 6000, "Vestingplein, Bolwerk"),
        _wijk("Stokerskwartier", "dense", 0.2, 1.25, 7000, "Stokershof, Waagkade"),
        _wijk("Marktkwartier", "dense", -0.35, -1.15, 9000, "Veemarkt, Touwslagersbuurt, Zuidwal"),
    ),
    "Duinbad": (
        _wijk("Badplaats", "resort", -0.5, 3.95, 4200, "Kurhof, Pierkwartier"),
        _wijk("Vissersdorp", "dense", -2.2, 3.75, 8500, "Nettenbuurt, Loggerbuurt, Reddingsbuurt"),
        _wijk("Boulevard", "beach", 1.6, 4.45, 350, "Noorderstrand"),
        _wijk("Duinrand", "villa", 1.0, 3.05, 3200, "Duinrand-Hoog, Duinrand-Laag"),
        _wijk("Buitenhaven", "harbour", -3.9, 4.1, 1300, "Visafslag, Havenhoofd"),
    ),
    "Westduin": (
        _wijk("Westerduinen", "dunes", -5.9, 3.6, 180, "Westerduinen"),
        _wijk("Zandoever", "garden", -5.5, 1.75, 5200, "Helmveld, Strandweide, Zandzoom"),
        _wijk(
            "Bloemkwartier",
            "prewar",
            -3.35,
            1.95,
            10500,
            "Anjerhof, Leliehof, Irishof, Papaverhof",
        ),
        _wijk("Vogelenduin", "villa", -4.35, 3.0, 2600, "Tapuitenduin, Wulpenduin"),
        _wijk("Zeewering", "postwar", -6.4, 0.2, 7000, "Golfbreker, Dijkhof, Zeewering-Zuid"),
        _wijk("Rozenhof", "prewar", -4.4, 0.75, 8000, "Rozenhof-Noord, Egelantier, Hagenbuurt"),
    ),
    "Laanzicht": (
        _wijk(
            "Lindenkwartier",
            "prewar",
            -2.15,
            1.35,
            15000,
            "Lindenplein, Beukenbuurt, Elzenbuurt, Esdoornbuurt, Kastanjebuurt",
        ),
        _wijk("Smedenkwartier", "dense", -2.55, 0.05, 11000, "Aambeeld, Blaasbalg, Hoefijzer"),
        _wijk("Ambachtskwartier", "dense", -3.55, -0.95, 8000, "Kuiperij, Weverij"),
        _wijk("Stadspark", "park", -1.85, 2.55, 250, "Stadspark"),
        _wijk("Tuindorp", "garden", -5.1, -1.05, 5000, "Tuindorp-West, Vijverhof, Boomgaard"),
    ),
    "Zuiderveld": (
        _wijk(
            "Groot Zuiderveld",
            "postwar",
            -3.45,
            -2.75,
            27000,
            "Zuiderveld-Noord, Zonnehof, Korenhof, Dorshof, Oogsthof, Zuiderveld-Zuid",
        ),
        _wijk(
            "Vredehorst",
            "postwar",
            -5.35,
            -2.75,
            14500,
            "Vredehorst-Oost, Horstplein, Haviksnest, Vredehorst-West",
        ),
        _wijk("Molenhoek", "postwar", -1.75, -2.2, 9500, "Wiekenbuurt, Maalderij, Meelhof"),
        _wijk("Weidezicht", "postwar", -1.9, -3.9, 8000, "Klaverveld, Hooiland, Grasland"),
        _wijk("Weidehof", "new", -5.1, -4.75, 3000, "Weidehof-Noord, Weidehof-Zuid"),
        _wijk("Sportpark Zuid", "sports", -0.15, -4.6, 300, "Stadionpark"),
    ),
    "Veenpolder": (
        _wijk(
            "Veenkwartier",
            "dense",
            0.35,
            -2.5,
            15500,
            "Turfplein, Veenkade, Plaggenbuurt, Moerbuurt",
        ),
        _wijk("Spoorhaven", "dense", 1.9, -1.9, 8000, "Wisselbuurt, Perronhof, Seinhuis"),
        _wijk("Turfhaven", "postwar", 1.15, -3.75, 5000, "Turfhaven-Oost, Turfhaven-West"),
        _wijk("Binnenhaven", "business", 2.85, -3.0, TINY_AREA_DWELLINGS, "Binnenhaven"),
        _wijk("Bedrijvenpark Zuidoost", "business", 2.75, -4.6, 400, "Bedrijvenpark Zuidoost"),
    ),
    "Oosterveen": (
        _wijk("Nieuw-Oosterveen", "new", 5.7, -2.55, 2400, "Veenmosveld, Zonnedauw, Wollegrasveld"),
        _wijk("Oosterveen", "postwar", 4.3, -1.7, 8000, "Oosterplein, Lisdodde, Rietveld"),
        _wijk("Waterrijk", "new", 4.3, -3.7, 2600, "Steigerhof, Plashof"),
        _wijk("Hofwijk", "garden", 5.8, -0.8, 4500, "Hofwijk-Noord, Hofwijk-Zuid"),
        _wijk("Stromenkwartier", "dense", 2.8, -0.6, 6500, "Stroomplein, Oeverbuurt"),
        _wijk("Polderrand", "polder", 6.05, -3.85, 300, "Polderrand"),
    ),
    "Hoogduin": (
        _wijk("Raadskwartier", "prewar", 1.75, 0.75, 6500, "Raadsplein, Gezantenbuurt, Zegelhof"),
        _wijk("Hoogduin", "villa", 3.3, 1.3, 3600, "Hoogduin-Dorp, Hoogduin-Bos, Dennenrand"),
        _wijk(
            "Landrust",
            "garden",
            5.2,
            0.95,
            6000,
            "Landrust-Noord, Landrust-Oost, Landrust-Zuid, Landrust-West",
        ),
        _wijk("Oosterduinen", "dunes", 5.6, 3.5, 200, "Oosterduinen"),
        _wijk("Landgoederen", "villa", 3.5, 3.35, 2400, "Eikenhorst, Reigersbos"),
        _wijk("Lanenkwartier", "prewar", 2.2, 2.0, 5500, "Dubbele Laan, Laan en Singel"),
    ),
}

BASINS: dict[str, int] = {"Buitenhaven": 1, "Binnenhaven": 2}
"""How many blocks of each buurt of a harbour are water."""

SERVICE_AREA_NAMES: tuple[str, ...] = (
    "Markt",
    "Vesting",
    "Spoor",
    "Bad",
    "Haven",
    "Duin-West",
    "Zandzoom",
    "Bloemen",
    "Linden",
    "Smederij",
    "Ambacht",
    "Dijk",
    "Vrede",
    "Horst",
    "Zuid-West",
    "Zuid-Midden",
    "Molen",
    "Weide",
    "Veen",
    "Turf",
    "Oost",
    "Water",
    "Raad",
    "Hoog",
)


def wijken() -> list[tuple[str, Wijk]]:
    """Return every wijk with the name of its stadsdeel, in code order."""
    return [(stadsdeel, wijk) for stadsdeel, group in STADSDELEN.items() for wijk in group]
