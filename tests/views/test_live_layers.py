"""What is drawn of a moment, and what is sent for it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.views.shown_moment import town_moment, town_streets
from twin.domain.case import Stage
from twin.domain.light import Light
from twin.domain.unit import EN_ROUTE, TURNOUT
from twin.views.city import Camera
from twin.views.closed_streets import closed_geojson
from twin.views.hot_spots import LEAST_ALPHA, MOST_ALPHA, SQUARE_M, hot_spots_geojson
from twin.views.layers import deck
from twin.views.legend import live_legend
from twin.views.live_layers import Chosen, Live, LiveAddresses, Picked, live_layers, picked_in
from twin.views.moment import Moment
from twin.views.palette import Theme, palette
from twin.views.words import Language, Words

STREETS = town_streets()
ROADS = STREETS.roads
MOMENT = town_moment()
COLOURS = palette(Theme.LIGHT)
ADDRESSES = LiveAddresses(
    units="/units", cases="/cases", beside_units="/other/units", beside_cases="/other/cases", closed="/closed",
    hot_spots="/hot", cameras="/cameras",
)  # fmt: skip
NOTHING, AT_FIRST = Chosen(), Live()
ALL = Live(hot_spots=True, cameras=True, beside=True, glide_ms=1_000)


def layers(
    chosen: Chosen = NOTHING,
    live: Live = AT_FIRST,
    moment: Moment = MOMENT,
) -> dict[str, dict[str, Any]]:
    """The layers as the browser gets them, by id."""
    drawn = live_layers(moment, chosen, live, ADDRESSES, streets=STREETS, colours=COLOURS)
    said = deck(drawn, camera=Camera(113.0, 23.0, 12.0), style_url="/style", colours=COLOURS).to_json()
    return {layer["id"]: layer for layer in json.loads(said)["layers"]}


def lines(chosen: Chosen, moment: Moment = MOMENT) -> list[dict[str, Any]]:
    found = layers(chosen, moment=moment).get("lines")
    return [] if found is None else found["data"]["features"]


def on_the_way() -> Moment:
    """The moment with one unit on its way to a case and one about to set out."""
    case = MOMENT.cases[0]
    number = next(unit.unit for unit in MOMENT.units if unit.leg is not None)
    other = next(unit.unit for unit in MOMENT.units if unit.leg is None and unit.unit != number)
    units = list(MOMENT.units)
    units[number] = units[number]._replace(status=EN_ROUTE, case=case.case)
    units[other] = units[other]._replace(status=TURNOUT, case=case.case)
    cases = (case._replace(units=(number, other)), *MOMENT.cases[1:])
    return replace(MOMENT, units=tuple(units), cases=cases)


def test_what_moves_is_on_the_map_by_address_only() -> None:
    drawn = layers()
    assert {name: layer["data"] for name, layer in drawn.items()} == {
        "patrols": "/units",
        "units": "/units",
        "cases": "/cases",
    }
    assert {name: layer["data"] for name, layer in layers(live=ALL).items()} == {
        "hot_spots": "/hot",
        "watched": "/cameras",
        "beside_patrols": "/other/units",
        "beside_units": "/other/units",
        "beside_cases": "/other/cases",
        **{name: layer["data"] for name, layer in drawn.items()},
    }


def test_the_picture_sent_at_each_tick_is_tiny() -> None:
    drawn = live_layers(on_the_way(), Chosen(MOMENT.cases[0].case, 0), ALL, ADDRESSES, streets=STREETS, colours=COLOURS)
    picture = deck(drawn, camera=Camera(113.0, 23.0, 12.0), style_url="/style", colours=COLOURS).to_json()
    assert len(picture) < 12_000


def test_layers_are_switched_on_and_off() -> None:
    assert layers(live=Live(units=False, cases=False)) == {}
    assert set(layers(live=Live(units=False))) == {"cases"}
    closed = replace(MOMENT, closed=frozenset({3}))
    assert layers(moment=closed)["closed"]["data"] == "/closed"
    assert "closed" not in layers(moment=closed, live=Live(closed=False))
    assert "closed" not in layers()


def test_signs_glide_only_where_motion_is_to_be_smooth() -> None:
    assert "transitions" not in layers()["units"]
    gliding = layers(live=ALL)
    assert gliding["units"]["transitions"] == gliding["patrols"]["transitions"] == {"getPosition": 1_000}
    assert "transitions" not in gliding["cases"]


def test_signs_can_be_clicked_and_those_of_the_other_run_cannot() -> None:
    drawn = layers(live=ALL)
    assert all(drawn[name]["pickable"] for name in ("patrols", "units", "cases"))
    assert not any(drawn[name]["pickable"] for name in ("beside_patrols", "beside_units", "beside_cases"))


def test_what_is_selected_has_a_ring_that_moves_with_its_sign() -> None:
    drawn = layers(Chosen(case=17, unit=4), ALL)
    assert drawn["ring_unit_4"]["data"] == drawn["units"]["data"]
    assert drawn["ring_unit_4"]["transitions"] == drawn["units"]["transitions"]
    assert drawn["ring_unit_4"]["getIcon"] == "@@=id == 4 && (sign || dot) ? 'ring' : ''"
    assert drawn["ring_case_17"]["getIcon"] == "@@=id == '17' ? 'ring' : ''"
    assert not drawn["ring_case_17"]["pickable"]


def test_the_selected_unit_shows_where_it_was_and_where_it_goes() -> None:
    unit = next(unit for unit in MOMENT.units if unit.leg is not None)
    behind, ahead = (line["geometry"]["coordinates"] for line in lines(Chosen(unit=unit.unit)))
    assert behind[-1] == ahead[0] == pytest.approx(MOMENT.places[unit.unit].tolist(), abs=2e-5)


def test_a_unit_that_is_not_there_shows_nothing() -> None:
    assert lines(Chosen(unit=99)) == []
    assert lines(Chosen(case=99)) == []


def test_those_who_come_to_the_selected_case_show_their_ways() -> None:
    moment = on_the_way()
    case = moment.cases[0]
    way, straight = (line["geometry"]["coordinates"] for line in lines(Chosen(case=case.case), moment))
    assert way[0] == pytest.approx(moment.places[case.units[0]].tolist(), abs=2e-5)
    assert len(straight) == 2
    assert straight[1] == pytest.approx(moment.case_places[0].tolist(), abs=2e-5)


def test_what_was_clicked_is_told_by_what_the_map_gives_back() -> None:
    assert picked_in({"units": [{"id": 0, "what": "unit", "at": [0, 0]}]}) == Picked("unit", 0)
    assert picked_in({"cases": [{"id": str(2**62 - 1), "what": "case"}]}) == Picked("case", 2**62 - 1)
    assert picked_in({"facilities-camera": [{"id": "node/1", "what": "camera"}]}) == Picked("camera", "node/1")


@pytest.mark.parametrize("row", [{}, {"what": "case", "id": "x"}, {"what": "case"}, {"what": 3, "id": 3}, {"id": 1}])
def test_what_is_none_of_ours_was_not_clicked(row: dict[str, object]) -> None:
    assert picked_in({"cases": [row]}) is None


def test_a_closed_street_is_drawn_once() -> None:
    edge = int(np.flatnonzero(ROADS.twin >= 0)[0])
    both = frozenset({edge, int(ROADS.twin[edge])})
    for closed in (both, frozenset({edge})):
        found = json.loads(closed_geojson(ROADS, closed))["features"][0]["geometry"]["coordinates"]
        assert len(found) == 1


def test_hot_spots_count_every_case_once_and_are_clearer_where_there_are_more() -> None:
    told = {0: 3, 1: 1, 40: 12, 41: 5}
    squares = json.loads(hot_spots_geojson(ROADS, told))["features"]
    assert sum(square["properties"]["n"] for square in squares) == sum(told.values())
    by_count = sorted((square["properties"]["n"], square["properties"]["alpha"]) for square in squares)
    assert [alpha for _, alpha in by_count] == sorted(alpha for _, alpha in by_count)
    assert LEAST_ALPHA < by_count[0][1] <= by_count[-1][1] == MOST_ALPHA
    assert json.loads(hot_spots_geojson(ROADS, {}))["features"] == []


def test_a_hot_spot_lies_around_the_middle_of_its_street() -> None:
    edge = 40
    ring = np.array(json.loads(hot_spots_geojson(ROADS, {edge: 1}))["features"][0]["geometry"]["coordinates"][0])
    middle = ROADS.lonlat(edge, int(ROADS.length_mm[edge]) // 2)
    reach = SQUARE_M / 111_320 * 0.8
    assert np.abs(ring.mean(axis=0) - middle).max() < reach


@pytest.mark.parametrize("language", Language)
def test_the_legend_of_a_moment_counts_cases_by_light_and_stage_and_units_by_status(language: Language) -> None:
    words = Words(language)
    case = MOMENT.cases[0]
    shown = [
        case._replace(light=Light.RED, stage=Stage.CHECK, is_queued=True),
        case._replace(light=Light.RED, is_queued=False),
        case._replace(light=Light.GREEN, stage=Stage.CHECK, is_queued=True),
    ]
    moment = replace(MOMENT, cases=tuple(shown), closed=frozenset({3}))
    markup = live_legend(moment, ALL, colours=COLOURS, words=words)
    for key, n in (("legend.light.red", 2), ("legend.light.yellow", 0), ("legend.check", 2), ("legend.intake", 1)):
        assert f"{words(key)}</span><span" in markup
        assert f">{n}</span>" in markup.split(words(key), 1)[1].split("</div>", 1)[0]
    for key in ("legend.closed", "legend.hot", "legend.watched", "legend.beside", "status.on_scene"):
        assert words(key) in markup
    assert words("legend.hot") not in live_legend(moment, Live(), colours=COLOURS, words=words)


def test_kinds_of_units_are_escaped_in_the_legend_of_a_moment() -> None:
    hostile = tuple(unit._replace(kind="<img src=x>") for unit in MOMENT.units)
    moment = replace(MOMENT, units=hostile)
    assert "<img src=x" not in live_legend(moment, ALL, colours=COLOURS, words=Words(Language.ENGLISH))
