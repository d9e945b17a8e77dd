"""The moment as programs get it: units, open cases, figures and the pace, as JSON.

In: a moment and the clock on the wall. Out: bytes, made once a moment however many ask. Cases go by text, because
their numbers are beyond what JavaScript counts; what nobody has reported is no part of it, as it is none of a moment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from twin.domain.case import Stage
from twin.domain.light import Light
from twin.domain.quantities import CivilTime
from twin.views.moment import CaseShown, Moment, UnitShown

_DEGREE_DIGITS = 6


class PaceTold(msgspec.Struct, frozen=True):
    """How the clock goes: seconds of simulation a second; `asked` null is as fast as it goes."""

    is_playing: bool
    asked: float | None
    achieved: float
    until_red: bool


class FiguresTold(msgspec.Struct, frozen=True):
    """Counts of now, and figures of the last 24 h: reported → first unit on scene, and closed by the limit."""

    n_open: int
    n_waiting: int
    n_yellow: int
    n_red: int
    n_free: int
    n_busy: int
    n_off: int
    n_responses: int
    p50_response_s: float | None
    p90_response_s: float | None
    within_share: float | None
    limit_s: float
    n_closed: int
    on_time_share: float | None


class UnitTold(msgspec.Struct, frozen=True):
    """A unit: `number` is what commands call it; degrees, null where there are no streets; the case it is on."""

    number: int
    name: str
    kind: str
    status: str
    lon: float | None
    lat: float | None
    case: str | None


class CaseTold(msgspec.Struct, frozen=True):
    """An open case. `ref` is text of a feed: data, never markup. `waiting`: skills nobody has been sent for yet."""

    id: str
    ref: str
    matter: str
    priority: int
    area: str
    stage: Stage
    light: Light
    reported: str
    deadline: str | None
    lon: float | None
    lat: float | None
    waiting: tuple[str, ...]
    units: tuple[int, ...]


class StateTold(msgspec.Struct, frozen=True):
    """All there is to be seen at one instant: `at` in microseconds since the epoch, `civil` by clocks on the wall."""

    moment: int
    at: int
    civil: str
    policy: str
    is_over: bool
    n_facts: int
    pace: PaceTold
    figures: FiguresTold
    units: tuple[UnitTold, ...]
    cases: tuple[CaseTold, ...]


@lru_cache(maxsize=2)
def state_json(moment: Moment, civil: CivilTime) -> bytes:
    """A moment as JSON."""
    return msgspec.json.encode(state_told(moment, civil))


def state_told(moment: Moment, civil: CivilTime) -> StateTold:
    """A moment as programs get it."""
    pace, reading = moment.pace, moment.reading
    now = reading.now
    return StateTold(
        moment=moment.number,
        at=moment.at,
        civil=civil.civil(moment.at).isoformat(),
        policy=moment.policy,
        is_over=moment.is_over,
        n_facts=moment.n_facts,
        pace=PaceTold(pace.is_playing, pace.asked, pace.achieved, pace.until_red),
        figures=FiguresTold(
            n_open=now.n_open,
            n_waiting=now.n_waiting,
            n_yellow=now.n_yellow,
            n_red=now.n_red,
            n_free=now.n_free,
            n_busy=now.n_busy,
            n_off=now.n_off,
            n_responses=reading.n_responses,
            p50_response_s=reading.p50_response_s,
            p90_response_s=reading.p90_response_s,
            within_share=reading.within_share,
            limit_s=reading.limit_s,
            n_closed=reading.n_closed,
            on_time_share=reading.on_time_share,
        ),
        units=tuple(_unit(unit, place) for unit, place in zip(moment.units, moment.places.tolist(), strict=True)),
        cases=tuple(
            _case(case, place, civil) for case, place in zip(moment.cases, moment.case_places.tolist(), strict=True)
        ),
    )


def _unit(unit: UnitShown, place: Sequence[float]) -> UnitTold:
    case = None if unit.case is None else str(unit.case)
    return UnitTold(unit.unit, unit.name, unit.kind, unit.status.name.lower(), *_degrees(place), case)


def _case(case: CaseShown, place: Sequence[float], civil: CivilTime) -> CaseTold:
    lon, lat = _degrees(place)
    return CaseTold(
        id=str(case.case),
        ref=case.ref,
        matter=case.matter,
        priority=case.priority,
        area=case.area,
        stage=case.stage,
        light=case.light,
        reported=civil.civil(case.reported_at).isoformat(),
        deadline=None if case.deadline_at is None else civil.civil(case.deadline_at).isoformat(),
        lon=lon,
        lat=lat,
        waiting=tuple(skill for _, skill in case.waiting),
        units=case.units,
    )


def _degrees(place: Sequence[float]) -> tuple[float | None, float | None]:
    lon, lat = place
    if math.isnan(lon) or math.isnan(lat):
        return None, None
    return round(lon, _DEGREE_DIGITS), round(lat, _DEGREE_DIGITS)
