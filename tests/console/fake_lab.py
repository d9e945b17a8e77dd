"""A small lab without processes: it shows what it is given, and remembers what it was asked.

In: benches. Out: a `Lab` that answers by the rule of rights, and made-up answers to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from twin.console.lab import Bench, PolicyBench, PolicyQuestion, Progress, Question, StaffingBench
from twin.domain.commands import Why
from twin.domain.seat import EXPERIMENT, Seat
from twin.metrics.answer import Asked, Tried, answer
from twin.metrics.measure import Row, Target
from twin.metrics.service_curve import Crew, ServiceCurve, Staffed, Theory, service_curve
from twin.views.city import CityShown
from twin.views.experiment import ExperimentShown, Failed, experiment_shown

HOSTILE = "<img src=x onerror=alert(1)> **fast**"
SLOW = "slow"
TARGET = "p90 response_s <= 900"
Run = tuple[Row, Sequence[Row]]


@dataclass
class FakeLab:
    """See `Lab`. `why`: what stands against every question."""

    policy: PolicyBench = field(default_factory=Bench)
    staffing: StaffingBench = field(default_factory=Bench)
    policies: tuple[str, ...] = ("nearest", "random")
    why: Why | None = None
    asked: list[Question] = field(default_factory=list)
    n_stops: int = 0

    def city(self, digits: str) -> CityShown | None:
        return None if self.policy.found is None else self.policy.found.city

    def ask(self, question: Question, *, seat: Seat) -> Why | None:
        why = self.why if seat.may(EXPERIMENT) else Why.NO_RIGHT
        if why is None:
            self.asked.append(question)
            if isinstance(question, PolicyQuestion):
                self.policy = replace(self.policy, question=question)
            else:
                self.staffing = replace(self.staffing, question=question)
        return why

    def stop(self, *, seat: Seat) -> Why | None:
        self.n_stops += 1
        self.policy = replace(self.policy, progress=Progress("stop"))
        return None

    def close(self) -> None:
        """The server stops."""


def run(late_s: float, *, grids: Sequence[str] = ()) -> Run:
    """A run in which everybody waits so long; the second grid half as long."""
    row: Row = {
        "response_s_mean": 0.8 * late_s,
        "response_s_p50": 0.7 * late_s,
        "response_s_p90": late_s,
        "late_share": late_s / 3_000,
        "busy_gini": 900 / (late_s + 1_000),
    }
    groups: list[Row] = []
    places = [("priority", "1"), ("priority", "2"), ("hour", "8"), ("hour", "17"), *(("grid", ref) for ref in grids)]
    for place, (by, group) in enumerate(places):
        span = late_s / (1 + place % 2)
        groups.append({"by": by, "group": group, "n": 5, "response_s_mean": span, "late_share": span / 3_000})
    return row, groups


def experiment(
    *, n: int = 6, names: Sequence[str] = (SLOW, HOSTILE), city: CityShown | None = None, grids: Sequence[str] = ()
) -> ExperimentShown:
    """Alternatives of which each is 200 s faster than the one before, with a little noise; one run failed."""
    tried = [
        Tried(
            name,
            {},
            None if not place else names[0],
            "",
            [run(1_000 - 200 * place + 7 * ((3 * k + place) % 5), grids=grids) for k in range(n)],
        )
        for place, name in enumerate(names)
    ]
    found = answer(tried, Asked("Which?", question="Is *it* faster?", targets=[Target.parse(TARGET)]))
    spread = {name: ((0, 10 + place), (300, 20), (900, 4)) for place, name in enumerate(names)}
    failed = [Failed(names[-1], 41, "RuntimeError: <b>priority</b> 9")]
    return experiment_shown(found, tried, spread=spread, failures=failed, city=city)


def curve(*, currency: str | None = "CNY") -> ServiceCurve:
    """Four levels, of which the second is not surely enough and the third is."""
    levels = []
    for n, p90_s in ((6, 1_500), (8, 895), (10, 700), (12, 680)):
        runs: list[Run | None] = [
            ({"response_s_p90": p90_s + 15 * (k - 1), "late_share": p90_s / 9_000, "cost_per_day": 960.0 * n}, [])
            for k in range(3)
        ]
        theory = Theory((), {"p90 response_s": p90_s - 40}, ("short run", "policy"))
        levels.append(Staffed(n / 10, (Crew("van", "night", n // 2), Crew("clerk", "always", n // 2)), runs, theory))
    return service_curve(
        levels, [Target.parse(TARGET)], scenario="A *day*", late_after_s=900, currency=currency, seed=1
    )
