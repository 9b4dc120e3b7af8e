"""A run's signals as one plain document: bursts, near repeats, contradicting sources, the scan."""

from collections.abc import Mapping
from typing import Literal, get_args

from hotspots.outputs.policies import policy_layers, policy_themes
from hotspots.outputs.signals.pairs import Comparison, comparisons_of
from hotspots.outputs.signals.scan import Scanned, scanned_of
from hotspots.outputs.signals.sequences import Sequences, sequences_of
from hotspots.outputs.tables import RunReference, RunTables, Shown, reference_of
from hotspots.records import RunRecord

Signal = Literal["bursts", "near_repeat", "sources", "scan"]
"""A signal, by the name of its result."""

SIGNALS: tuple[Signal, ...] = get_args(Signal)

Absence = Literal["layer_off", "no_incidents", "no_dwellings", "no_pair"]
"""Why a run has no such result: not asked for, or something to make it from was not delivered."""

_LAYERS: Mapping[Signal, str] = {
    "bursts": "near_repeat",
    "near_repeat": "near_repeat",
    "scan": "scan",
}


class SignalsDocument(Shown):
    """All signals of a run; what it did not look at is named in `absent`, with the reason.

    Bursts and circles are numbered together, as on their map.
    """

    sequences: list[Sequences]
    comparisons: list[Comparison]
    scanned: list[Scanned]
    absent: dict[Signal, Absence]
    sources: list[str]
    cut_off: str
    run: RunReference


def signals_document_of(run: RunTables) -> SignalsDocument:
    """Return the signals of a run.

    Parameters
    ----------
    run
        A finished run, with any of the results `bursts`, `near_repeat`, `sources` and `scan`.
    """
    record = run.record
    absent = {name: _absence(name, record) for name in SIGNALS if name not in record.results}
    sequences, comparisons, scanned = sequences_of(run), comparisons_of(run), scanned_of(run)
    sources = [
        *(each.basis.sources for each in sequences),
        *(each.lately.sources for each in sequences),
        *(each.sources for each in comparisons),
        *(each.basis.sources for each in scanned),
    ]
    return SignalsDocument(
        sequences=sequences,
        comparisons=comparisons,
        scanned=scanned,
        absent=absent,
        sources=sorted({source for each in sources for source in each}),
        cut_off=record.until.isoformat(),
        run=reference_of(record),
    )


def layer_of(signal: Signal) -> str | None:
    """Return the layer of the policy that makes a signal; none where it needs no asking."""
    return _LAYERS.get(signal)


def _absence(signal: Signal, record: RunRecord) -> Absence:
    layer = layer_of(signal)
    if layer is None:
        return "no_pair"
    if layer not in policy_layers(record):
        return "layer_off"
    searched = {search.theme for search in record.searches}
    if signal == "scan" and searched & set(policy_themes(record, "scan")):
        return "no_dwellings"
    return "no_incidents"
