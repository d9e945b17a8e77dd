"""The state of the world: only what is open, as data.

Frozen records in dictionaries for cases, jobs and legs; numpy columns for what every decision scans; the agenda of
alarms. `dump` and `State.load` are exact inverses, and folding a journal gives the same bytes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.clock.alarms import Agenda, Alarm
from twin.domain.case import Case, Waiting
from twin.domain.contact import Telling
from twin.domain.desk import Task
from twin.domain.mode import MODES
from twin.domain.problem import Channel, Offspring, Problem
from twin.domain.route import Spot
from twin.domain.unit import FREE, PARKED, PATROLLING, RETURNING, Absence, Focus, Job, Movement, Unit, UnitStatus
from twin.world.desks import Desks

STATUSES = tuple(UnitStatus)

KEEP = 256  # groups of units that can and may do something, remembered to save work

K = TypeVar("K", int, str)
V = TypeVar("V")


class Fleet:
    """The units' columns, each of shape (n_units,).

    `status` int8; `edge`, `offset_mm` int64: where a unit stands (while it moves: where its leg began); `since` int64:
    last change of status; `n_jobs`, `n_absences` int64: so far; `fit_since` int64: since when it has been in service;
    `lap`, `into_us` int64: how far it had come with its patrol when it last began or paused; `on_duty` bool.
    `free` bool and `delay_us` int64 (expected turnout; 0 while moving) follow from the status, `mode` int8 (a number in
    `MODES`) and `beat` int64 (-1: none) from the roster.
    """

    SAVED = ("status", "edge", "offset_mm", "since", "n_jobs", "n_absences", "fit_since", "lap", "into_us", "on_duty")

    DERIVED = ("free", "delay_us", "mode", "beat")

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.status = np.zeros(0, np.int8)
        self.edge = np.zeros(0, np.int64)
        self.offset_mm = np.zeros(0, np.int64)
        self.since = np.zeros(0, np.int64)
        self.n_jobs = np.zeros(0, np.int64)
        self.n_absences = np.zeros(0, np.int64)
        self.fit_since = np.zeros(0, np.int64)
        self.lap = np.zeros(0, np.int64)
        self.into_us = np.zeros(0, np.int64)
        self.on_duty = np.zeros(0, np.bool_)
        self.mode = np.zeros(0, np.int8)
        self.beat = np.zeros(0, np.int64)
        self.modes: tuple[int, ...] = ()
        """Modes there are among the units, by number."""
        self.rosters: dict[int, list[int]] = {}
        self.free = np.zeros(0, np.bool_)
        self.delay_us = np.zeros(0, np.int64)
        self._able: dict[tuple[str, tuple[int, ...]], NDArray[np.bool_]] = {}
        self._known: dict[str, bool] = {}
        self._room: dict[str, NDArray[np.generic]] = {}

    def enrol(self, unit: Unit, *, at: int) -> None:
        """Add a unit, parked at its home."""
        n = len(self.units)
        self.units.append(unit)
        self._able.clear()
        self._known.clear()
        for name in (*self.SAVED, *self.DERIVED):
            column = self._room.get(name)
            if column is None or column.size <= n:
                old = getattr(self, name)
                column = self._room[name] = np.zeros(max(16, 2 * n), old.dtype)
                column[:n] = old
            setattr(self, name, column[: n + 1])
        self.edge[n], self.offset_mm[n], self.fit_since[n] = unit.home.edge, unit.home.offset_mm, at
        self.on_duty[n] = True
        self._describe(n, unit)
        self.set_status(n, PARKED, at=at)

    def _describe(self, n: int, unit: Unit) -> None:
        self.mode[n] = mode = MODES.index(unit.mode)
        if mode not in self.modes:
            self.modes = tuple(sorted((*self.modes, mode)))
        self.beat[n] = -1 if unit.beat is None else unit.beat
        if unit.roster is not None:
            self.rosters.setdefault(unit.roster, []).append(n)

    def restore(self, units: list[Unit], columns: list[bytes]) -> None:
        """Take over a roster and its saved columns."""
        self.units = units
        for name, column in zip(self.SAVED, columns, strict=True):
            setattr(self, name, np.frombuffer(column, getattr(self, name).dtype).copy())
        self.mode, self.beat = np.zeros(len(units), np.int8), np.zeros(len(units), np.int64)
        for number, unit in enumerate(units):
            self._describe(number, unit)
        self.free = np.isin(self.status, FREE)
        turnouts = np.fromiter((unit.turnout_us for unit in units), np.int64, len(units))
        self.delay_us = np.where(self.status == PARKED, turnouts, 0)

    def set_status(self, unit: int, status: UnitStatus, *, at: int) -> None:
        """The only writer of `status`, `since`, `free` and `delay_us`."""
        self.status[unit] = status
        self.since[unit] = at
        self.free[unit] = status is PARKED or status is RETURNING or status is PATROLLING
        self.delay_us[unit] = self.units[unit].turnout_us if status is PARKED else 0

    def status_of(self, unit: int) -> UnitStatus:
        """A unit's status; an element of the column itself compares slowly (6 µs)."""
        return STATUSES[int(self.status[unit])]

    def place(self, unit: int, spot: Spot) -> None:
        """It stands here now."""
        self.edge[unit], self.offset_mm[unit] = spot.edge, spot.offset_mm

    def spot(self, unit: int) -> Spot:
        """Where it stands, or where its leg began."""
        return Spot(int(self.edge[unit]), int(self.offset_mm[unit]))

    def able(self, skill: str, *, barred: tuple[int, ...] = ()) -> NDArray[np.bool_]:
        """Who has a skill and is not barred, shape (n_units,); to be read only."""
        found = self._able.get((skill, barred))
        if found is None:
            if len(self._able) >= KEEP:
                self._able.clear()
            found = self._able[skill, barred] = np.array([skill in unit.skills for unit in self.units], np.bool_)
            found[list(barred)] = False
        return found

    def has(self, skill: str) -> bool:
        """Whether anybody has a skill."""
        found = self._known.get(skill)
        if found is None:
            found = self._known[skill] = bool(self.able(skill).any())
        return found


