"""A centre in the room: its desks have names, its mode is changed by command, and its run can be looked at again."""

from __future__ import annotations

from pathlib import Path

from scenarios.opening import open_run, open_twin
from scenarios.playback import Playback
from scenarios.record import record_room
from scenarios.room import Room
from tests.busy_centre import DESKS, SCENARIO, UNTIL, busy_facts
from tests.centre_town import HURRY
from twin.console.desk import Drive, Gear
from twin.domain.commands import ChangeMode, Why
from twin.domain.light import Limits
from twin.domain.quantities import MINUTE
from twin.domain.seat import DISPATCHER, LOCAL_ADMIN, Seat

NAMES = [named.name for named in DESKS]


def go(room: Room, at: int) -> None:
    room._engine.advance_to(at)
    room._engine.commit()
    room._publish()


def test_a_centre_is_commanded_and_looked_at_again(tmp_path: Path) -> None:
    room = open_twin(SCENARIO, folder=tmp_path / "room")
    go(room, 40 * MINUTE)
    assert room.about.modes == (HURRY,)
    before = room.moment
    assert before.centre is not None
    assert [desk.name for desk in before.centre.desks] == NAMES
    assert before.centre.desks[0].n_seats == 4
    assert before.centre.channels
    assert room.act(ChangeMode(HURRY), seat=Seat("east", DISPATCHER), token="a").why is Why.NO_RIGHT
    assert room.act(ChangeMode("flood"), seat=LOCAL_ADMIN, token="b").why is Why.NO_SUCH_MODE
    assert room.act(ChangeMode(HURRY), seat=LOCAL_ADMIN, token="c").why is None
    assert room.moment.centre is not None
    assert (room.moment.centre.mode, room.moment.centre.desks[0].n_seats) == (HURRY, 6)
    room.close()
    record_room(tmp_path / "room", out=tmp_path / "run")
    over = open_run(tmp_path / "run")
    over.drive(Drive(Gear.SEEK, at=40 * MINUTE - 1), seat=LOCAL_ADMIN)
    assert over.moment.centre == before.centre
    assert over.about.modes == ()


def test_desks_and_channels_of_a_run_are_those_of_the_instant_whichever_way_one_comes() -> None:
    played = Playback(busy_facts(), limits=Limits(), until=UNTIL, policy="", desks=DESKS)
    played.seek(30 * MINUTE)
    first = played.state.desks.dump(), played.watch.channels.read(played.now)
    played.seek(UNTIL)
    assert played.watch.channels.read(played.now) != first[1]
    played.seek(30 * MINUTE)
    assert (played.state.desks.dump(), played.watch.channels.read(played.now)) == first
