"""Youth groups, as a scan found them."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import code, geometry, one_of, table, text
from hotspots.schemas import Grading, LeadBody

if TYPE_CHECKING:
    import pandera.pandas as pa


def groups_schema() -> "pa.DataFrameSchema":
    """Youth groups: one row per `round` (``YYYY-H1``, ``YYYY-H2``) and `group_id`; confidential.

    Columns: `round`, `group_id` and `network` (pseudonymous codes; a group may have no network),
    `label` and `confidence` (see :data:`Grading`; the second may be missing), `themes` (joined by
    spaces), `lead_body` (see :data:`LeadBody`) and `geometry` (coarse zone in the workspace's
    metric CRS, missing for a group without a fixed place).
    """
    import pandera.pandas as pa

    return table(
        {
            "round": pa.Column(str, pa.Check.str_matches(r"^\d{4}-H[12]$")),
            "group_id": code(20),
            "network": code(20, missing=True),
            "label": one_of(get_args(Grading)),
            "confidence": one_of(get_args(Grading), missing=True),
            "themes": text(),
            "lead_body": one_of(get_args(LeadBody)),
            "geometry": geometry(missing=True),
        },
        unique=["round", "group_id"],
        coerce=False,
    )
