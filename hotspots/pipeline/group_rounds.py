"""The scan of youth groups in numbers: how many per label, and what changed; no group, no place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotspots.store.workspace import Workspace


@dataclass(frozen=True)
class GroupRound:
    """A round of the scan beside the round before.

    Parameters
    ----------
    round, before
        The newest round (``YYYY-H1``, ``YYYY-H2``), and the one before if there is one.
    labels
        Number of groups by label, now and in the round before; the highest label first.
    changes
        Number of groups by what became of them; empty without a round before.
    """

    round: str
    before: str | None
    labels: Mapping[str, tuple[int, int | None]]
    changes: Mapping[str, int]


def newest_round(workspace: "Workspace") -> GroupRound | None:
    """Return the newest round that was delivered; none where there is no scan."""
    import geopandas as gpd

    from hotspots.analysis.groups import changes, label_counts, round_before
    from hotspots.pipeline.deliveries import Current

    held = Current(workspace).holding("groups")
    if held is None or held.empty:
        return None
    rows = gpd.GeoDataFrame(held)
    now = str(rows["round"].max())
    before = round_before(rows, now)
    counts = label_counts(rows[rows["round"].isin([now, before])])
    became = changes(rows, now=now, before=before)["change"].dropna().value_counts()
    return GroupRound(
        round=now,
        before=before,
        labels={
            str(label): (int(row[now]), None if before is None else int(row[before]))
            for label, row in counts.iterrows()
        },
        changes={str(name): int(n) for name, n in became.items() if name != "same"},
    )