class Queue:
    """Needs that wait for a unit, by skill, each line in the order it is served."""

    def __init__(self, lines: dict[str, list[Waiting]] | None = None) -> None:
        self.lines: dict[str, list[Waiting]] = lines or {}
        self._needs = {(waiting.case, waiting.need): waiting for line in self.lines.values() for waiting in line}

    def __contains__(self, need: tuple[int, int]) -> bool:
        return need in self._needs

    def add(self, skill: str, waiting: Waiting) -> None:
        """Join the line."""
        insort(self.lines.setdefault(skill, []), waiting)
        self._needs[waiting.case, waiting.need] = waiting

    def remove(self, skill: str, case: int, need: int) -> bool:
        """Leave the line; False if it was not in it."""
        waiting = self._needs.pop((case, need), None)
        if waiting is None:
            return False
        line = self.lines[skill]
        del line[bisect_left(line, waiting)]
        if not line:
            del self.lines[skill]
        return True


class State:
    """Everything the future depends on. Written by `apply` alone."""

    def __init__(self) -> None:
        self.at = 0
        self.luck = 0
        self.luck_since = 0
        self.first_numbers: dict[int, int] = {}
        """Under forked luck: batch (a day of a source) → number of its first case, the earlier ones being history."""
        self.last_cases: dict[int, int] = {}
        """Modelled source → the case it brought last."""
        self.fleet = Fleet()
        self.cases: dict[int, Case] = {}
        self.jobs: dict[int, Job] = {}
        self.movements: dict[int, Movement] = {}
        self.absences: dict[int, Absence] = {}
        self.postings: dict[int, Spot] = {}
        """Unit → where it waits, if that is not its station."""
        self.queue = Queue()
        self.unreachable: set[tuple[int, int]] = set()
        self.closed: frozenset[int] = frozenset()
        self.problems: dict[int, Problem] = {}
        """What is wrong on the ground now, seen or not."""
        self.offspring: dict[int, Offspring] = {}
        """What problems that have been will lead to."""
        self.about: dict[int, tuple[int, ...]] = {}
        """Open case → the problem it is about, then others that were taken for the same; each may have ended."""
        self.unseen: dict[int, set[int]] = {}
        """Edge → problems on it that have no case; follows from `problems`."""
        self.lookouts: dict[int, int] = {}
        """Unit on patrol → the problem it will notice first."""
        self.focus: dict[int, Focus] = {}
        """Unit on patrol → the streets it goes to more often."""
        self.told: dict[int, dict[int, int]] = {}
        """Week since the epoch → edge → how many cases were reported on it; the last weeks only."""
        self.contacts: dict[int, Telling] = {}
        """Contacts nobody has listened to to the end."""
        self.sensors: dict[int, tuple[Channel, int]] = {}
        """Problem → the sensor that will tell of it next, and how often one has before."""
        self.desks = Desks()
        self.after: dict[int, Case] = {}
        """Closed cases that are still to be followed up."""
        self.mode = ""
        """What the centre works in, if not as usual."""
        self.agenda = Agenda()
        self.memories: dict[int, bytes] = {}
        """Desk (0 dispatch, 1 patrol, 2 postings) → what its policy remembers."""
        self.policies: dict[int, tuple[str, bytes]] = {}
        """Desk → (what it is called, its parameters in msgpack) of the policy it was changed to, if it was."""
        self.n_inputs = 0
        self.n_commands = 0
        """How many of the inputs were commands."""
        self.tokens: dict[str, None] = {}
        """Those of the last commands, oldest first: none is carried out twice."""
        self.anomalies: dict[str, int] = {}

    def unseen_add(self, number: int, problem: Problem) -> None:
        """Keep the index of problems nobody has reported."""
        if problem.case is None:
            self.unseen.setdefault(problem.spot.edge, set()).add(number)

    def unseen_drop(self, number: int, problem: Problem) -> None:
        """Keep the index of problems nobody has reported."""
        here = self.unseen.get(problem.spot.edge)
        if here is not None:
            here.discard(number)
            if not here:
                del self.unseen[problem.spot.edge]

    def dump(self) -> Saved:
        """A copy as plain data, in a canonical order."""
        fleet = self.fleet
        return Saved(
            at=self.at,
            luck=self.luck,
            luck_since=self.luck_since,
            first_numbers=_by_key(self.first_numbers),
            last_cases=_by_key(self.last_cases),
            units=list(fleet.units),
            columns=[getattr(fleet, name).tobytes() for name in Fleet.SAVED],
            cases=_by_key(self.cases),
            jobs=_by_key(self.jobs),
            movements=_by_key(self.movements),
            absences=_by_key(self.absences),
            postings=_by_key(self.postings),
            lines={skill: list(self.queue.lines[skill]) for skill in sorted(self.queue.lines)},
            unreachable=sorted(self.unreachable),
            closed=sorted(self.closed),
            problems=_by_key(self.problems),
            offspring=_by_key(self.offspring),
            about=_by_key(self.about),
            lookouts=_by_key(self.lookouts),
            focus=_by_key(self.focus),
            told={week: dict(counts) for week, counts in self.told.items()},
            contacts=_by_key(self.contacts),
            sensors=_by_key(self.sensors),
            tasks=self.desks.dump(),
            seats=_by_key(self.desks.n_seats),
            after=_by_key(self.after),
            mode=self.mode,
            alarms=self.agenda.pending(),
            memories=_by_key(self.memories),
            policies=_by_key(self.policies),
            n_inputs=self.n_inputs,
            n_commands=self.n_commands,
            tokens=list(self.tokens),
            anomalies=_by_key(self.anomalies),
        )

    @classmethod
    def load(cls, saved: Saved) -> State:
        """The state `dump` was called on."""
        state = cls()
        state.at, state.luck, state.luck_since = saved.at, saved.luck, saved.luck_since
        state.first_numbers, state.n_inputs = dict(saved.first_numbers), saved.n_inputs
        state.last_cases = dict(saved.last_cases)
        state.fleet.restore(list(saved.units), saved.columns)
        state.cases, state.jobs = dict(saved.cases), dict(saved.jobs)
        state.movements, state.absences = dict(saved.movements), dict(saved.absences)
        state.postings = dict(saved.postings)
        state.queue = Queue({skill: list(line) for skill, line in saved.lines.items()})
        state.unreachable, state.closed = set(saved.unreachable), frozenset(saved.closed)
        state.problems, state.offspring = dict(saved.problems), dict(saved.offspring)
        state.about, state.lookouts, state.focus = dict(saved.about), dict(saved.lookouts), dict(saved.focus)
        state.told = {week: dict(counts) for week, counts in saved.told.items()}
        state.contacts, state.sensors = dict(saved.contacts), dict(saved.sensors)
        state.desks = Desks(saved.tasks, dict(saved.seats))
        state.after, state.mode = dict(saved.after), saved.mode
        state.agenda = Agenda(saved.alarms)
        state.memories, state.anomalies = dict(saved.memories), dict(saved.anomalies)
        state.policies, state.n_commands = dict(saved.policies), saved.n_commands
        state.tokens = dict.fromkeys(saved.tokens)
        for number, problem in state.problems.items():
            state.unseen_add(number, problem)
        return state


