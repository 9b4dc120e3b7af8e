"""What is published for other programs: the areas and hotspots of a run, and the designations."""

from datetime import date
from typing import TYPE_CHECKING

from hotspots.decisions.designations import area_of
from hotspots.decisions.lifecycle import has_effect, standing
from hotspots.errors import NotFound, Problem
from hotspots.store.postgis.writing import Published
from hotspots.store.register.register import Register
from hotspots.store.runs import Run

if TYPE_CHECKING:
    import geopandas as gpd

_SHOWN = ("kind", "name", "legal_basis", "decider", "start", "end", "evaluation_on", "published_on")


def tables_of(run: Run, register: Register, *, on: date) -> list[Published]:
    """Return every table that is published, in the CRS of the workspace.

    Parameters
    ----------
    run
        With its results.
    register
        With the designations.
    on
        The day on which their state is told.

    Raises
    ------
    NotFound
        When the run has neither areas nor hotspots, and the register nothing that was decided.
    """
    found = [*_of_run(run), *_of_register(run, register, on)]
    if not found:
        raise NotFound(
            Problem("There is nothing to publish.", "Make a run first.", value=run.record.id)
        )
    return found


def _of_run(run: Run) -> list[Published]:
    record = run.record
    cut_off = f"run {record.id}, cut-off {record.until:%Y-%m-%d}"
    found = []
    if "priorities" in record.results:
        periods = sorted({f"{each.first_year} to {each.last_year}" for each in record.questions})
        sources = sorted({name for each in record.questions for name in each.sources})
        about = (
            f"Areas with counts, rates and ranks; period {', '.join(periods)}; "
            f"sources: {', '.join(sources)}; {cut_off}."
        )
        found.append(Published("areas", _rows(run, "priorities"), about))
    if "hotspots" in record.results:
        months = sorted({each.months for each in record.searches})
        sources = sorted({each.source for each in record.deliveries if each.kind == "incidents"})
        about = (
            f"Hotspots per theme; periods of {' and '.join(map(str, months))} months to the "
            f"cut-off; sources: {', '.join(sources)}; {cut_off}."
        )
        found.append(Published("hotspots", _rows(run, "hotspots"), about))
    return found


def _rows(run: Run, name: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    return gpd.GeoDataFrame(run.table(name)).assign(run_id=run.record.id)


def _of_register(run: Run, register: Register, on: date) -> list[Published]:
    """Return the designations with the boundary that counts; drafts are nobody's business yet."""
    import geopandas as gpd

    rows, shapes = [], []
    for each in register.designations():
        area = area_of(register, each)
        if area is None or each.decided_on is None:
            continue
        shapes.append(area)
        rows.append(
            {
                "id": each.id,
                **{name: getattr(each, name) for name in _SHOWN},
                "state": standing(each, on, register.reviews(each.id)),
                "has_effect": has_effect(each, on),
                "marks": ", ".join(each.marks),
                "boundary": each.boundary_version,
            }
        )
    if not rows:
        return []
    seq, head = register.head()
    about = f"Designated areas as they stand on {on}; register entry {seq}, head {head}."
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=run.record.crs)
    return [Published("designations", frame, about)]
