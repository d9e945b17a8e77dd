"""Fork with the same luck equals no fork, byte for byte: cut anywhere, even inside a tie, or in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from agents.setting import Setting
from tests.builders import END, begun, bytes_of, digest_of, facts_of, kinds, live, setting, step_into
from tests.properties.continuing import continued, told, town_of
from twin.domain import facts as f
from twin.domain.case import Stage
from twin.domain.quantities import MINUTE
from twin.domain.unit import Freed
from twin.errors import JournalError
from twin.world.apply_loop import OF_LOOP

ROOT = Path(__file__).resolve().parents[2]
TOWNS = ("roads", "ties", "grids", "centre", "posts")
CUTS = st.integers(0, END) | st.integers(0, END // MINUTE).map(lambda minute: minute * MINUTE)


@dataclass(frozen=True)
class Whole:
    """A run that was never cut, and how it ended."""

    setting: Setting
    inputs: list[f.Fact]
    facts: list[f.Fact]
    digest: str
    snapshot: bytes


@cache
def whole(town: str, seed: int) -> Whole:
    built, inputs = town_of(town, seed)
    city = begun(built, inputs)
    return Whole(built, inputs, facts_of(city), digest_of(city), city.snapshot())


@given(town=st.sampled_from(TOWNS), seed=st.integers(1, 4), cut=CUTS, n_alarms=st.integers(0, 6))
@example(town="ties", seed=1, cut=60 * MINUTE, n_alarms=1)
@settings(max_examples=30)
def test_a_fork_with_the_same_luck_goes_on_as_if_it_had_not_been_made(
    town: str, seed: int, cut: int, n_alarms: int
) -> None:
    run = whole(town, seed)
    original = begun(run.setting, run.inputs, until=cut)
    step_into(original, run.inputs, n_alarms=n_alarms)
    twin = original.fork("same")

    assert twin.snapshot() == original.snapshot()
    for city in (twin, original):
        live(city, run.inputs)
        assert digest_of(city) == run.digest
        assert city.snapshot() == run.snapshot


@given(town=st.sampled_from(TOWNS), cuts=st.lists(CUTS, min_size=2, max_size=4).map(sorted))
@settings(max_examples=15)
def test_a_fork_of_a_fork_of_a_fork_is_no_different(town: str, cuts: list[int]) -> None:
    run = whole(town, 1)
    city = CityModel.begin(run.setting)
    recorded: list[f.Fact] = []
    for cut in cuts:
        live(city, run.inputs, until=cut)
        recorded += facts_of(city)
        city = city.fork("same")
    live(city, run.inputs)

    assert digest_of(city) == run.digest
    assert recorded + facts_of(city) == run.facts


@pytest.mark.parametrize("town", TOWNS)
def test_the_towns_of_these_tests_see_everything_that_can_happen(town: str) -> None:
    facts = [fact for seed in range(1, 5) for fact in whole(town, seed).facts]
    if town == "centre":
        assert kinds(facts) >= set(OF_LOOP), sorted(kind.__name__ for kind in set(OF_LOOP) - kinds(facts))
        return
    causes = {fact.cause for fact in facts if isinstance(fact, f.UnitFreed)}
    happened = kinds(facts)

    if town == "grids":
        assert happened >= {f.ProblemArose, f.ProblemEnded, f.ReportMade, f.LookoutSet, f.FocusSet, f.UnitAway}
        assert happened >= {f.PatrolBegan, f.PatrolPaused, f.ShiftBegan, f.ShiftEnded, f.UnitOffDuty, f.UnitReturning}
        assert {fact.stage for fact in facts if isinstance(fact, f.CaseQueued)} == set(Stage)
        assert {fact.void for fact in facts if isinstance(fact, f.CaseClosed)} == {True, False}
        assert {fact.opened for fact in facts if isinstance(fact, f.ReportMade)} == {True, False}
        return
    assert causes >= {Freed.DONE, Freed.RECALLED, Freed.DIVERTED}
    assert happened >= {f.RoadClosed, f.RoadReopened, f.UnitAway, f.UnitBack, f.PolicyRemembered, f.PolicyWoke}
    if town == "roads":
        assert happened >= {f.LegRetimed, f.NeedUnreachable, f.UnitReturning, f.UnitParked}
        assert Freed.CUT_OFF in causes


def test_most_alarms_of_the_tied_town_ring_in_ties() -> None:
    run = whole("ties", 1)
    city = CityModel.begin(run.setting)
    rung_at: list[int] = []
    for until in range(MINUTE, END, MINUTE):
        live(city, run.inputs, until=until)
        while step_into(city, run.inputs, n_alarms=1):
            rung_at.append(city.now)
            if len(city.state.agenda) and city.state.agenda.pending()[0][2] > until:
                break
    assert sum(rung_at.count(at) > 1 for at in rung_at) > len(rung_at) / 2


def test_a_state_read_back_is_the_state_that_was_saved() -> None:
    run = whole("roads", 2)
    city = begun(run.setting, run.inputs, until=65 * MINUTE)
    again = CityModel.from_snapshot(run.setting, city.snapshot())
    assert bytes_of(again.state) == bytes_of(city.state)
    assert again.snapshot() == city.snapshot()


def test_a_snapshot_goes_on_in_spawned_processes_to_the_same_digest() -> None:
    run = whole("roads", 1)
    snapshot = begun(run.setting, run.inputs, until=50 * MINUTE).snapshot()
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(continued, ("roads", 1, snapshot)) == run.digest


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_a_fresh_process_with_another_hash_seed_gives_the_same_digests(hash_seed: str, tmp_path: Path) -> None:
    town = "centre" if hash_seed == "1" else "ties"
    run = whole(town, 1)
    file = tmp_path / "snapshot"
    file.write_bytes(begun(run.setting, run.inputs, until=33 * MINUTE).snapshot())
    ended = subprocess.run(
        [sys.executable, "-m", "tests.properties.continuing", town, "1", str(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.split() == told(begun=run.digest, continued=run.digest)


@pytest.mark.parametrize("name", ["spec", "city", "seed", "replication"])
def test_a_snapshot_of_another_run_is_refused_by_name(name: str) -> None:
    run = whole("ties", 1)
    other = replace(run.setting)
    object.__setattr__(other, name, 7 if name in ("seed", "replication") else "other")
    with pytest.raises(JournalError, match=name):
        CityModel.from_snapshot(other, CityModel.begin(run.setting).snapshot())


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    with pytest.raises(JournalError, match="not a snapshot"):
        CityModel.from_snapshot(setting(), b"\x93hello")
