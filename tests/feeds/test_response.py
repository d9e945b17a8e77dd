"""What a row means: its ids, its words in ours, its place, and why a row cannot be used."""

from __future__ import annotations

import pytest

from city_data.feeds.mapping import Stamp
from city_data.feeds.places import BAD_PLACE, NO_PLACE, NULL_PLACE
from city_data.feeds.response import NO_CASE, NO_REPORT, Response, ResponseReader, contradictions, instant
from city_data.feeds.rows import Rejected, Row
from tests.feeds.samples import Record, mapping, record, response_of


def good(one: Record, **changes: object) -> Response:
    response = response_of(one, mapping(**changes) if changes else None)
    assert isinstance(response, Response)
    return response


def test_a_row_becomes_a_response_in_our_words() -> None:
    response = good(record())
    assert (response.case_ref, response.unit_ref, response.row_ref) == ("c1", "E01", "c1-E01")
    assert (response.skill, response.station, response.is_headline) == ("engine", "1", True)
    assert (response.matter, response.priority, response.lon, response.lat) == ("fire", 1, -122.41, 37.79)
    assert instant(response.reported_at).isoformat() == "2018-01-14T18:00:00+00:00"


def test_a_stamp_that_is_missing_is_none() -> None:
    response = good(record(there=""))
    assert (response.arrived_at, response.rolled_at, response.at(Stamp.ARRIVED)) == (None, None, None)


def test_stamps_that_contradict_each_other_are_kept_and_named() -> None:
    response = good(record(sent="2018-01-14 10:30:00", there=""))
    assert response.dispatched_at is not None
    assert contradictions(response) == ((Stamp.DISPATCHED, Stamp.FREED),)


def test_words_the_mapping_does_not_know_fall_to_the_default_and_are_counted() -> None:
    reader = ResponseReader(mapping())
    columns = reader.mapping.columns
    for line, one in enumerate([record(), record(type="Flood", level="X"), record(type="Flood", level="")]):
        response = reader.read(Row(line, tuple(one.get(column) for column in columns), 0))
    assert isinstance(response, Response)
    assert (response.matter, response.priority) == ("other", 2)
    assert reader.unmapped == {("type", "Flood"): 2, ("level", "X"): 1, ("level", ""): 1}


def test_a_feed_without_units_has_the_default_skill() -> None:
    response = good(record(), id={"case": "call"}, unit={"default_skill": "patrol"})
    assert (response.unit_ref, response.skill, response.row_ref) == (None, "patrol", "c1")


def test_only_the_kinds_named_have_stations() -> None:
    units = {"kind": "kind", "default_skill": "x", "station": r"^[ET]0*(\d+)$", "station_kinds": ["ENGINE"]}
    assert good(record(), unit=units).station == "1"
    assert good(record(kind="MEDIC"), unit=units).station is None
    assert good(record(unit="RC1"), unit=units).station is None


@pytest.mark.parametrize("whole", [901, 901.0, "901", " 901 "])
def test_an_id_is_the_same_in_every_format(whole: object) -> None:
    assert good(record(call=whole)).case_ref == "901"


@pytest.mark.parametrize(
    "point",
    [
        {"type": "Point", "coordinates": [-122.41, 37.79]},
        '{"type": "Point", "coordinates": [-122.41, 37.79]}',
    ],
)
def test_a_place_may_be_a_point(point: object) -> None:
    response = good(record(point=point), place={"point": "point.coordinates"})
    assert (response.lon, response.lat) == (-122.41, 37.79)


@pytest.mark.parametrize(
    ("changes", "reason", "column"),
    [
        ({"call": ""}, NO_CASE, "call"),
        ({"call": None}, NO_CASE, "call"),
        ({"call": "x" * 1_000}, NO_CASE, "call"),
        ({"received": ""}, NO_REPORT, "received"),
        ({"lon": ""}, NO_PLACE, "lon"),
        ({"lat": None}, NO_PLACE, "lon"),
        ({"lat": "north"}, BAD_PLACE, "lon"),
        ({"lat": "91"}, BAD_PLACE, "lon"),
        ({"lat": "nan"}, BAD_PLACE, "lon"),
        ({"lat": [1]}, BAD_PLACE, "lon"),
        ({"lon": "0", "lat": "0.0"}, NULL_PLACE, "lon"),
        ({"sent": "soon"}, "is not a time stamp as the mapping describes them", "sent"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(changes: Record, reason: str, column: str) -> None:
    assert response_of(record(**changes)) == Rejected(2, reason, column)


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        (None, NO_PLACE),
        ({}, NO_PLACE),
        ({"coordinates": []}, NO_PLACE),
        ({"coordinates": [1]}, BAD_PLACE),
        ({"coordinates": "1, 2"}, BAD_PLACE),
        ("{broken", BAD_PLACE),
    ],
)
def test_a_point_that_is_none_says_why(point: object, reason: str) -> None:
    told = mapping(place={"point": "point.coordinates"})
    assert response_of(record(point=point), told) == Rejected(2, reason, "point.coordinates")


def test_a_list_where_a_word_should_be_is_just_an_unknown_word() -> None:
    assert good(record(type=["Fire"])).matter == "other"
