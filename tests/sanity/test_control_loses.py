"""The control loses: whoever sends anybody at all is slower than whoever sends the nearest, on the same days."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.lab.outcome import Lens
from scenarios.lab.trial import Trial, as_task, try_out
from scenarios.spec import Scenario
from twin.domain.quantities import MINUTE
from twin.metrics.paired import difference

STREET = {
    "name": "six cars",
    "epoch": "2026-03-02T08:00:00+08:00",
    "lasting": "2h",
    "units": [{"name": "Car {n}", "kind": "car", "count": 6, "skills": ["order"]}],
    "on_scene": {"*": {"dist": "exponential", "mean": "4m"}},
    "demand": [{"name": "calls", "per_day": 500, "matters": {"vendor": {"needs": ["order"]}}}],
}
SEEDS = range(1, 9)


@pytest.mark.parametrize("figure", ["unit_response_s_mean", "unit_response_s_p90"])
def test_random_loses_against_nearest(figure: str) -> None:
    near, anybody = (_figures(policy, figure) for policy in ("nearest", "random"))
    found = difference(anybody, near)
    assert found.t is not None
    assert found.bca is not None
    assert min(found.t.low, found.bca.low) > 0


def _figures(policy: str, figure: str) -> np.ndarray:
    task = as_task(Scenario.model_validate(STREET | {"policy": policy}))
    rows = [try_out(Trial(task, seed, Lens(15 * MINUTE))).row for seed in SEEDS]
    return np.array([row[figure] for row in rows], np.float64)
