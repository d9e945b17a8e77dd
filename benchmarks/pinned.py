"""Run a measurement alone: in a fresh process, on one core where the system lets us choose.

Other jobs disturb CPU time less than wall time, and one that does not wander between cores least.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def pinned(measure: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `measure` returns in a process of its own; both it and its arguments must be picklable."""
    with multiprocessing.get_context("spawn").Pool(1, initializer=_pin) as pool:
        return pool.apply(measure, args, kwargs)


def _pin() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
