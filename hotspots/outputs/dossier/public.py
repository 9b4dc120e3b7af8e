"""The public version of a dossier: what may not be public is taken out before a word is written.

Two nets: only fields that are listed here remain, and every text that was written is searched for
what may still be in it. Neither replaces a person who reads it before it is published.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from hotspots.outputs.dossier.drawing import Drawn
from hotspots.outputs.dossier.facts import Count, Facts, HotspotFigure, Shown
from hotspots.policy.publication import Publication
from hotspots.register import (
    AdviceAsked,
    Choice,
    Consultation,
    Designation,
    Record,
)

_R = TypeVar("_R", bound=Record)

_ALWAYS = frozenset({"id", "version", "kind", "name", "state", "marks", "boundary_version"})
"""What is public of a designation whatever the policy says; the rest is named there."""

_REVIEW = frozenset({
    "id", "version", "designation", "reviewed_on", "advice", "figures", "findings", "need_remains",
    "proposed_area", "proposed_hours", "proposed_season", "lighter_alternatives",
})  # fmt: skip
_CHOICE = frozenset({
    "id", "version", "year", "kind", "theme", "level", "decided_on", "decider", "areas", "reason",
})  # fmt: skip


def public_of(facts: Facts) -> Facts:
    """Return what may be public of a dossier.

    Small counts are told as few and others rounded, as the policy says; cameras are counted per
    class;
    findings, complaints, advice, consultation and reviews lose their words; the checklist, the
    signals and the trail go, but for its head.
    """
    return replace(
        facts,
        public=True,
        designation=None
        if facts.designation is None
        else public_designation(facts.designation, facts.publication),
        review=None if facts.review is None else _only(facts.review, _REVIEW),
        choice=None if facts.choice is None else _choice(facts.choice),
        placements=(),
        reviews=tuple(_only(each, _REVIEW - {"figures", "findings"}) for each in facts.reviews),
        signals=(),
        counts=tuple(_counts(facts.counts, facts.publication)),
        hotspots=tuple(_hotspot(each, facts.publication) for each in facts.hotspots),
        areas=tuple(
            replace(
                each,
                count=few(each.count, facts.publication),
                rate_per_1000=None,
                low=None,
                high=None,
            )
            for each in facts.areas
        ),
        measured=None,
        checklist=(),
        trail=(),
        drawn=None if facts.drawn is None else _without_cameras(facts.drawn),
    )


def few(count: Shown, rules: Publication) -> Shown:
    """Return a count as it may be public: 0, few, or rounded."""
    if count is None or count == "few":
        return count
    return "few" if rules.is_small(count) else rules.rounded(count)


def public_designation(record: Designation, rules: Publication) -> Designation:
    """Return a designation with only what may be public of it."""
    held, asked = record.consultation, record.advice
    return _only(record, _ALWAYS | set(rules.fields)).model_copy(
        update={
            "consultation": None if held is None else _held(held),
            "advice": None
            if asked is None
            else AdviceAsked.model_construct(
                asked_on=asked.asked_on, asked_of="", given_on=asked.given_on, summary=""
            ),
        }
    )


def _counts(counts: Sequence[Count], rules: Publication) -> list[Count]:
    """Return counts as they may be public; a sum goes where it would tell a part that is few."""
    parts = [each for each in counts if each.theme is not None]
    told = {each.run_id for each in parts if few(each.incidents, rules) == "few"}
    kept = [
        each
        for each in counts
        if each.theme is not None or each.moment == "baseline" or each.run_id not in told
    ]
    return [replace(each, incidents=few(each.incidents, rules)) for each in kept]


def _hotspot(each: HotspotFigure, rules: Publication) -> HotspotFigure:
    """A figure that rests on a small count tells it, however it is written."""
    shown = few(each.count, rules)
    if shown == "few":
        return replace(
            each, count=shown, times_city_mean=None, ratio=None, ratio_low=None, ratio_high=None
        )
    return replace(each, count=shown)


def _without_cameras(drawn: Drawn) -> Drawn:
    return replace(drawn, layers=[each for each in drawn.layers if each.look != "camera"])


def _choice(record: Choice) -> Choice:
    held = record.consultation
    return _only(record, _CHOICE).model_copy(
        update={"consultation": None if held is None else _held(held)}
    )


def _held(held: Consultation) -> Consultation:
    return Consultation.model_construct(held_on=held.held_on, with_whom="", summary="")


def _only(record: _R, kept: frozenset[str]) -> _R:
    """Return a record with its other fields as if nobody had filled them in."""
    fields = type(record).model_fields
    bare = {name: fields[name].get_default() for name in fields.keys() - kept}
    return record.model_copy(update=bare)


# ---------------------------------------------------------------- texts
_PREFIX = r"(?:[Vv]an|[Dd]e|[Dd]er|[Dd]en|[Tt]er|[Tt]en|[Hh]et|['’]t)"
_WORD = r"[A-Z][\w'’-]*\.?"
_NAME = rf"(?:(?:{_WORD}|{_PREFIX})\s+){{0,5}}[A-Z][\w'’-]+"
_STREET = (
    r"[A-Z][\w'’.-]*(?:\s[A-Z][\w'’.-]*)*?"
    r"(?:straat|laan|weg|plein|kade|gracht|singel|dijk|hof|pad|steeg|markt|park)"
)
_NUMBER = (  # a year is no number of a house
    r"(?:(?!19\d\d|20\d\d)\d{4}|\d{1,3})(?!\d)(?:\s?[a-zA-Z]\b)?(?:\s?[-–/]\s?\d{1,4}(?:\s?[a-z]\b)?)?"
)
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.]*\w"),
    re.compile(r"(?<![\w+])(?:\+31|0031)[ -]?\(?0?\)?[1-9](?:[ -]?\d){8}(?!\w)"),
    re.compile(r"(?<!\w)0[1-9](?:[ -]?\d){8}(?!\w)"),
    re.compile(r"\bNL\d{2}[A-Z]{4}\d{10}\b"),
    re.compile(r"\b[1-9]\d{3}\s?[A-Z]{2}\b"),
    re.compile(r"(?<!\w)\d{9}(?!\w)"),
)
_TITLED = re.compile(
    rf"\b((?:[Dd]e heer|[Mm]evrouw|[Dd]hr\.?|[Mm]w\.?|[Mm]evr\.?|[Aa]gent|[Ii]nspecteur"
    rf"|[Bb]rigadier|[Ww]ijkagent|[Oo]fficier)\s+){_NAME}"
)
_OF_INCIDENTS = (
    r"(\s+(?:\w+\s+)?(?:incident|melding|registratie|aangifte|geval|mishandeling"
    r"|inbra(?:ak|ken)|beroving|overval|diefstal|vernieling|bedreiging)\w*)"
)


def cleaner(
    secrets: Iterable[str],
    *,
    removed: str,
    few: str,
    least_shown: int,
    streets: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Callable[[str], str]:
    """Return what takes out of a text the known secrets, and what looks like personal data.

    That is: names of who acted in the register, groups, addresses with a house number, postcodes,
    telephone numbers, mail addresses, account and service numbers, a name after a title, and a
    small count of incidents.

    Parameters
    ----------
    secrets
        Texts that no public version may hold, in any case of letters.
    removed, few
        What stands in their place, and in that of a small count.
    least_shown
        Smallest count of incidents that may stay.
    streets
        Names of streets, after which a number is a house.
    names
        Names of areas, in which a number is no house.
    """
    named = sorted({each.strip() for each in secrets if len(each.strip()) > 2}, key=len)
    known = [re.escape(each) for each in reversed(named)]
    secret = re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)", re.IGNORECASE) if known else None
    own = [re.escape(each) for each in sorted(streets, key=len, reverse=True) if each]
    small = "|".join(str(count) for count in range(1, least_shown))
    counted = re.compile(rf"(?<![\w.,])(?:{small}){_OF_INCIDENTS}", re.IGNORECASE)
    house = re.compile(rf"(?<!\w)({'|'.join([*own, _STREET])})\s+{_NUMBER}")

    def without_number(found: re.Match[str]) -> str:
        return found[0] if any(found[0] in name for name in names) else f"{found[1]} {removed}"

    def clean(text: str) -> str:
        told = house.sub(without_number, text)
        for pattern in _PATTERNS:
            told = pattern.sub(removed, told)
        told = _TITLED.sub(lambda found: f"{found[1]}{removed}", told)
        if secret is not None:
            told = secret.sub(removed, told)
        return counted.sub(lambda found: f"{few}{found[1]}", told)

    return clean
