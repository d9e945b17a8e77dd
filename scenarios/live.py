"""A running twin: a city that goes on as far as it is told, takes its inputs when they are due, and commands at once.

In: what `build` has put together, and a store for its journal. Out: an `Engine` for the room. Facts are handed to the
store between two bells only, never in the middle of what follows from one: whatever is kept can be gone on from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from agents.city import CityModel
from scenarios.branch_future import Start
from scenarios.build import Built
from scenarios.centre import name_desks
from scenarios.lab.trial import as_task
from scenarios.run import still_to_come
from scenarios.watch import Watch
from twin.domain.commands import Command, encode
from twin.domain.facts import CommandGiven, CommandRefused, Fact, Origin
from twin.journal.journal import Journal
from twin.journal.sqlite import SqliteStore
from twin.world.state import State


class LiveEngine:
    """A city under way; one thread at a time.

    Parameters
    ----------
    built : the scenario, its inputs still to come among others.
    city : the twin.
    watch : what is kept up beside it. store : where its journal goes.
    """

    def __init__(self, built: Built, city: CityModel, watch: Watch, store: SqliteStore) -> None:
        self.built, self.city, self.watch, self._store = built, city, watch, store
        self._scenario = as_task(built.scenario)
        self._inputs = deque(still_to_come(built.inputs, city.state))
        city.world.listen(self._take)

    @classmethod
    def begin(cls, built: Built, *, store: SqliteStore) -> LiveEngine:
        """A new twin at its epoch."""
        watch = _watch(built)
        city = CityModel.begin(built.setting, store=store)
        engine = cls(built, city, watch, store)
        for fact in city.world.journal.pending:
            watch.take(fact, city.state)
        engine.commit()
        return engine

    @classmethod
    def resume(cls, built: Built, facts: Iterable[Sequence[Fact]], *, now: int, store: SqliteStore) -> LiveEngine:
        """Go on after these facts, at an instant not before the last of them."""
        state, watch = State(), _watch(built)
        for chunk in facts:
            for fact in chunk:
                watch.fold(state, fact)
        watch.sample(state, now)
        city = CityModel(built.setting, state, now=now, journal=Journal(store, digest=store.digest.copy()))
        return cls(built, city, watch, store)

    @property
    def state(self) -> State:
        """What the world holds to be true."""
        return self.city.state

    @property
    def now(self) -> int:
        """Microseconds since the epoch."""
        return self.city.now

    @property
    def n_facts(self) -> int:
        """Recorded so far."""
        return len(self.city.world.journal)

    @property
    def policy(self) -> str:
        """What the policy of dispatch is called."""
        return self.city.policy.name

    def advance_to(self, until: int) -> None:
        """Let everything due before `until` happen."""
        while self.watch.sample_at <= until:
            self._go(self.watch.sample_at)
            self.watch.sample(self.state, self.watch.sample_at)
        self._go(until)

    def _go(self, until: int) -> None:
        while self._inputs and self._inputs[0].at < until:
            self.city.receive(self._inputs.popleft())
        self.city.advance_to(until)

    def carry_out(self, command: Command, *, by: str, token: str) -> CommandGiven | CommandRefused:
        """Give a command now, if it was not given before; returns that it was given or, if it was, refused."""
        given = self.watch.given
        if (by, token) not in given:
            self.city.receive(CommandGiven(self.now, by, token, encode(command), origin=Origin.INPUT))
        return given[by, token]

    def start(self) -> Start:
        """Where futures begin: as things stand now, everything written down."""
        self.commit()
        seed, unreached = self.built.setting.seed, self.watch.tally.unreached
        return Start(self._scenario, seed, self.now, self.policy, self.city.snapshot(), unreached)

    def commit(self) -> None:
        """Hand what happened to the store."""
        self._store.mark(self.now)
        self.city.world.journal.flush()

    def close(self) -> None:
        """Let go of the journal; the clock stays where it is, unless something was not written down."""
        if not self.city.world.journal.pending:
            self._store.mark(self.now)
            self._store.write((), first=self._store.n_facts, remarks={})
        self._store.close()

    def _take(self, fact: Fact) -> None:
        self.watch.take(fact, self.city.state)


def _watch(built: Built) -> Watch:
    return Watch(built.limits, desks=name_desks(built.scenario.centre))
