"""No personal data and no proxies: what may not enter the workspace, by column and by content.

A file with personal data is refused whole, also where the column is not asked for: it should
not have left its source. Proxies (migration background, income, benefits) that ride along in a
table of areas are never read; asking for one in the mapping is refused by name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import TYPE_CHECKING

from hotspots.errors import PersonalDataRefused, Problem
from hotspots.ingest.headers import plain
from hotspots.schemas import why_unscored

if TYPE_CHECKING:
    import pandas as pd

_PERSONAL_NAMES = {
    "citizen service numbers": r"bsn|burgerservicenummer|sofi(nummer)?",
    "dates of birth": r"geboorte\w*|geb_?datum|geboren|dob|date_of_birth|birth_?date|leeftijd",
    "names of persons": (
        r"voornam\w*|achternaam|familienaam|voorletters|roepnaam|first_?name|last_?name|surname"
        r"|(volledige_)?naam_?(verdachte|slachtoffer|aangever|betrokkene|melder|dader|getuige)?"
        r"|(verdachte|slachtoffer|aangever|betrokkene|melder|dader|getuige)(_\w+)?|full_?name|name"
    ),
    "phone numbers": r"telefoon\w*|tel(_?nr)?|mobiel\w*|gsm|phone\w*|mobile",
    "e-mail addresses": r"e_?mail\w*|mail_?adres",
    "house addresses": (
        r"(woon|huis)?_?adres(regel)?\w*|huis_?(nummer|nr|letter)\w*|toevoeging|house_?number"
        r"|(home_?)?address"
    ),
    "narratives": (
        r"narratief|toelichting|opmerking(en)?|vrije_?tekst|memo|notities?|verklaring\w*"
        r"|proces_?verbaal|narrative|free_?text|remarks?|comments?"
    ),
    "origin or nationality of persons": r"nationaliteit|etnici\w+|geboorteland|ethnicity",
}
_NICKNAMES = r"bijnam\w*|bijnaam|roepnam\w*|alias(sen)?|nick_?names?|straatnaam|aka"
_MEMBERS = r".*(leden|lid|member|kopstuk|meeloper|persoon|personen|person).*"
_TELLTALES = {
    what: re.compile(pattern, re.IGNORECASE)
    for what, pattern in {
        "e-mail addresses": r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
        "phone numbers": (
            r"(?<![\w+])(?:\+31|0031)[ -]?[1-9](?:[ -]?\d){8}(?!\w)"
            r"|(?<!\w)06[ -]?\d(?:[ -]?\d){7}(?!\w)"
        ),
        "bank account numbers": r"\bNL\d{2}[A-Z]{4}\d{10}\b",
    }.items()
}
_FIGURE = re.compile(r"|-?\d*[.,]\d+|-?\d{1,7}")
_HOUSE = re.compile(
    r"[a-z][\w' .-]*(?:straat|laan|weg|plein|kade|gracht|singel|dijk|hof|pad|steeg)"
    r"\s+\d+\s?[a-z]?\b",
    re.IGNORECASE,
)
_WORDS_OF_A_NARRATIVE = 8
_DISTINCT_SHARE = 0.2


def refuse_personal_data(frame: "pd.DataFrame", *, file: str, mapped: Mapping[str, str]) -> None:
    """Refuse a table of texts that holds personal data; `mapped` gives our name per column used.

    Raises
    ------
    PersonalDataRefused
        Naming every such column, what it holds and why that is thought.
    """
    ours = {theirs: mine for mine, theirs in mapped.items()}
    problems = [
        Problem(
            f"This column holds {what} ({why}); personal data may not enter the workspace.",
            "Remove the column at the source, and take in the new extract.",
            file=file,
            column=column,
        )
        for column in frame.columns
        for what, why in _findings(column, frame[column], ours.get(column))
    ]
    if problems:
        raise PersonalDataRefused(problems)


def refuse_other_columns(
    names: Iterable[str], *, mapped: Mapping[str, str], allowed: Iterable[str], file: str
) -> None:
    """Refuse a table with any column but those used: naming what is forbidden falls short.

    Parameters
    ----------
    mapped
        Our name -> name in the file, of the columns used.
    allowed
        Our names of the columns that may be there.

    Raises
    ------
    PersonalDataRefused
        Naming every such column, and why it may not be there.
    """
    problems = [
        Problem(
            f"This column may not be in the file: {_why_not(name)}.",
            "Remove it at the source, and take in the new file; it may hold only "
            f"{', '.join(allowed)} and, in a spatial file, the geometry.",
            file=file,
            column=name,
        )
        for name in names
        if name not in mapped.values()
    ]
    if problems:
        raise PersonalDataRefused(problems)


def refuse_proxies(mapped: Mapping[str, str], *, file: str) -> None:
    """Refuse a mapping that asks for a proxy for people, or counts inhabitants as dwellings.

    Raises
    ------
    PersonalDataRefused
        Naming every such column.
    """
    problems = [
        Problem(
            f"This column may never enter a score: {why}.",
            f"Map {mine} to another column, such as the number of dwellings.",
            file=file,
            column=theirs,
        )
        for mine, theirs in mapped.items()
        if mine != "area_name" and (why := why_unscored(plain(theirs)))
    ]
    if problems:
        raise PersonalDataRefused(problems)


def _why_not(name: str) -> str:
    kinds = {**_PERSONAL_NAMES, "nicknames": _NICKNAMES, "persons in a group": _MEMBERS}
    found = (what for what, pattern in kinds.items() if re.fullmatch(pattern, plain(name)))
    if what := next(found, None):
        return f"it is about {what}"
    return why_unscored(plain(name)) or "nothing but the columns named may be"


def _findings(column: str, texts: "pd.Series", mine: str | None) -> Iterator[tuple[str, str]]:
    name = plain(column)
    names_no_person = mine in ("area_name", "name", "street_name")
    for what, pattern in _PERSONAL_NAMES.items():
        if re.fullmatch(pattern, name) and not (names_no_person and what == "names of persons"):
            yield what, "by its name"
            return
    found = None if mine == "area_name" else _by_content(texts)
    if found:
        yield found


def _by_content(texts: "pd.Series") -> tuple[str, str] | None:
    """Return what the values look like, with the reason; short figures are passed over."""
    distinct = [text.strip() for text in texts.unique() if not _FIGURE.fullmatch(text.strip())]
    numbers = [text for text in distinct if re.fullmatch(r"\d{9}", text)]
    passing = sum(map(passes_eleven_test, numbers))
    if len(numbers) >= 2 and 2 * passing >= len(numbers):
        return "citizen service numbers", f"{passing} of {len(numbers)} pass the eleven-test"
    for what, pattern in _TELLTALES.items():
        matches = sum(1 for text in distinct if pattern.search(text))
        if matches:
            return what, f"{matches} distinct values look like it"
    wordy = [text for text in distinct if re.search(r"[a-z]", text, re.IGNORECASE)]
    houses = sum(1 for text in wordy if _HOUSE.match(text))
    if wordy and 2 * houses >= len(wordy):
        return "house addresses", f"{houses} of {len(wordy)} distinct values look like it"
    if len(wordy) >= _DISTINCT_SHARE * len(texts):
        words = median([len(text.split()) for text in wordy] or [0])
        if words >= _WORDS_OF_A_NARRATIVE:
            return "narratives", f"its values have {words:.0f} words and hardly repeat"
    return None


def looks_personal(text: str) -> bool:
    """Return whether one value looks like that of a person: to hide it, not to refuse a file."""
    if any(pattern.search(text) for pattern in _TELLTALES.values()) or _HOUSE.search(text):
        return True
    numbers = re.findall(r"(?<!\d)\d{9}(?!\d)", text)
    return any(map(passes_eleven_test, numbers)) or len(text.split()) >= _WORDS_OF_A_NARRATIVE


def passes_eleven_test(digits: str) -> bool:
    """Return whether nine digits pass the test of a citizen service number (*elfproef*).

    Examples
    --------
    >>> passes_eleven_test("111222333")
    True
    >>> passes_eleven_test("123456789")
    False
    """
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and digits.strip("0") != ""
