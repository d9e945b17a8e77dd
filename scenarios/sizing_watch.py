"""Patrol theory beside a run: are problems found as often and as soon as a tour of their grid lets expect?

In: a run as the metrics read it. Out: for problems that arose by themselves while a worker of their grid was on duty,
the share that workers found before those hours ended, and the mean wait, as simulated and by the law of the tour.

The law: a regular tour with period P comes by after a wait that is even over (0, P), again every P, and notices with
the same chance each time; laps of chance come by as a Poisson process of rate 1/P. Of several workers of a grid the
first counts. What is not found before it ends by itself, a citizen tells of it, or the hours end, is not found. P is
the *effective* lap: the planned one, times duty over patrol time. A street that a lap passes twice counts as once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agents.demand import PoissonDemand
from agents.life import Life
from agents.setting import Setting
from twin.domain.grid import Overlay
from twin.domain.quantities import SECOND, to_s
from twin.metrics.intervals import Intervals
from twin.metrics.performance import Floats, Ints
from twin.metrics.workload import spent
from twin.roads.laps import Order, Patrols

N_DRAWS = 256
"""Points at which the law is worked out for each problem."""
_ROOT = 1.1673039782614187
"""x⁵ = x + 1: its powers spread points evenly over four dimensions (Roberts 2018, the R sequence)."""


@dataclass(frozen=True, slots=True)
class Finds:
    """How many of the watched problems are found, and how long they wait; None where there were none."""

    share: float | None
    wait_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """Problems that arose while their grid was on duty.

    Parameters
    ----------
    problems : their rows, as `Intervals.problems` has them.
    lap_s : float64 (n,), effective lap of their grid, seconds on duty.
    n_there : int64 (n,), workers of the grid on duty.
    left_s : float64 (n,), how long these are still on duty.
    """

    problems: pa.Table
    lap_s: Floats
    n_there: Ints
    left_s: Floats


def watched(setting: Setting, read: Intervals, *, overlay: Overlay, first: int, workers: Ints) -> Watched:
    """The problems to look at.

    Parameters
    ----------
    first : the beat that is the overlay's first grid.
    workers : int64, units that patrol a grid of it.
    """
    cells, patrols = setting.terrain.cells, setting.terrain.patrols
    assert cells is not None
    assert patrols is not None
    arose = read.problems.filter(read.problems["parent"].is_null())
    beats = first + overlay.of_cell[cells.at_spots(arose["edge"].to_numpy(), arose["offset_mm"].to_numpy())]
    laps_s, hours = effective_laps_s(read, patrols, workers), _hours(read)
    of_beat: dict[int | None, list[int]] = {}
    for unit in laps_s:
        of_beat.setdefault(setting.units[unit].beat, []).append(unit)
    rows, lap_s, n_there, left_s = [], [], [], []
    for row, (at, beat) in enumerate(zip(arose["arose_at"].to_pylist(), beats.tolist(), strict=True)):
        there = [(unit, end) for unit in of_beat.get(beat, ()) for since, end in hours[unit] if since <= at < end]
        if there:
            rows.append(row)
            lap_s.append(sum(laps_s[unit] for unit, _ in there) / len(there))
            n_there.append(len(there))
            left_s.append(to_s(max(end for _, end in there) - at))
    chosen = arose.take(pa.array(rows, pa.int64()))
    return Watched(chosen, np.array(lap_s, np.float64), np.array(n_there, np.int64), np.array(left_s, np.float64))


def effective_laps_s(read: Intervals, patrols: Patrols, workers: Ints) -> dict[int, float]:
    """Seconds on duty that a lap takes each worker, all interruptions included; without those who never patrolled."""
    spans = read.patrols
    lasting = spans["until_at"].to_numpy() - spans["since_at"].to_numpy()
    patrol_us = np.bincount(spans["unit"].to_numpy(), lasting, read.units.num_rows)
    duty_us = spent(read).duty_us
    return {
        unit: to_s(patrols.beats.all[int(patrols.beat[unit])].tour.period_us) * float(duty_us[unit] / patrol_us[unit])
        for unit in workers.tolist()
        if patrol_us[unit]
    }


def simulated_finds(of: Watched, workers: Ints) -> Finds:
    """What the run shows: problems that one of the workers reported while those on duty were."""
    told_us = pc.subtract(of.problems["first_reported_at"], of.problems["arose_at"])
    wait_s = told_us.fill_null(-1).to_numpy() / SECOND
    found = np.isin(of.problems["found_by"].fill_null(-1).to_numpy(), workers) & (wait_s < of.left_s)
    return _finds(found, wait_s)


def expected_finds(of: Watched, sources: tuple[PoissonDemand, ...], *, order: Order) -> Finds:
    """What the law of the tour expects.

    Parameters
    ----------
    sources : of the setting, for the lives of the problems.
    order : of the patrols; all but regular ones count as laps of chance.
    """
    u = _spread_out(of.lap_s.size)
    kinds = list(zip(of.problems["source"].to_pylist(), of.problems["matter"].to_pylist(), strict=True))
    found, wait_s = np.zeros((of.lap_s.size, N_DRAWS), np.bool_), np.zeros((of.lap_s.size, N_DRAWS))
    for source, matter in sorted(set(kinds)):
        rows = np.array([row for row, kind in enumerate(kinds) if kind == (source, matter)])
        life = sources[source].life_of(matter)
        first = first_seen_s(
            u[rows, :, 0], lap_s=of.lap_s[rows, None], n=of.n_there[rows, None], seen=life.seen, order=order
        )
        wait_s[rows] = first
        found[rows] = first < np.minimum(_gone_s(life, u[rows]), of.left_s[rows, None])
    return _finds(found, wait_s)


def first_seen_s(u: Floats, *, lap_s: Floats, n: Ints, seen: float, order: Order) -> Floats:
    """Wait until one of `n` patrols comes by and notices: the quantile `u` of its distribution, seconds.

    Parameters
    ----------
    u, lap_s, n : shapes that go together.
    seen : chance that it is noticed at a pass.

    >>> half = np.array([0.5])
    >>> first_seen_s(half, lap_s=np.array([600.0]), n=np.array([1]), seen=1.0, order=Order.REGULAR).tolist()
    [300.0]
    """
    if not seen:
        return np.full(u.shape, np.inf)
    unseen = np.exp(np.log1p(-u) / n)
    if order is not Order.REGULAR:
        waits: Floats = -np.log(unseen) * lap_s / seen
        return waits
    laps = np.floor(np.log(unseen) / np.log1p(-seen)) if seen < 1 else np.zeros(u.shape)
    into = (1 - unseen / (1 - seen) ** laps) / seen if seen < 1 else 1 - unseen
    regular: Floats = lap_s * (laps + np.clip(into, 0, 1))
    return regular


def _gone_s(life: Life, u: Floats) -> Floats:
    """Until a problem ends by itself or a citizen tells of it, infinite where neither happens; shape (n, n_draws)."""
    never = np.full(u.shape[:2], np.inf)
    over = never if life.lasts is None else life.lasts.quantile(u[..., 1])
    if life.told_after is None:
        return over
    told = np.where(u[..., 2] < life.told_share, life.told_after.quantile(u[..., 3]), np.inf)
    return np.minimum(over, told)


def _spread_out(n: int) -> Floats:
    """Points in (0, 1)⁴ that cover it evenly, shape (n, n_draws, 4); the same at every call."""
    steps = np.arange(1, n * N_DRAWS + 1)[:, None] * _ROOT ** -np.arange(1.0, 5.0)
    return np.clip((0.5 + steps) % 1.0, 1e-12, 1 - 1e-12).reshape(n, N_DRAWS, 4)


def _finds(found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], wait_s: Floats) -> Finds:
    if not found.size:
        return Finds(None, None)
    return Finds(float(found.mean()), float(wait_s[found].mean()) if found.any() else None)


def _hours(read: Intervals) -> Mapping[int, list[tuple[int, int]]]:
    """When each unit was on duty."""
    found: dict[int, list[tuple[int, int]]] = {unit: [] for unit in read.units["unit"].to_pylist()}
    for row in read.duties.to_pylist():
        found[row["unit"]].append((row["since_at"], row["until_at"]))
    return found
