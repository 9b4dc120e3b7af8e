"""Writing the extracts: the same seed gives the same bytes."""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from data.duinstad import extracts, surroundings
from data.duinstad.answers import expected_answers
from data.duinstad.bans import Bans, ban_truth, make_bans
from data.duinstad.city import City, build_city
from data.duinstad.dirt import Deliveries, Delivery, dirt_ledger, soil, stack_truth
from data.duinstad.events import event_calendar
from data.duinstad.geography import CRS
from data.duinstad.groups import group_scans, group_truth, refused_scan, scan_files
from data.duinstad.shops import Shops, make_shops
from data.duinstad.supervision import (
    Supervision,
    camera_truth,
    make_supervision,
    supervision_ledger,
)
from data.duinstad.themes import STREAMS
from data.duinstad.truths import as_records, planted_truths

DEFAULT_SEED = 20260101
FOLDER = Path(__file__).parents[2] / "build" / "duinstad"
"""Where `make demo` and the notebooks keep the files of the demo city."""
MARK = "duinstad.json"
SOURCES = {"politie.toml": "politie Duinstad", "meldpunt.toml": "meldpunt gemeente Duinstad"}
"""Mappings that name the source; all columns are recognised without help."""
POLICY = """# Beleid van Duinstad: wat hier niet staat, houdt zijn standaardwaarde.
[hotspots]
layers = ["clusters", "scan", "near_repeat", "support"]

[cameras]
least_demand = 9
gap = 0.0

[cameras.themes]
assault = 1
threat = 1
street_robbery = 1
vandalism = 0.5
drugs_nuisance = 0.5
nightlife_nuisance = 0.5
youth_nuisance = 0.5
alcohol_nuisance = 0.5

[cameras.types.ptz]

[cameras.types.sector]
view_deg = 90

[designations.kinds.camera_area]
by_law = "art. 2:77 APV Duinstad"
most_months = 36

[designations.kinds.alcohol_ban]
by_law = "art. 2:48 APV Duinstad"
most_months = 60

[designations.kinds.soft_drug_ban]
by_law = "art. 2:74a APV Duinstad"

[designations.kinds.begging_ban]
by_law = "art. 2:65 APV Duinstad"

[designations.kinds.emergency_area]
by_law = "art. 2:78 APV Duinstad"
"""
Step = Callable[[str], object]


