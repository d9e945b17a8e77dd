"""Facilities and names as rows for the map."""

from __future__ import annotations

import json

from tests.views.shown_city import built_in_shown
from twin.domain.facility import FacilityKind
from twin.views.icons import mapping
from twin.views.places import facilities_json, ground_kinds, n_by_kind, names_json
from twin.views.words import Language, Words

CITY = built_in_shown()
CHINESE = Words(Language.CHINESE)


def test_every_facility_is_a_row_of_its_kind() -> None:
    signs = json.loads(mapping())
    for kind, n in n_by_kind(CITY).items():
        rows = json.loads(facilities_json(CITY, kind, CHINESE))
        assert len(rows) == n
        assert {row["sign"] for row in rows} <= set(signs)


def test_a_facility_says_what_it_is_and_its_name() -> None:
    texts = [row["text"] for row in json.loads(facilities_json(CITY, FacilityKind.POLICE, CHINESE))]
    assert "派出所：车陂派出所" in texts


def test_every_community_and_the_river_have_their_names_on_the_map() -> None:
    rows = json.loads(names_json(CITY))
    names = [row["name"] for row in rows]
    assert set(CITY.areas) <= set(names)
    assert "车陂涌" in names
    roads = CITY.roads
    for row in rows:
        lon, lat = row["at"]
        assert roads.node_lon.min() < lon < roads.node_lon.max()
        assert roads.node_lat.min() < lat < roads.node_lat.max()


def test_kinds_of_ground_are_known() -> None:
    assert ground_kinds(CITY) == {"village", "school", "park", "water"}


def test_a_facility_is_known_by_what_it_is_and_its_reference() -> None:
    for kind in (FacilityKind.POLICE, FacilityKind.CAMERA):
        rows = json.loads(facilities_json(CITY, kind, CHINESE))
        assert {row["what"] for row in rows} == {"camera" if kind is FacilityKind.CAMERA else "facility"}
        assert {row["id"] for row in rows} == {facility.ref for facility in CITY.facilities if facility.kind is kind}
