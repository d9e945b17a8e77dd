"""What happens at the extremes is what anybody would expect: nobody there, nothing to do, no way, far too much."""

from __future__ import annotations

from itertools import pairwise

import pytest

from agents.city import CityModel
from city_data.built_in import built_in_city
from tests.sanity.streets import ended, matters
from twin.domain import facts as f
from twin.domain.case import NeedLost
from twin.domain.quantities import HOUR, MINUTE
from twin.journal.journal import Memory
from twin.policies.loading import BUILT_IN

POLICIES = sorted(BUILT_IN)
ALL_STREETS = tuple(range(built_in_city().roads.n_edges))


@pytest.mark.parametrize("policy", POLICIES)
def test_without_units_every_case_waits_and_a_warning_says_so(policy: str) -> None:
    end = ended(units=[], policy=policy)
    assert "there are no units: every case will wait" in end.built.warnings
    waiting = sum(len(line) for line in end.city.state.queue.lines.values())
    assert waiting == end.count(f.CaseReported) == len(end.city.state.cases) > 30
    assert end.of(f.NeedGivenUp, f.NeedUnreachable, f.CaseClosed, f.UnitAssigned) == []
    totals = end.summary.kpi["totals"]
    assert isinstance(totals, dict)
    assert (totals["n_units"], totals["n_open"], totals["n_unserved_needs"]) == (0, waiting, 0)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("demand", [[], matters("patrol", per_day=0)], ids=["no source", "a source of nothing"])
def test_without_demand_nothing_happens_and_a_warning_says_so(policy: str, demand: list[dict[str, object]]) -> None:
    end = ended(demand=demand, policy=policy)
    assert any("no demand" in warning for warning in end.built.warnings)
    assert end.of(f.CaseReported, f.UnitAssigned, f.UnitRolled) == []
    assert end.summary.cases.num_rows == 0


def test_without_units_and_without_demand_there_is_still_a_run() -> None:
    end = ended(units=[], demand=[])
    assert len(end.built.warnings) == 2
    assert [type(fact) for fact in end.facts] == [f.TwinBegan]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_skill_that_nobody_has_is_warned_of_and_counted_as_unserved(policy: str) -> None:
    end = ended(demand=matters("helicopter"), policy=policy)
    assert any("'helicopter'" in warning and "unserved" in warning for warning in end.built.warnings)
    given_up = [fact for fact in end.facts if isinstance(fact, f.NeedGivenUp)]
    assert len(given_up) == end.count(f.CaseReported) == end.count(f.CaseClosed)
    assert {fact.why for fact in given_up} == {NeedLost.NO_SUCH_SKILL}
    totals = end.summary.kpi["totals"]
    assert isinstance(totals, dict)
    assert totals["n_unserved_needs"] == len(given_up)
    assert end.count(f.UnitAssigned) == 0


def test_the_other_needs_of_such_a_case_are_served() -> None:
    end = ended(demand=matters("helicopter", "patrol", per_day=60))
    assert end.count(f.NeedGivenUp) == end.count(f.CaseReported)
    assert end.count(f.CaseClosed) > 0.5 * end.count(f.CaseReported)
    assert all(fact.need == 1 for fact in end.facts if isinstance(fact, f.UnitAssigned))


@pytest.mark.parametrize("policy", POLICIES)
def test_with_all_roads_closed_cases_are_unreachable_and_served_once_they_open(policy: str) -> None:
    built = ended(demand=[], policy=policy).built
    city = CityModel.begin(built.setting, store=Memory())
    city.receive(f.RoadClosed(MINUTE, ALL_STREETS, origin=f.INPUT))
    for number in range(6):
        edge = 40 * number
        report = f.CaseReported(
            (2 + number) * MINUTE, 10**15 + number, "", "all", "case", 1, ("patrol",), edge, 0, 999, origin=f.INPUT
        )
        city.receive(report)
    city.advance_to(HOUR)
    unreachable = {fact.case for fact in _facts(city) if isinstance(fact, f.NeedUnreachable)}
    assert len(unreachable) == 6
    assert not [fact for fact in _facts(city) if isinstance(fact, f.UnitAssigned)]

    city.receive(f.RoadReopened(HOUR, ALL_STREETS, origin=f.INPUT))
    city.advance_to(4 * HOUR)
    closed = {fact.case for fact in _facts(city) if isinstance(fact, f.CaseClosed)}
    assert closed == unreachable
    assert len([fact for fact in _facts(city) if isinstance(fact, f.NeedUnreachable)]) == 6


