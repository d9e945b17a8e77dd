"""Beats cut from test towns: blocks of streets near each other, on foot and by car."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.roads.streets import town
from twin.domain.mode import ALL_BITS, WALK_BIT
from twin.roads.network import RoadNetwork


def walkers_town(n_rows: int = 6, n_columns: int = 6, *, seed: int = 7, one_way_share: float = 0.25) -> RoadNetwork:
    """A town whose one-ways have a twin for walkers only, as in a city that people walk in."""
    network = town(n_rows, n_columns, seed=seed, one_way_share=0.0)
    lower = np.flatnonzero(np.arange(network.n_edges) < network.twin)
    one_way = lower[np.random.default_rng(seed).random(lower.size) < one_way_share]
    modes = np.full(network.n_edges, ALL_BITS, np.uint8)
    modes[network.twin[one_way]] = WALK_BIT
    return replace(network, modes=modes)


def block(network: RoadNetwork, *, seed: int, n_streets: int) -> np.ndarray:
    """The edges that start nearest to a junction of chance: a patch of streets."""
    chance = np.random.default_rng(seed)
    centre = int(chance.integers(network.n_nodes))
    x, y = network.node_x[network.tail], network.node_y[network.tail]
    away = np.hypot(x - network.node_x[centre], y - network.node_y[centre])
    return np.argsort(away, kind="stable")[: 2 * n_streets]


def scattered(network: RoadNetwork, *, seed: int, n_streets: int) -> np.ndarray:
    """Streets of chance, all over the town."""
    return np.random.default_rng(seed).choice(network.n_edges, min(n_streets, network.n_edges), replace=False)
