"""A town with counts per stadsdeel and year, frozen in a run, and an area measure in its register.

Small counts are planted; every figure that may be shown is in :data:`SHOWN`.
"""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
from shapely import box

from hotspots.columns import validated
from hotspots.decisions import designations
from hotspots.policy import Policy, policy_from
from hotspots.records import RunRecord
from hotspots.register import Designation
from hotspots.results.ranking import yearly_counts_schema
from hotspots.store.register.register import Register
from tests.decisions.files import by, camera_area
from tests.outputs import sample

POLICY: Policy = policy_from(
    {"designations": {"kinds": {"camera_area": {"by_law": "art. 2:77 APV Proefstad"}}}}
)
CITY = box(0, 0, 10_000, 10_000)
AREA = box(1000, 1000, 1400, 1400)
YEARS = (2023, 2024)

COUNTS: dict[str, dict[str, tuple[int | None, ...]]] = {
    "Zuid": {"assault": (217, 203), "street_robbery": (3, 0), "vandalism": (88, 91)},
    "Centrum": {"assault": (412, 398), "street_robbery": (31, 28), "vandalism": (4, 102)},
    "Noord": {"assault": (101, 97), "street_robbery": (12, 14), "vandalism": (None, 64)},
}
"""Incidents by stadsdeel, theme and year; nobody delivered vandalism in Noord in 2023."""


def yearly(
    counts: dict[str, dict[str, tuple[int | None, ...]]], years: tuple[int, ...]
) -> pd.DataFrame:
    """Return the result `yearly_counts` of a run."""
    rows = [
        {
            "theme": theme,
            "year": year,
            "level": "stadsdeel",
            "area_code": f"SD-{name}",
            "area_name": name,
            "parent_code": None,
            "parent_name": None,
            "count": values[at],
            "missing_months": "" if any(known) else f"{year}-12",
            "source": "politie",
        }
        for name, themes in counts.items()
        for theme, values in themes.items()
        for at, year in enumerate(years)
        for known in [[each[theme][at] is not None for each in counts.values()]]
    ]
    texts = ["parent_code", "parent_name"]
    frame = pd.DataFrame(rows).astype({"count": "Int64", **dict.fromkeys(texts, "str")})
    return validated(frame, yearly_counts_schema())


def results() -> dict[str, pd.DataFrame]:
    """Return the tables of a run with these counts beside those of the sample."""
    return {**sample.results(), "yearly_counts": yearly(COUNTS, YEARS)}


def record(
    run_id: str = "20241231-public", *, made: date = date(2025, 1, 20), policy: Policy = POLICY
) -> RunRecord:
    """Return the record of a run that was made on a day."""
    return sample.record().model_copy(
        update={
            "id": run_id,
            "until": date(made.year - 1, 12, 31),
            "created_at": datetime(made.year, made.month, made.day, 12, tzinfo=UTC),
            "policy": policy.model_dump(mode="json"),
            "results": {"yearly_counts": ""},
        }
    )


def in_force(register: Register, on: date, **given: object) -> Designation:
    """Decide on a camera area that has been in force for thirty days, for a year."""
    ago = timedelta(days=1)
    content = camera_area(
        start=on - 30 * ago,
        end=on + 335 * ago,
        evaluation_on=on + 150 * ago,
        package=[{"what": "Toezicht door handhavers", "start": on - 30 * ago}],
        lighter_measures=[
            {"what": "Extra verlichting", "start": on - 500 * ago, "result": "Geen daling."}
        ],
        consultation={"held_on": on - 70 * ago, "with_whom": "officier van justitie"},
        **given,
    )
    made = designations.draft(register, content, by(on - 90 * ago), POLICY, area=AREA)
    designations.ask_advice(register, made.id, "driehoek", by(on - 80 * ago))
    designations.decide(register, made.id, by(on - 60 * ago), POLICY, municipality=CITY)
    return designations.publish(
        register, made.id, "Gemeenteblad 2026, 123", by(on - 40 * ago), signs_on=on - 31 * ago
    )
