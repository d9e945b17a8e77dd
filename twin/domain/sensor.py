"""Sensors that look again and again: when the next look at a place is, by arithmetic; a look at nothing has no alarm.

A camera that turns, or somebody who goes through the pictures of many cameras, comes back to each after a *round*. The
looks at one place are `phase` of a round after each full round since the epoch.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from twin.domain.problem import Channel

SENSES = (
    Channel.VIDEO,
    Channel.AI_CAMERA,
    Channel.THERMAL,
    Channel.LIFT,
    Channel.SMOKE,
    Channel.AIR,
    Channel.VOLUNTEER,
    Channel.SUPERVISION,
    Channel.UPSTREAM,
)
"""Channels by which problems may be told of without any citizen or patrol, in the order that counts at one instant."""

PICTURES = (Channel.VIDEO, Channel.AI_CAMERA)
"""Sensors through whose pictures somebody at a desk can look at a place."""


def round_us(n_feeds: int, *, n_watchers: int, dwell_us: int) -> int:
    """How long each of `n_watchers` takes to go through their share of the pictures, microseconds."""
    return -(-n_feeds // n_watchers) * dwell_us


def looks(since: int, until: int, *, round_us: int, phase: float) -> Iterator[int]:
    """The instants from `since` on and before `until` at which a place is looked at.

    >>> list(looks(100, 400, round_us=120, phase=0.25))
    [150, 270, 390]
    """
    offset = int(phase * round_us)
    at = since + (offset - since) % round_us
    while at < until:
        yield at
        at += round_us


def phase_of(number: int) -> float:
    """Where in a round the pictures of a camera come, in [0, 1): the same in every run."""
    digest = blake2b(f"feed {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2**64
