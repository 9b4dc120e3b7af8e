"""Sentences about what a planner may choose: another number of cameras, or another site."""

from hotspots.outputs.cameras.document import CurvePoint, OtherSite, PlannedSite, Swap
from hotspots.outputs.cameras.sentences import bounded, in_tenths
from hotspots.outputs.cameras.tables import PlanDocument
from hotspots.outputs.text import Words

_ALIKE = 0.05  # below what a tenth shows


def number_sentences(point: CurvePoint | None, document: PlanDocument, words: Words) -> list[str]:
    """Return what a plan of so many cameras has in view, and how good it is proven to be.

    Parameters
    ----------
    point
        The plan; none is a city with its fixed cameras alone.
    document, words
        The run, and the language.
    """
    rests = document.rests_on
    if not rests.demand:
        return []
    fixed = in_tenths(rests.fixed_covered / rests.demand, words)
    if point is None:
        return [words.sentence("cameras_number_none", share=fixed)]
    one = "_one" if point.cameras == 1 else ""
    said = [
        words.sentence(
            f"cameras_number{one}", n=point.cameras, share=in_tenths(point.covered_share, words)
        )
    ]
    if len(point.sites) < point.cameras:
        chosen = words.number(len(point.sites))
        said.append(words.sentence("cameras_fewer", budget=point.cameras, chosen=chosen))
    return [*said, bounded(point.objective, point.bound, point.cameras, words)]


def place_of(site: PlannedSite | OtherSite, words: Words) -> str:
    """Return the id of a site with its street, as far as that is known."""
    if site.street is None:
        return site.site_id
    return words.label("cameras_site_street", site=site.site_id, street=site.street)


def swap_sentences(
    site: PlannedSite, other: OtherSite, swap: Swap, document: PlanDocument, words: Words
) -> list[str]:
    """Return what taking another site in the place of one of the plan would cost.

    Parameters
    ----------
    site, other, swap
        The site of the plan, the one in its place, and what the exchange loses.
    document, words
        The run, and the language.
    """
    rests = document.rests_on
    both = {"site": site.site_id, "other": other.site_id}
    if abs(swap.loss) < _ALIKE:
        said = [words.sentence("cameras_swap_same", **both)]
    elif swap.loss < 0:
        gain = words.number(-swap.loss, 1)
        said = [words.sentence("cameras_swap_more", gain=gain, **both)]
    else:
        share = in_tenths(swap.loss / document.objective, words)
        loss = words.number(swap.loss, 1)
        said = [words.sentence("cameras_swap_less", loss=loss, share=share, **both)]
    if rests.demand:
        before, after = (
            in_tenths(covered / rests.demand, words)
            for covered in (rests.covered, rests.covered - swap.covered_loss)
        )
        key = "cameras_swap_covered_same" if before == after else "cameras_swap_covered"
        said.append(words.sentence(key, before=before, after=after))
    if abs(swap.loss - swap.covered_loss) >= _ALIKE:
        said.append(words.sentence("cameras_swap_twice"))
    return [*said, words.sentence("cameras_swap_exact")]


def other_sentences(other: OtherSite, document: PlanDocument, words: Words) -> list[str]:
    """Return that a site is not in the plan, and in which plans of other numbers it is."""
    said = [words.sentence("cameras_other", n=document.rests_on.budget)]
    numbers = [
        words.number(point.cameras)
        for point in document.curve
        if any(each.site_id == other.site_id for each in point.sites)
    ]
    if numbers:
        said.append(words.sentence("cameras_other_in", numbers=words.joined(numbers)))
    return [*said, words.sentence("cameras_other_not_told")]
