"""What each result of a run holds: the columns of every frozen table.

`remarks` and other lists are codes joined by spaces. Intervals (`_low`, `_high`) are of 95%. A
figure that is not known is missing, never zero.
"""

from hotspots.results.basis import basis_schema
from hotspots.results.cameras import (
    camera_advice_schema,
    camera_comparison_schema,
    camera_curve_schema,
    camera_hours_schema,
    camera_plan_schema,
    camera_sites_schema,
    fixed_review_schema,
    viewsheds_schema,
)
from hotspots.results.places import (
    cells_schema,
    gone_schema,
    hotspots_schema,
    hours_schema,
    steps_schema,
    trends_schema,
)
from hotspots.results.proof import concentration_schema, proofs_schema
from hotspots.results.ranking import (
    months_schema,
    priorities_schema,
    target_schema,
    unplaced_schema,
)
from hotspots.results.signals import bursts_schema, near_repeat_schema, scan_schema, sources_schema
from hotspots.results.together import (
    composite_schema,
    contributions_schema,
    groups_layer_schema,
    risk_schema,
)

RESULTS = {
    "priorities": priorities_schema,
    "months": months_schema,
    "target": target_schema,
    "unplaced": unplaced_schema,
    "hotspots": hotspots_schema,
    "gone": gone_schema,
    "cells": cells_schema,
    "trends": trends_schema,
    "steps": steps_schema,
    "hours": hours_schema,
    "risk": risk_schema,
    "basis": basis_schema,
    "scan": scan_schema,
    "near_repeat": near_repeat_schema,
    "bursts": bursts_schema,
    "sources": sources_schema,
    "composite": composite_schema,
    "contributions": contributions_schema,
    "groups_layer": groups_layer_schema,
    "proofs": proofs_schema,
    "concentration": concentration_schema,
    "camera_sites": camera_sites_schema,
    "camera_plan": camera_plan_schema,
    "camera_hours": camera_hours_schema,
    "viewsheds": viewsheds_schema,
    "camera_curve": camera_curve_schema,
    "camera_advice": camera_advice_schema,
    "fixed_review": fixed_review_schema,
    "camera_comparison": camera_comparison_schema,
}
"""The results of a run, each with its schema."""

PER_CELL = frozenset({"cells", "trends", "risk", "camera_sites"})
"""Results with a row per cell or candidate site: for the analyst, never served.

Counts in thousands of views that overlap would tell where each incident was.
"""

CONFIDENTIAL = frozenset({"groups_layer"})
"""Results that rest on youth groups: never served and never exported."""
