"""What came by each channel today: every contact counts once, when it was heard."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.metrics.small_journal import reported
from twin.domain import facts as f
from twin.domain.contact import CONSULTATION, EMERGENCY, REPORT, Contact
from twin.domain.problem import PATROL, Channel
from twin.domain.quantities import HOUR, SECOND, CivilTime
from twin.metrics.channels import ChannelDay, ChannelTally

CIVIL = CivilTime(datetime.fromisoformat("2026-03-02T07:00:00+08:00"), ZoneInfo("Asia/Shanghai"))
HOTLINE = Channel.HOTLINE


def made(contact: int, at: int, *, what: Contact = REPORT, channel: Channel = HOTLINE) -> f.ContactMade:
    return f.ContactMade(at, contact, channel, what, None, "North", "rubbish", 3, 0, 0, 0)


def told(case: int, at: int, *, channel: Channel = HOTLINE, unit: int | None = None, opened: bool) -> f.ReportMade:
    return f.ReportMade(at, case, case, channel, unit, opened)


def tally(*facts: f.Fact) -> ChannelTally:
    counted = ChannelTally(CIVIL)
    for fact in facts:
        counted.take(fact)
    return counted


def test_nothing_counts_before_somebody_has_listened() -> None:
    assert tally(made(1, SECOND)).read(SECOND) == ()


def test_a_contact_is_a_case_a_second_report_advice_or_for_others() -> None:
    counted = tally(
        *(made(number, 0, what=what) for number, what in enumerate((REPORT, REPORT, CONSULTATION, EMERGENCY, REPORT))),
        f.ContactEnded(SECOND, 0, 10, opened=True),
        told(10, SECOND, opened=True),
        reported(1, 10),
        f.ContactEnded(2 * SECOND, 1, 10),
        told(10, 2 * SECOND, opened=False),
        f.ContactEnded(3 * SECOND, 2),
        f.ContactEnded(4 * SECOND, 3),
        f.ContactEnded(5 * SECOND, 4),
    )
    assert counted.read(5 * SECOND) == (ChannelDay(HOTLINE, 4, 1, 1, 1, 1, 1),)


def test_what_a_patrol_finds_counts_as_it_is_told() -> None:
    counted = tally(
        told(10, SECOND, channel=PATROL, unit=0, opened=True),
        reported(1, 10),
        told(10, 2 * SECOND, channel=PATROL, unit=1, opened=False),
        reported(3, 11),
    )
    patrol, unknown = sorted(counted.read(3 * SECOND), key=lambda day: day.channel is not PATROL)
    assert patrol == ChannelDay(PATROL, 2, 1, 1)
    assert unknown == ChannelDay(Channel.UNKNOWN, 1, 1)


def test_a_new_day_begins_at_midnight_of_the_place() -> None:
    counted = tally(made(0, 0), f.ContactEnded(SECOND, 0, 10, opened=True))
    assert counted.read(17 * HOUR - 1) == (ChannelDay(HOTLINE, 1, 1),)
    assert counted.read(17 * HOUR) == ()


def test_a_copy_goes_on_by_itself() -> None:
    first = tally(made(0, 0), made(1, 0))
    second = first.copy()
    first.take(f.ContactEnded(SECOND, 0, 10, opened=True))
    second.take(f.ContactEnded(SECOND, 1))
    assert first.read(SECOND) == (ChannelDay(HOTLINE, 1, 1),)
    assert second.read(SECOND) == (ChannelDay(HOTLINE, n_unheard=1),)
