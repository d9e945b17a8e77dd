"""The eyes of the city: which sensor tells of a problem next, and when; one alarm a problem, none for an idle sensor.

In: problems that arise, or that nobody at the centre knows of any more. Out: tellings, as contacts. When sensors tell
follows from the problem's own number alone, so that the same problem meets the same luck under any policy: each kind of
sensor tells when the first of them has noticed it, and from then on again and again if it does that at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from agents.base import City, CityAgent
from agents.contacts import Contacts
from agents.loop_rules import LoopRules
from agents.sensor_rules import Rotating, SensorRule, Watched
from twin.domain import facts as f
from twin.domain.ids import batch_and_number
from twin.domain.problem import Channel, Problem
from twin.domain.quantities import WEEK
from twin.domain.route import Spot
from twin.domain.sensor import PICTURES, SENSES, looks, phase_of, round_us

HORIZON = 2 * WEEK
"""Longer than this after a problem arose no sensor looks for it that has not noticed it."""

BEFORE_ALL = -1
"""Stands before all channels of one instant."""


class Eyes(CityAgent):
    """Sets each problem's alarm for the sensor that will tell of it next."""

    def __init__(self, city: City, rules: LoopRules, *, contacts: Contacts) -> None:
        super().__init__(city)
        self.rules, self.contacts = rules, contacts
        self._by_matter: dict[str, list[tuple[int, SensorRule]]] = {}
        self._staffed: dict[tuple[tuple[int | None, int], ...], tuple[int, int, int]] = {}
        self._pictures = [
            rule.coverage for rule in rules.sensors if rule.channel in PICTURES and rule.coverage is not None
        ]

    def is_watched(self, spot: Spot) -> bool:
        """Whether a camera that somebody could look through sees a place."""
        return any(coverage.at(spot) for coverage in self._pictures)

    # ---------------------------------------------------------------------- alarms

    def look_all(self) -> None:
        """Chance was drawn anew: look at every problem again."""
        for problem in sorted(self.city.state.problems):
            self.problem_there(problem)

    def problem_there(self, problem: int) -> None:
        """A problem is there that nobody at the centre knows of: will a sensor tell of it?"""
        state = self.city.state
        known = state.problems[problem]
        if self._for(known.matter):
            channel, n_seen = state.sensors.get(problem, (None, 0))
            after = BEFORE_ALL if not known.n_sensed else len(SENSES)
            told_next = self._next(problem, known, now=self.city.now, after=after)
            if told_next != (channel, state.agenda.due("sense", problem)):
                self._set(problem, told_next, n_seen=n_seen, last=Channel.UNKNOWN)

    def sense(self, problem: int) -> None:
        """A sensor tells of a problem, unless the centre knows of it and need not be told again."""
        state = self.city.state
        known, (channel, n_seen) = state.problems[problem], state.sensors[problem]
        if known.case is None or not self._is_quiet(channel, known.matter):
            n_seen += 1
            self.contacts.sensed(problem, channel=channel)
            if problem not in state.problems:
                return
            known = state.problems[problem]
        told_next = self._next(problem, known, now=self.city.now, after=SENSES.index(channel))
        self._set(problem, told_next, n_seen=n_seen, last=channel)

    def _set(self, problem: int, told_next: tuple[Channel | None, int | None], *, n_seen: int, last: Channel) -> None:
        channel, due = told_next
        self.city.record(f.SensorSet(self.city.now, problem, last if channel is None else channel, due, n_seen))

    def has_told(self, arisen: f.ProblemArose) -> bool:
        """Whether a sensor would have told by now of a problem that arose before."""
        now, spot, ends_at = self.city.now, Spot(arisen.edge, arisen.offset_mm), arisen.ends_at
        dues = (
            self._first_told(number, rule, arisen.problem, spot, arose_at=arisen.arose_at, ends_at=ends_at)
            for number, rule in self._for(arisen.matter)
        )
        return any(due is not None and due <= now for due in dues)

    # ---------------------------------------------------------------------- who tells when

    def _for(self, matter: str) -> list[tuple[int, SensorRule]]:
        """The sensors for a matter, with their numbers."""
        found = self._by_matter.get(matter)
        if found is None:
            found = [(number, rule) for number, rule in enumerate(self.rules.sensors) if rule.senses(matter)]
            self._by_matter[matter] = found
        return found

    def _is_quiet(self, channel: Channel, matter: str) -> bool:
        return all(rule.quiet for _, rule in self._for(matter) if rule.channel is channel)

    def _next(self, problem: int, known: Problem, *, now: int, after: int) -> tuple[Channel | None, int | None]:
        """Which channel tells next, from now on or, of this instant, `after` those told already; and when."""
        ends_at = self.city.state.agenda.due("end", problem)
        best: tuple[int, int] | None = None
        for number, rule in self._for(known.matter):
            if rule.quiet and known.case is not None:
                continue
            place, arose_at = SENSES.index(rule.channel), known.arose_at
            due = self._first_told(number, rule, problem, known.spot, arose_at=arose_at, ends_at=ends_at)
            since = now if place > after else now + 1
            if due is not None and due < since:
                due = None if rule.again_us is None else due - (due - since) // rule.again_us * rule.again_us
            if due is not None and (ends_at is None or due < ends_at) and (best is None or (due, place) < best):
                best = due, place
        return (None, None) if best is None else (SENSES[best[1]], best[0])

    def _first_told(
        self, number: int, rule: SensorRule, problem: int, spot: Spot, *, arose_at: int, ends_at: int | None
    ) -> int | None:
        """When the first of the sensors of a rule tells of a problem for the first time; None: before its end none."""
        until = arose_at + HORIZON if ends_at is None else min(ends_at, arose_at + HORIZON)
        dues = (
            self._told_by(f"{number} {sensor}", sensor, rule, problem, since=arose_at, until=until)
            for sensor in ([0] if rule.coverage is None else rule.coverage.at(spot))
        )
        return min((due for due in dues if due is not None), default=None)

    def _told_by(self, name: str, sensor: int, rule: SensorRule, problem: int, *, since: int, until: int) -> int | None:
        """When one sensor tells of a problem that it may have in view."""
        streams, luck = self.city.streams, batch_and_number(problem)
        if rule.in_view < 1 and streams.uniform(f"in view {name}", *luck) >= rule.in_view:
            return None
        if rule.rounds is None:
            is_seen = rule.seen >= 1 or streams.uniform(f"sensed {name}", *luck) < rule.seen
            seen_at = since if is_seen else None
        else:
            seen_at = self._first_seen(name, sensor, rule, problem, since=since, until=until)
        if seen_at is None or rule.delay is None:
            return seen_at
        return seen_at + streams.span_us(rule.delay, f"sensor delay {name}", *luck)

    def _first_seen(
        self, name: str, sensor: int, rule: SensorRule, problem: int, *, since: int, until: int
    ) -> int | None:
        """The first look at a problem that notices it; each look has luck of its own."""
        streams, by_feed = self.city.streams, rule.coverage is not None and isinstance(rule.rounds, Watched)
        phase = phase_of(sensor) if by_feed else streams.uniform(f"phase {name}", *batch_and_number(problem))
        if rule.seen <= 0:
            return None
        for n, at in enumerate(self._looks(rule.rounds, phase, since=since, until=until)):
            if rule.seen >= 1 or streams.uniform(f"sensed {name}", problem, n) < rule.seen:
                return at
        return None

    def _looks(self, rounds: Rotating | Watched | None, phase: float, *, since: int, until: int) -> Iterator[int]:
        """The looks at one place; of watchers only while some are there."""
        if isinstance(rounds, Rotating):
            yield from looks(since, until, round_us=rounds.round_us, phase=phase)
        elif rounds is not None:
            while since < until:
                n_watchers, changes_at = self._watchers(rounds.seats, since)
                if n_watchers:
                    every_us = round_us(rounds.n_feeds, n_watchers=n_watchers, dwell_us=rounds.dwell_us)
                    yield from looks(since, min(until, changes_at), round_us=every_us, phase=phase)
                since = changes_at

    def _watchers(self, seats: tuple[tuple[int | None, int], ...], at: int) -> tuple[int, int]:
        """How many watch at an instant, and when that may change."""
        since, changes_at, n_watchers = self._staffed.get(seats, (0, 0, 0))
        if since <= at < changes_at:
            return n_watchers, changes_at
        setting = self.city.setting
        n_watchers, changes_at = 0, at + WEEK
        for roster, n in seats:
            if roster is None:
                n_watchers += n
                continue
            begin, end = setting.rosters[roster].now_or_next(at, civil=setting.civil)
            n_watchers += n if begin <= at else 0
            changes_at = min(changes_at, end if begin <= at else begin)
        self._staffed[seats] = at, changes_at, n_watchers
        return n_watchers, changes_at
