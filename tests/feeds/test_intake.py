"""Whatever a feed does within its window, readers see each thing once and in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_data.feeds.envelope import Envelope
from city_data.feeds.intake import Admitted, Intake, Standing

NOON = datetime(2018, 1, 14, 12, tzinfo=UTC)
LATENESS_S = 60


def envelope(id_: str, at_s: float, *, text: str = "", received_s: float | None = None, line: int = 0) -> Envelope:
    event = NOON + timedelta(seconds=at_s)
    received = NOON + timedelta(seconds=at_s if received_s is None else received_s)
    return Envelope("feed", id_, event, received, {"text": text}, line)


def through(intake: Intake, arriving: list[Envelope]) -> list[Admitted]:
    admitted = [entry for one in arriving for entry in intake.take(one)]
    return admitted + intake.drain()


def ids(admitted: list[Admitted]) -> list[str]:
    return [entry.envelope.id for entry in admitted]


@given(
    times=st.lists(st.integers(0, 2_000), min_size=1, max_size=40),
    copies=st.lists(st.integers(1, 5), min_size=40, max_size=40),
    delays=st.lists(st.integers(0, LATENESS_S), min_size=200, max_size=200),
)
def test_duplicates_and_disorder_within_the_window_change_nothing(
    times: list[int], copies: list[int], delays: list[int]
) -> None:
    orderly = [envelope(str(number), at) for number, at in enumerate(sorted(times))]
    sent = [one for one, n_copies in zip(orderly, copies, strict=False) for _ in range(n_copies)]
    arrivals = sorted(zip(sent, delays, strict=False), key=lambda one: one[0].event_time.timestamp() + one[1])
    wanted = through(Intake(lateness_s=LATENESS_S), orderly)
    assert through(Intake(lateness_s=LATENESS_S), [one for one, _ in arrivals]) == wanted
    assert [entry.envelope.key for entry in wanted] == [
        one.key for one in sorted(orderly, key=lambda one: (one.event_time, one.key))
    ]


@given(st.lists(st.integers(0, 500), max_size=60), st.integers(0, 100), st.integers(1, 10))
def test_nothing_taken_in_goes_missing(times: list[int], lateness_s: int, most_held: int) -> None:
    intake = Intake(lateness_s=lateness_s, most_held=most_held)
    admitted = through(intake, [envelope(str(at % 37), at, line=line) for line, at in enumerate(times)])
    counts = intake.counts
    assert counts.n_taken == len(times)
    assert len(admitted) == counts.n_in_order + counts.n_revisions + counts.n_late
    assert counts.n_taken == len(admitted) + counts.n_duplicates + counts.n_replaced


@given(st.lists(st.integers(0, 500), max_size=60), st.integers(0, 100), st.integers(1, 10))
def test_what_is_not_late_is_in_order(times: list[int], lateness_s: int, most_held: int) -> None:
    intake = Intake(lateness_s=lateness_s, most_held=most_held)
    admitted = through(intake, [envelope(str(number), at) for number, at in enumerate(times)])
    on_time = [entry.envelope.event_time for entry in admitted if entry.standing is Standing.IN_ORDER]
    assert on_time == sorted(on_time)


def test_what_comes_behind_the_window_is_kept_and_flagged() -> None:
    intake = Intake(lateness_s=LATENESS_S)
    intake.take(envelope("now", 100))
    (late,) = intake.take(envelope("past", 39))
    assert (late.envelope.id, late.standing, intake.counts.n_late) == ("past", Standing.LATE, 1)


def test_what_comes_at_the_edge_of_the_window_is_in_time() -> None:
    assert ids(through(Intake(lateness_s=LATENESS_S), [envelope("now", 100), envelope("edge", 40)])) == ["edge", "now"]


def test_a_copy_of_something_long_gone_is_never_applied_again() -> None:
    intake = Intake(lateness_s=LATENESS_S)
    first = envelope("a", 0)
    admitted = through(intake, [first, envelope("b", 10_000), first])
    assert [(entry.envelope.id, entry.standing) for entry in admitted] == [
        ("a", Standing.IN_ORDER),
        ("a", Standing.LATE),
        ("b", Standing.IN_ORDER),
    ]


def test_a_newer_version_replaces_one_that_is_still_held() -> None:
    intake = Intake(lateness_s=LATENESS_S)
    admitted = through(intake, [envelope("a", 0, text="old"), envelope("a", 5, text="new")])
    assert [entry.envelope.data["text"] for entry in admitted] == ["new"]
    assert intake.counts.n_replaced == 1


def test_a_newer_version_of_something_given_out_is_a_revision() -> None:
    intake = Intake(lateness_s=LATENESS_S)
    arriving = [envelope("a", 0, text="old"), envelope("b", 61), envelope("a", 30, text="new")]
    assert [(entry.envelope.id, entry.standing) for entry in through(intake, arriving)] == [
        ("a", Standing.IN_ORDER),
        ("a", Standing.REVISION),
        ("b", Standing.IN_ORDER),
    ]


def test_an_older_version_is_dropped_whenever_it_comes() -> None:
    newer, older = envelope("a", 5, text="new", line=2), envelope("a", 5, text="old", line=1)
    for arriving in ([newer, older], [older, newer]):
        (entry,) = through(Intake(lateness_s=LATENESS_S), arriving)
        assert entry.envelope.data["text"] == "new"


def test_a_stamp_from_the_future_does_not_make_the_others_late() -> None:
    arriving = [envelope("future", 9e8, received_s=0), envelope("a", 1), envelope("b", 2)]
    intake = Intake(lateness_s=LATENESS_S)
    assert ids(through(intake, arriving)) == ["a", "b", "future"]
    assert intake.counts.n_late == 0


def test_memory_is_bounded_by_the_window() -> None:
    intake = Intake(lateness_s=LATENESS_S)
    for at in range(5_000):
        intake.take(envelope(str(at), at))
    assert len(intake._known) < 3 * LATENESS_S
    assert len(intake._held) < 2 * LATENESS_S


def test_no_more_is_held_than_allowed() -> None:
    intake = Intake(lateness_s=None, most_held=10)
    order = list(range(100))
    Random(1).shuffle(order)
    admitted = [entry for at in order for entry in intake.take(envelope(str(at), at))]
    assert len(admitted) == 90
    assert len(intake.drain()) == 10


def test_an_envelope_without_zone_is_a_bug() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="has no zone"):
        Envelope("feed", "a", naive, NOON, {})
