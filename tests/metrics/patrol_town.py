"""A small town with grids and tours, and random journals of its patrols, shifts and problems."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from city_data.cells import CellPlan, make_cells
from tests.metrics.independent_patrols import PlainGround
from tests.roads.streets import town
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, VERIFY
from twin.domain.grid import Grid, Overlay
from twin.domain.ids import child_id
from twin.domain.mode import WALK, WALK_BIT
from twin.domain.problem import BY_ITSELF, CITIZEN, PATROL, SETTLED
from twin.domain.quantities import HOUR, MINUTE, SECOND, CivilTime
from twin.domain.unit import AwayReason, Freed, Placed
from twin.metrics.ground import Ground
from twin.roads.beats import BeatPlan, make_beats, streets_of_grids
from twin.roads.drawn_lap import Focus
from twin.roads.laps import Order, Patrols, Phase, patrols_of
from twin.roads.terrain import Terrain

UNTIL = 55 * HOUR + 20 * MINUTE
ORDERS = (Order.REGULAR, Order.REGULAR, Order.RANDOM, Order.FOCUS)
ROSTERS = (0, 1, 1, None)
BEATS = (0, 0, 1, 3)
HOURS_ON = {0: ((2, 9), (26, 33), (50, 60)), 1: ((0, 12), (24, 36), (48, 57))}
CIVIL = CivilTime(datetime(2026, 3, 1, 16, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))


@cache
def ground() -> Ground:
    """Four grids by quarter and two by half; two regular patrols on one beat, a random and a focused one on others."""
    network = town(6, 6, seed=3, block_m=150.0)
    cells, _ = make_cells(network, CellPlan())
    east = cells.x > np.median(cells.x)
    north = cells.y > np.median(cells.y)
    base = Overlay("base", "", tuple(Grid(f"g{n}", f"{n}") for n in range(4)), (2 * east + north).astype(np.int32))
    fire = Overlay("fire", "", (Grid("f0", "0"), Grid("f1", "1")), east.astype(np.int32))
    streets = streets_of_grids(cells, base, network)
    beats = make_beats(network, [BeatPlan(each, WALK_BIT, 1.2 + n / 10) for n, each in enumerate(streets)])

    def draw(unit: int, lap: int, n: int) -> np.ndarray:
        return Streams(5).block("lap", unit, block=lap, size=n)

    patrols = patrols_of(beats, [*BEATS, None, None], order_of_unit=[*ORDERS, Order.REGULAR, Order.REGULAR], draw=draw)
    terrain = Terrain(network=network, cells=cells, overlays=(base, fire), patrols=patrols)
    return Ground(terrain, CIVIL)


def the_patrols() -> Patrols:
    patrols = ground().terrain.patrols
    assert patrols is not None
    return patrols


def walker(unit: int, *, beat: int | None = 0, roster: int | None = None, into_us: int = 0) -> f.UnitEnrolled:
    return f.UnitEnrolled(
        0,
        unit,
        f"walker {unit}",
        "grid_worker",
        ("look",),
        0,
        0,
        0,
        Placed.STATION,
        mode=WALK,
        beat=beat,
        patrols=beat is not None,
        roster=roster,
        into_us=into_us,
    )


# ---------------------------------------------------------------------------------------------- random journals


def made_up_town(seed: int, *, n_problems: int = 150) -> list[f.Fact]:
    """Facts in the order of their instants: four who patrol, two who serve problems, problems and reports."""
    rng = random.Random(seed)
    facts: list[f.Fact] = [f.TwinBegan(0, "spec", "city", seed, 0)]
    later: list[f.Fact] = []
    for lap in (2, 5, 9):
        own = the_patrols().beats.all[3].streets.tolist()
        streets = tuple(sorted(rng.sample(own, 3)))
        later.append(f.FocusSet(1, 3, lap, 0, streets, 4, "here"))
    patrols = with_focus_of(the_patrols(), later)
    absent: dict[tuple[int, int], tuple[int, ...]] = {}
    for roster, hours in HOURS_ON.items():
        for begin, end in hours:
            members = [unit for unit in range(4) if ROSTERS[unit] == roster]
            absent[roster, begin] = tuple(unit for unit in members if rng.random() < 0.2)
            later.append(f.ShiftBegan(begin * HOUR, roster, absent[roster, begin], end * HOUR))
            later.append(f.ShiftEnded(end * HOUR, roster, (end + 12) * HOUR))
    for unit in range(4):
        into_us = rng.randrange(HOUR)
        facts.append(walker(unit, beat=BEATS[unit], roster=ROSTERS[unit], into_us=into_us))
        later += _walking(rng, unit, absent, patrols=patrols, phase=Phase(0, into_us))
    facts += [walker(unit, beat=None) for unit in (4, 5)]
    facts += [f.ShiftEnded(0, roster, hours[0][0] * HOUR) for roster, hours in HOURS_ON.items()]
    for number in range(n_problems):
        later += _problem(rng, number, at=rng.randrange(UNTIL // SECOND) * SECOND, n_seen=0)
    # What one unit or one problem goes through stays in its order at one instant; shifts come before both.
    later.sort(key=lambda fact: (fact.at, not isinstance(fact, f.ShiftBegan | f.ShiftEnded)))
    return facts + [fact for fact in later if fact.at <= UNTIL]


def _walking(
    rng: random.Random,
    unit: int,
    absent: dict[tuple[int, int], tuple[int, ...]],
    *,
    patrols: Patrols,
    phase: Phase,
) -> Iterator[f.Fact]:
    """A unit's hours on patrol, with cases, absences, and cases that outlast its shift."""
    roster = ROSTERS[unit]
    hours = ((0, UNTIL // HOUR + 1),) if roster is None else HOURS_ON[roster]
    busy_until = 0
    for begin, end in hours:
        if unit in absent.get((-1 if roster is None else roster, begin), ()):
            continue
        at, off_at = max(begin * HOUR, busy_until + 1), end * HOUR
        if roster is None:
            yield f.PatrolBegan(at, unit, phase.lap, phase.into_us)
        elif busy_until + 1 > begin * HOUR:
            continue
        while True:
            on_us = 1 + round(rng.expovariate(1 / (50 * MINUTE)))
            if at + on_us >= off_at:
                phase = patrols.advance(unit, phase, min(off_at, UNTIL) - at)
                break
            phase, at = patrols.advance(unit, phase, on_us), at + on_us
            yield f.PatrolPaused(at, unit, phase.lap, phase.into_us, 0, 0)
            doing, at = _interrupted(rng, unit, at)
            yield from doing
            if at >= off_at:
                yield f.UnitOffDuty(at, unit)
                busy_until = at
                break
            home_at = at + 1 + rng.randrange(10 * MINUTE)
            yield f.UnitReturning(at, unit, (0,), 0, 1, 1, 0, home_at)
            if home_at >= off_at:
                break
            at = home_at
            yield f.PatrolBegan(at, unit, phase.lap, phase.into_us)


def _interrupted(rng: random.Random, unit: int, at: int) -> tuple[list[f.Fact], int]:
    """A case or an absence, and when it is over."""
    end = at + 1 + rng.randrange(2 * HOUR)
    if rng.random() < 0.3:
        return [
            f.UnitAway(at, unit, 0, 0, end, 0, AwayReason.DUTY),
            f.UnitLeft(at, unit, end, 0, 0),
            f.UnitBack(end, unit),
        ], end
    case = 10_000_000 + unit * 1_000_000_000 + at % 1_000_000_000
    return [
        _reported(at, case, rng, needs=("look",)),
        f.CaseQueued(at, case),
        *_job(at, unit, case, 0, arrives_at=(at + end) // 2, end=end),
        f.CaseClosed(end, case),
    ], end


def _job(at: int, unit: int, case: int, need: int, *, arrives_at: int, end: int, rule: str = "near") -> list[f.Fact]:
    return [
        f.UnitAssigned(at, unit, case, need, (), 0, 0, 0, 0, 0, rule, (), ()),
        f.UnitRolled(at, unit, arrives_at),
        f.UnitArrived(arrives_at, unit, end),
        f.UnitFreed(end, unit, case, need, Freed.DONE, 0, 0),
    ]


def _spot(rng: random.Random) -> tuple[int, int]:
    network = ground().terrain.network
    assert network is not None
    edge = rng.randrange(network.n_edges)
    return edge, rng.randrange(int(network.length_mm[edge]))


def _reported(at: int, case: int, rng: random.Random, **more: object) -> f.CaseReported:
    edge, offset = _spot(rng)
    fact = f.CaseReported(at, case, f"ref {case}", "north", "rubbish", 1, ("look",), edge, offset, 0)
    changed = {name: more.get(name, getattr(fact, name)) for name in fact.__struct_fields__}
    return f.CaseReported(**changed)  # type: ignore[arg-type]


def _problem(
    rng: random.Random, number: int, *, at: int, n_seen: int, parent: int | None = None, k: int = 0
) -> list[f.Fact]:
    """A problem, what is told of it, and what comes of that; some break out again."""
    problem = number if parent is None else child_id(parent, k)
    edge, offset = _spot(rng)
    matter = rng.choice(("vendor", "leak", "rubbish"))
    arose_at = at if rng.random() < 0.9 else at - rng.randrange(at + 1)
    ends_at = at + round(rng.expovariate(1 / (12 * HOUR)))
    arose = f.ProblemArose(
        at, problem, 0, rng.choice("NS"), matter, 1, ("look",), edge, offset, arose_at, ends_at=ends_at, parent=parent
    )
    facts: list[f.Fact] = [arose]
    told_at, n, settled_at = at, 0, None
    cases: list[int] = []
    while rng.random() < 0.6:
        told_at += round(rng.expovariate(1 / (3 * HOUR)))
        if told_at >= min(ends_at, settled_at or ends_at):
            break
        merged = rng.random()
        if cases and merged < 0.5:
            facts.append(f.ReportMade(told_at, problem, cases[0], CITIZEN, None, opened=False))
        elif merged < 0.1:
            facts.append(f.ReportMade(told_at, problem, 777_777, CITIZEN, None, opened=False))
        else:
            case = 1_000_000 * (problem % 1_000_000_007 + 1) + n
            more, end = _case_about(rng, problem, case, told_at)
            facts += more
            cases.append(case)
            if settled_at is None and end is not None:
                settled_at = end
        n += 1
    over_at = ends_at if settled_at is None else min(ends_at, settled_at)
    again_at = over_at + HOUR if rng.random() < 0.3 else None
    facts.append(f.ProblemEnded(over_at, problem, BY_ITSELF if over_at == ends_at else SETTLED, again_at))
    # The case that settles it says so before it closes.
    facts.sort(key=lambda fact: (fact.at, isinstance(fact, f.CaseClosed)))
    if again_at is not None and n_seen < 3:
        facts += _problem(rng, 0, at=again_at, n_seen=n_seen + 1, parent=problem, k=rng.choice((1_000, 0)))
    return facts


def _case_about(rng: random.Random, problem: int, case: int, at: int) -> tuple[list[f.Fact], int | None]:
    """A report that opens a case, the case, and when it is handled."""
    by_patrol = rng.random() < 0.4
    unit = rng.randrange(4) if by_patrol else None
    told = f.ReportMade(at, problem, case, PATROL if by_patrol else CITIZEN, unit, opened=True)
    if by_patrol and rng.random() < 0.5:
        reported = _reported(at, case, rng, needs=("on the spot",))
        job = _job(at, 4, case, 0, arrives_at=at, end=at + 5 * MINUTE, rule="on the spot")
        return [told, reported, f.CaseQueued(at, case), *job, f.CaseClosed(at + 5 * MINUTE, case)], at + 5 * MINUTE
    n_verify, n_check = int(rng.random() < 0.5), int(rng.random() < 0.5)
    needs = ("look",) * (n_verify + 1 + n_check)
    facts: list[f.Fact] = [told, _reported(at, case, rng, needs=needs, n_verify=n_verify, n_check=n_check)]
    handled_at = None
    for need in range(len(needs)):
        stage = VERIFY if need < n_verify else CHECK if need >= n_verify + 1 else HANDLE
        facts.append(f.CaseQueued(at, case, stage))
        sent_at = at + rng.randrange(HOUR)
        arrives_at, end = sent_at + rng.randrange(HOUR), sent_at + HOUR + rng.randrange(HOUR)
        facts += _job(sent_at, rng.choice((4, 5)), case, need, arrives_at=arrives_at, end=end)
        at = end
        if stage is VERIFY and rng.random() < 0.2:
            return [*facts, f.CaseClosed(at, case, void=True)], None
        if stage is HANDLE:
            handled_at = at
        if rng.random() < 0.05:
            return facts, handled_at
    return [*facts, f.CaseClosed(at, case)], handled_at


def with_focus_of(patrols: Patrols, facts: list[f.Fact]) -> Patrols:
    """Patrols as the journal's focus orders make them, found anew for each lap from all orders there are."""
    set_so = [fact for fact in facts if isinstance(fact, f.FocusSet)]

    def focus_of(unit: int, lap: int) -> Focus | None:
        own = [fact for fact in set_so if fact.unit == unit and fact.from_lap <= lap]
        if not own:
            return None
        return Focus(own[-1].streets, (float(own[-1].factor),) * len(own[-1].streets))

    return replace(patrols, focus_of=focus_of)


def plain(ground: Ground, facts: list[f.Fact]) -> PlainGround:
    """The ground in plain columns, for the independent reader."""
    terrain = ground.terrain
    network, cells, patrols = terrain.network, terrain.cells, terrain.patrols
    assert network is not None
    assert cells is not None
    assert patrols is not None
    patrols = with_focus_of(patrols, facts)

    def lap_of(unit: int, lap: int) -> tuple[list[int], list[int]]:
        tour = patrols.lap(unit, lap)
        return tour.edges.tolist(), tour.start_us.tolist()

    return PlainGround(
        epoch=pd.Timestamp(ground.civil.epoch),
        zone=ground.civil.zone.key,
        lap_of=lap_of,
        mps_of={unit: beat.mps for unit in range(patrols.beat.size) if (beat := patrols.beat_of(unit)) is not None},
        twin=network.twin.tolist(),
        length_mm=network.length_mm.tolist(),
        piece_first=cells.edge_start.tolist(),
        piece_start_mm=cells.piece_start_mm.tolist(),
        piece_mm=cells.piece_mm.tolist(),
        piece_cell=cells.piece_cell.tolist(),
        n_cells=cells.n,
        overlays={each.name: ([grid.ref for grid in each.grids], each.of_cell.tolist()) for each in terrain.overlays},
    )
