"""Forking luck: draw anew whatever could not be observed at this instant, and say so in one fact.

Modelled demand is drawn again from now on. A time under way, in the field or at a desk, keeps the part that has
elapsed: its rest is drawn from the distribution given that it has lasted so long. What was scheduled by an input (an
absence until eight) stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.base import City
from agents.field_unit import ON_SCENE, FieldUnit
from agents.lookout import Lookout
from agents.office import Office
from agents.problem_source import ProblemSource
from agents.road_works import retimed
from agents.source import Source
from twin.clock.alarms import Alarm
from twin.clock.distributions import Deterministic, Distribution
from twin.clock.streams import Streams
from twin.domain.facts import LegRetimed, LuckForked
from twin.domain.ids import batch_and_number
from twin.domain.quantities import SECOND
from twin.world.desks import ALARM

STEP_OF = {kind: step for step, kind in ALARM.items()}
"""Which step is done, by the alarm that rings then."""


def change_luck(
    city: City,
    luck: int,
    *,
    sources: Sequence[Source],
    units: Sequence[FieldUnit],
    office: Office | None,
    lookout: Lookout,
) -> None:
    """Draw anew, from now on, all that chance has not shown yet.

    Raises
    ------
    ValueError : a luck below 1, which no fork can have.
    """
    if luck < 1:
        raise ValueError(f"forked luck is numbered from 1: {luck} would be the run's own again")
    streams = city.streams.with_luck(luck, since=city.now)
    births = [source.open_anew(streams) for source in sources]
    redrawing = Redrawing(city, streams, units, office)
    for leg in redrawing.legs():
        city.record(leg)
    rest = redrawing.alarms()
    city.record(LuckForked(city.now, luck, (*(birth for birth in births if birth), *rest)))
    city.streams = streams
    for source in sources:
        if isinstance(source, ProblemSource):
            for problem in source.unseen_anew(streams):
                if office is None or not office.eyes.has_told(problem):
                    city.record(problem)
    lookout.look_all()
    if office is not None:
        office.eyes.look_all()


class Redrawing:
    """New instants for the pending alarms of a city under other streams."""

    def __init__(self, city: City, streams: Streams, units: Sequence[FieldUnit], office: Office | None) -> None:
        self.city, self.streams, self.units, self.office = city, streams, units, office

    def legs(self) -> list[LegRetimed]:
        """New arrivals for the units on their way to a case; each goes on from where it is."""
        city = self.city
        found = []
        for unit, movement in sorted(city.state.movements.items()):
            due = city.state.agenda.due("arrive", unit)
            if due is None:
                continue
            arrives_at = self._arrival(unit, due)
            if arrives_at != due:
                rest = self.units[unit].ways.rest_of(movement.leg, city.now)
                found.append(retimed(unit, rest, at=city.now, arrives_at=arrives_at))
        return found

    def alarms(self) -> list[Alarm]:
        """All pending alarms that stay: those that are certain in their old order, then the others with new dues.

        The others come in an order of their own, for their old one tells when they would have rung. What arises, what
        nobody has reported yet, and what patrols will notice is drawn again from nothing.
        """
        asks = self._asks()
        kept = [alarm for alarm in self.city.state.agenda.pending() if self._stays(*alarm[:2])]
        kept = [alarm for alarm in kept if alarm[0] != "ask" or alarm[1] not in asks]
        certain, drawn = list[Alarm](), list[Alarm]()
        for kind, who, due in kept:
            anew = self._due(kind, who, due)
            if anew is None:
                certain.append((kind, who, due))
            else:
                drawn.append((kind, who, anew))
        return [*certain, *sorted(drawn), *(("ask", case, at) for case, at in asks.items() if at is not None)]

    def _stays(self, kind: str, who: int) -> bool:
        if kind in ("end", "tell"):
            return self.city.state.problems[who].is_known
        return kind not in ("birth", "again", "discover", "sense")

    def _asks(self) -> dict[int, int | None]:
        """When the handlers of each case will ask for more time, or None, where nobody can know yet whether they do."""
        if self.office is None:
            return {}
        routing, found = self.office.loop.routing, dict[int, int | None]()
        for case, known in sorted(self.city.state.cases.items()):
            at = None if known.deadline_at is None else routing.may_ask_at(case, extra_us=known.extra_us)
            if at is not None and at > self.city.now:
                found[case] = at if routing.asks(case, streams=self.streams) else None
        return found

    def _due(self, kind: str, who: int, due: int) -> int | None:
        """When an alarm rings under the new luck; None where that is as certain as before."""
        habits, state = self.city.setting.habits, self.city.state
        match kind:
            case "register":
                since = state.cases[who].since
                return self._rest(habits.intake, "intake", *batch_and_number(who), since=since)
            case "queue":
                since = state.cases[who].since
                return self._rest(habits.processing, "processing", *batch_and_number(who), since=since)
            case "end" | "tell":
                return self._of_problem(kind, who)
            case "arrive":
                noise = habits.travel_noise
                return None if noise is None or isinstance(noise, Deterministic) else due
            case "roll":
                turnout, n_jobs = habits.turnout_of(self.units[who].unit.kind), int(state.fleet.n_jobs[who]) - 1
                return self._rest(turnout, "turnout", who, n_jobs, since=state.jobs[who].assigned_at)
            case "leave":
                job = state.jobs[who]
                lasting = self.units[who].on_scene(job.case, state.cases[job.case])
                began_at = job.begun_at or job.arrived_at
                since = self.city.now if began_at is None else began_at
                return self._rest(lasting, ON_SCENE[job.need], *batch_and_number(job.case), since=since)
            case "spell":
                spells, fleet = habits.spells_of(self.units[who].unit.kind), state.fleet
                every = None if spells is None else spells.every
                n, since = int(fleet.n_absences[who]), int(fleet.fit_since[who])
                return self._rest(every, "in service", who, n, since=since)
            case "back":
                spells, fleet = habits.spells_of(self.units[who].unit.kind), state.fleet
                away = state.absences.get(who)
                is_spell = spells is not None and away is not None and away.reason is spells.reason
                lasting = spells.lasting if spells is not None and is_spell else None
                n, since = int(fleet.n_absences[who]) - 1, int(fleet.since[who])
                return self._rest(lasting, "spell", who, n, since=since)
            case _:
                return None if self.office is None else self._indoors(kind, who, self.office)

    def _indoors(self, kind: str, who: int, office: Office) -> int | None:
        """At a desk, on the way to one, on hold, or with a department that will send it back."""
        state, rules = self.city.state, office.rules
        if kind in STEP_OF:
            task = state.desks.tasks[STEP_OF[kind], who]
            lasting, n = office.desks.lasting_of(task)
            assert task.begun_at is not None
            return self._rest(lasting, *office.desks.luck_of(task, n), since=task.begun_at)
        if kind == "attend":
            telling = state.contacts[who]
            delay = rules.channels[telling.channel].delay
            return self._rest(delay, "delay", *batch_and_number(who), since=telling.made_at)
        if kind == "return":
            case = state.cases[who]
            purpose = f"return {case.n_returns}"
            return self._rest(rules.return_after, purpose, *batch_and_number(who), since=case.since)
        if kind == "resume":
            case = state.cases[who]
            held = rules.matter(case.matter).held
            assert case.held_since is not None
            lasting = None if held is None else held.lasting
            return self._rest(lasting, "held", *batch_and_number(who), since=case.held_since)
        return None

    def _of_problem(self, kind: str, who: int) -> int | None:
        problem = self.city.state.problems[who]
        life = self.city.setting.sources[problem.source].life_of(problem.matter)
        entity, n = batch_and_number(who)
        if kind == "end":
            return self._rest(life.lasts, "lasts", entity, n, since=problem.arose_at)
        if problem.since:
            purpose = f"told again {problem.n_called or problem.n_reports}"
            return self._rest(life.told_again, purpose, entity, n, since=problem.since)
        return self._rest(life.told_after, "told", entity, n, since=problem.arose_at)

    def _rest(self, span: Distribution | None, purpose: str, entity: int, n: int, *, since: int) -> int | None:
        if span is None or isinstance(span, Deterministic):
            return None
        now = self.city.now
        return now + self.streams.rest_us(span, purpose, entity, n, elapsed_us=max(0, now - since))

    def _arrival(self, unit: int, due: int) -> int:
        """The noise of a leg is a factor on what was expected of it, drawn given that it has not arrived yet."""
        city, movement = self.city, self.city.state.movements[unit]
        noise = city.setting.habits.travel_noise
        departed_at, travel_us = movement.begun or (movement.leg.departed_at, movement.leg.route.travel_us)
        expected_us = self.units[unit].ways.driving_us(travel_us)
        if noise is None or not expected_us:
            return due
        elapsed_us = city.now - departed_at
        n_jobs = int(city.state.fleet.n_jobs[unit])
        done = elapsed_us * SECOND // expected_us
        factor = done + self.streams.rest_us(noise, "travel", unit, n_jobs, elapsed_us=done)
        return max(city.now + 1, departed_at + factor * expected_us // SECOND)
