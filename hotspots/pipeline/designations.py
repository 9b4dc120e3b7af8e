"""What designations need from facts and runs: areas, the municipality, pinned runs, counts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hotspots.decisions.choices import Proposed
from hotspots.decisions.designations import area_of
from hotspots.decisions.lifecycle import IN_FORCE, standing
from hotspots.decisions.signals import Gone, need_gone
from hotspots.errors import InputRefused, Problem, WorkspaceRefused
from hotspots.policy import Policy
from hotspots.register import Designation, Evidence
from hotspots.store.runs import Run, open_run
from hotspots.store.tables import sha256_of

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from hotspots.pipeline.deliveries import Current
    from hotspots.store.register.register import Register
    from hotspots.store.workspace import Workspace


class Drawn(NamedTuple):
    """What a file says beside the fields of a record: its area, its streets, the rest."""

    area: "BaseGeometry | None"
    streets: tuple[str, ...]
    content: dict[str, Any]


def drawn(workspace: "Workspace", content: Mapping[str, Any], file: Path, policy: Policy) -> Drawn:
    """Read the area that a file names, and pin the run that it names.

    Parameters
    ----------
    content
        What was written: `boundary` is a file beside `file`, or the code of an area; `streets`
        those that enclose it; `run` a run's id.

    Raises
    ------
    InputRefused, NotFound
        When there is no such area or run.
    """
    from hotspots.pipeline.deliveries import Current
    from hotspots.pipeline.zones import FILE_SUFFIXES, outline_of

    rest = dict(content)
    text, streets = rest.pop("boundary", None), rest.pop("streets", [])
    if not isinstance(text, str | None) or not isinstance(streets, list):
        raise InputRefused(
            Problem(
                "The boundary is the name of a file or a code, and the streets are a list.",
                "See the example of this file in the README.",
                file=file.name,
            )
        )
    area = None
    if text is not None:
        path = file.parent / text
        asked = str(path) if path.suffix.lower() in FILE_SUFFIXES else text
        area = outline_of(Current(workspace), asked, level=None, limits=policy.limits).shape
    return Drawn(area, tuple(map(str, streets)), with_run(workspace, rest))


def with_run(workspace: "Workspace", content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was written with its run pinned by hash, where it names one."""
    rest = dict(content)
    if "run" in rest:
        rest["evidence"] = pinned(open_run(workspace, str(rest.pop("run"))))
    return rest


def pinned(run: Run) -> Evidence:
    """Return a run pinned by the hash of its `run.json`."""
    path = run.workspace.runs / run.record.id / "run.json"
    return Evidence(run_id=run.record.id, sha256=sha256_of(path))


def municipality(workspace: "Workspace") -> "BaseGeometry | None":
    """Return the municipality as far as its areas were delivered, in metres."""
    from hotspots.pipeline.deliveries import Current

    return Current(workspace).municipality()


def extent_of(current: "Current") -> "BaseGeometry | None":
    """Return what an area must be a part of: the municipality, or what is known of it.

    Returns
    -------
    BaseGeometry or None
        Where no areas were delivered the built-up land; None where neither was.
    """
    import geopandas as gpd

    from hotspots.store import facts

    whole = current.municipality()
    land = facts.current_of_kind(current.deliveries, "built-up")
    if whole is not None or land is None:
        return whole
    return gpd.GeoDataFrame(current.read(land), crs=current.workspace.crs).union_all()


def extent(workspace: "Workspace") -> "BaseGeometry | None":
    """Return what :func:`extent_of` says of the deliveries that a workspace holds now."""
    from hotspots.pipeline.deliveries import Current

    return extent_of(Current(workspace))


