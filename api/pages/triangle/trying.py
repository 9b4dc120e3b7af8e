"""A ranking tried with other years and weights: the form, and what it changes in the order."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.parameters import PrioritiesQuery
from api.ranking_shelf import DRAWS
from hotspots.outputs.tables import Area, PrioritiesDocument
from hotspots.outputs.text import Words


@dataclass(frozen=True)
class Tried:
    """What is asked of a ranking: weight of the count in percent, number of years, cut line.

    `without_police` leaves out what the police recorded on their own initiative.
    """

    weight: int
    years: int
    k: int
    without_police: bool


@dataclass(frozen=True)
class TryingView:
    """The form to try with, and the effect; `was` holds the frozen place by area code.

    `initiative_known` tells whether records on the initiative of the police can be left out.
    """

    asked: Tried
    frozen: Tried
    most_years: int
    most_k: int
    last_year: int
    initiative_known: bool
    sentences: list[str]
    was: Mapping[str, str]

    @property
    def is_tried(self) -> bool:
        """Whether anything differs from what the run froze."""
        return self.asked != self.frozen

    @property
    def kept(self) -> dict[str, int | str]:
        """What an address keeps while trying."""
        if not self.is_tried:
            return {}
        without = {"without_police": "true"} if self.asked.without_police else {}
        asked = {"weight": self.asked.weight, "years": self.asked.years, "k": self.asked.k}
        return {**asked, **without}


def frozen_as(document: PrioritiesDocument) -> Tried:
    """Return what a run was asked, as the form has it."""
    return Tried(
        weight=round(100 * document.weights.count),
        years=document.last_year - document.first_year + 1,
        k=document.k,
        without_police=document.without_police,
    )


def asked_of(query: PrioritiesQuery, frozen: Tried) -> Tried:
    """Return what a reader asks; where the address is silent, what the run was asked."""
    return Tried(
        weight=frozen.weight if query.weight is None else query.weight,
        years=query.years or frozen.years,
        k=query.k or frozen.k,
        without_police=query.without_police,
    )


def trying_view(
    frozen: PrioritiesDocument,
    shown: PrioritiesDocument,
    known: range,
    words: Words,
    *,
    initiative_known: bool,
) -> TryingView:
    """Return the form, and the effect of what is shown on the order that the run froze.

    Parameters
    ----------
    frozen, shown
        The run's own ranking, and the one on the page; the same where nothing is tried.
    known
        Years whose months the run froze.
    words
        The language of the page.
    initiative_known
        Whether the ranking tells what the police recorded on their own initiative.
    """
    view = TryingView(
        asked=frozen_as(shown),
        frozen=frozen_as(frozen),
        most_years=frozen.last_year - known.start + 1,
        most_k=max(len(frozen.areas), frozen.k),
        last_year=frozen.last_year,
        initiative_known=initiative_known,
        sentences=[],
        was={},
    )
    if not view.is_tried:
        return view
    before = {area.area_code: area for area in frozen.areas}
    view.sentences.extend(_effect(before, shown, words))
    view.sentences.append(words.sentence("try_draws", draws=DRAWS))
    chosen = "try_record_without_police" if shown.without_police else "try_record"
    view.sentences.append(words.sentence(chosen))
    moved = {area.area_code: _was(area, before.get(area.area_code), words) for area in shown.areas}
    return TryingView(**{**vars(view), "was": moved})


def _was(area: Area, before: Area | None, words: Words) -> str:
    if before is None:
        return words.label("try_was_not")
    if before.rank == area.rank:
        return words.label("try_was_same")
    return words.label("try_rose" if area.rank < before.rank else "try_fell", rank=before.rank)


def _effect(before: Mapping[str, Area], shown: PrioritiesDocument, words: Words) -> list[str]:
    """Say who comes above the line and who leaves it, and how many others moved."""
    now = {area.area_code: area for area in shown.areas}
    above = {code for code, area in now.items() if area.above_cut}
    above_before = {code for code, area in before.items() if area.above_cut}
    told = []
    if enters := [now[code] for code in now if code in above - above_before]:
        named = [_moved(area, before.get(area.area_code), area, words) for area in enters]
        told.append(words.sentence("try_enters", areas=words.joined(named)))
    if leaves := [before[code] for code in before if code in above_before - above]:
        named = [_moved(area, area, now.get(area.area_code), words) for area in leaves]
        told.append(words.sentence("try_leaves", areas=words.joined(named)))
    if not told:
        told.append(words.sentence("try_same", k=shown.k))
    moved = [code for code in above & above_before if now[code].rank != before[code].rank]
    told.append(words.sentence("try_moved" if len(moved) != 1 else "try_moved_one", n=len(moved)))
    return told


def _moved(area: Area, before: Area | None, now: Area | None, words: Words) -> str:
    if before is None or now is None:
        return area.area_name
    return words.label("try_from_to", area=area.area_name, before=before.rank, now=now.rank)
