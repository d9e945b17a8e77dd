"""The one place where work is spread over processes: tasks go in, results come out in whatever order they are done.

A task that fails becomes a `Lost`, with what went wrong, and stops no other. When a process dies (memory, a signal),
those whose tasks were under way are suspects: each is done again alone, so that only the guilty one is lost. What
comes out of a task never depends on how many processes there are.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Generic, ParamSpec, TypeVar

from twin.errors import GridtwinError

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")
AHEAD = 1
"""Tasks handed over beyond those under way, so that no process waits for the next."""
DIED = "its process died (out of memory, or stopped from outside), and again when it was tried alone"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that came to nothing, and why."""

    message: str


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What became of the task at a place of those asked for."""

    place: int
    result: R | Lost


class Workers:
    """Processes that do one task after the other, and are replaced when one of them dies.

    Parameters
    ----------
    n_processes : of the machine; None is one a core.
    apart : one alone is a process of its own, too; otherwise it works in this process.
    """

    def __init__(self, n_processes: int | None = None, *, apart: bool = False) -> None:
        self.n = n_processes or os.cpu_count() or 1
        self._is_here = self.n == 1 and not apart
        self._pool: Executor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the processes go; another task starts them anew."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def results(self, function: Callable[[T], R], tasks: Sequence[T]) -> Generator[Done[R], None, None]:
        """Do every task; what became of each comes as soon as it is known.

        Parameters
        ----------
        function : of a module, so that another process can find it by name.
        """
        waiting = deque(range(len(tasks)))
        running: dict[Future[R | Lost], int] = {}
        while waiting or running:
            while waiting and len(running) < self.n + AHEAD:
                place = waiting.popleft()
                running[self._submit(function, tasks[place])] = place
                if self._is_here:
                    break
            suspects = []
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                place = running.pop(future)
                if _is_broken(future):
                    suspects.append(place)
                else:
                    yield Done(place, future.result())
            if suspects:
                suspects += running.values()
                running = {}
                self.close()
                yield from (Done(place, self._alone(function, tasks[place])) for place in sorted(suspects))

    def _alone(self, function: Callable[[T], R], task: T) -> R | Lost:
        """Do a task while nothing else is under way, so that if a process dies, it is the task's doing."""
        future = self._submit(function, task)
        if not _is_broken(future):
            return future.result()
        self.close()
        return Lost(DIED)

    def _submit(self, function: Callable[[T], R], task: T) -> Future[R | Lost]:
        if self._pool is None:
            self._pool = InProcess() if self._is_here else _processes(self.n)
        with _deaf():
            try:
                return self._pool.submit(_tried, function, task)
            except BrokenProcessPool as error:  # it broke since we last looked
                future: Future[R | Lost] = Future()
                future.set_exception(error)
                return future


class InProcess(Executor):
    """An executor that does each task where and when it is handed over."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Do it now."""
        future: Future[R] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def required(done: Done[R]) -> R:
    """The result of a task that nothing can be said without.

    Raises
    ------
    GridtwinError : it was lost.
    """
    if isinstance(done.result, Lost):
        raise GridtwinError(done.result.message)
    return done.result


def _is_broken(future: Future[R | Lost]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def _tried(function: Callable[[T], R], task: T) -> R | Lost:
    """What the function makes of a task, or how it failed."""
    try:
        return function(task)
    except GridtwinError as error:
        return Lost(str(error))
    except Exception as error:  # reported with the task's name by whoever asked; the others go on
        log.exception("a task failed")
        return Lost(f"{type(error).__name__}: {error}")


def _processes(n: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(n, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """See to it that this process does not outlive the one that started it, however that ends, and ends with no other.

    Those that another thread than the first starts can only be made deaf to Ctrl-C here, see `_deaf`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started within do not hear Ctrl-C: whoever starts them ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
