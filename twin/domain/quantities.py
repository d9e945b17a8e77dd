"""Units and the only conversions between them.

Instants (`_at`) and exact spans (`_us`) are integer microseconds since the run's epoch; parameters and metrics (`_s`)
are float seconds; places along a street are integer millimetres. Civil time enters and leaves through `CivilTime`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE, HOUR, DAY, WEEK = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND, 604_800 * SECOND

_UNITS = {"us": 1, "ms": 1_000, "s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(us|ms|s|min|m|h|d|w)")


def to_us(seconds: float) -> int:
    """Seconds, rounded to the nearest whole microsecond."""
    return round(seconds * SECOND)


def to_s(microseconds: int) -> float:
    """Microseconds as float seconds."""
    return microseconds / SECOND


def parse_span(text: str | float) -> int:
    """Microseconds of a written span.

    A number is seconds; text is one or more numbers with units (us ms s m min h d w), or H:MM:SS.

    Raises
    ------
    ValueError : for anything else, negative spans included.

    >>> parse_span("1h30m") == 90 * MINUTE, parse_span(2.5), parse_span("0:01:30") == 90 * SECOND
    (True, 2500000, True)
    """
    if isinstance(text, bool):
        raise ValueError(f"{text!r} is not a span of time")
    if isinstance(text, int | float):
        if not 0 <= text < 1e12:
            raise ValueError(f"{text!r} is not a span of time: it must be zero or more seconds")
        return to_us(text)
    stripped = text.strip()
    if clock := re.fullmatch(r"(\d+):([0-5]\d):([0-5]\d)", stripped):
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return hours * HOUR + minutes * MINUTE + seconds * SECOND
    if stripped and not re.sub(r"\s+", "", _SPAN.sub("", stripped)):
        return sum(round(float(number) * _UNITS[unit]) for number, unit in _SPAN.findall(stripped))
    raise ValueError(f"{text!r} is not a span of time: write 90, 90s, 15m, 1h30m, 7d or 0:01:30")


@dataclass(frozen=True, slots=True)
class CivilTime:
    """Sim time ↔ civil time: the epoch is an aware instant, the zone says what clocks on the wall show."""

    epoch: datetime
    zone: ZoneInfo

    @classmethod
    def utc(cls) -> CivilTime:
        """UTC since 1970: for whoever has no clocks on the wall to go by."""
        return cls(datetime(1970, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))

    def at(self, moment: datetime) -> int:
        """Microseconds from the epoch to an aware `moment`."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment.isoformat()} has no zone")
        return (moment.astimezone(UTC) - self.epoch.astimezone(UTC)) // timedelta(microseconds=1)

    def civil(self, at: int) -> datetime:
        """Aware wall-clock time of a sim instant."""
        return (self.epoch.astimezone(UTC) + timedelta(microseconds=at)).astimezone(self.zone)

    def wall_us(self, at: int) -> int:
        """What calendar and clock on the wall show: microseconds since midnight, and `DAY` × the date's ordinal.

        >>> divmod(CivilTime.utc().wall_us(90), DAY)
        (719163, 90)
        """
        local = self.civil(at)
        seconds = (local.hour * 60 + local.minute) * 60 + local.second
        return local.toordinal() * DAY + seconds * SECOND + local.microsecond

    def hour_of_week(self, at: int) -> int:
        """0 (Monday 00–01 h) to 167, by the clocks on the wall."""
        local = self.civil(at)
        return local.weekday() * 24 + local.hour


def local_instant(text: str, zone: ZoneInfo) -> datetime:
    """An aware instant from ISO text; text without an offset is read in `zone`.

    Raises
    ------
    ValueError : not ISO, or a wall-clock time that does not exist or exists twice in that zone (a change of clocks).
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a moment: write 2018-01-13 or 2018-01-13T06:00") from error
    if moment.tzinfo is not None:
        return moment
    early, late = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(f"{text} does not exist in {zone.key}: the clocks were put forward over it")
    if early.utcoffset() != late.utcoffset():
        raise ValueError(f"{text} exists twice in {zone.key}: the clocks were put back over it; write the offset")
    return early


def times(factor: float) -> str:
    """A factor as scenarios write it.

    >>> times(1.2)
    'x1.2'
    """
    return f"x{factor:.6f}".rstrip("0").rstrip(".")
