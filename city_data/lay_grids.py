"""Lays unit cells and an overlay of grids over a city, as one order.

In: a city and a `GridOrder`. Out: the city with cells and the overlay, and a `GridReport` that says how good the grids
are and what was decided on the way. Cells are made once; later overlays are made of the same cells, which areas then
take or leave whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from city_data.areas import Outline, read_areas
from city_data.cells import CELL_M, CellPlan, make_cells
from city_data.city import City, with_layers
from city_data.codes import CodeForm, read_communities
from city_data.grid_quality import GridQuality, quality
from city_data.grids import Ground, ground_of, ground_of_cells, make_overlay, undivided
from city_data.loads import OF_STREETS, Balance, loads
from city_data.overlays import put_overlay, shared_street_m
from city_data.residents import moved
from twin.domain.grid import Cells, Overlay
from twin.errors import CityError

OWN = "own"
"""In place of a file of areas: those the city was built with."""


@dataclass(frozen=True, slots=True)
class GridOrder:
    """What is wanted.

    Parameters
    ----------
    overlay : name of the overlay; one of that name is replaced.
    size_m : side of the cells' squares; None for those the city has, or 100 m.
    areas : a file of named polygons, `OWN`, or None; no grid reaches over their borders.
    n_grids : None for one an area, or for cells alone where there are no areas.
    balance : what the grids share out evenly.
    table, column : cases or residents, and the column that counts.
    form, communities : of the cells' codes: digits (15 by default), and a table of community codes by area name.
    anew : whether to make the cells again, without the overlays that lie on the old ones; residents move to them.
    """

    overlay: str = "base"
    size_m: float | None = None
    areas: Path | str | None = None
    n_grids: int | None = None
    balance: Balance = Balance.STREET_LENGTH
    table: Path | None = None
    column: str | None = None
    form: CodeForm | None = None
    communities: Path | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class GridReport:
    """What was made.

    Parameters
    ----------
    n_cells, size_m, first_code, codes_assumed : of the cells.
    quality : of the overlay, None where only cells were made.
    others : for each other overlay, how many pairs of grids have streets in common.
    said : sentences about what was decided.
    """

    n_cells: int
    size_m: float
    first_code: str
    codes_assumed: bool
    quality: GridQuality | None = None
    others: Mapping[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The report as a program would read it."""
        figures = {} if self.quality is None else self.quality.as_dict()
        return {
            "cells": self.n_cells,
            "cell_m": self.size_m,
            "first_code": self.first_code,
            "codes_assumed": self.codes_assumed,
            **{name: value for name, value in figures.items() if name != "n_cells"},
            "pairs with other overlays": dict(self.others),
            "notes": self.said,
        }


@dataclass(frozen=True, slots=True)
class _Areas:
    """Areas of an order: names, and the edges or outlines they are given by."""

    names: tuple[str, ...]
    edges: bool = False
    outlines: tuple[Outline, ...] = ()


def lay_grids(
    city: City, order: GridOrder, *, progress: Callable[[str], None] | None = None
) -> tuple[City, GridReport]:
    """A city with cells and, if the order asks for grids, one overlay more.

    Raises
    ------
    CityError : the order cannot be carried out; the message says why and what to change.
    """
    tell = progress or (lambda _: None)
    overlays: tuple[Overlay, ...] = ()
    said: tuple[str, ...] = ()
    _require_sensible(order)
    areas = _areas(city, order)
    old = None if order.anew else city.layers.cells
    if old is None:
        tell("cutting streets into cells")
        plan = CellPlan(
            size_m=order.size_m or CELL_M,
            areas=("all",) if areas is None else areas.names,
            edge_area=city.edge_area if areas is not None and areas.edges else None,
            outlines=areas.outlines if areas is not None and not areas.edges else None,
            form=order.form or CodeForm.NEW,
            communities={} if order.communities is None else read_communities(order.communities),
        )
        cells, report = make_cells(city.roads, plan)
        said = report.lines()
    else:
        _require_same_cells(old, order)
        cells, overlays = old, city.layers.overlays
    residents = _residents(city, cells)
    ground, more = _ground(city, cells, areas=areas, fresh=old is None)
    said += more
    found: GridQuality | None = None
    if order.n_grids is not None or areas is not None:
        amounts = loads(
            cells,
            city.roads,
            balance=order.balance,
            table=order.table,
            column=order.column,
            residents=residents,
        )
        tell("growing grids along the streets")
        overlay = make_overlay(
            order.overlay,
            cells,
            ground=ground,
            load=amounts.of_cell,
            balanced_by="" if order.n_grids is None else order.balance,
            n_grids=order.n_grids,
        )
        found, said = quality(cells, overlay, load=amounts.of_cell), said + amounts.said
        said += _about_connection(found) + _about_heavy(float(amounts.of_cell.max()) / found.mean_load)
        overlays = put_overlay(overlays, overlay)
    layers = replace(city.layers, cells=cells, overlays=overlays, residents=residents)
    others = _pairs(cells, overlays, name=order.overlay) if found is not None else {}
    return with_layers(city, layers), GridReport(
        cells.n, cells.size_m, cells.codes[0], cells.codes_assumed, found, others, said
    )


