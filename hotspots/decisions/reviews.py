"""Reviews of designations: registrations and professionals together."""

from collections.abc import Mapping
from typing import Any

from hotspots.decisions.acting import Acting, checked, only, stepping
from hotspots.decisions.lifecycle import against_step
from hotspots.decisions.rules import refuse
from hotspots.register import Review
from hotspots.store.register.register import Register

WRITTEN = frozenset(Review.model_fields) - {"id", "version", "designation", "reviewed_on"}
"""Fields of a review that a person writes."""


def review(
    register: Register,
    designation: str,
    content: Mapping[str, Any],
    acting: Acting,
    *,
    file: str | None = None,
) -> Review:
    """Write down a review held on `acting.on`; it counts for an extension with both sources.

    Parameters
    ----------
    designation
        The id of the area that was reviewed.
    content
        Fields of :data:`WRITTEN`.
    acting
        Who does it.
    file
        Where the content comes from.
    """
    given = only(content, WRITTEN, file=file)
    with stepping(register, designation, "review", acting) as (change, area):
        fields = {
            "id": change.new_id("review", acting.on.year),
            "designation": designation,
            "reviewed_on": acting.on,
        }
        made = checked(Review, given | fields, file=file)
        found = [each.found_on for each in made.findings]
        refuse(
            against_step(area, "review", acting.on) + acting.against_day(area.decided_on, *found)
        )
        return change.put(made)
