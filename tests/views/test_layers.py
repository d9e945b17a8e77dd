"""What is drawn on the map."""

from __future__ import annotations

import json
from typing import Any

from city_data.built_in import built_in_city
from tests.console.run_folders import HOSTILE, small_facts
from twin.domain.quantities import MINUTE
from twin.domain.route import Spot
from twin.views.cases import CaseShown, drawn
from twin.views.city import camera_on
from twin.views.icons import mapping
from twin.views.layers import case_layer, deck, station_layer, unit_layers
from twin.views.legend import legend
from twin.views.palette import Theme, palette
from twin.views.scene import scene_of, units_at
from twin.views.words import Language, Words

CITY = built_in_city()
SCENE = scene_of(small_facts(CITY))
COLOURS, WORDS = palette(Theme.LIGHT), Words(Language.ENGLISH)


def case(number: int, *, response_s: float | None, reported_at: int = 0, closed_at: int | None = None) -> CaseShown:
    return CaseShown(
        case=number,
        ref=HOSTILE,
        area="all",
        matter="fire",
        priority=1,
        reported_at=reported_at,
        closed_at=closed_at,
        response_s=response_s,
        n_units=1,
        spot=Spot(number, 0),
    )


def unit_rows(minute: int) -> list[dict[str, Any]]:
    at = minute * MINUTE
    units = units_at(SCENE, at, roads=CITY.roads)
    layers = unit_layers(units, at=at, roads=CITY.roads, colours=COLOURS, words=WORDS)
    return next(layer.data for layer in layers if layer.id == "units")


def case_rows(*cases: CaseShown) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = case_layer(cases, roads=CITY.roads, colours=COLOURS, words=WORDS).data
    return rows


def test_units_that_are_away_are_not_drawn() -> None:
    assert len(unit_rows(1)) == 2


def test_an_inferred_way_is_hollow() -> None:
    assert [row["sign"] for row in unit_rows(35)] == ["diamond-ringed", "triangle-hollow-ringed"]


def test_units_at_the_same_place_stand_side_by_side() -> None:
    first, second = (row["beside"] for row in unit_rows(1))
    assert first[1] == second[1]
    assert second[0] - first[0] >= 20


def test_every_sign_drawn_is_in_the_atlas() -> None:
    signs = {row["sign"] for minute in range(0, 60, 5) for row in unit_rows(minute)}
    assert signs <= set(mapping())


def test_a_later_response_is_a_larger_disc_and_none_is_a_ring() -> None:
    soon, late, never = case_rows(case(1, response_s=60), case(2, response_s=1_000), case(3, response_s=None))
    assert late["radius"] > soon["radius"]
    assert soon["fill"] != late["fill"]
    assert never["fill"][3] == 0
    assert never["text"].endswith("no unit came")


def test_references_of_cases_never_reach_the_map() -> None:
    layers = [case_layer([case(1, response_s=60)], roads=CITY.roads, colours=COLOURS, words=WORDS)]
    layers.append(station_layer(CITY.stations, colours=COLOURS, words=WORDS))
    camera = camera_on(CITY.roads, width_px=700, height_px=500)
    drawn_map = deck(layers, camera=camera, style_url="/api/city/style.json", colours=COLOURS)
    said = json.loads(drawn_map.to_json())
    assert "onerror" not in drawn_map.to_json()
    assert said["mapStyle"] == "/api/city/style.json"
    assert [layer["id"] for layer in said["layers"]] == ["cases", "stations"]


def test_only_the_latest_cases_are_drawn_and_all_are_counted() -> None:
    cases = tuple(case(number, response_s=1.0, reported_at=number) for number in range(5))
    shown, n = drawn(cases, open_at=None, most=2)
    assert [one.case for one in shown] == [3, 4]
    assert n == 5


def test_open_cases_are_those_reported_and_not_yet_closed() -> None:
    cases = (
        case(1, response_s=1.0, reported_at=0, closed_at=10),
        case(2, response_s=1.0, reported_at=5),
        case(3, response_s=1.0, reported_at=20),
    )
    assert [one.case for one in drawn(cases, open_at=10, most=9)[0]] == [2]


def test_the_legend_names_every_sign_in_both_languages() -> None:
    for language in Language:
        words = Words(language)
        markup = legend(COLOURS, words, with_run=True)
        for key in ("band.4", "band.later", "band.never", "status.on_scene", "legend.hollow", "legend.station"):
            assert words(key) in markup
    assert "band" not in legend(COLOURS, WORDS, with_run=False)
