"""Run folders made by hand: few facts in the built-in street, with everything the page must be able to show.

`small_run` has a served case, a case whose reference is hostile markup, one nobody came to, a unit on an inferred way
and one that is away; `empty_run` has neither cases nor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from city_data.built_in import built_in_city
from city_data.city import City
from scenarios.run_folder import finish, prepare
from twin.domain.case import NeedLost
from twin.domain.facts import (
    CaseClosed,
    CaseQueued,
    CaseRegistered,
    CaseReported,
    Fact,
    NeedGivenUp,
    TwinBegan,
    UnitArrived,
    UnitAssigned,
    UnitAway,
    UnitEnrolled,
    UnitFreed,
    UnitLeft,
    UnitRolled,
)
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.route import Route, Spot
from twin.domain.unit import AwayReason, Freed, Placed
from twin.journal.journal import Journal
from twin.roads.fallback import ScipySearch
from twin.roads.router import Router
from twin.roads.travel import TravelModel
from twin.world.state import State
from twin.world.world import World

HOSTILE = '<img src=x onerror="window.hacked=1">'
NAME = "A small *day*"
UNTIL = 2 * HOUR
LIMITS_S = (240.0, 480.0)


def small_run(out: Path) -> Path:
    """One case served in 6 minutes, one with a hostile reference on its way to be, one that nobody can serve."""
    return write_run(out, small_facts(built_in_city()))


def empty_run(out: Path) -> Path:
    """Nothing and nobody."""
    return write_run(out, [began(built_in_city())])


def write_run(out: Path, facts: Sequence[Fact], *, folder: str | None = "built-in", policy: str = "nearest") -> Path:
    """A run folder as the command line leaves it."""
    with prepare(out) as store:
        journal = Journal(store)
        world = World(State(), journal)
        for fact in facts:
            world.record(fact)
        journal.flush()
    told: dict[str, object] = {
        "name": NAME,
        "seed": 7,
        "policy": policy,
        "epoch": "2026-03-02T08:00:00+08:00",
        "zone": "Asia/Shanghai",
        "until": UNTIL,
        "journal_digest": journal.digest.hexdigest(),
        "n_facts": journal.digest.n_facts,
        "city": {"name": "", "folder": folder, "checksum": built_in_city().checksum if folder else ""},
    }
    finish(out, until=UNTIL, limits_s=LIMITS_S, told=told, ground=None)
    return out


def began(city: City) -> Fact:
    return TwinBegan(at=0, spec="0" * 32, city=city.checksum, seed=7, replication=0)


def small_facts(city: City) -> list[Fact]:
    station, other, far = (Spot(edge, int(city.roads.length_mm[edge]) // 2) for edge in (10, 400, 800))
    router = Router(city.roads, TravelModel.free_flow(), search=ScipySearch)
    there = router.route(station, far, band=0, closed=frozenset())
    across = router.route(station, other, band=0, closed=frozenset())
    return [
        began(city),
        *(enrolled(unit, name, station) for unit, name in enumerate(("Engine 1", "Patrol <b>2</b>", "Engine 3"))),
        UnitAway(at=0, unit=2, edge=10, offset_mm=0, until_at=UNTIL, lasting_us=UNTIL, reason=AwayReason.OUTSIDE),
        UnitLeft(at=0, unit=2, back_at=UNTIL, edge=10, offset_mm=0),
        *reported(1, at=10 * MINUTE, ref="C-1", spot=far),
        assigned(0, 1, there, at=11 * MINUTE),
        UnitRolled(at=12 * MINUTE, unit=0, arrives_at=16 * MINUTE),
        UnitArrived(at=16 * MINUTE, unit=0, leaves_at=40 * MINUTE),
        *reported(2, at=30 * MINUTE, ref=HOSTILE, spot=other),
        assigned(1, 2, across, at=31 * MINUTE),
        UnitRolled(at=32 * MINUTE, unit=1, arrives_at=52 * MINUTE, inferred=True),
        *reported(3, at=35 * MINUTE, ref="C-3", spot=station, needs=("boat",)),
        NeedGivenUp(at=35 * MINUTE, case=3, need=0, why=NeedLost.NO_SUCH_SKILL),
        UnitFreed(at=40 * MINUTE, unit=0, case=1, need=0, cause=Freed.DONE, edge=far.edge, offset_mm=far.offset_mm),
        CaseClosed(at=40 * MINUTE, case=1),
    ]


def enrolled(unit: int, name: str, spot: Spot) -> Fact:
    return UnitEnrolled(
        at=0,
        unit=unit,
        name=name,
        unit_kind="engine",
        skills=("rescue",),
        edge=spot.edge,
        offset_mm=spot.offset_mm,
        turnout_us=MINUTE,
        placed=Placed.STATION,
    )


def reported(case: int, *, at: int, ref: str, spot: Spot, needs: tuple[str, ...] = ("rescue",)) -> list[Fact]:
    return [
        CaseReported(
            at=at,
            case=case,
            ref=ref,
            area="车陂北社区",
            matter="fire_alarm",
            priority=1,
            needs=needs,
            edge=spot.edge,
            offset_mm=spot.offset_mm,
            source=0,
        ),
        CaseRegistered(at=at, case=case),
        CaseQueued(at=at, case=case),
    ]


def assigned(unit: int, case: int, route: Route, *, at: int) -> Fact:
    return UnitAssigned(
        at=at,
        unit=unit,
        case=case,
        need=0,
        edges=route.edges,
        start_mm=route.start_mm,
        end_mm=route.end_mm,
        travel_us=route.travel_us,
        band=route.band,
        expected_us=route.travel_us,
        rule="nearest",
        runners_up=(),
        runners_up_us=(),
    )
