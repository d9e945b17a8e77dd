"""Modelled demand: from cases a day, shares and a rhythm to rates by area and matter, and streets to happen on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from agents.demand import Matter, Places, PoissonDemand
from agents.life import Life
from city_data.city import City
from scenarios.spec_demand import Demand, MatterSpec, Rhythm
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
    names, area_share, places = by_area(demand.areas, city, key=key)
    matter_share = shares([matter.share for matter in demand.matters.values()], key=f"{key}.matters")
    return PoissonDemand(
        name=demand.name,
        areas=names,
        matters=tuple(build_matter(name, matter) for name, matter in demand.matters.items()),
        rates_per_h=demand.per_day / 24 * np.outer(area_share, matter_share),
        rhythm=weekly(demand.rhythm),
        places=places,
    )


def build_matter(name: str, matter: MatterSpec, life: Life | None = None) -> Matter:
    """A matter as the engine knows it."""
    return Matter(name, matter.priority, matter.needs, matter.verify, matter.check, life)


def by_area(
    weights: Mapping[str, float] | None, city: City | None, *, key: str
) -> tuple[tuple[str, ...], NDArray[np.float64], Places]:
    """Areas, their shares, shape (n_areas,), and their streets; without `weights` by length of street.

    Raises
    ------
    ScenarioError : an area the city does not have, or shares that add up to nothing.
    """
    known = _streets_by_area(city)
    lengths_mm = NOWHERE_MM if city is None else city.roads.length_mm
    if weights is None:
        weights = {area: float(lengths_mm[edges].sum()) for area, edges in known.items()} or {"all": 1.0}
    if city is not None and (unknown := sorted(set(weights) - set(known))):
        raise ScenarioError(
            f"{unknown[0]!r} is not an area of {city.name}: there are {', '.join(known)}",
            key=f"{key}.areas",
        )
    area_share = shares(list(weights.values()), key=f"{key}.areas")
    edges = [known.get(area, np.zeros(1, np.int64)) for area in weights]
    return tuple(weights), area_share, Places.whole_edges(edges, length_mm=lengths_mm)


def weekly(rhythm: Rhythm) -> NDArray[np.float64]:
    """Relative demand by hour of the week, shape (168,), mean 1."""
    week: NDArray[np.float64] = np.outer(rhythm.weekdays, rhythm.hours).ravel()
    relative: NDArray[np.float64] = week / week.mean()
    return relative


def _streets_by_area(city: City | None) -> dict[str, NDArray[np.int64]]:
    if city is None:
        return {}
    return {area: np.flatnonzero(city.edge_area == number) for number, area in enumerate(city.areas)}


def shares(weights: list[float], *, key: str) -> NDArray[np.float64]:
    """Weights as shares of their sum, shape (n,).

    Raises
    ------
    ScenarioError : they add up to nothing.
    """
    total = sum(weights)
    if total <= 0:
        raise ScenarioError("the shares add up to nothing", key=key)
    return np.array(weights) / total
