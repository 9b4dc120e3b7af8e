"""A backtest as one plain document: what the command prints."""

from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from hotspots.months import month_name
from hotspots.schemas import StudyAreaOrigin

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.analysis.backtest import Backtest, Choice
    from hotspots.analysis.concentration import Concentration


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figures(_Part):
    """What a method caught: `n` of `N` incidents on `a` of `A` km2; not a number is null.

    `n_best` is what the best flags would have held; `gain` is the hit rate less the plain
    count's. See :mod:`hotspots.analysis.accuracy` for the other measures.
    """

    hit_rate: float
    pai: float
    pei: float
    rri: float
    gain: float
    n: int
    N: int
    n_best: float
    a: float
    A: float


class Measured(Figures):
    """The same over the whole reported period, with 95% intervals."""

    parameters: dict[str, float]
    hit_rate_low: float
    hit_rate_high: float
    pai_low: float
    pai_high: float
    pei_low: float
    pei_high: float
    rri_low: float
    rri_high: float
    gain_low: float
    gain_high: float


class Window(_Part):
    """What the flags made at the end of the month `origin` caught until they were renewed."""

    origin: str
    methods: dict[str, Figures]


class Candidate(_Part):
    """A method with its parameters, and its incidents in flagged cells on earlier months."""

    method: str
    parameters: dict[str, float]
    n: int


class Selection(_Part):
    """The earlier origins on which methods were chosen; none where there were too few months."""

    origins: list[str]
    incidents: int
    candidates: list[Candidate]


class Tested(_Part):
    """Flags that are renewed every so many months, per method; the plain count comes first."""

    months_ahead: int
    chosen: str
    methods: dict[str, Measured]
    origins: list[Window]
    selection: Selection


class Sentence(_Part):
    """The figures of the one sentence on the page, for flags that stay as they are.

    `year` and the year after are given where the flags are of the end of a calendar year and
    tested on months of the next one.
    """

    year: int | None
    flagged_at: str
    method: str
    area_share: float
    hit_share: float
    count_share: float


class TopCells(_Part):
    """The share of the incidents in a share of the cells, and what chance alone would give."""

    cells: float
    incidents: float
    by_chance: float


class Concentrated(_Part):
    """How unevenly the incidents of the reported period lie over cells."""

    n_cells: int
    n_incidents: int
    gini: float
    generalised_gini: float
    top: list[TopCells]
    lorenz: list[tuple[float, float]]


class BacktestDocument(_Part):
    """What is printed: flags renewed monthly, the same flags kept all along, and concentration."""

    theme: str
    period: tuple[str, str]
    train_period: tuple[str, str]
    missing_months: list[str]
    sources: list[str]
    deliveries: list[str]
    cut_off: date
    demo: bool
    seed: int
    study_area: StudyAreaOrigin
    study_area_km2: float
    cell_size_m: float
    cells: int
    area_km2: float
    incidents: int
    outside: int
    chosen: str
    methods: dict[str, Measured]
    origins: list[Window]
    selection: Selection
    standing: Tested
    sentence: Sentence
    concentration: Concentrated


def tested(found: "Backtest", *, months_ahead: int) -> Tested:
    """Return what was found for flags that are renewed every so many months."""
    parameters = {each.name: dict(each.parameters) for each in found.choice.methods}
    return Tested(
        months_ahead=months_ahead,
        chosen=found.choice.name,
        methods={
            str(name): Measured.model_validate({**row, "parameters": parameters[str(name)]})
            for name, row in found.table.to_dict("index").items()
        },
        origins=_windows(found.by_origin),
        selection=_selection(found.choice),
    )


def _windows(by_origin: "pd.DataFrame") -> list[Window]:
    found: dict[int, dict[str, Figures]] = {}
    for row in by_origin.reset_index().to_dict("records"):
        origin, method = row.pop("origin"), row.pop("method")
        found.setdefault(origin, {})[method] = Figures.model_validate(row)
    return [Window(origin=month_name(each), methods=rows) for each, rows in found.items()]


def _selection(choice: "Choice") -> Selection:
    return Selection(
        origins=[month_name(int(each)) for each in choice.origins],
        incidents=choice.incidents,
        candidates=[
            Candidate(method=each.name, parameters=dict(each.parameters), n=n)
            for each, n in choice.hits
        ],
    )


def concentrated(found: "Concentration") -> Concentrated:
    """Return the concentration as plain numbers."""
    return Concentrated(
        n_cells=found.n_cells,
        n_incidents=found.n_incidents,
        gini=found.gini,
        generalised_gini=found.generalised_gini,
        top=[
            TopCells(cells=each.cells, incidents=each.incidents, by_chance=each.by_chance)
            for each in found.top
        ],
        lorenz=[(float(cells), float(incidents)) for cells, incidents in found.lorenz],
    )
