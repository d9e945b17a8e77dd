"""Where patrols are told to go more often: the streets that were reported of most for their length, week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from tests.builders import begun, facts_of, report
from tests.policies.gridded import gridded_ground, patrolled
from twin.domain import facts as f
from twin.domain.quantities import HOUR, MINUTE, WEEK
from twin.errors import PolicyError
from twin.policies.focus_list import FocusList
from twin.policies.loading import load_policy
from twin.policies.protocol import Policy
from twin.policies.risk_weighted import RiskWeighted
from twin.policies.street_counts import most_told_of
from twin.roads.laps import Order

BEATS = (0, 1, 2, 3)
GROUND = gridded_ground()
COUNTS = st.dictionaries(st.integers(0, 59), st.integers(1, 9), max_size=12)


def reports(counts: Mapping[int, int], *, week: int = 0, first: int = 0) -> list[f.CaseReported]:
    """So many cases, which need nobody, on each edge within a week."""
    edges = [edge for edge, n in sorted(counts.items()) for _ in range(n)]
    return [report(week * WEEK + (1 + n) * MINUTE, first + n, needs=(), edge=edge) for n, edge in enumerate(edges)]


def week_after(policy: Policy, calls: Sequence[f.CaseReported], *, until: int = WEEK + HOUR) -> CityModel:
    """The town an hour into its second week."""
    return begun(patrolled(policy, beats=BEATS), calls, until=until)


def focus_of(city: CityModel) -> dict[int, tuple[int, ...]]:
    """What each unit was told to look at."""
    assert not [fact for fact in facts_of(city) if isinstance(fact, f.OrderRefused)]
    return {unit: focus.streets for unit, focus in city.state.focus.items()}


def streets_of(city: CityModel) -> dict[int, tuple[int, ...]]:
    view = city.view()
    return {unit: view.streets_of(unit) for unit in BEATS}


def per_metre(counts: Mapping[int, int], streets: Sequence[int]) -> dict[int, float]:
    """Reports a millimetre of each street, both directions of it counted."""
    told: dict[int, int] = {}
    for edge, n in counts.items():
        told[GROUND.street(edge)] = told.get(GROUND.street(edge), 0) + n
    return {street: told.get(street, 0) / GROUND.length_mm(street) for street in streets}


# ---------------------------------------------------------------------- each beat by itself


@settings(max_examples=15)
@given(counts=COUNTS)
def test_each_patrol_looks_more_at_what_is_above_the_average_of_its_beat(counts: dict[int, int]) -> None:
    city = week_after(RiskWeighted(factor=4), reports(counts))
    for unit, streets in streets_of(city).items():
        rates = per_metre(counts, streets)
        metres = {street: GROUND.length_mm(street) for street in streets}
        average = sum(rates[street] * metres[street] for street in streets) / sum(metres.values())
        expected = {street for street in streets if rates[street] > average * (1 + 1e-9)}
        assert set(focus_of(city)[unit]) == expected
        assert city.state.focus[unit].factor == (4 if expected else 1)


def test_a_focus_ends_with_the_weeks_it_rests_on() -> None:
    quiet_streets, told_of = streets_of(week_after(RiskWeighted(weeks=1), []))[0], {}
    told_of[quiet_streets[0]] = 3
    first_week = focus_of(week_after(RiskWeighted(weeks=1), reports(told_of)))
    assert first_week == {0: (quiet_streets[0],), 1: (), 2: (), 3: ()}
    assert focus_of(week_after(RiskWeighted(weeks=1), reports(told_of), until=2 * WEEK + HOUR))[0] == ()
    assert focus_of(week_after(RiskWeighted(weeks=2), reports(told_of), until=2 * WEEK + HOUR))[0] == first_week[0]


def test_the_week_under_way_does_not_count() -> None:
    street = streets_of(week_after(RiskWeighted(), []))[1][0]
    city = week_after(RiskWeighted(), reports({street: 5}, week=1), until=WEEK + 3 * HOUR)
    assert focus_of(city)[1] == ()


# ---------------------------------------------------------------------- one list for the city


@settings(max_examples=15)
@given(counts=COUNTS, share=st.sampled_from([0.02, 0.1, 0.5, 1.0]))
def test_the_list_holds_the_streets_most_reported_of_and_no_quiet_one(counts: dict[int, int], share: float) -> None:
    city = week_after(FocusList(share=share), reports(counts))
    focus, beats = focus_of(city), streets_of(city)
    rates = per_metre(counts, sorted({street for streets in beats.values() for street in streets}))
    listed = {street for streets in focus.values() for street in streets}
    told = {street for street, rate in rates.items() if rate > 0}
    assert listed <= told
    assert len(listed) == min(len(told), -(-round(share * 100) * len(rates) // 100))
    assert min((rates[street] for street in listed), default=1.0) >= max(
        (rates[street] for street in told - listed), default=0.0
    )
    for unit, streets in focus.items():
        assert set(streets) == listed & set(beats[unit])


def test_of_streets_alike_the_one_with_the_lower_number_comes_first() -> None:
    city = week_after(FocusList(), [])
    streets = sorted(street for own in streets_of(city).values() for street in own)
    as_much_a_metre = {street: GROUND.length_mm(street) for street in streets}
    assert most_told_of(city.view(), streets[::-1], as_much_a_metre) == tuple(streets)


def test_of_two_streets_with_as_many_reports_the_shorter_is_listed() -> None:
    streets = streets_of(week_after(FocusList(), []))
    one, other = streets[0][0], streets[3][0]
    listed = focus_of(week_after(FocusList(share=0.001), reports({one: 2, other: 2})))
    shorter = min(one, other, key=GROUND.length_mm)
    assert [street for streets in listed.values() for street in streets] == [shorter]


# ---------------------------------------------------------------------- what becomes of it


def test_the_streets_on_the_list_are_walked_more_often_from_the_next_lap_on() -> None:
    street = streets_of(week_after(FocusList(), []))[2][0]
    city = week_after(FocusList(factor=20), reports({street: 5}))
    (order,) = [fact for fact in facts_of(city) if isinstance(fact, f.FocusSet) and fact.unit == 2]
    assert (order.streets, order.factor, order.rule) == ((street,), 20, "focus_list")
    patrols = city.terrain.patrols
    assert patrols is not None

    def n_walked(first: int, n_laps: int = 25) -> int:
        return sum(patrols.lap(2, lap).steps_along(street).size for lap in range(first, first + n_laps))

    assert n_walked(order.from_lap) > 3 * n_walked(order.from_lap - 25)


def test_a_patrol_policy_changes_nothing_where_nobody_patrols() -> None:
    base = patrolled(RiskWeighted(), beats=BEATS)
    city = begun(replace(base, terrain=gridded_ground(), units=()), reports({5: 3}), until=WEEK + HOUR)
    assert not [fact for fact in facts_of(city) if isinstance(fact, f.FocusSet | f.OrderRefused)]


@pytest.mark.parametrize("order", list(Order))
def test_patrols_of_every_order_can_be_told(order: Order) -> None:
    city = begun(patrolled(FocusList(), beats=BEATS, order=order), reports({5: 3}), until=WEEK + HOUR)
    assert len(focus_of(city)) == len(BEATS)


@pytest.mark.parametrize(
    ("name", "parameters", "word"),
    [
        ("risk_weighted", {"weeks": 0}, "weeks"),
        ("risk_weighted", {"weeks": 52}, "weeks"),
        ("risk_weighted", {"factor": 1}, "factor"),
        ("risk_weighted", {"factor": 2.5}, "factor"),
        ("risk_weighted", {"share": 0.1}, "share"),
        ("focus_list", {"share": 0}, "share"),
        ("focus_list", {"share": 5}, "share"),
        ("focus_list", {"factor": "often"}, "factor"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(name: str, parameters: dict[str, object], word: str) -> None:
    with pytest.raises(PolicyError, match=word) as raised:
        load_policy(name, parameters)
    assert raised.value.key == name
