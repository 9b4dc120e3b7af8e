"""Seven years of clean incidents: how many, where, when, and what the police wrote down.

Every theme is spread over *components*: the pieces of buurt and service area, and the places
that draw incidents. A year's total is fixed by ``themes``; chance decides where it falls.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.duinstad import places as place_kinds
from data.duinstad import plan
from data.duinstad.chance import stream
from data.duinstad.clock import Calendar, Moments, draw_moments
from data.duinstad.geography import Floats, Ground, Ints
from data.duinstad.plantings import (
    ACTION_WIJK_SHARE,
    LOCK_WIJK_RISK,
    NEW_ESTATE_RISK,
    QUIET_FACTOR,
    Plantings,
)
from data.duinstad.repeats import repeat_nearby
from data.duinstad.roles import Roles
from data.duinstad.themes import DAYS_PER_MONTH, MONTHS, STREAMS, TOP_FOUR_SHARE, YEARS

WIJK_NOISE_SHAPE = 12.0
"""Shape of the gamma factor per wijk and month: monthly counts vary more than Poisson.

Within a year the factors average 1, so that a year's count varies by chance alone."""
UNSEEN_H = 4.0
"""From this usual length on, the interval is that of an absence, and the deed lies within it."""


@dataclass(frozen=True)
class Pool:
    """Candidate locations per group, drawn by weight."""

    order: Ints
    cumulative: Floats
    first: Ints

    def draw(self, group: Ints, rng: np.random.Generator) -> Ints:
        """Return one candidate for each of (n,) groups."""
        low, high = self.cumulative[self.first[group]], self.cumulative[self.first[group + 1]]
        target = low + rng.random(len(group)) * (high - low)
        found = np.searchsorted(self.cumulative[1:], target, side="right")
        return self.order[np.minimum(found, self.first[group + 1] - 1)]


