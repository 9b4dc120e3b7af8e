"""The extracts a municipality would really get, as tables with Dutch column names."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.duinstad.city import City
from data.duinstad.geography import CRS
from data.duinstad.themes import POLICE_STREAMS, STREAMS, YEARS

Texts = NDArray[np.object_]

MISSING_MONTH = (2022, 12)
"""The month that was never delivered in the monthly counts."""


def area_layers(city: City) -> dict[str, gpd.GeoDataFrame]:
    """Return the areas per layer with ``code``, ``naam``, ``woningen`` and their parents."""
    ground, addresses = city.canvas.ground, city.canvas.addresses
    homes = np.bincount(addresses["buurt"], minlength=len(ground.buurten))
    buurten = ground.buurten.assign(homes=homes, municipality_name="Duinstad")
    layers = {}
    parents = {"wijk": ["stadsdeel"], "buurt": ["wijk", "stadsdeel"]}
    plural = {
        "municipality": "gemeente",
        "stadsdeel": "stadsdelen",
        "wijk": "wijken",
        "buurt": "buurten",
    }
    for level, layer in plural.items():
        grouped = buurten.groupby(f"{level}_code", sort=True)
        table = grouped.agg(naam=(f"{level}_name", "first"), woningen=("homes", "sum"))
        for parent in parents.get(level, []):
            table[f"{parent}code"] = grouped[f"{parent}_code"].first()
        shapes = ground.level(f"{level}_code").geometry
        table = table.rename_axis("code").reset_index()
        layers[layer] = gpd.GeoDataFrame(table, geometry=shapes.to_numpy(), crs=CRS)
    service = ground.service_areas
    homes = np.bincount(addresses["service_area"], minlength=len(service))
    layers["verzorgingsgebieden"] = gpd.GeoDataFrame(
        {
            "code": service["service_area_code"],
            "naam": service["service_area_name"],
            "woningen": homes,
        },
        geometry=service.geometry,
        crs=CRS,
    )
    return layers


def built_up(city: City) -> gpd.GeoDataFrame:
    """Return the built-up area: every buurt that is not dune, beach, park, sports or polder."""
    built = city.canvas.ground.buurten[city.canvas.ground.built()]
    return gpd.GeoDataFrame({"naam": ["Duinstad"]}, geometry=[built.union_all()], crs=CRS)


def address_points(city: City) -> gpd.GeoDataFrame:
    """Return every dwelling as a point; no street and no number, for those are personal data."""
    homes = city.canvas.addresses
    table = pd.DataFrame(
        {
            "verblijfsobject": [f"9999010{number:09d}" for number in range(1, len(homes) + 1)],
            "gebruiksdoel": "woonfunctie",
            "buurtcode": city.canvas.ground.buurten["buurt_code"].to_numpy()[homes["buurt"]],
            "x": homes["x"],
            "y": homes["y"],
        }
    )
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(homes["x"], homes["y"]), crs=CRS)


def category_table(*, police: bool) -> pd.DataFrame:
    """Return the codes of the police, or of the municipal reports, with the theme of each."""
    rows = [
        (code.code, kind.theme, code.attempt, code.description)
        for kind in STREAMS.values()
        if kind.police == police
        for code in kind.codes
    ]
    return pd.DataFrame(rows, columns=["code", "theme", "attempt", "description"])


def monthly_counts(city: City, *, service_areas: bool) -> pd.DataFrame:
    """Return the police counts per area, code and delivered month, zeros written out."""
    ground = city.canvas.ground
    rows = city.incidents[city.incidents["stream"].isin(POLICE_STREAMS)]
    codes = category_table(police=True)["code"].to_numpy()
    areas = ground.service_areas if service_areas else ground.buurten
    began = (rows["begin"].dt.year - YEARS[0]) * 12 + rows["begin"].dt.month - 1
    where = rows["service_area" if service_areas else "buurt"]
    what = pd.Index(codes).get_indexer(rows["code"])
    shape = (len(YEARS) * 12, len(areas), len(codes))
    flat = np.ravel_multi_index((began.to_numpy(), where.to_numpy(), what), shape)
    counts = np.bincount(flat, minlength=int(np.prod(shape)))
    month, area, code = np.unravel_index(np.arange(counts.size), shape)
    table = pd.DataFrame({"jaar": YEARS[0] + month // 12, "maand": month % 12 + 1})
    for name, column in _area_columns(service_areas=service_areas).items():
        table[name] = areas[column].to_numpy()[area]
    table["delictcode"] = codes[code]
    table["aantal"] = counts
    missing = (table["jaar"] == MISSING_MONTH[0]) & (table["maand"] == MISSING_MONTH[1])
    return table[~missing]


def _area_columns(*, service_areas: bool) -> dict[str, str]:
    if service_areas:
        return {
            "verzorgingsgebiedcode": "service_area_code",
            "verzorgingsgebiednaam": "service_area_name",
        }
    return {"wijkcode": "wijk_code", "buurtcode": "buurt_code", "buurtnaam": "buurt_name"}


def _dutch_date(moment: pd.Series) -> Texts:
    days, position = np.unique(moment.to_numpy().astype("datetime64[D]"), return_inverse=True)
    return np.asarray(pd.DatetimeIndex(days).strftime("%d-%m-%Y"), dtype=object)[position]


def _clock_time(moment: pd.Series) -> Texts:
    minute = (moment.dt.hour * 60 + moment.dt.minute).to_numpy()
    labels = np.array([f"{m // 60:02d}:{m % 60:02d}" for m in range(24 * 60)], dtype=object)
    return np.asarray(labels[minute])


def _decimal_comma(values: pd.Series) -> Texts:
    """Return metres to the decimetre; degrees, where they crept in, keep six decimals."""
    texts = [f"{v:.6f}" if 0 < abs(v) < 360 else f"{v:.1f}" for v in values]
    return np.array([text.replace(".", ",") for text in texts], dtype=object)


def police_extract(rows: pd.DataFrame) -> pd.DataFrame:
    """Return police incidents of one year as text, the way the extract writes them.

    Parameters
    ----------
    rows
        Incidents with ``number``, ``begin``, ``end``, ``code``, ``x``, ``y``, ``proactive`` and
        ``timed`` (whether the hours were noted).

    Returns
    -------
        The extract: Dutch dates, times to the minute, coordinates with a decimal comma.
    """
    timed = rows["timed"].to_numpy()
    stolen = rows["code"].str[0].isin(["A", "B", "C"])
    source = np.where(
        rows["proactive"], "eigen waarneming", np.where(stolen, "aangifte", "melding")
    )
    return pd.DataFrame(
        {
            "registratienummer": rows["number"],
            "begindatum": _dutch_date(rows["begin"]),
            "begintijd": np.where(timed, _clock_time(rows["begin"]), ""),
            "einddatum": _dutch_date(rows["end"]),
            "eindtijd": np.where(timed, _clock_time(rows["end"]), ""),
            "klasse": rows["code"],
            "x": _decimal_comma(rows["x"]),
            "y": _decimal_comma(rows["y"]),
            "initiatief": np.where(rows["proactive"], "politie", "burger"),
            "bron": source,
        }
    )


def municipal_extract(rows: pd.DataFrame, city: City) -> pd.DataFrame:
    """Return municipal reports of one year in the layout of the reporting line.

    Parameters
    ----------
    rows
        Reports with ``number``, ``begin``, ``code``, ``x``, ``y`` and ``buurt``.
    city
        The city, for the codes of its buurten.

    Returns
    -------
        The extract: ISO moments, coordinates with a decimal point.
    """
    codes = city.canvas.ground.buurten["buurt_code"].to_numpy()
    return pd.DataFrame(
        {
            "melding_id": rows["number"],
            "aangemaakt_op": rows["begin"].dt.strftime("%Y-%m-%dT%H:%M:00"),
            "hoofdcategorie": "overlast-van-en-door-personen-of-groepen",
            "subcategorie": rows["code"],
            "x_coordinaat": rows["x"],
            "y_coordinaat": rows["y"],
            "buurtcode": codes[rows["buurt"]],
            "status": "afgehandeld",
        }
    )
