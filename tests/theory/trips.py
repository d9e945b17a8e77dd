"""From a scenario on a street grid to its trips: run as users do, read from the journal and the tables of the metrics.

In: the name of a file in `scenarios/on_streets/`, the grid it is run on, and how many units stand where. The homes of
the units are drawn anew, evenly along the streets, for each replication. Out: one `Trips` a replication.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.city import CityModel
from agents.setting import Setting
from scenarios.build import Built, build
from scenarios.load import load_scenario
from scenarios.run import play
from tests.theory.street_grid import BLOCK_M, Grid, Places, folder_of, middles, places
from twin.domain.facts import Fact, UnitAssigned
from twin.domain.quantities import SECOND
from twin.domain.route import Spot
from twin.domain.unit import Unit
from twin.journal.journal import Memory
from twin.metrics.intervals import intervals
from twin.roads.network import RoadNetwork

SCENARIOS = Path(__file__).parent / "scenarios" / "on_streets"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rewire = Callable[[Setting], Setting]
"""Puts something else into the engine, to make it wrong on purpose."""


@dataclass(frozen=True, slots=True)
class Homes:
    """How many units there are: always `n`, or a Poisson number with that mean."""

    n: int
    is_poisson: bool = False


@dataclass(frozen=True, eq=False)
class Trips:
    """The trips of one replication that arrived, in the order they were ordered, arrays of shape (n_trips,).

    `travel_s`: as travelled; `blocks`: that time at cruising speed, in blocks; `expected_blocks`, shape (n_trips, k):
    expected of the unit sent and of the runners-up, NaN where there were fewer; `start`, `goal`: from where to where;
    `start_middle`, `goal_middle`: the middles of those blocks; `from_start`, `to_goal`: how far into its block a trip
    starts and ends, in the direction of travel, blocks. `homes`: where the units live, shape (n_units,); `unit`: who
    was sent; `freed_s`: when it came free, infinity where it did not.
    """

    assigned_s: Floats
    matter: NDArray[np.str_]
    travel_s: Floats
    blocks: Floats
    expected_blocks: Floats
    start: Places
    goal: Places
    start_middle: Places
    goal_middle: Places
    from_start: Floats
    to_goal: Floats
    homes: Places
    unit: Ints
    freed_s: Floats

    def free_when(self, at_s: float, *, without: str) -> NDArray[np.bool_]:
        """Who is not at work on that matter just before an instant, shape (n_units,)."""
        at_work = (self.matter == without) & (self.assigned_s < at_s) & (self.freed_s > at_s)
        free = np.ones(self.homes.x.size, np.bool_)
        free[self.unit[at_work]] = False
        return free


def replications(
    name: str, *, grid: Grid, homes: Homes | None, n: int, rewired: Rewire = lambda setting: setting
) -> Iterator[Trips]:
    """Run a scenario `n` times, its own seed first."""
    built = _built(name, grid)
    city = built.city
    assert city is not None
    setting = rewired(built.setting)
    for replication in range(n):
        seed = setting.seed + 1_000 * replication
        units = setting.units if homes is None else _spread(setting.units[0], homes, roads=city.roads, seed=seed)
        store = Memory()
        drawn = replace(built, setting=replace(setting, units=units, seed=seed))
        model = CityModel.begin(drawn.setting, store=store)
        play(model, drawn, until=drawn.scenario.lasting)
        model.world.journal.flush()
        edge, offset_mm = (
            np.array([unit.home.edge for unit in units]),
            np.array([unit.home.offset_mm for unit in units]),
        )
        homes_drawn = places(city.roads, edge, offset_mm)
        yield _trips(store.facts, homes_drawn, until=drawn.scenario.lasting, grid=grid, roads=city.roads)


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where the cities of this process lie; gone when it ends."""
    return tempfile.TemporaryDirectory(prefix="gridtwin-theory-")


@lru_cache(maxsize=4)
def _built(name: str, grid: Grid) -> Built:
    folder = folder_of(grid, under=Path(_folder().name))
    return build(load_scenario(SCENARIOS / f"{name}.yaml").model_copy(update={"city": str(folder)}))


def _spread(like: Unit, homes: Homes, *, roads: RoadNetwork, seed: int) -> tuple[Unit, ...]:
    """Units at random places along the streets; all edges are equally long."""
    random = np.random.default_rng(seed)
    n = int(random.poisson(homes.n)) if homes.is_poisson else homes.n
    edge = random.integers(roads.n_edges, size=n)
    offset_mm = random.integers(roads.length_mm[edge] + 1)
    return tuple(
        _at(like, f"Unit {number}", Spot(*spot))
        for number, spot in enumerate(zip(edge.tolist(), offset_mm.tolist(), strict=True))
    )


def _at(like: Unit, name: str, home: Spot) -> Unit:
    return Unit(name, like.kind, like.skills, home, like.turnout_us, like.placed)


def _trips(facts: list[Fact], homes: Places, *, until: int, grid: Grid, roads: RoadNetwork) -> Trips:
    jobs = intervals(facts, until=until).jobs
    orders = [fact for fact in facts if isinstance(fact, UnitAssigned)]
    travel_s = jobs["travel_s"].to_numpy()
    arrived = np.flatnonzero(~np.isnan(travel_s))
    kept = [orders[place] for place in arrived]
    blocks_a_second = grid.speed_mps / BLOCK_M
    width = max(1 + len(order.runners_up) for order in kept)
    expected_us = [[order.expected_us, *order.runners_up_us] for order in kept]
    padded = np.array([row + [np.nan] * (width - len(row)) for row in expected_us], dtype=np.float64)
    first, last = (np.array([order.edges[end] for order in kept]) for end in (0, -1))
    start_mm = np.array([order.start_mm for order in kept])
    end_mm = np.array([order.end_mm for order in kept])
    return Trips(
        assigned_s=jobs["assigned_at"].to_numpy()[arrived] / SECOND,
        matter=np.array(jobs["matter"].to_pylist(), dtype=np.str_)[arrived],
        travel_s=travel_s[arrived],
        blocks=travel_s[arrived] * blocks_a_second,
        expected_blocks=padded / SECOND * blocks_a_second,
        start=places(roads, first, start_mm),
        goal=places(roads, last, end_mm),
        start_middle=middles(roads, first),
        goal_middle=middles(roads, last),
        from_start=start_mm / roads.length_mm[first],
        to_goal=end_mm / roads.length_mm[last],
        homes=homes,
        unit=jobs["unit"].to_numpy()[arrived],
        freed_s=jobs["freed_at"].cast("float64").fill_null(np.inf).to_numpy()[arrived] / SECOND,
    )
