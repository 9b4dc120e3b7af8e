"""Sentences about what changed where a measure was taken; never that the measure did it."""

import math

from hotspots.outputs.effect_document import EffectDocument, Peak, Relative
from hotspots.outputs.text import Words


def effect_sentences(document: EffectDocument, words: Words) -> list[str]:
    """Return what changed and what warns of it, then what the ring says and what does not count.

    Parameters
    ----------
    document
        The figures.
    words
        The language.
    """
    return [
        effect_sentence(document, words),
        *_watched(document, words),
        *_peak(document, words),
        words.sentence("effect_no_proof"),
        *_compared(document, words),
        *_ring(document, words),
        *_police(document, words),
        *_small(document, words),
    ]


def effect_sentence(document: EffectDocument, words: Words) -> str:
    """Return the change in the area and the control, and how firm the difference is.

    Parameters
    ----------
    document
        The figures.
    words
        The language.
    """
    area, control = _area(document, words), _control(document, words)
    if math.isnan(document.effect.relative):
        return words.sentence("effect_unknown", area=area, control=control)
    said = words.sentence(
        "effect",
        area=area,
        own=_change(document.effect.ratio, words),
        control=control,
        rest=_change(document.control_ratio, words),
        relative=_change(document.effect.relative, words),
    )
    key = "may_be_chance" if _may_be_chance(document.effect) else "effect_beyond_chance"
    return f"{said} {words.sentence(key, **_ends(document.effect, words))}"


def _watched(document: EffectDocument, words: Words) -> list[str]:
    """Return the change in the hours in which someone watches, and what is not known of them."""
    watched = document.watched
    if watched is None:
        return []
    hours = words.joined([words.hours(span) for span in watched.hours])
    if math.isnan(watched.effect.relative):
        said = [words.sentence("effect_watched_few", hours=hours)]
    else:
        key = "may_be_chance" if _may_be_chance(watched.effect) else "effect_beyond_chance"
        said = [
            words.sentence(
                "effect_watched",
                hours=hours,
                area=_area(document, words),
                own=_change(watched.effect.ratio, words),
                control=_control(document, words),
                rest=_change(watched.control_ratio, words),
                relative=_change(watched.effect.relative, words),
            ),
            words.sentence(key, **_ends(watched.effect, words)),
        ]
    if watched.hours_unknown:
        said.append(words.sentence("effect_watched_unknown", n=watched.hours_unknown))
    return [" ".join(said)]


def _compared(document: EffectDocument, words: Words) -> list[str]:
    """Return which months were compared, and which were not."""
    after, before = document.after, document.before
    said = [
        words.sentence(
            "effect_months",
            after=words.months(after[0], after[-1]),
            before=words.months(before[0], before[-1]),
            months=len(after),
        )
    ]
    said += [
        words.sentence("missing_month", month=words.month(each)) for each in document.not_delivered
    ]
    if document.left_out:
        months = words.joined([words.months(each, each) for each in document.left_out])
        said.append(words.sentence("effect_left_out", months=months))
    return said


def _ring(document: EffectDocument, words: Words) -> list[str]:
    moved, control = document.displacement, _control(document, words)
    if math.isnan(moved.ring.relative):
        return []
    said = [
        words.sentence(
            "effect_ring",
            ring=words.number(document.ring_m),
            control=control,
            relative=_change(moved.ring.relative, words),
            **_ends(moved.ring, words),
        ),
        words.sentence(f"effect_{moved.says}", control=control),
    ]
    if not math.isnan(moved.difference):
        said.append(
            words.sentence(
                "effect_together",
                control=control,
                difference=words.signed(moved.difference),
                low=words.signed(moved.low),
                high=words.signed(moved.high),
            )
        )
    return said


def _peak(document: EffectDocument, words: Words) -> list[str]:
    """Return whether the area stood high just before, so that a fall would come by itself."""
    peak = document.peak
    if peak is None:
        return [words.sentence("effect_no_earlier_years")]
    if "chosen_at_peak" not in document.flags:
        return []
    return [
        words.sentence(
            "effect_chosen_at_peak",
            control=_control(document, words),
            year=_change(peak.year.relative, words),
        ),
        _without_peak(peak, words),
    ]


def _without_peak(peak: Peak, words: Words) -> str:
    key = "may_be_chance" if _may_be_chance(peak.effect) else "effect_beyond_chance"
    said = words.sentence("effect_without_peak", relative=_change(peak.effect.relative, words))
    return f"{said} {words.sentence(key, **_ends(peak.effect, words))}"


def _police(document: EffectDocument, words: Words) -> list[str]:
    """Return what police found by themselves, which is in no figure above."""
    area = document.zones["area"]
    said = []
    if area.police_before or area.police_after:
        said.append(
            words.sentence(
                "effect_police",
                area=_area(document, words),
                before=words.number(area.police_before),
                after=words.number(area.police_after),
                relative=_change(document.effect_with_police.relative, words),
            )
        )
    flagged = ("detection_bias", "no_initiator")
    return said + [words.sentence(f"effect_{key}") for key in flagged if key in document.flags]


def _small(document: EffectDocument, words: Words) -> list[str]:
    said = []
    if "few_incidents" in document.flags:
        said.append(words.sentence("effect_few_incidents"))
    stacked = sum(zone.stacked for zone in document.zones.values())
    if stacked:
        said.append(words.sentence("effect_stacked", stacked=stacked))
    return said


def _area(document: EffectDocument, words: Words) -> str:
    return document.area or words.label("effect_area")


def _control(document: EffectDocument, words: Words) -> str:
    return words.label("effect_rest" if document.is_rest else "effect_control")


def _may_be_chance(relative: Relative) -> bool:
    return not (relative.low > 1 or relative.high < 1)


def _ends(relative: Relative, words: Words) -> dict[str, str]:
    return {"low": _change(relative.low, words), "high": _change(relative.high, words)}


def _change(ratio: float, words: Words) -> str:
    """Return a ratio as a signed change, or that there is none."""
    return words.change(None if math.isnan(ratio) else ratio)
