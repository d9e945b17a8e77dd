"""A small town cut into grids, for tests of policies that go by grids, and a way to look over a policy's shoulder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import msgspec
import numpy as np

from agents.setting import Setting
from tests.builders import ground, roster, setting, streets
from twin.clock.streams import Streams
from twin.domain.grid import Cells, Grid, Overlay
from twin.domain.mode import WALK_BIT
from twin.domain.orders import Decision
from twin.domain.unit import Unit
from twin.policies.protocol import Policy
from twin.roads.beats import BeatPlan, make_beats, streets_of_grids
from twin.roads.laps import Order, Patrols, patrols_of
from twin.roads.network import RoadNetwork
from twin.roads.terrain import Terrain
from twin.world.view import Need, Trigger, View

N_BASE, N_FIRE = 4, 2
"""Beats 0 to 3 are the quarters of the town, grids of the overlay "base"; 4 and 5 its halves, those of "fire"."""


@cache
def gridded_ground() -> Terrain:
    """The town of `tests.builders`, every street in one of four cells."""
    network = streets().network
    cells = quarters(network)
    base = Overlay("base", "", tuple(Grid(f"base-{n}", f"{n}") for n in range(N_BASE)), np.arange(4, dtype=np.int32))
    fire = Overlay(
        "fire", "", tuple(Grid(f"fire-{n}", f"{n}") for n in range(N_FIRE)), np.array([0, 0, 1, 1], np.int32)
    )
    return replace(ground(streets()), cells=cells, overlays=(base, fire))


def quarters(network: RoadNetwork) -> Cells:
    """Cells that hold whole streets: which quarter depends on where the middle of the street is."""
    x = (network.node_lon[network.tail] + network.node_lon[network.head]) / 2
    y = (network.node_lat[network.tail] + network.node_lat[network.head]) / 2
    of_edge = (2 * (x > np.median(x)) + (y > np.median(y))).astype(np.int32)
    lengths = np.asarray(network.length_mm, np.int64)
    return Cells(
        size_m=2_000.0,
        codes=("0", "1", "2", "3"),
        codes_assumed=True,
        square=np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.int32),
        x=np.array([x[of_edge == cell].mean() for cell in range(4)]),
        y=np.array([y[of_edge == cell].mean() for cell in range(4)]),
        areas=("town",),
        area=np.zeros(4, np.int32),
        links=np.array([[0, 1], [0, 2], [1, 3], [2, 3]], np.int32),
        edge_start=np.arange(network.n_edges + 1, dtype=np.int64),
        piece_start_mm=np.zeros(network.n_edges, np.int64),
        piece_mm=lengths,
        piece_cell=of_edge,
        street_mm=np.bincount(of_edge, lengths, 4).astype(np.int64),
    )


def edges_in(beat: int) -> list[int]:
    """Edges of one of the quarters."""
    cells = gridded_ground().cells
    assert cells is not None
    return np.flatnonzero(cells.piece_cell == beat).tolist()


def with_beats(beats: Sequence[int | None], *, patrols: bool = False) -> tuple[Unit, ...]:
    """The roster of `tests.builders`, each looking after a beat, or after none."""
    units = zip(roster(len(beats)), beats, strict=True)
    return tuple(msgspec.structs.replace(unit, beat=beat, patrols=patrols) for unit, beat in units)


def gridded(policy: Policy, *, beats: Sequence[int | None], per_hour: float = 18.0, seed: int = 1) -> Setting:
    """The town under load, with units that look after its quarters and halves."""
    base = setting(policy=policy, units=with_beats(beats), per_hour=per_hour, seed=seed)
    return replace(base, terrain=gridded_ground())


def patrolled(policy: Policy | None, *, beats: Sequence[int], order: Order = Order.FOCUS) -> Setting:
    """The town without demand of its own, its quarters patrolled on foot."""
    terrain = gridded_ground()
    units = with_beats(beats, patrols=True)
    base = setting(units=units, per_hour=0.0)
    return replace(base, terrain=replace(terrain, patrols=patrols_by(beats, order)), patrol_policy=policy)


def patrols_by(beats: Sequence[int], order: Order) -> Patrols:
    """Patrols of the quarters, one a unit."""
    terrain = gridded_ground()
    assert terrain.cells is not None
    assert terrain.network is not None
    plans = [
        BeatPlan(own, WALK_BIT, 1.5) for own in streets_of_grids(terrain.cells, terrain.overlays[0], streets().network)
    ]
    streams = Streams(1)
    return patrols_of(
        make_beats(terrain.network, plans),
        beats,
        order_of_unit=[order] * len(beats),
        draw=lambda unit, lap, n: streams.block("lap", unit, block=lap, size=n),
    )


Listener = Callable[[View, list[Need], Decision], None]
"""Told of each decision: the view, the needs that were waiting, and what was decided."""


class Overheard:
    """Decides as another policy does, and tells somebody."""

    def __init__(self, policy: Policy, listener: Listener) -> None:
        self.policy, self.listener = policy, listener
        self.name, self.triggers, self.period_s = policy.name, policy.triggers, policy.period_s
        self.memory_type = policy.memory_type

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        waiting = list(view.waiting(trigger))
        decision = self.policy.decide(view, trigger, memory)
        self.listener(view, waiting, decision)
        return decision
