"""Laps in an order of chance: as many streets of a beat as it has, drawn with replacement, longer ones more often.

In: a beat, uniform numbers and, where some streets are to be looked at more, a `Focus`. Out: a `DrawnLap`. Each
street drawn is walked in a direction of chance, and the patrol goes from one to the next by the shortest walk, from the
beat's home and back to it, so that laps join. How long a lap takes, and where one is in it, needs no list of its edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from twin.domain.route import Spot
from twin.roads.beats import Beat
from twin.roads.links import Links
from twin.roads.network import FloatArray, LongArray
from twin.roads.tour import pace_us


class Focus(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """`streets[k]` (the lower of a street's edges) is drawn `factors[k]` times as often.

    Streets that are not of the beat do not count; a factor must be above 0, so that no street is never walked.
    """

    streets: tuple[int, ...]
    factors: tuple[float, ...]


def weights(beat: Beat, focus: Focus | None) -> FloatArray:
    """How often each street of a beat is drawn, relative to the others: float64 (n_streets,), metres times factor."""
    weight: FloatArray = beat.open.network.length_mm[beat.streets] / 1000
    if focus is not None:
        own = beat.open.street[beat.streets]
        factor = dict(zip(focus.streets, focus.factors, strict=True))
        weight *= [factor.get(street, 1.0) for street in own.tolist()]
    return weight


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLap:
    """A lap of chance: streets one after the other, a walk to each, and the walk home.

    Parameters
    ----------
    beat, links : whose lap it is, and the walks between its corners.
    streets : int64 (n_streets,), the edges drawn.
    end_us : int64 (2 * n_streets + 1,), patrol time at the end of each part: walk, street, walk, street, …, walk home.
    """

    beat: Beat
    links: Links
    streets: LongArray
    end_us: LongArray

    @property
    def period_us(self) -> int:
        """Patrol time of the lap."""
        return int(self.end_us[-1])

    def spot_at(self, into_us: int) -> Spot:
        """Where one is so far into it, less than the lap takes."""
        part = int(self.end_us.searchsorted(into_us, "right"))
        begin = int(self.end_us[part - 1]) if part else 0
        place, is_street = divmod(part, 2)
        length_mm = self.beat.open.network.length_mm
        if is_street:
            edge, takes = int(self.streets[place]), int(self.end_us[part]) - begin
            return Spot(edge, (into_us - begin) * int(length_mm[edge]) // takes)
        walk = self._walk(place)
        steps_mm = length_mm[list(walk)]
        end_us = begin + np.cumsum(pace_us(steps_mm, mps=self.beat.mps))
        step = int(end_us.searchsorted(into_us, "right"))
        begin = int(end_us[step - 1]) if step else begin
        return Spot(walk[step], (into_us - begin) * int(steps_mm[step]) // (int(end_us[step]) - begin))

    def edges(self) -> LongArray:
        """All that is walked: int64 (n_steps,), from the beat's home and back to it."""
        walked: list[int] = []
        for place, edge in enumerate(self.streets.tolist()):
            walked += self._walk(place)
            walked.append(edge)
        walked += self._walk(self.streets.size)
        return np.array(walked, np.int64)

    def _walk(self, place: int) -> tuple[int, ...]:
        """The walk before a street; after the last, home."""
        network, home, streets = self.beat.open.network, self.beat.home, self.streets
        origin = int(network.head[streets[place - 1]]) if place else home
        return self.links.walk(origin, int(network.tail[streets[place]]) if place < streets.size else home)


def drawn_lap(beat: Beat, links: Links, *, chance: FloatArray, weights: FloatArray) -> DrawnLap:
    """A lap of chance, from the beat's home and back to it.

    Parameters
    ----------
    chance : float64 (2 * n_streets,), in (0, 1): which streets, then which way along each.
    weights : float64 (n_streets,), how often each street is drawn, relative to the others.
    """
    n = beat.streets.size
    upto = np.cumsum(weights)
    drawn = np.minimum(upto.searchsorted(chance[:n] * upto[-1], "right"), n - 1)
    which = (chance[n:] < 0.5).astype(np.int64), drawn
    at = np.empty((2, n + 1), np.int64)
    at[0, 0] = at[1, n] = links.corners.searchsorted(beat.home)
    at[0, 1:], at[1, :n] = links.heads[which], links.tails[which]
    part_us = np.empty(2 * n + 1, np.int64)
    part_us[::2], part_us[1::2] = links.walk_us[at[0], at[1]], links.way_us[which]
    return DrawnLap(beat, links, links.ways[which], np.cumsum(part_us))