class Saved(msgspec.Struct, frozen=True, array_like=True):
    """A state as plain data; what `snapshot()` encodes."""

    at: int
    luck: int
    luck_since: int
    first_numbers: dict[int, int]
    last_cases: dict[int, int]
    units: list[Unit]
    columns: list[bytes]
    cases: dict[int, Case]
    jobs: dict[int, Job]
    movements: dict[int, Movement]
    absences: dict[int, Absence]
    postings: dict[int, Spot]
    lines: dict[str, list[Waiting]]
    unreachable: list[tuple[int, int]]
    closed: list[int]
    problems: dict[int, Problem]
    offspring: dict[int, Offspring]
    about: dict[int, tuple[int, ...]]
    lookouts: dict[int, int]
    focus: dict[int, Focus]
    told: dict[int, dict[int, int]]
    contacts: dict[int, Telling]
    sensors: dict[int, tuple[Channel, int]]
    tasks: list[Task]
    seats: dict[int, int]
    after: dict[int, Case]
    mode: str
    alarms: list[Alarm]
    memories: dict[int, bytes]
    policies: dict[int, tuple[str, bytes]]
    n_inputs: int
    n_commands: int
    tokens: list[str]
    anomalies: dict[str, int]


def _by_key(mapping: dict[K, V]) -> dict[K, V]:
    return {key: mapping[key] for key in sorted(mapping)}
