"""Stages of cases: how long verifying, handling and checking take, where anything is verified or checked at all."""

from __future__ import annotations

from twin.domain.case import HANDLE
from twin.metrics.intervals import STAGE_SPANS, Intervals
from twin.metrics.performance import Figures, by_group


def stages(read: Intervals) -> Figures | None:
    """Figures of each stage, from its being queued to the next stage or the end; None where all cases have but one."""
    cases = read.cases
    if all(cases[name].null_count == cases.num_rows for name, stage in STAGE_SPANS.items() if stage is not HANDLE):
        return None
    return {name: by_group(cases, cases[name], groups=("matter",)) for name in STAGE_SPANS}
