"""Why two runs differ, in a sentence."""

from collections.abc import Iterator

from hotspots.outputs.run_difference import RunDifference
from hotspots.outputs.text import Words


def why_sentence(difference: RunDifference, words: Words) -> str:
    """Return why the answers of two runs differ, or that they do not.

    What a run answers follows from what is put in and from nothing else. One thing that was put
    in otherwise is the reason; of several, each may be.

    Parameters
    ----------
    difference
        The runs beside each other.
    words
        The language of the reader.
    """
    if difference.a.id == difference.b.id:
        return words.sentence("compare_same_run")
    told = words.joined(list(_causes(difference, words)))
    if difference.a.kind != difference.b.kind:
        return words.sentence("compare_other_kind", causes=told)
    if not difference.causes:
        return words.sentence("compare_no_cause")
    if difference.same_results:
        return words.sentence("compare_same_results", causes=told)
    key = "compare_one_cause" if len(difference.causes) == 1 else "compare_causes"
    return words.sentence(key, causes=told)


def _causes(difference: RunDifference, words: Words) -> Iterator[str]:
    """Yield what was put in otherwise, each in a few words."""
    a, b = difference.a, difference.b
    for cause in difference.causes:
        match cause:
            case "until":
                days = words.day(a.until), words.day(b.until)
                yield words.label("compare_cause_until", a=days[0], b=days[1])
            case "deliveries":
                more, fewer = len(difference.deliveries_b), len(difference.deliveries_a)
                yield words.label("compare_cause_deliveries", more=more, fewer=fewer)
            case "policy":
                changed = sum(None not in (each.a, each.b) for each in difference.policy)
                n = changed or len(difference.policy)
                yield words.label(
                    "compare_cause_setting" if n == 1 else "compare_cause_settings", n=n
                )
            case _:
                yield words.label(f"compare_cause_{cause}")
