"""Running figures: what the tiles of the room show, kept up fact by fact.

In: facts, in order, and the state they led to. Out: a `Reading` at any time: counts of now, response and closing in
time over the last day, and their course so far. A figure is defined as in `twin.metrics.performance`; what a finder
settled on the spot has no response to speak of and is left out of responses, as in `problems.cases` there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT, Case
from twin.domain.desk import Step
from twin.domain.light import RED, YELLOW, Limits
from twin.domain.quantities import DAY, MINUTE, to_s, to_us
from twin.domain.unit import FREE, UnitStatus
from twin.metrics.performance import rounded
from twin.world.state import State

SAMPLE_US = 10 * MINUTE
"""How far apart the samples of a course are meant to lie; whoever keeps a tally sees to that."""
N_SAMPLES = 144
"""How many are kept: those of the last 24 h."""
WINDOW_US = DAY
LIMIT_S = 480.0
"""A default, not a standard."""

_OFF = (UnitStatus.AWAY, UnitStatus.OFF_DUTY)


class Sample(NamedTuple):
    """Counts at one instant: open cases, those waiting, their lights, and units.

    Of a centre also: `n_at_desks` steps of cases that wait or are under way at desks, `n_calls` contacts nobody has
    answered, and open cases that are escalated or suspended.
    """

    at: int
    n_open: int
    n_waiting: int
    n_yellow: int
    n_red: int
    n_free: int
    n_busy: int
    n_off: int
    n_at_desks: int = 0
    n_calls: int = 0
    n_escalated: int = 0
    n_suspended: int = 0


class Reading(NamedTuple):
    """What the tiles show.

    `now`: counts of this instant; `course`: of earlier ones, evenly spaced. `p50_response_s`, `p90_response_s`,
    `within_share`: over the `n_responses` cases first reached in the last 24 h (reported → first unit on scene; within
    `limit_s`; cases settled on the spot are not counted); None where there are none. `on_time_share`: of the `n_closed`
    cases closed in the last 24 h that have a limit, those closed by it. `responses`: (at, P50, P90, within) at the
    instants of `course`.
    """

    now: Sample
    course: tuple[Sample, ...] = ()
    n_responses: int = 0
    p50_response_s: float | None = None
    p90_response_s: float | None = None
    within_share: float | None = None
    limit_s: float = LIMIT_S
    n_closed: int = 0
    on_time_share: float | None = None
    responses: tuple[tuple[int, float | None, float | None, float | None], ...] = ()


class Tally:
    """Figures of the last day. Time never goes back: for that, keep a `copy`.

    Parameters
    ----------
    limits : by when cases should be closed.
    limit_s : within how many seconds a unit should be on scene.
    """

    def __init__(self, limits: Limits, *, limit_s: float = LIMIT_S) -> None:
        self.limits, self.limit_s = limits, limit_s
        self._open: dict[int, Case] = {}
        self._unreached: dict[int, int] = {}
        """Case nobody has come to → when it was reported; closed ones too while a unit is on its way."""
        self._responses: deque[tuple[int, int]] = deque()
        """(first reached at, microseconds since the report), oldest first."""
        self._ordered_us: list[int] = []
        """The same responses by length, so that a percentile is a look-up."""
        self._closings: deque[tuple[int, bool]] = deque()
        """(closed at, whether in time) of cases with a limit, oldest first."""
        self._n_on_time = 0
        self._course: deque[Sample] = deque(maxlen=N_SAMPLES)
        self._course_s: deque[tuple[int, float | None, float | None, float | None]] = deque(maxlen=N_SAMPLES)

    def copy(self) -> Tally:
        """Another that goes on from here by itself."""
        twin = Tally(self.limits, limit_s=self.limit_s)
        twin._open, twin._unreached = dict(self._open), dict(self._unreached)
        twin._responses, twin._ordered_us = self._responses.copy(), self._ordered_us.copy()
        twin._closings, twin._n_on_time = self._closings.copy(), self._n_on_time
        twin._course, twin._course_s = self._course.copy(), self._course_s.copy()
        return twin

    @property
    def unreached(self) -> dict[int, int]:
        """Cases nobody has come to → when each was reported."""
        return dict(self._unreached)

    def take(self, fact: f.Fact, state: State) -> None:
        """Take in a fact that has just been applied to `state`."""
        takes = _TAKES.get(type(fact))
        if takes is not None:
            takes(self, fact, state)

    def sample(self, state: State, at: int) -> None:
        """Note the figures of an instant: everything before it has been taken in."""
        self._forget(state, at)
        self._course.append(counts(state, at, limits=self.limits))
        self._course_s.append((at, *self._response()))

    def read(self, state: State, at: int) -> Reading:
        """The figures of an instant, not before the last fact, sample or reading."""
        self._forget(state, at)
        n_closed = len(self._closings)
        p50_s, p90_s, within_share = self._response()
        return Reading(
            now=counts(state, at, limits=self.limits),
            course=tuple(self._course),
            n_responses=len(self._ordered_us),
            p50_response_s=p50_s,
            p90_response_s=p90_s,
            within_share=within_share,
            limit_s=self.limit_s,
            n_closed=n_closed,
            on_time_share=rounded(self._n_on_time / n_closed) if n_closed else None,
            responses=tuple(self._course_s),
        )

    # ------------------------------------------------------------------------------------------ facts

    def _reported(self, fact: f.CaseReported, state: State) -> None:
        if fact.case not in self._open:
            self._open[fact.case] = state.cases[fact.case]
            if fact.needs != (ON_THE_SPOT,):
                self._unreached[fact.case] = fact.at

    def _arrived(self, fact: f.UnitArrived, state: State) -> None:
        job = state.jobs.get(fact.unit)
        reported_at = None if job is None else self._unreached.get(job.case)
        if job is None or reported_at is None or job.assigned_at < reported_at:
            return
        del self._unreached[job.case]
        self._responses.append((fact.at, fact.at - reported_at))
        insort(self._ordered_us, fact.at - reported_at)

    def _deadline(self, fact: f.DeadlineSet | f.CaseReopened, state: State) -> None:
        """Its limit was pushed out, or it is open again."""
        self._open[fact.case] = state.cases[fact.case]

    def _refused(self, fact: f.CaseRefused, state: State) -> None:
        """It is gone, and was never closed."""
        if self._open.pop(fact.case, None) is not None and not _is_served(state, fact.case):
            self._unreached.pop(fact.case, None)

    def _closed(self, fact: f.CaseClosed, state: State) -> None:
        case = self._open.pop(fact.case, None)
        if case is None:
            return
        if fact.case in self._unreached and not _is_served(state, fact.case):
            del self._unreached[fact.case]
        if self.limits.of(case.matter) is not None:
            on_time = self.limits.light_of(case, fact.at) is not RED
            self._closings.append((fact.at, on_time))
            self._n_on_time += on_time

    # ------------------------------------------------------------------------------------------ figures

    def _forget(self, state: State, at: int) -> None:
        """Let go of what lies more than a day back, and of closed cases that nobody is on any more."""
        since = at - WINDOW_US
        while self._responses and self._responses[0][0] < since:
            _, response_us = self._responses.popleft()
            del self._ordered_us[bisect_left(self._ordered_us, response_us)]
        while self._closings and self._closings[0][0] < since:
            self._n_on_time -= self._closings.popleft()[1]
        if len(self._unreached) > len(self._open):
            gone = [case for case in self._unreached if case not in self._open and not _is_served(state, case)]
            for case in gone:
                del self._unreached[case]

    def _response(self) -> tuple[float | None, float | None, float | None]:
        """P50 and P90 in seconds, and the share within the limit."""
        ordered_us = self._ordered_us
        if not ordered_us:
            return None, None, None
        within_share = rounded(bisect_right(ordered_us, to_us(self.limit_s)) / len(ordered_us))
        return percentile_s(ordered_us, 0.5), percentile_s(ordered_us, 0.9), within_share


_TAKES: dict[type[f.Fact], Callable[[Tally, Any, State], None]] = {
    f.CaseReported: Tally._reported,
    f.UnitArrived: Tally._arrived,
    f.CaseClosed: Tally._closed,
    f.CaseRefused: Tally._refused,
    **dict.fromkeys((f.DeadlineSet, f.CaseReopened), Tally._deadline),
}


def counts(state: State, at: int, *, limits: Limits) -> Sample:
    """Open cases and how they stand, what is at desks, and units free, on a case, and off."""
    n_waiting = n_yellow = n_red = n_escalated = n_suspended = 0
    for case in state.cases.values():
        n_waiting += case.n_waiting > 0
        n_escalated += case.is_late
        n_suspended += case.held_since is not None
        light = limits.light_of(case, at)
        n_yellow += light is YELLOW
        n_red += light is RED
    units = np.bincount(state.fleet.status, minlength=len(UnitStatus)).tolist()
    n_free, n_off = sum(units[status] for status in FREE), sum(units[status] for status in _OFF)
    n_tasks = len(state.desks.tasks)
    answers = [task for (step, _), task in state.desks.tasks.items() if step is Step.ANSWER]
    return Sample(
        at,
        len(state.cases),
        n_waiting,
        n_yellow,
        n_red,
        n_free,
        sum(units) - n_free - n_off,
        n_off,
        n_tasks - len(answers),
        sum(task.begun_at is None for task in answers),
        n_escalated,
        n_suspended,
    )


def percentile_s(ordered_us: Sequence[int], share: float) -> float | None:
    """The linear percentile of sorted spans, in seconds, as `twin.metrics.performance` has it.

    >>> percentile_s([1_000_000, 2_000_000, 4_000_000], 0.9)
    3.6
    """
    place = (len(ordered_us) - 1) * share
    below = int(place)
    low, high = to_s(ordered_us[below]), to_s(ordered_us[min(below + 1, len(ordered_us) - 1)])
    return rounded(low + (high - low) * (place - below))


def _is_served(state: State, case: int) -> bool:
    return any(job.case == case for job in state.jobs.values())
