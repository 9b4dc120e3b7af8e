"""Youth groups from round to round: labels, what changed, networks. Groups, never persons.

All of it is confidential: it serves those who may see the group scan, and no public result.
"""

from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.schemas import Grading

Change = Literal["new", "gone", "label_up", "label_down", "same"]
"""What became of a group since the round before."""

ZoneChange = Literal["zone_new", "zone_lost", "zone_moved", "zone_same"]
"""What became of the zone of a group that is in both rounds; missing where neither has one."""

GRADINGS: tuple[Grading, ...] = get_args(Grading)
"""Labels, the lowest first."""

_SAME_PLACE = 0.5


def round_before(groups: pd.DataFrame, of: str) -> str | None:
    """Return the last round that was delivered before a round, if there is one."""
    return max((each for each in groups["round"].unique() if each < of), default=None)


def changes(groups: gpd.GeoDataFrame, *, now: str, before: str | None) -> pd.DataFrame:
    """Tell what became of every group that is in one of two rounds.

    Parameters
    ----------
    groups
        All rounds, as :func:`hotspots.schemas.groups_schema` says.
    now, before
        The rounds to compare (``YYYY-H1``, ``YYYY-H2``); without one before, nothing can be told.

    Returns
    -------
    pandas.DataFrame
        `label`, `label_before`, `change` (:data:`Change`) and `zone_change` (:data:`ZoneChange`)
        by `group_id`; missing where it cannot be told.
    """
    current = groups[groups["round"] == now].set_index("group_id")
    earlier = groups[groups["round"] == before].set_index("group_id")
    index = current.index.union(earlier.index)
    label, was = current["label"].reindex(index), earlier["label"].reindex(index)
    step = label.map(GRADINGS.index, na_action="ignore").astype("float64")
    step = step - was.map(GRADINGS.index, na_action="ignore").astype("float64")
    change = pd.Series("same", index=index, dtype="str")
    change = change.mask(step > 0, "label_up").mask(step < 0, "label_down")
    change = change.mask(was.isna(), "new").mask(label.isna(), "gone")
    if before is None:
        change = pd.Series(None, index=index, dtype="str")
    return pd.DataFrame(
        {
            "label": label,
            "label_before": was,
            "change": change,
            "zone_change": _zone_changes(current.geometry, earlier.geometry).reindex(index),
        }
    ).astype("str")


def _zone_changes(now: gpd.GeoSeries, before: gpd.GeoSeries) -> pd.Series:
    """Compare zones of groups in both rounds; those that mostly overlap were not moved."""
    both = now.index.intersection(before.index)
    zone, was = (np.asarray(each.reindex(both), dtype=object) for each in (now, before))
    drawn, had = ~shapely.is_missing(zone), ~shapely.is_missing(was)
    shared = shapely.area(shapely.intersection(zone, was))
    moved = shared < _SAME_PLACE * np.minimum(shapely.area(zone), shapely.area(was))
    found = pd.Series("zone_same", index=both, dtype="str").where(drawn | had)
    found = found.mask(drawn & had & moved, "zone_moved").mask(had & ~drawn, "zone_lost")
    return found.mask(drawn & ~had, "zone_new")


def label_counts(groups: pd.DataFrame) -> pd.DataFrame:
    """Count the groups per label and round; subgroups of a network count, each.

    Parameters
    ----------
    groups
        All rounds, as :func:`hotspots.schemas.groups_schema` says.

    Returns
    -------
    pandas.DataFrame
        Number of groups, shape (labels, rounds), the highest label first.
    """
    table = groups.groupby(["label", "round"]).size().unstack("round", fill_value=0)
    return table.reindex(GRADINGS[::-1], fill_value=0).sort_index(axis=1)


def networks(groups: pd.DataFrame, *, of: str) -> pd.DataFrame:
    """List the networks of a round with their subgroups.

    Parameters
    ----------
    groups
        All rounds, as :func:`hotspots.schemas.groups_schema` says.
    of
        The round.

    Returns
    -------
    pandas.DataFrame
        `subgroups` (codes joined by spaces) and their number `count`, by `network`.
    """
    rows = groups[(groups["round"] == of) & groups["network"].notna()].sort_values("group_id")
    codes = rows.groupby("network")["group_id"]
    return pd.DataFrame({"subgroups": codes.agg(" ".join), "count": codes.size()})


def current_zones(groups: gpd.GeoDataFrame, *, at: str, rounds_valid: int) -> gpd.GeoDataFrame:
    """Return the zones that have not expired, of groups that still exist.

    A group exists when it is in the newest round. Its zone is that of the newest valid round
    that has one. Rounds later than `at` are not looked at, and a scan is not valid for ever: a
    zone expires `rounds_valid` half years after its own.

    Parameters
    ----------
    groups
        All rounds, as :func:`hotspots.schemas.groups_schema` says.
    at
        The half year in which the zones are asked for (``YYYY-H1``, ``YYYY-H2``).
    rounds_valid
        Number of newest rounds whose zones are current.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per group with a zone, its label being the newest; columns as `groups`.
    """
    known = groups[groups["round"] <= at]
    newest = sorted(known["round"].unique())[-rounds_valid:]
    valid = [each for each in newest if _number(at) - _number(each) <= rounds_valid]
    existing = known[known["round"] == newest[-1]] if newest else known
    labels = existing.set_index("group_id")["label"]
    zones = known[known["round"].isin(valid) & known.geometry.notna()]
    zones = zones[zones["group_id"].isin(labels.index)].sort_values("round")
    zones = zones.drop_duplicates("group_id", keep="last").sort_values("group_id")
    zones = zones.assign(label=zones["group_id"].map(labels).astype("str"))
    return gpd.GeoDataFrame(zones.reset_index(drop=True), crs=groups.crs)


def _number(of: str) -> int:
    """Return how many half years a round is from the year 0."""
    return 2 * int(of[:4]) + int(of[-1]) - 1


def scan_table(groups: gpd.GeoDataFrame, *, now: str) -> pd.DataFrame:
    """Return a round as those who may see it read it, beside the round before: no places.

    Parameters
    ----------
    groups
        All rounds, as :func:`hotspots.schemas.groups_schema` says.
    now
        The round to show.

    Returns
    -------
    pandas.DataFrame
        `group_id`, `label`, `label_before`, `change`, `zone_change`, `history` (round and label,
        joined by commas), `network`, `lead_body`, `themes`, `confidence` and `has_zone`; the
        highest label first, and at the end what is gone since the round before.
    """
    rows = changes(groups, now=now, before=round_before(groups, now))
    known = groups[groups["round"] <= now].sort_values("round")
    histories = (known["round"] + " " + known["label"]).groupby(known["group_id"]).agg(", ".join)
    # What is gone keeps the network and the themes that it had.
    newest = known.drop_duplicates("group_id", keep="last").set_index("group_id")
    has_zone = newest.index[(newest["round"] == now) & newest.geometry.notna()]
    table = rows.assign(
        history=histories.reindex(rows.index),
        **{
            name: newest[name].reindex(rows.index)
            for name in ("network", "lead_body", "themes", "confidence")
        },
        has_zone=rows.index.isin(has_zone),
    )
    order = rows["label"].map(GRADINGS.index, na_action="ignore").astype("float64").fillna(-1)
    table = table.assign(_order=-order).rename_axis("group_id").reset_index()
    return table.sort_values(["_order", "group_id"]).drop(columns="_order").reset_index(drop=True)