def make_pool(candidate: Ints, group: Ints, weight: Floats, groups: int) -> Pool:
    """Return the pool of candidates; every group that is drawn from needs at least one."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group, minlength=groups)
    cumulative = np.concatenate([[0.0], np.cumsum(weight[order])])
    return Pool(candidate[order], cumulative, np.concatenate([[0], np.cumsum(counts)]))


@dataclass(frozen=True)
class Canvas:
    """The city as the incidents see it."""

    ground: Ground
    spots: pd.DataFrame
    addresses: pd.DataFrame
    places: pd.DataFrame
    roles: Roles
    plantings: Plantings


def _units(canvas: Canvas) -> pd.DataFrame:
    """Return the pieces of buurt and service area with their dwellings and street spots."""
    keys = ["buurt", "service_area"]
    homes = canvas.addresses.groupby(keys).size().rename("dwellings")
    spots = canvas.spots.groupby(keys).size().rename("spots")
    units = pd.concat([homes, spots], axis=1).fillna(0.0).sort_index().reset_index()
    return units[units["spots"] > 0].reset_index(drop=True)


def _labelled(rows: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    buurten = ground.buurten.iloc[rows["buurt"].to_numpy()].reset_index(drop=True)
    service = ground.service_areas["service_area_code"].to_numpy()[rows["service_area"]]
    codes = buurten[["buurt_code", "wijk_code", "stadsdeel_code", "kind"]]
    return pd.concat([rows, codes], axis=1).assign(service_area_code=service)


def _burglary_shares(canvas: Canvas, rng: np.random.Generator) -> pd.Series:
    """Return each wijk's share of the city's burglaries.

    The large district has exactly the average risk, the new estate a multiple of it, the quiet
    wijken a part; four wijken together hold the published share.
    """
    roles = canvas.roles
    wijk = canvas.ground.buurten["wijk_code"].to_numpy()[canvas.addresses["buurt"]]
    homes = pd.Series(wijk).value_counts(normalize=True).sort_index()
    risk = pd.Series(np.exp(rng.normal(0, 0.17, len(homes))).clip(0.7, 1.4), homes.index)
    risk[list(roles.heavy)] = np.exp(rng.normal(0, 0.05, len(roles.heavy)))
    risk[list(roles.quiet)] = QUIET_FACTOR
    risk[roles.tiny] = 0.0
    shares = homes * risk
    heavy = list(roles.heavy)
    fixed = {
        roles.large: 1.0,
        roles.new_estate: NEW_ESTATE_RISK,
        roles.lock_wijk: LOCK_WIJK_RISK,
    }
    for code, value in fixed.items():
        shares[code] = homes[code] * value
    shares[heavy] *= (TOP_FOUR_SHARE["burglary"] - shares[roles.large]) / shares[heavy].sum()
    free = ~shares.index.isin([*heavy, *fixed])
    shares[free] *= (1 - shares[~free].sum()) / shares[free].sum()
    return shares


def _background(name: str, units: pd.DataFrame, canvas: Canvas, rng: np.random.Generator) -> Floats:
    """Return the weight of each unit for one stream, together 1."""
    homes = units["dwellings"].to_numpy() / units["dwellings"].sum()
    if STREAMS[name].dwelling:
        return np.asarray(homes)
    built = units["kind"].map(lambda kind: plan.KINDS[kind].built).to_numpy()
    streets = np.where(built, units["spots"], 0.0)
    risk = units["kind"].map(lambda kind: plan.KINDS[kind].risk).to_numpy()
    wijken = units["wijk_code"].to_numpy()
    names, position = np.unique(wijken, return_inverse=True)
    chance = np.exp(rng.normal(0, 0.2, len(names)))[position]
    chance = np.where(np.isin(wijken, canvas.roles.quiet), QUIET_FACTOR, chance)
    weight = (0.7 * homes + 0.3 * streets / streets.sum()) * risk * chance
    return np.asarray(weight / weight.sum())


def _components(
    name: str, units: pd.DataFrame, canvas: Canvas, rng: np.random.Generator
) -> pd.DataFrame:
    """Return where one stream happens: units and places, with weight and hours."""
    pulls = [place_kinds.kind_of(kind).pull.get(name, (0.0, "")) for kind in canvas.places["kind"]]
    share = canvas.places["weight"].to_numpy() * np.array([pull for pull, _ in pulls])
    drawn = canvas.places.assign(
        place=canvas.places.index, unit=-1, weight=share, profile=[hours for _, hours in pulls]
    )
    rest = units.assign(
        place=-1,
        unit=units.index,
        weight=_background(name, units, canvas, rng) * (1 - share.sum()),
        profile=STREAMS[name].profile,
    )
    columns = ["place", "unit", "buurt", "service_area", "weight", "profile"]
    both = pd.concat([rest[columns], drawn.loc[share > 0, columns]], ignore_index=True)
    return _concentrated(name, _labelled(both, canvas.ground), canvas, rng)


def _concentrated(
    name: str, rows: pd.DataFrame, canvas: Canvas, rng: np.random.Generator
) -> pd.DataFrame:
    """Scale the wijken so that some hold a fixed share of the stream.

    They are the heaviest four, by a published share, or the wijk of the enforcement action.
    """
    totals = rows.groupby("wijk_code")["weight"].sum()
    if name == "burglary":
        scale = _burglary_shares(canvas, rng) / totals.where(totals > 0, 1.0)
    elif name in TOP_FOUR_SHARE:
        top = totals.nlargest(4)
        target = TOP_FOUR_SHARE[name]
        scale = pd.Series((1 - target) / (totals.sum() - top.sum()), totals.index)
        scale[top.index] = target / top.sum()
    elif name in ACTION_WIJK_SHARE:
        target, own = ACTION_WIJK_SHARE[name], totals[canvas.roles.action_wijk]
        scale = pd.Series((1 - target) / (totals.sum() - own), totals.index)
        scale[canvas.roles.action_wijk] = target / own
    else:
        return rows
    return rows.assign(weight=rows["weight"] * rows["wijk_code"].map(scale).to_numpy())


def _intensity(name: str, rows: pd.DataFrame, canvas: Canvas, rng: np.random.Generator) -> Floats:
    """Return the (components, months) expectation of one stream before its totals are fixed.

    Where an effect is planted in a small area only chance adds to it, so that its size can be
    found again.
    """
    wijken, position = np.unique(rows["wijk_code"].to_numpy(), return_inverse=True)
    noise = rng.gamma(WIJK_NOISE_SHAPE, 1 / WIJK_NOISE_SHAPE, (len(wijken), MONTHS))
    yearly = noise.reshape(len(wijken), len(YEARS), 12)
    noise = (yearly / yearly.mean(axis=2, keepdims=True)).reshape(noise.shape)
    noise[np.isin(wijken, canvas.roles.quiet)] = 1.0
    effects = [effect for effect in canvas.plantings.effects if name in effect.streams]
    touched = [rows[effect.column].isin(effect.values).to_numpy() for effect in effects]
    precise = [t for e, t in zip(effects, touched, strict=True) if e.column != "stadsdeel_code"]
    noisy = ~np.any([np.zeros(len(rows), dtype=bool), *precise], axis=0)
    rate = rows["weight"].to_numpy()[:, None] * np.where(noisy[:, None], noise[position], 1.0)
    for profile, days in DAYS_PER_MONTH.items():
        own = np.array(days) / sum(days) * 12
        rate[(rows["profile"] == profile).to_numpy()] *= np.tile(own, len(YEARS))
    for effect, chosen in zip(effects, touched, strict=True):
        rate[chosen, effect.first_month : effect.last_month] *= effect.factor
    return rate


def _planted_months(extra: pd.DataFrame, name: str) -> Ints:
    """Return how many incidents of a stream are planted in each month."""
    own = extra.loc[extra["stream"] == name, "begin"]
    position = (own.dt.year - YEARS[0]) * 12 + own.dt.month - 1
    return np.bincount(position, minlength=MONTHS)


def _counts(name: str, rate: Floats, planted: Ints, rng: np.random.Generator) -> Ints:
    """Draw (components, months) counts whose yearly totals are those of the stream."""
    counts = np.zeros(rate.shape, dtype=np.int64)
    season = np.array(STREAMS[name].season) / 12
    for number, volume in enumerate(STREAMS[name].volumes):
        months = slice(number * 12, number * 12 + 12)
        wanted = np.maximum(volume * season - planted[months], 0)
        share = rate[:, months] / rate[:, months].sum(axis=0) * wanted
        drawn = rng.multinomial(volume - planted[months].sum(), share.ravel() / share.sum())
        counts[:, months] = drawn.reshape(share.shape)
    return counts


@dataclass(frozen=True)
class Pools:
    """Where an incident of a unit or a place can lie."""

    homes: Pool
    streets: Pool
    homes_at_place: Pool
    streets_at_place: Pool


def _unit_of(points: pd.DataFrame, units: pd.DataFrame) -> Ints:
    key = units["buurt"].to_numpy() * 1000 + units["service_area"].to_numpy()
    wanted = points["buurt"].to_numpy() * 1000 + points["service_area"].to_numpy()
    return np.asarray(np.searchsorted(key, wanted), dtype=np.int64)


def _around(points: pd.DataFrame, places: pd.DataFrame, weight: Floats) -> Pool:
    """Return the pool of points round each place, thinning out with distance."""
    coordinates = points[["x", "y"]].to_numpy()
    buurt = points["buurt"].to_numpy()
    found, owner, closeness = [], [], []
    middle, radius_m = places[["x", "y"]].to_numpy(), places["radius_m"].to_numpy()
    for number, own in enumerate(places["buurt"].to_numpy()):
        away = np.hypot(*(coordinates - middle[number]).T)
        near = np.flatnonzero((away < 2.5 * radius_m[number]) & (buurt == own))
        found.append(near)
        owner.append(np.full(len(near), number))
        closeness.append(weight[near] * np.exp(-0.5 * (away[near] / radius_m[number]) ** 2))
    return make_pool(
        np.concatenate(found), np.concatenate(owner), np.concatenate(closeness), len(places)
    )


def _pools(canvas: Canvas, units: pd.DataFrame, rng: np.random.Generator) -> Pools:
    """Return the pools of the city; some streets draw more than others everywhere."""
    streets = max(canvas.spots["street"].max(), canvas.addresses["street"].max()) + 1
    liveliness = rng.gamma(2.5, 1 / 2.5, streets)
    spots, homes = canvas.spots, canvas.addresses
    spot_weight = liveliness[spots["street"]]
    home_weight = 0.35 + 0.65 * liveliness[homes["street"]]
    return Pools(
        homes=make_pool(np.arange(len(homes)), _unit_of(homes, units), home_weight, len(units)),
        streets=make_pool(np.arange(len(spots)), _unit_of(spots, units), spot_weight, len(units)),
        homes_at_place=_around(homes, canvas.places, home_weight),
        streets_at_place=_around(spots, canvas.places, np.ones(len(spots))),
    )


def _located(rows: pd.DataFrame, canvas: Canvas, pools: Pools, rng: np.random.Generator) -> Ints:
    """Return the position of each incident's address or spot, by what it happened to."""
    at_place = rows["place"].to_numpy() >= 0
    dwelling = STREAMS[str(rows["stream"].iloc[0])].dwelling
    unit_pool, place_pool = (
        (pools.homes, pools.homes_at_place) if dwelling else (pools.streets, pools.streets_at_place)
    )
    found = np.empty(len(rows), dtype=np.int64)
    found[~at_place] = unit_pool.draw(rows["unit"].to_numpy()[~at_place], rng)
    found[at_place] = place_pool.draw(rows["place"].to_numpy()[at_place], rng)
    return found


