"""Sums and percentiles of the independent reader, which shares nothing with the figures it checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd


def by_group(
    rows: pd.DataFrame, values: pd.Series, groups: list[str], limits_s: Iterable[float] = ()
) -> dict[str, Any]:
    """Figures of all values and by each group; missing values and empty groups are left out."""

    def figures(v: pd.Series) -> dict[str, Any]:
        found = {"n": len(v), "mean": v.mean(), "p50": v.quantile(0.5), "p90": v.quantile(0.9), "max": v.max()}
        within = {f"{limit:g}": (v <= limit).mean() for limit in limits_s}
        return found | ({"within_share": within} if within else {})

    values = values.dropna()
    found = {"all": figures(values)}
    for group in groups:
        grouped = values.groupby(rows[group].loc[values.index])
        found[f"by_{group}"] = {f"{key:g}" if group == "priority" else key: figures(v) for key, v in grouped}
    return found


def level(starts: Iterable[float], ends: Iterable[float]) -> pd.Series:
    """How many spans are open from each instant on."""
    change = pd.concat([pd.Series(1, index=list(starts), dtype=float), pd.Series(-1, index=list(ends), dtype=float)])
    return change.groupby(level=0).sum().sort_index().cumsum()


def share(part: float, whole: float) -> float | None:
    """A quotient, None of nothing."""
    return part / whole if whole else None


def gini(amounts: Iterable[float]) -> float | None:
    """Half the mean difference over the mean, by the definition."""
    values = [value for value in amounts if value == value]
    apart = sum(abs(one - other) for one in values for other in values)
    return share(apart, 2 * len(values) * sum(values))


def counts(values: pd.Series, names: tuple[str, ...]) -> dict[str, int]:
    """How often each of some values occurs."""
    found = values.value_counts()
    assert set(found.index) <= set(names), set(found.index) - set(names)
    return {name: int(found.get(name, 0)) for name in names}


def figures(values: pd.Series) -> dict[str, Any]:
    """n, mean, percentiles, maximum."""
    v = values.dropna().astype(float)
    return {"n": len(v), "mean": v.mean(), "p50": v.quantile(0.5), "p90": v.quantile(0.9), "max": v.max()}
