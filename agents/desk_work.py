"""Desk work: tasks are taken up as long as seats are free, wait otherwise, and lead to whatever comes after them."""

from __future__ import annotations

from collections.abc import Callable

from agents.base import City, CityAgent
from agents.loop_rules import AS_USUAL, Department, LoopRules, StepRule
from twin.clock.distributions import Distribution
from twin.domain import facts as f
from twin.domain.desk import Step, Task
from twin.domain.ids import batch_and_number

Done = Callable[[int], None]


class DeskWork(CityAgent):
    """The people at all desks. `then`: what happens when a step is done, by step; it must say so in a fact."""

    def __init__(self, city: City, rules: LoopRules) -> None:
        super().__init__(city)
        self.rules = rules
        self.then: dict[Step, Done] = {}

    # ---------------------------------------------------------------------- seats

    def staff(self) -> None:
        """See who is on duty now; whoever is free takes up what waits."""
        city, mode = self.city, self.rules.modes.get(self.city.state.mode, AS_USUAL)
        for number, desk in enumerate(self.rules.desks):
            n_seats = sum(n for roster, n in desk.seats if roster is None or city.is_on(roster))
            n_seats = mode.seats.get(number, n_seats)
            if n_seats != city.state.desks.n_seats.get(number):
                city.record(f.SeatsStaffed(city.now, number, n_seats))
                self._fill(number)

    # ---------------------------------------------------------------------- tasks

    def put(self, step: Step, about: int, *, priority: int, rule: StepRule | None, n: int = 0) -> None:
        """A step is to be done; at once, where no desk is named for it. `n`: how often it has been done before."""
        if rule is None:
            self.then[step](about)
            return
        desks = self.city.state.desks
        if desks.has_room(rule.desk) and rule.desk not in desks.lines:
            self._begin(Task(priority, self.city.now, about, step, rule.desk), lasting=rule.lasting, n=n)
        else:
            self.city.record(f.TaskQueued(self.city.now, rule.desk, step, about, priority))

    def put_office(self, case: int, department: Department, *, priority: int, n: int) -> None:
        """A department is to deal with a case at its own desk."""
        assert department.office is not None
        assert department.lasting is not None
        self.put(Step.OFFICE, case, priority=priority, rule=StepRule(department.office, department.lasting), n=n)

    def finish(self, step: Step, about: int) -> None:
        """A step is done."""
        desk = self.city.state.desks.tasks[step, about].desk
        self.then[step](about)
        self._fill(desk)

    def lasting_of(self, task: Task) -> tuple[Distribution | None, int]:
        """How long a task takes, and how often the same has been done before."""
        state = self.city.state
        telling = state.contacts.get(task.about)
        if task.step is Step.ANSWER and telling is not None:
            channel = self.rules.channels[telling.channel]
            return channel.lasting.get(telling.what) or channel.lasting.get("report"), 0
        case = state.cases.get(task.about) or state.after.get(task.about)
        if case is None:  # whoever presses, or decides on time, finishes although it is closed meanwhile
            rule = self.rules.steps.get(task.step)
            return None if rule is None else rule.lasting, 0
        n = case.n_returns + case.n_reworks + case.n_reopened
        if task.step is Step.OFFICE:
            office = next(each for each in self.rules.departments if each.name == case.department)
            return office.lasting, n
        rule = self.rules.rule_of(task.step, case.matter)
        return None if rule is None else rule.lasting, n

    def luck_of(self, task: Task, n: int) -> tuple[str, int, int]:
        """(purpose, entity, number) of what a task's time is drawn for, done for the `n`-th time.

        A contact about a problem has the problem's luck: the same call takes the same time under any policy.
        """
        telling = self.city.state.contacts.get(task.about) if task.step is Step.ANSWER else None
        about = task.about
        if telling is not None and telling.problem is not None:
            about, n = telling.problem, telling.n_before
        step = "sensed" if telling is not None and telling.sensed else task.step.value
        purpose = f"desk {step} {n}" if n else f"desk {step}"
        return (purpose, *batch_and_number(about))

    def _begin(self, task: Task, *, lasting: Distribution | None, n: int) -> None:
        city, waited = self.city, task.queued_at < self.city.now
        span_us = 0
        if lasting is not None:
            purpose, entity, k = self.luck_of(task, n)
            span_us = city.streams.span_us(lasting, purpose, entity, k)
        queued_at = task.queued_at if waited else None
        ends_at = city.now + span_us
        city.record(f.TaskBegan(city.now, task.desk, task.step, task.about, task.priority, ends_at, queued_at))

    def _fill(self, desk: int) -> None:
        while (task := self.city.state.desks.next(desk)) is not None:
            lasting, n = self.lasting_of(task)
            self._begin(task, lasting=lasting, n=n)
