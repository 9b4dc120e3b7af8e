"""The five-year rule: how safe the districts became in which fixed cameras stand."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.months import last_whole_month, month_number, month_numbers
from hotspots.pipeline.cameras.designated import Designated
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.incidents import held_months, incidents_of
from hotspots.policy import Policy

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

YEAR = 12
_YEARS = 6


@dataclass(frozen=True)
class Registered:
    """All incidents of the safety figures: where and when, in public space or not.

    Parameters
    ----------
    themes
        Themes that were delivered.
    district
        Number of the district of each incident; not a number outside all.
    year
        Calendar year of each incident.
    complete
        Years of which every month was delivered of every theme, in order.
    """

    themes: tuple[str, ...]
    district: "npt.NDArray[np.float64]"
    year: "npt.NDArray[np.int64]"
    complete: "npt.NDArray[np.int64]"


def registered(
    current: Current, policy: Policy, districts: Designated, *, until: date
) -> Registered:
    """Return the incidents by which the districts are judged, of the themes that were delivered."""
    import numpy as np
    import pandas as pd

    themes = policy.cameras.safety_themes
    held = {theme: held_months(current, policy, theme, until) for theme in themes}
    held = {theme: months for theme, months in held.items() if months}
    common = set.intersection(*map(set, held.values())) if held else set()
    months = np.array(sorted(map(month_number, common)), dtype=np.int64)
    years, times = np.unique(months // YEAR, return_counts=True)
    rows = pd.concat(
        [incidents_of(current, theme, each) for theme, each in held.items()]
        or [incidents_of(current, "", {})]
    )
    place = districts.number_of(*(rows[axis].to_numpy(np.float64) for axis in "xy"))
    at = month_numbers(rows["month"])
    return Registered(tuple(held), place.to_numpy(np.float64), at // YEAR, years[times == YEAR])


def fixed_table(
    cameras: "pd.DataFrame", found: Registered, districts: Designated, until: date
) -> "pd.DataFrame":
    """Return the five-year rule per stadsdeel in which fixed cameras stand.

    The six years end with the last that was delivered in full, before the cut-off date.

    Parameters
    ----------
    cameras
        All cameras: `camera_class`, whether it `stands`, `x` and `y`.
    found
        The incidents of the safety figures.
    districts
        The stadsdelen.
    until
        Cut-off date.
    """
    import numpy as np
    import pandas as pd

    from hotspots.planning.review import five_years

    fixed = cameras[cameras["stands"] & (cameras["camera_class"] == "fixed")]
    home = districts.number_of(*(fixed[axis].to_numpy(np.float64) for axis in "xy"))
    last = (last_whole_month(until) + 1) // YEAR - 1
    complete = found.complete[found.complete <= last]
    last = int(complete.max()) if len(complete) else last
    years = np.arange(last - _YEARS + 1, last + 1)
    rows = []
    for district, n_cameras in home.value_counts().sort_index().items():
        inside = found.year[found.district == district]
        counts = np.array([np.count_nonzero(inside == year) for year in years], dtype=np.float64)
        area = districts.areas[int(float(str(district)))]
        rows.append(
            {
                "area_code": area.code,
                "area_name": area.name,
                "cameras": n_cameras,
                "first_year": int(years[0]),
                "last_year": int(years[-1]),
                **five_years(np.where(np.isin(years, complete), counts, np.nan)),
            }
        )
    return pd.DataFrame(rows)
