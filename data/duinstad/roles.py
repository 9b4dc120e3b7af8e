"""Which areas play a part in a planted truth; drawn anew for every seed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.duinstad.chance import stream
from data.duinstad.geography import Flags, Ground

LARGE_WIJK = "Groot Zuiderveld"
HEAVY_WIJKEN = ("Vredehorst", "Veenkwartier", "Lindenkwartier")
"""Together with the large district: the four wijken with the most burglaries."""
TINY_WIJK = "Binnenhaven"
NEW_ESTATES = ("Nieuw-Oosterveen", "Waterrijk")
LOCK_WIJKEN = ("Bloemkwartier", "Rozenhof", "Spoorhaven", "Vissersdorp")
"""None of them touches the large district or a new estate, so that no truth blurs another."""
_TREND_STADSDELEN = ("Westduin", "Laanzicht", "Veenpolder", "Oosterveen")
_ACTION_WIJKEN = ("Smedenkwartier", "Vissersdorp", "Stokerskwartier", "Ambachtskwartier")
"""Busy enough for an enforcement action to show in the counts of half a year."""
_ORDINARY_KINDS = ("garden", "prewar", "postwar")


@dataclass(frozen=True)
class Roles:
    """The areas that play a part: codes for wijken, stadsdelen, buurten and service areas."""

    large: str
    heavy: tuple[str, ...]
    tiny: str
    new_estate: str
    quiet: tuple[str, ...]
    lock_wijk: str
    lock_ring: tuple[str, ...]
    improving: str
    relapsing: str
    new_year_buurt: str
    burst_buurt: str
    action_wijk: str
    regressing: str


def draw_roles(ground: Ground, addresses: pd.DataFrame, seed: int) -> Roles:
    """Draw who plays which part, without two truths in one area.

    Parameters
    ----------
    ground, addresses
        The areas and dwellings of the city.
    seed
        Seed of the city.

    Returns
    -------
        The areas of every planted truth that needs one.
    """
    rng = stream(seed, "roles")
    buurten = ground.buurten
    wijken = buurten.drop_duplicates("wijk_name").set_index("wijk_name")
    code = wijken["wijk_code"]
    improving, relapsing = (str(x) for x in rng.choice(_TREND_STADSDELEN, 2, replace=False))
    calm = wijken[~wijken["stadsdeel_name"].isin([improving, relapsing])]
    lock = str(rng.choice([w for w in LOCK_WIJKEN if w in calm.index]))
    estate = str(rng.choice(NEW_ESTATES))
    ring = _touching(ground, str(code[lock]))
    quiet = _draw_quiet(wijken, ring, buurten, rng)
    taken = {lock, LARGE_WIJK, *HEAVY_WIJKEN, *quiet}
    ordinary = buurten[buurten["kind"].isin(_ORDINARY_KINDS) & ~buurten["wijk_name"].isin(taken)]
    ordinary = ordinary[~ordinary["buurt_code"].isin(ring)].drop_duplicates("wijk_code")
    new_year, burst = rng.choice(len(ordinary), 2, replace=False)
    busiest = [name for name in _ACTION_WIJKEN if name != lock]
    taken_codes = {str(code[w]) for w in (lock, estate, LARGE_WIJK, *quiet)}
    busy = buurten["wijk_code"].isin(taken_codes) | buurten["buurt_code"].isin(ring)
    busy |= buurten["stadsdeel_name"].isin([improving, relapsing])
    stadsdeel = buurten.drop_duplicates("stadsdeel_name").set_index("stadsdeel_name")
    return Roles(
        large=str(code[LARGE_WIJK]),
        heavy=tuple(str(code[w]) for w in HEAVY_WIJKEN),
        tiny=str(code[TINY_WIJK]),
        new_estate=str(code[estate]),
        quiet=tuple(sorted(str(code[w]) for w in quiet)),
        lock_wijk=str(code[lock]),
        lock_ring=ring,
        improving=str(stadsdeel.at[improving, "stadsdeel_code"]),
        relapsing=str(stadsdeel.at[relapsing, "stadsdeel_code"]),
        new_year_buurt=str(ordinary["buurt_code"].iloc[new_year]),
        burst_buurt=str(ordinary["buurt_code"].iloc[burst]),
        action_wijk=str(code[rng.choice(busiest)]),
        regressing=_regressing(ground, addresses, busy.to_numpy(dtype=bool)),
    )


def _touching(ground: Ground, wijk: str) -> tuple[str, ...]:
    inside = ground.buurten["wijk_code"] == wijk
    touches = ground.buurten.intersects(ground.buurten[inside].union_all()) & ~inside
    return tuple(ground.buurten.loc[touches, "buurt_code"])


def _draw_quiet(
    wijken: pd.DataFrame, ring: tuple[str, ...], buurten: pd.DataFrame, rng: np.random.Generator
) -> list[str]:
    """Draw four spacious wijken, clear of the ring of another truth."""
    ringed = set(buurten.loc[buurten["buurt_code"].isin(ring), "wijk_name"])
    spacious = wijken[wijken["kind"].isin(["villa", "garden"])].index.difference(list(ringed))
    return [str(name) for name in rng.choice(spacious, 4, replace=False)]


def _regressing(ground: Ground, addresses: pd.DataFrame, busy: Flags) -> str:
    """Return the service area of middling size that shares the least with other truths."""
    taken = pd.Series(busy[addresses["buurt"]]).groupby(addresses["service_area"]).mean()
    size = addresses.groupby("service_area").size()
    middling = size.rank(ascending=False).between(4, 18)
    code = ground.service_areas["service_area_code"].iloc[taken.index.to_numpy()]
    share = pd.Series(taken.to_numpy(), index=code)[middling.to_numpy()]
    return str(share.idxmin())
