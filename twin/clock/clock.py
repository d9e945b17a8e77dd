"""The clock: a thin shell on `simpy.Environment` that rings the alarms of an agenda.

SimPy sees one event, the agenda's head. When that comes due the clock rings on until another SimPy event is due, which
is why only this package may touch SimPy: inside a bell `env.now` lags behind `now`. Time is whole microseconds.
Alarms are armed by bells, or while the clock rests; a SimPy process of its own would have to ring through one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import simpy

from twin.clock.alarms import Agenda, Entry

Bell = Callable[[int], None]


class Clock:
    """Rings alarms in order. Every bell must record a fact that disarms or re-arms the alarm it answers."""

    def __init__(self, agenda: Agenda, bells: Mapping[str, Bell], *, now: int = 0) -> None:
        self.agenda, self.bells, self.now = agenda, bells, now
        self.n_rung = 0
        self._env = simpy.Environment(initial_time=now)

    def advance_to(self, until: int) -> None:
        """Ring everything due *before* `until`, then rest there: what arrives at `until` comes before its alarms."""
        if until <= self.now:
            return
        self._wake_at_head(until)
        self._env.run(until=until)
        self.now = until

    def step(self) -> bool:
        """Ring the next alarm, and only that one, even inside a tie; False when nothing is armed."""
        entry = self.agenda.head()
        if entry is None:
            return False
        self._ring(entry)
        return True

    def _wake_at_head(self, until: int) -> None:
        entry = self.agenda.head()
        if entry is not None and entry[0] < until:
            wake = self._env.timeout(max(0, entry[0] - int(self._env.now)))
            wake.callbacks.append(lambda _: self._drain(until))

    def _drain(self, until: int) -> None:
        take, ring = self.agenda.take, self._ring
        others_at = max(self._env.peek(), self._env.now + 1)
        while (entry := take(others_at)) is not None:
            ring(entry)
        self._wake_at_head(until)

    def _ring(self, entry: Entry) -> None:
        due, _, (kind, who) = entry
        self.now = due
        self.n_rung += 1
        self.bells[kind](who)
        if self.agenda.is_armed(entry):
            raise RuntimeError(f"alarm {kind!r} of {who} rang at {due} and no fact answered it")
