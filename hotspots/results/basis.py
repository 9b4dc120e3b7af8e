"""What a result rests on: the months that were looked at, and what could not be used."""

from typing import TYPE_CHECKING, get_args

from hotspots.columns import month, one_of, table, text, whole
from hotspots.results.codes import Part, Resting

if TYPE_CHECKING:
    import pandera.pandas as pa


def basis_schema() -> "pa.DataFrameSchema":
    """Result `basis`: what other results rest on, per theme and period.

    - `result` (its name), `theme`, `months` (length of the period) and `part` (:data:`.Part`).
    - `first_month` to `last_month`, of which `missing_months` were not delivered, or not as a
      whole (``YYYY-MM``, joined by spaces); `sources` of the others, joined by semicolons.
    - `incidents` that were delivered in the period; of these were left out `outside` of the
      study cells, `stacked` on locations that hold too many, `undated` of the rest because their
      day is not known, and `without_dwellings` in cells where nobody lives. Missing where the
      result does not ask for it.
    """
    return table(
        {
            "result": one_of(get_args(Resting)),
            "theme": text(),
            "months": whole(1),
            "part": one_of(get_args(Part)),
            "first_month": month(),
            "last_month": month(),
            "missing_months": text(),
            "sources": text(),
            "incidents": whole(),
            "outside": whole(missing=True),
            "stacked": whole(missing=True),
            "undated": whole(missing=True),
            "without_dwellings": whole(missing=True),
        },
        unique=["result", "theme", "months", "part"],
    )
