"""A recorded history as problems: each case arose a while before somebody reported it, and could have been found.

In: the recorded reports. Out: the same as problems, and the source they come from. When a problem arose is drawn from
an assumed distribution, as no record says it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from agents.demand import Matter, Places, PoissonDemand
from agents.life import Life
from scenarios.spec_problems import Recorded
from twin.clock.streams import Streams
from twin.domain.facts import INPUT, CaseReported, Fact, ProblemArose
from twin.domain.ids import batch_and_number

HISTORY = "history"


def as_problems(inputs: Iterable[Fact], recorded: Recorded, *, source: int, seed: int) -> list[Fact]:
    """The same inputs, each report replaced by a problem that is told of at that instant.

    Parameters
    ----------
    source : number of the source they come from, see `source_of_records`.
    """
    streams, before = Streams(seed), recorded.arose_before.distribution()
    return [
        _problem(fact, source, fact.at - streams.span_us(before, "arose before", *batch_and_number(fact.case)))
        if isinstance(fact, CaseReported)
        else fact
        for fact in inputs
    ]


def source_of_records(inputs: Iterable[Fact], recorded: Recorded) -> PoissonDemand:
    """A source that brings nothing by itself and knows the matters of recorded problems."""
    life = Life(seen=recorded.seen, settles=recorded.settles)
    matters: dict[str, Matter] = {}
    for fact in inputs:
        if isinstance(fact, ProblemArose):
            matter = Matter(fact.matter, fact.priority, fact.needs, recorded.verify, recorded.check, life)
            matters.setdefault(fact.matter, matter)
    return PoissonDemand(
        name=HISTORY,
        areas=(HISTORY,),
        matters=tuple(matters.values()),
        rates_per_h=np.zeros((1, len(matters))),
        rhythm=np.ones(168),
        places=Places.whole_edges([np.zeros(1, np.int64)], length_mm=np.ones(1, np.int64)),
    )


def _problem(fact: CaseReported, source: int, arose_at: int) -> ProblemArose:
    at = max(0, arose_at)
    return ProblemArose(
        at,
        fact.case,
        source,
        fact.area,
        fact.matter,
        fact.priority,
        fact.needs,
        fact.edge,
        fact.offset_mm,
        at,
        told_at=fact.at,
        origin=INPUT,
    )
