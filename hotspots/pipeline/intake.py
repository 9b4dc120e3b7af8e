"""Taking a file in: which room reads what, and whether the file was taken in before."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from hotspots import __version__
from hotspots.pipeline.deliveries import Current, deliver
from hotspots.policy import Policy
from hotspots.records import ATTENTION, Delivery
from hotspots.schemas import Kind, Level
from hotspots.store import facts
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    from hotspots.ingest.result import Ingested

_NEEDS: dict[Kind, tuple[str, ...]] = {
    "areas": ("level", "crs"),
    "counts": ("categories", "level"),
    "incidents": ("categories", "crs", "area", "points"),
    "dwellings": ("crs", "area", "points"),
    "built-up": ("crs",),
    "groups": ("categories", "themes", "crs", "area", "points", "groups"),
    "events": ("level", "areas"),
    "sites": ("crs", "area", "points"),
    "cameras": ("crs", "area", "points"),
    "buildings": ("crs",),
    "heights": ("ground", "crs", "area"),
    "public-space": ("crs",),
    "streets": ("crs",),
}
"""What decides how a file of a kind is taken in, beside its mapping and the limits."""


def take_in(
    workspace: Workspace,
    kind: Kind,
    file: Path,
    *,
    at: datetime,
    policy: Policy,
    mapping: Path | None = None,
    categories: Path | None = None,
    level: Level | None = None,
    ground: Path | None = None,
) -> tuple[Delivery, bool]:
    """Take a file in as a delivery of the given kind; return it, and whether it was new.

    A file that was taken in before, in the same way and for the same municipality, is not even
    read again.

    Parameters
    ----------
    at
        The clock, for the record only.
    policy
        Limits of a file, and how points are judged.
    mapping, categories
        Which column is which, and what the codes mean; guessed where absent.
    level
        Level of areas or counts; guessed where absent.
    ground
        Terrain model that goes with a surface model.

    Raises
    ------
    InputRefused
        With every problem at once.
    """
    from hotspots.ingest.categories import load_categories
    from hotspots.ingest.mapping import load_mapping

    current = Current(workspace)
    known = current.deliveries
    needs = _NEEDS[kind]
    told = {
        "mapping": load_mapping(mapping),
        "limits": policy.limits,
        "categories": None if categories is None else load_categories(categories),
        "level": level,
        "ground": ground,
        "crs": workspace.crs,
        "area": current.municipality() if "area" in needs else None,
        "areas": _area_codes(current) if "areas" in needs else {},
        "themes": frozenset(theme for each in known for theme in each.themes),
        "points": policy.points,
        "groups": policy.groups,
    }
    how = {name: told[name] for name in ("mapping", "limits", *needs)}
    request = _request(kind, file, how)
    for earlier in known:
        if request and earlier.request == request:
            return earlier, False
    found = _readers()[kind](file, **how)
    found.notes.extend(_fewer_groups(current, found) if kind == "groups" else ())
    return deliver(workspace, found, at=at, request=request)


def _area_codes(current: Current) -> dict[Level, tuple[str, ...]]:
    """Return the codes of the delivered areas per level, in order."""
    newest = facts.current_areas(current.deliveries)
    return {
        level: tuple(sorted(current.read(delivery)["area_code"]))
        for level, delivery in newest.items()
    }


def _fewer_groups(current: Current, found: "Ingested") -> Iterator[str]:
    """Yield the rounds of which a scan replaces what was delivered by fewer groups."""
    held = current.holding("groups")
    before = {} if held is None else held["round"].value_counts().to_dict()
    for name, n in found.facts["round"].value_counts().sort_index().items():
        if n < before.get(name, 0):
            yield (
                f"{ATTENTION} round {name} now has {n} groups, it had {before[name]}: what this "
                "file lacks is gone. Take the fuller file in again if that is not meant"
            )


def _readers() -> "dict[Kind, Callable[..., Ingested]]":
    """Return which function reads which kind."""
    from hotspots.ingest import (
        areas,
        buildings,
        cameras,
        counts,
        dwellings,
        events,
        groups,
        heights,
        incidents,
        public_space,
        sites,
    )

    return {
        "areas": areas.ingest_areas,
        "counts": counts.ingest_counts,
        "incidents": incidents.ingest_incidents,
        "dwellings": dwellings.ingest_dwellings,
        "built-up": dwellings.ingest_built_up,
        "groups": groups.ingest_groups,
        "events": events.ingest_events,
        "sites": sites.ingest_sites,
        "cameras": cameras.ingest_cameras,
        "buildings": buildings.ingest_buildings,
        "heights": heights.ingest_heights,
        "public-space": public_space.ingest_public_space,
        "streets": public_space.ingest_streets,
    }


def _request(kind: Kind, file: Path, how: Mapping[str, object]) -> str:
    """Return a hash of the file and of everything that decides how it is taken in."""
    from hotspots.ingest.readers import content_sha256

    files = [file, *(each for each in how.values() if isinstance(each, Path))]
    if not all(each.is_file() for each in files):
        return ""  # the reader says what is wrong with it
    contents = [content_sha256(each) for each in files]
    settings = [f"{name}={_text(value)}" for name, value in sorted(how.items())]
    parts = (__version__, kind, file.suffix, *contents, *settings)
    return sha256("|".join(parts).encode()).hexdigest()


def _text(value: object) -> str:
    """Return what decides as a text that is the same every time; of a file its hash counts."""
    from shapely.geometry.base import BaseGeometry

    match value:
        case BaseModel():
            return value.model_dump_json()
        case BaseGeometry():
            return str(value.wkb_hex)
        case frozenset():
            return " ".join(sorted(value))
        case Path():
            return value.suffix
    return repr(value)
