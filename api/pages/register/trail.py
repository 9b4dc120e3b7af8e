"""What the page of the audit trail shows: who did what, and whether the register holds together."""

from dataclasses import dataclass

from api.pages.register import sentences
from api.pages.register.subjects import Subjects
from hotspots.outputs.text import Words, capital
from hotspots.policy import Policy
from hotspots.register import Entry
from hotspots.store.register.register import Register

PER_PAGE = 100


@dataclass(frozen=True)
class TrailView:
    """A page of the trail, newest first, with its head and what verification found."""

    rows: list[list[str]]
    seq: str
    head: str
    holds: bool
    verdict: str
    found: list[str]
    newer: int | None
    older: int | None
    shown: str


def trail_view(
    register: Register, policy: Policy, words: Words, *, before: int | None
) -> TrailView:
    """Return a page of the trail.

    Parameters
    ----------
    register
        Whose trail.
    policy
        What kinds of area are called.
    words
        The language.
    before
        Number of the entry before which the page begins; the newest by default.
    """
    seq, head = register.head()
    last = seq if before is None else min(before - 1, seq)
    first = max(1, last - PER_PAGE + 1)
    entries = register.trail(after=first - 1, most=max(0, last - first + 1)) if last else []
    found = register.verify()
    subjects = Subjects(register, policy, words)
    newer = last + 1 + PER_PAGE if last < seq else None
    return TrailView(
        rows=[_row(each, subjects.name(each), words) for each in reversed(entries)],
        seq=words.number(seq),
        head=head,
        holds=not found,
        verdict=words.sentence("register_trail_broken" if found else "register_trail_holds"),
        found=[each.rule for each in found[:20]],
        newer=newer,
        older=first if first > 1 else None,
        shown=words.label("register_trail_shown", first=first if last else 0, last=last, n=seq),
    )


def _row(entry: Entry, about: str, words: Words) -> list[str]:
    return [
        words.number(entry.seq),
        sentences.moment(entry, words),
        entry.actor,
        words.label(f"role_{entry.role}"),
        capital(sentences.act_name(entry.act, words)),
        entry.subject,
        entry.reason,
        entry.run_id or "",
        entry.hash,
        about,
    ]
