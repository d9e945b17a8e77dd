"""Tours: closed, legal, complete, short, and exact in time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city_data.built_in import built_in_city
from tests.roads.beats_of_towns import block, scattered, walkers_town
from tests.roads.streets import EAST_M, NORTH_M, streets, town
from twin.domain.grid import Cells, Grid, Overlay
from twin.domain.mode import CAR_BIT, WALK_BIT
from twin.domain.route import Spot
from twin.errors import RoadError
from twin.roads.beats import BeatPlan, make_beats, streets_of_grids
from twin.roads.inspection import Inspection, inspect, inspect_all
from twin.roads.matching import MOST_EXACT, match
from twin.roads.network import RoadNetwork
from twin.roads.open_streets import open_streets, street_of
from twin.roads.tour import Tour, make_tour

SEEDS = st.integers(0, 10_000)
SIZES = st.integers(1, 30)
BITS = st.sampled_from([CAR_BIT, WALK_BIT])
few = settings(max_examples=30)


def walk_of(network: RoadNetwork, beat: np.ndarray, *, bit: int = WALK_BIT) -> Inspection:
    return inspect(open_streets(network, bit), beat)


def cross(*, arms: int = 4, two_way: bool = True) -> RoadNetwork:
    """A ring of four junctions 100 m apart, with so many dead ends of 50 m from the first."""
    x = np.array([0, 100, 100, 0, *[-50.0 * np.cos(arm) for arm in range(arms)]]) + EAST_M
    y = np.array([0, 0, 100, 100, *[-50.0 * np.sin(arm) for arm in range(arms)]]) + NORTH_M
    start, end = np.array([0, 1, 2, 3, *[0] * arms]), np.array([1, 2, 3, 0, *range(4, 4 + arms)])
    both = np.array([two_way] * 4 + [True] * arms)
    return streets(x, y, start=start, end=end, two_way=both)


@few
@given(seed=SEEDS, size=SIZES, bit=BITS, apart=st.booleans())
def test_a_tour_is_a_legal_closed_walk_over_every_street_of_its_beat(seed, size, bit, apart):
    network = walkers_town(seed=seed) if bit == WALK_BIT else town(6, 6, seed=seed)
    beat = (scattered if apart else block)(network, seed=seed, n_streets=size)
    walk = walk_of(network, beat, bit=bit)
    assert (network.head[walk.edges] == network.tail[np.roll(walk.edges, -1)]).all()
    assert (network.modes[walk.edges] & bit != 0).all()
    street = street_of(network)
    assert walk.left_out.size == 0
    assert np.isin(street[beat], street[walk.edges]).all()


@few
@given(seed=SEEDS, size=SIZES, bit=BITS, apart=st.booleans())
def test_no_tour_is_shorter_than_its_bound_nor_the_bound_than_the_beat(seed, size, bit, apart):
    network = town(6, 6, seed=seed)
    beat = (scattered if apart else block)(network, seed=seed, n_streets=size)
    walk = walk_of(network, beat, bit=bit)
    own = int(network.length_mm[walk.streets].sum())
    assert own <= walk.bound_mm <= walk.length_mm == int(network.length_mm[walk.edges].sum())


@few
@given(seed=SEEDS, size=st.integers(12, 40))
def test_a_walked_block_of_a_town_takes_at_most_1_3_of_the_bound(seed, size):
    network = walkers_town(9, 9, seed=seed)
    assert walk_of(network, block(network, seed=seed, n_streets=size)).ratio <= 1.3


@few
@given(seed=SEEDS)
def test_a_whole_town_on_foot_is_walked_in_exactly_the_bound(seed):
    network = walkers_town(5, 5, seed=seed)
    walk = walk_of(network, np.arange(network.n_edges))
    assert walk.length_mm == walk.bound_mm


@few
@given(seed=SEEDS)
def test_a_town_of_one_ways_by_car_takes_at_most_1_3_of_the_bound(seed):
    network = town(7, 7, seed=seed, one_way_share=0.25)
    assert walk_of(network, block(network, seed=seed, n_streets=30), bit=CAR_BIT).ratio <= 1.3


@few
@given(seed=SEEDS, size=SIZES)
def test_the_bound_does_not_depend_on_how_far_ways_are_looked_for_at_first(seed, size):
    network = walkers_town(seed=seed)
    streets, beat = open_streets(network, WALK_BIT), scattered(network, seed=seed, n_streets=size)
    assert inspect(streets, beat, reach_mm=50_000).bound_mm == inspect(streets, beat, reach_mm=1e9).bound_mm


def test_the_base_grids_of_the_built_in_city_are_walked_in_exactly_their_bounds():
    city = built_in_city()
    assert city.layers.cells is not None
    beats = streets_of_grids(city.layers.cells, city.layers.overlays[0], city.roads)
    walks = inspect_all(city.roads, WALK_BIT, beats)
    assert len(walks) == 197
    assert max(walk.ratio for walk in walks) == 1


def test_a_ring_is_walked_once_and_its_dead_ends_there_and_back():
    network = cross(arms=3)
    walk = walk_of(network, np.arange(network.n_edges))
    lengths = network.length_mm[street_of(network) == np.arange(network.n_edges)]
    ring, arms = np.sort(lengths)[-4:].sum(), np.sort(lengths)[:-4].sum()
    assert walk.length_mm == walk.bound_mm == ring + 2 * arms


@few
@given(seed=SEEDS, size=SIZES)
def test_walkers_turn_round_only_where_one_street_has_more_than_half_of_the_ends(seed, size):
    network = walkers_town(seed=seed)
    walk = walk_of(network, block(network, seed=seed, n_streets=size))
    street = street_of(network)[walk.edges]
    ends = np.concatenate([network.tail[walk.edges], network.head[walk.edges]])
    for step in np.flatnonzero(street == np.roll(street, -1)):
        corner = network.head[walk.edges[step]]
        here = ends == corner
        same = np.concatenate([street, street]) == street[step]
        assert 2 * np.count_nonzero(here & same) > np.count_nonzero(here)


def test_pieces_of_a_beat_are_linked_through_streets_that_are_not_its_own():
    network = cross(arms=0)
    opposite = np.flatnonzero((network.tail % 2 == 0) & (network.head == network.tail + 1))
    walk = walk_of(network, opposite)
    assert np.unique(street_of(network)[walk.edges]).size == 4
    assert walk.length_mm == int(network.length_mm[street_of(network) == np.arange(network.n_edges)].sum())


def test_cars_go_round_a_ring_the_way_it_is_meant():
    network = cross(arms=0, two_way=False)
    walk = walk_of(network, np.array([2]), bit=CAR_BIT)
    assert sorted(walk.edges.tolist()) == [0, 1, 2, 3]
    assert walk.ratio == 1


def test_streets_that_are_not_open_to_the_mode_are_left_out_and_told():
    network = walkers_town(one_way_share=0.0)
    lane = np.flatnonzero(street_of(network) == 0)
    network.modes.setflags(write=True)
    network.modes[lane] = WALK_BIT
    walk = walk_of(network, np.arange(20), bit=CAR_BIT)
    assert walk.left_out.tolist() == [edge for edge in lane.tolist() if edge < 20]


def test_a_beat_without_a_street_that_is_open_is_refused_by_number():
    network = walkers_town(one_way_share=0.0)
    network.modes.setflags(write=True)
    network.modes[street_of(network) == 0] = WALK_BIT
    with pytest.raises(RoadError, match=r"beat 1.*no street"):
        inspect_all(network, CAR_BIT, [np.array([4, 5]), np.array([0])])
    with pytest.raises(RoadError, match=r"beat 0.*pace"):
        make_beats(network, [BeatPlan(np.array([4]), WALK_BIT, 0.0)])


def least(cost: np.ndarray) -> int:
    """Weight of the best matching, by trying them all."""
    if not len(cost):
        return 0
    rest = range(1, len(cost))
    others = [[row for row in rest if row != partner] for partner in rest]
    return min(
        int(cost[0, partner]) + least(cost[np.ix_(other, other)]) for partner, other in zip(rest, others, strict=True)
    )


def distances(n: int, *, seed: int) -> np.ndarray:
    points = np.random.default_rng(seed).integers(0, 1_000_000, (n, 2))
    return np.abs(points[:, None] - points).sum(axis=2)


@few
@given(seed=SEEDS, half=st.integers(0, 4))
def test_a_matching_is_the_best_there_is_and_its_bound_is_its_weight(seed, half):
    cost = distances(2 * half, seed=seed)
    pairs, bound = match(cost)
    assert sorted(pairs.ravel().tolist()) == list(range(2 * half))
    assert bound == cost[pairs[:, 0], pairs[:, 1]].sum() == least(cost)


def test_a_matching_of_very_many_places_is_near_its_bound():
    cost = distances(2 * MOST_EXACT, seed=1)
    pairs, bound = match(cost)
    assert bound <= cost[pairs[:, 0], pairs[:, 1]].sum() <= 1.25 * bound


def tour_of(network: RoadNetwork, seed: int = 3, mps: float = 1.2) -> Tour:
    walk = walk_of(network, block(network, seed=seed, n_streets=10))
    return make_tour(network, walk.edges, street=street_of(network), mps=mps, bound_mm=walk.bound_mm)


@few
@given(seed=SEEDS, mps=st.floats(0.3, 15.0))
def test_a_tour_takes_its_length_at_its_pace(seed, mps):
    tour = tour_of(walkers_town(seed=seed), seed=seed, mps=mps)
    assert tour.period_us == pytest.approx(tour.length_mm / 1000 / mps * 1e6, abs=tour.edges.size)


@few
@given(seed=SEEDS, share=st.floats(0, 1), spot_share=st.floats(0, 1))
def test_at_a_pass_the_patrol_is_there(seed, share, spot_share):
    network = walkers_town(seed=seed)
    tour = tour_of(network, seed=seed)
    edge = int(tour.edges[int(share * (tour.edges.size - 1))])
    length = int(network.length_mm[edge])
    spot = Spot(edge, int(spot_share * length))
    passes = tour.passes(network, spot)
    assert passes.size == np.isin(tour.edges, [edge, int(network.twin[edge])]).sum()
    assert all(earlier < later for earlier, later in pairwise(passes.tolist()))
    for into in passes.tolist():
        there = tour.spot_at(into)
        offset = there.offset_mm if there.edge == edge else length - there.offset_mm
        assert there.edge in (edge, int(network.twin[edge]))
        assert abs(offset - spot.offset_mm) <= 1
        assert 0 <= into < tour.period_us


@few
@given(seed=SEEDS, after=st.integers(0, 10**11))
def test_the_next_pass_is_the_first_of_all_passes_of_equal_laps_from_then_on(seed, after):
    network = walkers_town(seed=seed)
    tour = tour_of(network, seed=seed)
    spot = Spot(int(tour.edges[0]), 7)
    found = tour.next_pass(network, spot, after_us=after)
    lap = after // tour.period_us
    every = [into + n * tour.period_us for n in (lap, lap + 1) for into in tour.passes(network, spot).tolist()]
    assert found == min(instant for instant in every if instant >= after)


def test_a_tour_never_passes_a_street_it_does_not_walk():
    network = walkers_town(9, 9)
    tour = tour_of(network)
    elsewhere = int(np.setdiff1d(np.arange(network.n_edges), np.append(tour.edges, network.twin[tour.edges]))[0])
    assert tour.next_pass(network, Spot(elsewhere, 0), after_us=0) is None


def cells_by_piece(network: RoadNetwork, cut: np.ndarray) -> Cells:
    """Cell 0 has the first part of every street, as long as `cut` says, cell 1 the rest."""
    twin, own = network.twin, np.arange(network.n_edges)
    lower = (twin < 0) | (own < twin)
    first = np.where(lower, cut, network.length_mm - cut[np.maximum(twin, 0)])
    starts = np.column_stack([np.zeros_like(first), first]).ravel()
    lengths = np.column_stack([first, network.length_mm - first]).ravel()
    cells = np.where(lower[:, None], [[0, 1]], [[1, 0]]).ravel().astype(np.int32)
    none = np.zeros(2)
    return Cells(
        100.0, ("a", "b"), True, np.zeros((2, 2), np.int32), none, none, ("",), np.zeros(2, np.int32),
        np.array([[0, 1]], np.int32), 2 * np.arange(network.n_edges + 1), starts, lengths, cells,
        np.ones(2, np.int64),
    )  # fmt: skip


def overlay(of_cell: list[int], n_grids: int) -> Overlay:
    return Overlay("base", "", tuple(Grid(str(n), str(n)) for n in range(n_grids)), np.array(of_cell, np.int32))


def test_a_street_lies_in_the_grid_that_has_most_of_it():
    network = town(4, 4)
    cut = np.where(street_of(network) % 2 == 0, network.length_mm * 2 // 3, network.length_mm // 3)
    first, second = streets_of_grids(cells_by_piece(network, cut), overlay([0, 1], 2), network)
    assert (first % 2 == 0).all()
    assert (second % 2 == 1).all()
    assert np.array_equal(np.sort(np.append(first, second)), np.unique(street_of(network)))


def test_a_grid_with_most_of_no_street_shares_those_that_run_through_it():
    network = town(4, 4)
    first, second = streets_of_grids(cells_by_piece(network, network.length_mm * 2 // 3), overlay([0, 1], 2), network)
    assert np.array_equal(first, second)


def test_beats_are_the_same_each_time_they_are_made():
    network = town(9, 9)
    plans = [BeatPlan(block(network, seed=seed, n_streets=20), CAR_BIT, 5.0) for seed in range(4)]
    one, other = make_beats(network, plans), make_beats(network, plans)
    assert one.edges.tolist() == other.edges.tolist()
    assert one.start_us.tolist() == other.start_us.tolist()
