"""A unit of the field force: turns out, gets there, works, comes free, goes home or on patrol, and is sometimes away.

It holds its number only. Every bell answers with a fact; what comes next is armed by that fact.
"""

from __future__ import annotations

from agents.base import City, CityAgent
from agents.habits import Spells
from agents.lookout import Lookout
from twin.clock.distributions import Distribution
from twin.domain import facts as f
from twin.domain.case import CHECK, VERIFY, Case
from twin.domain.ids import batch_and_number
from twin.domain.orders import Reason
from twin.domain.route import Route, Spot
from twin.domain.unit import COMMAND, DONE, PARKED, PATROLLING, Absence, Freed, Job, Unit
from twin.errors import NoRouteError
from twin.world.view import UNIT_FREE, Trigger
from twin.world.whereabouts import patrolled

MOST_NEEDS = 64
"""Units a case may want at most."""

ON_SCENE = tuple(f"on scene {need}" for need in range(MOST_NEEDS))
"""What a case's own draws are for, by need."""


class FieldUnit(CityAgent):
    """One responder."""

    def __init__(self, city: City, number: int, *, lookout: Lookout) -> None:
        super().__init__(city)
        self.number, self.lookout = number, lookout
        self.unit: Unit = city.setting.units[number]
        self.ways = city.terrain.of(self.unit.mode)
        self.patrols = city.terrain.patrols if self.unit.patrols else None
        self.turnout = city.setting.habits.turnout_of(self.unit.kind)
        self.spells = city.setting.habits.spells_of(self.unit.kind)

    def enrol(self) -> None:
        """Join the roster."""
        unit = self.unit
        home = unit.home
        self.city.record(
            f.UnitEnrolled(
                self.city.now,
                self.number,
                unit.name,
                unit.kind,
                unit.skills,
                home.edge,
                home.offset_mm,
                unit.turnout_us,
                unit.placed,
                self._next_spell(0),
                unit.mode,
                unit.beat,
                unit.patrols,
                unit.roster,
                self._first_phase_us(),
            )
        )

    def _first_phase_us(self) -> int:
        """Where on its tour it begins, drawn evenly."""
        if self.patrols is None:
            return 0
        period_us = self.patrols.period_us(self.number, 0)
        return int(self.city.streams.uniform("first phase", self.number, 0) * period_us)

    # ---------------------------------------------------------------------- on a job

    def assign(self, case: int, need: int, route: Route, reason: Reason, *, moving: bool) -> None:
        """Take a need of a case; a unit on the move rolls at once."""
        city, number, now = self.city, self.number, self.city.now
        turnout = None if moving else self.turnout
        rolls_at = None
        if turnout is not None:
            n_jobs = int(city.state.fleet.n_jobs[number])
            rolls_at = now + city.streams.span_us(turnout, "turnout", number, n_jobs)
        city.record(
            f.UnitAssigned(
                now,
                number,
                case,
                need,
                route.edges,
                route.start_mm,
                route.end_mm,
                route.travel_us,
                route.band,
                reason.expected_us,
                reason.rule,
                tuple(unit for unit, _ in reason.runners_up),
                tuple(expected_us for _, expected_us in reason.runners_up),
                rolls_at,
            )
        )
        if rolls_at is None:
            self.roll()

    def roll(self) -> None:
        """Wheels roll."""
        city, number = self.city, self.number
        route = city.state.jobs[number].route
        assert route is not None
        travel_us = self.ways.driving_us(route.travel_us)
        noise = city.setting.habits.travel_noise
        if noise is not None:
            n_jobs = int(city.state.fleet.n_jobs[number])
            travel_us = travel_us * city.streams.span_us(noise, "travel", number, n_jobs) // 1_000_000
        city.record(f.UnitRolled(city.now, number, city.now + travel_us))

    def arrive(self) -> None:
        """On scene: how long the work will take is the case's own luck."""
        city, number = self.city, self.number
        job = city.state.jobs[number]
        whistle = city.whistle
        if whistle is not None and whistle.waits(job.case):
            city.record(f.UnitArrived(city.now, number))
            whistle.assembled(job.case)
            return
        leaves_at = city.now + self.work_us(job, city.state.cases[job.case])
        city.record(f.UnitArrived(city.now, number, leaves_at))

    def work_us(self, job: Job, case: Case) -> int:
        """How long the work on a case takes from now on."""
        lasting = self.on_scene(job.case, case)
        if lasting is None:
            return 0
        n = case.n_reworks + case.n_reopened
        purpose = f"{ON_SCENE[job.need]} again {n}" if n else ON_SCENE[job.need]
        return self.city.streams.span_us(lasting, purpose, *batch_and_number(job.case))

    def on_scene(self, number: int, case: Case) -> Distribution | None:
        """How long this kind of unit works on a case: to look is one thing, to find nothing another."""
        habits = self.city.setting.habits
        if case.stage is VERIFY or case.stage is CHECK:
            return habits.on_scene_of(case.stage.value, self.unit.kind)
        if habits.found_gone is not None and self.city.is_gone(number):
            return habits.found_gone
        return habits.on_scene_of(case.matter, self.unit.kind)

    def finish(self) -> None:
        """The work is done."""
        case = self.give_up_job(DONE)
        self.city.job_over(self.number, case)

    def give_up_job(self, cause: Freed) -> int:
        """Come free of the job, here; returns its case."""
        city, number = self.city, self.number
        job, spot = city.state.jobs[number], city.spot(number)
        city.record(f.UnitFreed(city.now, number, job.case, job.need, cause, spot.edge, spot.offset_mm))
        return job.case

    # ---------------------------------------------------------------------- off a job

    def after_job(self) -> None:
        """Leave if an absence is owed; otherwise offer itself to the centre, and go home or on patrol if not sent."""
        if self.leave_if_free():
            return
        self.city.decide(Trigger(UNIT_FREE, unit=self.number))
        if self.city.state.fleet.status_of(self.number) is PARKED:
            self.go_home()

    def stand_by(self) -> None:
        """Leave if an absence is owed; otherwise go home or on patrol, without being offered to the centre."""
        if not self.leave_if_free():
            self.go_home()

    def go_home(self) -> None:
        """Get back to the station or posting, or to where the patrol left off, if there is a way."""
        here, post = self.city.state.fleet.spot(self.number), self.post()
        if here == post:
            self.patrol()
            return
        route = self._way_to(post)
        if route is not None:
            self._go(route)

    def wait_at(self, post: Spot, reason: Reason) -> bool:
        """Wait there from now on when there is nothing to do, and go there; False if there is no way."""
        city, number = self.city, self.number
        route = self._way_to(post)
        if route is None:
            return False
        expected_us = self.ways.driving_us(route.travel_us)
        city.record(f.UnitPosted(city.now, number, post.edge, post.offset_mm, expected_us, reason.rule))
        if city.spot(number) != post:
            self._go(route)
        elif city.state.fleet.status_of(number) is not PARKED:
            city.record(f.UnitParked(city.now, number, post.edge, post.offset_mm))
        return True

    def _way_to(self, post: Spot) -> Route | None:
        city = self.city
        try:
            return self.ways.route_home(city.spot(self.number), post, band=city.band, closed=city.state.closed)
        except NoRouteError:
            return None

    def _go(self, route: Route) -> None:
        city, number = self.city, self.number
        city.record(
            f.UnitReturning(
                city.now,
                number,
                route.edges,
                route.start_mm,
                route.end_mm,
                route.travel_us,
                route.band,
                city.now + self.ways.driving_us(route.travel_us),
            )
        )

    def post(self) -> Spot:
        """Where it belongs when it has no case: its posting or station, or where its patrol left off."""
        if self.patrols is None:
            return self.city.state.postings.get(self.number, self.unit.home)
        return self.patrols.spot_at(
            self.number, patrolled(self.city.state, self.patrols, self.number, at=self.city.now)
        )

    def come_home(self) -> None:
        """Back at its station or posting, or on patrol again."""
        if self.patrols is not None:
            self.patrol()
            return
        post = self.post()
        self.city.record(f.UnitParked(self.city.now, self.number, post.edge, post.offset_mm))

    # ---------------------------------------------------------------------- on patrol

    def patrol(self) -> None:
        """Go on with the patrol from here, where it left off."""
        if self.patrols is None:
            return
        city, number = self.city, self.number
        phase = patrolled(city.state, self.patrols, number, at=city.now)
        city.record(f.PatrolBegan(city.now, number, phase.lap, phase.into_us))
        self.lookout.patrol_on(number)

    def pause_patrol(self) -> None:
        """Stand still, if it is on patrol; it will go on from here."""
        city, number = self.city, self.number
        if self.patrols is None or city.state.fleet.status_of(number) is not PATROLLING:
            return
        phase = patrolled(city.state, self.patrols, number, at=city.now)
        spot = self.patrols.spot_at(number, phase)
        city.record(f.PatrolPaused(city.now, number, phase.lap, phase.into_us, spot.edge, spot.offset_mm))

    def attends(self, day: int) -> bool:
        """Whether it comes to work on a day of the calendar."""
        share = self.city.setting.habits.attends_of(self.unit.name)
        return share >= 1 or self.city.streams.uniform("attends", self.number, day) < share

    # ---------------------------------------------------------------------- out of service

    def fall_out(self) -> None:
        """A spell out of service, or another duty, begins: now, or when the job is done."""
        city, number = self.city, self.number
        spells = self.spells
        assert spells is not None
        if self.unit.roster is not None and not city.state.fleet.on_duty[number]:
            self._put_off(spells, self.unit.roster)
            return
        back = self.post()
        city.record(f.UnitAway(city.now, number, back.edge, back.offset_mm, None, spells.expected_us, spells.reason))
        self.leave_if_free()

    def stand_down(self, lasting_us: int) -> None:
        """Out of service by command for so long: now, or when the job is done."""
        back, now = self.post(), self.city.now
        self.city.record(f.UnitAway(now, self.number, back.edge, back.offset_mm, now + lasting_us, 0, COMMAND))
        self.leave_if_free()

    def _put_off(self, spells: Spells, roster: int) -> None:
        """Nobody takes a spell off duty: the next is drawn anew from the next shift on."""
        city, number, setting = self.city, self.number, self.city.setting
        begin = max(city.now, city.turn(roster)[0])
        day = setting.rosters[roster].shift_of(begin, civil=setting.civil)
        spell_at = begin + city.streams.span_us(spells.every, "in service from", number, day)
        city.record(f.SpellPutOff(city.now, number, begin, spell_at))

    def leave_if_free(self) -> bool:
        """Leave, if an absence is owed or the shift is over and the unit is free; whether it left."""
        city, number = self.city, self.number
        if not city.state.fleet.free[number]:
            return False
        owed = city.state.absences.get(number)
        if owed is None:
            return self._off_duty()
        self.pause_patrol()
        city.record(f.UnitLeft(city.now, number, self._back_at(owed), owed.back.edge, owed.back.offset_mm))
        return True

    def _off_duty(self) -> bool:
        if self.city.state.fleet.on_duty[self.number]:
            return False
        self.city.record(f.UnitOffDuty(self.city.now, self.number))
        return True

    def _back_at(self, owed: Absence) -> int:
        city, number = self.city, self.number
        if owed.until_at is not None:
            return max(city.now, owed.until_at)
        spells = self.spells
        if spells is None or owed.reason is not spells.reason:
            return city.now + owed.lasting_us
        n_absences = int(city.state.fleet.n_absences[number])
        return city.now + city.streams.span_us(spells.lasting, "spell", number, n_absences)

    def come_back(self) -> None:
        """In service again, and ready to be sent."""
        n_absences = int(self.city.state.fleet.n_absences[self.number])
        self.city.record(f.UnitBack(self.city.now, self.number, self._next_spell(n_absences)))
        self.after_job()

    def _next_spell(self, n_absences: int) -> int | None:
        if self.spells is None:
            return None
        return self.city.now + self.city.streams.span_us(self.spells.every, "in service", self.number, n_absences)
