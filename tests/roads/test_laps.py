"""Patrols: phases that hold through interruptions, laps of chance that join, passes as a walker would count them."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.roads.beats_of_towns import block, walkers_town
from twin.domain.mode import WALK_BIT
from twin.domain.quantities import SECOND
from twin.domain.route import Spot
from twin.roads.beats import BeatPlan, Beats, make_beats
from twin.roads.drawn_lap import Focus, weights
from twin.roads.lap_line import KEEP, LapLine
from twin.roads.laps import Order, Patrols, Phase, patrols_of
from twin.roads.network import RoadNetwork
from twin.roads.open_streets import street_of

PACE = 1.2
N_BEATS = 3
ORDERS = st.sampled_from(list(Order))
SPANS = st.integers(0, 6 * 3_600 * SECOND)
few = settings(max_examples=40)


def draw(unit: int, lap: int, n: int) -> np.ndarray:
    return np.random.default_rng([unit, lap]).random(n)


@lru_cache
def beats() -> Beats:
    network = walkers_town(8, 8)
    plans = [BeatPlan(block(network, seed=seed, n_streets=12), WALK_BIT, PACE) for seed in range(N_BEATS)]
    return make_beats(network, plans)


@lru_cache
def patrols(order: Order) -> Patrols:
    """One unit a beat, and one without."""
    return patrols_of(beats(), [*range(N_BEATS), None], order_of_unit=[order] * (N_BEATS + 1), draw=draw)


def network() -> RoadNetwork:
    return beats().network


def phase_of(found: Patrols, unit: int, lap: int, share: float) -> Phase:
    return Phase(lap, int(share * (found.lap(unit, lap).period_us - 1)))


def along(spot: Spot, edge: int) -> int:
    """Millimetres along an edge of a place on its street."""
    return spot.offset_mm if spot.edge == edge else int(network().length_mm[edge]) - spot.offset_mm


@few
@given(order=ORDERS, unit=st.integers(0, N_BEATS - 1), share=st.floats(0, 1), one=SPANS, other=SPANS)
def test_a_patrol_that_is_interrupted_and_resumed_keeps_its_phase(order, unit, share, one, other):
    found = patrols(order)
    phase = phase_of(found, unit, 2, share)
    assert found.advance(unit, found.advance(unit, phase, one), other) == found.advance(unit, phase, one + other)


@few
@given(unit=st.integers(0, N_BEATS - 1), lap=st.integers(0, 30), share=st.floats(0, 1))
def test_a_drawn_lap_leads_where_a_walk_along_all_its_edges_leads(unit, lap, share):
    found = patrols(Order.RANDOM)
    walked = found.lap(unit, lap)
    assert found.period_us(unit, lap) == walked.period_us
    into = int(share * (walked.period_us - 1))
    next_step = int(walked.start_us[walked.start_us.searchsorted(into, "right")])
    for instant in (into, next_step - 1, next_step % walked.period_us):
        assert found.spot_at(unit, Phase(lap, instant)) == walked.spot_at(instant)


@given(
    periods=st.lists(st.integers(1, 50), min_size=1, max_size=9),
    asked=st.lists(st.tuples(st.integers(0, 3 * KEEP), st.integers(0, 2_000)), max_size=20),
)
def test_a_line_of_laps_leads_where_lap_after_lap_leads(periods, asked):
    line = LapLine()

    def period_of(lap: int) -> int:
        return periods[lap % len(periods)]

    for first, by in asked:
        lap, into = first, by
        while into >= period_of(lap):
            lap, into = lap + 1, into - period_of(lap)
        assert line.after(first, by, period_of=period_of) == (lap, into)


@few
@given(order=ORDERS, unit=st.integers(0, N_BEATS - 1), share=st.floats(0, 1), by=SPANS)
def test_a_patrol_walks_at_its_pace_from_edge_to_edge_and_from_lap_to_lap(order, unit, share, by):
    found, roads = patrols(order), network()
    phase = phase_of(found, unit, 1, share)
    trail = found.trail(unit, phase, by_us=by)
    assert (roads.head[trail.edges[:-1]] == roads.tail[trail.edges[1:]]).all()
    walked = int(roads.length_mm[trail.edges[:-1]].sum()) - trail.start_mm + trail.end_mm
    assert walked == pytest.approx(by / 1000 * PACE, abs=3 + trail.edges.size)
    assert found.spot_at(unit, phase) == Spot(int(trail.edges[0]), trail.start_mm)
    assert found.spot_at(unit, found.advance(unit, phase, by)) == Spot(int(trail.edges[-1]), trail.end_mm)


@few
@given(order=ORDERS, unit=st.integers(0, N_BEATS - 1), share=st.floats(0, 1), by=SPANS)
def test_a_trail_tells_when_each_edge_was_entered(order, unit, share, by):
    found = patrols(order)
    phase = phase_of(found, unit, 0, share)
    trail = found.trail(unit, phase, by_us=by)
    assert trail.entered_us[0] == 0
    for edge, entered in zip(trail.edges[1:6].tolist(), trail.entered_us[1:6].tolist(), strict=True):
        assert found.spot_at(unit, found.advance(unit, phase, entered)) == Spot(edge, 0)


@few
@given(order=ORDERS, lap=st.integers(0, 50))
def test_every_lap_starts_and_ends_at_the_home_of_its_beat(order, lap):
    for unit in range(N_BEATS):
        edges = patrols(order).lap(unit, lap).edges
        assert network().tail[edges[0]] == network().head[edges[-1]] == beats().all[unit].home


@few
@given(
    order=ORDERS,
    unit=st.integers(0, N_BEATS - 1),
    share=st.floats(0, 1),
    street=st.floats(0, 1, exclude_max=True),
    place=st.floats(0, 1),
)
def test_next_passes_are_those_a_walker_counts(order, unit, share, street, place):
    found, roads = patrols(order), network()
    own = beats().all[unit].streets
    edge = int(own[int(street * own.size)])
    spot = Spot(edge, int(place * (roads.length_mm[edge] - 1)))
    phase = phase_of(found, unit, 3, share)
    told = list(islice(found.next_passes(unit, phase, spot), 4))
    counted: list[tuple[int, int, float]] = []
    lap, begun = 3, -phase.into_us
    while len(counted) < 4:
        tour = found.lap(unit, lap)
        steps = [step for step, walked in enumerate(tour.edges.tolist()) if walked in (edge, roads.twin[edge])]
        for number, step in enumerate(steps):
            takes = int(tour.start_us[step + 1] - tour.start_us[step])
            way = along(spot, int(tour.edges[step])) / int(tour.steps_mm[step])
            counted.append((lap, number, begun + int(tour.start_us[step]) + way * takes))
        counted = [entry for entry in counted if entry[2] > -1]
        begun, lap = begun + tour.period_us, lap + 1
    assert [(entry.lap, entry.number) for entry in told] == [entry[:2] for entry in counted[:4]]
    assert [entry.wait_us for entry in told] == pytest.approx([entry[2] for entry in counted[:4]], abs=1_000)


@few
@given(order=ORDERS, unit=st.integers(0, N_BEATS - 1), share=st.floats(0, 1), street=st.floats(0, 1, exclude_max=True))
def test_after_its_wait_a_patrol_stands_at_the_place(order, unit, share, street):
    found = patrols(order)
    touched = found.touched()
    edge = int(touched[int(street * touched.size)])
    spot = Spot(edge, int(network().length_mm[edge]) // 3)
    phase = phase_of(found, unit, 0, share)
    for coming in islice(found.next_passes(unit, phase, spot, within_us=10**11), 3):
        then = found.advance(unit, phase, coming.wait_us)
        there = found.spot_at(unit, then)
        assert then.lap == coming.lap
        assert there.edge in (edge, int(network().twin[edge]))
        assert abs(along(there, edge) - spot.offset_mm) <= 1


def test_a_pass_at_this_very_instant_counts():
    found = patrols(Order.REGULAR)
    spot = Spot(int(found.lap(0, 0).edges[2]), 5_000)
    soon = next(found.next_passes(0, Phase(4, 0), spot))
    now = next(found.next_passes(0, Phase(4, soon.wait_us), spot))
    assert (now.lap, now.number, now.wait_us) == (4, soon.number, 0)


def test_nobody_is_asked_beyond_the_time_that_matters():
    found = patrols(Order.RANDOM)
    spot = Spot(int(beats().all[0].streets[0]), 0)
    waits = [coming.wait_us for coming in found.next_passes(0, Phase(0, 0), spot, within_us=10**11)]
    assert waits == sorted(waits)
    assert max(waits) <= 10**11 < next(islice(found.next_passes(0, Phase(0, 0), spot), len(waits), None)).wait_us


@pytest.mark.parametrize("order", list(Order))
def test_units_over_a_street_are_those_whose_laps_lead_there(order):
    found = patrols(order)
    for unit in range(N_BEATS):
        walked = np.concatenate([found.lap(unit, lap).edges for lap in range(20)])
        assert all(unit in found.over(edge) for edge in np.unique(walked).tolist())
    if order is Order.REGULAR:
        street = int(found.touched()[0])
        assert all(any(found.lap(unit, 0).streets == street) for unit in found.over(street))
    assert all(N_BEATS not in found.over(street) for street in found.touched().tolist())


def test_nobody_passes_a_street_that_nobody_patrols():
    found = patrols(Order.RANDOM)
    street = int(np.setdiff1d(street_of(network()), found.touched())[0])
    assert found.over(street) == ()
    assert list(found.next_passes(0, Phase(0, 0), Spot(street, 0))) == []


@pytest.mark.parametrize("order", list(Order))
def test_many_are_placed_as_each_alone(order):
    found = patrols(order)
    units = np.arange(60) % N_BEATS
    laps = np.arange(60) // 20
    into = np.array([phase_of(found, int(unit), int(lap), 0.37).into_us for unit, lap in zip(units, laps, strict=True)])
    edges, offsets = found.spots(units, laps, into)
    for row, (unit, lap, phase) in enumerate(zip(units.tolist(), laps.tolist(), into.tolist(), strict=True)):
        assert found.spot_at(unit, Phase(lap, phase)) == Spot(int(edges[row]), int(offsets[row]))


def drawn_share(found: Patrols, *, n_laps: int, first_lap: int = 0) -> np.ndarray:
    """Share of each of beat 0's streets among what laps draw, links left out: as the laps' chance has it."""
    own = beats().all[0]
    n = own.streets.size
    counts = np.zeros(n)
    for lap in range(first_lap, first_lap + n_laps):
        focus = found.focus_of(0, lap)
        upto = np.cumsum(weights(own, focus))
        counts += np.bincount(np.searchsorted(upto, draw(0, lap, 2 * n)[:n] * upto[-1], side="right"), minlength=n)
    return counts / counts.sum()


def test_long_streets_are_drawn_more_often_and_every_draw_is_walked():
    own, found = beats().all[0], patrols(Order.RANDOM)
    length = network().length_mm[own.streets]
    assert drawn_share(found, n_laps=400) == pytest.approx(length / length.sum(), rel=0.15)
    n = own.streets.size
    for lap in range(20):
        upto = np.cumsum(weights(own, None))
        drawn = own.streets[np.searchsorted(upto, draw(0, lap, 2 * n)[:n] * upto[-1], side="right")]
        walked = np.bincount(found.lap(0, lap).streets, minlength=network().n_edges)
        wanted = np.bincount(own.open.street[drawn], minlength=network().n_edges)
        assert (walked >= wanted).all()


def test_streets_in_focus_are_walked_more_often_from_their_lap_on():
    own = beats().all[0]
    watched = int(own.open.street[own.streets[3]])
    focus = Focus((watched,), (8.0,))
    found = patrols_of(
        beats(), [0], order_of_unit=[Order.FOCUS], draw=draw, focus_of=lambda unit, lap: focus if lap >= 10 else None
    )

    def walked(laps: range) -> float:
        return float(np.mean([np.count_nonzero(found.lap(0, lap).streets == watched) for lap in laps]))

    assert walked(range(10, 110)) > 2 * walked(range(10))
    assert walked(range(10)) == np.mean(
        [np.count_nonzero(patrols(Order.RANDOM).lap(0, lap).streets == watched) for lap in range(10)]
    )


def test_a_lap_depends_on_its_unit_and_number_alone():
    forwards = [patrols(Order.RANDOM).lap(1, lap).edges.tolist() for lap in range(6)]
    fresh = patrols_of(beats(), [None, 1], order_of_unit=[Order.RANDOM] * 2, draw=draw)
    assert [fresh.lap(1, lap).edges.tolist() for lap in reversed(range(6))] == forwards[::-1]
    assert forwards[0] != forwards[1]


def test_a_patrol_plans_to_walk_its_pace():
    assert patrols(Order.REGULAR).planned_m_per_h(0) == pytest.approx(PACE * 3_600, rel=1e-4)
    assert patrols(Order.REGULAR).planned_m_per_h(N_BEATS) == 0
    assert patrols(Order.REGULAR).beat_of(N_BEATS) is None
