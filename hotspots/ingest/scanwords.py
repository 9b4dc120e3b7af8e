"""What a group scan says in a word: the half year, the label, how sure that is, and who leads."""

import re

from hotspots.ingest import parse
from hotspots.ingest.headers import plain
from hotspots.ingest.quarantine import Unfit
from hotspots.schemas import Grading, LeadBody

_ROUND_REMEDY = "Write the half year as 2025-H1 or 2025-H2, or give a date in it."
_HALVES = {
    half: number
    for number, halves in enumerate(("1 1e i h1 voorjaar spring", "2 2e ii h2 najaar autumn"), 1)
    for half in halves.split()
}
_NAMED_HALF = r"(?P<half>h[12]|[12]e|i|ii|voorjaar|najaar|spring|autumn)"
_ROUNDS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?P<year>\d{{4}})[-/_ ]?{_NAMED_HALF}",  # 2025-H1, 2025 1e (helft), 2025 najaar
        r"(?P<year>\d{4})[-/_ ](?P<half>[12])",  # 2025-1
        rf"{_NAMED_HALF}[-/ ](?P<year>\d{{4}})",  # 1e (helft) 2025, najaar 2025
    )
)


def half_year(text: str) -> str:
    """Return ``YYYY-H1`` or ``YYYY-H2`` of ``2025-1``, ``2025 1e helft`` or a date.

    A month alone is refused: ``2025-02`` may be the second half or February.
    """
    clean = re.sub(r"\s+", " ", text.strip().casefold())
    if not clean:
        raise Unfit("A round is required here.", _ROUND_REMEDY)
    bare = re.sub(r"[ -]?(helft|half[ _]?jaar)", "", clean)
    for pattern in _ROUNDS:
        match = pattern.fullmatch(bare)
        if match:
            half = _HALVES[match["half"]]
            return parse.year_month(match["year"], str(6 * half))[:4] + f"-H{half}"
    try:
        year, month, _ = parse.day(re.split("[ t]", clean)[0])
    except Unfit:
        raise Unfit("This is not a half year.", _ROUND_REMEDY) from None
    return f"{year}-H{1 if month <= 6 else 2}"


_GRADINGS: dict[str, Grading] = {
    "laag": "low",
    "low": "low",
    "midden": "middle",
    "middel": "middle",
    "middle": "middle",
    "medium": "middle",
    "hoog": "high",
    "high": "high",
}


def label(text: str) -> Grading:
    """Return the label of a group."""
    try:
        return _GRADINGS[text.strip().casefold()]
    except KeyError:
        raise Unfit("This is not a label of a group.", "Write laag, midden or hoog.") from None


def confidence(text: str) -> Grading | None:
    """Return how sure a row is; a number from 0 to 1 by thirds, nothing for an empty text."""
    clean = text.strip().casefold().replace(",", ".")
    if not clean or clean in _GRADINGS:
        return _GRADINGS.get(clean)
    if not re.fullmatch(r"0?\.\d+|[01](\.\d+)?", clean, re.ASCII) or float(clean) > 1:
        raise Unfit(
            "This does not say how sure the row is.",
            "Write laag, midden or hoog, or a number from 0 to 1.",
        )
    return "low" if float(clean) < 1 / 3 else "middle" if float(clean) < 2 / 3 else "high"


_LEADS: dict[str, LeadBody] = {
    **dict.fromkeys(["stadsdeel", "city_district"], "stadsdeel"),
    **dict.fromkeys(["partners", "lokale_partners", "local_partners"], "partners"),
    **dict.fromkeys(
        [
            "gemeente",
            "veiligheidshuis",
            "gemeente_met_veiligheidshuis",
            "gemeente_en_veiligheidshuis",
            "gemeente_veiligheidshuis",
            "municipality",
        ],
        "municipality",
    ),
}


def lead_body(text: str) -> LeadBody | None:
    """Return who leads; nothing for an empty text."""
    if not text.strip():
        return None
    try:
        return _LEADS[plain(text)]
    except KeyError:
        raise Unfit(
            "This is no body that leads the approach of a group.",
            "Write stadsdeel, lokale partners or gemeente (with the Veiligheidshuis), never a "
            "person; or leave it empty, and it follows from the label.",
        ) from None
