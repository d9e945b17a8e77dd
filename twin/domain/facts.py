"""Facts: what happened, in the past tense, as the journal keeps it. The only output of a run.

A fact says all that the world needs to go on from it: where something random was drawn, the fact carries the instant it
leads to (`rolls_at`, `next_at`), so that folding a journal gives back the pending alarms too. Such instants are for the
world alone: no view shows them. All `_at` and `_us` are integer microseconds, all `_mm` integer millimetres.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from twin.domain.case import HANDLE, NeedLost, Stage
from twin.domain.mode import CAR, Mode
from twin.domain.orders import OrderKind
from twin.domain.problem import Channel, Ended
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


class SourceOpened(Fact, frozen=True, gc=False, array_like=True):
    """A modelled source of demand is there, and when its first case will be reported or its first problem arise."""

    source: int
    name: str
    next_case: int | None
    next_at: int | None


# ---------------------------------------------------------------------- cases


class CaseReported(Fact, frozen=True, gc=False, array_like=True):
    """A case reached the centre. `needs`: one skill a unit wanted; `next_…`: the next of the same modelled source.

    The first `n_verify` needs go and see before it is handled, the last `n_check` go and see afterwards.
    """

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
    n_verify: int = 0
    n_check: int = 0


class IntakeBegan(Fact, frozen=True, gc=False, array_like=True):
    """Somebody is taking the report down."""

    case: int
    ends_at: int


class CaseRegistered(Fact, frozen=True, gc=False, array_like=True):
    """The case is on file; `queues_at`: when it is ready to be dispatched, None where that is at once or unknown."""

    case: int
    queues_at: int | None = None


class CaseQueued(Fact, frozen=True, gc=False, array_like=True):
    """The case is ready to be dispatched: all needs of this stage of it wait from now."""

    case: int
    stage: Stage = HANDLE


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
    """All is done and all units are free again. `void`: whoever went to verify it found nothing."""

    case: int
    void: bool = False


# ---------------------------------------------------------------------- problems, which no view shows


class ProblemArose(Fact, frozen=True, gc=False, array_like=True):
    """Something is wrong somewhere, and nobody may know.

    `arose_at` lies before `at` only where chance was drawn anew. `needs`: the skills it takes to settle it.
    `ends_at`: when it would end by itself; `told_at`: when a citizen will tell of it; `offspring_at`: when it leads to
    others; `parent`: what led to it. `next_…`: the next of the same modelled source.
    """

    problem: int
    source: int
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    edge: int
    offset_mm: int
    arose_at: int
    ends_at: int | None = None
    told_at: int | None = None
    offspring_at: tuple[int, ...] = ()
    parent: int | None = None
    next_case: int | None = None
    next_at: int | None = None


class ProblemEnded(Fact, frozen=True, gc=False, array_like=True):
    """It is no longer there. `again_at`: when it breaks out again at the same place."""

    problem: int
    why: Ended
    again_at: int | None = None


class ReportMade(Fact, frozen=True, gc=False, array_like=True):
    """Somebody told the centre about a problem: a new case, or (`opened` is false) one of the cases it has already.

    `unit` is who found it on patrol. `told_at`: when a citizen will tell of it next.
    """

    problem: int
    case: int
    channel: Channel
    unit: int | None
    opened: bool
    told_at: int | None = None


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


# ---------------------------------------------------------------------- patrol and shifts


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
    """All units of a roster go off duty; whoever is on a case or away does when that is over."""

    roster: int
    begins_at: int


class UnitOffDuty(Fact, frozen=True, gc=False, array_like=True):
    """A unit whose shift was over goes off duty, having finished what it was doing."""

    unit: int


# ---------------------------------------------------------------------- the centre, roads, luck


class OrderRefused(Fact, frozen=True, gc=False, array_like=True):
    """An order could not be carried out, and why."""

    kind: OrderKind
    unit: int
    case: int
    need: int
    why: str


class PolicyWoke(Fact, frozen=True, gc=False, array_like=True):
    """A policy's own period came round; `desk` 0 is dispatch, 1 patrol."""

    next_at: int
    desk: int = 0


class PolicyRemembered(Fact, frozen=True, gc=False, array_like=True):
    """What a policy wants to know next time (msgpack); `desk` 0 is dispatch, 1 patrol."""

    memory: bytes
    desk: int = 0


class RoadClosed(Fact, frozen=True, gc=False, array_like=True):
    """These directed edges may not be entered."""

    edges: tuple[int, ...]


class RoadReopened(Fact, frozen=True, gc=False, array_like=True):
    """These directed edges may be entered again."""

    edges: tuple[int, ...]


class LuckForked(Fact, frozen=True, gc=False, array_like=True):
    """From here on chance is drawn anew: the luck, and all alarms as they now stand, in order (kind, who, due).

    Problems that nobody has reported are forgotten; those that might be there under the new luck arise after this.
    """

    luck: int
    alarms: tuple[tuple[str, int, int], ...]


FACTS: tuple[type[Fact], ...] = tuple(sorted(Fact.__subclasses__(), key=lambda kind: kind.__name__))
"""Every kind of fact, by name."""
