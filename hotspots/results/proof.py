"""What hotspots of earlier months caught, and how concentrated incidents are."""

from typing import TYPE_CHECKING

from hotspots.columns import flag, month, number, one_of, share, table, text, whole

if TYPE_CHECKING:
    import pandera.pandas as pa


def proofs_schema() -> "pa.DataFrameSchema":
    """Result `proofs`: what hotspots of earlier months caught, per theme and method.

    `theme`; `flags` (`renewed` every month, or `kept` as they were); `method` with its
    `parameters`, whether it was `chosen` on earlier months; `flagged_at` (last month that the
    first flags knew), `first_month` and `last_month` tested, but for the `missing_months` that
    were not delivered (``YYYY-MM``, joined by spaces); `caught` of `incidents` on
    `flagged_km2` of `study_area_km2`, `caught_best` with the best flags; and the measures of
    :mod:`hotspots.analysis.accuracy` with their intervals (`gain` is the hit rate less that of
    the plain count).
    """
    measures: dict[str, pa.Column] = {}
    for name in ("hit_rate", "pai", "pei", "rri", "gain"):
        measures |= {f"{name}{end}": number(None, missing=True) for end in ("", "_low", "_high")}
    return table(
        {
            "theme": text(),
            "flags": one_of(["renewed", "kept"]),
            "method": text(),
            "parameters": text(),
            "chosen": flag(),
            "flagged_at": month(),
            "first_month": month(),
            "last_month": month(),
            "missing_months": text(),
            "cell_size_m": number(),
            "caught": whole(),
            "incidents": whole(),
            "caught_best": number(),
            "flagged_km2": number(),
            "study_area_km2": number(),
            **measures,
        },
        unique=["theme", "flags", "method"],
    )


def concentration_schema() -> "pa.DataFrameSchema":
    """Result `concentration`: how much of a theme lies in its densest cells.

    `theme`, `first_month`, `last_month`, `missing_months` (as of `proofs`), `cell_size_m`,
    `incidents`; `cells` (share of the cells), `share` (of the incidents in them), `by_chance`;
    `gini` and `generalised_gini`.
    """
    return table(
        {
            "theme": text(),
            "first_month": month(),
            "last_month": month(),
            "missing_months": text(),
            "cell_size_m": number(),
            "incidents": whole(),
            "cells": share(),
            "share": share(),
            "by_chance": share(),
            "gini": share(),
            "generalised_gini": share(),
        },
        unique=["theme", "cells"],
    )
