"""A recorded history laid on a city: its calls, its units, and what of it happened outside.

In: typed responses (one a unit and call) and a city. Out: `Past`: calls on the roads, jobs off the map that kept units
away, and a roster with places to start from. The study area is the city's bounds: what lies outside is not an error.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from city_data.city import City
from city_data.feeds.history import load_history
from city_data.feeds.layout import Layout
from city_data.feeds.mapping import FeedMapping, load_mapping
from city_data.feeds.quarantine import QuarantineWriter
from city_data.feeds.response import Response, instant
from city_data.stations import Station
from city_data.unnamed import with_units
from twin.domain.facts import CaseReported, Fact, Origin, UnitAway
from twin.domain.ids import case_id
from twin.domain.quantities import CivilTime, local_instant
from twin.domain.route import Spot
from twin.domain.unit import AwayReason, Placed, Unit
from twin.errors import FeedError, ScenarioError
from twin.roads.nearest import NearestEdge

HISTORY = 999
"""The demand source that recorded calls count as."""

NO_AREA = "none"


@dataclass(frozen=True, slots=True)
class Call:
    """A recorded call inside the study area, its responses in order of dispatch. Instants are sim time."""

    number: int
    ref: str
    area: str
    matter: str
    priority: int
    spot: Spot
    reported_at: int
    responses: tuple[Response, ...]


@dataclass(frozen=True, slots=True)
class OutsideJob:
    """A recorded job off the map: when it kept its unit away, and the spot on the map nearest to it."""

    unit_ref: str
    from_at: int
    until_at: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class Base:
    """A recorded unit: its kind and skill, where it starts, and how we know."""

    name: str
    kind: str
    skill: str
    home: Spot
    placed: Placed
    is_headline: bool


@dataclass(frozen=True, eq=False)
class Past:
    """What a history says about a city in a period.

    `area_middles`: where an area's station is or, without one, where its calls before the period were; areas of which
    neither is known are left out. `n_responses` and `n_calls` are of the period, outside ones included.
    `layout`: how the file was read.
    """

    calls: tuple[Call, ...]
    outside: tuple[OutsideJob, ...]
    bases: tuple[Base, ...]
    area_middles: Mapping[str, Spot]
    epoch_us: int
    n_calls: int
    n_responses: int
    n_rejected: int
    layout: Layout

    @property
    def n_inside(self) -> int:
        """Responses to calls inside the study area."""
        return sum(len(call.responses) for call in self.calls)

    def at(self, absolute_us: int) -> int:
        """Sim time of an absolute instant."""
        return absolute_us - self.epoch_us

    def units(self, turnout_us: Mapping[str, int]) -> tuple[Unit, ...]:
        """The roster, by name; `turnout_us` expected, by kind ("*": the others)."""
        return tuple(
            Unit(
                base.name,
                base.kind,
                (base.skill,),
                base.home,
                turnout_us.get(base.kind, turnout_us.get("*", 0)),
                base.placed,
            )
            for base in self.bases
        )

    def inputs(self, units: Sequence[Unit]) -> Iterator[Fact]:
        """Calls as demand, and outside jobs as absences, for a simulated run with these units.

        A call needs as many units of each skill as were recorded on scene, or as were sent where none arrived.
        """
        numbers = {unit.name: number for number, unit in enumerate(units)}
        for call in self.calls:
            on_scene = [response for response in call.responses if response.arrived_at is not None]
            needs = tuple(response.skill for response in on_scene or call.responses)
            yield reported_fact(call, needs)
        for job in self.outside:
            number = numbers.get(job.unit_ref)
            if number is not None:
                yield UnitAway(
                    job.from_at,
                    number,
                    job.spot.edge,
                    job.spot.offset_mm,
                    job.until_at,
                    0,
                    AwayReason.OUTSIDE,
                    origin=Origin.INPUT,
                )


def reported_fact(call: Call, needs: tuple[str, ...]) -> CaseReported:
    """The input that opens a recorded call."""
    return CaseReported(
        call.reported_at,
        case_id(HISTORY, 0, call.number),
        call.ref,
        call.area,
        call.matter,
        call.priority,
        needs,
        call.spot.edge,
        call.spot.offset_mm,
        HISTORY,
        origin=Origin.INPUT,
    )


def read_past(
    file: Path,
    *,
    mapping: str | Path,
    city: City,
    civil: CivilTime,
    start: str | None = None,
    end: str | None = None,
    quarantine: QuarantineWriter | None = None,
) -> Past:
    """Read a history and lay it on a city.

    Parameters
    ----------
    start, end : the period of reports to take, [start, end), in local time where no offset is given.

    Raises
    ------
    FeedError : the file cannot be read, or nothing of it lies in the period.
    ScenarioError : the mapping cannot be used, or the period makes no sense.
    """
    rules = load_mapping(mapping)
    history = load_history(file, rules, quarantine=quarantine)
    epoch_us = _absolute(civil.epoch)
    first, last = _period(start, end, zone=civil.zone)
    within = with_units([response for response in history.responses if first <= response.reported_at < last])
    if not within:
        raise FeedError(f"no call was reported between {start or 'the beginning'} and {end or 'the end'}", file=file)
    lon = np.array([response.lon for response in within])
    lat = np.array([response.lat for response in within])
    edges, offsets_mm, _ = NearestEdge(city.roads).snap(lon, lat)
    spots = [Spot(int(edge), int(mm)) for edge, mm in zip(edges, offsets_mm, strict=True)]
    inside = city.contains(lon, lat)
    calls = _calls(
        [(response, spot) for response, spot, is_in in zip(within, spots, inside, strict=True) if is_in], epoch_us
    )
    outside = [
        OutsideJob(response.unit_ref, response.dispatched_at - epoch_us, response.freed_at - epoch_us, spot)
        for response, spot, is_in in zip(within, spots, inside, strict=True)
        if not is_in and response.unit_ref is not None and _kept_away(response)
        if response.dispatched_at is not None and response.freed_at is not None
    ]
    before = [response for response in history.responses if response.reported_at < first]
    return Past(
        calls=tuple(calls),
        outside=tuple(sorted(outside, key=lambda job: (job.from_at, job.unit_ref))),
        bases=_bases(within, before=before, city=city, rules=rules),
        area_middles=_area_middles({call.area for call in calls}, before=before, city=city),
        epoch_us=epoch_us,
        n_calls=len({response.case_ref for response in within}),
        n_responses=len(within),
        n_rejected=history.n_rejected,
        layout=history.layout,
    )


def first_midnight(file: Path, mapping: str | Path) -> datetime:
    """Local midnight before the first report of a history: where a replay without --from begins."""
    rules = load_mapping(mapping)
    reported_at = min(response.reported_at for response in load_history(file, rules).responses)
    zone = ZoneInfo(rules.stamps.zone or "UTC")
    local = instant(reported_at).astimezone(zone)
    return datetime(local.year, local.month, local.day, tzinfo=zone)


def _kept_away(response: Response) -> bool:
    return (
        response.dispatched_at is not None
        and response.freed_at is not None
        and response.freed_at > response.dispatched_at
    )


def _absolute(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000 + moment.microsecond


def _period(start: str | None, end: str | None, *, zone: ZoneInfo) -> tuple[int, int]:
    first = -(2**62) if start is None else _instant(start, zone, key="history.from")
    last = 2**62 if end is None else _instant(end, zone, key="history.to")
    if first >= last:
        raise ScenarioError(f"the period ends ({end}) before it begins ({start})", key="history.to")
    return first, last


def _instant(text: str, zone: ZoneInfo, *, key: str) -> int:
    try:
        return _absolute(local_instant(text, zone))
    except ValueError as error:
        raise ScenarioError(str(error), key=key) from error


def _calls(responses: Sequence[tuple[Response, Spot]], epoch_us: int) -> list[Call]:
    by_ref: dict[str, list[tuple[Response, Spot]]] = defaultdict(list)
    for response, spot in responses:
        by_ref[response.case_ref].append((response, spot))
    opened = sorted((min(response.reported_at for response, _ in rows), ref) for ref, rows in by_ref.items())
    calls = []
    for number, (reported_at, ref) in enumerate(opened):
        rows = by_ref[ref]
        told, spot = min(rows, key=lambda row: row[0].line)
        sent = sorted(
            (response for response, _ in rows),
            key=lambda response: (response.dispatched_at or response.reported_at, response.line),
        )
        area = told.area or NO_AREA
        calls.append(Call(number, ref, area, told.matter, told.priority, spot, reported_at - epoch_us, tuple(sent)))
    return calls


def _bases(
    within: Sequence[Response], *, before: Sequence[Response], city: City, rules: FeedMapping
) -> tuple[Base, ...]:
    """Units with a station start there; the others where their last job before the period ended, else at the median."""
    rows: dict[str, list[Response]] = defaultdict(list)
    for response in within:
        if response.unit_ref is not None:
            rows[response.unit_ref].append(response)
    last_job: dict[str, Response] = {}
    for response in before:
        if response.unit_ref in rows and response.freed_at is not None:
            last_job[response.unit_ref] = response
    names = sorted(rows)
    places = []
    for name in names:
        last = last_job.get(name)
        seen = [last] if last is not None else rows[name]
        places.append((float(np.median([row.lon for row in seen])), float(np.median([row.lat for row in seen]))))
    if not names:
        return ()
    edges, offsets_mm, _ = NearestEdge(city.roads).snap([lon for lon, _ in places], [lat for _, lat in places])
    bases = []
    for name, edge, mm in zip(names, edges, offsets_mm, strict=True):
        kind = Counter(row.unit_kind or rules.unit.default_skill for row in rows[name]).most_common(1)[0][0]
        told = next(row for row in rows[name] if (row.unit_kind or rules.unit.default_skill) == kind)
        station = None if told.station is None else station_called(city, told.station)
        if station is not None:
            placed = Placed.STATION if station.on_map else Placed.BORDER
            bases.append(Base(name, kind, told.skill, station.spot, placed, told.is_headline))
        else:
            home = Spot(int(edge), int(mm))
            bases.append(Base(name, kind, told.skill, home, Placed.INFERRED, told.is_headline))
    return tuple(bases)


def _area_middles(areas: Collection[str], *, before: Sequence[Response], city: City) -> dict[str, Spot]:
    middles = {}
    for area in sorted(areas):
        station = station_called(city, area)
        earlier = [response for response in before if response.area == area]
        if station is not None:
            middles[area] = station.spot
        elif earlier:
            lon, lat = np.median([r.lon for r in earlier]), np.median([r.lat for r in earlier])
            edge, offset_mm, _ = NearestEdge(city.roads).snap([lon], [lat])
            middles[area] = Spot(int(edge[0]), int(offset_mm[0]))
    return middles


def station_called(city: City, ref: str) -> Station | None:
    """The station a unit's id points to: by its name, or by the number its name ends with ("Fire Station #15": 15)."""
    for station in city.stations:
        number = re.search(r"(\d+)\D*$", station.name)
        if station.name == ref or (number is not None and number.group(1).lstrip("0") == ref.lstrip("0")):
            return station
    return None
