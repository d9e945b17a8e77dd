"""A closure re-times the legs that it lies across, cuts off those that have no way left, and leaves others alone."""

from __future__ import annotations

from agents.city import CityModel
from agents.habits import Habits
from tests.builders import begun, facts_of, report, roster, setting, streets
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.quantities import MINUTE, SECOND
from twin.domain.unit import EN_ROUTE, TURNOUT, Freed

HABITS = Habits(turnout={"*": Deterministic(60.0)}, on_scene={("*", "*"): Deterministic(300.0)})
EVERYTHING = tuple(range(streets().network.n_edges))
GOAL = 40


def under_way(*, habits: Habits = HABITS, after_us: int = 90 * SECOND) -> CityModel:
    """One unit, on its way (or still turning out) to one case."""
    built = setting(habits=habits, per_hour=0.0, units=roster(1))
    return begun(built, [report(MINUTE, 0, edge=GOAL)], until=MINUTE + after_us)


def ahead(city: CityModel) -> tuple[int, ...]:
    """The edges that the unit has still to enter."""
    return streets().rest_of(city.state.movements[0].leg, city.now).edges[1:]


def both_ways(*edges: int) -> tuple[int, ...]:
    twins = (int(streets().network.twin[edge]) for edge in edges)
    return tuple(sorted({*edges, *(twin for twin in twins if twin >= 0)}))


def retimed(city: CityModel) -> list[f.LegRetimed]:
    return [fact for fact in facts_of(city) if isinstance(fact, f.LegRetimed)]


def test_a_unit_under_way_goes_round_a_closure_from_where_it_is() -> None:
    city = under_way()
    here, due = city.spot(0), city.state.agenda.due("arrive", 0)
    shut = both_ways(ahead(city)[0])
    assert GOAL not in shut
    city.receive(f.RoadClosed(city.now, shut, origin=f.INPUT))
    (fact,) = retimed(city)
    assert (fact.edges[0], fact.start_mm) in {
        (here.edge, here.offset_mm),
        (int(streets().network.twin[here.edge]), fact.start_mm),
    }
    assert not set(fact.edges[1:]) & set(shut)
    assert fact.arrives_at is not None
    assert due is not None
    assert fact.arrives_at >= due
    assert city.state.agenda.due("arrive", 0) == fact.arrives_at
    assert city.state.jobs[0].route == city.state.movements[0].leg.route


def test_a_slow_trip_stays_slow_on_the_new_way() -> None:
    slow = Habits(turnout=HABITS.turnout, on_scene=HABITS.on_scene, travel_noise=Deterministic(3.0))
    city = under_way(habits=slow)
    city.receive(f.RoadClosed(city.now, both_ways(ahead(city)[0]), origin=f.INPUT))
    (fact,) = retimed(city)
    assert fact.arrives_at is not None
    expected_us = streets().driving_us(fact.travel_us)
    assert abs((fact.arrives_at - fact.at) - 3 * expected_us) <= 3


def test_a_closure_elsewhere_changes_nothing() -> None:
    city = under_way()
    elsewhere = tuple(edge for edge in EVERYTHING if edge not in city.state.movements[0].leg.route.edges)
    before = city.state.agenda.pending()
    city.receive(f.RoadClosed(city.now, elsewhere, origin=f.INPUT))
    assert retimed(city) == []
    assert city.state.agenda.pending() == before


def test_a_unit_that_is_cut_off_gives_up_and_the_case_waits_until_the_roads_open() -> None:
    city = under_way()
    assert city.state.fleet.status[0] == EN_ROUTE
    city.receive(f.RoadClosed(city.now, EVERYTHING, origin=f.INPUT))
    freed = [fact for fact in facts_of(city) if isinstance(fact, f.UnitFreed)]
    assert [fact.cause for fact in freed] == [Freed.CUT_OFF]
    assert [fact.need for fact in facts_of(city) if isinstance(fact, f.NeedUnreachable)] == [0]
    city.advance_to(30 * MINUTE)
    city.receive(f.RoadReopened(city.now, EVERYTHING, origin=f.INPUT))
    city.advance_to(90 * MINUTE)
    assert city.state.cases == {}


def test_a_unit_still_turning_out_is_given_another_way_and_rolls_when_it_would_have() -> None:
    city = under_way(after_us=30 * SECOND)
    assert city.state.fleet.status[0] == TURNOUT
    route = city.state.jobs[0].route
    assert route is not None
    rolls_at = city.state.agenda.due("roll", 0)
    city.receive(f.RoadClosed(city.now, both_ways(route.edges[1]), origin=f.INPUT))
    (fact,) = retimed(city)
    assert fact.arrives_at is None
    assert city.state.agenda.due("roll", 0) == rolls_at
    city.advance_to(60 * MINUTE)
    assert city.state.cases == {}


def test_a_unit_cut_off_on_its_way_home_stands_where_it_is() -> None:
    city = under_way()
    while not [fact for fact in facts_of(city) if isinstance(fact, f.UnitReturning)]:
        city.clock.step()
    city.advance_to(city.now + 10 * SECOND)
    here = city.spot(0)
    city.receive(f.RoadClosed(city.now, EVERYTHING, origin=f.INPUT))
    (parked,) = [fact for fact in facts_of(city) if isinstance(fact, f.UnitParked)]
    assert (parked.edge, parked.offset_mm) == (here.edge, here.offset_mm)
