"""Patrols: which lap of which beat a unit walks, where it is in it, and when it next comes by a place.

In: beats, who patrols which in what order, chance, and what laps shall look at more. Out: `Patrols`. The *phase* of a
patrol is (lap, patrol time into it), all there is to store: laps follow from it by arithmetic and keyed chance. A
regular patrol walks its beat's tour again and again; the laps of a random and of a focused one are drawn. Every lap
starts and ends at the beat's home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import count

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from twin.domain.quantities import HOUR
from twin.domain.route import Spot
from twin.roads.beats import Beat, Beats
from twin.roads.build import BoolArray
from twin.roads.drawn_lap import DrawnLap, Focus, drawn_lap, weights
from twin.roads.lap_line import LapLine
from twin.roads.network import FloatArray, LongArray
from twin.roads.tour import Tour, make_tour

KEEP = 8_192
"""Laps of chance that are remembered, to save work."""
KEEP_TOURS = 1_024
"""Those of them that are remembered step by step."""


class Order(StrEnum):
    """In what order a patrol walks its streets."""

    REGULAR = "regular"
    RANDOM = "random"
    FOCUS = "focus"


REGULAR, RANDOM, FOCUS = Order


class Pass(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A patrol comes by a place: in which lap, for the how many-th time in it (0 first), in how much patrol time."""

    lap: int
    number: int
    wait_us: int


