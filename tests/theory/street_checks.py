"""Every check on street grids, in one place, so that comparisons can be counted: all of them share one confidence.

A check is a scenario, the grid it is run on, who stands where, and the exact value of each result; it is run, cut into
batches and judged as in `outcomes.py`. Seeds stand in the scenario files and are not chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tests.theory import geometry
from tests.theory.comparison import Finding, controls_of, find
from tests.theory.rules import PROBE, WORK
from tests.theory.street_grid import Grid
from tests.theory.trips import Homes, Rewire, Trips, replications
from twin.domain.quantities import HOUR, SECOND

Floats = NDArray[np.float64]
Measure = Callable[[Trips], Mapping[str, Floats]]
"""Trips of one replication → one value a trip for each result, NaN for trips that it is not about."""

QUICK, PRECISE = 0.05, 0.01
"""Largest half-width of a sharp result, relative to the exact value."""

UNSETTLED = 50
"""Trips at the beginning of a run with one unit that count for nothing: there may have been no queue yet."""

WORK_S = 1.01 * HOUR / SECOND
"""After so long work that lasts an hour is in its steady state: it does not depend any more on how the run began."""

NEAR = (1.0, 2.0, 4.0)
"""Radii of the controls, blocks."""


FAST = Grid(32, rim=8, speed_mps=100_000.0)
"""Streets on which travel takes next to no time, beside work of an hour."""


@dataclass(frozen=True, slots=True)
class Result:
    """One exact value. One that is not `sharp` is compared too, but its interval may be as wide as it likes."""

    exact: float
    sharp: bool = True


@dataclass(frozen=True, slots=True)
class StreetCheck:
    """One scenario on a street grid against theory.

    `homes`: who stands where, None where the scenario says it; a replication with homes drawn anew is one batch, others
    are cut into `n_batches`. `near`: radii, in blocks, of controls that count the free units that live near a case, of
    `n_free` on average.
    """

    scenario: str
    grid: Grid
    results: Mapping[str, Result]
    measure: Measure
    quick_runs: int
    precise_runs: int
    homes: Homes | None = None
    n_free: float = 0.0
    near: tuple[float, ...] = ()
    n_batches: int = 1

    @property
    def telling(self) -> str:
        """The result that the check is about."""
        return next(iter(self.results))

    @property
    def n_comparisons(self) -> int:
        """Each result is compared as counted and, where there are controls, steadied by them."""
        return len(self.results) * (2 if self.near else 1)

    def n_runs(self, *, precise: bool) -> int:
        """How many replications it takes."""
        return self.precise_runs if precise else self.quick_runs


@dataclass(frozen=True, slots=True)
class StreetOutcome:
    """What came of a check: each result `counted` as it is and, where there are controls, `steadied` by them."""

    check: StreetCheck
    counted: tuple[Finding, ...]
    steadied: tuple[Finding, ...]

    @property
    def disagreeing(self) -> list[str]:
        """Comparisons whose exact value lies outside the interval."""
        return [str(found) for found in (*self.counted, *self.steadied) if not found.agrees]

    def blunt(self, *, precise: bool) -> list[str]:
        """Sharp results whose interval is too wide to tell."""
        most = PRECISE if precise else QUICK
        sharp = [found for found in self.steadied or self.counted if self.check.results[found.name].sharp]
        return [f"{found} ({found.precision:.2%})" for found in sharp if found.precision > most]


def street_outcome(check: StreetCheck, *, n_runs: int, rewired: Rewire = lambda setting: setting) -> StreetOutcome:
    """Run a check and compare all it compares."""
    parts: list[dict[str, Floats]] = []
    for trips in replications(check.scenario, grid=check.grid, homes=check.homes, n=n_runs, rewired=rewired):
        columns = {**check.measure(trips), **_nearby(trips, check)}
        parts.append({name: _batch_means(column, n=check.n_batches) for name, column in columns.items()})
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    expected = {name: 0.0 for name in values if name not in check.results}

    def compared(*, controls: Floats | None = None) -> tuple[Finding, ...]:
        return tuple(
            find(name, result.exact, values=values[name], n_comparisons=N_COMPARISONS, controls=controls)
            for name, result in check.results.items()
        )

    steadied = compared(controls=controls_of(values, expected)) if expected else ()
    return StreetOutcome(check, compared(), steadied)


def rejects(check: StreetCheck, wrong: Rewire, *, n_runs: int) -> bool:
    """Whether a wrong engine's value of what the check is about lies outside its interval, as counted."""
    found = street_outcome(replace(check, near=()), n_runs=n_runs, rewired=wrong)
    return any(finding.name == check.telling and not finding.agrees for finding in found.counted)


# ---------------------------------------------------------------------- what is measured


def _ways(trips: Trips) -> dict[str, Floats]:
    return {"way between two points": trips.blocks[UNSETTLED:]}


