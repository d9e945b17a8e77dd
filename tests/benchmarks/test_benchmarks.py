"""Every benchmark still runs; how fast is not asked here."""

from __future__ import annotations

import pytest

from benchmarks import floor, fork, month
from benchmarks.__main__ import NAMES, VILLAGE, main


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_runs_on_a_village(name, capsys):
    main([name, "--small", "--runs", "1"])
    told = capsys.readouterr().out
    assert name in told
    assert len(told.splitlines()) > 3


def test_the_engine_and_the_floor_settle_about_as_many_cases():
    engine, bare = month.measure(VILLAGE), floor.measure(VILLAGE)
    assert engine.n_facts > 8 * engine.n_cases > 0
    assert abs(engine.n_cases - bare.n_cases) < 20


def test_a_twin_is_saved_and_restored_as_often_as_asked():
    forks = fork.measure(VILLAGE, n_forks=3, n_futures=2)
    assert len(forks.save_ms) == len(forks.restore_ms) == 3
    assert (forks.n_futures, forks.n_bytes > 0) == (2, True)
