"""Commands are inputs: whatever is commanded, nothing breaks, and the inputs of a run lead to the same run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from agents.setting import Setting
from tests.agents.commanding import CASES, DIVERTING, Idle, tell, town
from tests.builders import begun, bytes_of, digest_of, facts_of, live, report, setting
from tests.properties.continuing import town_of
from twin.domain import facts as f
from twin.domain.commands import (
    AssignUnit,
    ChangePolicy,
    CloseRoad,
    Command,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
    encode,
)
from twin.domain.quantities import MINUTE
from twin.world.invariants import check
from twin.world.state import State
from twin.world.world import fold, fold_one

END = 90 * MINUTE
TOWNS = ("roads", "ties", "grids")
POLICIES: tuple[tuple[str, dict[str, object]], ...] = (
    ("nearest", {}),
    ("nearest", {"runners_up": (1 << 63) - 1}),
    ("preempt", {"base": "own_grid_first", "gain_s": 0}),
    ("strict_grid", {"runners_up": 0}),
    ("random", {}),
    ("preference_list", {"lists": {"north": ["unit 1", "nobody"]}}),
    ("preference_list", {}),
    ("risk_weighted", {}),
    (DIVERTING, {"period_s": 45}),
    (DIVERTING, {"period_s": -45}),
    ("nowhere:Nothing", {"a": [None]}),
)


class Wish(NamedTuple):
    """What somebody wishes for, as numbers that are made into a command when the time has come.

    A wild one takes the numbers as they are; others mean units, cases and streets that are there.
    """

    after_us: int
    kind: int
    is_wild: bool
    unit: int
    case: int
    edges: tuple[int, ...]
    n: int


def wishes_of(seed: int, n: int) -> list[Wish]:
    """The first `n` wishes of somebody: a few at a time, some of them wild."""
    rng = Random(seed)

    def number() -> int:
        return rng.choice(((1 << 63) - 1, 1 << 63, (1 << 64) - 1)) if rng.random() < 0.05 else rng.randrange(1_000)

    return [
        Wish(
            after_us=rng.choice((0, 0, MINUTE, rng.randrange(10 * MINUTE))),
            kind=rng.randrange(10),
            is_wild=rng.random() < 0.15,
            unit=number(),
            case=number(),
            edges=tuple(number() for _ in range(rng.choice((1, 1, 5, 30)))),
            n=number(),
        )
        for _ in range(n)
    ]


WISHES = st.builds(wishes_of, st.integers(0, 1_000_000), st.integers(0, 30))


def as_command(wish: Wish, city: CityModel) -> bytes:
    """A wish as a command about what is there now, unless it is a wild one."""
    cases, units = sorted(city.state.cases), range(len(city.units))
    waiting = [number for number in cases if city.state.cases[number].n_waiting] or cases
    matters = [name for demand in city.setting.sources for name in demand.by_name]
    network = city.terrain.network
    unit, case, edges, n = wish.unit, wish.case, wish.edges, wish.n
    if not wish.is_wild:
        chosen = sorted(city.state.jobs) if city.state.jobs and wish.kind in (2, 3) else units
        unit, case = chosen[unit % len(chosen)], waiting[case % len(waiting)] if waiting else case
        edges = tuple(edge % (1 if network is None else network.n_edges) for edge in edges)
    edge = edges[0]
    long_mm = 1 if wish.is_wild else city.terrain.length_mm(edge)
    makers: tuple[Callable[[], Command], ...] = (
        lambda: AssignUnit(unit, case, n % 3),
        lambda: AssignUnit(unit, case),
        lambda: DivertUnit(unit, case),
        lambda: RecallUnit(unit),
        lambda: StandDown(unit, 60.0 + min(n, 1_000_000)),
        lambda: CloseRoad(edges),
        lambda: ReopenRoad(edges),
        lambda: ReportProblem("unheard of" if wish.is_wild else matters[n % len(matters)], edge, n % long_mm, "north"),
        lambda: ChangePolicy(*POLICIES[n % len(POLICIES)]),
    )
    return encode(makers[wish.kind]()) if wish.kind < len(makers) else bytes(edge % 256 for edge in edges)


def commanded(built: Setting, inputs: list[f.Fact], wishes: list[Wish]) -> CityModel:
    """A twin that somebody sits at, whatever is due at the same instant as a command coming after it."""
    city, coming = CityModel.begin(built), list(inputs)
    for number, wish in enumerate(wishes):
        at = city.now + wish.after_us
        while coming and coming[0].at < at:
            city.receive(coming.pop(0))
        city.advance_to(at)
        city.receive(f.CommandGiven(at, "desk", f"{number}", as_command(wish, city), origin=f.INPUT))
        assert check(city.state, at_rest=True) == []
    return live(city, [*inputs[: len(inputs) - len(coming)], *[MADE] * len(wishes), *coming], until=max(END, city.now))


MADE = f.CommandGiven(0, "", "", b"", origin=f.INPUT)
"""Stands for a command that has been given."""


@given(town=st.sampled_from(TOWNS), is_idle=st.booleans(), wishes=WISHES)
@settings(max_examples=20)
def test_whatever_is_commanded_nothing_breaks_and_it_can_be_done_again(
    town: str, is_idle: bool, wishes: list[Wish]
) -> None:
    built, inputs = town_of(town, 1)
    built = replace(built, policy=Idle()) if is_idle else built
    city = commanded(built, inputs, wishes)
    facts, state = facts_of(city), State()
    for fact in facts:
        assert fold_one(state, fact) is None, f"{fact} is an anomaly"
        assert check(state) == [], f"after {fact}"
    assert bytes_of(state) == bytes_of(city.state)

    given_then = [fact for fact in facts if fact.origin is f.INPUT]
    assert digest_of(begun(built, given_then, until=city.now)) == digest_of(city)


@given(wishes=WISHES, cut=st.integers(0, 20), luck=st.sampled_from(["same", 1]))
@settings(max_examples=10)
def test_a_twin_forked_between_commands_goes_on(wishes: list[Wish], cut: int, luck: str | int) -> None:
    built, inputs = town_of("grids", 1)
    half = commanded(built, inputs, wishes[:cut])
    twin = half.fork(luck)  # type: ignore[arg-type]
    for city in (half, twin):
        for number, wish in enumerate(wishes[cut:]):
            city.advance_to(city.now + wish.after_us)
            city.receive(f.CommandGiven(city.now, "desk", f"then {number}", as_command(wish, city), origin=f.INPUT))
        city.advance_to(city.now + 20 * MINUTE)
        assert check(city.state, at_rest=True) == []
    if luck == "same":
        assert digest_of(twin) == digest_of(half)
        assert bytes_of(twin.state) == bytes_of(half.state)


# ---------------------------------------------------------------------- one by one


def test_the_same_command_given_twice_is_carried_out_once() -> None:
    city = town(("fire",), ("fire",))
    given = f.CommandGiven(city.now, "desk 2", "again", encode(AssignUnit(0, CASES[0])), origin=f.INPUT)
    city.receive(given)
    before = facts_of(city)[:]
    city.receive(given)
    city.receive(msgspec.structs.replace(given, command=encode(AssignUnit(2, CASES[1]))))
    assert facts_of(city) == before
    twin = city.fork("same")
    twin.receive(given)
    assert bytes_of(twin.state) == bytes_of(city.state)


def test_commands_are_counted_beside_all_inputs() -> None:
    city = town(("fire",))
    tell(city, AssignUnit(0, CASES[0]))
    tell(city, RecallUnit(77))
    assert (city.state.n_inputs, city.state.n_commands) == (3, 2)


def a_day_at_the_desk(built: Setting) -> CityModel:
    """A twin that many commands were given to, two of them at the same instant as a call and in a row."""
    city = begun(built, until=10 * MINUTE)
    tell(city, ReportProblem("alarm", 3, 0))
    city.receive(report(city.now, 0, needs=("fire",), edge=40))
    tell(city, StandDown(1, 900.0))
    tell(city, CloseRoad(tuple(range(0, 40, 3))))
    city.advance_to(20 * MINUTE)
    tell(city, ChangePolicy(DIVERTING, {"period_s": 90.0}))
    for unit in range(3):
        tell(city, RecallUnit(unit))
    city.advance_to(50 * MINUTE)
    tell(city, ChangePolicy("random"))
    tell(city, ReopenRoad(tuple(range(0, 40, 3))))
    return live(city, until=80 * MINUTE)


def test_its_inputs_lead_to_the_same_journal_again() -> None:
    built = setting()
    city = a_day_at_the_desk(built)
    inputs = [fact for fact in facts_of(city) if fact.origin is f.INPUT]
    assert {type(fact) for fact in inputs} == {f.CommandGiven, f.CaseReported}
    assert digest_of(begun(built, inputs, until=80 * MINUTE)) == digest_of(city)


def test_folding_its_journal_gives_the_whole_state() -> None:
    city = a_day_at_the_desk(setting())
    assert bytes_of(fold(facts_of(city))) == bytes_of(city.state)


@pytest.mark.parametrize("minutes", [15, 25, 65])
def test_a_snapshot_between_commands_goes_on_to_the_same_journal(minutes: int) -> None:
    built = setting()
    city = a_day_at_the_desk(built)
    inputs = [fact for fact in facts_of(city) if fact.origin is f.INPUT]
    half = begun(built, inputs, until=minutes * MINUTE)
    for twin in (CityModel.from_snapshot(built, half.snapshot()), half.fork("same")):
        assert digest_of(live(twin, inputs, until=80 * MINUTE)) == digest_of(city)
