"""What-ifs of a room, one at a time: both lines over many fresh futures, in processes of their own.

In: what is asked, and where the room stands (bytes). Out: a `BranchShown`, renewed as results come in; whoever looks
reads the latest one. The room's clock goes on meanwhile: one core is left to it where there are two, and the processes,
which are dear to start, are kept for the next question.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace

from msgspec.structs import replace as with_fields

from agents.duty_officer import Objection
from scenarios.branch_future import Future, Start, live_twice
from scenarios.lab.executor import Lost, Workers
from twin.clock.pace import wall
from twin.domain.branching import SHORTEST_S, Branching
from twin.domain.commands import ChangePolicy, Why
from twin.domain.quantities import to_s, to_us
from twin.domain.seat import DRIVE, Seat
from twin.metrics.branch_pairs import Pair, compare_pairs
from twin.views.branch import BranchShown, Stage

TELL_S = 0.5
"""So far apart, in wall seconds, new figures are told at most: each costs the room's own process a little."""

_log = logging.getLogger(__name__)


class Branches:
    """The what-ifs of a room.

    Parameters
    ----------
    workers : None are processes of their own, one core left to the room.
    """

    def __init__(self, workers: Workers | None = None) -> None:
        self._workers = workers or Workers(max(1, (os.cpu_count() or 2) - 1), apart=True)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self.shown: BranchShown | None = None

    @property
    def is_busy(self) -> bool:
        """Whether one is being worked out."""
        return self.shown is not None and self.shown.is_under_way

    def objection(self, asked: Branching, *, may_use: Callable[[str], bool]) -> Why | None:
        """Why this cannot be asked now, as far as that can be told before it is tried.

        Parameters
        ----------
        may_use : whether whoever asks may bring in a policy.
        """
        if self.is_busy:
            return Why.BRANCHING
        if not asked.commands and not asked.more:
            return Why.NOTHING_ELSE
        policies = [command.use for command in asked.commands if isinstance(command, ChangePolicy)]
        return None if all(map(may_use, policies)) else Why.NO_SUCH_POLICY

    def begin(self, asked: Branching, start: Start, *, by: str, until: int) -> Why | None:
        """Begin to work out a what-if; why not, if not.

        Parameters
        ----------
        by : the seat that asks.
        until : the end of the run, beyond which nobody looks (microseconds).
        """
        horizon_s = min(asked.horizon_s, to_s(until - start.at))
        if horizon_s < SHORTEST_S:
            return Why.NO_FUTURE
        asked = with_fields(asked, horizon_s=horizon_s)
        shown = BranchShown(asked, by, start.at, start.at + to_us(horizon_s), start.policy)
        with self._lock:
            if self._is_closed:
                return Why.STOPPED
            if self.is_busy:
                return Why.BRANCHING
            self.shown = shown
            self._thread = threading.Thread(target=self._work_out, args=(shown, start), daemon=True, name="what if")
            self._thread.start()
        return None

    def stop(self, seat: Seat) -> Why | None:
        """Call it off: what is under way is still finished, and what is known stays.

        Whoever asked may do that, and whoever may stop the clock.
        """
        with self._lock:
            if self.shown is not None and seat.name != self.shown.by and not seat.may(DRIVE):
                return Why.NO_RIGHT
            self._call_off()
        return None

    def close(self) -> None:
        """Let the processes go, as soon as they have done what they are about."""
        with self._lock:
            self._call_off()
            self._is_closed = True
            is_working = self.is_busy
        if not is_working:
            self._workers.close()

    def _call_off(self) -> None:
        if self.shown is not None and self.is_busy:
            self.shown = replace(self.shown, stage=Stage.STOPPING)

    def wait(self, timeout_s: float | None = None) -> None:
        """Until it is worked out."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _work_out(self, shown: BranchShown, start: Start) -> None:
        try:
            shown = self._worked_out(shown, start)
        except Exception as error:  # noqa: BLE001 - a bug must not leave those who look on waiting for ever
            _log.exception("a what-if failed")
            shown = replace(shown, stage=Stage.FAILED, detail=f"{type(error).__name__}: {error}")
        with self._lock:
            self.shown = shown
            is_closed = self._is_closed
        if is_closed:
            self._workers.close()

    def _worked_out(self, shown: BranchShown, start: Start) -> BranchShown:
        futures = [Future(start, shown.asked, luck) for luck in range(1, shown.asked.n + 1)]
        pairs: list[Pair] = []
        told_s = 0.0
        for done in self._workers.results(live_twice, futures):
            match done.result:
                case Pair():
                    pairs.append(done.result)
                case Objection(why=why, detail=detail):
                    return replace(shown, stage=Stage.FAILED, why=why, detail=detail)
                case Lost(message=message):
                    shown = replace(shown, lost=(*shown.lost, f"{futures[done.place].luck}: {message}"))
            shown = replace(shown, stage=Stage.RUNNING, n_done=shown.n_done + 1)
            if self._is_called_off():
                return replace(_told(shown, pairs), stage=Stage.STOPPED)
            if wall() - told_s > TELL_S:
                told_s = wall()
                shown = _told(shown, pairs)
            with self._lock:
                if self.shown is not None and self.shown.stage is not Stage.STOPPING:
                    self.shown = shown
        if not pairs:
            return replace(shown, stage=Stage.FAILED, detail=shown.lost[0])
        return replace(_told(shown, pairs), stage=Stage.DONE)

    def _is_called_off(self) -> bool:
        with self._lock:
            return self.shown is not None and self.shown.stage is Stage.STOPPING


def _told(shown: BranchShown, pairs: list[Pair]) -> BranchShown:
    return replace(shown, compared=compare_pairs(pairs)) if pairs else shown
