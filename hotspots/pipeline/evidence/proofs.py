"""What hotspots of earlier months caught, frozen with a run: the proof beside the hotspots."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from hotspots.errors import PolicyRefused, WorkspaceRefused
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.backtest import backtest
from hotspots.pipeline.evidence.ground import Ground
from hotspots.policy import Policy

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.pipeline.evidence.backtest_document import BacktestDocument, Tested


def proof_of(
    current: Current, policy: Policy, theme: str, ground: Ground, until: date
) -> "Mapping[str, pd.DataFrame]":
    """Return what a theme's hotspots of earlier months caught, and how concentrated it is.

    A theme with too few months to learn from or to test on has no proof, nor has a study area
    that is smaller than what would be flagged.
    """
    try:
        found = backtest(current, policy, theme=theme, test_until=until, ground=ground)
    except (WorkspaceRefused, PolicyRefused):
        return {}
    return {"proofs": _proofs(found), "concentration": _concentration(found)}


def _proofs(document: "BacktestDocument") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        [*_rows(document, "renewed", document), *_rows(document, "kept", document.standing)]
    )


def _rows(
    document: "BacktestDocument", flags: str, found: "BacktestDocument | Tested"
) -> Iterator[dict[str, object]]:
    first, last = document.period
    for method, measured in found.methods.items():
        yield {
            "theme": document.theme,
            "flags": flags,
            "method": method,
            "chosen": method == found.chosen,
            "flagged_at": document.sentence.flagged_at,
            "first_month": first,
            "last_month": last,
            "missing_months": _missing(document),
            "cell_size_m": document.cell_size_m,
            **measured.model_dump(exclude={"n", "N", "n_best", "a", "A"}),
            "caught": measured.n,
            "incidents": measured.N,
            "caught_best": measured.n_best,
            "flagged_km2": measured.a,
            "study_area_km2": measured.A,
            "parameters": json.dumps(measured.parameters, sort_keys=True),
        }


def _concentration(document: "BacktestDocument") -> "pd.DataFrame":
    import pandas as pd

    found = document.concentration
    first, last = document.period
    return pd.DataFrame(
        [
            {
                "theme": document.theme,
                "first_month": first,
                "last_month": last,
                "missing_months": _missing(document),
                "cell_size_m": document.cell_size_m,
                "incidents": found.n_incidents,
                "cells": top.cells,
                "share": top.incidents,
                "by_chance": top.by_chance,
                "gini": found.gini,
                "generalised_gini": found.generalised_gini,
            }
            for top in found.top
        ]
    )


def _missing(document: "BacktestDocument") -> str:
    """Return which months of the reported period were not delivered."""
    first, last = document.period
    return " ".join(month for month in document.missing_months if first <= month <= last)
