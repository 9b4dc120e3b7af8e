"""The sample run as a frozen one: its record names the results that it holds."""

from collections.abc import Mapping
from functools import cache

import pandas as pd

from hotspots.outputs.signals.tables import SignalsDocument, signals_document_of
from tests.outputs import sample

every_result = cache(sample.results)
"""All results of the sample, made once; nobody changes them."""


def signals_run(
    changed: Mapping[str, pd.DataFrame] | None = None,
    *,
    only: Mapping[str, pd.DataFrame] | None = None,
    **record: object,
) -> sample.SampleRun:
    """A run with some results changed, or with those alone, and with another record."""
    tables = dict(every_result() if only is None else only) | dict(changed or {})
    held = sample.record(**{"results": dict.fromkeys(tables, "00"), **record})
    return sample.SampleRun(record=held, tables=tables)


def signals_document(run: sample.SampleRun | None = None) -> SignalsDocument:
    """The signals of a run, by default of the sample."""
    return signals_document_of(run or signals_run())
