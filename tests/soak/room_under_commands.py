"""A room that runs as fast as it goes and takes commands all the while, and what must be there when it has been killed.

Run: `python -m tests.soak.room_under_commands FOLDER`. It opens the folder's twin, or begins one, prints a line, and
then the token of every command that was acknowledged.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from scenarios.build import build
from scenarios.live import LiveEngine
from scenarios.load import load_scenario
from scenarios.opening import open_twin, resume_twin
from scenarios.room import Room
from scenarios.run import run
from scenarios.run_folder import ROOM
from twin.console.desk import Drive, Gear
from twin.domain import commands as c
from twin.domain.facts import CommandGiven, Fact
from twin.domain.quantities import DAY
from twin.domain.seat import LOCAL_ADMIN
from twin.journal.journal import Memory
from twin.journal.sqlite import SqliteStore, read_facts
from twin.world.invariants import check

SCENARIO = load_scenario("vehicles").model_copy(update={"lasting": 400 * DAY, "injects": ()})


def command(number: int) -> c.Command:
    """Now this, now that; some are refused."""
    kinds: tuple[c.Command, ...] = (
        c.ReportProblem("vendor", edge=number % 900, offset_mm=10),
        c.RecallUnit(number % 11),
        c.CloseRoad((number % 900,)),
        c.ReopenRoad(tuple(range(900))),
        c.StandDown(number % 11, 60.0),
        c.ChangePolicy("nearest" if number % 2 else "random"),
    )
    return kinds[number % len(kinds)]


def work(room: Room, tell: Callable[[str], object]) -> None:
    """Take commands for ever, and tell of each that was acknowledged."""

    def live() -> None:
        while True:
            time.sleep(room.beat())

    room.drive(Drive(Gear.SPEED, None), seat=LOCAL_ADMIN)
    room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN)
    threading.Thread(target=live, daemon=True).start()
    began = room.moment.n_facts
    for number in count():
        room.act(command(began + number), seat=LOCAL_ADMIN, token=f"{began}-{number}")
        tell(f"{began}-{number}")


@dataclass(slots=True)
class Promises:
    """What has been promised of a room so far, over all kills."""

    folder: Path
    tokens: set[str] = field(default_factory=set)

    def check(self, acknowledged: list[str]) -> None:
        """Every command that was acknowledged is in the journal."""
        self.tokens.update(acknowledged)
        kept = [fact.token for fact in self.facts() if isinstance(fact, CommandGiven)]
        assert len(kept) == len(set(kept)), "a command is there twice"
        assert self.tokens <= set(kept), f"lost: {sorted(self.tokens - set(kept))[:5]}"

    def facts(self) -> list[Fact]:
        return [fact for chunk in read_facts(self.folder / ROOM) for fact in chunk]

    def check_the_whole(self) -> None:
        """What is kept is the very run that the scenario and the commands lead to, and can be gone on with."""
        facts = self.facts()
        with SqliteStore.open(self.folder / ROOM) as store:
            now = store.clock or 0
            engine = LiveEngine.resume(build(SCENARIO), read_facts(self.folder / ROOM), now=now, store=store)
            assert check(engine.state, at_rest=True) == []
        again = Memory()
        run(build(SCENARIO, journal=facts), store=again, until=now + 1)
        assert again.facts[: len(facts)] == facts


def main(folder: Path, tell: Callable[[str], object]) -> None:
    """Open the room, and work."""
    room = resume_twin(folder) if (folder / ROOM).exists() else open_twin(SCENARIO, folder=folder)
    tell("open")
    work(room, tell)


if __name__ == "__main__":
    main(Path(sys.argv[1]), lambda line: os.write(1, f"{line}\n".encode()))
