"""The frozen tables of a camera plan: sites, plan, hours, viewsheds and curve."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hotspots.pipeline.cameras.demand import Demand, Span
from hotspots.pipeline.cameras.sight import Scene
from hotspots.pipeline.cameras.siting import Case, Ground
from hotspots.pipeline.progress import Progress

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from scipy.sparse import csr_array

    from hotspots.planning.siting import Plan

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_COUNTED = ["incidents", "facades", "dwellings_in_view"]


def sites_table(ground: Ground, demand: Demand, span: Span, crs: str) -> "gpd.GeoDataFrame":
    """Return every site with what it sees of a period, and why it was left out."""
    import geopandas as gpd
    import numpy as np

    sites = ground.sites
    looked = sites["visible_m2"].notna()
    told = sites.rename(columns={"current": "is_current"}).assign(
        incidents=np.asarray(ground.covers @ demand.count_at_points(span)),
        demand=np.asarray(ground.covers @ demand.at_points(span)),
    )
    told[["incidents", "demand"]] = told[["incidents", "demand"]].where(looked)
    told[_COUNTED] = told[_COUNTED].round().astype("Int64")
    place = gpd.points_from_xy(told["x"], told["y"])
    return gpd.GeoDataFrame(told.reset_index(), geometry=place, crs=crs)


def plan_table(sites: "gpd.GeoDataFrame", case: Case, chosen: "Ints") -> "gpd.GeoDataFrame":
    """Return the chosen sites with their score cards, in order of rank.

    Parameters
    ----------
    sites
        Result of :func:`sites_table`.
    case
        The siting problem.
    chosen
        Positions of the chosen among the candidates.
    """
    from hotspots.planning.score_cards import score_cards

    cards = score_cards(case.siting, chosen)
    rows = sites.set_index("site_id").loc[cards.index]
    told = rows.join(cards).rename(columns={"alternative": "alternative_site_id"})
    told[_COUNTED] = told[_COUNTED].astype("int64")
    return told.rename_axis("site_id").reset_index()


def hours_table(ground: Ground, demand: Demand, span: Span, sites: "pd.Index") -> "pd.DataFrame":
    """Return when the incidents that sites see happen, where their hour is known."""
    import numpy as np
    import pandas as pd

    from hotspots.analysis.hours import hour_profile

    weighs = demand.per_year(span) > 0
    found = []
    for at in ground.sites.index.get_indexer(sites).tolist():
        rows = demand.rows_at(seen_by(ground.covers, at))
        found.append(rows[weighs[rows]])
    seen = demand.rows.iloc[np.concatenate(found)]
    profile = hour_profile(
        seen["start"].to_numpy("datetime64[s]"),
        seen["end"].to_numpy("datetime64[s]"),
        np.repeat(np.arange(len(found)), [len(each) for each in found]),
        n_groups=len(sites),
    )
    site, weekday, hour = np.nonzero(profile.weights)
    return pd.DataFrame(
        {
            "site_id": sites.to_numpy()[site],
            "weekday": weekday,
            "hour": hour,
            "weight": profile.weights[site, weekday, hour],
        }
    )


def seen_by(covers: "csr_array", row: int) -> "Ints":
    """Return the demand points of one row of a coverage matrix."""
    import numpy as np

    return np.asarray(covers.indices[covers.indptr[row] : covers.indptr[row + 1]], dtype=np.int64)


def viewsheds_table(
    ground: Ground,
    scene: Scene,
    demand: Demand,
    chosen: "pd.Index",
    alternatives: "pd.Index",
    crs: str,
    progress: Progress,
) -> "gpd.GeoDataFrame":
    """Return the public space that chosen and other sites and the cameras that stand see."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    stands = ground.cameras[ground.cameras["stands"] & ground.cameras["excluded"].isna()]
    roles = stands["camera_class"].replace("flexible", "current")
    proposed = ground.sites.loc[chosen.append(alternatives)]
    columns = ["x", "y", "mounting_height_m", "range_m", "azimuth_deg", "view_deg", "reach_m"]
    places = pd.concat([proposed[columns], stands[columns]], ignore_index=True)
    seen = scene.look(places, demand.xy[:0], outlines=True, progress=progress)
    told = pd.DataFrame(
        {
            "place_id": [*chosen, *alternatives, *stands["camera_id"]],
            "role": [
                *["proposed"] * len(chosen),
                *["alternative"] * len(alternatives),
                *roles,
            ],
            "visible_m2": seen.figures["visible_m2"].to_numpy(float),
            "unknown_m2": seen.figures["unknown_m2"].to_numpy(float),
        }
    )
    outlines = np.array(seen.outlines, dtype=object)
    outlines[shapely.is_empty(outlines)] = None
    return gpd.GeoDataFrame(told, geometry=gpd.GeoSeries(shapely.normalize(outlines), crs=crs))


def curve_table(plans: "Mapping[int, Plan]", bound: "Floats", total: float) -> "pd.DataFrame":
    """Return what plans of so many cameras reach, with the knee."""
    import numpy as np
    import pandas as pd

    from hotspots.planning.score_cards import knee_of

    numbers = list(plans)
    objective = np.array([each.objective for each in plans.values()])
    covered = np.array([each.covered for each in plans.values()])
    padded = np.interp(np.arange(1, numbers[-1] + 1), numbers, objective, left=objective[0])
    knee = max(knee_of(padded.tolist()), numbers[0])
    return pd.DataFrame(
        {
            "cameras": numbers,
            "objective": objective,
            "bound": bound,
            "covered_share": covered / total if total else 0.0,
            "is_knee": [each == knee for each in numbers],
        }
    )
