"""What the public may see of a run and of the register: the only way out for either.

A theme is published once for a year: in the first public run that has it. Nothing that is published
later adds to what is known of that year, whatever was corrected since and however the policy groups
the themes then. So there are never two tables of the same incidents to compare.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from hotspots.analysis.disclosure import hidden, with_totals
from hotspots.decisions.demands import review_since
from hotspots.decisions.kinds import kind_of
from hotspots.decisions.lifecycle import has_effect
from hotspots.outputs.dossier.public import cleaner, public_designation
from hotspots.outputs.public_tables import CITY, PublicArea
from hotspots.outputs.tables import RunTables
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.dossier import secrets_of
from hotspots.policy import Policy
from hotspots.policy.publication import Publication
from hotspots.records import RunRecord
from hotspots.register import Designation, LighterMeasure, Measure
from hotspots.store.register.register import Register
from hotspots.store.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

RESULT = "yearly_counts"
_TOTAL = ""


def publication_of(record: RunRecord) -> Publication:
    """Return by which thresholds a run is public: those that were frozen with it."""
    return Publication.model_validate(record.policy.get("publication", {}))


def public_runs(records: Iterable[RunRecord], *, at: datetime) -> list[RunRecord]:
    """Return the runs that have public figures at a moment, the first that became public first."""
    since = {
        record.id: record.created_at + timedelta(days=publication_of(record).figures_after_days)
        for record in records
        if RESULT in record.results
    }
    public = [each for each in records if each.id in since and since[each.id] <= at]
    return sorted(public, key=lambda each: (since[each.id], each.id))


def figures_of(run: RunTables) -> "pd.DataFrame":
    """Return the figures of a run as the public may see them.

    Parameters
    ----------
    run
        A finished run with the result `yearly_counts`.

    Returns
    -------
    pandas.DataFrame
        One row per year, `group`, `theme` (missing for the total of a group) and area, with
        `told` and `count` (rounded; missing unless shown), `missing_months`, `source`, `run` and
        `cut_off`. The exact counts are not in it.
    """
    import pandas as pd

    record, rules = run.record, publication_of(run.record)
    exact = run.table(RESULT)
    if len(exact["area_code"].unique()) == 1 and (exact["level"] == CITY).all():
        exact = exact.assign(area_code=CITY, area_name=record.workspace_name)
    parts = []
    for group, themes in rules.groups.items():
        delivered = [theme for theme in themes if (exact["theme"] == theme).any()]
        of_group = exact[exact["theme"].isin(delivered)]
        for year, rows in of_group.groupby("year"):
            told = _told(rows, delivered, rules, city=record.workspace_name)
            parts.append(told.assign(year=year, group=group))
    columns = ["year", "group", "theme", "area_code", "area_name", "told", "count"]
    columns += ["missing_months", "source"]
    figures = (
        pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    )
    return figures.assign(run=record.id, cut_off=record.until.isoformat())


def first_published(figures: Sequence["pd.DataFrame"]) -> "pd.DataFrame | None":
    """Return of every theme and year the figures that were published first.

    A group of themes is published for a year as a whole, and not at all where one of its themes
    was published for that year before. What is not known yet can still be published later.

    Parameters
    ----------
    figures
        Of each public run (:func:`figures_of`), in the order in which they became public.
    """
    import pandas as pd

    published: set[tuple[Hashable, str]] = set()
    kept: dict[tuple[Hashable, Hashable], pd.DataFrame] = {}
    for each in figures:
        for year, of_year in each.groupby("year", sort=False):
            for group, rows in of_year.groupby("group", sort=False):
                told = {(year, theme) for theme in rows["theme"].dropna()}
                if not told & published:
                    kept[year, group] = rows
                    if (rows["told"] != "no_data").any():
                        published |= told
    return pd.concat(list(kept.values()), ignore_index=True) if kept else None


def _told(
    rows: "pd.DataFrame", themes: list[str], rules: Publication, *, city: str
) -> "pd.DataFrame":
    """Return one year of one group: hidden, rounded, or unknown."""
    import numpy as np
    import pandas as pd

    exact = rows.pivot(index="area_code", columns="theme", values="count")
    exact = exact.reindex(columns=themes).astype("float64")
    areas = rows.drop_duplicates("area_code").set_index("area_code")
    parents, names = _within(areas, city)
    total = _TOTAL if len(themes) > 1 else None
    table = with_totals(exact, parents, total=total)
    away = hidden(
        table, parents, total=total, least_shown=rules.least_shown, secondary=rules.secondary
    )
    flat = table.melt(ignore_index=False, var_name="theme", value_name="exact")
    flat["hidden"] = away.melt(ignore_index=False)["value"].to_numpy()
    known = flat["exact"].notna()
    shown = known & ~flat["hidden"]
    rounded = [
        rules.rounded(int(n)) if is_shown else None
        for n, is_shown in zip(flat["exact"], shown, strict=True)
    ]
    of_theme = rows.drop_duplicates("theme").set_index("theme")
    return pd.DataFrame(
        {
            "theme": flat["theme"].where(flat["theme"] != _TOTAL).to_numpy(),
            "area_code": flat.index.to_numpy(),
            "area_name": flat.index.map(names).to_numpy(),
            "told": np.where(shown, "shown", np.where(known, "hidden", "no_data")),
            "count": pd.array(rounded, dtype="Int64"),
            "missing_months": flat["theme"].map(of_theme["missing_months"]).fillna("").to_numpy(),
            "source": flat["theme"].map(of_theme["source"]).fillna("").to_numpy(),
        }
    )


def _within(areas: "pd.DataFrame", city: str) -> "tuple[pd.Series, dict[str, str]]":
    """Return in which area each area lies, up to the municipality, and what each is called."""
    import pandas as pd

    names: dict[str, str] = dict(zip(areas.index, areas["area_name"], strict=True))
    top = pd.Series([None], index=[CITY], dtype="object")
    if list(areas.index) == [CITY]:
        return top, names
    larger = areas["parent_code"].dropna()
    names |= dict(zip(larger, areas.loc[larger.index, "parent_name"], strict=True))
    parents = areas["parent_code"].astype("object").where(areas["parent_code"].notna(), CITY)
    above = pd.Series(CITY, index=pd.Index(larger.unique()), dtype="object")
    return pd.concat([parents, above, top]), {**names, CITY: city}


# ---------------------------------------------------------------- areas
def public_areas(
    workspace: Workspace, register: Register, policy: Policy, *, on: date
) -> list[PublicArea]:
    """Return the area measures that hold on a day and may be public, by kind and name.

    Names of who acted in the register and of groups, and whatever looks like personal data, are
    taken out of the texts.

    Parameters
    ----------
    workspace, register
        With the designations, and what no public text may hold.
    policy
        Which kinds and fields are public, and how long after their publication.
    on
        Local day.
    """
    rules = policy.publication
    found = [
        each
        for each in register.designations()
        if has_effect(each, on)
        and (not rules.kinds or each.kind in rules.kinds)
        and each.published_on is not None
        and each.published_on + timedelta(days=rules.after_days) <= on
    ]
    clean = cleaner(
        secrets_of(Current(workspace), register) if found else (),
        removed="…",
        few="enkele",
        least_shown=rules.least_shown,
        names=[each.name for each in found],
    )
    areas = [_area(register, each, policy, clean, on) for each in found]
    return sorted(areas, key=lambda each: (each.kind_title, by_name(each.name), each.id))


def by_name(name: str) -> str:
    """Return by what a name is put in order: 2 comes before 11.

    Parameters
    ----------
    name
        The name of a designation.
    """
    return re.sub(r"\d+", lambda number: number[0].zfill(6), name.casefold())


def _area(
    register: Register, full: Designation, policy: Policy, clean: Callable[[str], str], on: date
) -> PublicArea:
    d = public_designation(full, policy.publication)
    boundary = register.boundary(d.id, full.boundary_version) if full.boundary_version else None
    weeks = timedelta(weeks=policy.publication.objection_weeks)
    return PublicArea(
        id=d.id,
        kind=d.kind,
        kind_title=kind_of(policy, d.kind).title,
        name=clean(d.name),
        goal=clean(d.goal),
        legal_basis=d.legal_basis,
        decider=d.decider,
        start=d.start,
        end=d.end,
        hours=tuple(map(clean, d.hours)),
        season=d.season,
        package=tuple(_clean(each, clean) for each in d.package),
        lighter_measures=tuple(
            LighterMeasure(**{**dict(_clean(each, clean)), "result": clean(each.result)})
            for each in d.lighter_measures
        ),
        published_on=d.published_on,
        publication=clean(d.publication),
        object_until=None if d.published_on is None else d.published_on + weeks,
        evaluation_on=d.evaluation_on,
        evaluated=d.evaluation_on is not None
        and review_since(full, register.reviews(d.id), on) is not None,
        streets=boundary.streets if boundary else (),
        shape=boundary.area if boundary else None,
    )


def _clean(each: Measure, clean: Callable[[str], str]) -> Measure:
    return each.model_copy(update={"what": clean(each.what)})
