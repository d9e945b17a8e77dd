"""How fast: percentiles and shares within limits of every interval, overall and by group.

Column tables flow in, plain figures flow out: seconds and shares, None where there is nothing to tell. A percentile is
numpy's "linear" one everywhere: for n sorted values the p-th lies at place (n − 1) · p / 100, between neighbours in
proportion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from twin.metrics.intervals import CASE_SPANS, JOB_SPANS, Intervals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Figures = dict[str, object]

DEFAULT_LIMITS_S = (240.0, 480.0, 600.0, 900.0)
"""Limits for the intervals that end with an arrival, unless a scenario names its own."""

LIMITED = ("response_s", "assembled_s", "unit_response_s")
CASE_GROUPS = ("priority", "area", "matter")
JOB_GROUPS = (*CASE_GROUPS, "unit_kind")


def interval_figures(read: Intervals, *, limits_s: Sequence[float]) -> Figures:
    """Figures of all intervals, by name: those of cases, then those of units' jobs."""
    figures: Figures = {}
    tables = ((read.cases, CASE_SPANS, CASE_GROUPS), (read.jobs, JOB_SPANS, JOB_GROUPS))
    for table, spans, groups in tables:
        for name in spans:
            figures[name] = by_group(table, table[name], groups=groups, limits_s=limits_s if name in LIMITED else ())
    return figures


def expectation_figures(jobs: pa.Table) -> Figures:
    """How far the centre's expectation was from what came: actual minus expected, order → arrival, and its size."""
    error_s = pc.subtract(jobs["unit_response_s"], jobs["expected_s"])
    return {
        "error_s": by_group(jobs, error_s, groups=("unit_kind",)),
        "absolute_error_s": by_group(jobs, pc.abs(error_s), groups=("unit_kind",)),
    }


def by_group(
    table: pa.Table, values_s: pa.ChunkedArray, *, groups: Sequence[str], limits_s: Sequence[float] = ()
) -> Figures:
    """Figures over all rows and, for each column of `groups`, by each of its values; rows without one are in none.

    Parameters
    ----------
    table : holds the columns of `groups`.
    values_s : seconds, one a row, null where there is none.
    limits_s : also say which share lies within each of these.
    """
    there = values_s.is_valid().to_numpy()
    values = values_s.drop_null().to_numpy()
    (overall,) = figures_of(values, np.zeros(values.size, np.int64), n_groups=1, limits_s=limits_s)
    figures: Figures = {"all": overall}
    for group in groups:
        labels, codes = coded(table[group])
        codes = codes[there]
        known = codes >= 0
        found = figures_of(values[known], codes[known], n_groups=len(labels), limits_s=limits_s)
        figures[f"by_{group}"] = {
            label: of_label for label, of_label in zip(labels, found, strict=True) if of_label["n"]
        }
    return figures


def figures_of(values: Floats, codes: Ints, *, n_groups: int, limits_s: Sequence[float] = ()) -> list[Figures]:
    """n, mean, percentiles, maximum and shares within limits (inclusive) of each group.

    Parameters
    ----------
    values, codes : shape (n,): seconds, and which of the `n_groups` groups each belongs to.

    >>> figures_of(np.array([4.0, 1.0, 2.0]), np.zeros(3, np.int64), n_groups=1, limits_s=[2])
    [{'n': 3, 'mean': 2.333333, 'p50': 2.0, 'p90': 3.6, 'max': 4.0, 'within_share': {'2': 0.666667}}]
    """
    order = np.lexsort((values, codes))
    ordered = values[order]
    n = np.bincount(codes, minlength=n_groups)
    starts = np.cumsum(n) - n
    some = n > 0
    columns: dict[str, Floats] = {"mean": np.full(n_groups, np.nan)}
    columns["mean"][some] = np.add.reduceat(ordered, starts[some]) / n[some] if ordered.size else 0.0
    for name, share in (("p50", 0.5), ("p90", 0.9), ("max", 1.0)):
        columns[name] = _percentile(ordered, starts, n, share=share)
    within = {
        f"{limit:g}": np.bincount(codes[values <= limit], minlength=n_groups) / np.maximum(n, 1) for limit in limits_s
    }
    figures: list[Figures] = []
    for group in range(n_groups):
        row: Figures = {"n": int(n[group])}
        row |= {name: rounded(column[group]) for name, column in columns.items()}
        if limits_s:
            row["within_share"] = {
                limit: rounded(column[group]) if n[group] else None for limit, column in within.items()
            }
        figures.append(row)
    return figures


def rounded(value: float) -> float | None:
    """To a millionth; None for what is not a number."""
    return None if np.isnan(value) else round(float(value), 6)


def _percentile(ordered: Floats, starts: Ints, n: Ints, *, share: float) -> Floats:
    """The linear percentile of each run of `n` sorted values from `starts`, NaN where there are none."""
    percentiles = np.full(n.size, np.nan)
    some = n > 0
    place = (n[some] - 1) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, n[some] - 1)
    low, high = ordered[starts[some] + below], ordered[starts[some] + above]
    percentiles[some] = low + (high - low) * (place - below)
    return percentiles


def coded(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """Labels in order, and each row's number among them, −1 for none."""
    uniques = pc.unique(column).drop_null()
    labels = uniques.take(pc.sort_indices(uniques))
    codes = pc.index_in(column, labels).fill_null(-1).to_numpy().astype(np.int64)
    return [str(label) for label in labels.to_pylist()], codes


def totals(read: Intervals, *, n_remarks: Mapping[str, int]) -> Figures:
    """What there was: cases, units, jobs, needs nobody served, refusals, oddities, facts."""
    n_cases = read.cases.num_rows
    n_closed = n_cases - read.cases["closed_at"].null_count
    n_open = pc.sum(pc.equal(read.cases["outcome"], "open")).as_py() or 0
    return {
        "n_cases": n_cases,
        "n_closed": n_closed,
        "n_open": n_open,
        "n_units": read.units.num_rows,
        "n_jobs": read.jobs.num_rows,
        "n_unserved_needs": pc.sum(read.cases["n_given_up"]).as_py() or 0,
        "n_unreachable_needs": pc.sum(read.cases["n_unreachable"]).as_py() or 0,
        "n_refusals": dict(read.refusals),
        "n_anomalies": {text: n_remarks[text] for text in sorted(n_remarks)},
        "n_contradictory": dict(read.n_contradictory),
        "n_facts": read.n_facts,
        "facts_per_case": rounded(read.n_facts / n_cases) if n_cases else None,
    }
