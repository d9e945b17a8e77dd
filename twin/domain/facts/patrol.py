"""Patrols and shifts."""

from __future__ import annotations

from twin.domain.facts.base import Fact


class PatrolBegan(Fact, frozen=True, gc=False, array_like=True):
    """A unit goes on with its patrol: `into_us` microseconds into its `lap`, which is where it stands."""

    unit: int
    lap: int
    into_us: int


class PatrolPaused(Fact, frozen=True, gc=False, array_like=True):
    """A unit leaves its patrol here, to go on there later."""

    unit: int
    lap: int
    into_us: int
    edge: int
    offset_mm: int


class LookoutSet(Fact, frozen=True, gc=False, array_like=True):
    """Which problem a patrol will notice first, if it goes on, and when; None: none of those that are there now."""

    unit: int
    problem: int | None
    due_at: int | None


class FocusSet(Fact, frozen=True, gc=False, array_like=True):
    """From lap `from_lap` on a patrol goes to these streets `factor` times as often as to the others.

    It has come `into_us` into the lap before.
    """

    unit: int
    from_lap: int
    into_us: int
    streets: tuple[int, ...]
    factor: int
    rule: str


class ShiftBegan(Fact, frozen=True, gc=False, array_like=True):
    """All units of a roster come on duty, but for those absent; who patrols, patrols from where it left off."""

    roster: int
    absent: tuple[int, ...]
    ends_at: int


class ShiftEnded(Fact, frozen=True, gc=False, array_like=True):
    """All units of a roster go off duty, whoever is on a case or away when that is over; their postings end."""

    roster: int
    begins_at: int


class SpellPutOff(Fact, frozen=True, gc=False, array_like=True):
    """A spell fell due off duty and is not taken: the next one counts from when the unit comes on again, `since_at`."""

    unit: int
    since_at: int
    spell_at: int


class UnitOffDuty(Fact, frozen=True, gc=False, array_like=True):
    """A unit whose shift was over goes off duty, having finished what it was doing."""

    unit: int
