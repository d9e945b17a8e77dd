"""Places come out on WGS 84, whatever system, columns or order they were written in."""

from __future__ import annotations

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from city_data.feeds import shifted
from city_data.feeds.mapping_parts import Place
from city_data.feeds.places import BAD_PLACE, NO_PLACE, SWAPPED_PLACE, PlaceReader, place_reader
from city_data.feeds.shifted import Degrees

TIANANMEN = (116.404, 39.915)
IN_CHINA = st.tuples(st.floats(73.6, 135.0), st.floats(3.9, 53.5))
ANYWHERE = st.tuples(st.floats(-179, 179), st.floats(-85, 85))


def reader(**place: object) -> PlaceReader:
    return place_reader(Place.model_validate(place), {"x": 0, "y": 1, "text": 0}, frozenset({"无"}))


def metres(one: Degrees, other: Degrees) -> float:
    return 111_320 * hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1])


def test_the_shifts_are_those_of_the_public_formula() -> None:
    # Published with the widely used `coordtransform`, whose forward formulas are the public ones.
    assert shifted.wgs84_to_gcj02(*TIANANMEN) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-11)
    assert shifted.gcj02_to_bd09(*TIANANMEN) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-11)
    assert shifted.wgs84_to_bd09(*TIANANMEN) == pytest.approx((116.41662724378733, 39.922699552216216), abs=1e-11)


@given(IN_CHINA)
def test_gcj02_comes_back_to_less_than_a_centimetre(place: Degrees) -> None:
    assert metres(shifted.gcj02_to_wgs84(*shifted.wgs84_to_gcj02(*place)), place) < 0.01


@given(IN_CHINA)
def test_bd09_comes_back_to_less_than_a_centimetre(place: Degrees) -> None:
    assert metres(shifted.bd09_to_wgs84(*shifted.wgs84_to_bd09(*place)), place) < 0.01


@given(IN_CHINA)
def test_the_shift_of_gcj02_is_some_hundred_metres(place: Degrees) -> None:
    assert 10 < metres(shifted.wgs84_to_gcj02(*place), place) < 1_500


@given(ANYWHERE.filter(lambda place: not (72 < place[0] < 138 and 0.8 < place[1] < 55.9)))
def test_gcj02_is_not_shifted_abroad(place: Degrees) -> None:
    assert shifted.wgs84_to_gcj02(*place) == place
    assert shifted.gcj02_to_wgs84(*place) == place


@pytest.mark.parametrize("crs", ["wgs84", "WGS-84", "EPSG:4326", 4326, "cgcs2000", "CGCS2000", "EPSG:4490", 4490])
def test_wgs84_and_cgcs2000_are_taken_as_they_are(crs: object) -> None:
    assert reader(lon="x", lat="y", crs=crs).read(("116.404", "39.915")) == TIANANMEN


@pytest.mark.parametrize(("crs", "shift"), [("GCJ-02", shifted.wgs84_to_gcj02), ("bd09", shifted.wgs84_to_bd09)])
def test_shifted_places_are_shifted_back(crs: str, shift) -> None:
    read = reader(lon="x", lat="y", crs=crs).read(shift(*TIANANMEN))
    assert isinstance(read, tuple)
    assert metres(read, TIANANMEN) < 0.01


def test_a_projected_system_has_easting_and_northing() -> None:
    # CGCS2000, three-degree zone 39 around 117° E: on its central meridian the easting is 39,500,000 m.
    read = reader(lon="x", lat="y", crs="EPSG:4527").read(("39500000", "4427757.2"))
    assert isinstance(read, tuple)
    assert read == pytest.approx((117.0, 39.9833), abs=1e-3)


def test_what_is_no_place_in_a_system_is_refused() -> None:
    assert reader(lon="x", lat="y", crs="EPSG:4527").read(("1e12", "1e12")) == BAD_PLACE


@pytest.mark.parametrize(
    "text", ["116.404,39.915", "116.404，39.915", "(116.404, 39.915)", "POINT(116.404 39.915)", "１１６.４０４；39.915"]
)
def test_one_text_may_hold_both_numbers(text: str) -> None:
    assert reader(text="text").read((text,)) == TIANANMEN


def test_one_text_may_begin_with_the_latitude() -> None:
    assert reader(text="text", order="lat_lon").read(("39.915, 116.404",)) == TIANANMEN


@pytest.mark.parametrize(
    ("text", "reason"), [("", NO_PLACE), ("无", NO_PLACE), ("116.404", BAD_PLACE), ("门口", BAD_PLACE)]
)
def test_a_text_without_two_numbers_says_why(text: str, reason: str) -> None:
    assert reader(text="text").read((text,)) == reason


def test_exchanged_numbers_are_recognised() -> None:
    assert reader(lon="x", lat="y").read(("39.915", "116.404")) == SWAPPED_PLACE


@pytest.mark.parametrize(
    "place",
    [
        {"lon": "x", "lat": "y", "text": "text"},
        {"point": "x", "text": "text"},
        {"lon": "x"},
        {},
        {"lon": "x", "lat": "y", "order": "lat_lon"},
        {"text": "text", "crs": "mars"},
        {"text": "text", "crs": "EPSG:999999"},
        {"text": "text", "crs": "EPSG:5773"},
    ],
)
def test_a_place_that_says_two_things_or_none_is_refused(place: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Place.model_validate(place)
