"""The rules of the quarantine in the reader's language; they are stored in English."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from hotspots.outputs.text import Lang


def rule_text(text: str, lang: Lang) -> str | None:
    """Return a rule or a remedy in a language; none where it stands in English alone.

    Parameters
    ----------
    text
        As it is stored with a quarantined row.
    """
    if lang == "en":
        return text
    exact, patterns = _dutch()
    if text in exact:
        return exact[text]
    for pattern, translated in patterns:
        if found := pattern.fullmatch(text):
            return translated.format(*found.groups())
    return None


@cache
def _dutch() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Return the texts without figures, and a pattern for each that has some."""
    text = files("hotspots.outputs").joinpath("rules_nl.toml").read_text("utf-8")
    rules: dict[str, str] = tomllib.loads(text)
    filled = {english: dutch for english, dutch in rules.items() if "{}" in english}
    patterns = [
        (re.compile("(.+?)".join(map(re.escape, english.split("{}")))), dutch)
        for english, dutch in filled.items()
    ]
    return {english: rules[english] for english in rules.keys() - filled.keys()}, patterns
