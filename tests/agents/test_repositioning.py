"""Postings: where a free unit waits when it was told to, on the way there, there, and after its next job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from agents.city import CityModel
from tests.builders import END, begun, facts_of, fixed_habits, report, roster, setting, streets, surprises
from tests.policies.gridded import patrolled
from tests.policies.idle import Nobody
from tests.policies.wandering import Scripted
from tests.post_town import HOURS, WITH_HOURS, post_town
from twin.domain import facts as f
from twin.domain.commands import Why
from twin.domain.orders import REPOSITION, Assign, FocusOn, Order, Reason, Reposition
from twin.domain.quantities import MINUTE, SECOND
from twin.domain.route import Spot
from twin.domain.unit import OFF_DUTY, PARKED, RETURNING, AwayReason
from twin.policies.nearest import Nearest

FOUND = TypeVar("FOUND", bound=f.Fact)
ASKED = MINUTE
"""When the desk is asked first."""
UNITS = roster(2)
FAR = Spot(40, 1_000)
OTHER = Spot(20, 1_000)
BECAUSE = Reason("scripted")


def town(*script: Sequence[Order], inputs: Sequence[f.Fact] = (), until: int = END) -> CityModel:
    """A town with an engine and an ambulance whose desk of postings gives these orders minute by minute."""
    base = setting(habits=fixed_habits(), per_hour=0.0, units=UNITS)
    return begun(replace(base, reposition_policy=Scripted(*script, period_s=60.0)), list(inputs), until=until)


def only(city: CityModel, kind: type[FOUND]) -> list[FOUND]:
    return [fact for fact in facts_of(city) if isinstance(fact, kind)]


def to(spot: Spot | None, *, unit: int = 0) -> Reposition:
    return Reposition(unit, spot, BECAUSE)


def test_a_unit_goes_where_it_is_told_to_and_waits_there() -> None:
    city = town([to(FAR)])
    (posted,), (left,), (there,) = only(city, f.UnitPosted), only(city, f.UnitReturning), only(city, f.UnitParked)
    assert (posted.at, posted.edge, posted.offset_mm, posted.rule) == (ASKED, 40, 1_000, "scripted")
    assert there.at == left.arrives_at == ASKED + posted.expected_us
    assert (city.spot(0), city.state.fleet.status_of(0)) == (FAR, PARKED)
    assert city.state.postings == {0: FAR}


def test_on_the_way_it_is_sent_from_where_it_is_without_turnout() -> None:
    halfway = ASKED + only(town([to(FAR)]), f.UnitPosted)[0].expected_us // 2
    city = town([to(FAR)], inputs=[report(halfway - 90 * SECOND, 0, edge=60)], until=halfway + 1)
    (assigned,), (rolled,) = only(city, f.UnitAssigned), only(city, f.UnitRolled)
    assert assigned.at == rolled.at == halfway
    assert assigned.edges[0] not in (UNITS[0].home.edge, FAR.edge)


def test_after_a_job_it_goes_back_to_its_posting() -> None:
    city = town([to(FAR)], inputs=[report(40 * MINUTE, 0, edge=60)])
    assert len(only(city, f.UnitFreed)) == 1
    assert city.spot(0) == FAR
    assert len(only(city, f.UnitPosted)) == 1


def test_it_comes_back_to_its_posting_from_an_absence() -> None:
    away = f.UnitAway(50 * MINUTE, 0, 7, 0, 60 * MINUTE, 0, AwayReason.COMMAND, origin=f.INPUT)
    city = town([to(FAR)], inputs=[away])
    assert only(city, f.UnitBack)
    assert city.spot(0) == FAR


def test_told_so_it_goes_home_again() -> None:
    city = town([to(FAR)], [], [to(None)])
    assert city.spot(0) == UNITS[0].home
    assert city.state.postings == {}


def test_on_the_way_it_can_be_told_to_go_elsewhere() -> None:
    city = town([to(FAR)], [to(OTHER)], until=ASKED + 1)
    city.advance_to(2 * ASKED)
    here = city.spot(0)
    assert city.state.fleet.status_of(0) is RETURNING
    city.advance_to(2 * ASKED + 1)
    second = city.state.movements[0].leg
    assert second.route.edges[0] in (here.edge, int(streets().network.twin[here.edge]))
    city.advance_to(END)
    assert city.spot(0) == OTHER


def test_told_the_same_again_it_does_not_begin_anew() -> None:
    city = town([to(FAR)], [to(FAR)], *[[]] * 10, [to(FAR)])
    assert len(only(city, f.UnitPosted)) == 1
    assert not only(city, f.OrderRefused)


def test_dispatch_may_say_where_units_wait_too() -> None:
    base = setting(policy=Scripted([to(FAR)]), habits=fixed_habits(), per_hour=0.0, units=UNITS)
    assert begun(base).spot(0) == FAR


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (to(FAR, unit=9), Why.NO_SUCH_UNIT),
        (to(FAR, unit=-1), Why.NO_SUCH_UNIT),
        (to(Spot(10_000, 0)), Why.NO_SUCH_STREET),
        (to(Spot(3, 1 << 40)), Why.NO_SUCH_STREET),
        (to(Spot(1 << 70, 0)), Why.NO_SENSE),
        (Assign(0, 0, 0, BECAUSE), Why.ONLY_POSTS),
        (FocusOn(0, (), 2, BECAUSE), Why.ONLY_POSTS),
    ],
)
def test_an_order_that_cannot_be_carried_out_changes_nothing(order: Order, why: Why) -> None:
    city = town([order])
    (refused,) = only(city, f.OrderRefused)
    assert refused.why is why
    assert not only(city, f.UnitPosted)
    assert city.spot(0) == UNITS[0].home


def test_a_busy_unit_is_not_posted() -> None:
    city = town([], [to(FAR)], inputs=[report(20 * SECOND, 0, edge=60)])
    (refused,) = only(city, f.OrderRefused)
    assert (refused.kind, refused.why, refused.unit) == (REPOSITION, Why.NOT_FREE, 0)
    assert city.spot(0) == UNITS[0].home


def test_nor_is_one_without_a_way_there() -> None:
    network = streets().network
    around = tuple(edge for edge in range(network.n_edges) if edge in (FAR.edge, int(network.twin[FAR.edge])))
    city = town([to(FAR)], inputs=[f.RoadClosed(SECOND, around, origin=f.INPUT)])
    assert [refused.why for refused in only(city, f.OrderRefused)] == [Why.NO_WAY]


def test_nor_one_that_patrols() -> None:
    base = replace(patrolled(None, beats=(0, 1)), policy=Nobody(), reposition_policy=Scripted([to(FAR)]))
    city = begun(base, until=10 * MINUTE)
    assert [refused.why for refused in only(city, f.OrderRefused)] == [Why.ON_PATROL]
    assert city.view().units()[0].post is None


def test_a_closure_across_its_way_has_it_go_round() -> None:
    goal = Spot(9, 1_000)
    street = only(town([to(goal)]), f.UnitReturning)[0].edges[2]
    shut = (street, int(streets().network.twin[street]))
    city = town([to(goal)], inputs=[f.RoadClosed(ASKED + SECOND, shut, origin=f.INPUT)])
    (retimed,) = only(city, f.LegRetimed)
    assert not set(shut) & set(retimed.edges)
    assert city.spot(0) == goal


def test_a_posting_ends_with_the_shift() -> None:
    built = post_town(posts=Scripted([to(FAR, unit=WITH_HOURS[0])], period_s=360.0))
    city = CityModel.begin(replace(built, sources=()))
    city.advance_to(7 * MINUTE)
    assert city.state.postings == {WITH_HOURS[0]: FAR}
    city.advance_to(51 * MINUTE)
    assert city.state.postings == {}
    begins_at, _ = HOURS.now_or_next(city.now, civil=city.setting.civil)
    city.advance_to(begins_at)
    assert city.state.fleet.status_of(WITH_HOURS[0]) is OFF_DUTY
    city.clock.step()
    assert city.spot(WITH_HOURS[0]) == city.setting.units[WITH_HOURS[0]].home


def test_a_desk_that_posts_nobody_makes_no_difference() -> None:
    base = setting(policy=Nearest())
    with_desk = facts_of(begun(replace(base, reposition_policy=Scripted(period_s=1e6)), surprises()))
    assert facts_of(begun(base, surprises())) == [fact for fact in with_desk if not isinstance(fact, f.PolicyWoke)]