def test_a_case_that_waits_behind_a_closure_is_counted_when_a_unit_comes_free_and_cannot_get_there() -> None:
    built = ended(demand=[], units=[{"name": "Patrol", "kind": "patrol"}]).built
    city = CityModel.begin(built.setting, store=Memory())
    for number, at in enumerate((MINUTE, 2 * MINUTE)):
        case = 10**15 + number
        city.receive(f.CaseReported(at, case, "", "all", "c", 1, ("patrol",), 40, 0, 999, origin=f.INPUT))
    while not [fact for fact in _facts(city) if isinstance(fact, f.UnitArrived)]:
        city.clock.step()
    city.receive(f.RoadClosed(city.now, ALL_STREETS, origin=f.INPUT))
    assert not [fact for fact in _facts(city) if isinstance(fact, f.NeedUnreachable)]
    home = built.setting.units[0].home
    city.receive(
        f.CaseReported(
            city.now, 10**15 + 2, "", "all", "c", 1, ("patrol",), (home.edge + 300) % 1_000, 0, 999, origin=f.INPUT
        )
    )
    city.advance_to(6 * HOUR)
    assert 10**15 + 2 in {fact.case for fact in _facts(city) if isinstance(fact, f.NeedUnreachable)}


def _facts(city: CityModel) -> list[f.Fact]:
    city.world.journal.flush()
    store = city.world.journal.store
    assert isinstance(store, Memory)
    return store.facts


def test_one_unit_serves_one_case_at_a_time() -> None:
    end = ended(units=[{"name": "Patrol", "kind": "patrol"}])
    jobs = end.summary.jobs.select(["assigned_at", "freed_at"]).to_pylist()
    spans = [(job["assigned_at"], job["freed_at"]) for job in jobs if job["freed_at"] is not None]
    assert len(spans) > 5
    assert all(before[1] <= after[0] for before, after in pairwise(sorted(spans)))


def test_more_units_never_make_people_wait_longer() -> None:
    waits = []
    for count in (1, 2, 4, 8, 16):
        cases = ended(units=[{"name": "Patrol {n}", "kind": "patrol", "count": count}], lasting="12h").summary.cases
        arrived = zip(cases["reported_at"].to_pylist(), cases["first_arrived_at"].to_pylist(), strict=True)
        spans = [(12 * HOUR if at is None else at) - since for since, at in arrived]
        waits.append(sum(spans) / len(spans))
    assert all(more <= 1.05 * fewer for fewer, more in pairwise(waits)), waits
    assert waits[-1] < 0.2 * waits[0]


def test_a_case_with_forty_needs_is_one_case() -> None:
    end = ended(
        demand=matters(*["patrol"] * 40, per_day=8),
        units=[{"name": "Patrol {n}", "kind": "patrol", "count": 160}],
        lasting="12h",
    )
    closed = [fact.case for fact in end.facts if isinstance(fact, f.CaseClosed)]
    assert closed
    for case in closed:
        sent = [fact for fact in end.facts if isinstance(fact, f.UnitAssigned) and fact.case == case]
        assert sorted(fact.need for fact in sent) == list(range(40))
        assert len({fact.unit for fact in sent}) == 40


def test_forty_needs_with_three_units_are_served_in_turns() -> None:
    end = ended(
        demand=matters(*["patrol"] * 40, per_day=4),
        units=[{"name": "Patrol {n}", "kind": "patrol", "count": 3}],
        lasting="24h",
        on_scene={"*": "5m"},
    )
    assert end.count(f.CaseClosed) >= 1
    assert end.count(f.OrderRefused) == 0


def test_a_case_with_several_needs_records_its_first_and_its_last_arrival() -> None:
    end = ended(demand=matters("patrol", "patrol", "patrol", per_day=60))
    arrivals: dict[int, list[int]] = {}
    case_of: dict[int, int] = {}
    for fact in end.facts:
        if isinstance(fact, f.UnitAssigned):
            case_of[fact.unit] = fact.case
        elif isinstance(fact, f.UnitArrived):
            arrivals.setdefault(case_of[fact.unit], []).append(fact.at)
    told = end.summary.cases.select(["case", "first_arrived_at", "last_arrived_at"]).to_pylist()
    assert len(arrivals) > 5
    for row in told:
        known = arrivals.get(row["case"], [None])
        assert (row["first_arrived_at"], row["last_arrived_at"]) == (known[0], known[-1])
    assert any(row["first_arrived_at"] != row["last_arrived_at"] for row in told)


def test_a_case_that_needs_nobody_is_closed_at_once() -> None:
    end = ended(demand=matters())
    assert end.count(f.CaseClosed) == end.count(f.CaseReported) > 30
