"""The desks of the centre as data: what is under way or waits at each, and how many seats are staffed."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from msgspec.structs import replace

from twin.domain.desk import STEPS, Step, Task

ALARM = {step: f"desk {step.value}" for step in STEPS}
"""What rings when a step is done, by step."""


class Desks:
    """Tasks by step and case or contact; the lines follow from them."""

    __slots__ = ("lines", "n_busy", "n_seats", "tasks")

    def __init__(self, tasks: Iterable[Task] = (), n_seats: dict[int, int] | None = None) -> None:
        self.tasks: dict[tuple[Step, int], Task] = {}
        self.lines: dict[int, list[Task]] = {}
        """Desk → what waits there, in the order it is served."""
        self.n_busy: dict[int, int] = {}
        self.n_seats: dict[int, int] = {} if n_seats is None else n_seats
        for task in tasks:
            self.put(task)

    def put(self, task: Task) -> None:
        """It waits at its desk, or is under way there."""
        self.take(task.step, task.about)
        self.tasks[task.step, task.about] = task
        if task.begun_at is None:
            insort(self.lines.setdefault(task.desk, []), task)
        else:
            self.n_busy[task.desk] = self.n_busy.get(task.desk, 0) + 1

    def take(self, step: Step, about: int) -> Task | None:
        """It is there no longer; what it was."""
        task = self.tasks.pop((step, about), None)
        if task is None:
            return None
        if task.begun_at is not None:
            self.n_busy[task.desk] -= 1
            return task
        line = self.lines[task.desk]
        del line[bisect_left(line, task)]
        if not line:
            del self.lines[task.desk]
        return task

    def press(self, about: int, *, priority: int) -> None:
        """Whatever waits about a case is as urgent as this from now on."""
        for step in STEPS:
            task = self.tasks.get((step, about))
            if task is not None and task.begun_at is None and task.priority != priority:
                self.put(replace(task, priority=priority))

    def has_room(self, desk: int) -> bool:
        """Whether somebody at a desk has nothing to do."""
        return self.n_busy.get(desk, 0) < self.n_seats.get(desk, 0)

    def next(self, desk: int) -> Task | None:
        """What is to be taken up next at a desk, if somebody could and something waits."""
        line = self.lines.get(desk)
        return line[0] if line and self.has_room(desk) else None

    def dump(self) -> list[Task]:
        """All tasks, in a canonical order."""
        return [self.tasks[key] for key in sorted(self.tasks)]
