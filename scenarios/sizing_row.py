"""What one run of a grid sizing comes to: the figures a planner asks for, as one row.

A run's facts flow in and are read by the metrics that every run is read by; a flat row flows out. Beside what was
simulated it holds what patrol theory expects of the same tours and problems (`sizing_watch`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow.compute as pc

from scenarios.build import Built
from scenarios.fleet import grids_of
from scenarios.sizing_watch import expected_finds, simulated_finds, watched
from twin.domain.facts import Fact, UnitAssigned
from twin.domain.problem import Channel
from twin.domain.quantities import to_s
from twin.metrics.ground import Ground
from twin.metrics.intervals import Intervals, intervals
from twin.metrics.performance import Figures, Ints, rounded
from twin.metrics.summary import kpis
from twin.metrics.workload import spent
from twin.roads.laps import Order, Patrols

Row = dict[str, int | float | str | None]

RECORDED = {
    "discovered_share": ("problems", "fates", "all", "discovered_share"),
    "never_discovered_share": ("problems", "fates", "all", "never_discovered_share"),
    "by_patrol_share": ("problems", "by_patrol_share"),
    "discovery_mean_s": ("problems", "discovery_s", "all", "mean"),
    "discovery_p50_s": ("problems", "discovery_s", "all", "p50"),
    "discovery_p90_s": ("problems", "discovery_s", "all", "p90"),
    "on_the_spot_share": ("problems", "cases", "on_the_spot_share"),
    "response_mean_s": ("problems", "cases", "response_s", "all", "mean"),
    "response_p90_s": ("problems", "cases", "response_s", "all", "p90"),
    "verify_mean_s": ("stages", "verify_s", "all", "mean"),
    "handle_mean_s": ("stages", "handle_s", "all", "mean"),
}
"""Figures of every run (`kpi.json`) a row holds, and where they lie; response without what was settled on the spot."""


def row_of(built: Built, facts: Sequence[Fact], *, until: int, overlay: str) -> Row:
    """The figures of a run: seconds, metres, shares and counts, None where there is nothing to tell.

    Parameters
    ----------
    facts : its journal.
    until : when it ended (microseconds).
    overlay : the grids that are counted; its *workers* are the units that patrol one of them.
    """
    setting = built.setting
    beats = grids_of(built.city, overlay, key="overlay")
    workers = np.array([n for n, unit in enumerate(setting.units) if unit.patrols and unit.beat in beats], np.int64)
    read = intervals(facts, until=until)
    kpi = kpis(read, remarks=(), ground=Ground(setting.terrain, setting.civil))
    grids = next(known for known in setting.terrain.overlays if known.name == overlay)
    patrols = setting.terrain.patrols
    assert patrols is not None
    watch = watched(setting, read, overlay=grids, first=beats.start, workers=workers)
    regular = bool(patrols.regular[workers].all())
    law = expected_finds(watch, setting.sources, order=Order.REGULAR if regular else Order.RANDOM)
    found = simulated_finds(watch, workers)
    return {
        "n_workers": workers.size,
        "n_problems": read.problems.num_rows,
        "n_first_problems": read.problems["parent"].null_count,
        "n_cases": read.cases.num_rows,
        **{name: number(kpi, *path) for name, path in RECORDED.items()},
        "busy_gini": number(kpi, "grids", overlay, "between", "busy_share", "gini"),
        **_workload(read, workers),
        **_laps(kpi, patrols, workers, n_grids=len(beats)),
        **_travel(built, facts, read, workers),
        "n_on_duty": watch.lap_s.size,
        "lap_on_duty_s": _mean(watch.lap_s.tolist()),
        "half_lap_s": _mean((watch.lap_s / (1 + watch.n_there)).tolist()),
        "found_on_duty_share": _told(found.share),
        "found_on_duty_law": _told(law.share),
        "wait_on_duty_s": _told(found.wait_s),
        "wait_on_duty_law_s": _told(law.wait_s),
    }


def number(figures: Figures, *path: str) -> float | None:
    """The number that lies at a path in key figures; None where there is none."""
    found: object = figures
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) else None


def _workload(read: Intervals, workers: Ints) -> Row:
    """Shares of the workers' time; `n_free`: how many are neither on a case nor away, while any is on duty."""
    time = spent(read)
    duty, busy, away = (float(spans[workers].sum()) for spans in (time.duty_us, time.busy_us, time.away_us))
    on_us = _covered_us(read, workers)
    return {
        "busy_share": rounded(busy / (duty - away)) if duty > away else None,
        "away_share": rounded(away / duty) if duty else None,
        "n_free": rounded((duty - busy - away) / on_us) if on_us else None,
    }


def _covered_us(read: Intervals, workers: Ints) -> int:
    """How long any of some units was on duty by its roster."""
    own = read.duties.filter(np.isin(read.duties["unit"].to_numpy(), workers)).sort_by("since_at")
    if not own.num_rows:
        return 0
    since, until = own["since_at"].to_numpy(), own["until_at"].to_numpy()
    before = np.concatenate([since[:1], np.maximum.accumulate(until)[:-1]])
    return int(np.maximum(until - np.maximum(since, before), 0).sum())


def _laps(kpi: Figures, patrols: Patrols, workers: Ints, *, n_grids: int) -> Row:
    """How long laps are, over their lower bound too, and how far is walked: metres a grid and hour on duty."""
    told = kpi["patrol"]
    assert isinstance(told, Mapping)
    own = [row for row in told["by_unit"] if row["unit"] in workers]
    duty_h, walked_m = (sum(float(row[name]) for row in own) for name in ("duty_h", "walked_m"))
    tours = [patrols.beats.all[beat].tour for beat in np.unique(patrols.beat[workers]).tolist()]
    length_mm, bound_mm = (sum(lengths) for lengths in zip(*((t.length_mm, t.bound_mm) for t in tours), strict=True))
    return {
        "lap_m": rounded(length_mm / 1000 / len(tours)),
        "lap_over_bound": rounded(length_mm / bound_mm) if bound_mm else None,
        "lap_s": _mean([to_s(tour.period_us) for tour in tours]),
        "walked_m_per_grid_h": rounded(walked_m / duty_h * workers.size / n_grids) if duty_h else None,
    }


def _travel(built: Built, facts: Sequence[Fact], read: Intervals, workers: Ints) -> Row:
    """Mean way to a case as ordered: all ways, and first ways to cases that no patrol had found.

    Only the latter lie anywhere for all the workers know: whoever found a problem is near it.
    """
    network = built.setting.terrain.network
    assert network is not None
    openings = read.openings
    by_patrol = frozenset(openings["case"].filter(pc.equal(openings["channel"], Channel.PATROL.value)).to_pylist())
    on_the_spot = frozenset(openings["case"].filter(openings["on_the_spot"]).to_pylist())
    own = frozenset(workers.tolist())
    all_m, told_m = [], []
    for fact in facts:
        if isinstance(fact, UnitAssigned) and fact.edges and fact.unit in own and fact.case not in on_the_spot:
            lengths = network.length_mm[list(fact.edges)]
            all_m.append((int(lengths[:-1].sum()) - fact.start_mm + fact.end_mm) / 1000)
            if fact.need == 0 and fact.case not in by_patrol:
                told_m.append(all_m[-1])
    return {"travel_mean_m": _mean(all_m), "travel_told_mean_m": _mean(told_m), "n_told": len(told_m)}


def _mean(values: Sequence[float]) -> float | None:
    return rounded(float(np.mean(values))) if values else None


def _told(value: float | None) -> float | None:
    return None if value is None else rounded(value)
