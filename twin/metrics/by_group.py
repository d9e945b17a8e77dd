"""Who gains and who loses: a figure of each group of cases, by alternative, and how far each is from its baseline.

Runs flow in as for `twin.metrics.answer`; one entry a group flows out, with intervals by t over replications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.metrics.answer import Tried
from twin.metrics.paired import Floats, Level, level


@dataclass(frozen=True, slots=True)
class GroupTold:
    """A group of cases.

    Parameters
    ----------
    n : its cases in a run, on average over all.
    levels : how high the figure is, by alternative.
    differences : how much higher than in what an alternative is compared with, seed by seed.
    """

    group: str
    n: float
    levels: Mapping[str, Level]
    differences: Mapping[str, Level]


def by_group(tried: Sequence[Tried], by: str, column: str) -> tuple[GroupTold, ...]:
    """A figure of every group that there is, in the order of their names.

    Parameters
    ----------
    by : of `twin.metrics.measure.BY`.
    column : of the groups, such as "response_s_mean" or "late_share".
    """
    counts: dict[str, int] = {}
    values: dict[str, dict[str, Floats]] = {}
    for each in tried:
        for k, run in enumerate(each.runs):
            for row in () if run is None else run[1]:
                if row["by"] != by:
                    continue
                group, n, value = str(row["group"]), row["n"], row[column]
                counts[group] = counts.get(group, 0) + int(n or 0)
                of_group = values.setdefault(group, {})
                if each.name not in of_group:
                    of_group[each.name] = np.full(len(each.runs), np.nan)
                if value is not None:
                    of_group[each.name][k] = float(value)
    n_runs = sum(run is not None for each in tried for run in each.runs)
    return tuple(_told(group, counts[group] / n_runs, values[group], tried) for group in sorted(values, key=_order))


def _told(group: str, n: float, values: Mapping[str, Floats], tried: Sequence[Tried]) -> GroupTold:
    differences = {
        each.name: level(values[each.name] - values[each.against])
        for each in tried
        if each.against in values and each.name in values
    }
    return GroupTold(group, n, {name: level(found) for name, found in values.items()}, differences)


def _order(group: str) -> tuple[int, str]:
    """Numbers by their size, before names."""
    return (int(group), "") if group.isdigit() else (1 << 62, group)
