"""Running figures: what the tiles of the room show, kept up fact by fact.

In: facts, in order, and the state they led to. Out: a `Reading` at any time: counts of now, response and closing in
time over the last day, and their course so far.
"""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """Counts at one instant: open cases, those waiting, their lights, and units."""

    at: int
    n_open: int
    n_waiting: int
    n_yellow: int
    n_red: int
    n_free: int
    n_busy: int
    n_off: int


class Reading(NamedTuple):
    """What the tiles show.

    `now`: counts of this instant; `course`: of earlier ones, evenly spaced. `p50_response_s`, `p90_response_s`,
    `within_share`: over the `n_responses` cases first reached in the last 24 h (reported → first unit on scene; within
    `limit_s`); None where there are none. `on_time_share`: of the `n_closed` cases closed in the last 24 h that have a
    limit, those closed by it. `responses`: (at, P50, P90, within) at the instants of `course`.
    """

    now: Sample
    course: tuple[Sample, ...] = ()
    n_responses: int = 0
    p50_response_s: float | None = None
    p90_response_s: float | None = None
    within_share: float | None = None
    limit_s: float = 480.0
    n_closed: int = 0
    on_time_share: float | None = None
    responses: tuple[tuple[int, float | None, float | None, float | None], ...] = ()
