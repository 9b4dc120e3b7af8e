"""What the zones of youth groups add to the places of the composite: confidential.

For who holds the workspace and may see the group scan; no page and no export shows any of it.
"""

import geopandas as gpd

from hotspots.outputs.locating import places_of
from hotspots.outputs.tables import RunTables, Shown, plain_records

GROUPS_RESULT = "groups_layer"


class ZonedPlace(Shown):
    """A place of the composite, without and with the zones as one more layer.

    Values are in times the city's average; the zones make `zones_add` of `value_with_zones`.
    """

    place_id: str
    areas: list[str]
    rank: int
    rank_with_zones: int
    value: float
    value_with_zones: float
    zones_add: float


def zoned_places_of(run: RunTables) -> list[ZonedPlace]:
    """Return the places of a run, those to which the zones add most first.

    Parameters
    ----------
    run
        A finished run; without the layer of the zones it has no such places.
    """
    if GROUPS_RESULT not in run.record.results:
        return []
    public = gpd.GeoDataFrame(run.table("composite"))
    zoned = run.table(GROUPS_RESULT).set_index("place_id").add_suffix("_with_zones")
    table = public.join(zoned, on="place_id")
    table["zones_add"] = table["share_with_zones"] * table["value_with_zones"]
    ordered = table.sort_values(["zones_add", "rank"], ascending=[False, True], kind="stable")
    return [
        ZonedPlace.model_validate({**row, "areas": names})
        for row, (names, _) in zip(plain_records(ordered), places_of(run, ordered), strict=True)
    ]
