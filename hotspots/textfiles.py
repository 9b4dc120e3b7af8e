"""Small files that people write by hand, refused with the line that is wrong and what to do."""

import re
import tomllib
from pathlib import Path

from hotspots.errors import HotspotsError, Problem, problem_of_system

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_SHOWN = 80


def read_text(path: Path, *, refusal: type[HotspotsError]) -> str:
    """Return the text of a file in UTF-8, with or without its mark.

    Parameters
    ----------
    path
        The file.
    refusal
        What is raised when it cannot be read.

    Raises
    ------
    HotspotsError
        A `refusal` that names the file, and the line where it is not text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refusal(problem_of_system(error, path)) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(
            Problem(
                "The file is not text in UTF-8.",
                "Save it as UTF-8, and check that it is not another kind of file.",
                file=path.name,
                row=content[: error.start].count(b"\n") + 1,
            )
        ) from None


def read_toml(path: Path, *, refusal: type[HotspotsError], remedy: str) -> dict[str, object]:
    """Return what a TOML file holds.

    Parameters
    ----------
    path, refusal
        As for :func:`read_text`.
    remedy
        Where the reader finds what the file may hold.

    Raises
    ------
    HotspotsError
        A `refusal` that names the file, the line and what stands there.
    """
    text = read_text(path, refusal=refusal)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        lines = text.splitlines() or [""]
        place = _PLACE.search(str(error))
        row = int(place[1]) if place and place[1] else len(lines)
        said = _PLACE.sub("", str(error)).rstrip(".")
        raise refusal(
            Problem(
                f"This line is not TOML: {said[:1].lower()}{said[1:]}.",
                f"Write name = value, with texts between quotation marks. {remedy}",
                file=path.name,
                row=row,
                value=lines[min(row, len(lines)) - 1].strip()[:_SHOWN],
            )
        ) from None