class Phase(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How far a patrol has come: patrol time into a lap, less than the lap takes."""

    lap: int
    into_us: int


Draw = Callable[[int, int, int], FloatArray]
"""draw(unit, lap, n): n uniform numbers in (0, 1), always the same for the same arguments."""

FocusOf = Callable[[int, int], Focus | None]
"""focus_of(unit, lap): what a lap looks at more; always the same for a lap that has begun."""


def no_focus(unit: int, lap: int) -> Focus | None:
    """Nothing is looked at more."""
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """What a patrol walked in some time.

    Parameters
    ----------
    edges : int64 (n,), one after the other.
    entered_us : int64 (n,), patrol time since the beginning at which each was entered; 0 for the first.
    start_mm, end_mm : where on the first edge it began, and on the last edge ended.
    """

    edges: LongArray
    entered_us: LongArray
    start_mm: int
    end_mm: int


@dataclass(frozen=True, slots=True, eq=False)
class Patrols:
    """The patrols of all units; made by `patrols_of`.

    Parameters
    ----------
    beats : all there are.
    beat : int64 (n_units,), the beat of each unit; -1 where it has none.
    orders : of each unit.
    regular : bool (n_units,), whether it walks regular laps.
    draw, focus_of : what laps that are not regular depend on.
    """

    beats: Beats
    beat: LongArray
    orders: tuple[Order, ...]
    regular: BoolArray
    draw: Draw
    focus_of: FocusOf = no_focus
    _drawn: dict[tuple[int, int, Focus | None], DrawnLap] = field(default_factory=dict)
    _laps: dict[tuple[int, int, Focus | None], Tour] = field(default_factory=dict)
    _lines: dict[int, LapLine] = field(default_factory=dict)
    _spots: dict[int, tuple[Phase, Spot]] = field(default_factory=dict)
    """Where each was asked for last: most are asked for again, standing there or before anything else happens."""
    _units_over: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def apart(self, *, draw: Draw | None = None) -> Patrols:
        """The same patrols with memories of their own; with `draw` by other chance."""
        return replace(self, draw=draw or self.draw, _drawn={}, _laps={}, _lines={}, _spots={}, _units_over={})

    def beat_of(self, unit: int) -> Beat | None:
        """The beat of a unit, None where it does not patrol."""
        beat = int(self.beat[unit])
        return None if beat < 0 else self.beats.all[beat]

    def lap(self, unit: int, lap: int) -> Tour:
        """A lap of a unit that has a beat."""
        beat = int(self.beat[unit])
        if self.orders[unit] is REGULAR:
            return self.beats.all[beat].tour
        key = unit, lap, self._focus(unit, lap)
        found = self._laps.get(key)
        if found is None:
            if len(self._laps) >= KEEP_TOURS:
                self._laps.clear()
            own = self.beats.all[beat]
            edges = self._drawn_lap(unit, lap).edges()
            found = self._laps[key] = make_tour(own.open.network, edges, street=own.open.street, mps=own.mps)
        return found

    def _focus(self, unit: int, lap: int) -> Focus | None:
        return self.focus_of(unit, lap) if self.orders[unit] is FOCUS else None

    def _drawn_lap(self, unit: int, lap: int) -> DrawnLap:
        """A lap of a unit whose laps are not regular."""
        focus = self._focus(unit, lap)
        found = self._drawn.get((unit, lap, focus))
        if found is None:
            if len(self._drawn) >= KEEP:
                self._drawn.clear()
            beat = int(self.beat[unit])
            own, links = self.beats.all[beat], self.beats.links(beat)
            chance = self.draw(unit, lap, 2 * own.streets.size)
            found = drawn_lap(own, links, chance=chance, weights=weights(own, focus))
            self._drawn[unit, lap, focus] = found
        return found

    def period_us(self, unit: int, lap: int) -> int:
        """Patrol time of a lap of a unit that has a beat."""
        return self._walked(unit, lap).period_us

    def spot_at(self, unit: int, phase: Phase) -> Spot:
        """Where a unit is in a phase of its patrol."""
        if self.orders[unit] is FOCUS:
            return self._drawn_lap(unit, phase.lap).spot_at(phase.into_us)
        known = self._spots.get(unit)
        if known is None or known[0] != phase:
            known = self._spots[unit] = phase, self._walked(unit, phase.lap).spot_at(phase.into_us)
        return known[1]

    def _walked(self, unit: int, lap: int) -> Tour | DrawnLap:
        return self.lap(unit, lap) if self.orders[unit] is REGULAR else self._drawn_lap(unit, lap)

    def spots(self, units: ArrayLike, laps: ArrayLike, into_us: ArrayLike) -> tuple[LongArray, LongArray]:
        """Where many units are.

        Parameters
        ----------
        units, laps, into_us : whole numbers, shape (n,): units that have a beat, and their phases.

        Returns
        -------
        (edges, offsets_mm), each int64 (n,).
        """
        who, into = np.asarray(units, np.int64), np.asarray(into_us, np.int64)
        edges, offsets = self.beats.places(self.beat[who], into)
        regular = self.regular[who]
        if not regular.all():
            lap = np.asarray(laps, np.int64)
            for row in np.flatnonzero(~regular).tolist():
                spot = self.spot_at(int(who[row]), Phase(int(lap[row]), int(into[row])))
                edges[row], offsets[row] = spot.edge, spot.offset_mm
        return edges, offsets

    def advance(self, unit: int, phase: Phase, by_us: int) -> Phase:
        """The phase after so much more patrol time, 0 or more."""
        lap, into = phase.lap, phase.into_us + by_us
        if self.orders[unit] is REGULAR:
            more, into = divmod(into, self.period_us(unit, lap))
            return Phase(lap + more, into)
        if self.orders[unit] is RANDOM:
            line = self._lines.setdefault(unit, LapLine())
            return Phase(*line.after(lap, into, period_of=partial(self.period_us, unit)))
        while into >= (period := self.period_us(unit, lap)):
            lap, into = lap + 1, into - period
        return Phase(lap, into)

    def next_passes(self, unit: int, phase: Phase, spot: Spot, *, within_us: int | None = None) -> Iterator[Pass]:
        """When a unit comes by a place, from a phase on, that instant included; the soonest first, without end.

        Parameters
        ----------
        within_us : patrol time after which nobody asks any more; None for never. Give it where laps are drawn: a
            street may stay out of them for long.
        """
        if unit not in self.over(spot.edge):
            return
        begun = -phase.into_us
        for lap in count(phase.lap):
            if within_us is not None and begun > within_us:
                return
            tour = self.lap(unit, lap)
            for number, into in enumerate(tour.passes(self.beats.network, spot).tolist()):
                wait = begun + into
                if within_us is not None and wait > within_us:
                    return
                if wait >= 0:
                    yield Pass(lap, number, wait)
            begun += tour.period_us

    def last_passes(self, unit: int, phase: Phase, spot: Spot, *, within_us: int) -> Iterator[Pass]:
        """When a unit came by a place before a phase, the latest first; `wait_us` is how long ago, in patrol time.

        Parameters
        ----------
        within_us : patrol time further back than which nobody asks.
        """
        if unit not in self.over(spot.edge):
            return
        begun = -phase.into_us
        for lap in range(phase.lap, -1, -1):
            if lap < phase.lap:
                begun -= self.lap(unit, lap).period_us
            passes = self.lap(unit, lap).passes(self.beats.network, spot).tolist()
            for number, into in reversed(list(enumerate(passes))):
                ago_us = -(begun + into)
                if ago_us > within_us:
                    return
                if ago_us >= 0:
                    yield Pass(lap, number, ago_us)
            if -begun > within_us:
                return

    def trail(self, unit: int, phase: Phase, *, by_us: int) -> Trail:
        """What a unit walks in so much patrol time from a phase on."""
        edges, entered = [], []
        begun, lap = -phase.into_us, phase.lap
        while True:
            tour = self.lap(unit, lap)
            first, last = np.searchsorted(tour.start_us, [max(0, -begun), by_us - begun], side="right") - 1
            last = min(int(last), tour.edges.size - 1)
            edges.append(tour.edges[first : last + 1])
            entered.append(tour.start_us[first : last + 1] + begun)
            if begun + tour.period_us > by_us:
                break
            begun, lap = begun + tour.period_us, lap + 1
        end = self.spot_at(unit, Phase(lap, by_us - begun))
        return Trail(
            np.concatenate(edges),
            np.maximum(np.concatenate(entered), 0),
            self.spot_at(unit, phase).offset_mm,
            end.offset_mm,
        )

    def over(self, edge: int) -> tuple[int, ...]:
        """Units that come by an edge's street, or may, in ascending order."""
        if not self._units_over:
            self._units_over.update(_units_by_street(self))
        twin = int(self.beats.network.twin[edge])
        return self._units_over.get(min(edge, twin) if twin >= 0 else edge, ())

    def touched(self) -> LongArray:
        """Streets that some unit comes by, or may: int64, ascending."""
        self.over(0)
        return np.array(sorted(self._units_over), np.int64)

    def planned_m_per_h(self, unit: int) -> float:
        """Metres an hour that a unit walks while it patrols; 0 where it has no beat."""
        beat = self.beat_of(unit)
        return 0.0 if beat is None else beat.tour.length_mm / 1000 * HOUR / beat.tour.period_us


def patrols_of(
    beats: Beats,
    beat_of_unit: Sequence[int | None],
    *,
    order_of_unit: Sequence[Order],
    draw: Draw,
    focus_of: FocusOf = no_focus,
) -> Patrols:
    """The patrols of units, by unit number.

    Parameters
    ----------
    beat_of_unit : number of each unit's beat, None for those who do not patrol.
    order_of_unit : how each goes about it; of no account where there is no beat.
    """
    beat = np.array([-1 if number is None else number for number in beat_of_unit], np.int64)
    orders = tuple(order_of_unit)
    regular = np.array([order is REGULAR for order in orders], np.bool_)
    return Patrols(beats, beat, orders, regular, draw, focus_of)


def _units_by_street(patrols: Patrols) -> dict[int, tuple[int, ...]]:
    beats, found = patrols.beats, dict[int, list[int]]()
    of_tour = [np.unique(beat.tour.streets) for beat in beats.all]
    for unit, beat in enumerate(patrols.beat.tolist()):
        if beat < 0:
            continue
        if patrols.regular[unit]:
            streets = of_tour[beat]
        else:
            own = beats.all[beat]
            streets = np.union1d(own.open.street[own.streets], beats.links(beat).streets)
        for street in streets.tolist():
            found.setdefault(street, []).append(unit)
    return {street: tuple(units) for street, units in found.items()}
