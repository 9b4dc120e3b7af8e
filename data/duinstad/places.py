"""The places that draw incidents: station, squares, shops, benches, beach, stadium."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.duinstad.chance import stream
from data.duinstad.geography import Ground


@dataclass(frozen=True)
class PlaceKind:
    """A sort of place: where, how many, how wide, and its share of the city's incidents.

    ``pull`` maps a stream to the share of the city's total at *all* places of the kind together,
    and the hours there.
    """

    wijken: tuple[str, ...]
    radius_m: float
    pull: dict[str, tuple[float, str]]


_CORE = ("Oude Stad",)
_LIVELY_KINDS = ("dense", "prewar", "postwar")

KINDS: dict[str, PlaceKind] = {
    "station": PlaceKind(
        ("Stationskwartier",),
        70.0,
        {
            "bicycle_theft": (0.06, "commuting"),
            "pickpocketing": (0.12, "commuting"),
            "shoplifting": (0.02, "shopping"),
            "street_robbery": (0.05, "evening"),
            "assault": (0.025, "commuting"),
            "drugs_nuisance": (0.06, "evening"),
            "confused_person": (0.03, "day"),
        },
    ),
    "shopping_street": PlaceKind(
        ("Oude Stad", "Oude Stad", "Marktkwartier"),
        140.0,
        {
            "shoplifting": (0.45, "shopping"),
            "pickpocketing": (0.33, "shopping"),
            "bicycle_theft": (0.1, "shopping"),
            "commercial_robbery": (0.15, "shopping"),
            "theft_from_vehicle": (0.01, "day"),
        },
    ),
    "mall": PlaceKind(
        (
            "Bloemkwartier",
            "Lindenkwartier",
            "Groot Zuiderveld",
            "Veenkwartier",
            "Oosterveen",
            "Vredehorst",
            "Raadskwartier",
        ),
        80.0,
        {
            "shoplifting": (0.25, "shopping"),
            "pickpocketing": (0.05, "shopping"),
            "bicycle_theft": (0.06, "shopping"),
            "commercial_robbery": (0.25, "evening"),
        },
    ),
    "nightlife": PlaceKind(
        ("Oude Stad", "Vestingkwartier", "Vestingkwartier", "Badplaats"),
        75.0,
        {
            "assault": (0.22, "nightlife"),
            "nightlife_nuisance": (0.8, "nightlife"),
            "alcohol_nuisance": (0.2, "nightlife"),
            "alcohol_reports": (0.1, "nightlife"),
            "pickpocketing": (0.14, "nightlife"),
            "vandalism": (0.04, "nightlife"),
            "threat": (0.04, "nightlife"),
            "street_robbery": (0.16, "nightlife"),
            "drugs_nuisance": (0.1, "nightlife"),
            "bicycle_theft": (0.04, "nightlife"),
        },
    ),
    "coffee_shops": PlaceKind(
        ("Stationskwartier", "Marktkwartier"),
        90.0,
        {"drugs_nuisance": (0.16, "evening"), "street_robbery": (0.03, "evening")},
    ),
    "drug_scene": PlaceKind(
        ("Marktkwartier",),
        130.0,
        {
            "drugs_nuisance": (0.28, "day"),
            "street_robbery": (0.08, "evening"),
            "confused_person": (0.04, "day"),
            "assault": (0.015, "evening"),
            "vandalism": (0.01, "evening"),
        },
    ),
    "boulevard": PlaceKind(
        ("Badplaats",),
        150.0,
        {
            "pickpocketing": (0.1, "beach"),
            "bicycle_theft": (0.025, "beach"),
            "street_robbery": (0.02, "evening"),
        },
    ),
    "beach": PlaceKind(
        ("Boulevard", "Badplaats"),
        160.0,
        {
            "alcohol_nuisance": (0.12, "beach"),
            "alcohol_reports": (0.12, "beach"),
            "theft_from_vehicle": (0.012, "beach"),
        },
    ),
    "stadium": PlaceKind(
        ("Sportpark Zuid",),
        170.0,
        {
            "vandalism": (0.012, "match"),
            "assault": (0.012, "match"),
            "alcohol_nuisance": (0.04, "match"),
        },
    ),
    "meeting_ground": PlaceKind(
        ("Bedrijvenpark Zuidoost",),
        110.0,
        {
            "vandalism": (0.012, "weekend_night"),
            "youth_nuisance": (0.025, "weekend_night"),
            "youth_reports": (0.015, "weekend_night"),
        },
    ),
}
"""The places with a fixed wijk; one place per wijk named."""

SCATTERED: dict[str, tuple[int, PlaceKind]] = {
    "youth_spot": (
        46,
        PlaceKind(
            (),
            45.0,
            {
                "youth_nuisance": (0.58, "youth"),
                "youth_reports": (0.6, "youth"),
                "vandalism": (0.05, "youth"),
                "threat": (0.02, "youth"),
            },
        ),
    ),
    "bench": (
        22,
        PlaceKind(
            (),
            40.0,
            {"alcohol_nuisance": (0.36, "bench"), "alcohol_reports": (0.5, "bench")},
        ),
    ),
    "car_park": (9, PlaceKind((), 90.0, {"theft_from_vehicle": (0.1, "night")})),
    "burglary_pocket": (9, PlaceKind((), 170.0, {"burglary": (0.06, "burglary")})),
}
"""The places laid at random in lively wijken: how many, and what kind."""

APART_M = 230.0


def kind_of(name: str) -> PlaceKind:
    """Return a kind of place by name."""
    return KINDS[name] if name in KINDS else SCATTERED[name][1]


def make_places(
    spots: pd.DataFrame, ground: Ground, seed: int, *, avoid: frozenset[str]
) -> pd.DataFrame:
    """Lay down every place on a spot in the street.

    Parameters
    ----------
    spots
        The spots of ``streets.make_spots``.
    ground
        The areas of the city.
    seed
        Seed of the city.
    avoid
        Codes of wijken that get no scattered place.

    Returns
    -------
        One row per place: ``kind``, ``weight`` (1 per kind), ``radius_m``, ``x``, ``y``,
        ``buurt``, ``service_area``. Places lie at least 230 m apart.
    """
    rng = stream(seed, "places")
    wijk_of = ground.buurten["wijk_code"].to_numpy()[spots["buurt"]]
    name_of = ground.buurten["wijk_name"].to_numpy()[spots["buurt"]]
    lively = ground.buurten["kind"].isin(_LIVELY_KINDS).to_numpy()[spots["buurt"]]
    lively &= ~np.isin(wijk_of, list(avoid))
    points = spots[["x", "y"]].to_numpy()
    chosen: list[int] = []
    kinds: list[str] = []
    wishes = [(kind, name_of == wijk) for kind, k in KINDS.items() for wijk in k.wijken]
    wishes += [(kind, lively) for kind, (count, _) in SCATTERED.items() for _ in range(count)]
    free = np.ones(len(spots), dtype=bool)
    for kind, allowed in wishes:
        spot = int(rng.choice(np.flatnonzero(allowed & free)))
        free &= np.hypot(*(points - points[spot]).T) > APART_M
        chosen.append(spot)
        kinds.append(kind)
    places = spots.iloc[chosen].drop(columns="street").reset_index(drop=True)
    places.insert(0, "kind", kinds)
    places["radius_m"] = [kind_of(kind).radius_m for kind in kinds]
    share = rng.gamma(6.0, size=len(places))
    places["weight"] = share / pd.Series(share).groupby(places["kind"]).transform("sum")
    return places
