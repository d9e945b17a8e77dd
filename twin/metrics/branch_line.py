"""One line of a what-if in one future: what becomes of the cases nobody has come to yet and of those still to come.

In: the state at the fork, then facts in order. Out: a `Line`: figures of the horizon, and counts over time. A case
counts if nobody had come to it when the what-if was asked, or if it was reported by the end of the horizon; its
response may come a while later. One that still has nobody by then counts with what it has waited so far, and as late.
What a finder settled on the spot has no response, as in `twin.metrics.tally`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.quantities import SECOND
from twin.domain.unit import AWAY, OFF_DUTY
from twin.metrics.tally import LIMIT_S
from twin.metrics.workload import gini
from twin.world.state import State

FIGURES = (
    *("response_s_mean", "response_s_p50", "response_s_p90", "late_share"),
    *("n_new", "n_open", "n_closed", "busy_share", "busy_gini"),
)
"""What is told of a line: responses (seconds) and the share later than `LIMIT_S`; cases that came in over the horizon
(what nobody tells of does not), open at its end and closed in it; the share of their time units on duty were on a case,
and how unevenly that was spread (Gini)."""
COURSES = ("n_open", "n_waiting", "n_busy")
"""What is counted over time: open cases, those that wait for somebody, units on a case."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one line comes to.

    Parameters
    ----------
    figures : by name, see `FIGURES`; NaN where there is nothing to tell.
    course : counts at even instants, the first of the fork and the last of the horizon; one entry an instant, in the
        order of `COURSES`.
    n_cases : so many cases count.
    n_unreached : so many of them have nobody yet.
    """

    figures: Mapping[str, float]
    course: tuple[tuple[int, int, int], ...]
    n_cases: int
    n_unreached: int


class LineReader:
    """Reads a line while it is lived. `take` hears every fact after it has been applied.

    Parameters
    ----------
    state : at the fork, with all units there will be.
    unreached : cases nobody had come to at the fork → when each was reported.
    now, until : when it begins, and where the horizon ends (microseconds).
    """

    def __init__(self, state: State, unreached: Mapping[int, int], *, now: int, until: int) -> None:
        self.state, self.now, self.until = state, now, until
        self.unreached = dict(unreached)
        self._n_cases = len(unreached)
        self._n_new = self._n_closed = 0
        self._given_up: set[int] = set()
        self._n_abandoned = 0
        """Cases that nobody came to, and nobody will."""
        self._responses_us: list[int] = []
        self._course: list[tuple[int, int, int]] = []
        n_units = len(state.fleet.units)
        self._busy_since = dict.fromkeys(state.jobs, now)
        self._busy_us, self._duty_us = np.zeros(n_units, np.int64), np.zeros(n_units, np.int64)
        self._sampled_at = now

    def take(self, fact: f.Fact) -> None:
        """A fact has just been applied."""
        match fact:
            case f.CaseReported():
                self._reported(fact)
            case f.UnitAssigned():
                self._busy_since.setdefault(fact.unit, fact.at)
            case f.UnitArrived():
                self._arrived(fact)
            case f.UnitFreed():
                self._freed(fact.unit, fact.at)
            case f.NeedGivenUp():
                self._given_up.add(fact.case)
            case f.CaseClosed() | f.CaseRefused():
                self._over(fact)

    def sample(self, at: int) -> None:
        """Note the counts of an instant of the horizon, before which nothing more will happen."""
        state = self.state
        off = np.isin(state.fleet.status, (AWAY, OFF_DUTY))
        self._duty_us += np.where(off, 0, at - self._sampled_at)
        self._sampled_at = at
        n_waiting = sum(case.n_waiting > 0 for case in state.cases.values())
        self._course.append((len(state.cases), n_waiting, len(state.jobs)))
        if at >= self.until:
            for unit in list(self._busy_since):
                self._freed(unit, at)

    def line(self, at: int) -> Line:
        """What it comes to, at an instant at or after the end of the horizon."""
        waited_us = [at - since for since in self.unreached.values()]
        response_s = np.array([*self._responses_us, *waited_us], np.float64) / SECOND
        n_late = int((response_s > LIMIT_S).sum()) + self._n_abandoned
        n = response_s.size + self._n_abandoned
        known = response_s if response_s.size else np.full(1, np.nan)
        p50_s, p90_s = np.percentile(known, (50, 90))
        duty_us = np.maximum(self._duty_us, self._busy_us)
        there = duty_us > 0
        values = {
            "response_s_mean": known.mean(),
            "response_s_p50": p50_s,
            "response_s_p90": p90_s,
            "late_share": n_late / n if n else math.nan,
            "n_new": self._n_new,
            "n_open": self._course[-1][0],
            "n_closed": self._n_closed,
            "busy_share": self._busy_us.sum() / duty_us.sum() if there.any() else math.nan,
            "busy_gini": gini(self._busy_us[there].astype(np.float64)),
        }
        figures = {name: float(values[name]) for name in FIGURES}
        return Line(figures, tuple(self._course), self._n_cases, len(self.unreached))

    def _reported(self, fact: f.CaseReported) -> None:
        if fact.at < self.until:
            self._n_new += 1
            if fact.needs != (ON_THE_SPOT,):
                self.unreached[fact.case] = fact.at
                self._n_cases += 1

    def _arrived(self, fact: f.UnitArrived) -> None:
        job = self.state.jobs.get(fact.unit)
        reported_at = None if job is None else self.unreached.pop(job.case, None)
        if reported_at is not None:
            self._responses_us.append(fact.at - reported_at)

    def _freed(self, unit: int, at: int) -> None:
        since = self._busy_since.pop(unit, None)
        if since is not None and since < self.until:
            self._busy_us[unit] += min(at, self.until) - since

    def _over(self, fact: f.CaseClosed | f.CaseRefused) -> None:
        self._n_closed += fact.at < self.until and isinstance(fact, f.CaseClosed)
        if self.unreached.pop(fact.case, None) is not None and fact.case in self._given_up:
            self._n_abandoned += 1
