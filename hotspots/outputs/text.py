"""One translator: words, sentences and figures of every page, map and table, Dutch or English.

The words live in ``locale/*.toml`` and nowhere else. Figures are formatted here, so that a
number looks the same wherever it appears.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from hotspots.months import MONTHS_IN_A_YEAR, month_name, month_number

Lang = Literal["nl", "en"]
"""A language that the pages speak."""

LANGS: tuple[Lang, ...] = get_args(Lang)

MISSING = "–"
"""Shown where there is no figure; never a zero."""


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def catalogue(lang: Lang) -> Mapping[str, Any]:
    """Return the parsed locale file of `lang`."""
    text = files("hotspots.outputs").joinpath("locale", f"{lang}.toml").read_text("utf-8")
    return tomllib.loads(text)


class Words:
    """The words and the number format of one language.

    Parameters
    ----------
    lang
        ``nl`` or ``en``.
    """

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._catalogue = catalogue(lang)
        marks = self._catalogue["number"]
        self._marks = str.maketrans(
            {",": marks["thousands"], ".": marks["decimal"], "-": "\N{MINUS SIGN}"}
        )

    def label(self, key: str, **figures: str | int) -> str:
        """Return a label; whole numbers are formatted, everything else comes as text.

        Raises
        ------
        KeyError
            When the locale file lacks the label or the label needs another figure.
        """
        return self._filled("labels", key, figures)

    def sentence(self, key: str, **figures: str | int) -> str:
        """Return a full sentence; see :meth:`label`."""
        return self._filled("sentences", key, figures)

    def has_label(self, key: str) -> bool:
        """Tell whether there is a label for `key`."""
        return key in self._catalogue["labels"]

    def theme(self, theme: str, count: int | None = None) -> str:
        """Return the name of a theme, plural unless `count` is 1; an unlisted one as it is."""
        names = self._catalogue["themes"].get(theme)
        if names is None:
            return theme.replace("_", " ")
        name: str = names["one" if count == 1 else "many"]
        return name

    def themes(self) -> list[str]:
        """Return the themes that have a name."""
        return list(self._catalogue["themes"])

    def source(self, source: str) -> str:
        """Return the name of a source; one named after its kind is told by what it holds."""
        named: str = self._catalogue["labels"].get(f"delivery_{source}", source)
        return named

    def records(self, theme: str) -> str:
        """Return what one row of a theme is in its source, plural: a registration or a report."""
        kind = self._catalogue["themes"].get(theme, {}).get("records", "registrations")
        return self.label(kind)

    def joined(self, texts: Sequence[str]) -> str:
        """Return texts as a list in a sentence, such as ``a, b en c``."""
        if len(texts) < 2:
            return "".join(texts)
        return self.label("and", before=", ".join(texts[:-1]), last=texts[-1])

    def level(self, level: str) -> str:
        """Return the plural name of a level, such as ``wijken``."""
        name: str = self._catalogue["levels"][level]
        return name

    def glossary(self) -> Mapping[str, str]:
        """Return every term of the glossary by its key."""
        terms: Mapping[str, str] = self._catalogue["glossary"]
        return terms

    def method(self) -> list[dict[str, str]]:
        """Return the sections of the method page: title, text, formula, source."""
        sections: list[dict[str, str]] = self._catalogue["method"]
        return sections

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Return ``1.234,5`` in Dutch, ``1,234.5`` in English; a dash where there is none."""
        if value is None:
            return MISSING
        without_minus_zero = round(value, decimals) + 0.0
        return f"{without_minus_zero:,.{decimals}f}".translate(self._marks)

    def recorded(self, count: int | None) -> str:
        """Return ``0 geregistreerd`` for a count, or that it is unknown."""
        if count is None:
            return self.label("unknown")
        return self.label("recorded", count=count)

    def rate(self, value: float | None) -> str:
        """Return a rate per 1,000 with one decimal: more would be false precision."""
        return self.number(value, 1)

    def interval(self, low: float | None, high: float | None) -> str:
        """Return the ends of an interval of rates, such as ``4,9–8,1``."""
        if low is None or high is None:
            return MISSING
        return f"{self.rate(low)}–{self.rate(high)}"

    def percent(self, share: float | None) -> str:
        """Return a share as a whole percentage, such as ``87%``."""
        return MISSING if share is None else f"{self.number(share * 100)}%"

    def share(self, share: float) -> str:
        """Return a part of a whole; a part that rounds to nothing is still a part."""
        return "<1%" if 0 < share < 0.01 else self.percent(share)

    def chance(self, share: float | None) -> str:
        """Return an estimated chance; never 0% or 100%, which no sample can show."""
        if share is None:
            return MISSING
        if share < 0.01:
            return "<1%"
        return ">99%" if share > 0.99 else self.percent(share)

    def change(self, ratio: float | None) -> str:
        """Return a ratio as a signed change, such as a fall of 24% for 0.76."""
        if ratio is None:
            return MISSING
        return f"{self.signed((ratio - 1) * 100)}%"

    def signed(self, value: float | None) -> str:
        """Return a whole number with its sign, such as ``+6``; zero has none."""
        if value is None:
            return MISSING
        return f"{'+' if round(value) > 0 else ''}{self.number(value)}"

    def month(self, month: str) -> str:
        """Return ``2017-12`` as ``December 2017``, as at the start of a sentence."""
        return capital(self._month_year(month))

    def day(self, day: date | datetime) -> str:
        """Return a date in full, such as ``30 november 2017``."""
        return f"{day.day} {self._catalogue['months'][day.month - 1]} {day.year}"

    def period(self, first_year: int, last_year: int) -> str:
        """Return ``2015–2017``, or one year."""
        return str(last_year) if first_year == last_year else f"{first_year}–{last_year}"

    def months(self, first_month: str, last_month: str) -> str:
        """Return ``2023–2025`` for whole years, else the months, such as ``juli – mei 2025``."""
        first, last = self._month_year(first_month), self._month_year(last_month)
        if _whole_years(first_month, last_month):
            return self.period(int(first_month[:4]), int(last_month[:4]))
        if first_month[:4] == last_month[:4]:
            first = first.removesuffix(f" {first_month[:4]}")
        return last if first_month == last_month else f"{first} – {last}"

    def year_to(self, last_month: str) -> str:
        """Return the twelve months that end with a month; see :meth:`months`."""
        first = month_name(month_number(last_month) - MONTHS_IN_A_YEAR + 1)
        return self.months(first, last_month)

    def during(self, first_month: str, last_month: str) -> str:
        """Return when something was, such as ``in 2023–2025``, for in a sentence."""
        if first_month == last_month or _whole_years(first_month, last_month):
            return self.label("in", period=self.months(first_month, last_month))
        first, last = self._month_year(first_month), self._month_year(last_month)
        return self.label("from_to", first=first, last=last)

    def night(self, evening: str) -> str:
        """Return ``12-31`` as ``31 december``."""
        month, day = map(int, evening.split("-"))
        return f"{day} {self._catalogue['months'][month - 1]}"

    def hours(self, span: str) -> str:
        """Return a span of hours of the week, such as ``fri 20-04``, as a person says it."""
        days, hours = span.split(" ")
        begin, end = map(int, hours.split("-"))
        if days == "daily":
            named = self.label("hours_every_day")
        else:
            numbers = [_DAYS.index(day) for day in days.split("-")]
            first, last = (self.label(f"weekday_{n}") for n in (numbers[0], numbers[-1]))
            beside = (numbers[-1] - numbers[0]) % len(_DAYS) == 1
            key = "hours_two_days" if beside else "hours_days"
            named = self.label(key, first=first, last=last) if numbers[1:] else first
        return self.label("hours_span", days=named, begin=begin, end=end)

    def times(self, value: float) -> str:
        """Return how many times; above ten without a decimal, which would be false precision."""
        return self.number(value, 1 if round(value, 1) < 10 else 0)

    def _month_year(self, month: str) -> str:
        year, number = month.split("-")
        return f"{self._catalogue['months'][int(number) - 1]} {year}"

    def _filled(self, section: str, key: str, figures: Mapping[str, str | int]) -> str:
        template: str = self._catalogue[section][key]
        shown = {
            name: self.number(value) if isinstance(value, int) else value
            for name, value in figures.items()
        }
        return template.format_map(shown)


def _whole_years(first_month: str, last_month: str) -> bool:
    return first_month.endswith("-01") and last_month.endswith("-12")


def capital(text: str) -> str:
    """Return `text` with a capital first letter, leaving the rest alone."""
    return text[:1].upper() + text[1:]
