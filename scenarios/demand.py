"""Modelled demand: from cases a day, shares and a rhythm to rates by area and matter, and streets to happen on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.demand import Matter, PoissonDemand
from city_data.city import City
from scenarios.spec import Demand, Rhythm
from twin.errors import ScenarioError

NOWHERE_MM = np.ones(1, np.int64)


def build_demand(demand: Demand, city: City | None, *, key: str = "demand") -> PoissonDemand:
    """One Poisson source.

    Parameters
    ----------
    key : where it stands in the scenario, for errors.

    Raises
    ------
    ScenarioError : an area the city does not have, or shares that add up to nothing.
    """
    known = _streets_by_area(city)
    lengths_mm = NOWHERE_MM if city is None else city.roads.length_mm
    if demand.areas is None:
        weights = {area: float(lengths_mm[edges].sum()) for area, edges in known.items()} or {"all": 1.0}
    else:
        weights = demand.areas
    if city is not None and (unknown := sorted(set(weights) - set(known))):
        raise ScenarioError(
            f"{unknown[0]!r} is not an area of {city.name}: there are {', '.join(known)}",
            key=f"{key}.areas",
        )
    area_share = _shares(list(weights.values()), key=f"{key}.areas")
    matter_share = _shares([matter.share for matter in demand.matters.values()], key=f"{key}.matters")
    edges = tuple(known.get(area, np.zeros(1, np.int64)) for area in weights)
    return PoissonDemand(
        name=demand.name,
        areas=tuple(weights),
        matters=tuple(Matter(name, matter.priority, matter.needs) for name, matter in demand.matters.items()),
        rates_per_h=demand.per_day / 24 * np.outer(area_share, matter_share),
        rhythm=weekly(demand.rhythm),
        edges=edges,
        shares=tuple(np.cumsum(lengths_mm[streets])[:-1] / lengths_mm[streets].sum() for streets in edges),
        lengths_mm=lengths_mm,
    )


def weekly(rhythm: Rhythm) -> NDArray[np.float64]:
    """Relative demand by hour of the week, shape (168,), mean 1."""
    week: NDArray[np.float64] = np.outer(rhythm.weekdays, rhythm.hours).ravel()
    relative: NDArray[np.float64] = week / week.mean()
    return relative


def _streets_by_area(city: City | None) -> dict[str, NDArray[np.int64]]:
    if city is None:
        return {}
    return {area: np.flatnonzero(city.edge_area == number) for number, area in enumerate(city.areas)}


def _shares(weights: list[float], *, key: str) -> NDArray[np.float64]:
    total = sum(weights)
    if total <= 0:
        raise ScenarioError("the shares add up to nothing", key=key)
    return np.array(weights) / total
