"""The room: its heart beats, its moments are whole, its commands are answered when they are written down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from scenarios.load import load_scenario
from scenarios.opening import open_run, open_twin, resume_twin
from scenarios.record import record_room, simulate
from scenarios.room import Room
from scenarios.run_folder import ROOM
from scenarios.verify import verify_run
from twin.console.desk import Drive, Gear
from twin.domain.commands import AssignUnit, ChangePolicy, Command, RecallUnit, ReportProblem, StandDown, Why, encode
from twin.domain.facts import CommandGiven
from twin.domain.light import RED
from twin.domain.quantities import HOUR, MINUTE, SECOND
from twin.domain.seat import DISPATCHER, LOCAL_ADMIN, PLANNER, VIEWER, Seat
from twin.domain.unit import FREE
from twin.errors import JournalError
from twin.journal.sqlite import read_facts

DAY_SHIFT = 9 * HOUR
NOBODY = "tests.policies.idle:Nobody"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = open_twin("vehicles", folder=tmp_path)
    yield room
    room.close()


def beat_until(room: Room, at: int, *, beats: int = 2_000) -> None:
    for _ in range(beats):
        if room.moment.at >= at:
            return
        room.beat()
    pytest.fail(f"the clock came to {room.moment.at} only")


def go(room: Room, at: int) -> None:
    """To this very instant, whatever the machine does meanwhile."""
    room._engine.advance_to(at)
    room._engine.commit()
    room._publish()


def give(room: Room, command: Command, *, seat: Seat = LOCAL_ADMIN, token: str = "") -> Why | None:
    return room.act(command, seat=seat, token=token or f"{command}").why


def test_a_room_that_is_held_stands_still(room: Room) -> None:
    room.beat()
    assert room.moment.at == 0
    assert not room.moment.pace.is_playing


def test_a_step_is_a_minute(room: Room) -> None:
    room.drive(Drive(Gear.STEP), seat=LOCAL_ADMIN)
    assert room.moment.at == MINUTE


def test_it_goes_as_fast_as_asked(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("scenarios.room.wall", lambda: now[0])
    room.drive(Drive(Gear.SPEED, 60.0), seat=LOCAL_ADMIN)
    room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN)
    for _ in range(40):
        now[0] += 0.25
        room.beat()
    assert room._engine.now == pytest.approx(600 * SECOND, abs=MINUTE)
    assert room.moment.pace.achieved == pytest.approx(60.0, rel=0.05)
    assert room.moment.pace.asked == 60.0


def test_it_stops_at_the_end(room: Room) -> None:
    room.drive(Drive(Gear.SPEED, None), seat=LOCAL_ADMIN)
    room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN)
    beat_until(room, room.about.until)
    assert room.moment.is_over
    assert not room.moment.pace.is_playing


def test_moments_count_up_and_are_kept_for_a_while(room: Room) -> None:
    numbers = []
    for _ in range(40):
        room.drive(Drive(Gear.STEP), seat=LOCAL_ADMIN)
        numbers.append(room.moment.number)
    assert numbers == list(range(numbers[0], numbers[0] + 40))
    assert room.moment_of(numbers[0]) is None
    found = room.moment_of(numbers[-2])
    assert found is not None
    assert (found[0].number, found[1].number if found[1] else None) == (numbers[-2], numbers[-3])


def test_a_unit_keeps_its_place_in_every_moment(room: Room) -> None:
    go(room, HOUR)
    first = room.moment
    go(room, 2 * HOUR)
    assert [unit.name for unit in first.units] == [unit.name for unit in room.moment.units]
    assert first.places.shape == (len(first.units), 2)


def test_a_command_is_carried_out_and_written_down_before_it_is_answered(room: Room, tmp_path: Path) -> None:
    go(room, DAY_SHIFT)
    matter = room.about.matters[0]
    n_before = len(room.moment.cases)
    assert give(room, ReportProblem(matter.matter, edge=5, offset_mm=100), token="mine") is None
    assert len(room.moment.cases) == n_before + 1
    given = [fact for chunk in read_facts(tmp_path / ROOM) for fact in chunk if isinstance(fact, CommandGiven)]
    assert [(fact.by, fact.token) for fact in given] == [("local", "mine")]


def test_a_command_given_twice_is_carried_out_once(room: Room) -> None:
    go(room, HOUR)
    command = ReportProblem(room.about.matters[0].matter, edge=5, offset_mm=100)
    answers = [room.act(command, seat=LOCAL_ADMIN, token="same") for _ in range(3)]
    assert len(set(answers)) == 1
    assert sum(case.spot.edge == 5 for case in room.moment.cases) == 1


def test_a_unit_that_is_assigned_goes(room: Room) -> None:
    go(room, DAY_SHIFT)
    assert give(room, ChangePolicy(NOBODY)) is None
    give(room, ReportProblem(room.about.matters[0].matter, edge=9, offset_mm=50))
    room.drive(Drive(Gear.STEP), seat=LOCAL_ADMIN)
    for _ in range(10):
        room.drive(Drive(Gear.STEP), seat=LOCAL_ADMIN)
        waiting = next((case for case in room.moment.cases if case.spot.edge == 9 and case.waiting), None)
        if waiting is not None:
            break
    assert waiting is not None
    need, skill = waiting.waiting[0]
    first = room.reach(waiting.spot, skill=skill)[0]
    assert give(room, AssignUnit(first.unit, waiting.case, need)) is None
    assert room.moment.units[first.unit].case == waiting.case
    assert room.moment.units[first.unit].status not in FREE


def test_only_the_administrator_brings_in_a_policy_that_is_not_shipped(room: Room) -> None:
    own = ChangePolicy(NOBODY)
    assert give(room, own, seat=Seat("plan", PLANNER)) is Why.NO_SUCH_POLICY
    assert give(room, ChangePolicy("random"), seat=Seat("plan", PLANNER)) is None


def test_refusals_say_why(room: Room) -> None:
    assert give(room, AssignUnit(0, 12345)) is Why.NO_SUCH_CASE
    assert give(room, RecallUnit(0)) is Why.NOT_ON_ITS_WAY
    assert give(room, RecallUnit(0), seat=Seat("wall", VIEWER)) is Why.NO_RIGHT
    assert give(room, ChangePolicy("nearest"), seat=Seat("east", DISPATCHER)) is Why.NO_RIGHT
    elsewhere = Seat("east", DISPATCHER, areas=("nowhere",))
    assert give(room, StandDown(0, 3_600.0), seat=elsewhere) is Why.OTHER_AREA


def test_who_may_not_set_the_clock_does_not(room: Room) -> None:
    assert room.drive(Drive(Gear.STEP), seat=Seat("wall", VIEWER)) is Why.NO_RIGHT
    assert room.drive(Drive(Gear.SEEK, at=5), seat=LOCAL_ADMIN) is Why.NOT_LIVE
    assert room.moment.at == 0


def test_it_runs_on_until_the_next_red_case_and_no_further(tmp_path: Path) -> None:
    scenario = load_scenario("vehicles").model_copy(update={"limits": {"*": 40 * MINUTE}})
    room = open_twin(scenario, folder=tmp_path)
    room.drive(Drive(Gear.UNTIL_RED), seat=LOCAL_ADMIN)
    assert room.moment.pace.until_red
    for _ in range(5_000):
        room.beat()
        if not room._pacer.is_playing:
            break
    red = room.moment.pace.red_case
    case = next(case for case in room.moment.cases if case.case == red)
    assert case.light is RED
    assert case.deadline_at is not None
    assert room.moment.at == case.deadline_at + 1
    assert not room.moment.pace.is_playing
    room.close()


def test_a_room_that_was_closed_goes_on_where_it_was(tmp_path: Path) -> None:
    room = open_twin("vehicles", folder=tmp_path)
    go(room, 2 * HOUR)
    before = room.moment
    room.close()
    again = resume_twin(tmp_path)
    after = again.moment
    assert (after.at, after.n_facts, after.cases) == (before.at, before.n_facts, before.cases)
    assert after.units == before.units
    assert after.reading == before.reading
    again.close()


def test_an_open_room_cannot_be_opened_again(room: Room, tmp_path: Path) -> None:
    with pytest.raises(JournalError):
        resume_twin(tmp_path)


def test_those_who_look_never_wait_for_the_clock(room: Room) -> None:
    with room._lock:
        seen: list[int] = []
        looking = threading.Thread(
            target=lambda: seen.append(len(room.moment.units) + len(room.reach(room.moment.units[0].spot)))
        )
        looking.start()
        looking.join(20)
    assert seen


def test_what_a_step_has_brought_is_written_down_before_it_is_shown(room: Room, tmp_path: Path) -> None:
    for _ in range(90):
        room.drive(Drive(Gear.STEP), seat=LOCAL_ADMIN)
        assert sum(map(len, read_facts(tmp_path / ROOM))) == room.moment.n_facts


def test_a_fault_stops_the_clock_and_nothing_half_done_is_kept(room: Room, tmp_path: Path) -> None:
    go(room, HOUR)
    n_facts = room.moment.n_facts

    def broken(until: int) -> None:
        room._live.city.record(CommandGiven(room._engine.now, "x", "y", encode(RecallUnit(0))))  # type: ignore[union-attr]
        raise RuntimeError("a bug")

    room._engine.advance_to = broken  # type: ignore[method-assign]
    room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN)
    for _ in range(3):
        room.beat()
    assert room.fault == "RuntimeError: a bug"
    assert room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN) is Why.STOPPED
    assert give(room, RecallUnit(0)) is Why.STOPPED
    room.close()
    assert sum(map(len, read_facts(tmp_path / ROOM))) == n_facts


def test_a_run_is_scrubbed_and_set_beside_another(tmp_path: Path) -> None:
    scenario = load_scenario("vehicles").model_copy(update={"lasting": 4 * HOUR})
    simulate(scenario, out=tmp_path / "one")
    simulate(scenario.model_copy(update={"policy": replace_policy(scenario)}), out=tmp_path / "two")
    room = open_run(tmp_path / "one", beside=tmp_path / "two")
    assert not room.about.is_live
    room.drive(Drive(Gear.SEEK, at=3 * HOUR), seat=LOCAL_ADMIN)
    assert room.beside is not None
    assert room.moment.at == room.beside.at == 3 * HOUR
    assert room.moment.policy != room.beside.policy
    room.drive(Drive(Gear.SEEK, at=HOUR), seat=LOCAL_ADMIN)
    assert room.moment.at == room.beside.at == HOUR
    assert give(room, RecallUnit(0)) is Why.REPLAYED


def replace_policy(scenario):
    return scenario.policy.model_copy(update={"use": "random"})


def test_a_room_that_is_finished_is_a_run_that_verifies(tmp_path: Path) -> None:
    room = open_twin("vehicles", folder=tmp_path / "room")
    go(room, DAY_SHIFT)
    give(room, ReportProblem(room.about.matters[0].matter, edge=5, offset_mm=100))
    give(room, ChangePolicy("random"))
    go(room, 11 * HOUR)
    with pytest.raises(JournalError, match="is writing to this journal"):
        record_room(tmp_path / "room", out=tmp_path / "run")
    room.close()
    recorded = record_room(tmp_path / "room", out=tmp_path / "run")
    assert recorded.kpi["totals"]["n_closed"] > 20  # type: ignore[index]
    assert verify_run(tmp_path / "run")["figures"] == "the same"
    again = open_run(tmp_path / "run")
    assert not again.about.is_live
    again.close()
    going_on = resume_twin(tmp_path / "room")
    assert going_on.moment.at >= 11 * HOUR
    assert going_on.moment.policy == "random"
    going_on.close()


def test_the_shift_on_duty_is_known(tmp_path: Path) -> None:
    room = open_twin("demo", folder=tmp_path, begin=time(10, 0))
    assert {room.about.shifts[roster] for roster in room.moment.on_duty} == {"day"}
    room.close()
