"""Histories that name no units: units are made up for them, as few as could have done the work, and marked inferred.

In: responses without a unit. Out: the same responses, each with the first made-up unit that was free. A call that ends
without a stamp for its unit frees the unit when the call is closed. A feed that says no more than "opened" and "closed"
saw nobody at work: its responses stay without a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from msgspec.structs import replace

from city_data.feeds.response import Response


def with_units(responses: Sequence[Response]) -> list[Response]:
    """Responses, those of no named unit given to made-up ones, `<skill> 1`, `<skill> 2` …, in order of dispatch."""
    named = list(responses)
    busy: dict[str, list[tuple[int, int]]] = {}
    free: dict[str, list[int]] = {}
    nameless = [place for place, response in enumerate(responses) if response.unit_ref is None and _was_seen(response)]
    for place in sorted(nameless, key=lambda place: (_begin(responses[place]), place)):
        response = responses[place]
        begin, skill = _begin(response), response.skill
        working, waiting = busy.setdefault(skill, []), free.setdefault(skill, [])
        while working and working[0][0] <= begin:
            heappush(waiting, heappop(working)[1])
        number = heappop(waiting) if waiting else len(working) + 1
        freed_at = response.freed_at if response.freed_at is not None else response.closed_at
        heappush(working, (max(begin, _end(response)), number))
        named[place] = replace(response, unit_ref=f"{skill} {number}", unit_kind=skill, freed_at=freed_at)
    return named


def _was_seen(response: Response) -> bool:
    """Whether any stamp is of somebody at work, and not of the case alone."""
    stamps = (response.dispatched_at, response.rolled_at, response.arrived_at, response.freed_at)
    return any(at is not None for at in stamps)


def _begin(response: Response) -> int:
    stamps = (response.dispatched_at, response.rolled_at, response.arrived_at)
    return min((at for at in stamps if at is not None), default=response.reported_at)


def _end(response: Response) -> int:
    stamps = (response.arrived_at, response.freed_at, response.closed_at)
    return max((at for at in stamps if at is not None), default=response.reported_at)
