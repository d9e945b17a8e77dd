"""What the search for the first unit costs: microseconds per call on 5,000 and 50,000 nodes.

A synthetic town (jittered grid, a tenth of its streets one-way), units spread at random, four in five of them able, a
fifth of them ready to roll and the others after a minute; goals at random. CPU time of one thread, the least of some
rounds, after everything has been compiled and touched once.

Usage: python -m benchmarks.routing
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import process_time

import numpy as np

from tests.roads.streets import town
from twin.domain.route import Leg, Spot
from twin.roads.router import Router
from twin.roads.travel import TravelModel

TOWNS = ((72, 1_605), (72, 20_000), (225, 1_605), (225, 20_000))
N_GOALS, N_ROUNDS = 1_000, 5
OPEN: frozenset[int] = frozenset()


def us_per_call(call: Callable[[Spot], object], goals: list[Spot]) -> float:
    """Least mean over the rounds."""
    spent = []
    for _ in range(N_ROUNDS + 1):
        began = process_time()
        for goal in goals:
            call(goal)
        spent.append((process_time() - began) / len(goals) * 1e6)
    return min(spent[1:])


def rows(side: int, n_units: int) -> list[tuple[str, float]]:
    """(what, microseconds a call) on a town of side × side junctions."""
    network = town(side, side, seed=3, one_way_share=0.1, missing_share=0.12)
    router = Router(network, TravelModel.free_flow())
    random = np.random.default_rng(1)
    edges = random.integers(0, network.n_edges, n_units)
    offsets = (random.random(n_units) * network.length_mm[edges]).astype(np.int64)
    turnout = np.where(random.random(n_units) < 0.2, 0, 60_000_000)
    able = random.random(n_units) < 0.8
    goals = [
        Spot(int(edge), int(network.length_mm[edge]) // 3) for edge in random.integers(0, network.n_edges, N_GOALS)
    ]
    stations = goals[:40]

    def first(goal: Spot, *, k: int, delays: np.ndarray) -> object:
        return router.first_reached(
            goal, edges=edges, offsets_mm=offsets, delays_us=delays, able=able, band=0, closed=OPEN, k=k
        )

    def home(origin: Spot) -> object:
        return router.route_home(origin, stations[origin.edge % 40], band=0, closed=OPEN)

    at_once = np.zeros_like(turnout)
    legs = [Leg(router.route(goal, stations[0], band=0, closed=OPEN), 0, 1_000_000) for goal in goals[:50]]
    half_way = dict(zip(goals, legs, strict=False))
    return [
        ("first_reached, no delays, k = 1", us_per_call(lambda goal: first(goal, k=1, delays=at_once), goals)),
        ("first_reached, no delays, k = 3", us_per_call(lambda goal: first(goal, k=3, delays=at_once), goals)),
        ("first_reached, turnout, k = 1", us_per_call(lambda goal: first(goal, k=1, delays=turnout), goals)),
        ("first_reached, turnout, k = 3", us_per_call(lambda goal: first(goal, k=3, delays=turnout), goals)),
        (
            "route between two places",
            us_per_call(lambda goal: router.route(goal, stations[0], band=0, closed=OPEN), goals[:50]),
        ),
        ("route_home to 40 stations", us_per_call(home, goals)),
        ("spot_at", us_per_call(lambda goal: router.spot_at(half_way[goal], 500_000), goals[:50])),
    ]


def report(towns: Sequence[tuple[int, int]] = TOWNS) -> None:
    """Print a table for towns of (side, units)."""
    for side, n_units in towns:
        print(f"about {side * side:,} nodes, {n_units:,} units: microseconds a call")
        for what, us in rows(side, n_units):
            print(f"  {what:<34} {us:9.1f}")


if __name__ == "__main__":
    report()
