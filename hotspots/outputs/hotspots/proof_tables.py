"""What hotspots of earlier months caught, and how concentrated a theme is, as plain documents."""

import json
from typing import Literal

import pandas as pd

from hotspots.outputs.tables import RunTables, Shown, plain_records

Flags = Literal["renewed", "kept"]
"""Flags made anew every month, or kept as they were at first."""


class MethodProof(Shown):
    """What one method caught; measures with 95% intervals, `gain` over the plain count."""

    method: str
    parameters: dict[str, float]
    chosen: bool
    caught: int
    hit_rate: float | None
    hit_rate_low: float | None
    hit_rate_high: float | None
    pai: float | None
    pai_low: float | None
    pai_high: float | None
    pei: float | None
    pei_low: float | None
    pei_high: float | None
    rri: float | None
    rri_low: float | None
    rri_high: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None


class Proof(Shown):
    """What flags of the end of `flagged_at` caught of a theme; see the result `proofs`.

    The `missing_months` of the period were not delivered, and so not tested.

    `kept` has the methods of which the flags stayed as they were, the plain count first;
    `renewed` the same for flags made anew every month.
    """

    theme: str
    flagged_at: str
    first_month: str
    last_month: str
    missing_months: list[str]
    cell_size_m: float
    incidents: int
    flagged_km2: float
    study_area_km2: float
    kept: list[MethodProof]
    renewed: list[MethodProof]


class TopCells(Shown):
    """The `share` of the incidents in a share of the `cells`, and what chance would give."""

    cells: float
    share: float
    by_chance: float


class Concentration(Shown):
    """How much of a theme lies in its densest cells, in one period."""

    theme: str
    first_month: str
    last_month: str
    missing_months: list[str]
    cell_size_m: float
    incidents: int
    top: list[TopCells]


def chosen_of(methods: list[MethodProof]) -> MethodProof:
    """Return the method that was chosen on earlier months."""
    return next(each for each in methods if each.chosen)


def proof_of(run: RunTables, theme: str) -> Proof | None:
    """Return the proof of a theme; none where it has none.

    Parameters
    ----------
    run
        A finished run.
    theme
        A theme.
    """
    rows = _of_theme(run, "proofs", theme)
    if rows is None:
        return None
    first = next(plain_records(rows))
    return Proof.model_validate(
        {
            **_only(first, *(set(Proof.model_fields) - {"kept", "renewed", "missing_months"})),
            "missing_months": _missing(first),
            "kept": _methods(rows, "kept"),
            "renewed": _methods(rows, "renewed"),
        }
    )


def concentration_of(run: RunTables, theme: str) -> Concentration | None:
    """Return how concentrated a theme is; none where that was not measured.

    Parameters
    ----------
    run
        A finished run.
    theme
        A theme.
    """
    rows = _of_theme(run, "concentration", theme)
    if rows is None:
        return None
    every = list(plain_records(rows.sort_values("cells")))
    shared = ("theme", "first_month", "last_month", "cell_size_m", "incidents")
    return Concentration.model_validate(
        {
            **_only(every[0], *shared),
            "missing_months": _missing(every[0]),
            "top": [_only(row, "cells", "share", "by_chance") for row in every],
        }
    )


def _of_theme(run: RunTables, name: str, theme: str) -> pd.DataFrame | None:
    """Return what a result tells of a theme; a run may lack the result, and it the theme."""
    if name not in run.record.results:
        return None
    table = run.table(name)
    rows = table[table["theme"] == theme]
    return rows if len(rows) else None


def _methods(rows: pd.DataFrame, flags: Flags) -> list[MethodProof]:
    return [
        MethodProof.model_validate(
            {
                **_only(row, *(set(MethodProof.model_fields) - {"parameters"})),
                "parameters": json.loads(str(row["parameters"])),
            }
        )
        for row in plain_records(rows[rows["flags"] == flags])
    ]


def _missing(row: dict[str, object]) -> list[str]:
    """Return the months that were not delivered; older runs do not tell."""
    return str(row.get("missing_months", "")).split()


def _only(row: dict[str, object], *names: str) -> dict[str, object]:
    return {name: row[name] for name in names}
