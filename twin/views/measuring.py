"""Measures and their values in words: "P90 response, priority 1", "6 min 42 s", "+1.2 points".

In: a measure as experiments write it, and a number. Out: text in the language of the words.
"""

from __future__ import annotations

from twin.metrics.measure import Measure, Sense, Target
from twin.metrics.paired import Interval, Level
from twin.views.words import Words

MINUS = "−"
_BRIEF_S = 10.0
"""Spans below are written with a decimal."""


def measure_name(text: str, words: Words) -> str:
    """What a measure is called.

    >>> from twin.views.words import Language
    >>> measure_name("p90 response_s priority 1", Words(Language.ENGLISH))
    'P90 response, priority 1'
    """
    measure = Measure.parse(text)
    name = words(f"measure.{measure.name}")
    if measure.figure is not None:
        name = words(f"figure.{measure.figure}", measure=name)
    return name if measure.by is None else words(f"of.{measure.by}", measure=name, group=measure.group)


def target_name(text: str, words: Words) -> str:
    """What is asked of a measure."""
    target = Target.parse(text)
    measure = str(target.measure)
    key = "target.at_most" if target.sense is Sense.AT_MOST else "target.at_least"
    return words(key, measure=measure_name(measure, words), limit=amount(measure, target.limit, words))


def amount(text: str, value: float, words: Words) -> str:
    """How much of a measure.

    >>> from twin.views.words import Language
    >>> amount("late_share", 0.123, Words(Language.ENGLISH))
    '12.3%'
    """
    name = Measure.parse(text).name
    if name.endswith("_s"):
        brief = abs(value) < _BRIEF_S
        return words("seconds", value=f"{value:.1f}") if brief else words.span(value)
    if name.endswith("_share"):
        return words.share(value)
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"


def change(text: str, value: float, words: Words, *, signed: bool = True) -> str:
    """How much more or less of a measure; shares change by percentage points.

    >>> from twin.views.words import Language
    >>> change("p90 response_s", -130.0, Words(Language.ENGLISH))
    '−2 min 10 s'
    """
    sign = "" if not signed or not value else MINUS if value < 0 else "+"
    if Measure.parse(text).name.endswith("_share"):
        return sign + words("points", value=f"{abs(value) * 100:.1f}")
    return sign + amount(text, abs(value), words)


def level_told(text: str, found: Level, words: Words) -> str:
    """A mean over replications, and half its interval."""
    if found.mean is None:
        return words("none")
    told = amount(text, found.mean, words)
    if found.t is None or not found.t.half_width:
        return told
    return f"{told} ± {change(text, found.t.half_width, words, signed=False)}"


def interval_told(text: str, found: Interval | None, words: Words) -> str:
    """From how much less to how much more."""
    if found is None:
        return words("none")
    return f"{change(text, found.low, words)} … {change(text, found.high, words)}"
