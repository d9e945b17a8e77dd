"""Facts: what happened, in the past tense, as the journal keeps it. The only output of a run.

A fact says all that the world needs to go on from it: where something random was drawn, the fact carries the instant it
leads to (`rolls_at`, `next_at`), so that folding a journal gives back the pending alarms too. Such instants are for the
world alone: no view shows them. All `_at` and `_us` are integer microseconds, all `_mm` integer millimetres.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from twin.domain.case import NeedLost
from twin.domain.orders import OrderKind
from twin.domain.unit import AwayReason, Freed, Placed


class Origin(IntEnum):
    """Inputs are replayed; what the model made of them is computed again and compared."""

    MODEL = 0
    INPUT = 1


MODEL, INPUT = Origin


class _Stamped(msgspec.Struct, frozen=True, gc=False, array_like=True):
    at: int


class Fact(_Stamped, frozen=True, gc=False, array_like=True, kw_only=True, tag=True):
    """Base of all facts: when, and whether it came from outside or from the model."""

    origin: Origin = MODEL


# ---------------------------------------------------------------------- setting up


class TwinBegan(Fact, frozen=True, gc=False, array_like=True):
    """A run begins. `spec` is the checksum of all that was asked for, `city` that of the roads."""

    spec: str
    city: str
    seed: int
    replication: int


class UnitEnrolled(Fact, frozen=True, gc=False, array_like=True):
    """A unit is there from now on; `unit` counts up from 0. `spell_at`: when it next goes out of service."""

    unit: int
    name: str
    unit_kind: str
    skills: tuple[str, ...]
    edge: int
    offset_mm: int
    turnout_us: int
    placed: Placed
    spell_at: int | None = None


class SourceOpened(Fact, frozen=True, gc=False, array_like=True):
    """A modelled source of demand is there, and when its first case will be reported."""

    source: int
    name: str
    next_case: int | None
    next_at: int | None


# ---------------------------------------------------------------------- cases


class CaseReported(Fact, frozen=True, gc=False, array_like=True):
    """A case reached the centre. `needs`: one skill a unit wanted; `next_…`: the next of the same modelled source."""

    case: int
    ref: str
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    edge: int
    offset_mm: int
    source: int
    next_case: int | None = None
    next_at: int | None = None


class IntakeBegan(Fact, frozen=True, gc=False, array_like=True):
    """Somebody is taking the report down."""

    case: int
    ends_at: int


class CaseRegistered(Fact, frozen=True, gc=False, array_like=True):
    """The case is on file; `queues_at`: when it is ready to be dispatched, None where that is at once or unknown."""

    case: int
    queues_at: int | None = None


class CaseQueued(Fact, frozen=True, gc=False, array_like=True):
    """The case is ready to be dispatched: all its needs wait from now."""

    case: int


class NeedGivenUp(Fact, frozen=True, gc=False, array_like=True):
    """Nobody will serve this need (`why`): it is counted as unserved and waits no longer."""

    case: int
    need: int
    why: NeedLost


class NeedUnreachable(Fact, frozen=True, gc=False, array_like=True):
    """Capable units are free, but none has a way there: the need goes on waiting, and is counted once."""

    case: int
    need: int


class CaseClosed(Fact, frozen=True, gc=False, array_like=True):
    """All is done and all units are free again."""

    case: int


# ---------------------------------------------------------------------- units on a job


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


# ---------------------------------------------------------------------- units off a job


class UnitReturning(Fact, frozen=True, gc=False, array_like=True):
    """A free unit drives back to its station; it can be sent from where it is."""

    unit: int
    edges: tuple[int, ...]
    start_mm: int
    end_mm: int
    travel_us: int
    band: int
    arrives_at: int


class UnitParked(Fact, frozen=True, gc=False, array_like=True):
    """A free unit stands, at its station or where it could not get away from."""

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


# ---------------------------------------------------------------------- the centre, roads, luck


class OrderRefused(Fact, frozen=True, gc=False, array_like=True):
    """An order could not be carried out, and why."""

    kind: OrderKind
    unit: int
    case: int
    need: int
    why: str


class PolicyWoke(Fact, frozen=True, gc=False, array_like=True):
    """The policy's own period came round."""

    next_at: int


class PolicyRemembered(Fact, frozen=True, gc=False, array_like=True):
    """What the policy wants to know next time (msgpack)."""

    memory: bytes


class RoadClosed(Fact, frozen=True, gc=False, array_like=True):
    """These directed edges may not be entered."""

    edges: tuple[int, ...]


class RoadReopened(Fact, frozen=True, gc=False, array_like=True):
    """These directed edges may be entered again."""

    edges: tuple[int, ...]


class LuckForked(Fact, frozen=True, gc=False, array_like=True):
    """From here on chance is drawn anew: the luck, and all alarms as they now stand, in order (kind, who, due)."""

    luck: int
    alarms: tuple[tuple[str, int, int], ...]


FACTS: tuple[type[Fact], ...] = tuple(sorted(Fact.__subclasses__(), key=lambda kind: kind.__name__))
"""Every kind of fact, by name."""
