"""What a result of a run rests on: the months looked at, and the incidents left out."""

from hotspots.outputs.tables import RunTables, Shown, plain_records
from hotspots.records import RunRecord
from hotspots.results.codes import Part, Resting


class Basis(Shown):
    """What a result rests on; see :func:`hotspots.results.basis.basis_schema`.

    How many incidents there were, and how many of them were left out, is missing in runs of old,
    and where the result does not ask for it.
    """

    first_month: str
    last_month: str
    missing_months: list[str]
    sources: list[str]
    incidents: int | None = None
    outside: int | None = None
    stacked: int | None = None
    undated: int | None = None
    without_dwellings: int | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether any of the months was delivered; a run of old does not tell."""
        return self.incidents is None or bool(self.sources)

    @property
    def dated(self) -> int | None:
        """Incidents that were looked at because their day is known; a run of old does not tell."""
        if self.incidents is None:
            return None
        return self.incidents - (self.stacked or 0) - (self.undated or 0)

    @property
    def tells_days(self) -> bool:
        """Whether the days are known well enough to say that something was not there."""
        return self.is_delivered and (self.dated is None or self.dated >= (self.undated or 0))


def basis_of(
    run: RunTables, result: Resting, theme: str, period: tuple[str, str], *, part: Part = "now"
) -> Basis:
    """Return what a result rests on.

    Parameters
    ----------
    period
        First and last month (``YYYY-MM``). Of a run of old, which does not tell, its searches
        say which of these months were not delivered.
    """
    found = (
        basis
        for basis in bases_of(run, result, theme, part=part)
        if (basis.first_month, basis.last_month) == period
    )
    return next(found, None) or _of_old(run.record, theme, period)


def bases_of(run: RunTables, result: Resting, theme: str, *, part: Part = "now") -> list[Basis]:
    """Return what a result rests on in every period that it was made for; none of a run of old."""
    if "basis" not in run.record.results:
        return []
    table = run.table("basis")
    same = {"result": result, "theme": theme, "part": part}
    rows = table[(table[list(same)] == list(same.values())).all(axis=1)]
    return [_basis(row) for row in plain_records(rows)]


def _basis(row: dict[str, object]) -> Basis:
    sources = [each for each in str(row["sources"]).split("; ") if each]
    missing = str(row["missing_months"]).split()
    return Basis.model_validate({**row, "missing_months": missing, "sources": sources})


def _of_old(record: RunRecord, theme: str, period: tuple[str, str]) -> Basis:
    searches = [search for search in record.searches if search.theme == theme]
    missing = {month for search in searches for month in search.missing_months}
    return Basis(
        first_month=period[0],
        last_month=period[1],
        missing_months=sorted(month for month in missing if period[0] <= month <= period[1]),
        sources=sorted({source for search in searches for source in search.sources}),
    )
