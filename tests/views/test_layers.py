"""What is drawn on the map besides what moves."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from city_data.built_in import built_in_city
from scenarios.opening import city_shown
from tests.console.run_folders import HOSTILE
from twin.domain.facility import FacilityKind
from twin.domain.route import Spot
from twin.views.cases import PastCase
from twin.views.city import camera_on
from twin.views.icons import atlas, mapping
from twin.views.layers import deck
from twin.views.legend import ground_legend, past_legend
from twin.views.palette import Theme, palette
from twin.views.past_cases import past_layer, past_rows
from twin.views.still_layers import Addresses, Wanted, station_layer, still_layers
from twin.views.words import Language, Words

CITY = built_in_city()
SHOWN = city_shown(CITY)
ADDRESSES = Addresses(lambda kind: f"/facilities?{kind.value}", "/names")
COLOURS, WORDS = palette(Theme.LIGHT), Words(Language.ENGLISH)


def case(number: int, *, response_s: float | None) -> PastCase:
    return PastCase(number, HOSTILE, "all", "fire", 1, 0, None, response_s, 1, Spot(number, 0))


def rows(*cases: PastCase) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(past_rows(cases, roads=CITY.roads, colours=COLOURS, words=WORDS))
    return found


def test_both_pictures_of_signs_are_sound_and_have_room_for_every_sign() -> None:
    places = json.loads(mapping()).values()
    for theme in Theme:
        picture = ET.fromstring(atlas(theme))
        assert len(picture) == len(places)
        assert max(place["y"] + place["height"] for place in places) <= int(picture.attrib["height"])


def test_what_stands_still_is_on_the_map_by_address_only() -> None:
    wanted = Wanted("base", (FacilityKind.HYDRANT,), names=True)
    layers = still_layers(wanted, ADDRESSES, colours=COLOURS)
    assert [layer.data for layer in layers] == ["/names", "/facilities?hydrant"]
    assert still_layers(Wanted(None, (), names=False), ADDRESSES, colours=COLOURS) == []


def test_a_later_response_is_a_larger_disc_and_none_is_a_ring() -> None:
    soon, late, never = rows(case(1, response_s=60), case(2, response_s=1_000), case(3, response_s=None))
    assert late["radius"] > soon["radius"]  # type: ignore[operator]
    assert soon["fill"] != late["fill"]
    assert never["fill"][3] == 0  # type: ignore[index]
    assert str(never["text"]).endswith("no unit came")


def test_a_run_without_cases_has_no_discs() -> None:
    assert rows() == []


def test_references_of_cases_never_reach_the_map() -> None:
    assert "onerror" not in json.dumps(rows(case(1, response_s=60)))
    layers = [past_layer("/past"), station_layer(CITY.stations, colours=COLOURS, words=WORDS)]
    camera = camera_on(CITY.roads, width_px=700, height_px=500)
    drawn_map = deck(layers, camera=camera, style_url="/api/city/style.json", colours=COLOURS)
    said = json.loads(drawn_map.to_json())
    assert said["mapStyle"] == "/api/city/style.json"
    assert [layer["id"] for layer in said["layers"]] == ["past", "stations"]


def test_the_legend_names_every_band_in_both_languages() -> None:
    for language in Language:
        words = Words(language)
        markup = past_legend(colours=COLOURS, words=words)
        for key in ("band.4", "band.8", "band.15", "band.later", "band.never"):
            assert words(key) in markup


def test_the_legend_of_the_ground_names_what_there_is() -> None:
    markup = ground_legend(SHOWN, Wanted("base", (FacilityKind.HYDRANT,)), colours=COLOURS, words=WORDS)
    for key in ("legend.station", "facility.hydrant", "ground.water", "ground.village", "ground.lane", "ground.grid"):
        assert WORDS(key) in markup
    bare = replace(SHOWN, grounds=(), stations=())
    assert "Water" not in ground_legend(bare, Wanted(), colours=COLOURS, words=WORDS)
