"""A finished run to be looked at again: its journal folded to any instant, forwards and back.

In: the facts of a run folder. Out: an `Engine` for the room that takes no commands. Every few thousand facts the state
is kept whole, so that going back folds a few thousand facts at most.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from scenarios.watch import Watch
from twin.domain.facts import Fact
from twin.domain.light import Limits
from twin.metrics.channels import ChannelTally
from twin.metrics.tally import Tally
from twin.views.casebook import Casebook
from twin.views.centre import DeskNamed
from twin.world.state import Saved, State

EVERY = 2_000
"""A state is kept after so many facts."""


class _Kept(NamedTuple):
    n_facts: int
    saved: Saved
    tally: Tally
    channels: ChannelTally
    sample_at: int


class Playback:
    """A journal under a needle. `busiest_at`: the first instant at which most units had a case.

    Parameters
    ----------
    facts : in order. until : the end of the run, microseconds since the epoch.
    policy : what is said to have sent the units. desks : see `Watch`.
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        *,
        limits: Limits,
        until: int,
        policy: str,
        desks: tuple[DeskNamed, ...] | None = None,
    ) -> None:
        self.until, self.policy = until, policy
        self.watch = Watch(limits, desks=desks, casebook=Casebook(most_closed=None, most_of_unit=None))
        self.state = State()
        self.now, self.n_facts = 0, 0
        self._facts = list(facts)
        self._kept = [self._keep()]
        self.busiest_at, busiest = 0, 0
        for fact in self._facts:
            self.watch.fold(self.state, fact)
            self.n_facts += 1
            if len(self.state.jobs) > busiest:
                self.busiest_at, busiest = fact.at, len(self.state.jobs)
            if self.n_facts % EVERY == 0:
                self._kept.append(self._keep())
        self.seek(0)

    def advance_to(self, until: int) -> None:
        """Let everything up to `until` have happened; never back."""
        end = bisect_right(self._facts, until, lo=self.n_facts, key=attrgetter("at"))
        for fact in self._facts[self.n_facts : end]:
            self.watch.count(self.state, fact)
        self.n_facts = end
        self.watch.sample(self.state, until)
        self.now = max(self.now, until)

    def seek(self, at: int) -> None:
        """Go to an instant, either way."""
        n_facts = bisect_right(self._facts, at, key=attrgetter("at"))
        if not self.n_facts <= n_facts <= self.n_facts + EVERY:
            kept = self._kept[n_facts // EVERY]
            self.n_facts, self.state = kept.n_facts, State.load(kept.saved)
            self.watch.tally, self.watch.sample_at = kept.tally.copy(), kept.sample_at
            self.watch.channels = kept.channels.copy()
        self.now = at
        self.advance_to(at)

    def commit(self) -> None:
        """Nothing new is ever written."""

    def close(self) -> None:
        """Nothing is held."""

    def _keep(self) -> _Kept:
        watch = self.watch
        return _Kept(self.n_facts, self.state.dump(), watch.tally.copy(), watch.channels.copy(), watch.sample_at)
