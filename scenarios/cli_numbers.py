"""How commands print the figures of experiments: each in the unit of its measure, with half its interval."""

from __future__ import annotations

from twin.metrics.measure import Measure
from twin.metrics.paired import Interval, Level


def level(measure: str, found: Level) -> str:
    """A mean, and half its interval where that is more than nothing."""
    if found.mean is None:
        return "–"
    text = number(measure, found.mean)
    return text if found.t is None or found.t.half_width == 0 else f"{text} ± {number(measure, found.t.half_width)}"


def ends(measure: str, found: Interval) -> str:
    """An interval of a difference."""
    return f"{number(measure, found.low, sign='+')} to {number(measure, found.high, sign='+')}"


def number(measure: str, value: float, *, sign: str = "") -> str:
    """A number in the unit of its measure: seconds, per cent (points, where it is a difference), or plain."""
    name = Measure.parse(measure).name
    if name.endswith("_s"):
        return f"{value:{sign},.0f} s" if abs(value) >= 100 else f"{value:{sign},.1f} s"
    if name.endswith("_share"):
        return f"{value * 100:{sign},.1f} {'points' if sign else '%'}"
    return f"{value:{sign},.3g}" if abs(value) < 1_000 else f"{value:{sign},.0f}"
