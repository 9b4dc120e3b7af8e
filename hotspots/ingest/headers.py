"""Column names of a delivered file."""

import re
import unicodedata

from hotspots.errors import InputRefused, Problem


def column_names(cells: list[str], *, file: str, row: int = 1) -> list[str]:
    """Return a header's names up to the last that is filled in; unnamed ones get a number.

    Raises
    ------
    InputRefused
        When there are none, or a name stands there twice; names them all.
    """
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    names = [name or f"column {number}" for number, name in enumerate(names, 1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names:
        raise InputRefused(
            Problem("The header is empty.", "Put the column names there.", file=file, row=row)
        )
    if twice:
        raise InputRefused(
            [
                Problem(
                    "A column name stands in the header once.",
                    "Rename or remove one of them.",
                    file=file,
                    row=row,
                    column=name,
                )
                for name in twice
            ]
        )
    return names


def plain(name: str) -> str:
    """Return a column name in lower case, without accents, its words joined by underscores.

    Examples
    --------
    >>> plain("Aantal Woningen (BAG)")
    'aantal_woningen_bag'
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", ascii_only)
    return re.sub(r"[^a-z0-9]+", "_", spaced.casefold()).strip("_")
