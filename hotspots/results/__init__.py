"""What each result of a run holds: the columns of every frozen table.

`remarks` and other lists are codes joined by spaces. Intervals (`_low`, `_high`) are of 95%. A
figure that is not known is missing, never zero.
"""

from hotspots.results.ban_proposals import (
    ban_gates_schema,
    ban_periods_schema,
    ban_proposals_schema,
    ban_tried_schema,
)
from hotspots.results.ban_tables import (
    ban_boundaries_schema,
    ban_burden_schema,
    ban_changes_schema,
    ban_effects_schema,
    ban_hours_schema,
    ban_levels_schema,
    ban_mergers_schema,
    ban_months_schema,
    ban_overlaps_schema,
    ban_parts_schema,
    ban_reviews_schema,
    ban_sources_schema,
    ban_steps_schema,
    ban_streets_schema,
    ban_zones_schema,
)
from hotspots.results.basis import basis_schema
from hotspots.results.cameras import (
    camera_advice_schema,
    camera_comparison_schema,
    camera_curve_schema,
    camera_curve_sites_schema,
    camera_hours_schema,
    camera_months_schema,
    camera_plan_schema,
    camera_sites_schema,
    camera_swaps_schema,
    fixed_review_schema,
    viewsheds_schema,
)
from hotspots.results.monitor import (
    monitor_areas_schema,
    monitor_events_schema,
    monitor_months_schema,
    monitor_schema,
    monitor_sources_schema,
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
    area_months_schema,
    initiative_schema,
    months_schema,
    priorities_schema,
    seasons_schema,
    target_schema,
    unplaced_schema,
    yearly_counts_schema,
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
    "area_months": area_months_schema,
    "seasons": seasons_schema,
    "initiative": initiative_schema,
    "yearly_counts": yearly_counts_schema,
    "monitor": monitor_schema,
    "monitor_months": monitor_months_schema,
    "monitor_sources": monitor_sources_schema,
    "monitor_events": monitor_events_schema,
    "monitor_areas": monitor_areas_schema,
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
    "camera_curve_sites": camera_curve_sites_schema,
    "camera_swaps": camera_swaps_schema,
    "camera_months": camera_months_schema,
    "camera_advice": camera_advice_schema,
    "fixed_review": fixed_review_schema,
    "camera_comparison": camera_comparison_schema,
    "ban_reviews": ban_reviews_schema,
    "ban_levels": ban_levels_schema,
    "ban_effects": ban_effects_schema,
    "ban_zones": ban_zones_schema,
    "ban_changes": ban_changes_schema,
    "ban_parts": ban_parts_schema,
    "ban_boundaries": ban_boundaries_schema,
    "ban_streets": ban_streets_schema,
    "ban_steps": ban_steps_schema,
    "ban_months": ban_months_schema,
    "ban_hours": ban_hours_schema,
    "ban_sources": ban_sources_schema,
    "ban_burden": ban_burden_schema,
    "ban_mergers": ban_mergers_schema,
    "ban_overlaps": ban_overlaps_schema,
    "ban_proposals": ban_proposals_schema,
    "ban_gates": ban_gates_schema,
    "ban_periods": ban_periods_schema,
    "ban_tried": ban_tried_schema,
}
"""The results of a run, each with its schema."""

PER_CELL = frozenset({"cells", "trends", "risk", "camera_sites"})
"""Results with a row per cell or candidate site: for the analyst, never served.

Counts in thousands of views that overlap would tell where each incident was.
"""

CONFIDENTIAL = frozenset({"groups_layer"})
"""Results that rest on youth groups: never served and never exported."""
