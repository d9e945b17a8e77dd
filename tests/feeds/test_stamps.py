"""Stamps are read by the clock the mapping declares; those that say no instant are refused with the reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_data.feeds.mapping import Clock
from city_data.feeds.response import instant
from city_data.feeds.stamps import (
    NO_ZONE,
    NOT_A_STAMP,
    OTHER_MARK,
    SKIPPED,
    TOO_FAR,
    TWICE,
    StampReader,
    UnusableStampError,
)
from tests.feeds.samples import stamps
from twin.domain.quantities import local_instant

PACIFIC = ZoneInfo("America/Los_Angeles")


def read(value: object, clock: dict[str, object], *, missing: frozenset[str] = frozenset()) -> str | None:
    reader = StampReader(Clock.model_validate(stamps(**clock)), missing)
    at = reader.read(value)
    assert reader.read(value) == at, "a remembered stamp reads as it did at first"
    return None if at is None else instant(at).isoformat()


@pytest.mark.parametrize(
    ("value", "clock", "wanted"),
    [
        ("2018-01-20 13:03:34", {}, "2018-01-20T21:03:34+00:00"),
        ("2025-10-26T07:44:26.000", {}, "2025-10-26T14:44:26+00:00"),
        (" 2018-01-20 13:03 ", {}, "2018-01-20T21:03:00+00:00"),
        ("2018-01-20 13:03:34.000000 UTC", {"marked": "UTC", "trust_mark": False}, "2018-01-20T21:03:34+00:00"),
        ("2018-01-20 13:03:34.000000 UTC", {}, "2018-01-20T13:03:34+00:00"),
        ("2018-01-20T13:03:34Z", {"zone": None}, "2018-01-20T13:03:34+00:00"),
        ("2018-01-20T13:03:34.25-05:00", {}, "2018-01-20T18:03:34.250000+00:00"),
        ("01/20/2018 01:03:34 PM", {"format": "%m/%d/%Y %I:%M:%S %p"}, "2018-01-20T21:03:34+00:00"),
        ("1516453414.5", {"format": "epoch_s"}, "2018-01-20T13:03:34.500000+00:00"),
        (1516453414500, {"format": "epoch_ms"}, "2018-01-20T13:03:34.500000+00:00"),
        (datetime(2018, 1, 20, 13, 3, 34), {}, "2018-01-20T21:03:34+00:00"),  # noqa: DTZ001
        (datetime(2018, 1, 20, 13, 3, 34, tzinfo=UTC), {}, "2018-01-20T13:03:34+00:00"),
        ("2018-03-11 01:59:59", {}, "2018-03-11T09:59:59+00:00"),
        ("2018-03-11 03:00:00", {}, "2018-03-11T10:00:00+00:00"),
        ("", {}, None),
        ("  ", {}, None),
        (None, {}, None),
    ],
)
def test_a_stamp_is_read_by_its_clock(value: object, clock: dict[str, object], wanted: str | None) -> None:
    assert read(value, clock) == wanted


def test_a_word_for_missing_is_no_stamp() -> None:
    assert read("NULL", {}, missing=frozenset({"NULL"})) is None


@pytest.mark.parametrize(
    ("value", "clock", "reason"),
    [
        ("2018-01-20 13:03:34", {"zone": None}, NO_ZONE),
        ("2018-03-11 02:30:00", {}, SKIPPED),
        ("2018-11-04 01:30:00", {}, TWICE),
        ("2018-01-20T13:03:34+01:00", {"marked": "UTC", "trust_mark": False}, OTHER_MARK),
        ("0204-01-01 00:00:00", {}, TOO_FAR),
        ("99999999999999999999999999", {"format": "epoch_s"}, TOO_FAR),
        ("soon", {"format": "epoch_s"}, NOT_A_STAMP),
        ("NaN", {"format": "epoch_s"}, NOT_A_STAMP),
        ("20.01.2018", {"format": "%d/%m/%Y"}, NOT_A_STAMP),
        ("2018-01-20", {}, NOT_A_STAMP),
        ("2018-02-30 10:00:00", {}, NOT_A_STAMP),
        ("2018-01-20 25:00:00", {}, NOT_A_STAMP),
        ("2018-01-20 10:61:00", {}, NOT_A_STAMP),
        ("yesterday, about ten o'clock", {}, NOT_A_STAMP),
        (True, {}, NOT_A_STAMP),
    ],
)
def test_a_stamp_that_says_no_instant_is_refused(value: object, clock: dict[str, object], reason: str) -> None:
    with pytest.raises(UnusableStampError, match="^" + reason + "$"):
        read(value, clock)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31)),  # noqa: DTZ001
    st.sampled_from(["America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Shanghai", "UTC"]),
)
def test_local_stamps_read_as_the_slow_way_reads_them(moment: datetime, zone: str) -> None:
    check_against_the_slow_way(moment, zone)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Australia/Lord_Howe", "Europe/London"])
def test_every_minute_around_a_change_of_clocks_is_read_right(zone: str) -> None:
    for hour in range(365 * 24):
        begin = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        offsets = [(begin + timedelta(hours=more)).astimezone(ZoneInfo(zone)).utcoffset() for more in (0, 1)]
        if offsets[0] != offsets[1]:
            local = begin.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            for minute in range(-150, 240, 7):
                check_against_the_slow_way(local + timedelta(minutes=minute), zone)


def check_against_the_slow_way(moment: datetime, zone: str) -> None:
    text = moment.isoformat(" ", "seconds")
    reader = StampReader(Clock.model_validate(stamps(zone=zone)))
    try:
        wanted = local_instant(text, ZoneInfo(zone))
    except ValueError:
        with pytest.raises(UnusableStampError):
            reader.read(text)
    else:
        at = reader.read(text)
        assert at is not None
        assert instant(at) == wanted
