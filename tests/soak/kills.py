"""Kill a program at random moments, again and again: is all that it acknowledged there, and nothing by halves?

Run: `python -m tests.soak.kills --n 200`. What is started, how it is listened to and how it is checked is a `Trial`;
`TRIALS` names them. The moments are drawn from `--seed`, but what a program is doing by then is the machine's affair.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

from tests.soak.facts_on_disk import Promises
from tests.soak.room_under_commands import Promises as RoomPromises

ROOT = Path(__file__).resolve().parents[2]


def whole_lines(_first: str, output: IO[str]) -> list[str]:
    """What a program that acknowledges by printing had acknowledged when it was killed."""
    return [line.rstrip("\n") for line in output if line.endswith("\n")]


@dataclass(frozen=True, slots=True)
class Trial:
    """A program that is killed, started from the root of the repository."""

    command: Sequence[str]
    """It prints a line when it begins: the time until it is killed runs from there."""
    check: Callable[[list[str]], None]
    """Given what was acknowledged; raises AssertionError if any of it is missing, or something is there by halves."""
    listen: Callable[[str, IO[str]], list[str]] = whole_lines
    """(first line, the rest of its output) → what it acknowledged; returns once the program is gone."""


def kill_once(trial: Trial, *, after_s: float) -> int:
    """Start the program, kill it and all that it started, check; returns how much was acknowledged."""
    child = subprocess.Popen(trial.command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    with child:
        assert child.stdout is not None
        timer = Timer(after_s, os.killpg, (child.pid, signal.SIGKILL))
        try:
            first = child.stdout.readline()
            assert first.endswith("\n"), f"it ended before it began: {trial.command}"
            timer.start()
            acknowledged = trial.listen(first, child.stdout)
        finally:
            timer.cancel()
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL, f"it ended by itself, with {child.returncode}"
    trial.check(acknowledged)
    return len(acknowledged)


def kill_often(
    trial: Trial, *, n: int, longest_s: float, seed: int, tell: Callable[[str], object] | None = None
) -> int:
    """Kill the program `n` times, each at a moment up to `longest_s` after it begins; how much was acknowledged."""
    moments, total = random.Random(seed), 0
    for number in range(1, n + 1):
        after_s = moments.uniform(0, longest_s)
        acknowledged = kill_once(trial, after_s=after_s)
        total += acknowledged
        if tell is not None:
            tell(f"kill {number} after {after_s:.3f} s: {acknowledged} acknowledged, all there\n")
    return total


def journal_alone(folder: Path) -> Trial:
    """Commits to a durable journal, one after the other, as fast as they go."""
    path = folder / "journal.sqlite"
    return Trial((sys.executable, "-m", "tests.soak.facts_on_disk", str(path)), Promises(path).check)


def whole_room(folder: Path) -> Trial:
    """Commands to a room whose clock runs as fast as it goes."""
    return Trial((sys.executable, "-m", "tests.soak.room_under_commands", str(folder)), RoomPromises(folder).check)


TRIALS: dict[str, Callable[[Path], Trial]] = {"journal": journal_alone, "room": whole_room}
"""By name, made for a folder in which they keep what they keep from one kill to the next."""


def main() -> None:
    """Kill as often as asked; the exit code is 1, with the reason, at the first loss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trials", nargs="*", default=list(TRIALS), help=f"which: {', '.join(TRIALS)} (default: all)")
    parser.add_argument("--n", type=int, default=200, help="kills of each")
    parser.add_argument("--longest", type=float, default=0.4, help="seconds that a program lives at most")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for name in asked.trials:
        with tempfile.TemporaryDirectory() as folder:
            trial = TRIALS[name](Path(folder))
            total = kill_often(trial, n=asked.n, longest_s=asked.longest, seed=asked.seed, tell=sys.stdout.write)
        sys.stdout.write(f"{name}: {asked.n} kills, {total} acknowledged, 0 lost\n")


if __name__ == "__main__":
    main()
