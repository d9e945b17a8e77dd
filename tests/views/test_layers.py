"""What is drawn on the map."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

from app import city_shown
from city_data.built_in import built_in_city
from tests.console.run_folders import HOSTILE, small_facts
from twin.domain.facility import FacilityKind
from twin.domain.mode import E_BIKE, WALK
from twin.domain.quantities import MINUTE
from twin.domain.route import Spot
from twin.domain.unit import UnitStatus
from twin.views.cases import CaseShown, drawn
from twin.views.city import camera_on
from twin.views.crew import Streets, UnitShown, crew_at
from twin.views.icons import atlas, mapping
from twin.views.layers import case_layer, deck, unit_layers
from twin.views.legend import ground_legend, legend
from twin.views.lines import Walk, lines_of
from twin.views.palette import Theme, palette
from twin.views.scene import scene_of
from twin.views.still_layers import Addresses, Wanted, station_layer, still_layers
from twin.views.words import Language, Words

CITY = built_in_city()
SHOWN = city_shown(CITY)
SCENE = scene_of(small_facts(CITY))
COLOURS, WORDS = palette(Theme.LIGHT), Words(Language.ENGLISH)
ADDRESSES = Addresses(lambda name: f"/grids?{name}", lambda kind: f"/facilities?{kind.value}", "/names")


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


def crew(minute: int) -> list[UnitShown]:
    return crew_at(SCENE, minute * MINUTE, streets=Streets(CITY.roads))


def rows_of(layer_id: str, units: list[UnitShown], words: Words = WORDS) -> list[dict[str, Any]]:
    layers = unit_layers(units, roads=CITY.roads, colours=COLOURS, words=words)
    return next(layer.data for layer in layers if layer.id == layer_id)


def unit_rows(minute: int) -> list[dict[str, Any]]:
    return rows_of("units", crew(minute))


def case_rows(*cases: CaseShown) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = case_layer(cases, roads=CITY.roads, colours=COLOURS, words=WORDS).data
    return rows


def test_units_that_are_away_or_off_duty_are_not_drawn() -> None:
    assert len(unit_rows(1)) == 2
    gone = [unit._replace(status=UnitStatus.OFF_DUTY) for unit in crew(1)]
    assert rows_of("units", gone) == rows_of("patrols", gone) == []


def test_an_inferred_way_is_hollow() -> None:
    assert [row["sign"] for row in unit_rows(35)] == ["on_scene-flame", "en_route-flame-hollow"]


def test_patrols_are_drawn_by_themselves_with_what_they_walked_behind_them() -> None:
    walk = Walk((400, 401), 0, 1_000)
    unit = crew(1)[0]._replace(status=UnitStatus.PATROLLING, kind="grid_worker", mode=WALK, behind=walk)
    assert [row["sign"] for row in rows_of("patrols", [unit])] == ["patrolling-person"]
    assert rows_of("walked", [unit])[0]["path"] == lines_of(CITY.roads, [walk])[0]
    assert rows_of("units", [unit]) == []


def test_what_pops_up_says_kind_and_status_in_the_language_of_the_page() -> None:
    unit = crew(1)[0]._replace(status=UnitStatus.PATROLLING, kind="grid_worker", mode=E_BIKE, name="甲")
    assert rows_of("patrols", [unit], Words(Language.CHINESE))[0]["text"] == "甲（网格员·电动车）\n巡查中"


def test_units_at_the_same_place_stand_side_by_side() -> None:
    first, second = (row["beside"] for row in unit_rows(1))
    assert first[1] == second[1]
    assert second[0] - first[0] >= 20


def test_every_sign_drawn_is_in_the_atlas() -> None:
    signs = {row["sign"] for minute in range(0, 60, 5) for row in unit_rows(minute)}
    assert signs <= set(json.loads(mapping()))


def test_both_pictures_of_signs_are_sound_and_have_room_for_every_sign() -> None:
    places = json.loads(mapping()).values()
    for theme in Theme:
        picture = ET.fromstring(atlas(theme))
        assert len(picture) == len(places)
        assert max(place["y"] + place["height"] for place in places) <= int(picture.attrib["height"])


def test_what_stands_still_is_on_the_map_by_address_only() -> None:
    wanted = Wanted("base", (FacilityKind.HYDRANT,), names=True)
    layers = still_layers(wanted, ADDRESSES, colours=COLOURS)
    assert [layer.data for layer in layers] == ["/grids?base", "/names", "/facilities?hydrant"]
    assert still_layers(Wanted(None, (), names=False), ADDRESSES, colours=COLOURS) == []


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
        markup = legend(crew(35), scene=SCENE, colours=COLOURS, words=words)
        for key in ("band.4", "band.later", "band.never", "status.on_scene", "status.away", "legend.hollow"):
            assert words(key) in markup
        assert words("status.patrolling") not in markup


def test_the_legend_counts_units_by_status() -> None:
    markup = re.sub(r"<[^>]+>", " ", legend(crew(35), scene=SCENE, colours=COLOURS, words=WORDS))
    said = dict(re.findall(r"([A-Z][a-z ]+?) +(\d+)", markup))
    assert said["On scene"] == "1"
    assert said["Turning out or on its way"] == "1"
    assert said["Away"] == "1"
    assert said["Fire engine"] == "3"


def test_kinds_of_units_are_escaped_in_the_legend() -> None:
    hostile = [unit._replace(kind=HOSTILE) for unit in crew(35)]
    assert "<img src=x" not in legend(hostile, scene=SCENE, colours=COLOURS, words=WORDS)


def test_the_legend_of_the_ground_names_what_there_is() -> None:
    markup = ground_legend(SHOWN, Wanted("base", (FacilityKind.HYDRANT,)), colours=COLOURS, words=WORDS)
    for key in ("legend.station", "facility.hydrant", "ground.water", "ground.village", "ground.lane", "ground.grid"):
        assert WORDS(key) in markup
    bare = replace(SHOWN, grounds=(), stations=())
    assert "Water" not in ground_legend(bare, Wanted(), colours=COLOURS, words=WORDS)
