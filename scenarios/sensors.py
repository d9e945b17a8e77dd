"""From what a scenario says about sensors to the rules by which they tell, and to the sources of their false alarms.

In: `SensorSpec`s, rosters and a city. Out: `SensorRule`s with what each sensor looks at, worked out once for a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agents.demand import Places, PoissonDemand
from agents.loop_rules import Desk, Kind
from agents.sensor_rules import Rotating, SensorRule, Watched
from city_data.city import City
from scenarios.demand import by_area, weekly
from scenarios.problems import by_residents
from scenarios.spec_demand import Rhythm
from scenarios.spec_sensors import SensorSpec
from scenarios.staffing import by_roster
from twin.domain.contact import REPORT
from twin.domain.facility import FacilityKind
from twin.errors import ScenarioError
from twin.roads.coverage import cover
from twin.roads.network import to_xy

Spots = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Edges and offsets in millimetres."""


def build_sensors(
    specs: Sequence[SensorSpec], *, desks: Sequence[Desk], rosters: Mapping[str, range], city: City | None
) -> tuple[SensorRule, ...]:
    """The rules of all sensors, in the order of the scenario.

    Raises
    ------
    ScenarioError : a roster or residents that are not there, facilities of which the city has none, or no city.
    """
    return tuple(_sensor(spec, desks, rosters, city, key=f"centre.sensors.{place}") for place, spec in enumerate(specs))


def build_false_alarms(
    specs: Sequence[SensorSpec], *, sources: Sequence[PoissonDemand], city: City | None
) -> Iterator[tuple[PoissonDemand, Kind]]:
    """The sources of what sensors tell of nothing, where they stand; and by which channel each comes."""
    for place, spec in enumerate(specs):
        if spec.false_per_day:
            yield _false_alarms(spec, place, sources, city), Kind(spec.channel, REPORT)


def _sensor(
    spec: SensorSpec, desks: Sequence[Desk], rosters: Mapping[str, range], city: City | None, *, key: str
) -> SensorRule:
    n, coverage, in_view = 1, None, spec.line_of_sight
    if spec.covers is not None:
        in_view = spec.covers
    else:
        assert spec.radius_m is not None
        spots, lon, lat = _placed(spec, city, key=key)
        assert city is not None
        n, roads = spots[0].size, city.roads
        x, y = to_xy(roads.crs, lon, lat)
        coverage = cover(roads, x, y, radius_m=spec.radius_m)
    rounds: Rotating | Watched | None = None if spec.period is None else Rotating(spec.period)
    if spec.dwell is not None and spec.watchers is not None:
        if isinstance(spec.watchers, str):
            seats = next(desk.seats for desk in desks if desk.name == spec.watchers)
        else:
            seats = by_roster(spec.watchers, rosters, key=f"{key}.watchers")
        rounds = Watched(n if spec.feeds is None else spec.feeds, spec.dwell, seats)
    return SensorRule(
        spec.channel,
        matters=None if spec.matters == "*" else frozenset(spec.matters),
        n=n,
        coverage=coverage,
        in_view=in_view,
        seen=spec.seen,
        rounds=rounds,
        delay=None if spec.delay is None else spec.delay.distribution(),
        again_us=spec.again,
        quiet=spec.quiet,
    )


def _placed(spec: SensorSpec, city: City | None, *, key: str) -> tuple[Spots, NDArray[np.float64], NDArray[np.float64]]:
    """The places of sensors on the roads, and where they stand: longitudes and latitudes, each of shape (n,)."""
    if city is None:
        raise ScenarioError(
            "travel: none has no places: say which share they cover", key=f"{key}.{'at' if spec.at else 'count'}"
        )
    if spec.at is not None:
        return _at_facilities(spec.at, city, key=f"{key}.at")
    assert spec.count is not None
    share, places = _where(spec, city, key=key)
    upto = np.cumsum(share)
    wanted = (np.arange(spec.count) + 0.5) / spec.count
    area = np.minimum(np.searchsorted(upto, wanted, side="right"), share.size - 1)
    within = np.clip((wanted - (upto[area] - share[area])) / share[area], 0.0, 1.0)
    edge, offset_mm = places.pick(area, within, np.full(spec.count, 0.5))
    return (edge, offset_mm), *city.roads.lonlat_of(edge, offset_mm)


def _where(spec: SensorSpec, city: City, *, key: str) -> tuple[NDArray[np.float64], Places]:
    """Shares of the parts of a city, and their streets."""
    if spec.where == "residents":
        _, share, places, _ = by_residents(city, key=key)
    else:
        _, share, places = by_area(None, city, key=key)
    return share, places


def _at_facilities(
    kind: FacilityKind, city: City, *, key: str
) -> tuple[Spots, NDArray[np.float64], NDArray[np.float64]]:
    here = [facility for facility in city.layers.facilities if facility.kind is kind]
    if not here:
        known = ", ".join(sorted({facility.kind.value for facility in city.layers.facilities})) or "none at all"
        raise ScenarioError(f"{city.name} has no facility of the kind {kind.value!r}: there is {known}", key=key)
    edge = np.array([facility.spot.edge for facility in here], np.int64)
    offset_mm = np.array([facility.spot.offset_mm for facility in here], np.int64)
    lon, lat = np.array([facility.lon for facility in here]), np.array([facility.lat for facility in here])
    return (edge, offset_mm), lon, lat


def _false_alarms(spec: SensorSpec, place: int, sources: Sequence[PoissonDemand], city: City | None) -> PoissonDemand:
    """Tellings of nothing: where the sensors are, or anywhere if they have no places."""
    known = {matter.name: matter for source in sources for matter in source.matters}
    matters = tuple(replace(known[name], life=None) for name in spec.matters)
    key = f"centre.sensors.{place}"
    if spec.covers is not None:
        names, share, places = by_area(None, city, key=key)
        per_day: NDArray[np.float64] = spec.false_per_day * share
    else:
        (edge, offset_mm), _, _ = _placed(spec, city, key=key)
        assert city is not None
        numbers, area = np.unique(city.edge_area[edge], return_inverse=True)
        names = tuple(city.areas[number] for number in numbers.tolist())
        mm = np.ones_like(edge)
        places = Places.of(area.astype(np.int64), edge, start_mm=offset_mm, length_mm=mm, n_areas=len(names))
        per_day = spec.false_per_day * np.bincount(area, minlength=len(names)).astype(np.float64)
    return PoissonDemand(
        name=f"{spec.channel.value} {place}: nothing",
        areas=names,
        matters=matters,
        rates_per_h=per_day[:, None] / 24 / len(matters) * np.ones((1, len(matters))),
        rhythm=weekly(Rhythm()),
        places=places,
    )
