"""What a journal says about hours and patrols: when each unit was on duty, on patrol, and on its way back.

Facts flow in, in the order of the journal; spans flow out. What a unit does follows the reducer: whoever patrols goes
on patrol when its shift begins, from the phase it had when the last one ended.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.unit import AWAY, OFF_DUTY, PARKED, PATROLLING, RETURNING, TURNOUT, UnitStatus
from twin.metrics.handlers import Handlers, Listen
from twin.metrics.rows import Rows

_INT = pa.int64()
_SPAN_ROW = {"unit": _INT, "since_at": _INT, "until_at": _INT}
_PATROL_ROW = _SPAN_ROW | {"lap": _INT, "into_us": _INT}


@dataclass(slots=True, eq=False)
class _Walker:
    """A unit that patrols. TURNOUT stands for all that it does on a job."""

    status: UnitStatus
    since_at: int
    lap: int = 0
    into_us: int = 0


class DutyReading:
    """A method a kind of fact.

    `duty_rows`: hours of units that keep some. `patrol_rows`: spans on patrol, with the phase at the beginning of each;
    `return_rows`: spans on the way back, of units that patrol. `focuses`: which streets patrols go to more often.
    """

    def __init__(self, until: int, listen: Listen) -> None:
        self.until = until
        self.duty_rows, self.patrol_rows, self.return_rows = Rows(_SPAN_ROW), Rows(_PATROL_ROW), Rows(_SPAN_ROW)
        self.focuses: list[f.FocusSet] = []
        self._rosters: dict[int, list[int]] = {}
        self._on_since: dict[int, int] = {}
        self._walkers: dict[int, _Walker] = {}
        self._listen = listen
        listen({f.UnitEnrolled: self._enrolled, f.ShiftBegan: self._shift_began, f.ShiftEnded: self._shift_ended})

    def _of_walkers(self) -> Handlers:
        """What is to be heard of once somebody patrols."""
        return {
            f.UnitOffDuty: lambda fact: self._becomes(fact.unit, fact.at, OFF_DUTY),
            f.PatrolBegan: self._patrol_began,
            f.PatrolPaused: self._patrol_paused,
            f.FocusSet: self.focuses.append,
            f.UnitAssigned: lambda fact: self._becomes(fact.unit, fact.at, TURNOUT),
            f.UnitFreed: self._freed,
            f.UnitReturning: lambda fact: self._becomes(fact.unit, fact.at, RETURNING),
            f.UnitParked: lambda fact: self._becomes(fact.unit, fact.at, PARKED),
            f.UnitLeft: lambda fact: self._becomes(fact.unit, fact.at, AWAY),
            f.UnitBack: lambda fact: self._becomes(fact.unit, fact.at, PARKED),
        }

    def finish(self) -> None:
        """The run is over: write down what is going on."""
        for unit, since_at in self._on_since.items():
            self.duty_rows.add((since_at, unit, since_at, self.until))
        for unit in self._walkers:
            self._become(unit, PARKED, at=self.until)

    # ------------------------------------------------------------------------------------------ hours

    def _enrolled(self, fact: f.UnitEnrolled) -> None:
        if fact.patrols:
            if not self._walkers:
                self._listen(self._of_walkers())
            self._walkers[fact.unit] = _Walker(PARKED, fact.at, into_us=fact.into_us)
        if fact.roster is not None:
            self._rosters.setdefault(fact.roster, []).append(fact.unit)
        self._on_since[fact.unit] = fact.at

    def _shift_began(self, fact: f.ShiftBegan) -> None:
        absent = frozenset(fact.absent)
        for unit in self._rosters.get(fact.roster, ()):
            if unit in absent:
                continue
            self._on_since.setdefault(unit, fact.at)
            walker = self._walkers.get(unit)
            if walker is not None and walker.status is OFF_DUTY:
                self._become(unit, PATROLLING, at=fact.at)

    def _shift_ended(self, fact: f.ShiftEnded) -> None:
        for unit in self._rosters.get(fact.roster, ()):
            since_at = self._on_since.pop(unit, None)
            if since_at is not None and since_at < fact.at:
                self.duty_rows.add((since_at, unit, since_at, fact.at))
            walker = self._walkers.get(unit)
            if walker is not None and walker.status in (PATROLLING, RETURNING, PARKED):
                self._become(unit, OFF_DUTY, at=fact.at)

    # ------------------------------------------------------------------------------------------ patrols

    def _patrol_began(self, fact: f.PatrolBegan) -> None:
        self._becomes(fact.unit, fact.at, PATROLLING)
        self._set_phase(fact)

    def _patrol_paused(self, fact: f.PatrolPaused) -> None:
        self._becomes(fact.unit, fact.at, PARKED)
        self._set_phase(fact)

    def _freed(self, fact: f.UnitFreed) -> None:
        walker = self._walkers.get(fact.unit)
        if walker is not None and walker.status is TURNOUT:
            self._become(fact.unit, PARKED, at=fact.at)

    def _set_phase(self, fact: f.PatrolBegan | f.PatrolPaused) -> None:
        walker = self._walkers.get(fact.unit)
        if walker is not None:
            walker.lap, walker.into_us = fact.lap, fact.into_us

    def _becomes(self, unit: int, at: int, status: UnitStatus) -> None:
        if unit in self._walkers:
            self._become(unit, status, at=at)

    def _become(self, unit: int, status: UnitStatus, *, at: int) -> None:
        walker = self._walkers[unit]
        since_at, lasted_us = walker.since_at, at - walker.since_at
        if walker.status is PATROLLING and lasted_us > 0:
            self.patrol_rows.add((since_at, unit, since_at, at, walker.lap, walker.into_us))
            walker.into_us += lasted_us
        elif walker.status is RETURNING and lasted_us > 0:
            self.return_rows.add((since_at, unit, since_at, at))
        walker.status, walker.since_at = status, at