def proposal_of(run: Run, *, theme: str, level: str) -> list[Proposed]:
    """Return the areas of a ranking; those above its cut line are proposed.

    Raises
    ------
    NotFound
        When the run answers no such question.
    """
    from hotspots.outputs.tables import find_question

    question = find_question(run.record, theme=theme, level=level)
    table = run.table("priorities")
    rows = table[(table["theme"] == theme) & (table["level"] == level)]
    ranks = rows["rank"].where(rows["status"] == "ranked").fillna(0)  # 0: not ranked
    named = zip(rows["area_code"], rows["area_name"], ranks, strict=True)
    found = [
        Proposed(str(code), str(name), int(rank) or None, 0 < int(rank) <= question.k)
        for code, name, rank in named
    ]
    return sorted(found, key=lambda each: (each.rank is None, each.rank, each.code))


def needs_gone(run: Run, register: "Register", *, on: "date") -> list[tuple[Designation, Gone]]:
    """Return the designations in force whose need seems gone by the facts of a run, and since when.

    Months are those that were delivered of every theme of the criterion, up to the run's cut-off.

    Parameters
    ----------
    run
        Whose deliveries, policy and cut-off count.
    register
        With the designations, their areas and criteria.
    on
        Today.

    Raises
    ------
    WorkspaceRefused
        When other deliveries hold now than those the run knew.
    """
    from hotspots.pipeline.deliveries import Current

    current, found = Current(run.workspace), []
    policy = Policy.model_validate(run.record.policy)
    counted = Counted(current, policy, run.record.until)
    for each in register.designations():
        area = area_of(register, each)
        if standing(each, on) not in IN_FORCE or area is None:
            continue
        if each.criterion is None or each.start is None:
            continue
        gone = need_gone(
            counted.within(area, each.criterion.themes),
            most_per_year=each.criterion.most_incidents_per_year,
            least_months=policy.designations.signal_months,
            from_month=f"{each.start:%Y-%m}",
        )
        if gone is not None:
            found.append((each, gone))
    if not current.pinned.keys() <= {each.id for each in run.record.deliveries}:
        raise WorkspaceRefused(
            Problem(
                f"Facts came in since run {run.record.id}: a signal on them has no run to rest on.",
                "Make one with: hotspots run.",
            )
        )
    return found


class Counted:
    """Incidents within areas per month, as a review counts them; every theme is read once.

    What police found by themselves is left out, and so is what lies on stacked locations.

    Parameters
    ----------
    current
        The deliveries that hold.
    policy
        Which source counts, where two cover a theme.
    until
        Cut-off date: months that end later are left out.
    """

    def __init__(self, current: "Current", policy: Policy, until: "date") -> None:
        self._current, self._policy, self._until = current, policy, until
        self._months: dict[str, frozenset[str]] = {}
        self._rows: dict[str, pd.DataFrame] = {}

    def within(self, area: "BaseGeometry", themes: Sequence[str]) -> dict[str, int]:
        """Return the incidents of some themes per month that was delivered of every one of them.

        Parameters
        ----------
        area
            In the CRS of the workspace.
        themes
            At least one.
        """
        from hotspots.pipeline.nuisance import points_in

        for theme in themes:
            self._read(theme)
        months = frozenset.intersection(*(self._months[theme] for theme in themes))
        counts = dict.fromkeys(sorted(months), 0)
        for theme in themes:
            rows = self._rows[theme]
            inside = points_in(area, rows["x"].to_numpy(), rows["y"].to_numpy())
            for month, count in rows.loc[inside, "month"].value_counts().items():
                if month in counts:
                    counts[str(month)] += int(count)
        return counts

    def _read(self, theme: str) -> None:
        from hotspots.analysis.clusters import off_stacks
        from hotspots.pipeline.evidence.incidents import held_months, incidents_of

        if theme not in self._rows:
            held = held_months(self._current, self._policy, theme, self._until)
            rows = incidents_of(self._current, theme, held)
            plain = off_stacks(rows["x"].to_numpy(), rows["y"].to_numpy())
            counted = plain & (rows["initiator"] != "police").to_numpy()
            self._rows[theme] = rows.loc[counted, ["x", "y", "month"]]
            self._months[theme] = frozenset(held)
