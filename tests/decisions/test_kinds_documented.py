"""The kinds of area and their fields stand in the README as they are in the program."""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from hotspots.policy import Policy
from hotspots.policy.measures import AreaKind

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECTION = README.split("### Kinds of area\n")[1].split("\n## ")[0]
NEEDS = {
    "by_law": "by-law",
    "lighter_measures": "lighter measures",
    "package": "package",
    "consultation": "consultation of the prosecutor",
    "dpia": "DPIA",
    "signs": "signs",
}


def rows(columns: int) -> dict[str, list[str]]:
    """The rows of the table with so many columns, by their first cell."""
    lines = re.findall(r"^\| `.*\|$", SECTION, re.MULTILINE)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {each[0].strip("`"): each[1:] for each in cells if len(each) == columns}


def test_every_kind_stands_there_with_its_defaults() -> None:
    table = rows(7)
    kinds = Policy().designations.kinds
    assert table.keys() == kinds.keys()
    for name, kind in kinds.items():
        assert table[name] == [
            kind.title,
            f"`{kind.decider}`",
            f"{kind.most_months} months",
            f"{kind.check_months} months" if kind.check_months else "",
            ", ".join(NEEDS[need] for need in kind.needs),
            ", ".join(kind.placements) or "none",
        ], name
    words = kinds["camera_area"].consultation_with
    assert f'of a camera area `["{words[0]}"]`' in SECTION
    assert len(words) == 1


def test_every_field_of_a_kind_stands_there_with_its_default() -> None:
    table = rows(4)
    assert table.keys() == AreaKind.model_fields.keys()
    for name, field in AreaKind.model_fields.items():
        default = field.get_default(call_default_factory=True)
        text = "required" if default is PydanticUndefined else f"`{default!r}`".replace("'", '"')
        assert table[name][0].split(";")[0] == text, name
