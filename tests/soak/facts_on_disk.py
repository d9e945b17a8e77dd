"""A program that commits facts to a durable journal for ever, and what must be there when it has been killed.

Run: `python -m tests.soak.facts_on_disk journal.sqlite`. Fact and commit follow from their number alone, so that
whoever checks knows them. It closes and opens the journal now and then, to be killed at that too.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path

from twin.domain import facts as f
from twin.journal.sqlite import SqliteStore, read_facts, read_remarks

COMMITS_A_SITTING = 60
ANEW = 20_000
"""A journal of so many facts makes room for a new one: beginnings are to be killed too."""


def fact(seq: int) -> f.Fact:
    return f.RoadClosed(seq * 1_000, tuple(range(seq % 50))) if seq % 3 else f.CaseClosed(seq * 1_000, seq)


def commit_from(first: int) -> list[f.Fact]:
    """Between 1 and 59 facts."""
    return [fact(seq) for seq in range(first, first + 1 + first * 37 % 59)]


def ends() -> Iterator[int]:
    """How many facts there are after 0, 1, 2 ... commits."""
    n_facts = 0
    while True:
        yield n_facts
        n_facts += len(commit_from(n_facts))


def write_for_ever(path: Path) -> None:
    """Print the number of facts after every commit."""
    while True:
        with SqliteStore.open(path) if path.exists() else SqliteStore.create(path, {"seed": 1}) as store:
            for _ in range(COMMITS_A_SITTING):
                first, facts = store.n_facts, commit_from(store.n_facts)
                store.mark(facts[-1].at)
                store.write(facts, first=first, remarks={first: f"commit from {first}"})
                sys.stdout.write(f"{store.n_facts}\n")
                sys.stdout.flush()


@dataclass(slots=True)
class Promises:
    """What has been promised of a journal so far, over all kills."""

    path: Path
    n_facts: int = 0

    def check(self, acknowledged: list[str]) -> None:
        """All that was ever acknowledged is there as it was written, in whole commits; one more may be there."""
        self.n_facts = int(acknowledged[-1]) if acknowledged else self.n_facts
        if not self.path.exists():
            assert self.n_facts == 0, "acknowledged and lost"
            return
        found = [fact for chunk in read_facts(self.path) for fact in chunk]
        whole = list(takewhile(lambda n_facts: n_facts <= len(found), ends()))
        assert self.n_facts <= len(found), "acknowledged and lost"
        assert whole[-1] == len(found), "half a commit"
        assert self.n_facts in whole[-2:], "more than one commit unacknowledged"
        assert found == [fact(seq) for seq in range(len(found))]
        assert read_remarks(self.path) == {first: f"commit from {first}" for first, _ in pairwise(whole)}
        with SqliteStore.open(self.path) as store:
            assert (store.n_facts, store.clock) == (len(found), found[-1].at if found else None)
        self.n_facts = len(found)
        if self.n_facts > ANEW:
            self.path.unlink()
            self.n_facts = 0


if __name__ == "__main__":
    logging.getLogger("twin.journal").setLevel(logging.ERROR)  # of the SQLite in use, whoever kills us has heard
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    write_for_ever(Path(sys.argv[1]))