def parse_balance(text: str) -> Balance:
    """What to balance by, by name.

    Raises
    ------
    CityError : there is no such balance.
    """
    if text not in tuple(Balance):
        raise CityError(f"{text[:40]!r} cannot be balanced by; there is {', '.join(Balance)}", key="balance")
    return Balance(text)


def parse_form(digits: int) -> CodeForm:
    """The form of codes with so many digits.

    Raises
    ------
    CityError : there is no such form.
    """
    if digits not in tuple(CodeForm):
        raise CityError(f"codes of unit cells have 14 or 15 digits, not {digits}", key="digits")
    return CodeForm(digits)


def _require_sensible(order: GridOrder) -> None:
    name = order.overlay
    if not name or len(name) > 40 or not name.replace("_", "").isalnum():
        raise CityError("an overlay is named by up to 40 letters, digits and _", key=name[:60])
    if order.n_grids is not None and order.n_grids < 1:
        raise CityError("there must be at least one grid", key="grids")
    if order.balance is not Balance.STREET_LENGTH and order.n_grids is None:
        raise CityError(f"to balance by {order.balance}, say how many grids with --grids", key="balance")
    if order.table is not None and order.balance in OF_STREETS:
        raise CityError("a table counts only with --balance cases or residents", key="data")


def _require_same_cells(cells: Cells, order: GridOrder) -> None:
    digits = len(cells.codes[0])
    if order.size_m not in (None, cells.size_m) or order.communities is not None or order.form not in (None, digits):
        raise CityError(
            f"the city has cells of {cells.size_m:g} m with codes of {digits} digits already: leave their "
            "size and codes as they are, or make them again with --anew, which drops the overlays on them",
            key="cell",
        )


def _residents(city: City, cells: Cells) -> NDArray[np.int32] | None:
    """The city's residents in these cells."""
    residents, old = city.layers.residents, city.layers.cells
    return residents if residents is None or old is None or old is cells else moved(residents, old, cells)


def _areas(city: City, order: GridOrder) -> _Areas | None:
    if order.areas is None:
        return None
    if order.areas == OWN:
        return _Areas(city.areas, edges=True)
    outlines = read_areas(Path(order.areas))
    return _Areas(tuple(outline.name for outline in outlines), outlines=outlines)


def _ground(city: City, cells: Cells, *, areas: _Areas | None, fresh: bool) -> tuple[Ground, tuple[str, ...]]:
    if areas is None:
        return undivided(cells), ()
    if fresh:
        return ground_of_cells(cells), ()
    given = city.edge_area if areas.edges else areas.outlines
    ground = ground_of(cells, city.roads, names=areas.names, areas=given)
    if ground.across_m < 1:
        return ground, ()
    across_km = ground.across_m / 1000
    said = f"the cells were made before these areas: {across_km:,.1f} km of streets lie in another area than their cell"
    return ground, (f"{said}; --anew cuts the cells",)


def _about_connection(found: GridQuality) -> tuple[str, ...]:
    if found.connected:
        return ()
    names = ", ".join(found.in_pieces[:5])
    return (f"the streets of {names} do not connect inside their area: no grid there could be in one piece",)


def _about_heavy(share: float) -> tuple[str, ...]:
    if share <= 1:
        return ()
    return (f"one cell alone has {share:.2f} of a mean grid's load: the grid with it cannot have less",)


def _pairs(cells: Cells, overlays: tuple[Overlay, ...], *, name: str) -> dict[str, int]:
    new = next(overlay for overlay in overlays if overlay.name == name)
    return {other.name: len(shared_street_m(cells, new, other).amount) for other in overlays if other.name != name}
