"""The moment as programs get it: units, open cases, figures and the pace, as JSON.

In: a moment and the clock on the wall. Out: bytes, made once a moment however many ask. Cases go by text, because
their numbers are beyond what JavaScript counts; what nobody has reported is no part of it, as it is none of a moment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from twin.domain.case import CaseStatus, Stage
from twin.domain.light import Light
from twin.domain.problem import Channel
from twin.domain.quantities import CivilTime, to_s
from twin.metrics.channels import ChannelDay
from twin.views.centre import CentreShown, DeskShown
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
    """An open case. `ref` is text of a feed: data, never markup. `waiting`: skills nobody has been sent for yet.

    `status`: how far it has come; `stage`: what units are, or were last, sent for. `department` has it, `channel` is
    the way it came in. `desks`: names of those where something is done about it, or waits to be. `deadline_at` and
    `upstream_at` (of those who passed it down): microseconds since the epoch; while a case is suspended its clock
    stands still. `is_late`: it was escalated.
    """

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
    status: CaseStatus
    department: str
    channel: Channel
    desks: tuple[str, ...]
    deadline_at: int | None
    upstream_at: int | None
    is_suspended: bool
    is_late: bool


class DeskTold(msgspec.Struct, frozen=True):
    """A desk of the centre; `name` is text of the scenario. `longest_wait_s`: of what waits there, null if nothing."""

    name: str
    seats: int
    busy: int
    waiting: int
    longest_wait_s: float | None


class ChannelTold(msgspec.Struct, frozen=True):
    """What came by a channel since midnight and was listened to; `waiting`: what nobody has listened to yet."""

    channel: Channel
    contacts: int
    cases: int
    merged: int
    consultations: int
    handed_over: int
    waiting: int


class StateTold(msgspec.Struct, frozen=True):
    """All there is to be seen at one instant: `at` in microseconds since the epoch, `civil` by clocks on the wall.

    `mode` is what the centre works in, "" as usual; null where there is no centre, which has no desks and channels.
    """

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
    mode: str | None
    desks: tuple[DeskTold, ...]
    channels: tuple[ChannelTold, ...]


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
            _case(case, place, civil, moment.centre)
            for case, place in zip(moment.cases, moment.case_places.tolist(), strict=True)
        ),
        mode=None if moment.centre is None else moment.centre.mode,
        desks=() if moment.centre is None else tuple(_desk(desk, moment.at) for desk in moment.centre.desks),
        channels=() if moment.centre is None else tuple(_channels(moment.centre)),
    )


def _desk(desk: DeskShown, at: int) -> DeskTold:
    longest_s = None if desk.waits_since is None else to_s(at - desk.waits_since)
    return DeskTold(desk.name, desk.n_seats, desk.n_busy, desk.n_waiting, longest_s)


def _channels(centre: CentreShown) -> Iterator[ChannelTold]:
    days = {day.channel: day for day in centre.channels}
    waiting = {calls.channel: calls.n_waiting for calls in centre.calls}
    for channel in Channel:
        if channel in days or channel in waiting:
            day = days.get(channel) or ChannelDay(channel)
            yield ChannelTold(
                channel,
                day.n_contacts,
                day.n_cases,
                day.n_merged,
                day.n_consultations,
                day.n_handed_over,
                waiting.get(channel, 0),
            )


def _unit(unit: UnitShown, place: Sequence[float]) -> UnitTold:
    case = None if unit.case is None else str(unit.case)
    return UnitTold(unit.unit, unit.name, unit.kind, unit.status.name.lower(), *_degrees(place), case)


def _case(case: CaseShown, place: Sequence[float], civil: CivilTime, centre: CentreShown | None) -> CaseTold:
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
        status=case.status,
        department=case.department,
        channel=case.channel,
        desks=() if centre is None else tuple(centre.desks[each.desk].name for each in case.desks),
        deadline_at=case.deadline_at,
        upstream_at=case.upstream_at,
        is_suspended=case.is_suspended,
        is_late=case.is_late,
    )


def _degrees(place: Sequence[float]) -> tuple[float | None, float | None]:
    lon, lat = place
    if math.isnan(lon) or math.isnan(lat):
        return None, None
    return round(lon, _DEGREE_DIGITS), round(lat, _DEGREE_DIGITS)
