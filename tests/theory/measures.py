"""What theory speaks about, measured batch by batch: waits, losses, states and workloads, and what went in.

A batch is so many cases in a row; the first and the last cases of a run, where it is not in its steady state or not yet
settled, belong to none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tests.theory.ideal import expected_beyond, expected_work_left, nobody_waits, poisson, up_to_each, work_left
from tests.theory.running import Cases, Ran, cases_of, jobs_of
from tests.theory.steps import Steps, busy_units, counted

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

UNSETTLED = 1_000
"""Cases at either end of a run that count for nothing."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What theory assumes of a scenario.

    `rate` cases a second; `moments`: E[S], E[S²] and E[S³] of the service time S (seconds); `memory_s`: time constants
    of the controls (see `recent_work`); `own`: number of the unit that each area wants first, where that matters.
    `classes`: rate of each matter, the most urgent first; `n_present`: so many numbers present, were nobody ever to
    wait, are controls (see `ideal.py`).
    """

    n_units: int
    rate: float
    moments: tuple[float, float, float]
    memory_s: tuple[float, ...] = ()
    own: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    n_present: int = 0


@dataclass(frozen=True, eq=False)
class Batches:
    """How a run is cut: `n` batches of `size` cases; `edges_s` are their n + 1 limits in time."""

    n: int
    size: int
    edges_s: Floats

    @classmethod
    def of(cls, cases: Cases, *, n: int) -> Batches:
        """Cut a run into `n` batches."""
        size = (cases.reported_s.size - 2 * UNSETTLED) // n
        return cls(n, size, cases.reported_s[UNSETTLED::size][: n + 1])

    def mean(self, column: Floats | Flags, *, among: Flags | None = None) -> Floats:
        """Mean of each batch, shape (n,), over what is a number and is flagged in `among`."""
        rows = self._rows(column.astype(np.float64))
        there = ~np.isnan(rows) if among is None else ~np.isnan(rows) & self._rows(among)
        means: Floats = np.where(there, rows, 0.0).sum(axis=1) / np.maximum(1, there.sum(axis=1))
        return means

    def _rows(self, column: NDArray) -> NDArray:
        return column[UNSETTLED : UNSETTLED + self.n * self.size].reshape(self.n, self.size)


def measured(ran: Ran, queue: Queue, *, n_batches: int) -> dict[str, Floats]:
    """Every measure of a run, one value a batch, shape (n_batches,) each."""
    cases = cases_of(ran)
    batches = Batches.of(cases, n=n_batches)
    mean = batches.mean
    values = {
        "gap": mean(np.diff(cases.reported_s, prepend=0.0)),
        "service": mean(cases.service_s),
        "wait": mean(cases.wait_s),
        "delayed": mean(cases.wait_s > 0),
        "lost": mean(cases.is_lost),
    }
    for matter in np.unique(cases.matter):
        values[f"wait of the {matter}"] = mean(cases.wait_s, among=cases.matter == matter)
    if queue.own:
        at_once, own = cases.wait_s == 0, np.array([queue.own[area] for area in cases.area]) == cases.unit
        values |= {"served by own unit": mean(at_once & own), "served by another": mean(at_once & ~own)}
    for tau_s in queue.memory_s:
        recent = recent_work(cases, tau_s=tau_s)
        values |= {f"recent work {tau_s:g}, power {power}": mean(recent**power) for power in (1, 2, 3)}
    return values | _over_time(ran, cases, queue, batches=batches) | _in_ideal_queues(cases, queue, batches=batches)


def expected_controls(queue: Queue) -> dict[str, float]:
    """Exact expectations of what steadies the estimates: functions of the input, whatever the engine makes of it.

    Recent work is a shot noise: by Campbell's theorem its n-th cumulant is λ E[Sⁿ] τ / n; Poisson arrivals see it so.
    """
    expected = {"gap": 1 / queue.rate, "service": queue.moments[0]}
    for tau_s in queue.memory_s:
        k1, k2, k3 = (queue.rate * moment * tau_s / n for n, moment in enumerate(queue.moments, start=1))
        moments = (k1, k2 + k1**2, k3 + 3 * k2 * k1 + k1**3)
        expected |= {f"recent work {tau_s:g}, power {power}": moments[power - 1] for power in (1, 2, 3)}
    for matters, rate in up_to_each(queue.classes):
        left = expected_work_left(rate, queue.moments)
        expected |= {f"work left up to {matters[-1]}, seen by {matter}": left for matter in queue.classes}
    if queue.n_present:
        mean = queue.rate * queue.moments[0]
        expected |= {f"{n} present": poisson(mean, n) for n in range(queue.n_present)}
        expected["present beyond the units"] = expected_beyond(mean, queue.n_units)
    return expected


def recent_work(cases: Cases, *, tau_s: float) -> Floats:
    """Work brought by earlier cases, fading as exp(−age / τ), as each case finds it; seconds, shape (n_cases,)."""
    work, fading = np.nan_to_num(cases.service_s), np.exp(-np.diff(cases.reported_s) / tau_s)
    recent = np.empty(work.size)
    recent[0] = level = 0.0
    for i, (brought, left) in enumerate(zip(work[:-1].tolist(), fading.tolist(), strict=True), start=1):
        recent[i] = level = (level + brought) * left
    return recent


def _in_ideal_queues(cases: Cases, queue: Queue, *, batches: Batches) -> dict[str, Floats]:
    """What would be in queues that are solved exactly."""
    values = {}
    for matters, _ in up_to_each(queue.classes):
        left = work_left(cases, matters=matters)
        for matter in queue.classes:
            name = f"work left up to {matters[-1]}, seen by {matter}"
            values[name] = batches.mean(left, among=cases.matter == matter)
    if queue.n_present:
        present, edges_s = nobody_waits(cases), batches.edges_s
        values |= {f"{n} present": present.average(edges_s, of=present.value == n) for n in range(queue.n_present)}
        beyond = Steps(present.at, np.maximum(0, present.value - queue.n_units))
        values["present beyond the units"] = beyond.average(edges_s)
    return values


def _over_time(ran: Ran, cases: Cases, queue: Queue, *, batches: Batches) -> dict[str, Floats]:
    """Averages over time: workloads, states, the line; and what arrivals saw beside what there was."""
    busy, edges_s, full = busy_units(jobs_of(ran)), batches.edges_s, (1 << queue.n_units) - 1
    waits = cases.wait_s > 0
    line = counted(cases.reported_s[waits], (cases.reported_s + cases.wait_s)[waits])
    all_busy = busy.average(edges_s, of=busy.value == full)
    someone_waits = line.average(edges_s, of=line.value > 0) if waits.any() else np.zeros(batches.n)
    values = {
        "in line": line.average(edges_s) if waits.any() else np.zeros(batches.n),
        "someone waits": someone_waits,
        "all busy": all_busy,
        "all busy seen": batches.mean(busy.before(cases.reported_s) == full) - all_busy,
    }
    for unit in range(queue.n_units):
        values[f"workload of unit {unit + 1}"] = busy.average(edges_s, of=busy.value >> unit & 1 == 1)
    if queue.own:
        for state in range(full):
            values[f"state {state:0{queue.n_units}b}"] = busy.average(edges_s, of=busy.value == state)
        values[f"state {full:b}, nobody waits"] = all_busy - someone_waits
    return values
