"""Every rule that a row can break is told in Dutch."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hotspots.ingest
from hotspots.outputs.rules import rule_text

SOURCES = sorted(Path(hotspots.ingest.__path__[0]).glob("*.py"))
OF_GROUPS = {"groups.py", "scanwords.py"}
"""Rooms whose quarantine is shown to nobody."""
BUILT_OF_PARTS = {"X X; leave it empty where unknown.", "X X."}
"""A measure with its name and bounds, which the modules that ask for it fill in."""


def as_stored(node: ast.expr) -> str | None:
    """Return a text as a row would have it, with an X for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (each.value if isinstance(each, ast.Constant) else "X" for each in node.values)
        return "".join(map(str, parts))
    return None


def texts(path: Path) -> Iterator[str]:
    """Yield the rules and remedies in a module."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        told = [each.value for each in call.keywords if each.arg in ("rule", "remedy")]
        told += call.args if name == "Unfit" else []
        if name in ("Unfit", "add"):
            yield from filter(None, map(as_stored, told))


STORED = sorted(
    {text for path in SOURCES if path.name not in OF_GROUPS for text in texts(path)}
    - BUILT_OF_PARTS
)


def test_the_rules_are_found() -> None:
    assert len(STORED) > 60


@pytest.mark.parametrize("text", STORED)
def test_a_rule_has_its_dutch(text: str) -> None:
    if re.fullmatch(r"The shape of X (is|has no) X\.", text):
        text = text.replace("is X", "is a line").replace("no X", "no length")
    if text.startswith("This camera has another purpose"):
        text = text.replace("X", "number plates, zones or speed")
    dutch = rule_text(text, "nl")
    assert dutch
    assert dutch != text
    assert dutch.count("X") == text.count("X")


def test_what_a_rule_fills_in_is_kept_and_an_unknown_one_stays_english() -> None:
    assert rule_text("A year lies between 1900 and 2100.", "nl") == (
        "Een jaar ligt tussen 1900 en 2100."
    )
    direction = "A direction, in degrees clockwise from north, lies between 0 and 360."
    assert "0 en 360" in str(rule_text(direction, "nl"))
    assert rule_text("A rule of tomorrow.", "nl") is None
    assert rule_text("A rule of tomorrow.", "en") == "A rule of tomorrow."
