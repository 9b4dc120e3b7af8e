"""Youth groups (*groepsscan*): codes, labels and coarse zones, and nothing about persons.

Of any other file what is forbidden is named; of this one what is allowed. What a quarantined row
holds is not stored either: it may be what had to stay out.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Names
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.crs import to_workspace
from hotspots.errors import PersonalDataRefused, Problem
from hotspots.ingest import scanwords
from hotspots.ingest.categories import CategoryTable, known_themes
from hotspots.ingest.guard import refuse_other_columns, refuse_personal_data
from hotspots.ingest.mapping import Mapping, complete_columns, require_columns
from hotspots.ingest.points import refuse_unknown_crs
from hotspots.ingest.quarantine import Unfit
from hotspots.ingest.readers import RawTable, read_file
from hotspots.ingest.result import Ingested, refuse_if_nothing_is_left
from hotspots.policy.intake import Groups, Limits, Points
from hotspots.schemas import LEAD_BODIES, UNSCORED_THEMES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

_WANTED = ("round", "group_id", "network", "label", "confidence", "themes", "lead_body")
_REQUIRED = ("round", "group_id", "label")
_ROWS_NAMED = 5


def ingest_groups(
    path: Path,
    *,
    mapping: Mapping,
    categories: CategoryTable | None,
    themes: frozenset[str],
    crs: str,
    area: "BaseGeometry | None",
    limits: Limits,
    points: Points,
    groups: Groups,
) -> Ingested:
    """Take in a scan of youth groups.

    Parameters
    ----------
    mapping
        What it leaves open is guessed, and shown in the result.
    categories
        What the codes in the column of themes mean; where absent they are themes themselves.
    themes
        Themes that the workspace knows, beside those of the known category tables.
    crs
        The workspace's CRS, metres.
    area
        The municipality in that CRS, if it is known; zones must lie in it.

    Raises
    ------
    PersonalDataRefused
        When the file holds any other column, or a code that may tell who a group is.
    InputRefused
        With every problem at once.
    """
    raw = read_file(path, layer=mapping.layer, max_mb=limits.max_file_mb, max_rows=limits.max_rows)
    names = list(raw.frame.columns)
    columns = complete_columns(mapping.columns, names, wanted=_WANTED, file=raw.file)
    used = {mine: theirs for mine, theirs in columns.used().items() if mine in _WANTED}
    refuse_other_columns(names, mapped=used, allowed=_WANTED, file=raw.file)
    refuse_personal_data(raw.frame, file=raw.file, mapped=used)
    require_columns(columns, _REQUIRED, names, file=raw.file)
    _refuse_telling_codes(raw, used)
    facts = _facts(raw, used, partial(_themes, table=categories, known=known_themes() | themes))
    facts["geometry"] = _zones(raw, mapping.crs, crs, area, points, groups)
    raw.quarantine.forget_values()
    refuse_if_nothing_is_left(raw)
    facts = facts.drop(index=list(raw.quarantine.rows & set(facts.index)))
    return Ingested(
        kind="groups",
        file=raw.file,
        sha256=raw.sha256,
        source=mapping.source or "groups",
        level=None,
        facts=_as_stored(facts, crs),
        rejects=raw.quarantine.frame(),
        read=raw.read,
        rejected=len(raw.quarantine.rows),
        mapping={
            **used,
            **mapping.layer_as_text(),
            **({"categories": categories.fingerprint} if categories else {}),
            "least_zone_m2": f"{groups.least_zone_m2:g}",
        },
        notes=[*raw.notes, *_notes(facts, area)],
    )


_CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9]+([-_./][A-Za-z0-9]+)*", re.ASCII)
_WORDS = re.compile(r"groep|group|netwerk|network|jeugd", re.IGNORECASE)
_TELLS = re.compile(
    r"[A-Za-z]{4}|[A-Z][a-z]{2}"  # a name, or part of one
    r"|(\d\D*){9}"  # a citizen service number, a telephone number
    r"|\d{6}|\d+[-_./ ]\d+[-_./ ]\d"  # a date
    r"|(?<!\d)[1-9]\d{3} ?[A-Za-z]{2}(?![A-Za-z])",  # a postcode
    re.ASCII,
)
_LONGEST_CODE = 20


def _is_code(text: str) -> bool:
    """Return whether a text is a code that tells nothing, such as ``G-017`` or ``groep 17``."""
    code = _code(text)
    tells = _TELLS.search(_WORDS.sub("", text))
    return len(code) <= _LONGEST_CODE and bool(_CODE.fullmatch(code)) and not tells


def _code(text: str) -> str:
    """Return a code without the spaces in which two lists may differ."""
    return re.sub(r"\s+", "-", text.strip()).upper()


def _refuse_telling_codes(raw: RawTable, used: Names[str, str]) -> None:
    """Refuse a file in which the code of a group or a network may tell who that is.

    The values themselves are not repeated: they may be names.
    """
    problems = []
    for column in (used[mine] for mine in ("group_id", "network") if mine in used):
        texts = raw.frame[column]
        wrong = [text for text in texts.unique() if text.strip() and not _is_code(text)]
        rows = list(texts.index[texts.isin(wrong)])
        if rows:
            named = ", ".join(map(str, rows[:_ROWS_NAMED])) + ", …" * (len(rows) > _ROWS_NAMED)
            problems.append(
                Problem(
                    f"This column holds what may be a name, a nickname, a number of a person or a "
                    f"place in rows {named}: a group has a pseudonymous code.",
                    "Give codes at the source, such as G-017: figures with at most three letters "
                    "together, and keep what they stand for there.",
                    file=raw.file,
                    column=column,
                )
            )
    if problems:
        raise PersonalDataRefused(problems)


def _facts(raw: RawTable, used: Names[str, str], themes: Callable[[str], str]) -> "pd.DataFrame":
    """Return every readable row as the schema of groups says, without its zone."""
    import pandas as pd

    nothing = pd.Series("", index=raw.frame.index, dtype="str")

    def parsed(mine: str, parse_one: Callable[[str], str | None]) -> "pd.Series":
        texts = raw.frame[used[mine]] if mine in used else nothing
        return raw.quarantine.parsed(texts, parse_one, column=used.get(mine, mine))

    facts = pd.DataFrame(
        {
            "round": parsed("round", scanwords.half_year),
            "group_id": parsed("group_id", _group_id),
            "network": parsed("network", lambda text: _code(text) or None),
            "label": parsed("label", scanwords.label),
            "confidence": parsed("confidence", scanwords.confidence),
            "themes": parsed("themes", themes),
            "lead_body": parsed("lead_body", scanwords.lead_body),
        }
    )
    facts["lead_body"] = facts["lead_body"].fillna(facts["label"].map(LEAD_BODIES))
    _quarantine_repeats(raw, facts, used)
    return facts


def _quarantine_repeats(raw: RawTable, facts: "pd.DataFrame", used: Names[str, str]) -> None:
    """Quarantine every row of a group that stands in a round more than once, or in itself."""
    whole = facts.dropna(subset=["round", "group_id"])
    raw.quarantine.add(
        list(whole.index[whole.duplicated(["round", "group_id"], keep=False)]),
        column=used["group_id"],
        rule="A group stands in a round once.",
        remedy="Keep one row per group and round; give subgroups codes of their own.",
    )
    raw.quarantine.add(
        list(whole.index[whole["group_id"] == whole["network"]]),
        column=used.get("network"),
        rule="A group is not its own network.",
        remedy="Leave the network empty, or give it a code of its own.",
    )


def _group_id(text: str) -> str:
    if not text.strip():
        raise Unfit("A group has a code.", "Give it one, such as G-017.")
    return _code(text)


def _themes(text: str, *, table: CategoryTable | None, known: frozenset[str]) -> str:
    """Return the themes, each once, joined by spaces; what is no theme may be a story."""
    found = []
    for word in re.split(r"[,;\s]+", text.strip()):
        theme = word.casefold()
        if table is not None and theme not in known and word:
            theme = table.find(word).theme
        if theme in UNSCORED_THEMES or (word and theme not in known):
            raise Unfit(
                "This is no theme of a group.",
                "Write themes such as youth_nuisance, separated by commas, or explain your codes "
                "with --categories.",
            )
        found.append(theme)
    return " ".join(dict.fromkeys(found))


def _zones(
    raw: RawTable,
    stated_crs: str | None,
    crs: str,
    area: "BaseGeometry | None",
    points: Points,
    groups: Groups,
) -> "gpd.GeoSeries":
    """Return the zones in the workspace's CRS, missing for a group without a fixed place."""
    import geopandas as gpd
    import numpy as np
    import shapely

    if raw.geometry is None:
        return gpd.GeoSeries(index=raw.frame.index, dtype="geometry", crs=crs)
    refuse_unknown_crs(stated_crs, file=raw.file)
    given = raw.geometry
    if given.crs is None and stated_crs is not None:
        given = given.set_crs(stated_crs)
    drawn = gpd.GeoSeries(given[given.notna() & ~given.is_empty])
    polygon = drawn.geom_type.isin(["Polygon", "MultiPolygon"])
    raw.quarantine.add(
        list(drawn.index[~polygon]),
        column="geometry",
        rule="A zone is a polygon: a point or a line is too precise.",
        remedy="Draw a coarse outline, or leave the geometry empty.",
    )
    zones = gpd.GeoDataFrame(geometry=drawn[polygon])
    if len(zones):
        zones = to_workspace(zones, crs, file=raw.file)
    shapes = zones.geometry.force_2d().make_valid()
    # Each part counts: ten outlines of a house are not coarse together.
    parts, of = shapely.get_parts(shapes.to_numpy(), return_index=True)
    least = np.full(len(shapes), np.inf)
    np.minimum.at(least, of, shapely.area(parts))
    small = least < groups.least_zone_m2
    raw.quarantine.add(
        list(shapes.index[small]),
        column="geometry",
        rule=f"A zone, and each part of it, has {groups.least_zone_m2:,.0f} m2 or more.",
        remedy="Draw it coarser, or leave the geometry empty.",
    )
    outside = ~shapes.within(area.buffer(points.outside_m)) if area is not None else small & False
    raw.quarantine.add(
        list(shapes.index[outside & ~small]),
        column="geometry",
        rule="The zone lies outside the municipality.",
        remedy="Correct it, or take in the areas that it belongs to.",
    )
    return gpd.GeoSeries(shapes.reindex(raw.frame.index), crs=crs)


def _as_stored(facts: "pd.DataFrame", crs: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    ordered = facts.sort_values(["round", "group_id"]).reset_index(drop=True)
    texts = ordered.columns.drop("geometry")
    return gpd.GeoDataFrame(ordered.astype(dict.fromkeys(texts, "str")), crs=crs)


def _notes(facts: "pd.DataFrame", area: "BaseGeometry | None") -> list[str]:
    """Return the rounds with their numbers, and what departs from the rule; no codes."""
    notes = [
        f"{name}: groups {len(rows)}, with a zone {int(rows['geometry'].notna().sum())}, "
        f"networks {rows['network'].nunique()}"
        for name, rows in facts.groupby("round")
    ]
    differing = int((facts["lead_body"] != facts["label"].map(LEAD_BODIES)).sum())
    if differing:
        notes.append(f"{differing} groups are led by another body than their label says")
    if area is None and facts["geometry"].notna().any():
        notes.append("no areas yet: whether the zones lie in the municipality is unknown")
    return notes
