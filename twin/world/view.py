"""What a policy may see: what has been reported and is expected, read-only, sorted; no sampled time, no future.

A view lasts for one decision. It answers in frozen records and read-only arrays. Those who handled a case are never
offered for its check. `twin.world.world_view` answers from the state of a running world.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from twin.domain.mode import Mode
from twin.domain.objective import Objective
from twin.domain.orders import Order
from twin.domain.route import Spot
from twin.domain.unit import UnitStatus
from twin.roads.network import FloatArray, LongArray
from twin.roads.zones import Zones


class TriggerKind(StrEnum):
    """What a policy can be asked about."""

    CASE_QUEUED = "case queued"
    UNIT_FREE = "unit free"
    ROADS = "roads reopened"
    SHIFT = "shift began"
    PERIOD = "period"


CASE_QUEUED, UNIT_FREE, ROADS, SHIFT, PERIOD = TriggerKind


class Trigger(msgspec.Struct, frozen=True, gc=False):
    """Why the policy is being asked: the case that was queued, or the unit that came free."""

    kind: TriggerKind
    case: int | None = None
    unit: int | None = None


class Need(msgspec.Struct, frozen=True, gc=False):
    """One unit a case is waiting for."""

    case: int
    need: int
    skill: str
    priority: int
    area: str
    matter: str
    reported_at: int
    spot: Spot


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A unit that could be sent, and the microseconds expected from the order to its arrival."""

    unit: int
    expected_us: int


class UnitSeen(msgspec.Struct, frozen=True, gc=False):
    """A unit as its dispatcher sees it. `case` and `priority` are those of the case it is on, if any.

    `home` is its station, `post` where it waits when it has nothing to do: there, or at its posting; None if it patrols
    then. `turnout_us`: expected from an order to its rolling, when it stands.
    """

    unit: int
    name: str
    kind: str
    skills: tuple[str, ...]
    status: UnitStatus
    since: int
    case: int | None
    priority: int | None
    mode: Mode = Mode.CAR
    beat: int | None = None
    patrols: bool = False
    home: Spot = Spot(0, 0)
    post: Spot | None = None
    turnout_us: int = 0


class Imagine(Protocol):
    """The door to imagined futures; see `View.imagine`."""

    def __call__(
        self, orders: Sequence[Order], *, horizon_s: float, n: int, then: str, valued: Objective
    ) -> tuple[float, ...]:
        """What each of some futures would cost."""


class View(Protocol):
    """The seam between the world and a policy."""

    @property
    def now(self) -> int:
        """Microseconds since the epoch."""

    def waiting(self, trigger: Trigger | None = None) -> Iterator[Need]:
        """Needs in the order of the queue; with a trigger, those it may have to do with."""

    def servable(self, trigger: Trigger, *, taken: Collection[int]) -> Iterator[Need]:
        """Those of `waiting` that some free unit can and may do, not counting the `taken`; these may become more."""

    def skills_waiting(self, trigger: Trigger | None = None) -> tuple[str, ...]:
        """The skills among them, sorted."""

    def n_free(self, skill: str, *, without: Collection[int] = ()) -> int:
        """How many free units have a skill; not all may do every need of it (see `expect`)."""

    def nearest(self, need: Need, *, k: int = 1, without: Collection[int] = ()) -> tuple[Candidate, ...]:
        """Up to `k` free units that can and may do it, soonest expected arrival first; ties by number."""

    def expect(self, need: Need, unit: int) -> Candidate | None:
        """What to expect of one unit that is free or could be diverted; None if it cannot, may not or has no way."""

    def n_on_duty(self, skill: str) -> int:
        """How many units with a skill are on duty and in service, free or not."""

    def free_units(self, skill: str) -> tuple[int, ...]:
        """Free units with a skill, by number; not all may do every need of it (see `expect`)."""

    def units(self) -> tuple[UnitSeen, ...]:
        """All units, by number."""

    def own_units(self, need: Need) -> tuple[int, ...]:
        """Free units that can and may do it, and whose beat it lies in, by number."""

    def recallable(self, skill: str) -> tuple[UnitSeen, ...]:
        """Units with a skill that were sent to a case and have not arrived, by number."""

    def sent_for(self, unit: int) -> Need | None:
        """What a unit was sent for, if it is on a case that is still open."""

    def can_try_remotely(self, need: Need) -> bool:
        """Whether its case could still be left to those who settle things by video: nobody is sent, nobody has tried.

        Its matter allows it, its place can be seen, and there is a desk for it; whether it will work nobody knows.
        """

    def length_mm(self, street: int) -> int:
        """Length of a street, millimetres."""

    def beats_at(self, spot: Spot) -> tuple[int, ...]:
        """The beats (grids of all overlays, numbered through) that a place lies in."""

    def streets_of(self, unit: int) -> tuple[int, ...]:
        """The streets of the beat of a unit on patrol, each by the lower of its edges; none of other units."""

    def told(self, weeks: int) -> dict[int, int]:
        """Cases reported in the last so many weeks, the present one not counted, by street."""

    def zones(self) -> Zones:
        """The town cut into a few dozen zones, the same in every view: what a policy keeps covered."""

    def told_by_zone(self, weeks: int) -> FloatArray:
        """Cases reported by zone, float64 (n_zones,): those of the last so many weeks, and of this one so far."""

    def reach_us(self, units: Sequence[int]) -> LongArray:
        """Microseconds expected from an order to each unit's arrival in each zone, int64 (n_units, n_zones).

        From where a unit is now, as if it were free, with all roads open: a measure of cover. `NEVER` of
        `twin.roads.tables` where there is no way.
        """

    def reach_from_us(self, spots: Sequence[Spot], *, mode: Mode) -> LongArray:
        """The same from places where a unit of this mode might be, without turnout: int64 (n_spots, n_zones)."""

    def stations(self) -> tuple[Spot, ...]:
        """Where units that do not patrol are stationed, each place once, in order."""

    def way_to(self, unit: int, spot: Spot) -> int | None:
        """Microseconds expected from where a unit is now to a place, if it set out at once; None if there is no way."""

    def dice(self, need: Need) -> float:
        """A number in (0, 1) for policies that throw dice: the same for the same need, whatever luck the world has."""

    def imagine(
        self,
        orders: Sequence[Order],
        *,
        horizon_s: float,
        n: int,
        then: str = "nearest",
        valued: Objective = Objective(),  # noqa: B008 - frozen
    ) -> tuple[float, ...]:
        """What it would cost, in each of `n` futures, if these orders and no others were given now.

        Futures are drawn with fresh luck: they tell what may happen, never what will. Those of one decision are the
        same for all orders that are compared. A future takes as long as simulating it.

        Parameters
        ----------
        horizon_s : how far ahead.
        then : the policy of dispatch from then on, with its usual parameters; in a future nobody imagines anything.
        valued : what waiting costs; of all needs that units are sent for, until somebody arrives or the future ends.

        Raises
        ------
        PolicyError : asked in an imagined future, or about none.
        """
