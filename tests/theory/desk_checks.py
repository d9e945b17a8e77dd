"""Desks against theory: a hotline is Erlang's, and two desks in a row are Jackson's, each as if it stood alone.

In: scenarios of `scenarios/at_desks/`, run as users do. Out, for each desk: the waits read from the journal, compared
with the exact value in an interval, and with what arrivals and times at the desk leave no choice about, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapreplace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.build import build
from scenarios.load import load_scenario
from scenarios.run import run
from scenarios.spec import Scenario
from tests.theory import closed_forms
from tests.theory.comparison import Finding, controls_of, find
from tests.theory.measures import Queue, expected_controls, recent_work
from tests.theory.running import Cases
from twin.domain.desk import Step
from twin.domain.facts import TaskBegan
from twin.domain.quantities import SECOND
from twin.journal.journal import Memory

SCENARIOS = Path(__file__).parent / "scenarios" / "at_desks"
Change = Callable[[Scenario], Scenario]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N_BATCHES = 60
UNSETTLED = 2_000
"""Tasks at the beginning that count for nothing."""


@dataclass(frozen=True, slots=True)
class Server:
    """A desk of `seats` people with exponential times of mean `service_s`, offered `load` erlangs.

    `within_s`: the result is the share that waits no longer; without, the mean wait in seconds.
    """

    step: Step
    seats: int
    load: float
    service_s: float = 1.0
    within_s: float | None = None

    @property
    def exact(self) -> float:
        """What theory says."""
        if self.within_s is None:
            return closed_forms.wait_mmc(self.seats, self.load, service_s=self.service_s)
        return closed_forms.waits_at_most(self.seats, self.load, self.within_s, service_s=self.service_s)

    @property
    def queue(self) -> Queue:
        """What steadies the estimate: how much work came lately."""
        moments = self.service_s, 2 * self.service_s**2, 6 * self.service_s**3
        slack_s = self.service_s * self.seats / (self.seats - self.load)
        memory_s = self.service_s, slack_s, 4 * slack_s
        return Queue(self.seats, self.load / self.service_s, moments, memory_s=memory_s)


@dataclass(frozen=True, slots=True)
class DeskCheck:
    """A scenario and its desks. `precision`: widest half-width, relative, in `make test` and in `make theory`."""

    scenario: str
    servers: tuple[Server, ...]
    quick_runs: int
    precise_runs: int
    precision: tuple[float, float] = (0.08, 0.04)

    def n_runs(self, *, precise: bool) -> int:
        """How many replications it takes."""
        return self.precise_runs if precise else self.quick_runs


CHECKS = (
    DeskCheck("erlang_c", (Server(Step.ANSWER, 3, 1.5),), 1, 6),
    DeskCheck("erlang_c_busy", (Server(Step.ANSWER, 5, 4.0),), 0, 3, (0.1, 0.06)),
    DeskCheck("erlang_c_busier", (Server(Step.ANSWER, 10, 9.0),), 0, 3, (0.1, 0.06)),
    DeskCheck("call_centre", (Server(Step.ANSWER, 143, 125.7, 360.0, 15.0),), 1, 4, (0.04, 0.02)),
    DeskCheck("two_desks", (Server(Step.ACCEPT, 3, 1.5), Server(Step.REGISTER, 2, 1.2, 0.8)), 1, 6),
)
N_COMPARISONS = 3 * sum(len(check.servers) for check in CHECKS)
"""Each result as counted and steadied, and the time at the desk."""


@dataclass(frozen=True, eq=False)
class Line:
    """What happened at a desk, in the order of arrivals, microseconds, shape (n_tasks,)."""

    came_at: Ints
    began_at: Ints
    ends_at: Ints

    @property
    def wait_us(self) -> Ints:
        """How long each waited."""
        return self.began_at - self.came_at


@dataclass(frozen=True, eq=False)
class AtDesk:
    """What came of one desk: the comparisons, and how many waits were not those of the recursion."""

    server: Server
    counted: Finding
    steadied: Finding
    service: Finding
    n_impossible: int

    @property
    def disagreeing(self) -> list[str]:
        """Comparisons whose exact value lies outside the interval."""
        return [str(found) for found in (self.counted, self.steadied, self.service) if not found.agrees]


def at_desks(check: DeskCheck, *, n_runs: int, changed: Change = lambda scenario: scenario) -> list[AtDesk]:
    """Run a check, and compare at each of its desks; `changed` makes the engine wrong on purpose."""
    runs = list(_runs(check, n=n_runs, changed=changed))
    return [_compared(server, [lines[place] for lines in runs]) for place, server in enumerate(check.servers)]


def _runs(check: DeskCheck, *, n: int, changed: Change) -> Iterator[list[Line]]:
    scenario = changed(load_scenario(SCENARIOS / f"{check.scenario}.yaml"))
    for replication in range(n):
        store = Memory()
        run(build(scenario, seed=scenario.seed + 1_000 * replication), store=store)
        begun = [fact for fact in store.facts if isinstance(fact, TaskBegan)]
        yield [_line([fact for fact in begun if fact.step is server.step]) for server in check.servers]


def _line(begun: list[TaskBegan]) -> Line:
    rows = [(fact.at if fact.queued_at is None else fact.queued_at, fact.at, fact.ends_at) for fact in begun]
    return Line(*np.array(sorted(rows), np.int64).T)


def impossible(line: Line, *, seats: int) -> int:
    """How many waits are not those of a first-come line (Kiefer–Wolfowitz) with the same arrivals and times."""
    free_at, n = [0] * seats, 0
    rows = zip(line.came_at.tolist(), line.began_at.tolist(), line.ends_at.tolist(), strict=True)
    for came_at, began_at, ends_at in rows:
        n += began_at != max(came_at, free_at[0])
        heapreplace(free_at, max(came_at, free_at[0]) + ends_at - began_at)
    return n


def _compared(server: Server, lines: list[Line]) -> AtDesk:
    n_batches = math.ceil(N_BATCHES / len(lines))
    parts = [_measured(server, line, n_batches=n_batches) for line in lines]
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    controls = controls_of(values, expected_controls(server.queue))
    name = f"{server.step}, {server.seats} seats"

    def found(of: str, exact: float, *, steadied: bool = False) -> Finding:
        return find(
            name, exact, values=values[of], n_comparisons=N_COMPARISONS, controls=controls if steadied else None
        )

    return AtDesk(
        server,
        found("result", server.exact),
        found("result", server.exact, steadied=True),
        found("service", server.service_s),
        sum(impossible(line, seats=server.seats) for line in lines),
    )


def _measured(server: Server, line: Line, *, n_batches: int) -> dict[str, Floats]:
    """Result and controls of each batch, shape (n_batches,)."""
    came_s, wait_s = line.came_at / SECOND, line.wait_us / SECOND
    service_s = (line.ends_at - line.began_at) / SECOND
    nothing = np.zeros(came_s.size, np.int64)
    cases = Cases(came_s, wait_s, service_s, nothing, nothing.astype(np.str_), nothing.astype(np.str_), nothing > 0)
    result = wait_s if server.within_s is None else (wait_s <= server.within_s).astype(np.float64)
    columns = {"result": result, "service": service_s, "gap": np.diff(came_s, prepend=0.0)}
    for tau_s in server.queue.memory_s:
        recent = recent_work(cases, tau_s=tau_s)
        columns |= {f"recent work {tau_s:g}, power {power}": recent**power for power in (1, 2, 3)}
    size = (came_s.size - UNSETTLED) // n_batches
    cut = slice(UNSETTLED, UNSETTLED + size * n_batches)
    return {name: column[cut].reshape(n_batches, size).mean(axis=1) for name, column in columns.items()}
