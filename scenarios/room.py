"""The room: one twin, or a run that is over, that any number of people look at, and some may command.

In: an engine, what stands still, and who sits where. Out: a `Desk`. One heartbeat (`beat`) moves the engine on under
the one lock, a few milliseconds at a time, writes down what happened, and publishes a `Moment`; whoever looks reads the
latest one and never waits. Commands and the clock's handles take the lock for as long as they need.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from scenarios.branch import Branches
from scenarios.engine import Commanded, Engine, Rewound
from scenarios.furniture import Furniture
from scenarios.reach import area_of
from twin.clock.pace import Pacer, wall
from twin.console.desk import About, Answer, Drive, Gear, Reach
from twin.domain.branching import Branching
from twin.domain.commands import ChangePolicy, Command, Why
from twin.domain.facts import CommandGiven, Fact
from twin.domain.light import RED
from twin.domain.quantities import HOUR, MINUTE, SECOND
from twin.domain.route import Spot
from twin.domain.seat import ADMIN, DRIVE, Seat, objection
from twin.views.branch import BranchShown
from twin.views.centre import centre_of
from twin.views.city import CityShown
from twin.views.crew import Streets, crew_of, places_of
from twin.views.hot_spots import told_of
from twin.views.moment import Moment, Pace, cases_of, followed_of, on_duty, tick_s
from twin.views.result import Result
from twin.world.state import State

SLICE_S = 0.05
"""The lock is held no longer than about this by a beat."""
_KEPT = 24
"""So many moments are kept for addresses that name them."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Room:
    """See `Desk`. Exactly one of `live` and `over` is there; `other` is the run set beside one that is over."""

    def __init__(
        self,
        furniture: Furniture,
        *,
        live: Commanded | None = None,
        over: Rewound | None = None,
        other: Rewound | None = None,
        other_streets: Streets | None = None,
    ) -> None:
        engine = live or over
        assert engine is not None
        self._furniture, self._engine, self._live, self._over, self._other = furniture, engine, live, over, other
        self._other_streets = other_streets
        self._branches = Branches()
        self._lock = threading.Lock()
        self._waiting: list[None] = []
        """One for each who waits for the lock: the heartbeat lets them in."""
        self._pacer = Pacer()
        self._until_red = False
        self._red_case: int | None = None
        self._step_us = SECOND
        self._published_s = 0.0
        self._told: tuple[int, dict[int, int]] | None = None
        self._number = 0
        self._moments: deque[Moment] = deque(maxlen=_KEPT)
        self._besides: deque[Moment] = deque(maxlen=_KEPT)
        self.fault: str | None = None
        self._is_closed = False
        self._publish()

    # ---------------------------------------------------------------------- for whoever looks

    @property
    def about(self) -> About:
        """What is shown."""
        return self._furniture.about

    @property
    def city(self) -> CityShown | None:
        """The streets."""
        return self._furniture.city

    @property
    def streets(self) -> Streets | None:
        """Where units are on them."""
        return self._furniture.streets

    @property
    def result(self) -> Result | None:
        """What came out, for a finished run."""
        return self._furniture.result

    @property
    def moment(self) -> Moment:
        """What there is to be seen now."""
        return self._moments[-1]

    @property
    def beside(self) -> Moment | None:
        """The same instant of the run set beside this one."""
        return self._besides[-1] if self._besides else None

    @property
    def branch(self) -> BranchShown | None:
        """The what-if that was asked last, as far as it has come."""
        return self._branches.shown

    def moment_of(self, number: int, *, beside: bool = False) -> tuple[Moment, Moment | None] | None:
        """A moment not long gone and the one before it; None where it is forgotten."""
        kept = tuple(self._besides if beside else self._moments)
        index = number - kept[0].number if kept else -1
        if not 0 <= index < len(kept):
            return None
        return kept[index], kept[index - 1] if index else None

    def facts_about(self, *, case: int | None = None, unit: int | None = None) -> Sequence[Fact]:
        """All facts up to the moment about a case, or the latest ones about a unit."""
        casebook, at = self._engine.watch.casebook, self.moment.at
        if case is not None:
            return casebook.of_case(case, until=at)
        return () if unit is None else casebook.of_unit(unit, until=at)

    def reach(self, spot: Spot, *, skill: str | None = None, most: int = 10) -> tuple[Reach, ...]:
        """Who could be at a place first."""
        reachable = self._furniture.reachable
        return () if reachable is None else reachable.reach(self.moment, spot, skill=skill, most=most)

    # ---------------------------------------------------------------------- for whoever acts

    def act(self, command: Command, *, seat: Seat, token: str) -> Answer:
        """Give a command."""
        why = objection(seat, command, area_of=self._area_of)
        if why is None and self._live is None:
            why = Why.REPLAYED
        if why is None and isinstance(command, ChangePolicy) and not self._may_use(command.use, seat):
            why = Why.NO_SUCH_POLICY
        live = self._live
        if why is not None or live is None:
            return Answer(self.moment.at, why)
        with self._first():
            became = self._do(lambda: live.carry_out(command, by=seat.name, token=token))
            if became is None:
                return Answer(self.moment.at, Why.STOPPED, self.fault or "")
            self._publish()
        return Answer(became.at) if isinstance(became, CommandGiven) else Answer(became.at, became.why, became.detail)

    def drive(self, drive: Drive, *, seat: Seat) -> Why | None:
        """Set the clock."""
        if not seat.may(DRIVE):
            return Why.NO_RIGHT
        if drive.gear is Gear.SEEK and self._over is None:
            return Why.NOT_LIVE
        with self._first():
            if self._do(lambda: self._shift(drive)) is None:
                return Why.STOPPED
            self._publish()
        return None

    def branch_off(self, asked: Branching, *, seat: Seat) -> Answer:
        """Ask what would be if; the clock stands still only while the state is copied."""
        live = self._live
        if live is None:
            return Answer(self.moment.at, Why.REPLAYED)
        why = self._branches.objection(asked, may_use=lambda policy: self._may_use(policy, seat))
        if why is not None:
            return Answer(self.moment.at, why)
        with self._first():
            start = self._do(live.start)
        if start is None:
            return Answer(self.moment.at, Why.STOPPED, self.fault or "")
        return Answer(start.at, self._branches.begin(asked, start, by=seat.name, until=self.about.until))

    def stop_branch(self, *, seat: Seat) -> Why | None:
        """Call the what-if off."""
        return self._branches.stop(seat)

    def _do(self, work: Callable[[], T]) -> T | None:
        """Do something under the lock, and write down what came of it.

        None where the clock has stopped for good, or stops now: what was only half done is not written down.
        """
        if self.fault is not None or self._is_closed:
            return None
        try:
            done = work()
            self._engine.commit()
        except Exception as error:  # noqa: BLE001 - a bug, or a full disk, stops this clock, and everybody is told
            _log.exception("the clock has stopped")
            self.fault = f"{type(error).__name__}: {error}"
            self._pacer.hold()
            return None
        return done

    def _shift(self, drive: Drive) -> bool:
        pacer, engine = self._pacer, self._engine
        if drive.gear in (Gear.PLAY, Gear.SPEED, Gear.UNTIL_RED):
            self._until_red = drive.gear is Gear.UNTIL_RED
            self._red_case = None
            speed = pacer.asked if drive.gear is Gear.PLAY else None if self._until_red else drive.speed
            is_playing = drive.gear is not Gear.SPEED or pacer.is_playing
            pacer.play(speed, now=engine.now, wall_s=wall())
            if not is_playing:
                pacer.hold()
            return True
        pacer.hold()
        self._until_red = False
        if drive.gear is Gear.STEP:
            self._go(min(engine.now + MINUTE, self.about.until))
        elif drive.gear is Gear.SEEK:
            at = min(max(0, drive.at), self.about.until)
            for each in (self._over, self._other):
                if each is not None:
                    each.seek(at)
        return True

    @contextmanager
    def _first(self) -> Iterator[None]:
        """The lock, before the heart beats on."""
        self._waiting.append(None)
        with self._lock:
            self._waiting.pop()
            yield

    # ---------------------------------------------------------------------- the heartbeat

    def beat(self) -> float:
        """Go on for a moment; returns after how many wall seconds to come again. A fault stops the clock for good."""
        begun_s = wall()
        with self._lock:
            self._do(lambda: self._go_on(begun_s))
        return max(0.002, SLICE_S - (wall() - begun_s))

    def close(self) -> None:
        """Let go of the journal, in which everything is that was ever shown; nothing happens any more."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._pacer.hold()
                self._engine.close()
        self._branches.close()

    def _go_on(self, begun_s: float) -> bool:
        pacer, engine, until = self._pacer, self._engine, self.about.until
        pacer.went(now=engine.now, wall_s=begun_s)
        target = pacer.target(now=engine.now, wall_s=begun_s)
        self._run(until if target is None else min(target, until), by_s=begun_s + SLICE_S)
        pacer.went(now=engine.now, wall_s=wall())
        if pacer.is_playing and engine.now >= until:
            pacer.hold()
            self._until_red = False
        shown = self.moment
        if shown.pace.is_playing != pacer.is_playing or (
            shown.at != engine.now and wall() - self._published_s >= tick_s(shown.pace, n_units=len(shown.units))
        ):
            self._publish()
        return True

    def _run(self, target: int, *, by_s: float) -> None:
        """Go towards an instant in steps that take a few milliseconds each, until the wall clock says `by_s`."""
        engine = self._engine
        if target <= engine.now:
            return
        while engine.now < target and wall() < by_s and self._pacer.is_playing and not self._waiting:
            before_s = wall()
            self._go(min(engine.now + self._step_us, target, self._red_at(engine.now)))
            took_s = wall() - before_s
            if took_s > SLICE_S / 5:
                self._step_us = max(SECOND // 10, self._step_us // 2)
            elif took_s < SLICE_S / 20:
                self._step_us = min(10 * MINUTE, self._step_us * 2)
        engine.commit()

    def _go(self, until: int) -> None:
        before = self._reds() if self._until_red else frozenset()
        self._engine.advance_to(until)
        if self._other is not None:
            self._other.advance_to(until)
        if self._until_red and (turned := sorted(self._reds() - before)):
            self._until_red, self._red_case = False, turned[0]
            self._pacer.hold()

    def _red_at(self, now: int) -> int:
        """The first instant at which an open case may turn red, if that is what one waits for."""
        if not self._until_red:
            return now + 10 * MINUTE
        limits, cases = self._engine.watch.limits, self._engine.state.cases
        due = (limits.deadline_of(case, now) for case in cases.values() if case.held_since is None)
        return min((at + 1 for at in due if at is not None and at >= now), default=now + 10 * MINUTE)

    def _reds(self) -> frozenset[int]:
        limits, now = self._engine.watch.limits, self._engine.now
        return frozenset(
            number for number, case in self._engine.state.cases.items() if limits.light_of(case, now) is RED
        )

    def _publish(self) -> None:
        self._number += 1
        self._published_s = wall()
        self._moments.append(self._picture(self._engine, self._furniture.engine_streets))
        if self._other is not None:
            self._besides.append(self._picture(self._other, self._other_streets))

    def _told_of(self, state: State, now: int) -> Mapping[int, int]:
        """Where cases were reported lately, counted anew every hour."""
        hour = now // HOUR
        if self._told is None or self._told[0] != hour:
            self._told = hour, told_of(state)
        return self._told[1]

    def _picture(self, engine: Engine, streets: Streets | None) -> Moment:
        state, now, watch = engine.state, engine.now, engine.watch
        cases = cases_of(state, now, limits=watch.limits)
        units, places = crew_of(state, streets, now)
        return Moment(
            number=self._number,
            at=now,
            units=units,
            places=places,
            cases=cases,
            case_places=places_of([case.spot for case in cases], streets),
            reading=watch.tally.read(state, now),
            closed=state.closed,
            told=self._told_of(state, now) if engine is self._engine else {},
            on_duty=on_duty(state.fleet),
            policy=engine.policy,
            pace=Pace(self._pacer.is_playing, self._pacer.asked, self._pacer.achieved, self._until_red, self._red_case),
            is_over=now >= self.about.until,
            n_facts=engine.n_facts,
            centre=None if watch.desks is None else centre_of(state, watch.desks, channels=watch.channels.read(now)),
            followed=followed_of(state, now, limits=watch.limits),
        )

    def _may_use(self, policy: str, seat: Seat) -> bool:
        """Whether a seat may bring in a policy: code that is not shipped is the administrator's affair."""
        return policy in self.about.policies or seat.role is ADMIN

    def _area_of(self, command: Command) -> str | None:
        """The area a command is about, None where it has no place."""
        return area_of(command, moment=self.moment, city=self.city)
