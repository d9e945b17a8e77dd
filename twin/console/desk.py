"""The desk: all that a page, or a program at the door, may ask of the room. Pages know this and nothing else.

What it gives is immutable, and asking never makes the clock wait. Whether somebody may do a thing is decided where it
is done (`act`, `drive`), never by hiding a button.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from twin.domain.branching import Branching
from twin.domain.commands import Command, Why
from twin.domain.facts import Fact
from twin.domain.quantities import CivilTime
from twin.domain.route import Spot
from twin.domain.seat import Seat
from twin.errors import GridtwinError
from twin.views.branch import BranchShown
from twin.views.city import CityShown
from twin.views.crew import Streets
from twin.views.moment import Moment
from twin.views.result import Result


class Answer(NamedTuple):
    """What became of a command: done where `why` is None. `at`: when; `detail`: more about why, in English."""

    at: int
    why: Why | None = None
    detail: str = ""


class Gear(StrEnum):
    """What one can do with the clock."""

    PLAY = "play"
    HOLD = "hold"
    STEP = "step"
    """One minute on."""
    SPEED = "speed"
    UNTIL_RED = "until red"
    SEEK = "seek"


class Drive(NamedTuple):
    """Set the clock: `speed` for `SPEED` (None: as fast as it goes), `at` for `SEEK` (a replay only)."""

    gear: Gear
    speed: float | None = None
    at: int = 0


class MatterShown(NamedTuple):
    """What can be reported: a matter, its usual priority, and the skills it takes."""

    matter: str
    priority: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What does not change while the room is open.

    Parameters
    ----------
    name : title. scenario : short name or file. seed : of chance. civil : the clock. until : the end.
    is_live : a running twin, that takes commands; otherwise a finished run, that can be scrubbed.
    matters : what can be reported. policies : what dispatch can be changed to.
    has_limits : whether cases have limits at all. shifts : name of every roster, by number.
    modes : what a centre can be changed to work in, beside as usual.
    english : what matters of the scenario's own are called in English.
    """

    name: str
    scenario: str
    seed: int
    civil: CivilTime
    until: int
    is_live: bool
    matters: tuple[MatterShown, ...] = ()
    policies: tuple[str, ...] = ()
    has_limits: bool = False
    shifts: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)


class Reach(NamedTuple):
    """A unit that could come, and the microseconds expected until it is there."""

    unit: int
    expected_us: int


class Desk(Protocol):
    """What pages talk to."""

    @property
    def about(self) -> About:
        """What is shown."""

    @property
    def city(self) -> CityShown | None:
        """The streets, None where there is no travel."""

    @property
    def streets(self) -> Streets | None:
        """Where units are on them, and by which way; None where there is no travel."""

    @property
    def result(self) -> Result | None:
        """What came out, for a finished run."""

    @property
    def moment(self) -> Moment:
        """What there is to be seen now."""

    @property
    def beside(self) -> Moment | None:
        """The same instant of the run set beside this one (a recorded history, another policy), if there is any."""

    @property
    def fault(self) -> str | None:
        """What stopped the clock, if something did."""

    @property
    def branch(self) -> BranchShown | None:
        """The what-if that was asked last, as far as it has come; everybody sees the same."""

    def moment_of(self, number: int, *, beside: bool = False) -> tuple[Moment, Moment | None] | None:
        """A moment not long gone and the one before it (of the run set beside); None where it is forgotten."""

    def facts_about(self, *, case: int | None = None, unit: int | None = None) -> Sequence[Fact]:
        """All facts up to the moment about a case, or the latest ones about a unit, in order."""

    def reach(self, spot: Spot, *, skill: str | None = None, most: int = 10) -> tuple[Reach, ...]:
        """Who could be at a place first, as things stand: free units with a skill (None: any), soonest first."""

    def act(self, command: Command, *, seat: Seat, token: str) -> Answer:
        """Give a command; returns when it is carried out (or refused) and, in a running twin, safely written down.

        `token` names this very command: given twice it is carried out once.
        """

    def drive(self, drive: Drive, *, seat: Seat) -> Why | None:
        """Set the clock; why not, if not."""

    def branch_off(self, asked: Branching, *, seat: Seat) -> Answer:
        """Ask what would be if, from now on; returns when it has begun. One is worked out at a time."""

    def stop_branch(self, *, seat: Seat) -> Why | None:
        """Call the what-if off; why not, if not."""


class Wish(msgspec.Struct, frozen=True):
    """What is to be opened.

    `what`: a scenario (shipped name or file), a city (built-in name or folder), a run folder, or the room folder of a
    twin that was stopped; empty opens the start page. `beside`: a second run folder. `begin`: civil time, "HH:MM", a
    new twin is to have got to. `speed` (None: as fast as it goes) and `plays`: of a new twin. `folder`: where a new
    twin keeps its journal; empty is a temporary folder.
    """

    what: str = ""
    beside: str = ""
    begin: str = ""
    speed: float | None = 1.0
    plays: bool = False
    folder: str = ""


class Choice(NamedTuple):
    """Something that can be opened, what it is called, and what it is about."""

    what: str
    name: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to be opened: shipped scenarios, built-in cities, and folders near by."""

    scenarios: tuple[Choice, ...] = ()
    cities: tuple[Choice, ...] = ()
    runs: tuple[Choice, ...] = ()
    rooms: tuple[Choice, ...] = ()


class House(Protocol):
    """What a page finds when it is opened: a desk, a city by itself, something on its way, an error, or nothing yet."""

    @property
    def desk(self) -> Desk | None:
        """What is open."""

    @property
    def city(self) -> CityShown | None:
        """A city by itself, if that is what is open."""

    @property
    def opening(self) -> str | None:
        """What is being opened, and how far that is; None where nothing is."""

    @property
    def fault(self) -> GridtwinError | None:
        """Why the last thing could not be opened."""

    def choices(self) -> Choices:
        """What there is to be opened."""

    def open(self, wish: Wish, *, seat: Seat) -> Why | None:
        """Begin to open something; why not, if not."""

    def leave(self, *, seat: Seat) -> Why | None:
        """Back to the start page; a running twin is closed, and can be gone on with."""
