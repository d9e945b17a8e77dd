"""Work spread over processes: what fails is told and stops nothing, and a death is blamed on the guilty task alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.lab.executor import DIED, Done, Lost, Workers, required
from tests.lab.tasks import dies_once, halved
from twin.errors import GridtwinError

NUMBERS = [2, 4, 5, 0, 6, 8]
MADE = {0: 1, 1: 2, 4: 3, 5: 4}


def done_by(workers: Workers, numbers: list[int]) -> dict[int, int | Lost]:
    return {done.place: done.result for done in workers.results(halved, numbers)}


def test_what_fails_is_told_and_the_rest_is_done(caplog: pytest.LogCaptureFixture) -> None:
    with Workers(1) as workers:
        found = done_by(workers, NUMBERS)
    assert {place: result for place, result in found.items() if not isinstance(result, Lost)} == MADE
    assert found[2] == Lost("key '5': is odd")
    assert found[3] == Lost("ZeroDivisionError: 0 of all numbers")
    assert "0 of all numbers" in caplog.text  # a bug is logged with its place; bad input is not
    assert "is odd" not in caplog.text


def test_processes_do_the_same_and_a_death_is_blamed_on_the_guilty_task_alone(tmp_path: Path) -> None:
    with Workers(2) as workers:
        found = done_by(workers, [*NUMBERS, 13, 10])
        assert found[6] == Lost(DIED)
        assert {place: result for place, result in found.items() if not isinstance(result, Lost)} == MADE | {7: 5}
        assert isinstance(found[2], Lost)
        assert isinstance(found[3], Lost)
        # The processes were replaced, and who was stopped from outside once is tried again.
        assert [done.result for done in workers.results(dies_once, [tmp_path / "marker"])] == ["done"]


def test_what_is_required_raises_where_it_was_lost() -> None:
    assert required(Done(0, 5)) == 5
    with pytest.raises(GridtwinError, match="is odd"):
        required(Done(0, Lost("is odd")))
