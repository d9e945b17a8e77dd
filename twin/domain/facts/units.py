"""Units: who is there, on a job and off it."""

from __future__ import annotations

from twin.domain.facts.base import Fact
from twin.domain.mode import CAR, Mode
from twin.domain.unit import AwayReason, Freed, Placed


class UnitEnrolled(Fact, frozen=True, gc=False, array_like=True):
    """A unit is there from now on; `unit` counts up from 0. `spell_at`: when it next goes out of service.

    `beat`: the grid it looks after; `patrols`: whether it walks or drives its streets; `roster`: whose hours it keeps;
    `into_us`: where on its tour it begins.
    """

    unit: int
    name: str
    unit_kind: str
    skills: tuple[str, ...]
    edge: int
    offset_mm: int
    turnout_us: int
    placed: Placed
    spell_at: int | None = None
    mode: Mode = CAR
    beat: int | None = None
    patrols: bool = False
    roster: int | None = None
    into_us: int = 0


# ---------------------------------------------------------------------- on a job


class UnitAssigned(Fact, frozen=True, gc=False, array_like=True):
    """A unit was given a need of a case, by which way, why, and who else was considered.

    `expected_us` is what the policy expected from order to arrival; `runners_up` are units, `runners_up_us` what was
    expected of them. `rolls_at` is None where it rolls at once (it was moving) or where nobody knows.
    """

    unit: int
    case: int
    need: int
    edges: tuple[int, ...]
    start_mm: int
    end_mm: int
    travel_us: int
    band: int
    expected_us: int
    rule: str
    runners_up: tuple[int, ...]
    runners_up_us: tuple[int, ...]
    rolls_at: int | None = None


class UnitRolled(Fact, frozen=True, gc=False, array_like=True):
    """Wheels roll. `inferred`: the way and its timing are ours, drawn between two recorded stamps."""

    unit: int
    arrives_at: int | None
    inferred: bool = False


class LegRetimed(Fact, frozen=True, gc=False, array_like=True):
    """The roads changed: a unit goes on from where it is by another way. `arrives_at` is None before it has rolled."""

    unit: int
    edges: tuple[int, ...]
    start_mm: int
    end_mm: int
    travel_us: int
    band: int
    arrives_at: int | None


class UnitArrived(Fact, frozen=True, gc=False, array_like=True):
    """On scene; `leaves_at`: when its work there will be done, None where nobody knows."""

    unit: int
    leaves_at: int | None = None


class UnitTransporting(Fact, frozen=True, gc=False, array_like=True):
    """An ambulance leaves the scene with a patient (recorded histories only)."""

    unit: int


class UnitAtHospital(Fact, frozen=True, gc=False, array_like=True):
    """It reached the hospital (recorded histories only)."""

    unit: int


class UnitFreed(Fact, frozen=True, gc=False, array_like=True):
    """A unit's job is over, here and for this reason."""

    unit: int
    case: int
    need: int
    cause: Freed
    edge: int
    offset_mm: int


# ---------------------------------------------------------------------- off a job


class UnitPosted(Fact, frozen=True, gc=False, array_like=True):
    """From here on a unit waits at this place when it has nothing to do, and why; at its own station: as ever.

    `expected_us`: expected time from where it is now.
    """

    unit: int
    edge: int
    offset_mm: int
    expected_us: int
    rule: str


class UnitReturning(Fact, frozen=True, gc=False, array_like=True):
    """A free unit drives to where it waits: its station, or its posting. It can be sent from where it is."""

    unit: int
    edges: tuple[int, ...]
    start_mm: int
    end_mm: int
    travel_us: int
    band: int
    arrives_at: int


class UnitParked(Fact, frozen=True, gc=False, array_like=True):
    """A free unit stands: at its station, at its posting, or where it could not get away from."""

    unit: int
    edge: int
    offset_mm: int


class UnitAway(Fact, frozen=True, gc=False, array_like=True):
    """A unit is wanted elsewhere: it leaves now or as soon as it is free, and comes back at `edge`, `offset_mm`.

    Without `until_at` it stays away for `lasting_us`: what is expected of a spell, the very time of any other absence.
    """

    unit: int
    edge: int
    offset_mm: int
    until_at: int | None
    lasting_us: int
    reason: AwayReason


class UnitLeft(Fact, frozen=True, gc=False, array_like=True):
    """It is gone and cannot be sent."""

    unit: int
    back_at: int
    edge: int
    offset_mm: int


class UnitBack(Fact, frozen=True, gc=False, array_like=True):
    """It can be sent again. `spell_at`: when it next goes out of service."""

    unit: int
    spell_at: int | None = None
