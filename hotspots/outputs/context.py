"""What others published about cameras: context for expectations, never a promise."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from hotspots.outputs.tables import Shown
from hotspots.outputs.text import Words


class Published(Shown):
    """A published change of crime against comparable areas without cameras, in percent.

    `clear` is false where the study could not tell it from chance.
    """

    key: Literal["overall", "car_parks", "town_centres"]
    change: int
    clear: bool
    year: int
    source: str


@cache
def published() -> tuple[Published, ...]:
    """Return what is known of cameras from reviews of many places, the oldest first."""
    text = files("hotspots.outputs").joinpath("context.toml").read_text("utf-8")
    return tuple(Published.model_validate(each) for each in tomllib.loads(text)["cctv"])


def context_sentences(words: Words) -> list[str]:
    """Return what reviews of camera supervision found, and why that promises nothing here.

    Parameters
    ----------
    words
        The language.

    References
    ----------
    Welsh and Farrington (2009), Justice Quarterly 26(4), 716-745; Piza, Welsh, Farrington and
    Thomas (2019), Criminology & Public Policy 18(1), 135-159.
    """
    told = []
    for each in published():
        said = words.sentence(
            f"context_{each.key}", change=f"{words.signed(each.change)}%", year=str(each.year)
        )
        told.append(said if each.clear else f"{said} {words.sentence('context_unclear')}")
    return [*told, words.sentence("context_violence"), words.sentence("context_no_promise")]


def context_sources() -> list[str]:
    """Return the papers, each once."""
    return list(dict.fromkeys(each.source for each in published()))
