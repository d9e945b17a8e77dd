"""The life of a problem: how long it lasts, who tells of it when, what it leads to; as distributions, by matter.

Everything is drawn by the problem's own number, so that the same problem lives the same life under any policy, as far
as nobody settles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.clock.distributions import Distribution, poisson
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.ids import batch_and_number
from twin.domain.problem import Problem


@dataclass(frozen=True)
class Life:
    """None means: never.

    Parameters
    ----------
    lasts : arose → ended by itself.
    told_share : 0–1, problems that citizens would tell of at all.
    told_after, told_again : arose → first citizen's report; from one report to the next.
    seen : 0–1, chance that a patrol passing by notices it.
    settles : kind of unit → chance that it settles on the spot what it has found; "*" for the others.
    again_share, again_after : chance that it breaks out again when it has ended, and how much later.
    n_offspring, offspring_after : mean number of others it leads to on its street, and how much later each.
    """

    lasts: Distribution | None = None
    told_share: float = 1.0
    told_after: Distribution | None = None
    told_again: Distribution | None = None
    seen: float = 1.0
    settles: Mapping[str, float] = field(default_factory=dict)
    again_share: float = 0.0
    again_after: Distribution | None = None
    n_offspring: float = 0.0
    offspring_after: Distribution | None = None

    def settles_by(self, kind: str) -> float:
        """Chance that a kind of unit settles on the spot what it has found, 0–1."""
        return self.settles.get(kind, self.settles.get("*", 0.0))

    # ---------------------------------------------------------------------- draws; instants in microseconds

    def ends_at(self, problem: int, streams: Streams, *, arose_at: int) -> int | None:
        """When it will end by itself."""
        if self.lasts is None:
            return None
        return arose_at + streams.span_us(self.lasts, "lasts", *batch_and_number(problem))

    def first_told_at(self, problem: int, streams: Streams, *, arose_at: int) -> int | None:
        """When the first citizen will tell of it, if it is still there then."""
        entity, n = batch_and_number(problem)
        if self.told_after is None or streams.uniform("told at all", entity, n) >= self.told_share:
            return None
        return arose_at + streams.span_us(self.told_after, "told", entity, n)

    def next_told_at(self, problem: int, streams: Streams, *, n_reports: int, at: int) -> int | None:
        """When the citizen after the `n_reports`-th report, which was made at `at`, will tell of it."""
        if self.told_again is None:
            return None
        return at + streams.span_us(self.told_again, f"told again {n_reports}", *batch_and_number(problem))

    def again_at(self, problem: int, streams: Streams, *, ended_at: int) -> int | None:
        """When it breaks out again."""
        entity, n = batch_and_number(problem)
        if self.again_after is None or streams.uniform("again at all", entity, n) >= self.again_share:
            return None
        return ended_at + streams.span_us(self.again_after, "again", entity, n)

    def offspring_at(self, problem: int, streams: Streams, *, arose_at: int) -> tuple[int, ...]:
        """When it leads to others, as many as a Poisson draw says."""
        if not self.n_offspring or self.offspring_after is None:
            return ()
        entity, n = batch_and_number(problem)
        n_children = poisson(streams.uniform("offspring", entity, n), self.n_offspring)
        spans = (streams.span_us(self.offspring_after, f"offspring {k}", entity, n) for k in range(n_children))
        return tuple(arose_at + span_us for span_us in spans)


def arisen(
    number: int,
    problem: Problem,
    life: Life,
    streams: Streams,
    *,
    at: int,
    parent: int | None = None,
    following: tuple[int | None, int | None] = (None, None),
) -> f.ProblemArose:
    """The fact that a problem is there from `problem.arose_at` on; `following`: (id, instant) of its source's next."""
    arose_at, spot = problem.arose_at, problem.spot
    return f.ProblemArose(
        at,
        number,
        problem.source,
        problem.area,
        problem.matter,
        problem.priority,
        problem.needs,
        spot.edge,
        spot.offset_mm,
        arose_at,
        life.ends_at(number, streams, arose_at=arose_at),
        life.first_told_at(number, streams, arose_at=arose_at),
        life.offspring_at(number, streams, arose_at=arose_at),
        parent,
        *following,
    )
