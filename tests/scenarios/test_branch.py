"""A what-if from the live room: both lines over fresh futures, the same luck for both, while the room goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from agents.duty_officer import Objection
from scenarios.branch import Branches
from scenarios.branch_future import Future, Start, live_twice
from scenarios.build import build
from scenarios.lab.executor import Workers
from scenarios.live import LiveEngine
from scenarios.load import load_scenario
from scenarios.opening import open_twin
from scenarios.room import Room
from scenarios.run_folder import ROOM
from twin.console.desk import Drive, Gear
from twin.domain.branching import Branching
from twin.domain.commands import ChangePolicy, StandDown, Why
from twin.domain.quantities import HOUR
from twin.domain.seat import LOCAL_ADMIN, PLANNER, VIEWER, Seat
from twin.journal.sqlite import SqliteStore
from twin.metrics.branch_line import FIGURES, Line
from twin.metrics.branch_pairs import Pair, compare_pairs
from twin.views.branch import BranchShown, Stage

MATTERS = {"vendor": {"priority": 2, "needs": ["order"]}}
DESK = {
    "name": "Three at a desk",
    "lasting": "1d",
    "travel": "none",
    "city": "none",
    "policy": "nearest",
    "units": [{"name": "car {n}", "kind": "car", "count": 3, "skills": ["order"]}],
    "turnout": {"*": {"dist": "lognormal", "mean": "2m", "cv": 0.5}},
    "on_scene": {"*": {"dist": "lognormal", "mean": "15m", "cv": 1.0}},
    "demand": [
        {
            "name": "town",
            "per_day": 240,
            "areas": {"town": 1},
            "matters": {"vendor": {"priority": 2, "needs": ["order"]}},
        }
    ],
}
FEWER = Branching((StandDown(0, 4 * 3_600.0),), n=12)
MORE = Branching(more={"car": 2}, n=12)
WATCHER = Seat("window", VIEWER)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("desk") / "desk.yaml"
    path.write_text(yaml.safe_dump(DESK), "utf-8")
    return str(path)


def begun(scenario: str, folder: Path) -> LiveEngine:
    folder.mkdir(parents=True)
    return LiveEngine.begin(build(load_scenario(scenario)), store=SqliteStore.create(folder / ROOM, {}))


@pytest.fixture(scope="module")
def start(scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """The room at nine."""
    engine = begun(scenario, tmp_path_factory.mktemp("begun") / "room")
    engine.advance_to(9 * HOUR)
    start = engine.start()
    engine.close()
    return start


@pytest.fixture(scope="module")
def more(start: Start) -> list[Pair]:
    return pairs_of(start, MORE)


@pytest.fixture(scope="module")
def fewer(start: Start) -> list[Pair]:
    return pairs_of(start, FEWER)


def pairs_of(start: Start, asked: Branching) -> list[Pair]:
    pairs = [live_twice(Future(start, asked, luck)) for luck in range(1, asked.n + 1)]
    return [pair for pair in pairs if isinstance(pair, Pair)]


# ------------------------------------------------------------------------------------------ futures


def test_nothing_else_makes_no_difference(start: Start) -> None:
    pairs = pairs_of(start, Branching(n=3))
    assert [pair.base for pair in pairs] == [pair.other for pair in pairs]
    assert pairs[0].base != pairs[1].base


def test_the_line_as_it_is_does_not_depend_on_what_it_is_compared_with(more: list[Pair], fewer: list[Pair]) -> None:
    assert [pair.base for pair in more] == [pair.base for pair in fewer]


def test_the_same_future_is_lived_the_same_way_again(start: Start, more: list[Pair]) -> None:
    assert live_twice(Future(start, MORE, 5)) == more[4]


def test_more_units_help_and_fewer_harm_beyond_doubt(more: list[Pair], fewer: list[Pair]) -> None:
    better, worse = (compare_pairs(pairs).figure("response_s_p90").difference for pairs in (more, fewer))
    assert better.t is not None
    assert worse.t is not None
    assert better.t.high < 0 < worse.t.low
    assert better.is_decided
    assert worse.is_decided


def test_cases_are_paired_by_the_same_luck(more: list[Pair]) -> None:
    """Independent luck would take more futures for the same interval: the same cases come in, and take as long."""
    compared = compare_pairs(more)
    factor = compared.figure("n_closed").difference.variance_factor
    assert factor is not None
    assert factor > 1.5
    assert compared.n_cases[0] == compared.n_cases[1]


def test_a_line_counts_those_who_were_waiting_at_the_fork(start: Start) -> None:
    waiting = replace(start, unreached=start.unreached | {1: start.at - HOUR})
    first, second = (live_twice(Future(each, Branching(), 1)) for each in (start, waiting))
    assert isinstance(first, Pair)
    assert isinstance(second, Pair)
    assert second.base.n_cases == first.base.n_cases + 1
    assert (first.base.n_unreached, second.base.n_unreached) == (0, 1)
    assert second.base.figures["response_s_mean"] > first.base.figures["response_s_mean"]


def test_its_course_runs_from_the_fork_to_the_horizon(start: Start) -> None:
    pair = live_twice(Future(start, FEWER, 1))
    assert isinstance(pair, Pair)
    assert len(pair.base.course) == len(pair.other.course) == 61
    assert pair.base.course[0][0] == pair.other.course[0][0]
    assert pair.base.figures["n_open"] == pair.base.course[-1][0]
    assert set(pair.base.figures) == set(FIGURES)


def test_what_cannot_be_done_is_said_and_not_tried_further(start: Start) -> None:
    assert live_twice(Future(start, Branching((StandDown(99, 60.0),)), 1)) == Objection(Why.NO_SUCH_UNIT)
    assert live_twice(Future(start, Branching(more={"boat": 1}), 1)) == Objection(Why.NO_SUCH_UNIT, "boat")


def test_figures_nobody_has_are_left_out_of_the_comparison() -> None:
    nothing = Line({name: float("nan") for name in FIGURES}, ((0, 0, 0),), 0, 0)
    compared = compare_pairs([Pair(1, nothing, nothing), Pair(2, nothing, nothing)])
    assert compared.n == 2
    assert {(each.base, each.difference.n) for each in compared.figures} == {(None, 0)}


# ------------------------------------------------------------------------------------------ one at a time


def worked_out(start: Start, asked: Branching) -> BranchShown:
    """In this process."""
    branches = Branches(Workers(1))
    assert branches.begin(asked, start, by="desk", until=24 * HOUR) is None
    branches.wait(60)
    branches.close()
    assert branches.shown is not None
    return branches.shown


def test_a_future_that_fails_is_told_and_the_others_go_on(start: Start) -> None:
    shown = worked_out(start, Branching((ChangePolicy("tests.policies.idle:OutOfIdeas"),), n=2))
    assert shown.stage is Stage.FAILED
    assert shown.n_done == 2
    assert "1: " in shown.detail
    assert "out of ideas" in shown.detail


def test_an_objection_ends_it(start: Start) -> None:
    shown = worked_out(start, Branching((ChangePolicy("no_such_rule"),), n=5))
    assert (shown.stage, shown.why, shown.compared) == (Stage.FAILED, Why.NO_SUCH_POLICY, None)
    assert "nearest" in shown.detail


def test_nobody_looks_beyond_the_end(start: Start) -> None:
    branches = Branches(Workers(1))
    assert branches.begin(MORE, start, by="desk", until=start.at + HOUR // 10) is Why.NO_FUTURE
    assert branches.begin(over(MORE, 2), start, by="desk", until=start.at + HOUR) is None
    branches.wait(60)
    assert branches.shown is not None
    assert branches.shown.until == start.at + HOUR
    branches.close()


def over(asked: Branching, n: int) -> Branching:
    return Branching(asked.commands, asked.more, asked.horizon_s, n)


# ------------------------------------------------------------------------------------------ the room


def test_asking_leaves_no_trace_in_the_journal(scenario: str, tmp_path: Path) -> None:
    asked, left_alone = (begun(scenario, tmp_path / name) for name in ("asked", "left alone"))
    for hour in range(1, 7):
        asked.advance_to(hour * HOUR)
        asked.start()
    left_alone.advance_to(6 * HOUR)
    for engine in (asked, left_alone):
        engine.commit()
        engine.close()
    digests = [each.city.world.journal.digest for each in (asked, left_alone)]
    assert digests[0].hexdigest() == digests[1].hexdigest()
    assert digests[0].n_facts > 100


@pytest.fixture(scope="module")
def room(scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = open_twin(scenario, folder=tmp_path_factory.mktemp("asked") / "room")
    room._engine.advance_to(9 * HOUR)
    room._engine.commit()
    yield room
    room.close()


def test_the_room_goes_on_while_a_what_if_is_worked_out_and_answers_as_one_process_would(
    room: Room, more: list[Pair]
) -> None:
    room.drive(Drive(Gear.SPEED, 60.0), seat=LOCAL_ADMIN)
    room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN)
    at = room._engine.now
    answer = room.branch_off(over(MORE, 4), seat=WATCHER)
    assert answer.why is None
    assert room.branch_off(FEWER, seat=WATCHER).why is Why.BRANCHING
    assert room.stop_branch(seat=Seat("another", VIEWER)) is Why.NO_RIGHT
    seen: list[Stage] = []
    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at and (branch := room.branch) is not None and branch.is_under_way:
        room.beat()
        seen.append(branch.stage)
        time.sleep(0.02)
    room.drive(Drive(Gear.HOLD), seat=LOCAL_ADMIN)
    branch = room.branch
    assert branch is not None
    assert branch.stage is Stage.DONE
    assert branch.compared is not None
    assert seen[0] is Stage.PREPARING
    assert room._engine.now > at + HOUR // 60
    assert (branch.by, branch.policy, branch.n_done) == ("window", "nearest", 4)
    assert answer.at == branch.at == at
    assert branch.compared == compare_pairs(more[:4])


def test_it_can_be_called_off_by_whoever_may_stop_the_clock(room: Room) -> None:
    assert room.branch_off(Branching(more={"car": 1}, n=200), seat=WATCHER).why is None
    assert room.stop_branch(seat=Seat("east", PLANNER)) is None
    assert room.branch is not None
    assert room.branch.stage is Stage.STOPPING
    room._branches.wait(60)
    stopped = room._branches.shown
    assert stopped is not None
    assert (stopped.stage, stopped.n_done < 200) == (Stage.STOPPED, True)


def test_the_room_refuses_what_makes_no_sense_or_is_not_shipped(room: Room) -> None:
    assert room.branch_off(Branching(), seat=LOCAL_ADMIN).why is Why.NOTHING_ELSE
    mine = Branching((ChangePolicy("tests.policies.idle:Nobody"),), n=2)
    assert room.branch_off(mine, seat=WATCHER).why is Why.NO_SUCH_POLICY