def _ways_and_extras(trips: Trips) -> dict[str, Floats]:
    """The way, and what it has more than the direct one between the middles of the two blocks, for those far apart."""
    east = np.abs(trips.start_middle.x - trips.goal_middle.x)
    north = np.abs(trips.start_middle.y - trips.goal_middle.y)
    far = np.minimum(east, north) >= geometry.FAR
    extra = np.where(far, trips.blocks + trips.from_start - trips.to_goal - east - north, np.nan)
    awkward = np.where(far, np.abs(extra - geometry.AWKWARD) < 0.01, np.nan)
    return _ways(trips) | {"extra": extra[UNSETTLED:], "awkward": awkward[UNSETTLED:]}


def _nearest_three(trips: Trips) -> dict[str, Floats]:
    names = ("way of the third", "way of the second")
    return {"way of the nearest": trips.blocks} | {
        name: trips.expected_blocks[:, place] for place, name in zip((2, 1), names, strict=True)
    }


def _ways_of_probes(trips: Trips) -> dict[str, Floats]:
    return {"way of the nearest free": np.where(_is_probe(trips), trips.blocks, np.nan)}


def _is_probe(trips: Trips) -> NDArray[np.bool_]:
    return (trips.matter == PROBE) & (trips.assigned_s > WORK_S)


def _nearby(trips: Trips, check: StreetCheck) -> dict[str, Floats]:
    """Free units that live within some radii of each case, minus how many are expected to (Campbell)."""
    if not check.near:
        return {}
    cases = np.flatnonzero(_is_probe(trips) if WORK in trips.matter else trips.matter != WORK)
    goals, along = trips.goal.chosen(cases), np.where(trips.goal.runs_east, trips.goal.x, trips.goal.y)[cases] % 1
    ways = goals.down().way_to(trips.homes)
    free = np.array([trips.free_when(at_s, without=WORK) for at_s in trips.assigned_s[cases]])
    excess = {}
    for radius in check.near:
        expected = (
            check.n_free / check.grid.blocks_of_street * geometry.street_within(np.full(along.size, radius), along)
        )
        column = np.full(trips.blocks.size, np.nan)
        column[cases] = (free & (ways <= radius)).sum(axis=1) - expected
        excess[f"free within {radius:g}"] = column
    return excess


def _batch_means(column: Floats, *, n: int) -> Floats:
    """Means of `n` equal stretches, of what is a number; shape (n,)."""
    size = column.size // n
    return np.nanmean(column[: n * size].reshape(n, size), axis=1)


# ---------------------------------------------------------------------- the checks


def _two_points(scenario: str, grid: Grid, *, runs: tuple[int, int]) -> StreetCheck:
    results = {"way between two points": Result(geometry.two_points_on_streets(grid.n))}
    return StreetCheck(scenario, grid, results, _ways, *runs, n_batches=30)


def _one_ways(scenario: str, grid: Grid, *, runs: tuple[int, int]) -> StreetCheck:
    solved = geometry.mean_extra_of_one_ways(grid.n)
    results = {
        "extra": Result(solved.extra),
        "way between two points": Result(solved.mean),
        "awkward": Result(solved.awkward_share, sharp=False),
    }
    return StreetCheck(scenario, grid, results, _ways_and_extras, *runs, n_batches=30)


def _nearest(scenario: str, grid: Grid, *, n_units: int, runs: tuple[int, int]) -> StreetCheck:
    per_block = n_units / grid.blocks_of_street
    ways = [geometry.nearest_on_streets(per_block, k=k) for k in (1, 2, 3)]
    names = ("way of the nearest", "way of the second", "way of the third")
    results = {name: Result(way) for name, way in zip(names, ways, strict=True)}
    homes = Homes(n_units, is_poisson=True)
    return StreetCheck(scenario, grid, results, _nearest_three, *runs, homes=homes, n_free=n_units, near=NEAR)


def _square_root(scenario: str, grid: Grid, *, n_units: int, busy: float, runs: tuple[int, int]) -> StreetCheck:
    free = geometry.free_units(n_units, busy=busy)
    results = {"way of the nearest free": Result(geometry.nearest_of_free(free, streets=grid.blocks_of_street))}
    return StreetCheck(
        scenario, grid, results, _ways_of_probes, *runs, homes=Homes(n_units), n_free=n_units - busy, near=NEAR
    )


TWO_POINTS = _two_points("two_points", Grid(20), runs=(1, 25))
ONE_WAYS = _one_ways("one_ways", Grid(21, one_way=True), runs=(3, 75))
NEAREST = _nearest("nearest_unit", Grid(32, rim=8), n_units=264, runs=(20, 280))
QUARTER_BUSY = _square_root("square_root", FAST, n_units=256, busy=64, runs=(0, 480))
MOSTLY_BUSY = _square_root("square_root_busy", FAST, n_units=256, busy=160, runs=(20, 160))

STREET_CHECKS = (TWO_POINTS, ONE_WAYS, NEAREST, QUARTER_BUSY, MOSTLY_BUSY)

N_COMPARISONS = sum(check.n_comparisons for check in STREET_CHECKS)
