"""Who has had least to do goes, if near enough: by jobs and by time, and what is long ago counts less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.builders import begun, facts_of, fixed_habits, report, roster, setting
from tests.policies.on_a_line import Line, asked, need, sent
from twin.domain import facts as f
from twin.domain.quantities import HOUR, MINUTE
from twin.policies.nearest import Nearest
from twin.policies.protocol import Policy
from twin.policies.workload_balanced import Work, Workload, WorkloadBalanced

LINE = Line({0: 0, 1: 50, 2: 500}, needs=[need(1, at_m=0)], since={0: 40 * MINUTE, 1: 50 * MINUTE})


def worked(*units: Work) -> Workload:
    return Workload(units)


def test_of_those_near_enough_the_one_with_least_work_goes() -> None:
    busy = worked(Work(0, 0.0, 20 * MINUTE), Work(1, 0.0, 45 * MINUTE))
    assert sent(asked(WorkloadBalanced(), LINE)) == {1: 0}, "nobody has done anything yet"
    assert sent(asked(WorkloadBalanced(), LINE, memory=busy)) == {1: 1}, "5 minutes of work against 20"
    assert sent(asked(WorkloadBalanced(slack_s=40.0), LINE, memory=busy)) == {1: 0}
    assert sent(asked(WorkloadBalanced(slack_s=500.0), LINE, memory=busy)) == {1: 2}, "the third has done nothing"


def test_jobs_count_alike_however_long_they_took() -> None:
    memory = worked(Work(0, 0.0, 20 * MINUTE), Work(1, 1.0, 45 * MINUTE))
    assert sent(asked(WorkloadBalanced(by="jobs"), LINE, memory=memory)) == {1: 0}


def test_what_is_long_ago_counts_less() -> None:
    old = worked(Work(0, 3_600.0, 39 * MINUTE), Work(1, 0.0, 40 * MINUTE))
    assert sent(asked(WorkloadBalanced(), LINE, memory=old)) == {1: 1}
    assert sent(asked(WorkloadBalanced(half_life_s=60.0), LINE, memory=old)) == {1: 0}


def test_it_remembers_what_the_unit_had_done_when_it_was_sent() -> None:
    memory = asked(WorkloadBalanced(), LINE, memory=worked(Work(0, 60.0, 20 * MINUTE), Work(1, 0.0, 0))).memory
    assert memory == worked(Work(0, 1_260.0, HOUR), Work(1, 0.0, 0))
    assert asked(WorkloadBalanced(), replace(LINE, needs=[]), memory=memory).memory is memory


def spread(policy: Policy) -> float:
    """How unevenly jobs are shared by ten units round about one place, max less min."""
    units = roster(10)
    calls = [report((1 + 4 * n) * MINUTE, n, edge=5) for n in range(25)]
    facts = facts_of(begun(setting(policy=policy, habits=fixed_habits(), per_hour=0.0, units=units), calls))
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    able = [number for number, unit in enumerate(units) if "fire" in unit.skills]
    counts = np.bincount([fact.unit for fact in facts if isinstance(fact, f.UnitAssigned)], minlength=10)[able]
    return float(counts.max() - counts.min())


@pytest.mark.parametrize("by", ["time", "jobs"])
def test_work_is_shared_more_evenly_than_by_the_nearest(by: str) -> None:
    fair = WorkloadBalanced(slack_s=600.0, by=by)  # type: ignore[arg-type]
    assert spread(fair) < spread(Nearest()) / 2
