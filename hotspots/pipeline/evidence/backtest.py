"""What last year's hotspots would have caught: asked of the data, or frozen with a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hotspots.errors import Problem, WorkspaceRefused
from hotspots.months import (
    last_day_of,
    last_whole_month,
    month_name,
    month_number,
    month_numbers,
)
from hotspots.pipeline.cores import one_core
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.backtest_document import (
    BacktestDocument,
    Sentence,
    Tested,
    concentrated,
    tested,
)
from hotspots.pipeline.evidence.ground import Ground, ground_of
from hotspots.pipeline.evidence.incidents import Ask
from hotspots.pipeline.progress import Progress
from hotspots.policy import Policy
from hotspots.records import Delivery
from hotspots.schemas import UNSCORED_THEMES
from hotspots.store import facts

if TYPE_CHECKING:
    from hotspots.analysis.backtest import Settings
    from hotspots.analysis.forecasts import Candidates
    from hotspots.analysis.spacetime import History

TEST_MONTHS = 12
"""Length of the reported period where no dates are asked for."""

_NARROWEST_CELLS = 4 / 3


@dataclass(frozen=True, slots=True)
class _Span:
    """Numbers of the last month before the reported period and of its last month."""

    train_until: int
    test_until: int

    @property
    def months(self) -> int:
        """Length of the reported period."""
        return self.test_until - self.train_until


@dataclass(frozen=True, slots=True)
class _Matter:
    """What is tested: the incidents by cell and month, and where they come from."""

    ask: Ask
    span: _Span
    ground: Ground
    history: "History"


@one_core()
def backtest(
    current: Current,
    policy: Policy,
    *,
    theme: str,
    train_until: date | None = None,
    test_until: date | None = None,
    ground: Ground | None = None,
    progress: Progress = lambda what, done, steps: None,
) -> BacktestDocument:
    """Test on delivered months what hotspots of earlier months would have caught.

    Parameters
    ----------
    current
        The deliveries that hold now.
    policy
        Section `backtest`, and sources, bandwidth, radius and seed.
    theme
        Theme of the incidents.
    ground
        Study area with cells of the size that the policy asks for a backtest; laid where absent.
    train_until, test_until
        Last day known to the first flags, and of the reported period; months that end later are
        left out. The last :data:`TEST_MONTHS` months up to the last delivered one by default.

    Raises
    ------
    PolicyRefused
        When the theme is never scored, or the area or the cells do not suit.
    WorkspaceRefused
        When there are no incidents, too few months, or the dates are in the wrong order.
    """
    from hotspots.analysis import backtest as analysis
    from hotspots.analysis.forecasts import methods_of

    progress("reading deliveries", 0, 0)
    settings = analysis.Settings(
        seed=policy.rates.seed, **policy.backtest.model_dump(include=_SETTINGS)
    )
    matter = _matter(current, policy, theme, (train_until, test_until), settings, ground)
    found = []
    for done, months_ahead in enumerate((1, matter.span.months)):
        progress(f"testing flags of {months_ahead} months", done, 2)
        found.append(
            analysis.backtest(
                matter.history,
                methods_of(_candidates(policy)),
                train_until=matter.span.train_until,
                test_until=matter.span.test_until,
                months_ahead=months_ahead,
                settings=settings,
            )
        )
    return _document(
        matter,
        rolling=tested(found[0], months_ahead=1),
        standing=tested(found[1], months_ahead=matter.span.months),
        settings=settings,
        demo=current.workspace.demo,
    )


_SETTINGS = {"area_km2", "selection_months", "least_months", "draws"}


def backtest_ground(current: Current, policy: Policy, asks: list[Ask]) -> Ground:
    """Return the study area with cells of the size that the policy asks for a backtest."""
    cells = {"cell_size_m": policy.backtest.cell_size_m}
    return ground_of(
        current,
        policy.model_copy(update={"hotspots": policy.hotspots.model_copy(update=cells)}),
        asks,
    )


def _matter(
    current: Current,
    policy: Policy,
    theme: str,
    dates: tuple[date | None, date | None],
    settings: "Settings",
    ground: Ground | None,
) -> _Matter:
    """Return what is tested, or say why it cannot be."""
    held = _delivered(current, policy, theme)
    span = _span_of(held, *dates, least_months=settings.least_months)
    by_month = {
        month: each for month, each in held.items() if month_number(month) <= span.test_until
    }
    period = (min(by_month), month_name(span.test_until))
    ask = Ask(theme, period, len(by_month), by_month)
    ground = ground or backtest_ground(current, policy, [ask])
    history = _history(current, ground, ask)
    if not history.counts[:, history.months > span.train_until].any():
        raise WorkspaceRefused(
            Problem(
                f"No incident of {theme} lies in the study area from "
                f"{month_name(span.train_until + 1)} to {period[1]}.",
                "Choose another period, or look at what ingest said of these points.",
            )
        )
    return _Matter(ask, span, ground, history)


def _document(
    matter: _Matter, *, rolling: Tested, standing: Tested, settings: "Settings", demo: bool
) -> BacktestDocument:
    from hotspots.analysis.concentration import concentration

    ask, span, history = matter.ask, matter.span, matter.history
    first, last = ask.period
    months = map(month_name, range(month_number(first), span.test_until + 1))
    deliveries = {each.id: each for each in ask.by_month.values()}.values()
    reported = history.counts[:, history.months > span.train_until]
    return BacktestDocument(
        theme=ask.theme,
        period=(month_name(span.train_until + 1), last),
        train_period=(first, month_name(span.train_until)),
        missing_months=[month for month in months if month not in ask.by_month],
        sources=sorted({each.source for each in deliveries}),
        deliveries=sorted(each.id for each in deliveries),
        cut_off=last_day_of(last),
        demo=demo,
        seed=settings.seed,
        study_area=matter.ground.origin,
        study_area_km2=history.grid.area_km2,
        cell_size_m=history.grid.cell_size_m,
        cells=len(history.counts),
        area_km2=settings.area_km2,
        incidents=int(history.counts.sum()),
        outside=history.n_outside,
        chosen=rolling.chosen,
        methods=rolling.methods,
        origins=rolling.origins,
        selection=rolling.selection,
        standing=standing,
        sentence=_sentence(standing, span),
        concentration=concentrated(concentration(reported.sum(axis=1))),
    )


def _delivered(current: Current, policy: Policy, theme: str) -> dict[str, Delivery]:
    """Return the delivery that holds per month of the theme's incidents."""
    held = facts.current_months(
        current.deliveries,
        kind="incidents",
        theme=theme,
        source=policy.sources.incidents.get(theme),
    )
    if held:
        return held
    themes = {
        name for each in current.deliveries if each.kind == "incidents" for name in each.themes
    } - UNSCORED_THEMES.keys()
    raise WorkspaceRefused(
        Problem(
            f"There are no incidents of {theme}.",
            f"Themes delivered as points: {', '.join(sorted(themes)) or 'none'}; take more in "
            "with: hotspots ingest incidents FILE.",
        )
    )


