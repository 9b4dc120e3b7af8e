"""The whole city in memory, from a seed."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from data.duinstad.addresses import make_addresses, make_plots
from data.duinstad.clock import Calendar, make_calendar
from data.duinstad.geography import make_ground
from data.duinstad.incidents import Canvas, make_incidents
from data.duinstad.places import make_places
from data.duinstad.plantings import make_plantings
from data.duinstad.roles import draw_roles
from data.duinstad.streets import make_spots, make_streets

Step = Callable[[str], object]


@dataclass(frozen=True)
class City:
    """Duinstad before it is written out: everything is clean and complete here."""

    seed: int
    canvas: Canvas
    streets: gpd.GeoDataFrame
    plots: pd.DataFrame
    calendar: Calendar
    incidents: pd.DataFrame


def build_city(seed: int, *, step: Step = lambda _name: None) -> City:
    """Build the city from a seed; two builds with one seed are equal.

    Parameters
    ----------
    seed
        Seed of every draw.
    step
        Called with the Dutch name of each stage before it starts.

    Returns
    -------
        The city.
    """
    step("gebieden")
    ground = make_ground(seed)
    step("straten")
    streets = make_streets(ground, seed)
    spots = make_spots(streets, ground)
    step("adressen")
    plots = make_plots(streets, ground)
    addresses = make_addresses(plots, ground, seed)
    step("plekken")
    roles = draw_roles(ground, addresses, seed)
    places = make_places(spots, ground, seed, avoid=frozenset({*roles.quiet, roles.new_estate}))
    plantings = make_plantings(roles, ground, places, spots, addresses, seed)
    canvas = Canvas(ground, spots, addresses, places, roles, plantings)
    step("incidenten")
    calendar = make_calendar(seed)
    incidents = make_incidents(canvas, calendar, seed)
    return City(seed, canvas, streets, plots, calendar, incidents)
