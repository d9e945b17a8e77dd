"""Work that nobody has looked at since: under other luck it may have been done properly, or not.

In: a city with a case loop, and streams of other luck. Out: for each case that was handled, whether that was done
properly, drawn anew given what is known by now: a check that it passed makes it the likelier.
"""

from __future__ import annotations

from collections.abc import Iterator

from agents.base import City
from agents.loop_rules import LoopRules
from twin.clock.streams import Streams
from twin.domain.case import CHECK, CHECKED, CLOSED, HANDLED, ON_THE_SPOT, Case
from twin.domain.ids import batch_and_number


def drawn_anew(city: City, rules: LoopRules, streams: Streams) -> Iterator[tuple[int, bool]]:
    """(case, whether it was handled properly) of all of which it is open, by number."""
    for case, known in sorted((city.state.cases | city.state.after).items()):
        if ON_THE_SPOT in known.needs or not (known.status in (HANDLED, CHECKED, CLOSED) or known.stage is CHECK):
            continue
        share = _botched_share(known, rules)
        if share > 0:
            n = known.n_returns + known.n_reworks + known.n_reopened
            yield case, streams.uniform(f"botched {n}", *batch_and_number(case)) >= share


def _botched_share(known: Case, rules: LoopRules) -> float:
    """How likely it is that work was not done properly, by Bayes where a check has found nothing."""
    share = rules.matter(known.matter).botched_share
    if not known.n_check or known.status not in (CHECKED, CLOSED):
        return share
    misses = 1 - rules.judgement.finds_botched
    return share * misses / (1 - share + share * misses) if share < 1 else 1.0
