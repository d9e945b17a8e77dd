"""A room that is killed, whenever that is, has kept every command it acknowledged, and goes on from its last fact."""

from __future__ import annotations

import random
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from tests.soak.room_under_commands import Promises, main

N_KILLS, LONGEST_S, PATIENCE_S = 10, 0.5, 90.0


def work_in(folder: Path, acknowledged: Connection) -> None:
    main(folder, acknowledged.send)


def what_it_acknowledged(folder: Path, *, killed_after_s: float) -> list[str]:
    """Start a room, kill it with no warning, and read what had left it by then."""
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.soak.warm_room"])
    ours, theirs = processes.Pipe(duplex=False)
    room = processes.Process(target=work_in, args=(folder, theirs))
    room.start()
    theirs.close()
    assert ours.poll(PATIENCE_S), "the room did not open"
    assert ours.recv() == "open"
    room.join(killed_after_s)
    room.kill()
    room.join()
    assert room.exitcode == -9
    told: list[str] = []
    while ours.poll(0):
        try:
            told.append(ours.recv())
        except EOFError:
            break
    return told


def test_ten_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    promises, moments = Promises(tmp_path), random.Random(4)
    for _ in range(N_KILLS):
        promises.check(what_it_acknowledged(tmp_path, killed_after_s=moments.uniform(0.05, LONGEST_S)))
    assert len(promises.tokens) > 5 * N_KILLS
    promises.check_the_whole()
