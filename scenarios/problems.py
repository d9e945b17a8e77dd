"""Modelled problems: from problems a day, shares, lives and a rhythm to rates by place and matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.demand import Places, PoissonDemand
from agents.life import Life
from city_data.city import City
from scenarios.demand import build_matter, by_area, shares, weekly
from scenarios.spec_problems import ProblemMatter, Problems
from scenarios.spread import Spread
from twin.clock.distributions import Distribution
from twin.domain.grid import Cells
from twin.errors import ScenarioError


def build_problems(problems: Problems, city: City | None, *, key: str) -> PoissonDemand:
    """One Poisson source of problems.

    Parameters
    ----------
    key : where it stands in the scenario, for errors.

    Raises
    ------
    ScenarioError : an area the city does not have, residents that it does not know, shares that add up to nothing.
    """
    presence = None
    cells = None if city is None else city.layers.cells
    if problems.where == "residents":
        names, place_share, places, presence = by_residents(city, key=key)
    elif problems.areas is None and cells is not None and city is not None:
        names, places = _areas(cells), _in_cells(cells)
        place_share = shares(cells.street_mm.astype(np.float64).tolist(), key=f"{key}.where")
    else:
        names, place_share, places = by_area(problems.areas, city, key=key)
    matter_share = shares([matter.share for matter in problems.matters.values()], key=f"{key}.matters")
    return PoissonDemand(
        name=problems.name,
        areas=names,
        matters=tuple(build_matter(name, matter, build_life(matter)) for name, matter in problems.matters.items()),
        rates_per_h=problems.per_day / 24 * np.outer(place_share, matter_share),
        rhythm=weekly(problems.rhythm),
        places=places,
        presence=presence,
    )


def build_life(matter: ProblemMatter) -> Life:
    """How problems of a matter live."""
    told, again, offspring = matter.told, matter.again, matter.offspring
    return Life(
        lasts=_distribution(matter.lasts),
        told_share=0.0 if told is None else told.share,
        told_after=None if told is None else told.after.distribution(),
        told_again=None if told is None else _distribution(told.again),
        seen=matter.seen,
        settles=matter.settles,
        again_share=0.0 if again is None else again.share,
        again_after=None if again is None else again.after.distribution(),
        n_offspring=0.0 if offspring is None else offspring.mean,
        offspring_after=None if offspring is None else offspring.after.distribution(),
    )


def by_residents(
    city: City | None, *, key: str
) -> tuple[tuple[str, ...], NDArray[np.float64], Places, NDArray[np.float64]]:
    """By the people in each cell at each hour: cells, their shares over the day, their streets, and the hours."""
    cells = None if city is None else city.layers.cells
    residents = None if city is None else city.layers.residents
    if cells is None or residents is None:
        raise ScenarioError("this city does not know its residents by cell and hour", key=f"{key}.where")
    by_hour = residents.T.astype(np.float64)
    mean = by_hour.mean(axis=0)
    presence = np.divide(by_hour, mean, out=np.zeros_like(by_hour), where=mean > 0)
    return _areas(cells), shares(mean.tolist(), key=f"{key}.where"), _in_cells(cells), presence


def _areas(cells: Cells) -> tuple[str, ...]:
    """The area each cell lies in, by name."""
    return tuple(cells.areas[area] for area in cells.area.tolist())


def _in_cells(cells: Cells) -> Places:
    """The pieces of street in each cell."""
    edge = np.repeat(np.arange(len(cells.edge_start) - 1), np.diff(cells.edge_start))
    return Places.of(
        cells.piece_cell.astype(np.int64),
        edge,
        start_mm=cells.piece_start_mm,
        length_mm=cells.piece_mm,
        n_areas=cells.n,
    )


def _distribution(spread: Spread | None) -> Distribution | None:
    return None if spread is None else spread.distribution()
