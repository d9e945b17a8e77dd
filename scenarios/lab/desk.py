"""The lab behind the pages: one question at a time, answered by a thread that runs processes of its own.

In: questions. Out: benches, replaced whole whenever there is news, so that a page may look whenever it likes. Nothing
hangs on a page: it can be closed and opened again, and whatever stops the server, the same question goes on.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from city_data.city import City
from scenarios.lab.asking import as_typed, folder_of, may_ask, plan_of, staffing_of
from scenarios.lab.design import Plan
from scenarios.lab.experiment import Look, looks, tried_of
from scenarios.lab.progress import Step
from scenarios.lab.reading import failures_in, first_scenario, is_experiment, read_answer, spread_in, tried_in
from scenarios.lab.results import Failure, Results
from scenarios.lab.staff import STAFF, read_curve, staff
from scenarios.opening import city_shown
from scenarios.spec import Scenario
from scenarios.terrain import city_of
from twin.console.lab import (
    Bench,
    PolicyBench,
    PolicyQuestion,
    Progress,
    Question,
    StaffingBench,
    StaffingQuestion,
)
from twin.domain.commands import Why
from twin.domain.seat import EXPERIMENT, Seat
from twin.errors import GridtwinError
from twin.policies.loading import BUILT_IN
from twin.views.city import CityShown
from twin.views.experiment import Bins, ExperimentShown, Failed, experiment_shown

LOOK_EVERY = 5
"""Replications between one answer on the page and the next."""
LEAST_PROCESSES = 2
"""With one, runs would be made in the process of the server."""

Q = TypeVar("Q")
F = TypeVar("F")
_log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """Somebody wanted it to stop."""


class Laboratory:
    """See `twin.console.lab.Lab`.

    Parameters
    ----------
    within : folder in which answers are kept.
    """

    def __init__(self, within: Path) -> None:
        self.policy: PolicyBench = Bench()
        self.staffing: StaffingBench = Bench()
        self._within = within
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._worker: threading.Thread | None = None
        self._is_stopping = threading.Event()

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies of dispatch that have short names."""
        return tuple(BUILT_IN)

    def city(self, digits: str) -> CityShown | None:
        """The city of what is on the bench."""
        found = self.policy.found
        is_it = found is not None and found.city is not None and found.city.checksum.startswith(digits)
        return found.city if found is not None and is_it else None

    def ask(self, question: Question, *, seat: Seat) -> Why | None:
        """Begin to answer a question."""
        if not may_ask(seat, question):
            return Why.NO_RIGHT
        with self._lock:
            if self._worker is not None and self._worker.is_alive():
                return Why.BUSY
            self._is_stopping.clear()
            if isinstance(question, PolicyQuestion):
                self.policy = Bench(_next(self.policy), question, Progress("begin"))
                self._worker = threading.Thread(target=self._compare, args=(question,), daemon=True, name="lab")
            else:
                self.staffing = Bench(_next(self.staffing), question, Progress("begin"))
                self._worker = threading.Thread(target=self._staff, args=(question,), daemon=True, name="lab")
            self._worker.start()
        return None

    def stop(self, *, seat: Seat) -> Why | None:
        """Stop after the runs under way."""
        if not seat.may(EXPERIMENT):
            return Why.NO_RIGHT
        self._is_stopping.set()
        if self.policy.progress is not None:
            self._tell_policy(progress=Progress("stop"))
        if self.staffing.progress is not None:
            self._tell_staffing(progress=Progress("stop"))
        return None

    def wait(self) -> None:
        """Wait until nothing is under way."""
        worker = self._worker
        if worker is not None:
            worker.join()

    def close(self) -> None:
        """The server stops."""
        self._is_stopping.set()
        self.wait()

    def put(self, folder: Path) -> str:
        """Lay a finished answer on its bench; returns which: "lab" or "staffing".

        Raises
        ------
        GridtwinError : it cannot be read.
        """
        if (folder / STAFF).is_file():
            self.staffing = Bench(_next(self.staffing), found=read_curve(folder), folder=str(folder))
            return "staffing"
        self.policy = Bench(_next(self.policy), found=_read(folder), folder=str(folder))
        return "lab"

    # ---------------------------------------------------------------------------------------------- the worker's

    def _compare(self, question: PolicyQuestion) -> None:
        try:
            plan = plan_of(question)
            folder = folder_of(question, plan, within=self._within)
            self._tell_policy(folder=str(folder))
            if is_experiment(folder):
                self._tell_policy(found=_read(folder), progress=None)
                return
            city = _city(plan.alternatives[0].scenario)
            coming = looks(plan, out=folder, n_processes=_processes(), progress=self._on_policy, every=LOOK_EVERY)
            with closing(coming):
                for look in coming:
                    self._tell_policy(found=_shown(plan, look, city))
            self._tell_policy(progress=None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page must not wait for ever
            self._tell_policy(**_ended(error))

    def _staff(self, question: StaffingQuestion) -> None:
        try:
            asked = staffing_of(question)
            folder = folder_of(question, None, within=self._within)
            self._tell_staffing(folder=str(folder))
            if (folder / STAFF).is_file():
                found = read_curve(folder)
            else:
                n = _processes()
                found = staff(question.scenario, asked, out=folder, n_processes=n, progress=self._on_staffing)
            self._tell_staffing(found=found, progress=None)
        except Exception as error:  # noqa: BLE001 - as above
            self._tell_staffing(**_ended(error))

    def _tell_policy(self, **news: object) -> None:
        with self._telling:
            self.policy = replace(self.policy, number=_next(self.policy), **news)  # type: ignore[arg-type]

    def _tell_staffing(self, **news: object) -> None:
        with self._telling:
            self.staffing = replace(self.staffing, number=_next(self.staffing), **news)  # type: ignore[arg-type]

    def _on_policy(self, told: object) -> None:
        self._tell_policy(progress=self._progress(told))

    def _on_staffing(self, told: object) -> None:
        self._tell_staffing(progress=self._progress(told))

    def _progress(self, told: object) -> Progress:
        if self._is_stopping.is_set():
            raise _StoppedError
        assert isinstance(told, Step)
        return Progress(told.what, told.n, told.of)


def _next(bench: Bench[Q, F]) -> int:
    return bench.number + 1


def _ended(error: Exception) -> dict[str, object]:
    """What is to be told of a question that came to no end."""
    if isinstance(error, _StoppedError):
        return {"progress": None, "was_stopped": True}
    if not isinstance(error, GridtwinError):
        _log.error("the lab failed", exc_info=error)
        error = GridtwinError(f"a fault of gridtwin itself: {type(error).__name__}: {error}")
    return {"progress": None, "fault": as_typed(error)}


def _processes() -> int:
    return max(LEAST_PROCESSES, os.cpu_count() or 1)


def _city(scenario: Scenario) -> CityShown | None:
    city: City | None = city_of(scenario)
    return None if city is None else city_shown(city)


def _shown(plan: Plan, look: Look, city: CityShown | None) -> ExperimentShown:
    results = look.results
    failures = _failed(results.failures)
    tried = tried_of(plan, results)
    return experiment_shown(look.answer, tried, spread=_spread(results), failures=failures, city=city)


def _read(folder: Path) -> ExperimentShown:
    answer = read_answer(folder)
    city = _city(first_scenario(folder))
    failures = _failed(failures_in(folder))
    return experiment_shown(answer, tried_in(folder, answer), spread=spread_in(folder), failures=failures, city=city)


def _spread(results: Results) -> dict[str, Bins]:
    spread = {}
    for name, outcomes in results.outcomes.items():
        bins: dict[int, int] = {}
        for low_s, n in (each for outcome in outcomes if outcome is not None for each in outcome.distribution):
            bins[low_s] = bins.get(low_s, 0) + n
        spread[name] = tuple(sorted(bins.items()))
    return spread


def _failed(failures: Sequence[Failure]) -> list[Failed]:
    return [Failed(each.alternative, each.seed, each.message) for each in failures]
