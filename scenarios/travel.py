"""How units get about: from speeds in a scenario to a router for each mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from city_data.city import City
from scenarios.spec import Scenario, Travel
from twin.domain.mode import CAR, E_BIKE, WALK
from twin.errors import ScenarioError
from twin.roads.network import CLASSES
from twin.roads.router import Router
from twin.roads.travel import HOURS_A_WEEK, TravelModel


def build_ways(scenario: Scenario, city: City) -> Router:
    """A router for cars over a city's streets at the scenario's speeds."""
    return build_all_ways(scenario, city)[0]


def build_all_ways(scenario: Scenario, city: City) -> tuple[Router, Router, Router]:
    """Routers over a city's streets at the scenario's speeds, one a mode, in the order of `MODES`."""
    assert isinstance(scenario.travel, Travel)
    travel = scenario.travel
    foot = walking_model(travel)
    return (
        Router(city.roads, travel_model(travel), mode=CAR, foot=foot),
        Router(city.roads, e_bike_model(travel), mode=E_BIKE, foot=foot),
        Router(city.roads, foot, mode=WALK, foot=foot),
    )


def travel_model(travel: Travel) -> TravelModel:
    """Cars: band 0 is every hour that no band of the scenario claims; of several claims the first counts.

    Raises
    ------
    ScenarioError : a road class nobody knows, or hours that end before they begin.
    """
    rows = [_factors(travel.speed, base=np.ones(len(CLASSES)), key="travel.speed")]
    band_of_hour = [0] * HOURS_A_WEEK
    for number, band in enumerate(travel.bands, start=1):
        key = f"travel.bands.{number - 1}"
        if band.hours[0] >= band.hours[1]:
            raise ScenarioError("hours must end after they begin (write two bands over midnight)", key=f"{key}.hours")
        rows.append(_factors(band.speed, base=rows[0], key=f"{key}.speed"))
        for weekday in band.weekdays:
            for hour in range(*band.hours):
                band_of_hour[weekday * 24 + hour] = band_of_hour[weekday * 24 + hour] or number
    return TravelModel(band_of_hour=tuple(band_of_hour), factor=np.array(rows), ramp_s=travel.ramp)


def walking_model(travel: Travel) -> TravelModel:
    """People on foot, in the bands of the cars: one speed, less on steps, at once."""
    factor = np.array([[1.0], *([band.walk] for band in travel.bands)]) * np.ones(len(CLASSES))
    factor[:, CLASSES.index("steps")] *= travel.walk.steps
    return replace(travel_model(travel), factor=factor, ramp_s=0.0, mps=travel.walk.mps)


def e_bike_model(travel: Travel) -> TravelModel:
    """E-bikes, in the bands of the cars: one speed on all streets, at once."""
    factor = np.array([[1.0], *([band.e_bike] for band in travel.bands)]) * np.ones(len(CLASSES))
    return replace(travel_model(travel), factor=factor, ramp_s=0.0, mps=travel.e_bike.mps)


def _factors(speed: dict[str, float], *, base: NDArray[np.float64], key: str) -> NDArray[np.float64]:
    unknown = sorted(set(speed) - {*CLASSES, "*"})
    if unknown:
        raise ScenarioError(f"{unknown[0]!r} is not a road class: there are {', '.join(CLASSES)} and '*'", key=key)
    factors = base.copy()
    if "*" in speed:
        factors[:] = speed["*"]
    for name, factor in speed.items():
        if name != "*":
            factors[CLASSES.index(name)] = factor
    return factors