def _stream_incidents(
    name: str, units: pd.DataFrame, canvas: Canvas, pools: Pools, seed: int
) -> pd.DataFrame:
    rng = stream(seed, f"stream {name}")
    components = _components(name, units, canvas, rng)
    planted = _planted_months(canvas.plantings.extra, name)
    counts = _counts(name, _intensity(name, components, canvas, rng), planted, rng)
    component, month = np.nonzero(counts)
    times = counts[component, month]
    rows = components.iloc[np.repeat(component, times)][["place", "unit", "profile"]]
    rows = rows.reset_index(drop=True).assign(stream=name, month=np.repeat(month, times))
    source = canvas.addresses if STREAMS[name].dwelling else canvas.spots
    where = source.iloc[_located(rows, canvas, pools, rng)][["x", "y", "buurt", "service_area"]]
    return pd.concat([rows.drop(columns="unit"), where.reset_index(drop=True)], axis=1)


def _moved(rows: pd.DataFrame, canvas: Canvas, rng: np.random.Generator) -> pd.DataFrame:
    """Carry out the moves: the incident keeps its time and gets a spot elsewhere."""
    spots = canvas.spots
    for move in canvas.plantings.moves:
        near = np.hypot(spots["x"] - move.x, spots["y"] - move.y) < move.radius_m
        chosen = (
            (rows["place"] == move.place)
            & rows["stream"].isin(move.streams)
            & (rows["month"] >= move.first_month)
            & (rng.random(len(rows)) < move.share)
        )
        goal = spots[near].sample(int(chosen.sum()), replace=True, random_state=rng)
        columns = ["x", "y", "buurt", "service_area"]
        rows.loc[chosen, columns] = goal[columns].to_numpy()
        rows.loc[chosen, "place"] = -1
    return rows.astype({"buurt": np.int64, "service_area": np.int64})


