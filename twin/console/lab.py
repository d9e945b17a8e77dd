"""The lab: what pages may ask of whoever runs experiments. Pages know this and nothing else.

What it gives is immutable: a question, how far it is, and what is known so far. It works on one question at a time, in
processes of its own, whoever looks on; runs that are done are kept, so that a question that was stopped goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from twin.domain.commands import Why
from twin.domain.seat import Seat
from twin.errors import GridtwinError
from twin.metrics.service_curve import ServiceCurve
from twin.views.city import CityShown
from twin.views.experiment import ExperimentShown

Q = TypeVar("Q", covariant=True)
F = TypeVar("F", covariant=True)
LEAST_TRIES, MOST_TRIES = 2, 6


class Try(NamedTuple):
    """An alternative: a policy ("": the scenario's own), a factor of staffing such as x1.2, and keys with values.

    `settings`: of the scenario, one a line, as in "units.3.count = 4".
    """

    policy: str = ""
    staffing: str = ""
    settings: str = ""


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """Which of these is better? `lasting`: of each run, in words; "" as long as the scenario says."""

    scenario: str
    tries: tuple[Try, ...]
    targets: tuple[str, ...] = ()
    n_replications: int = 20
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class StaffingQuestion:
    """How many people? `levels`: "0.6:1.4:0.2" or "0.8,1,1.2"; `only`: kinds, groups or desks that change."""

    scenario: str
    levels: str
    targets: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    n_replications: int = 20
    lasting: str = ""


Question = PolicyQuestion | StaffingQuestion


class Progress(NamedTuple):
    """`n` of `of`; `what`: "check", "before", "warm_up", "runs", "theory", or "begin" and "stop"."""

    what: str
    n: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Bench(Generic[Q, F]):
    """What a page of the lab shows.

    Parameters
    ----------
    number : another one whenever anything is different.
    question : the last that was asked here; None for a folder that was opened.
    progress : how far it is; None where nothing is under way.
    found : what is known, so far or in the end.
    folder : where the answer is kept.
    fault : why there is no answer, or no more of one.
    was_stopped : whether somebody stopped it.
    """

    number: int = 0
    question: Q | None = None
    progress: Progress | None = None
    found: F | None = None
    folder: str = ""
    fault: GridtwinError | None = None
    was_stopped: bool = False


PolicyBench = Bench[PolicyQuestion, ExperimentShown]
StaffingBench = Bench[StaffingQuestion, ServiceCurve]


class Lab(Protocol):
    """What pages talk to."""

    @property
    def policy(self) -> PolicyBench:
        """What is compared with what."""

    @property
    def staffing(self) -> StaffingBench:
        """How many people."""

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies of dispatch that have short names."""

    def city(self, digits: str) -> CityShown | None:
        """The city whose checksum begins like this, if it is on a bench."""

    def ask(self, question: Question, *, seat: Seat) -> Why | None:
        """Begin to answer a question; why not, if not. What is wrong with it is the bench's fault."""

    def stop(self, *, seat: Seat) -> Why | None:
        """Stop after the runs under way; those that are done are kept."""
