"""How a cell relates to its neighbours: hotspot, cold spot, or an outlier among them."""

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control


def local_moran(tested: pd.DataFrame) -> pd.DataFrame:
    """Return the Local Moran of each cell that was tested with Gi*, with an exact p-value.

    With the own count held, the statistic rises or falls with the neighbours' count alone. Its
    conditional permutation test is therefore the one of Gi* once more: Local Moran is no
    independent witness to a hotspot, and must not be counted as a second method that agrees. What
    it adds is the cell's own count: a quiet cell beside a hotspot is told from the hotspot.

    The p-value is twice that of Gi* on the side of the quadrant (hot where the neighbours are
    high), at most 1: the side is read from the same counts, so that the one-sided p-value would
    raise twice as many false alarms as it says.

    Parameters
    ----------
    tested
        Per study cell, as :func:`~hotspots.analysis.significance.gi_star` returns it: `count`,
        `neighbours`, `neighbour_count`, `p_hot` and `p_cold`.

    Returns
    -------
    pandas.DataFrame
        On the same index: `local_moran_i` (neighbours weigh 1 each; 0 without neighbours, and
        where nothing varies), `quadrant` (of :mod:`hotspots.results.codes`; what equals the
        mean is low), `p_value`, and `q_value`, which controls the share of false discoveries over
        all cells.

    References
    ----------
    Anselin (1995), equation 12, scaled by n - 1; Benjamini and Hochberg (1995).
    """
    count, neighbours, neighbour_count = (
        tested[name].to_numpy(np.int64) for name in ("count", "neighbours", "neighbour_count")
    )
    n, total = len(tested), int(count.sum())
    # Whole numbers, n times the deviation from the mean: what equals the mean is exactly 0.
    own, around = n * count - total, n * neighbour_count - neighbours * total
    spread = float(count.var()) * n**3 / max(n - 1, 1) if n else 0.0
    high, among_high = own > 0, around > 0
    p_value = np.minimum(2 * np.where(among_high, tested["p_hot"], tested["p_cold"]), 1.0)
    return pd.DataFrame(
        {
            "local_moran_i": own.astype(np.float64) * around / spread if spread else np.zeros(n),
            "quadrant": np.select(
                [high & among_high, high, among_high],
                ["high_high", "high_low", "low_high"],
                "low_low",
            ),
            "p_value": p_value,
            "q_value": false_discovery_control(p_value) if n else p_value,
        },
        index=tested.index,
    )