def _span_of(
    held: Mapping[str, Delivery],
    train_until: date | None,
    test_until: date | None,
    *,
    least_months: int,
) -> _Span:
    """Return the months that the dates mean, or the last year of what was delivered."""
    last = month_number(max(held))
    test = None if test_until is None else last_whole_month(test_until)
    if train_until is not None:
        train = last_whole_month(train_until)
        test = min(train + TEST_MONTHS, last) if test is None else test
    else:
        test = last if test is None else test
        train = test - TEST_MONTHS
    known = sum(month_number(month) <= train for month in held)
    to_test = sum(train < month_number(month) <= test for month in held)
    wrong = []
    if test_until is not None and train >= test:
        wrong.append(
            Problem(
                f"The reported period would end in {month_name(test)}, before it begins: the first "
                f"flags know the months up to {month_name(train)}.",
                "Choose --test-until at least a whole month after --train-until.",
            )
        )
    elif not to_test:
        wrong.append(
            Problem(
                f"No month from {month_name(train + 1)} to {month_name(max(test, train + 1))} was "
                "delivered: there is nothing to test on.",
                f"Choose dates between {min(held)} and {max(held)}.",
            )
        )
    if known < least_months:
        wrong.append(
            Problem(
                f"{known} months up to {month_name(train)} were delivered; methods learn from at "
                f"least {least_months}.",
                "Choose a later --train-until, or take in earlier months.",
            )
        )
    if wrong:
        raise WorkspaceRefused(wrong)
    return _Span(train, test)


def _history(current: Current, ground: Ground, ask: Ask) -> "History":
    import geopandas as gpd
    import numpy as np

    from hotspots.analysis.spacetime import bin_by_month

    rows = current.rows_of(ask.theme, ask.by_month)
    place = gpd.GeoSeries(rows["geometry"])
    return bin_by_month(
        ground.grid,
        np.asarray(place.x, dtype=np.float64),
        np.asarray(place.y, dtype=np.float64),
        month_numbers(rows["month"]),
        months=np.array([month_number(month) for month in ask.by_month]),
    )


def _candidates(policy: Policy) -> "Candidates":
    """Return the parameters to try, the policy's own among them, none too small for the cells."""
    from hotspots.analysis.forecasts import Candidates

    asked = policy.backtest
    bandwidths_m = (policy.hotspots.bandwidth_m, *asked.bandwidths_m)
    radii_m = (policy.hotspots.radius_m, *asked.radii_m)
    narrowest_m = _NARROWEST_CELLS * asked.cell_size_m
    return Candidates(
        bandwidths_m=sorted({max(each, narrowest_m) for each in bandwidths_m}),
        radii_m=sorted({max(each, asked.cell_size_m) for each in radii_m}),
        half_lives_months=sorted(set(asked.half_lives_months)),
        reach_m=max(asked.reach_m, 2 * asked.cell_size_m),
        reaches_months=sorted(set(asked.reaches_months)),
        fit_months=asked.fit_months,
    )


def _sentence(standing: Tested, span: _Span) -> Sentence:
    chosen, plain = standing.methods[standing.chosen], next(iter(standing.methods.values()))
    year, month = divmod(span.train_until, 12)
    return Sentence(
        year=year if month == 11 and span.months <= 12 else None,
        flagged_at=month_name(span.train_until),
        method=standing.chosen,
        area_share=chosen.a / chosen.A,
        hit_share=chosen.hit_rate,
        count_share=plain.hit_rate,
    )
