"""An experiment as pages show it: its answer, who gains and who loses, how responses are spread, and what failed.

In: an answer and the runs it is of. Out: an `ExperimentShown`, immutable, to be drawn by charts, maps and tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twin.metrics.answer import Answer, MeasureTold, Tried
from twin.metrics.by_group import GroupTold, by_group
from twin.views.city import CityShown

TOGETHER = ("p50 response_s", "p90 response_s", "mean response_s", "late_share", "busy_gini")
"""Never one figure alone: these stand side by side."""
SHOWN_BY = ("priority", "hour", "area", "grid")
OF_GROUPS = ("response_s_mean", "late_share")
"""What is told of groups of cases."""

Bins = tuple[tuple[int, int], ...]
"""Lower edges in seconds, and how many responses of all runs lie from there to the next."""


class Failed(NamedTuple):
    """A run that came to nothing, and why."""

    alternative: str
    seed: int
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class ExperimentShown:
    """What is known so far.

    Parameters
    ----------
    groups : by what cases are grouped and which figure of them (`SHOWN_BY`, `OF_GROUPS`).
    spread : how responses are spread, by alternative.
    city : None where there is no travel.
    """

    answer: Answer
    groups: Mapping[tuple[str, str], tuple[GroupTold, ...]]
    spread: Mapping[str, Bins]
    failures: tuple[Failed, ...] = ()
    city: CityShown | None = None


def experiment_shown(
    answer: Answer,
    tried: Sequence[Tried],
    *,
    spread: Mapping[str, Bins],
    failures: Sequence[Failed] = (),
    city: CityShown | None = None,
) -> ExperimentShown:
    """What pages show of an answer and its runs."""
    groups = {(by, column): by_group(tried, by, column) for by in SHOWN_BY for column in OF_GROUPS}
    return ExperimentShown(answer, groups, spread, tuple(failures), city)


def told_first(answer: Answer) -> list[MeasureTold]:
    """What targets and verdicts are about, then the measures that belong together."""
    told = {each.measure: each for each in answer.measures}
    own = [verdict.measure for verdict in answer.verdicts]
    own += [target.partition("<=")[0].partition(">=")[0].strip() for target in answer.targets]
    return [told[name] for name in dict.fromkeys([*own, *TOGETHER]) if name in told]
