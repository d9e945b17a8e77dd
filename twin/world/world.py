"""The world: one journal, one state, and `record`, the only writer of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twin.domain.facts import INPUT, Fact
from twin.journal.journal import Journal
from twin.world.apply import APPLY
from twin.world.state import State

Listener = Callable[[Fact], None]


class World:
    """Append to the journal → apply to the state → tell whoever listens."""

    __slots__ = ("_append", "_listener", "journal", "state")

    def __init__(self, state: State, journal: Journal) -> None:
        self.state, self.journal = state, journal
        self._append = journal.append
        self._listener: Listener | None = None

    def record(self, fact: Fact) -> None:
        """Let it have happened."""
        self._append(fact)
        remark = fold_one(self.state, fact)
        if remark is not None:
            self.journal.remark(remark)
        if self._listener is not None:
            self._listener(fact)

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every fact, after it has been applied."""
        self._listener = listener


def fold_one(state: State, fact: Fact) -> str | None:
    """Apply one fact; returns what was odd about it and counts it."""
    state.at = fact.at
    if fact.origin is INPUT:
        state.n_inputs += 1
    remark = APPLY[type(fact)](state, fact)
    if remark is not None:
        state.anomalies[remark] = state.anomalies.get(remark, 0) + 1
    return remark


def fold(facts: Iterable[Fact], *, state: State | None = None) -> State:
    """The state a journal leads to, from nothing or from `state`."""
    state = state or State()
    for fact in facts:
        fold_one(state, fact)
    return state
