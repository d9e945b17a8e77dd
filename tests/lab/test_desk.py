"""The lab behind the pages: it answers, stops, goes on, and says what is wrong; one question at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scenarios.house import House
from scenarios.lab import desk
from scenarios.lab.asking import may_ask, plan_of
from scenarios.lab.desk import Laboratory
from scenarios.lab.results import RUNS
from tests.lab.small_experiment import written
from twin.console.desk import Wish
from twin.console.lab import PolicyQuestion, Question, StaffingQuestion, Try
from twin.domain.commands import Why
from twin.domain.seat import LOCAL_ADMIN, Role, Seat
from twin.errors import GridtwinError

PATIENCE_S = 60.0
THREE, FOUR = Try(settings="units.0.count = 3"), Try(settings="units.0.count = 4")
PLANNER = Seat("plan", Role.PLANNER)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Laboratory]:
    """A lab that works in this process: starting others takes longer than its runs."""
    monkeypatch.setattr(desk, "LEAST_PROCESSES", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    written(tmp_path)
    laboratory = Laboratory(tmp_path / "runs")
    yield laboratory
    laboratory.close()


def question(folder: Path, *tries: Try, n: int = 12, targets: tuple[str, ...] = ()) -> PolicyQuestion:
    return PolicyQuestion(str(folder / "desk.yaml"), tries or (THREE, FOUR), targets, n)


def until(holds: Callable[[], object]) -> None:
    ends_at = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.002)


def test_answers_come_in_while_runs_are_made_and_the_last_is_kept(lab: Laboratory, tmp_path: Path) -> None:
    asked = question(tmp_path, targets=("p90 response_s <= 900",))
    assert lab.ask(asked, seat=LOCAL_ADMIN) is None
    seen: dict[int, bool] = {}

    def note() -> bool:
        bench = lab.policy
        if bench.found is not None:
            seen[bench.found.answer.n] = bench.progress is not None
        return bench.progress is None

    until(note)
    assert lab.policy.fault is None
    assert seen.pop(12) is False
    assert set(seen) <= {5, 10}
    found = lab.policy.found
    assert found is not None
    assert found.answer.verdicts[0].best == "nearest · units.0.count=4"
    assert sum(n for _, n in found.spread[found.answer.verdicts[0].best]) > 100
    assert {group.group for group in found.groups["priority", "late_share"]} == {"2", "9"}
    assert found.city is None
    assert Path(lab.policy.folder, "answer.json").exists()


def test_a_finished_answer_is_shown_again_and_opened_by_its_folder(lab: Laboratory, tmp_path: Path) -> None:
    asked = question(tmp_path, n=4)
    for _ in range(2):
        lab.ask(asked, seat=LOCAL_ADMIN)
        lab.wait()
    first = lab.policy.found
    house = House()
    house.open_now(Wish(lab.policy.folder))
    assert (house.fault, house.front) == (None, "lab")
    again = house.lab.policy.found
    assert first is not None
    assert again is not None
    assert (again.answer, again.groups, again.spread) == (first.answer, first.groups, first.spread)
    house.leave(seat=LOCAL_ADMIN)
    assert house.front == ""


def test_it_works_on_one_question_stops_when_asked_and_goes_on_where_it_stopped(
    lab: Laboratory, tmp_path: Path
) -> None:
    long = question(tmp_path, n=2_000)
    lab.ask(long, seat=LOCAL_ADMIN)
    until(lambda: lab.policy.found)
    assert lab.ask(long, seat=LOCAL_ADMIN) is Why.BUSY
    assert lab.stop(seat=Seat("eye", Role.VIEWER)) is Why.NO_RIGHT
    assert lab.stop(seat=PLANNER) is None
    lab.wait()
    assert lab.policy.was_stopped
    assert lab.policy.found is not None
    kept = {file: file.stat().st_mtime_ns for file in (Path(lab.policy.folder) / RUNS).iterdir()}
    assert len(kept) >= 10
    lab.ask(long, seat=LOCAL_ADMIN)
    until(lambda: lab.policy.progress is not None and lab.policy.progress.n > 10)
    lab.stop(seat=LOCAL_ADMIN)
    lab.wait()
    assert all(file.stat().st_mtime_ns == at for file, at in kept.items())


def test_staffing_is_answered_kept_and_opened_by_its_folder(lab: Laboratory, tmp_path: Path) -> None:
    asked = StaffingQuestion(str(tmp_path / "desk.yaml"), "0.7, 1, 1.4", ("p90 response_s <= 900",), n_replications=3)
    for _ in range(2):
        assert lab.ask(asked, seat=LOCAL_ADMIN) is None
        lab.wait()
        assert lab.staffing.fault is None
    found = lab.staffing.found
    assert found is not None
    assert [level.n_people for level in found.levels] == [2, 3, 4]
    house = House()
    house.open_now(Wish(lab.staffing.folder))
    assert (house.fault, house.front) == (None, "staffing")
    assert house.lab.staffing.found == found


@pytest.mark.parametrize(
    ("tries", "targets", "says"),
    [
        ((THREE,), (), "compare 2 to 6 alternatives"),
        ((THREE, THREE), (), "two alternatives are the same"),
        ((THREE, Try("nope")), (), "no such policy"),
        ((THREE, Try(staffing="1.2")), (), "write x1.2"),
        ((THREE, Try(settings="units.9.count = 3")), (), "there is no item 9 of units"),
        ((THREE, Try(settings="units")), (), "write key = value"),
        ((THREE, Try(settings="units.0.count = [")), (), "is not a value"),
        ((THREE, FOUR), ("p90 waiting <= 3",), "there is no measure 'waiting'"),
        ((THREE, FOUR), ("on_time_share <= 3 grid 9",), "no run tells of"),
    ],
)
def test_what_is_wrong_is_one_sentence_without_a_file_that_is_none(
    lab: Laboratory, tmp_path: Path, tries: tuple[Try, ...], targets: tuple[str, ...], says: str
) -> None:
    lab.ask(question(tmp_path, *tries, n=2, targets=targets), seat=LOCAL_ADMIN)
    lab.wait()
    assert says in str(lab.policy.fault)
    assert "this command" not in str(lab.policy.fault)
    assert lab.policy.progress is None


def test_a_fault_of_its_own_is_told_as_such_and_leaves_it_free(
    lab: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "plan_of", lambda _: 1 / 0)
    lab.ask(question(tmp_path), seat=LOCAL_ADMIN)
    lab.wait()
    assert "a fault of gridtwin itself: ZeroDivisionError" in str(lab.policy.fault)
    monkeypatch.setattr(desk, "plan_of", plan_of)
    assert lab.ask(question(tmp_path, n=2), seat=LOCAL_ADMIN) is None
    lab.wait()
    assert lab.policy.fault is None


@pytest.mark.parametrize(
    ("asked", "planner", "admin"),
    [
        (PolicyQuestion("demo", (Try("nearest"), Try("random", "x1.2"))), True, True),
        (StaffingQuestion("demo", "0.8,1"), True, True),
        (PolicyQuestion("demo", (Try("nearest"), Try("os:system"))), False, True),
        (PolicyQuestion("demo", (Try("nearest"), Try(settings="city = /etc"))), False, True),
        (PolicyQuestion("/etc/passwd", (Try("nearest"), Try("random"))), False, True),
        (StaffingQuestion("/etc/passwd", "0.8,1"), False, True),
    ],
)
def test_planners_compare_what_is_shipped_and_files_and_code_are_the_admins(
    asked: Question, *, planner: bool, admin: bool
) -> None:
    assert may_ask(PLANNER, asked) is planner
    assert may_ask(LOCAL_ADMIN, asked) is admin
    assert not may_ask(Seat("eye", Role.VIEWER), asked)


def test_a_damaged_answer_is_told_with_its_file(lab: Laboratory, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text('{"name": 3}')
    with pytest.raises(GridtwinError, match=r"answer\.json"):
        lab.put(tmp_path)
