"""The video desk before anybody travels: what it settles, what it could not, and what it had no time for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agents.city import CityModel
from agents.setting import Setting
from scenarios.policy_watch import Watched
from tests.agents.small_centre import CASE, WORK, at, called, centre, crew, desks, lived, minutes
from tests.builders import begun, bytes_of, digest_of, facts_of, live
from tests.centre_town import centre_town, matters_with, rules_of
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.desk import Step
from twin.domain.facts.base import Fact
from twin.domain.orders import Decision, HandleRemotely, Reason
from twin.domain.quantities import MINUTE
from twin.policies.nearest import Nearest
from twin.policies.protocol import DISPATCH, Policy
from twin.policies.remote_first import RemoteFirst
from twin.world.invariants import check
from twin.world.view import Trigger, View
from twin.world.world import fold


def with_video(policy: Policy, *, works: float = 1.0, may: bool = True) -> CityModel:
    """One desk that settles things by video in three minutes; places are seen by the crew that found something."""
    return centre(
        matter={"may_be_remote": may, "remote_works": works},
        steps={Step.REMOTE: at(0, 3)},
        desks=desks(1),
        carriers=("crew",),
        more={"policy": policy},
        units=crew(("fire",), ("fire",)),
    )


def n_sent(facts: Sequence[Fact]) -> int:
    return len(minutes(facts, f.UnitAssigned))


def test_nobody_travels_to_what_is_settled_from_the_desk() -> None:
    facts = lived(with_video(RemoteFirst()), called(finder=1))
    assert (n_sent(facts), minutes(facts, f.CaseHandled)) == (0, [4])
    assert n_sent(lived(with_video(Nearest()), called(finder=1))) == 1


def test_somebody_goes_when_it_did_not_work_and_it_is_not_tried_twice() -> None:
    facts = lived(with_video(RemoteFirst(), works=0.0), called(finder=1))
    assert minutes(facts, f.RemoteTried) == [1]
    assert minutes(facts, f.RemoteFailed) == minutes(facts, f.UnitAssigned) == [4]
    assert minutes(facts, f.CaseHandled) == [4 + WORK / MINUTE]


def test_somebody_goes_when_the_desk_has_no_time_for_it() -> None:
    facts = lived(with_video(RemoteFirst(wait_s=60.0)), *(called(finder=1, number=n) for n in range(2)))
    assert minutes(facts, f.RemoteGivenUp) == minutes(facts, f.UnitAssigned) == [2]
    assert sorted(minutes(facts, f.CaseHandled)) == [4, 2 + WORK / MINUTE]
    patient = lived(with_video(RemoteFirst(wait_s=None)), *(called(finder=1, number=n) for n in range(2)))
    assert (n_sent(patient), minutes(patient, f.CaseHandled)) == (0, [4, 7])


@pytest.mark.parametrize(
    ("case", "may"), [(called(finder=1, priority=1), True), (called(), True), (called(finder=1), False)]
)
def test_units_are_sent_at_once_to_what_is_urgent_or_unseen_or_may_not_be_settled_so(
    case: f.CaseReported, may: bool
) -> None:
    facts = lived(with_video(RemoteFirst(), may=may), case)
    assert minutes(facts, f.UnitAssigned) == [1]
    assert minutes(facts, f.RemoteTried) == []


def test_a_case_of_two_needs_goes_to_the_desk_whole_and_comes_back_whole() -> None:
    facts = lived(with_video(RemoteFirst(), works=0.0), called(finder=1, needs=("fire", "fire")))
    assert (len(minutes(facts, f.RemoteTried)), minutes(facts, f.UnitAssigned)) == (1, [4, 4])


class Insisting:
    """Leaves everything to the desk, whether or not it can be, and however often."""

    name, triggers, period_s, memory_type = "insisting", DISPATCH, None, None

    def decide(self, view: View, trigger: Trigger, memory: object) -> Decision:
        cases = [need.case for need in view.waiting(trigger)]
        return Decision(tuple(HandleRemotely(case, within, Reason("x")) for case in cases for within in (-1, None)))


def test_an_order_that_the_desk_cannot_take_is_refused() -> None:
    refused = [fact for fact in lived(with_video(Insisting()), called()) if isinstance(fact, f.OrderRefused)]
    assert [(fact.kind, fact.case, fact.why) for fact in refused] == [
        ("handle remotely", CASE, "it cannot be left to the video desk, or not any more")
    ] * 2
    sense = [fact for fact in lived(with_video(Insisting()), called(finder=1)) if isinstance(fact, f.OrderRefused)]
    assert [fact.why for fact in sense] == ["its numbers make no sense"]


# ---------------------------------------------------------------------- in a whole centre


def whole(policy: Policy, *, lasting_s: float = 30.0) -> Setting:
    """A whole centre in which everybody who finds something carries a camera; how long the desk takes by video."""
    usual = centre_town()
    rules = rules_of(usual)
    matters = matters_with(usual, may_be_remote=True, remote_share=0.0, remote_works=0.7)
    steps = {**rules.steps, Step.REMOTE: replace(rules.steps[Step.REMOTE], lasting=Deterministic(lasting_s))}
    carriers = tuple(sorted({unit.kind for unit in usual.units}))
    return centre_town(policy=policy, matters=matters, steps=steps, carriers=carriers)


def town(policy: Policy, *, until: int = 90 * MINUTE, lasting_s: float = 30.0) -> CityModel:
    return begun(whole(policy, lasting_s=lasting_s), until=until)


def test_in_a_whole_centre_fewer_go_and_more_is_settled_from_the_desk() -> None:
    first, usual = town(RemoteFirst(urgent=None)), town(Nearest())
    facts = facts_of(first)
    tried, failed = minutes(facts, f.RemoteTried), minutes(facts, f.RemoteFailed)
    assert len(tried) > len(failed) > 0
    assert n_sent(facts) < n_sent(facts_of(usual))
    assert not minutes(facts, f.OrderRefused)
    assert check(first.state, at_rest=True) == []
    assert bytes_of(fold(facts)) == bytes_of(first.state)


def test_it_goes_on_from_a_snapshot_while_cases_wait_for_the_desk() -> None:
    city = town(RemoteFirst(urgent=None, wait_s=30.0), until=45 * MINUTE, lasting_s=600.0)
    twin = city.fork("same")
    assert len({digest_of(live(each, until=70 * MINUTE)) for each in (city, twin)}) == 1
    assert minutes(facts_of(city), f.RemoteGivenUp)


def test_whom_it_leaves_to_the_desk_it_does_not_know_from_the_future() -> None:
    watched = Watched(RemoteFirst(urgent=None), luck=5)
    city = CityModel.begin(whole(watched))
    watched.city = city
    city.advance_to(25 * MINUTE)
    assert watched.faults == {}
    assert watched.n_with_orders >= 10
