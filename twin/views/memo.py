"""What one page says of an experiment, before it is laid out: records, and which lines are shown where there are many.

An answer, its groups of cases, break-evens and how the model matched a record flow in; what is shown flows out, still
without a language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twin.metrics.answer import AlternativeTold, Answer, Verdict
from twin.metrics.break_even import Flips
from twin.metrics.by_group import GroupTold
from twin.metrics.paired import Interval

MOST_ROWS = 5
"""Alternatives in the table."""
MOST_GROUPS = 8
"""Groups that are all shown; of more the worst and the best."""
ENDS = 3
"""Groups shown at either end."""


@dataclass(frozen=True, slots=True)
class Change:
    """A percentile in the record (`a`) and in the model (`b`), and the interval of their difference; seconds."""

    a: float
    b: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Match:
    """How a model matches a record in one interval; `distance`: of Kolmogorov and Smirnov, with its interval."""

    interval: str
    n_a: int
    n_b: int
    p50: Change
    p90: Change
    distance: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Source:
    """What the runs were made with and how somebody makes them again; `specs`: checksum of each scenario, by name."""

    folder: str
    first_seed: int
    specs: Mapping[str, str]
    versions: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """A group of cases in `differences`: by how much a response differs, and its late share where that is known."""

    group: str
    n: float
    mean: float
    interval: Interval
    late: float | None
    late_interval: Interval | None

    @property
    def sign(self) -> int:
        """1 where it is surely worse, -1 where it is surely better, 0 where it cannot be told."""
        return (self.interval.low > 0) - (self.interval.high < 0)


@dataclass(frozen=True, slots=True)
class Lines:
    """Groups of one kind: those shown, worst first where they are the ends of `n` that can be compared."""

    by: str
    lines: tuple[Line, ...]
    n: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Memo:
    """All that the page says.

    Parameters
    ----------
    answer : with one verdict, the one the page is about.
    against : whom the best is held against where gains and costs are told.
    groups : of best and against, by what and which figure, as `by_group` tells them.
    flips : None where they were not asked for.
    record : the history that the scenario is built on.
    span_s : how long a run lasts.
    currency : None without costs.
    english : what matters are called in English.
    """

    answer: Answer
    against: str
    groups: Mapping[tuple[str, str], Sequence[GroupTold]]
    flips: Flips | None
    matches: tuple[Match, ...]
    record: str | None
    span_s: float
    currency: str | None
    assumptions: tuple[str, ...]
    source: Source
    english: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """What the page is about."""
        return self.answer.verdicts[0]

    @property
    def rows(self) -> list[AlternativeTold]:
        """The alternatives of the table: whom the page is about, then the others of the point, up to `MOST_ROWS`."""
        here = [each for each in self.answer.alternatives if each.point == self.verdict.point]
        first = (self.verdict.best, self.against, self.verdict.runner_up)
        ranked = sorted(here, key=lambda each: first.index(each.name) if each.name in first else len(first))
        return ranked[:MOST_ROWS]

    @property
    def n_rows(self) -> int:
        """How many alternatives there are at the point."""
        return sum(each.point == self.verdict.point for each in self.answer.alternatives)


def gains(memo: Memo) -> list[Lines]:
    """Who gains and who loses, by priority and by place: grids or, where these are many, areas."""
    found = [lines_of(memo, "priority")]
    grids, areas = lines_of(memo, "grid"), lines_of(memo, "area")
    found.append(areas if not grids.is_whole and areas.n > 1 else grids)
    return [each for each in found if each.lines]


def lines_of(memo: Memo, by: str, *, most: int = MOST_GROUPS) -> Lines:
    """Groups of a kind that can be compared: all, or the worst and the best where there are more than `most`."""
    best = memo.verdict.best
    late = {each.group: each for each in memo.groups[by, "late_share"]}
    found = []
    for group in memo.groups[by, "response_s_mean"]:
        gap = group.differences.get(best)
        if gap is None or gap.mean is None or gap.t is None:
            continue
        share = late[group.group].differences.get(best) if group.group in late else None
        told = (None, None) if share is None else (share.mean, share.t)
        found.append(Line(group.group, group.n, gap.mean, gap.t, *told))
    if len(found) <= most:
        return Lines(by, tuple(found), len(found), is_whole=True)
    ranked = sorted(found, key=lambda line: -line.mean)
    return Lines(by, tuple(ranked[:ENDS] + ranked[-ENDS:]), len(found), is_whole=False)
