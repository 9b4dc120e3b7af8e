"""CSV as municipalities deliver it: encoding and separator recognised, no line lost."""

import csv
import gzip
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from hotspots.errors import InputRefused, Problem
from hotspots.ingest.headers import column_names
from hotspots.ingest.quarantine import Quarantine

if TYPE_CHECKING:
    import pandas as pd

_SEPARATORS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
_LINES_TO_JUDGE = 50


def read_csv(
    path: Path, *, max_bytes: int, quarantine: Quarantine
) -> "tuple[pd.DataFrame, list[str]]":
    """Return the rows as texts on their line numbers, and what was recognised.

    Lines with too few or too many fields, and lines without any content between separators, go
    to `quarantine`. The encodings are UTF-8, UTF-16 (with its mark) and Windows-1252.

    Raises
    ------
    InputRefused
        When the content is not text, too large, or its header cannot be used.
    """
    import pandas as pd

    text, encoding = _decoded(_content(path, max_bytes), path)
    separator = _separator(text)
    header, rows, numbers = _rows(text, separator, path, quarantine)
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    arrays = (pd.array(list(column), dtype="str") for column in columns)
    frame = pd.DataFrame(dict(zip(header, arrays, strict=True)), index=pd.Index(numbers, dtype=int))
    return frame, [f"encoding {encoding}, separator {_SEPARATORS[separator]}"]


def _content(path: Path, max_bytes: int) -> bytes:
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as stream:
                content = stream.read(max_bytes + 1)
        else:
            content = path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise _refusal(
            path, "The file is not gzip, or is damaged.", "Ask the source for the extract again."
        ) from None
    if len(content) > max_bytes:
        raise _refusal(
            path,
            f"The file holds more than {max_bytes // 1_000_000:,} MB.",
            "Split it, or raise limits.max_file_mb in the policy.",
        )
    return content


def _decoded(content: bytes, path: Path) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding.removesuffix("-sig")
    raise _refusal(
        path,
        "The content is not text in UTF-8, UTF-16 or Windows-1252.",
        "Save it as CSV in UTF-8, and check that it is not another kind of file.",
    )


def _separator(text: str) -> str:
    """Return the separator that splits the first lines into the most columns, evenly."""
    lines = [line for line in text[:200_000].splitlines()[: _LINES_TO_JUDGE + 1] if line.strip()]

    def evenness(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        except csv.Error:
            return 0, 0
        width = widths[0] if widths else 0
        return (sum(each == width for each in widths), width) if width > 1 else (0, 0)

    return max(_SEPARATORS, key=evenness)


def _rows(
    text: str, separator: str, path: Path, quarantine: Quarantine
) -> tuple[list[str], list[list[str]], list[int]]:
    # strict: a quotation mark that does not close would swallow the lines after it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    header: list[str] = []
    at = 1
    try:
        for row in reader:
            start, at = at, reader.line_num + 1
            if not row:
                continue
            if not header:
                header = column_names(row, file=path.name, row=start)
                continue
            if len(row) > len(header) and not any(row[len(header) :]):
                row = row[: len(header)]  # a separator at the end of the line
            if len(row) == len(header) and "".join(row).strip():
                rows.append(row)
                numbers.append(start)
            else:
                _quarantine_line(row, len(header), start, separator, quarantine)
    except csv.Error as error:
        raise InputRefused(
            Problem(
                f"From here on the file cannot be split into fields ({error}).",
                "Look for a quotation mark that is not closed.",
                file=path.name,
                row=at,
            )
        ) from None
    if not header:
        raise _refusal(path, "The file has no rows.", "Ask the source for the extract again.")
    return header, rows, numbers


def _quarantine_line(
    row: list[str], width: int, line: int, separator: str, quarantine: Quarantine
) -> None:
    import pandas as pd

    if not any(field.strip() for field in row):
        quarantine.add(
            [line], column=None, rule="The line has no content.", remedy="Remove the line."
        )
        return
    quarantine.add(
        pd.Series([separator.join(row)], index=[line]),
        column=None,
        rule=f"The line has {len(row)} fields where the header has {width}.",
        remedy="Look for a separator or a quotation mark inside a field.",
    )


def _refusal(path: Path, rule: str, remedy: str) -> InputRefused:
    return InputRefused(Problem(rule, remedy, file=path.name))
