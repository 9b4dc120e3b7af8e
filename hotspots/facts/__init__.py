"""What each delivered table holds: the columns of the facts of every kind.

Frames are validated with pandera when they enter the store and when they leave it, so that every
room can rely on them. A value that is not known is missing, never zero.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hotspots.facts.cameras import cameras_schema, sites_schema
from hotspots.facts.groups import groups_schema
from hotspots.facts.incidents import counts_schema, events_schema, incidents_schema
from hotspots.facts.places import areas_schema, built_up_schema, dwellings_schema
from hotspots.facts.surroundings import (
    buildings_schema,
    heights_schema,
    public_space_schema,
    streets_schema,
)
from hotspots.schemas import Kind

if TYPE_CHECKING:
    import pandera.pandas as pa

FACTS: "dict[Kind, Callable[[], pa.DataFrameSchema]]" = {
    "areas": areas_schema,
    "counts": counts_schema,
    "incidents": incidents_schema,
    "dwellings": dwellings_schema,
    "built-up": built_up_schema,
    "groups": groups_schema,
    "events": events_schema,
    "sites": sites_schema,
    "cameras": cameras_schema,
    "buildings": buildings_schema,
    "heights": heights_schema,
    "public-space": public_space_schema,
    "streets": streets_schema,
}
"""The kinds of delivery, each with its schema."""
