"""T4: what saving and forking a running twin costs, and a hundred futures of two hours from one instant.

The twin is as large as Wuhai, in the middle of its second day. A fork is `snapshot()` and `from_snapshot`; a future is
a fork with luck of its own, run on. The collector is held off the twin (`gc.freeze`), as `gridtwin run` does it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TypeVar

from agents.city import CityModel
from agents.setting import Setting
from benchmarks.pinned import pinned
from benchmarks.wuhai import Size, built
from twin.domain.quantities import DAY, HOUR
from twin.journal.journal import Nowhere

T = TypeVar("T")
BEGIN = DAY + 10 * HOUR


@dataclass(frozen=True, slots=True)
class Forks:
    """Milliseconds of each save and each restore, seconds for all futures, and the size of a snapshot."""

    save_ms: list[float]
    restore_ms: list[float]
    futures_s: float
    n_futures: int
    n_bytes: int


def measure(size: Size, *, n_forks: int = 100, n_futures: int = 100, ahead_h: float = 2.0) -> Forks:
    """Fork a running twin, in this process."""
    setting = built(size).setting
    twin = CityModel.begin(setting, store=Nowhere())
    twin.advance_to(BEGIN)
    gc.collect()
    gc.freeze()
    save_ms, restore_ms = [], []
    data = b""
    for n in range(n_forks):
        twin.advance_to(BEGIN + n * HOUR // 10)
        spent_ms, data = _timed(twin.snapshot)
        save_ms.append(spent_ms)
        restore_ms.append(_timed(partial(_restored, setting, data))[0])
    began = time.process_time()
    for luck in range(1, n_futures + 1):
        future = _restored(setting, data)
        future.change_luck(luck)
        future.advance_to(future.now + int(ahead_h * HOUR))
    return Forks(save_ms, restore_ms, time.process_time() - began, n_futures, len(data))


def _restored(setting: Setting, data: bytes) -> CityModel:
    return CityModel.from_snapshot(setting, data, store=Nowhere())


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.process_time()
    result = work()
    return (time.process_time() - began) * 1e3, result


def report(size: Size, *, alone: bool) -> None:
    """Print the rows; `alone`: measured in a process of its own."""
    forks = pinned(measure, size) if alone else measure(size)
    both = [save + restore for save, restore in zip(forks.save_ms, forks.restore_ms, strict=True)]
    print(f"{size.n_nodes:,} nodes, {size.n_units:,} units; snapshot of {forks.n_bytes / 1e3:.0f} kB")
    for what, times in (("save", forks.save_ms), ("restore", forks.restore_ms), ("fork", both)):
        print(f"  {what:<8}{median(times):8.1f} ms median, {max(times):.1f} ms at most, of {len(times)}")
    print(f"  {forks.n_futures} futures of 2 h: {forks.futures_s:.2f} s CPU on one core", flush=True)