def version() -> str:
    """Return the hash of the generator's own source."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def is_current(folder: Path, seed: int) -> bool:
    """Tell whether a folder already holds this seed, written by this version."""
    mark = _read_mark(folder)
    written = mark.pop("files", [])
    return mark == _mark(seed) and all((folder / name).is_file() for name in written)


def demo_files() -> Path:
    """Return the folder with the files of the demo city, and write them where they are not."""
    if not is_current(FOLDER, DEFAULT_SEED):
        write_city(FOLDER, DEFAULT_SEED)
    return FOLDER


def _mark(seed: int) -> dict[str, object]:
    return {"seed": seed, "version": version()}


def _read_mark(folder: Path) -> dict[str, Any]:
    """Return what an earlier run left: its seed, its version and the files it wrote."""
    mark = folder / MARK
    return json.loads(mark.read_text("utf-8")) if mark.is_file() else {}


def _swap(staging: Path, folder: Path, seed: int) -> None:
    """Put a finished city in the place of an older one; other files in the folder stay.

    The mark goes first and comes last, so that half a city never counts as one.
    """
    older = _read_mark(folder).get("files", [])
    (folder / MARK).unlink(missing_ok=True)
    for name in older:
        (folder / name).unlink(missing_ok=True)
    names = sorted(path.name for path in staging.iterdir())
    for name in names:
        (staging / name).replace(folder / name)
    _write_json(folder / MARK, {**_mark(seed), "files": names})


def write_city(folder: Path, seed: int, *, step: Step = lambda _name: None) -> City:
    """Build the city and write every file of it.

    Parameters
    ----------
    folder
        Where the files go; made when it is not there.
    seed
        Seed of the city.
    step
        Called with the Dutch name of each stage before it starts.

    Returns
    -------
        The city, as it is in memory.
    """
    city = build_city(seed, step=step)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".duinstad-") as name:
        staging = Path(name)
        step("camera's")
        supervision = make_supervision(city)
        bans, shops = make_bans(city), make_shops(city)
        step("kaarten schrijven")
        _write_maps(staging, city, supervision)
        _write_bans(staging, bans, shops)
        step("aantallen schrijven")
        _write_counts(staging, city)
        step("incidenten schrijven")
        deliveries = soil(city, seed)
        _write_incidents(staging, city, deliveries.files)
        step("groepen en gebeurtenissen schrijven")
        _write_groups(staging, city)
        _write_csv(event_calendar(city, planted_truths(city)), staging / "evenementen.csv")
        for name, source in SOURCES.items():
            (staging / name).write_text(f'source = "{source}"\n', "utf-8")
        (staging / "beleid.toml").write_text(POLICY, "utf-8")
        truths = truth_file(city, deliveries, supervision) | {"bans": ban_truth(bans, shops)}
        _write_json(staging / "waarheden.json", truths)
        _swap(staging, folder, seed)
    return city


def truth_file(city: City, deliveries: Deliveries, supervision: Supervision) -> dict[str, object]:
    """Return what ``waarheden.json`` holds: truths with answers, and the dirt counted."""
    planted = planted_truths(city)
    expected = expected_answers(city, planted)
    truths = sorted([*planted, stack_truth(city, deliveries)], key=lambda truth: truth.number)
    return {
        "seed": city.seed,
        "note": "Duinstad bestaat niet. Alle namen en cijfers zijn verzonnen.",
        "crs": CRS,
        "missing_months_in_counts": ["{}-{:02d}".format(*extracts.MISSING_MONTH)],
        "truths": [
            {**record, "expected": expected.get(truth.key, {})}
            for truth, record in zip(truths, as_records(truths), strict=True)
        ],
        "groups": group_truth(city, group_scans(city)),
        "cameras": camera_truth(city, supervision),
        "dirt": {**dirt_ledger(deliveries), **supervision_ledger(supervision)},
    }


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _write_layer(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write one GeoPackage layer with a fixed date, so that equal data gives equal bytes."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    try:
        pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_maps(folder: Path, city: City, supervision: Supervision) -> None:
    path = folder / "gebieden.gpkg"
    for layer, frame in extracts.area_layers(city).items():
        _write_layer(frame, path, layer)
    extracts.address_points(city).to_parquet(folder / "adressen.parquet", index=False)
    for name, frame in (
        ("straten", surroundings.street_lines(city)),
        ("gebouwen", supervision.houses),
        ("openbare_ruimte", surroundings.public_space(city)),
        ("palen", supervision.sites.drop(columns="dirt")),
        ("cameras", supervision.cameras),
        ("cameragebieden", supervision.areas),
        ("cameragebied_verlopen", supervision.ended),
        ("bebouwde_kom", extracts.built_up(city)),
    ):
        _write_layer(frame, folder / f"{name}.gpkg", name)


def _write_bans(folder: Path, bans: Bans, shops: Shops) -> None:
    for name, frame in (
        ("gebiedsverboden", bans.areas),
        ("coffeeshops", shops.shops),
        ("scholen", shops.schools),
    ):
        _write_layer(frame, folder / f"{name}.gpkg", name)
    _write_csv(bans.steps, folder / "tijdlijn_maatregelen.csv")


def _write_counts(folder: Path, city: City) -> None:
    buurten = extracts.monthly_counts(city, service_areas=False)
    text = buurten.to_csv(index=False, lineterminator="\n").encode("utf-8")
    target = folder / "aantallen_per_buurt_maand.csv.gz"
    target.write_bytes(gzip.compress(text, compresslevel=6, mtime=0))
    _write_csv(
        extracts.monthly_counts(city, service_areas=True),
        folder / "aantallen_per_verzorgingsgebied_maand.csv",
    )
    for name, police in (("categorieen.csv", True), ("categorieen_meldingen.csv", False)):
        _write_csv(extracts.category_table(police=police), folder / name)


def _write_groups(folder: Path, city: City) -> None:
    for name, rows in scan_files(group_scans(city)).items():
        _write_layer(rows, folder / f"{name}.gpkg", name)
    _write_csv(refused_scan(), folder / "groepsscan_fout.csv")


def _write_csv(frame: pd.DataFrame, path: Path, *, sep: str = ",", encoding: str = "utf-8") -> None:
    frame.to_csv(path, index=False, sep=sep, encoding=encoding, lineterminator="\r\n")


def _write_incidents(folder: Path, city: City, files: tuple[Delivery, ...]) -> None:
    for file in files:
        extract = extracts.police_extract(file.rows)
        _write_csv(extract, folder / file.name, sep=";", encoding="cp1252")
    police = city.incidents["stream"].map(lambda name: STREAMS[name].police)
    reports = city.incidents[~police]
    for year, rows in reports.groupby(reports["begin"].dt.year):
        numbers = [f"M{year}-{n:05d}" for n in range(1, len(rows) + 1)]
        table = extracts.municipal_extract(rows.assign(number=numbers), city)
        _write_csv(table, folder / f"meldingen_{year}.csv")
