"""One closed walk over a heap of streets, each as often as it lies there (an Euler tour).

Where streets meet, their ends are paired off, so that who comes by one leaves by its partner; that gives closed rounds,
and rounds that meet are joined by exchanging partners. Ends of the same street are partners only where there is no
other choice: on foot that is where more than half of what meets belongs to one street, at dead ends above all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from twin.roads.network import LongArray

OUT, IN = 0, 1
"""End 2c + OUT of copy c lies at its tail, end 2c + IN at its head."""


def closed_walk(
    tail: LongArray, head: LongArray, street: LongArray, *, start: int, one_way: bool
) -> tuple[LongArray, LongArray]:
    """Walk every copy of every street once and come back.

    Parameters
    ----------
    tail, head, street : int64 (n_copies,); at every node an even number of ends meet or, `one_way`, as many copies
        leave as enter; all of them hang together.
    start : node to start from, one of theirs.
    one_way : whether each copy may be walked from tail to head only.

    Returns
    -------
    (copies, backwards) : int64 (n_copies,), the copies in the order walked; bool (n_copies,), from head to tail.
    """
    at = np.column_stack([tail, head]).ravel().tolist()
    of = np.repeat(street, 2).tolist()
    ends_at: dict[int, list[int]] = defaultdict(list)
    for end, node in enumerate(at):
        ends_at[node].append(end)
    partner = [0] * len(at)
    pairing = _pair_directed if one_way else _pair
    for node in sorted(ends_at):
        for one, other in pairing(ends_at[node], of):
            partner[one], partner[other] = other, one
    _join_rounds(partner, [ends_at[node] for node in sorted(ends_at)], of=of, one_way=one_way)
    first = min(end for end in ends_at[start] if not (one_way and end % 2 == IN))
    walked, end = [], first
    while True:
        walked.append(end)
        end = partner[end ^ 1]
        if end == first:
            break
    order = np.array(walked, np.int64)
    return order // 2, order % 2 == IN


def _pair(ends: Sequence[int], of: Sequence[int]) -> list[tuple[int, int]]:
    """Partners at a node, of the same street only where one street has more than half of the ends."""
    ordered = sorted(ends, key=lambda end: (of[end], end))
    half = len(ordered) // 2
    return list(zip(ordered[:half], ordered[half:], strict=True))


def _pair_directed(ends: Sequence[int], of: Sequence[int]) -> list[tuple[int, int]]:
    """Partners at a node, one that enters and one that leaves, with as few of the same street as a shift can give."""
    enter = sorted((end for end in ends if end % 2 == IN), key=lambda end: (of[end], end))
    leave = sorted((end for end in ends if end % 2 == OUT), key=lambda end: (of[end], end))
    shifts = [leave[shift:] + leave[:shift] for shift in range(len(leave))]
    best = min(shifts, key=lambda shifted: sum(of[i] == of[o] for i, o in zip(enter, shifted, strict=True)))
    return list(zip(enter, best, strict=True))


def _join_rounds(partner: list[int], nodes: Sequence[Sequence[int]], *, of: Sequence[int], one_way: bool) -> None:
    """Exchange partners where different rounds meet until there is one round."""
    leader = list(range(len(partner) // 2))

    def find(copy: int) -> int:
        while leader[copy] != copy:
            leader[copy] = leader[leader[copy]]
            copy = leader[copy]
        return copy

    for end, other in enumerate(partner):
        leader[find(end // 2)] = find(other // 2)
    for ends in nodes:
        (a, b), *others = [(end, partner[end]) for end in ends if end < partner[end]]
        for c, d in others:
            if find(a // 2) == find(c // 2):
                continue
            crossed, straight = ((a, d), (b, c)), ((a, c), (b, d))
            legal = (crossed, straight) if not one_way else (crossed,) if a % 2 == c % 2 else (straight,)
            exchanged = min(legal, key=lambda pairs: sum(of[one] == of[other] for one, other in pairs))
            for one, other in exchanged:
                partner[one], partner[other] = other, one
            leader[find(a // 2)] = find(c // 2)
            a, b = exchanged[0]
