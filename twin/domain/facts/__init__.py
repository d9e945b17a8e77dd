"""Facts: what happened, in the past tense, as the journal keeps it. The only output of a run.

A fact says all that the world needs to go on from it: where something random was drawn, the fact carries the instant it
leads to (`rolls_at`, `next_at`), so that folding a journal gives back the pending alarms too. Such instants are for the
world alone: no view shows them. All `_at` and `_us` are integer microseconds, all `_mm` integer millimetres.
"""

from __future__ import annotations

from twin.domain.facts.base import INPUT, MODEL, Fact, Origin
from twin.domain.facts.cases import (
    CaseClosed,
    CaseQueued,
    CaseRegistered,
    CaseReported,
    IntakeBegan,
    NeedGivenUp,
    NeedUnreachable,
)
from twin.domain.facts.patrol import (
    FocusSet,
    LookoutSet,
    PatrolBegan,
    PatrolPaused,
    ShiftBegan,
    ShiftEnded,
    SpellPutOff,
    UnitOffDuty,
)
from twin.domain.facts.problems import (
    ProblemArose,
    ProblemEnded,
    ReportMade,
)
from twin.domain.facts.running import (
    CommandGiven,
    CommandRefused,
    LuckForked,
    OrderRefused,
    PolicyChanged,
    PolicyRemembered,
    PolicyWoke,
    RoadClosed,
    RoadReopened,
    SourceOpened,
    TwinBegan,
)
from twin.domain.facts.units import (
    LegRetimed,
    UnitArrived,
    UnitAssigned,
    UnitAtHospital,
    UnitAway,
    UnitBack,
    UnitEnrolled,
    UnitFreed,
    UnitLeft,
    UnitParked,
    UnitReturning,
    UnitRolled,
    UnitTransporting,
)

__all__ = [
    "FACTS",
    "INPUT",
    "MODEL",
    "CaseClosed",
    "CaseQueued",
    "CaseRegistered",
    "CaseReported",
    "CommandGiven",
    "CommandRefused",
    "Fact",
    "FocusSet",
    "IntakeBegan",
    "LegRetimed",
    "LookoutSet",
    "LuckForked",
    "NeedGivenUp",
    "NeedUnreachable",
    "OrderRefused",
    "Origin",
    "PatrolBegan",
    "PatrolPaused",
    "PolicyChanged",
    "PolicyRemembered",
    "PolicyWoke",
    "ProblemArose",
    "ProblemEnded",
    "ReportMade",
    "RoadClosed",
    "RoadReopened",
    "ShiftBegan",
    "ShiftEnded",
    "SourceOpened",
    "SpellPutOff",
    "TwinBegan",
    "UnitArrived",
    "UnitAssigned",
    "UnitAtHospital",
    "UnitAway",
    "UnitBack",
    "UnitEnrolled",
    "UnitFreed",
    "UnitLeft",
    "UnitOffDuty",
    "UnitParked",
    "UnitReturning",
    "UnitRolled",
    "UnitTransporting",
]

FACTS: tuple[type[Fact], ...] = tuple(sorted(Fact.__subclasses__(), key=lambda kind: kind.__name__))
"""Every kind of fact, by name."""
