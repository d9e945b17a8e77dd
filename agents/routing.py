"""Routing: who is responsible for a case, by when it is to be closed, and what can be told of it from the map.

In: an open case. Out: a department, a deadline as a fact, answers. Nothing here is drawn by chance but whether those
who handle a case will ask for more time.
"""

from __future__ import annotations

from agents.base import City
from agents.loop_rules import AS_USUAL, Department, LoopRules
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.case import Case
from twin.domain.desk import Step
from twin.domain.ids import batch_and_number
from twin.domain.problem import OF_CITIZENS, Channel
from twin.domain.route import Spot
from twin.roads.network import CLASSES

STREET_CLASS, AREA = "street class", "area"
"""Layers that every city has; all others are overlays of grids."""


class Routing:
    """The centre's tables, looked up."""

    def __init__(self, city: City, rules: LoopRules) -> None:
        self.city, self.rules = city, rules
        self._members: dict[str, list[int]] = {}
        for unit, body in city.setting.bodies.items():
            self._members.setdefault(body, []).append(unit)

    def department_of(self, case: Case) -> Department | None:
        """Who is responsible; None where the scenario names nobody."""
        number = self.rules.department_of(case.matter, self._grounds_at(case.spot, case.area))
        return None if number is None else self.rules.departments[number]

    def _grounds_at(self, spot: Spot, area: str) -> tuple[str, ...]:
        """What a place is, by layer, in the order of precedence."""
        return tuple(ground for layer in self.rules.layers for ground in self._ground(layer, spot, area))

    def _ground(self, layer: str, spot: Spot, area: str) -> tuple[str, ...]:
        terrain = self.city.terrain
        if layer == AREA:
            return (area,)
        if terrain.network is None:
            return ()
        if layer == STREET_CLASS:
            return (CLASSES[int(terrain.network.road_class[spot.edge])],)
        number = [overlay.name for overlay in terrain.overlays].index(layer)
        overlay = terrain.overlays[number]
        first = sum(len(before.grids) for before in terrain.overlays[:number])
        return (overlay.grids[terrain.beats_at(spot)[number] - first].ref,)

    # ---------------------------------------------------------------------- deadlines

    def set_deadline(self, case: int, *, put_off_us: int = 0) -> None:
        """By when it should be closed from now on, `put_off_us` of working time later than before."""
        city, known = self.city, self.city.state.cases[case]
        limits = city.setting.limits
        limit = limits.of(known.matter)
        if limit is None:
            return
        extra_us = known.extra_us + put_off_us
        if known.deadline_at is None:
            mode = self.rules.modes.get(city.state.mode, AS_USUAL)
            extra_us = round((mode.limit_factor - 1) * limit.within_us)
        deadline_at = limits.deadline_at(known.matter, known.reported_at, extra_us=extra_us)
        asks_at = self.may_ask_at(case, extra_us=extra_us)
        if asks_at is not None and not self.asks(case, streams=self.city.streams):
            asks_at = None
        assert deadline_at is not None
        city.record(
            f.DeadlineSet(
                city.now,
                case,
                max(city.now, deadline_at),
                extra_us,
                None if asks_at is None else max(city.now, asks_at),
            )
        )

    def may_ask_at(self, case: int, *, extra_us: int) -> int | None:
        """When those who handle a case would ask for more time; None where nobody would, now or any more.

        Once is enough; while it is on hold its clock stands still, and while somebody decides on it they wait.
        """
        state = self.city.state
        known = state.cases[case]
        if known.n_extensions or known.held_since is not None or (Step.EXTEND, case) in state.desks.tasks:
            return None
        return self.city.setting.limits.yellow_at(known.matter, known.reported_at, extra_us=extra_us)

    def asks(self, case: int, *, streams: Streams) -> bool:
        """Whether they do, by some luck."""
        share = self.rules.matter(self.city.state.cases[case].matter).asks_share
        return share > 0 and streams.uniform("asks for time", *batch_and_number(case)) < share

    def held_us(self, case: Case) -> int:
        """Working time for which a case that is on hold has been so."""
        assert case.held_since is not None
        return self.city.setting.limits.passed_us(case.matter, case.held_since, self.city.now)

    # ---------------------------------------------------------------------- people and eyes

    def body_of(self, units: tuple[int, ...]) -> tuple[int, ...]:
        """These units and all that belong to the same bodies, by number."""
        bodies = self.city.setting.bodies
        named = {body for unit in units if (body := bodies.get(unit))}
        return tuple(sorted({*units}.union(*(self._members[body] for body in sorted(named)))))

    def can_be_seen(self, case: int) -> bool:
        """Whether the place can be seen by video: a camera looks at it, or whoever found it carries one."""
        city, known = self.city, self.city.state.cases[case]
        if known.finder is not None and city.setting.units[known.finder].kind in self.rules.carriers:
            return True
        return city.is_watched(known.spot)

    @staticmethod
    def was_told_by_citizens(case: Case) -> bool:
        """Whether there is somebody to call back, here or at those who passed it down."""
        return case.channel in OF_CITIZENS or case.channel is Channel.UPSTREAM
