"""Reads time stamps into microseconds since 1970-01-01 UTC, by the clock a mapping declares, and fast.

In: text (or what JSON and Parquet have instead). Out: integers, or an `UnusableStampError` with one of a few reasons.
What a stamp says before its hour is looked up in one memo, the rest in another: histories hold few different hours,
and few different minutes and seconds, so that most stamps cost two look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from zoneinfo import ZoneInfo

from city_data.feeds.mapping import Clock
from city_data.feeds.office_stamps import as_iso
from city_data.feeds.plain import plain
from twin.domain.quantities import HOUR, MINUTE, SECOND, local_instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = ((datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1) for year in (1900, 2200))
MOST_REMEMBERED = 100_000
"""Entries of a memo before it is begun anew."""

NOT_A_STAMP = "is not a time stamp as the mapping describes them"
NO_ZONE = "has no zone, and the mapping declares none"
OTHER_MARK = "names another zone than the mapping says"
SKIPPED = "does not exist on that clock: it was put forward over it"
TOO_FAR = "lies before 1900 or after 2200"
TWICE = "exists twice on that clock: it was put back over it"

_HOUR = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")
_ISO = re.compile(_HOUR.pattern + ":")
_REST = re.compile(r":([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?[0-5]\d)?)?")
_WIDTH = len("2018-01-20 13")

_Bases = dict[str, int]
Value = TypeVar("Value")


class UnusableStampError(ValueError):
    """A stamp that says no instant; its text is one of the reasons above."""


class StampReader:
    """Reads the stamps of one feed.

    Parameters
    ----------
    clock : zone, mark and format.
    missing : texts that mean "no value", in plain signs, beside the empty one.

    Attributes
    ----------
    marks : the zones that stamps have named so far, as written; "" for none.
    """

    def __init__(self, clock: Clock, missing: frozenset[str] = frozenset()) -> None:
        self.marks: dict[str, bool] = {}
        self._clock = clock
        self._missing = missing
        self._zone = None if clock.zone is None else ZoneInfo(clock.zone)
        self._local: _Bases = {}
        self._absolute: _Bases = {}
        self._rests: dict[str, tuple[_Bases, int]] = {}
        self._other: Callable[[str], int] | None = None
        if clock.format == "epoch_s":
            self._other = _epoch_reader(SECOND)
        elif clock.format == "epoch_ms":
            self._other = _epoch_reader(SECOND // 1_000)
        elif clock.format != "iso":
            self._other = self._by_pattern

    def read(self, value: object) -> int | None:
        """The instant a value says, in microseconds since 1970 UTC; None where it says nothing.

        Raises
        ------
        UnusableStampError : it says something that is no instant.
        """
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                bases, within_us = self._rests[value[_WIDTH:]]
                return bases[value[:_WIDTH]] + within_us
            except KeyError:
                text = plain(value)
        elif isinstance(value, datetime):
            return self._by_iso(value.isoformat())
        else:
            text = str(value)
        if not text or text in self._missing:
            return None
        if self._other is not None:
            return self._other(text)
        return self._by_iso(text if _ISO.match(text) else as_iso(text) or text)

    def _by_iso(self, text: str) -> int:
        hour, rest = text[:_WIDTH], text[_WIDTH:]
        bases, within_us = self._rests.get(rest) or self._rest(rest)
        base = bases.get(hour)
        if base is None:
            if not _HOUR.fullmatch(hour):
                raise UnusableStampError(NOT_A_STAMP)
            base = self._hour(hour, bases)
        if base is None:
            minute_us = within_us // MINUTE * MINUTE
            local = datetime.fromisoformat(f"{hour}:00:00") + timedelta(microseconds=minute_us)
            return self._instant(local) + within_us - minute_us
        return base + within_us

    def _rest(self, rest: str) -> tuple[_Bases, int]:
        """What the part of a stamp after its hour adds, and to which kind of hours."""
        match = _REST.fullmatch(rest)
        if match is None:
            raise UnusableStampError(NOT_A_STAMP)
        minutes, seconds, fraction, mark = match.groups()
        within_us = int(minutes) * MINUTE + int(seconds or 0) * SECOND + int((fraction or "").ljust(6, "0")[:6])
        offset = self._offset(mark)
        read = (self._local, within_us) if offset is None else (self._absolute, within_us - offset)
        self.marks[mark or ""] = True
        _remember(self._rests, rest, read)
        return read

    def _offset(self, mark: str | None) -> int | None:
        """Offset from UTC that a mark says, in microseconds; None where the clock on the wall counts instead."""
        if mark is None:
            if self._zone is None:
                raise UnusableStampError(NO_ZONE)
            return None
        offset = 0
        if mark[0] in "+-":
            digits = mark[1:].replace(":", "").ljust(4, "0")
            offset = (int(digits[:2]) * HOUR + int(digits[2:]) * MINUTE) * (-1 if mark[0] == "-" else 1)
        if self._clock.trust_mark:
            return offset
        if self._clock.marked == "UTC" and offset != 0:
            raise UnusableStampError(OTHER_MARK)
        return None

    def _hour(self, hour: str, bases: _Bases) -> int | None:
        """Instant at which a written hour begins; None for an hour in which clocks are changed."""
        try:
            begin = datetime.fromisoformat(f"{hour}:00:00")
        except ValueError as error:
            raise UnusableStampError(NOT_A_STAMP) from error
        if bases is self._absolute:
            base = _us(begin.replace(tzinfo=UTC))
        else:
            try:
                base = self._instant(begin)
                is_whole = self._instant(begin + timedelta(minutes=59)) - base == 59 * MINUTE
            except UnusableStampError:
                is_whole = False
            if not is_whole:
                return None
        _remember(bases, hour, base)
        return base

    def _instant(self, local: datetime) -> int:
        """Instant of a time on the clock on the wall."""
        if self._zone is None:
            raise UnusableStampError(NO_ZONE)
        try:
            moment = local_instant(local.isoformat(), self._zone)
        except ValueError as error:
            raise UnusableStampError(TWICE if "twice" in str(error) else SKIPPED) from error
        return _us(moment)

    def _by_pattern(self, text: str) -> int:
        try:
            moment = datetime.strptime(text, self._clock.format)  # noqa: DTZ007 - the zone follows
        except ValueError as error:
            raise UnusableStampError(NOT_A_STAMP) from error
        if moment.tzinfo is not None and self._clock.trust_mark:
            return _us(moment)
        return self._instant(moment.replace(tzinfo=None))


def _us(moment: datetime) -> int:
    return _near((moment - EPOCH) // timedelta(microseconds=1))


def _near(at: int) -> int:
    if not _EARLIEST <= at < _LATEST:
        raise UnusableStampError(TOO_FAR)
    return at


def _remember(memo: dict[str, Value], key: str, value: Value) -> None:
    if len(memo) >= MOST_REMEMBERED:
        memo.clear()
    memo[key] = value


def _epoch_reader(unit_us: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            at = int(Decimal(text) * unit_us)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise UnusableStampError(NOT_A_STAMP) from error
        return _near(at)

    return read
