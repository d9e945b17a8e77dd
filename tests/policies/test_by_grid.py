"""Who is sent by grid: own people first, or own people only, and strangers only where the rule lets them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import begun, facts_of, report
from tests.policies.gridded import N_BASE, N_FIRE, Overheard, edges_in, gridded, gridded_ground
from twin.domain import facts as f
from twin.domain.orders import Assign, Decision
from twin.domain.quantities import MINUTE, to_us
from twin.domain.route import Spot
from twin.errors import PolicyError
from twin.policies.loading import load_policy
from twin.policies.own_grid_first import OwnGridFirst
from twin.policies.protocol import Policy
from twin.policies.strict_grid import StrictGrid
from twin.world.view import Candidate, Need, View

BEATS = st.lists(st.sampled_from([None, *range(N_BASE + N_FIRE)]), min_size=3, max_size=9)
LOADS = st.sampled_from([6.0, 18.0, 40.0])
SEEDS = st.integers(1, 50)


def beats_of(spot: Spot) -> tuple[int, ...]:
    """The quarter and the half a place lies in, looked up by hand."""
    cells = gridded_ground().cells
    assert cells is not None
    quarter = int(cells.piece_cell[spot.edge])
    return quarter, N_BASE + quarter // 2


def free_by_hand(view: View, need: Need, taken: Sequence[int]) -> list[Candidate]:
    """Free capable units that can get there and are not taken, soonest first."""
    free = [view.expect(need, unit) for unit in view.free_units(need.skill) if unit not in taken]
    return sorted((one for one in free if one is not None), key=lambda one: (one.expected_us, one.unit))


def sent(
    policy: Policy, edges: Sequence[int], *, beats: Sequence[int | None], apart: int = MINUTE
) -> list[f.UnitAssigned]:
    """Who was sent to calls for a fire engine, one after the other; units 0, 2, 3, 5 … can go."""
    calls = [report((1 + n) * apart, n, edge=edge) for n, edge in enumerate(edges)]
    city = begun(gridded(policy, beats=beats, per_hour=0.0), calls)
    facts = facts_of(city)
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    return [fact for fact in facts if isinstance(fact, f.UnitAssigned)]


# ---------------------------------------------------------------------- own grid first


def test_own_people_are_sent_though_strangers_are_nearer() -> None:
    beats = [3, 0, 0, 1, 1, 2]
    for beat, unit in ((3, 0), (0, 2), (1, 3), (2, 5)):
        (order,) = sent(OwnGridFirst(), edges_in(beat)[:1], beats=beats)
        assert (order.unit, order.rule) == (unit, "own_grid_first")


def test_when_no_own_unit_is_free_the_nearest_of_all_goes_and_the_reason_says_so() -> None:
    beats = [0, None, 1, 1, None, 1]
    first, second = sent(OwnGridFirst(), edges_in(0)[:2], beats=beats)
    assert (first.unit, first.rule) == (0, "own_grid_first")
    assert second.rule == "own_grid_first: nearest"
    assert second.expected_us <= min(second.runners_up_us)


def test_those_passed_over_are_named_soonest_first() -> None:
    for beat in range(N_BASE):
        (order,) = sent(OwnGridFirst(runners_up=3), edges_in(beat)[:1], beats=[0, 0, 1, 2, 2, 3])
        assert len(order.runners_up) == 3
        assert order.unit not in order.runners_up
        assert list(order.runners_up_us) == sorted(order.runners_up_us)


def test_a_stranger_who_is_passed_over_may_be_expected_sooner() -> None:
    orders = [sent(OwnGridFirst(), edges_in(beat)[:1], beats=[3, 0, 2, 1, 1, 0])[0] for beat in range(N_BASE)]
    assert any(min(order.runners_up_us) < order.expected_us for order in orders)


def test_units_of_every_overlay_are_own_people() -> None:
    half_of_first, half_of_last = N_BASE, N_BASE + 1
    (order,) = sent(OwnGridFirst(), edges_in(0)[:1], beats=[half_of_last, None, half_of_first, 3])
    assert order.unit == 2


@settings(max_examples=30)
@given(beats=BEATS, per_hour=LOADS, seed=SEEDS, within_s=st.sampled_from([None, 0.0, 30.0, 120.0, 600.0]))
def test_own_grid_first_sends_no_stranger_while_an_own_unit_is_free_within_the_bound(
    beats: list[int | None], per_hour: float, seed: int, within_s: float | None
) -> None:
    seen: list[str] = []

    def listen(view: View, waiting: list[Need], decision: Decision) -> None:
        units, needs = view.units(), {(need.case, need.need): need for need in waiting}
        taken: list[int] = []
        for order in decision.orders:
            assert isinstance(order, Assign)
            need = needs[order.case, order.need]
            free = free_by_hand(view, need, taken)
            bound = free[0].expected_us + (10**15 if within_s is None else to_us(within_s))
            own = [one for one in free if units[one.unit].beat in beats_of(need.spot) and one.expected_us <= bound]
            assert order.unit == (own or free)[0].unit
            assert (order.reason.rule == "own_grid_first") is (units[order.unit].beat in beats_of(need.spot))
            taken.append(order.unit)
            seen.append(order.reason.rule)

    policy = Overheard(OwnGridFirst(within_s=within_s), listen)
    facts = facts_of(begun(gridded(policy, beats=beats, per_hour=per_hour, seed=seed)))
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    assert len(seen) == len([fact for fact in facts if isinstance(fact, f.UnitAssigned)])


def test_a_bound_of_nothing_sends_own_units_only_when_they_are_the_nearest() -> None:
    beats = [3, 0, 2, 1, 1, 0]
    edges = [edges_in(beat)[0] for beat in range(N_BASE)]
    bound = [sent(OwnGridFirst(within_s=0.0), [edge], beats=beats)[0].unit for edge in edges]
    nearest = [sent(load_policy("nearest"), [edge], beats=beats)[0].unit for edge in edges]
    assert bound == nearest


# ---------------------------------------------------------------------- own grid only


def test_a_case_waits_for_its_own_people_though_others_are_free() -> None:
    orders = sent(StrictGrid(), edges_in(0)[:2], beats=[0, None, 1, 1, None, 1])
    assert [order.unit for order in orders] == [0, 0]
    assert orders[1].at > orders[0].at + 5 * MINUTE


def test_where_nobody_looks_after_a_grid_the_nearest_goes_and_the_reason_says_so() -> None:
    (order,) = sent(StrictGrid(), edges_in(3)[:1], beats=[0, 3, 0, 0, 3, 0])
    assert order.rule == "strict_grid: nobody's grid, nearest"
    assert order.expected_us <= min(order.runners_up_us)


def test_who_looks_after_a_grid_without_the_skill_does_not_look_after_it_for_that() -> None:
    (order,) = sent(StrictGrid(), edges_in(2)[:1], beats=[0, 2, 1])
    assert order.unit != 1
    assert order.rule.startswith("strict_grid: nobody's grid")


@settings(max_examples=30)
@given(beats=BEATS, per_hour=LOADS, seed=SEEDS)
def test_strict_grid_never_sends_a_stranger_and_never_keeps_own_people_waiting(
    beats: list[int | None], per_hour: float, seed: int
) -> None:
    n_orders = 0

    def listen(view: View, waiting: list[Need], decision: Decision) -> None:
        nonlocal n_orders
        units = view.units()
        sent_to = {(order.case, order.need): order for order in decision.orders if isinstance(order, Assign)}
        assert len(sent_to) == len(decision.orders)
        taken = [order.unit for order in sent_to.values()]
        for need in waiting:
            beats, order = beats_of(need.spot), sent_to.get((need.case, need.need))
            is_somebodys = any(unit.beat in beats and need.skill in unit.skills for unit in units)
            if order is None:
                free = free_by_hand(view, need, taken)
                assert not [one for one in free if units[one.unit].beat in beats or not is_somebodys]
            else:
                assert units[order.unit].beat in beats or not is_somebodys
                assert (order.reason.rule == "strict_grid") is is_somebodys
        n_orders += len(decision.orders)

    policy = Overheard(StrictGrid(), listen)
    facts = facts_of(begun(gridded(policy, beats=beats, per_hour=per_hour, seed=seed)))
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    assert n_orders == len([fact for fact in facts if isinstance(fact, f.UnitAssigned)])


# ---------------------------------------------------------------------- parameters


@pytest.mark.parametrize("name", ["nearest", "own_grid_first", "strict_grid"])
def test_where_nobody_has_a_grid_all_three_send_the_same_units(name: str) -> None:
    edges = [9 * n % 60 for n in range(6)]
    usual = [order.unit for order in sent(load_policy("nearest"), edges, beats=[None] * 6)]
    assert [order.unit for order in sent(load_policy(name), edges, beats=[None] * 6)] == usual


@pytest.mark.parametrize(
    ("name", "parameters", "word"),
    [
        ("own_grid_first", {"within_s": -1}, "within_s"),
        ("own_grid_first", {"within_s": float("inf")}, "within_s"),
        ("own_grid_first", {"within_s": "soon"}, "within_s"),
        ("own_grid_first", {"runners_up": -1}, "runners_up"),
        ("own_grid_first", {"overlay": "fire"}, "overlay"),
        ("strict_grid", {"within_s": 5}, "within_s"),
        ("strict_grid", {"runners_up": 1.5}, "runners_up"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(name: str, parameters: dict[str, object], word: str) -> None:
    with pytest.raises(PolicyError, match=word) as raised:
        load_policy(name, parameters)
    assert raised.value.key == name