def make_incidents(canvas: Canvas, calendar: Calendar, seed: int) -> pd.DataFrame:
    """Build every clean incident of seven years.

    Parameters
    ----------
    canvas
        The city with what is planted in it.
    calendar
        The days of beach and stadium.
    seed
        Seed of the city.

    Returns
    -------
        One row per incident in order of ``begin``: ``stream``, ``code``, ``x``, ``y`` in metres,
        ``buurt`` and ``service_area`` as positions, ``begin`` and ``end``, ``proactive``,
        ``place`` (-1 for none) and ``truth`` (the key of the truth it was planted for, or empty).
    """
    rng = stream(seed, "incidents")
    units = _labelled(_units(canvas), canvas.ground)
    pools = _pools(canvas, units, rng)
    parts = [_stream_incidents(name, units, canvas, pools, seed) for name in STREAMS]
    rows = _moved(pd.concat(parts, ignore_index=True), canvas, rng)
    rows["begin"] = draw_moments(rows, calendar, canvas.plantings.shifts, rng)
    rows = repeat_nearby(rows, canvas.addresses, stream(seed, "repeats"))
    rows = pd.concat([rows.assign(truth=""), canvas.plantings.extra], ignore_index=True)
    rows["place"] = rows["place"].fillna(-1).astype(np.int64)
    rows = _registered(rows, canvas, rng)
    order = np.lexsort((rows["y"], rows["x"], rows["stream"], rows["begin"]))
    return rows.iloc[order].drop(columns=["month", "profile"]).reset_index(drop=True)


def _registered(rows: pd.DataFrame, canvas: Canvas, rng: np.random.Generator) -> pd.DataFrame:
    """Add what the police wrote down: code, end of the interval, own initiative."""
    code = np.empty(len(rows), dtype=object)
    length_min = np.empty(len(rows))
    proactive = np.empty(len(rows))
    for name, kind in STREAMS.items():
        own = (rows["stream"] == name).to_numpy()
        count = int(own.sum())
        shares = np.array([c.share for c in kind.codes])
        code[own] = rng.choice([c.code for c in kind.codes], count, p=shares / shares.sum())
        length_min[own] = kind.duration_h * 60 * np.exp(rng.normal(0, 0.8, count))
        proactive[own] = kind.proactive
    square = (rows["place"] == canvas.plantings.cast["camera_square"]).to_numpy()
    drugs = (rows["stream"] == "drugs_nuisance").to_numpy()
    proactive[square & drugs] = 0.85
    length_min = np.minimum(np.round(length_min), 14 * 24 * 60)
    begin = _last_seen(rows, length_min, rng)
    end = begin + length_min.astype("timedelta64[m]")
    noticed = rng.random(len(rows)) < proactive
    return rows.assign(code=code, begin=begin, end=end, proactive=noticed)


def _last_seen(rows: pd.DataFrame, length_min: Floats, rng: np.random.Generator) -> Moments:
    """Return when the interval begins: where nobody was near, some time before the deed.

    An interval that would begin in the month before begins at the deed, so that no count changes;
    planted incidents keep their moment.
    """
    deed = rows["begin"].to_numpy().astype("datetime64[m]")
    unseen = rows["stream"].map(lambda name: STREAMS[name].duration_h >= UNSEEN_H).to_numpy()
    earlier = deed - np.floor(rng.random(len(rows)) * length_min).astype("timedelta64[m]")
    same = earlier.astype("datetime64[M]") == deed.astype("datetime64[M]")
    return np.where(unseen & same & (rows["truth"] == "").to_numpy(), earlier, deed)
