"""What tours cost: finding them for all beats of a city, and asking patrols where they are and when they come by.

Towns of jittered blocks cut into square beats, on foot and by car; CPU time of one thread. Tours are found once, the
rest is the least mean of some rounds.

Usage: python -m benchmarks.tours
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import process_time

import numpy as np

from tests.roads.streets import town
from twin.domain.mode import CAR_BIT, WALK_BIT
from twin.domain.route import Spot
from twin.roads.beats import BeatPlan, Beats, make_beats
from twin.roads.laps import Order, Patrols, Phase, patrols_of
from twin.roads.network import LongArray, RoadNetwork

TOWNS = ((32, 14), (225, 34))
"""(junctions along a side, beats along a side)."""
MOST_UNITS, UNITS_A_BEAT, N_PLACES, N_ROUNDS, DAY_US = 1_605, 8, 300, 5, 86_400_000_000


def squares(network: RoadNetwork, n_along: int) -> list[LongArray]:
    """The edges of each of n_along × n_along squares over a network, by where they start; empty squares left out."""
    x, y = network.node_x[network.tail], network.node_y[network.tail]
    column, row = (np.floor((along - along.min()) / (np.ptp(along) + 1) * n_along).astype(int) for along in (x, y))
    square = row * n_along + column
    order = np.argsort(square, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(square[order])) + 1)


def us_per_call(call: Callable[[], object], *, n_calls: int = 1) -> float:
    """Least mean over the rounds of something that is itself so many calls."""
    spent = []
    for _ in range(N_ROUNDS + 1):
        began = process_time()
        call()
        spent.append((process_time() - began) / n_calls * 1e6)
    return min(spent[1:])


def uniforms(unit: int, lap: int, n: int) -> np.ndarray:
    """Chance for laps."""
    return np.random.default_rng([unit, lap]).random(n)


def found(side: int, n_along: int, *, bit: int) -> Beats:
    """The beats of a town with their tours; how long they took and how good they are is printed."""
    network = town(side, side, seed=3, one_way_share=0.0 if bit == WALK_BIT else 0.1, missing_share=0.12)
    plans = [BeatPlan(edges, bit, 1.2) for edges in squares(network, n_along)]
    began = process_time()
    beats = make_beats(network, plans)
    spent = process_time() - began
    ratio = [beat.tour.length_mm / beat.tour.bound_mm for beat in beats.all]
    middle, high, most = np.percentile(ratio, [50, 95, 100])
    whose = "on foot" if bit == WALK_BIT else "by car"
    print(f"  {len(plans):,} tours {whose}: {spent:.2f} s, {middle:.3f} of the bound (P95 {high:.3f}, most {most:.3f})")
    return beats


def rows(beats: Beats, order: Order) -> list[tuple[str, float]]:
    """(what, microseconds) of asking patrols of one order."""
    n_beats = len(beats.all)
    n_units = min(MOST_UNITS, UNITS_A_BEAT * n_beats)
    beat_of_unit = [unit % n_beats for unit in range(n_units)]
    patrols = patrols_of(beats, beat_of_unit, order_of_unit=[order] * n_units, draw=uniforms)
    units, laps = np.arange(n_units), np.zeros(n_units, np.int64)
    random = np.random.default_rng(1)
    into = (random.random(n_units) * beats.period_us[units % n_beats]).astype(np.int64)
    places = [Spot(edge, 1_000) for edge in random.choice(patrols.touched(), N_PLACES).tolist()]
    phases = [Phase(0, into_us) for into_us in into.tolist()]

    def next_passes() -> None:
        for place in places:
            for unit in patrols.over(place.edge):
                next(patrols.next_passes(unit, phases[unit], place, within_us=DAY_US), None)

    def advance() -> None:
        for unit, phase in enumerate(phases[:N_PLACES]):
            patrols.advance(unit, phase, DAY_US // 3)

    n_pairs = sum(len(patrols.over(place.edge)) for place in places)
    return [
        (f"spots of {n_units:,} units", us_per_call(lambda: patrols.spots(units, laps, into))),
        ("next pass of a place, one unit", us_per_call(next_passes, n_calls=n_pairs)),
        ("eight hours on", us_per_call(advance, n_calls=min(n_units, N_PLACES))),
        ("a lap made", _us_a_lap(patrols, n_units=min(n_units, N_PLACES))),
    ]


def _us_a_lap(patrols: Patrols, *, n_units: int) -> float:
    began = process_time()
    for unit in range(n_units):
        patrols.lap(unit, 1_000)
    return (process_time() - began) / n_units * 1e6


def report(towns: Sequence[tuple[int, int]] = TOWNS) -> None:
    """Print tables for towns of (junctions, beats) along a side."""
    for side, n_along in towns:
        print(f"about {side * side:,} nodes")
        on_foot = found(side, n_along, bit=WALK_BIT)
        found(side, n_along, bit=CAR_BIT)
        for order in (Order.REGULAR, Order.RANDOM):
            print(f"  {order} laps: microseconds")
            for what, us in rows(on_foot, order):
                print(f"    {what:<34} {us:9.1f}")


if __name__ == "__main__":
    report()
