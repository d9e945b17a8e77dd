"""The crews of a run and the least times they can have needed, for a bound on all policies.

In: what a run was built from, and its calls. Out: `Crew`s, in microseconds that no unit of theirs can undercut. Travel
is on the fastest of all time bands with all roads open, times the smallest noise that a unit could draw if it was sent
twice as often as there are calls for it; a unit on the move needs no turnout and is up to speed. On-scene times are the
case's own luck, drawn again for every kind of unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from agents.field_unit import ON_SCENE
from agents.habits import Habits
from scenarios.build import Built
from twin.clock.distributions import Distribution
from twin.clock.streams import Streams
from twin.domain.ids import batch_and_number
from twin.domain.mode import WALK, Mode
from twin.domain.quantities import SECOND
from twin.domain.route import Spot
from twin.errors import NoRouteError
from twin.metrics.offline_bound import NEVER, Crew, Ints
from twin.roads.network import LongArray
from twin.roads.router import Router
from twin.roads.travel import TravelModel, with_ramp

LONG = NEVER >> 2
"""Microseconds beyond the end of any run."""


class Standing(StrEnum):
    """Where units without a case may stand: which policies a bound holds for."""

    STATIONED = "stationed"
    """At the station, at the last scene, or anywhere on the way between; nobody is diverted or recalled."""
    ANYWHERE = "anywhere"
    """Wherever they can have got to."""


@dataclass(frozen=True, slots=True)
class Call:
    """One unit wanted. `work_us`: arrived → freed as recorded; None where it is to be drawn."""

    case: int
    need: int
    skill: str
    matter: str
    spot: Spot
    reported_at: int
    ready_at: int
    work_us: int | None = None
    is_verified: bool = False


def crews_of(
    built: Built,
    calls: Sequence[Call],
    *,
    standing: Standing,
    away: frozenset[int],
    blocked_from: int | None,
    latest_us: int,
    is_recorded: bool,
) -> list[Crew]:
    """Units that are alike, with their times.

    Parameters
    ----------
    away : units that are out of service at times: they may turn up at their station without a way home.
    blocked_from : when a street was first closed, if any ever was: from then on a way home may lead anywhere.
    latest_us : after being reported, by when a call is reached or counts as given up.
    is_recorded : a history as it happened: no luck of ours is in it.
    """
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, unit in enumerate(built.setting.units):
        based = (unit.home, number in away) if standing is Standing.STATIONED else None
        alike[unit.kind, unit.mode, unit.skills, unit.patrols, based].append(number)
    roads: dict[Mode, _Roads] = {}
    crews = []
    for numbers in alike.values():
        unit = built.setting.units[numbers[0]]
        able = np.array([call.skill in unit.skills for call in calls])
        if not able.any():
            continue
        if unit.mode not in roads:
            roads[unit.mode] = _Roads(built, unit.mode, calls)
        luck = _Luck(built, numbers, n=2 * int(able.sum()), is_recorded=is_recorded)
        on = roads[unit.mode]
        n = len(calls)
        leg_us = np.zeros((n, n), np.int64) if unit.patrols else _times(on.leg_us, min(1.0, luck.noise))
        work_us = np.array([_work_us(built, call, unit.kind) for call in calls], np.int64)
        if standing is Standing.ANYWHERE:
            zero = np.zeros(n, np.int64)
            first_us, home_us = zero, leg_us.max(axis=1)
            near_us, out_us = np.zeros((n, n), np.int64), zero
        else:
            from_home = on.from_us(unit.home)
            first_us = luck.turnout_us + _times(on.with_ramp(from_home), luck.noise)
            home_us = np.zeros(n, np.int64) if numbers[0] in away else on.home_us(unit.home)
            near_us, out_us = on.on_the_way(unit.home)
            near_us = _times(on.with_ramp(near_us), luck.noise)
            for place, call in enumerate(calls):
                ends_at = max(call.ready_at, call.reported_at + latest_us) + int(work_us[place] + out_us[place])
                if blocked_from is not None and ends_at >= blocked_from:
                    near_us[place], out_us[place] = 0, LONG
        first_us = np.where(able, first_us, NEVER)
        crews.append(Crew(len(numbers), first_us, work_us, home_us, leg_us, near_us, out_us))
    return crews


def _times(us: Ints, factor: float) -> Ints:
    return np.where(us >= LONG, NEVER >> 1, np.floor(np.minimum(us, LONG) * factor)).astype(np.int64)


def _work_us(built: Built, call: Call, kind: str) -> int:
    """The least time on scene for a kind of unit."""
    if call.work_us is not None:
        return call.work_us
    setting = built.setting
    habits: Habits = setting.habits
    lasting = habits.on_scene_of("verify" if call.is_verified else call.matter, kind)
    streams = Streams(setting.seed, replication=setting.replication)
    some: list[Distribution] = [each for each in (lasting, habits.found_gone) if each is not None]
    if lasting is None or not some:
        return 0
    entity, n = batch_and_number(call.case)
    return min(streams.span_us(each, ON_SCENE[call.need], entity, n) for each in some)


class _Luck:
    """The smallest noise and turnout that units can have drawn."""

    def __init__(self, built: Built, numbers: Sequence[int], *, n: int, is_recorded: bool) -> None:
        setting = built.setting
        streams = Streams(setting.seed, replication=setting.replication)
        kind = setting.units[numbers[0]].kind
        noise, turnout = setting.habits.travel_noise, setting.habits.turnout_of(kind)

        def least(lasting: Distribution | None, purpose: str, nothing: int) -> int:
            if lasting is None or is_recorded:
                return nothing
            return min(streams.span_us(lasting, purpose, unit, k) for unit in numbers for k in range(n + 1))

        self.noise = least(noise, "travel", SECOND) / SECOND
        self.turnout_us = least(turnout, "turnout", 0)


class _Roads:
    """Times of one mode between the places of a run, on roads that are all open and as fast as they ever are."""

    def __init__(self, built: Built, mode: Mode, calls: Sequence[Call]) -> None:
        usual, foot = built.setting.terrain.of(mode), built.setting.terrain.of(WALK)
        assert isinstance(usual, Router)
        assert isinstance(foot, Router)
        self.usual = usual
        self.ways = Router(usual.network, _fastest(usual.travel), mode=mode, foot=_fastest(foot.travel))
        self.spots = list(dict.fromkeys(call.spot for call in calls))
        number = {spot: place for place, spot in enumerate(self.spots)}
        self.of_call = np.array([number[call.spot] for call in calls])
        self.to: list[LongArray] = [self.ways.times_from_everywhere(spot, 0) for spot in self.spots]
        self.leg_us = self._between(self.spots, self.spots)[np.ix_(self.of_call, self.of_call)]

    def from_us(self, home: Spot) -> Ints:
        """From a station to each call."""
        found: Ints = self._between([home], self.spots)[0][self.of_call]
        return found

    def home_us(self, home: Spot) -> Ints:
        """From each call to a station."""
        found: Ints = self._between(self.spots, [home])[:, 0][self.of_call]
        return found

    def with_ramp(self, us: Ints) -> Ints:
        """With the time to speed up and slow down."""
        ramp_us = self.usual.travel.ramp_us
        flat = [with_ramp(each, ramp_us=ramp_us) if each < LONG else NEVER for each in us.ravel().tolist()]
        return np.array(flat, np.int64).reshape(us.shape)

    def on_the_way(self, home: Spot) -> tuple[Ints, Ints]:
        """(n_calls, n_calls) the least time to the second from anywhere on the way from the first to a station, and the
        longest that this way takes, (n_calls,).
        """
        network, n = self.usual.network, len(self.spots)
        near, out = np.zeros((n, n), np.int64), np.zeros(n, np.int64)
        to = np.array(self.to)
        street = np.array([self._street(spot.edge) for spot in self.spots])
        for place, spot in enumerate(self.spots):
            try:
                routes = [
                    self.usual.route_home(spot, home, band=band, closed=frozenset())
                    for band in range(self.usual.travel.n_bands)
                ]
            except NoRouteError:
                out[place] = LONG
                continue
            edges = np.unique([edge for route in routes for edge in route.edges])
            nodes = np.unique(np.concatenate((network.tail[edges], network.head[edges])))
            near[place] = to[:, nodes].min(axis=1)
            near[place][np.isin(street, [self._street(edge) for edge in edges.tolist()])] = 0
            out[place] = max(self.usual.driving_us(route.travel_us) for route in routes)
        return near[np.ix_(self.of_call, self.of_call)], out[self.of_call]

    def _street(self, edge: int) -> int:
        twin = int(self.usual.network.twin[edge])
        return min(edge, twin) if twin >= 0 else edge

    def _between(self, origins: Sequence[Spot], goals: Sequence[Spot]) -> Ints:
        edges = np.array([spot.edge for spot in origins], np.int64)
        offsets = np.array([spot.offset_mm for spot in origins], np.int64)
        found = np.full((len(origins), len(goals)), NEVER, np.int64)
        for place, goal in enumerate(goals):
            for reached in self.ways.first_reached(
                goal,
                edges=edges,
                offsets_mm=offsets,
                delays_us=np.zeros(edges.size, np.int64),
                able=np.ones(edges.size, np.bool_),
                band=0,
                closed=frozenset(),
                k=edges.size,
            ):
                found[reached.unit, place] = reached.arrival_us
        return found


def _fastest(travel: TravelModel) -> TravelModel:
    """One band, in which every class of street is as fast as it ever is, and nobody has to speed up."""
    factor = travel.factor.max(axis=0, keepdims=True)
    return replace(travel, band_of_hour=(0,) * len(travel.band_of_hour), factor=factor, ramp_s=0.0)
