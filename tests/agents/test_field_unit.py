"""A unit's day: turnout, drive, work, drive home, be sent on the way, be away."""

from __future__ import annotations

import pytest

from agents.city import CityModel
from agents.habits import Habits, Spells
from tests.builders import END, begun, facts_of, report, roster, setting, streets
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.quantities import MINUTE, SECOND
from twin.domain.unit import AWAY, AwayReason, UnitStatus

ONE = roster(1)
HABITS = Habits(turnout={"*": Deterministic(60.0)}, on_scene={("*", "*"): Deterministic(300.0)})


def alone(*inputs: f.Fact, habits: Habits = HABITS, until: int = END) -> CityModel:
    """A town with one engine and nothing but these inputs."""
    return begun(setting(habits=habits, per_hour=0.0, units=ONE), list(inputs), until=until)


def only(city: CityModel, kind: type[f.Fact]) -> list[f.Fact]:
    return [fact for fact in facts_of(city) if isinstance(fact, kind)]


def test_a_job_has_all_its_stages_at_their_times() -> None:
    city = alone(report(MINUTE, 0, edge=40))
    (assigned,) = [fact for fact in facts_of(city) if isinstance(fact, f.UnitAssigned)]
    driving_us = streets().driving_us(assigned.travel_us)
    stages = [fact for fact in facts_of(city) if getattr(fact, "unit", None) == 0][1:]
    assert [(type(fact), fact.at) for fact in stages[:5]] == [
        (f.UnitAssigned, MINUTE),
        (f.UnitRolled, 2 * MINUTE),
        (f.UnitArrived, 2 * MINUTE + driving_us),
        (f.UnitFreed, 7 * MINUTE + driving_us),
        (f.UnitReturning, 7 * MINUTE + driving_us),
    ]
    assert type(stages[5]) is f.UnitParked
    assert city.spot(0) == ONE[0].home


def test_its_place_moves_along_its_way_and_never_jumps() -> None:
    city = alone(report(MINUTE, 0, edge=40), until=2 * MINUTE)
    city.advance_to(2 * MINUTE + 1)
    leg = city.state.movements[0].leg
    edges = list(leg.route.edges)
    places = []
    for share in range(0, 101, 2):
        city.advance_to(leg.departed_at + (leg.arrives_at - leg.departed_at) * share // 100 + 1)
        spot = city.spot(0)
        places.append((edges.index(spot.edge), spot.offset_mm))
    assert places == sorted(places)
    assert places[-1] == (len(edges) - 1, leg.route.end_mm)


def test_it_can_be_sent_on_its_way_home_and_rolls_at_once() -> None:
    first = alone(report(MINUTE, 0, edge=40))
    (home,) = [fact for fact in facts_of(first) if isinstance(fact, f.UnitReturning)]
    halfway = (home.at + home.arrives_at) // 2
    city = alone(report(MINUTE, 0, edge=40), report(halfway, 1, edge=20))
    second = [fact for fact in facts_of(city) if isinstance(fact, f.UnitAssigned)][1]
    rolled = [fact for fact in facts_of(city) if isinstance(fact, f.UnitRolled)][1]
    assert second.at == rolled.at == halfway
    assert (second.edges[0], second.start_mm) != (ONE[0].home.edge, ONE[0].home.offset_mm)
    assert city.state.agenda.due("home", 0) is None


def away(at: int, until: int, reason: AwayReason = AwayReason.COMMAND) -> f.UnitAway:
    return f.UnitAway(at, 0, 7, 0, until, 0, reason, origin=f.INPUT)


def test_a_free_unit_leaves_at_once_and_comes_back_where_it_was_told() -> None:
    city = alone(away(5 * MINUTE, 20 * MINUTE), until=10 * MINUTE)
    assert city.state.fleet.status[0] == AWAY
    assert city.view().free_units("fire") == ()
    city.advance_to(30 * MINUTE)
    (back,) = only(city, f.UnitBack)
    assert back.at == 20 * MINUTE
    (home,) = [fact for fact in facts_of(city) if isinstance(fact, f.UnitReturning)]
    assert home.edges[0] in (7, int(streets().network.twin[7]))


def test_a_busy_unit_finishes_first() -> None:
    city = alone(report(MINUTE, 0, edge=40), away(3 * MINUTE, 60 * MINUTE))
    (freed,), (left,), (back,) = (only(city, kind) for kind in (f.UnitFreed, f.UnitLeft, f.UnitBack))
    assert left.at == freed.at > 3 * MINUTE
    assert back.at == 60 * MINUTE


def test_an_absence_that_is_over_before_the_unit_is_free_lasts_no_time() -> None:
    city = alone(report(MINUTE, 0, edge=40), away(3 * MINUTE, 4 * MINUTE))
    (left,), (back,) = only(city, f.UnitLeft), only(city, f.UnitBack)
    assert back.at == left.at


@pytest.mark.parametrize(("until", "expected"), [(15, 20), (40, 40)])
def test_of_two_absences_the_later_end_counts(until: int, expected: int) -> None:
    city = alone(away(5 * MINUTE, 20 * MINUTE), away(10 * MINUTE, until * MINUTE))
    assert [fact.at for fact in only(city, f.UnitBack)] == [expected * MINUTE]


def test_spells_come_every_so_often_and_last_so_long() -> None:
    spells = Habits(spells={"engine": Spells(Deterministic(1_200.0), Deterministic(300.0))})
    city = alone(habits=spells)
    left = [fact.at // MINUTE for fact in only(city, f.UnitLeft)]
    back = [fact.at // MINUTE for fact in only(city, f.UnitBack)]
    assert left == [20, 45, 70, 95]
    assert back == [25, 50, 75, 100]


def test_other_kinds_of_unit_have_no_such_spells() -> None:
    spells = Habits(spells={"ambulance": Spells(Deterministic(1_200.0), Deterministic(300.0))})
    assert only(alone(habits=spells), f.UnitLeft) == []


def test_a_unit_back_in_service_is_sent_to_who_waits() -> None:
    city = alone(away(MINUTE, 20 * MINUTE), report(5 * MINUTE, 0))
    (assigned,) = only(city, f.UnitAssigned)
    assert assigned.at == 20 * MINUTE
    assert UnitStatus(int(city.state.fleet.status[0])) is not AWAY


def test_without_habits_everything_happens_at_once() -> None:
    city = alone(report(MINUTE, 0, edge=ONE[0].home.edge), habits=Habits())
    arrived = only(city, f.UnitArrived)[0]
    assert only(city, f.CaseClosed)[0].at == arrived.at
    assert only(city, f.UnitRolled)[0].at == MINUTE
    assert arrived.at < MINUTE + 600 * SECOND
