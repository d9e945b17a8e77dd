"""Place mode: what can be clicked, and which place that is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.roads.streets import town
from tests.views.shown_city import built_in_shown
from twin.views import place_layers
from twin.views.city import shown_once
from twin.views.palette import Theme, palette
from twin.views.place_layers import (
    CELLS,
    STREETS,
    PickAddresses,
    cells_geojson,
    chosen_layers,
    has_pickable_streets,
    pick_layers,
    picked,
    streets_json,
)
from twin.views.placing import (
    both_ways,
    place_in_cell,
    place_on_street,
    spot_of_cell,
    spot_of_street,
    streets_of_cell,
)

CITY = built_in_shown()
ROADS, CELLS_OF_CITY = CITY.roads, CITY.cells
assert CELLS_OF_CITY is not None
COLOURS = palette(Theme.LIGHT)
edges = st.integers(0, ROADS.n_edges - 1)
cells = st.integers(0, CELLS_OF_CITY.n - 1)


def test_every_street_can_be_clicked_once_along_all_of_it() -> None:
    rows = json.loads(streets_json(ROADS))
    assert {row["edge"] for row in rows} == set(np.flatnonzero(shown_once(ROADS)).tolist())
    for edge in (0, 730, 2_000):
        lower = both_ways(ROADS, edge)[0]
        line = ROADS.shape_lonlat(lower).round(6).tolist()
        mine = [row for row in rows if row["edge"] == lower]
        assert [row["from"] for row in mine] == line[:-1]
        assert [row["to"] for row in mine] == line[1:]


def test_every_square_can_be_clicked_and_gives_one_of_its_cells() -> None:
    assert CITY.cells is not None
    features = json.loads(cells_geojson(CITY.cells, crs=ROADS.crs))["features"]
    numbers = [feature["properties"]["cell"] for feature in features]
    squares = {tuple(square) for square in CITY.cells.square.tolist()}
    assert {tuple(CITY.cells.square[number].tolist()) for number in numbers} == squares
    assert len(features) == len(squares)
    assert features[0]["properties"]["text"].startswith(CITY.cells.codes[numbers[0]])


@given(edge=edges)
def test_the_middle_of_a_street_is_the_same_from_either_direction(edge: int) -> None:
    spot = spot_of_street(ROADS, edge)
    assert spot.edge == min(both_ways(ROADS, edge))
    assert abs(2 * spot.offset_mm - ROADS.length_mm[edge]) <= 1
    twin = int(ROADS.twin[edge])
    assert twin < 0 or spot_of_street(ROADS, twin) == spot


@given(cell=cells)
def test_the_middle_of_a_cell_is_in_it_and_on_one_of_its_streets(cell: int) -> None:
    assert CITY.cells is not None
    spot = spot_of_cell(CITY.cells, cell)
    assert CITY.cells.at_spots([spot.edge], [spot.offset_mm]).tolist() == [cell]
    assert both_ways(ROADS, spot.edge)[0] in streets_of_cell(CITY, cell)


def test_a_click_on_a_street_is_that_street_and_one_on_a_cell_that_cell() -> None:
    assert CITY.cells is not None
    assert picked(CITY, {STREETS: [{"edge": 730, "from": [0, 0]}]}) == place_on_street(CITY, 730)
    feature = {"type": "Feature", "properties": {"cell": 9}}
    assert picked(CITY, {CELLS: [feature]}) == place_in_cell(CITY, CITY.cells, 9)
    assert picked(CITY, {}) is None


@pytest.mark.parametrize(
    "objects",
    [
        {STREETS: [{"edge": 10**9}]},
        {STREETS: [{"edge": -1}]},
        {STREETS: [{"edge": "730"}]},
        {CELLS: [{"properties": {"cell": 10**9}}]},
        {CELLS: [{"properties": "cell"}]},
        {"other": [{"edge": 730}]},
    ],
)
def test_what_no_map_of_ours_would_send_is_no_place(objects: dict) -> None:
    assert picked(CITY, objects) is None


def test_a_place_says_what_it_is_called_where_it_is_and_which_street_it_is_on() -> None:
    placed = place_on_street(CITY, 733)
    assert placed.edges == (730, 733)
    assert placed.label == placed.street == "车陂路 #730"
    assert placed.line == "车陂路 #730 · 东岸社区"
    assert (placed.lon, placed.lat) == ROADS.lonlat(placed.spot.edge, placed.spot.offset_mm)


def test_layers_hold_addresses_and_of_very_many_streets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    both = pick_layers(PickAddresses("/streets", "/cells"), colours=COLOURS)
    assert [(layer.id, layer.data) for layer in both] == [(CELLS, "/cells"), (STREETS, "/streets")]
    assert [layer.id for layer in pick_layers(PickAddresses(None, "/cells"), colours=COLOURS)] == [CELLS]
    assert has_pickable_streets(ROADS)
    monkeypatch.setattr(place_layers, "MOST_STREETS", 10)
    assert not has_pickable_streets(town(4, 4))


def test_the_chosen_place_and_its_street_are_drawn() -> None:
    line, spot = chosen_layers(place_on_street(CITY, 730), ROADS, colours=COLOURS)
    assert len(line.data[0]["path"]) >= 2
    assert spot.data[0]["at"] == [
        round(axis, 6) for axis in (place_on_street(CITY, 730).lon, place_on_street(CITY, 730).lat)
    ]
