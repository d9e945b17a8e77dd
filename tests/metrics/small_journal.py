"""Facts in few words, for journals whose answers can be worked out by hand. Instants are given in whole seconds."""

from __future__ import annotations

from twin.domain import facts as f
from twin.domain.quantities import SECOND
from twin.domain.unit import AwayReason, Freed, Placed


def began(at_s: int = 0) -> f.TwinBegan:
    return f.TwinBegan(at_s * SECOND, "spec", "city", 1, 0)


def enrolled(unit: int, *, kind: str = "engine", at_s: int = 0) -> f.UnitEnrolled:
    return f.UnitEnrolled(at_s * SECOND, unit, f"{kind} {unit}", kind, (kind,), 0, 0, 0, Placed.STATION)


def reported(
    at_s: int,
    case: int,
    *,
    needs: tuple[str, ...] = ("engine",),
    area: str = "north",
    matter: str = "fire",
    priority: int = 1,
) -> f.CaseReported:
    return f.CaseReported(at_s * SECOND, case, f"ref {case}", area, matter, priority, needs, 0, 0, 0)


def registered(at_s: int, case: int) -> f.CaseRegistered:
    return f.CaseRegistered(at_s * SECOND, case)


def queued(at_s: int, case: int) -> f.CaseQueued:
    return f.CaseQueued(at_s * SECOND, case)


def closed(at_s: int, case: int) -> f.CaseClosed:
    return f.CaseClosed(at_s * SECOND, case)


def assigned(at_s: int, unit: int, case: int, *, need: int = 0, expected_s: int = 0) -> f.UnitAssigned:
    return f.UnitAssigned(
        at_s * SECOND, unit, case, need, (), 0, 0, 0, 0, expected_s * SECOND, "nearest", (), (), rolls_at=None
    )


def rolled(at_s: int, unit: int, *, inferred: bool = False) -> f.UnitRolled:
    return f.UnitRolled(at_s * SECOND, unit, None, inferred)


def retimed(at_s: int, unit: int) -> f.LegRetimed:
    return f.LegRetimed(at_s * SECOND, unit, (1,), 0, 0, 0, 0, None)


def arrived(at_s: int, unit: int) -> f.UnitArrived:
    return f.UnitArrived(at_s * SECOND, unit)


def freed(at_s: int, unit: int, case: int, *, need: int = 0, cause: Freed = Freed.DONE) -> f.UnitFreed:
    return f.UnitFreed(at_s * SECOND, unit, case, need, cause, 0, 0)


def away(at_s: int, unit: int, *, back_s: int) -> list[f.Fact]:
    return [
        f.UnitAway(at_s * SECOND, unit, 0, 0, back_s * SECOND, 0, AwayReason.OUTSIDE),
        f.UnitLeft(at_s * SECOND, unit, back_s * SECOND, 0, 0),
    ]


def back(at_s: int, unit: int) -> f.UnitBack:
    return f.UnitBack(at_s * SECOND, unit)


def whole_case(case: int, unit: int, *, at_s: int, travel_s: int = 100, on_scene_s: int = 500) -> list[f.Fact]:
    """Reported, registered after 10 s, dispatched at once, rolled after 20 s more, arrived, freed, closed."""
    rolls_s = at_s + 30
    arrives_s = rolls_s + travel_s
    leaves_s = arrives_s + on_scene_s
    return [
        reported(at_s, case),
        registered(at_s + 10, case),
        queued(at_s + 10, case),
        assigned(at_s + 10, unit, case, expected_s=100),
        rolled(rolls_s, unit),
        arrived(arrives_s, unit),
        freed(leaves_s, unit, case),
        closed(leaves_s, case),
    ]
