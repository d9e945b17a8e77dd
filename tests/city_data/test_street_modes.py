"""Who may use which street: by `highway` value, access tags and one-ways."""

from __future__ import annotations

import pytest

from city_data.street_modes import modes_of
from twin.domain.mode import ALL_BITS, CAR_BIT, E_BIKE_BIT, WALK_BIT

BIKE_AND_WALK = E_BIKE_BIT | WALK_BIT


@pytest.mark.parametrize(
    ("highway", "modes"),
    [
        ("residential", ALL_BITS),
        ("living_street", ALL_BITS),
        ("service", ALL_BITS),
        ("motorway", CAR_BIT),
        ("trunk_link", CAR_BIT),
        ("footway", WALK_BIT),
        ("pedestrian", WALK_BIT),
        ("steps", WALK_BIT),
        ("path", BIKE_AND_WALK),
        ("track", BIKE_AND_WALK),
        ("cycleway", BIKE_AND_WALK),
        ("corridor", 0),
        ("elevator", 0),
        ("construction", 0),
    ],
)
def test_a_street_is_open_by_what_it_is(highway: str, modes: int) -> None:
    assert modes_of({"highway": highway}) == (modes, modes)


@pytest.mark.parametrize(
    ("highway", "tags", "modes"),
    [
        ("residential", {"foot": "no"}, CAR_BIT | E_BIKE_BIT),
        ("residential", {"access": "private"}, 0),
        ("residential", {"access": "no", "foot": "yes"}, WALK_BIT),
        ("residential", {"motor_vehicle": "no"}, BIKE_AND_WALK),
        ("residential", {"motor_vehicle": "destination"}, ALL_BITS),
        ("residential", {"vehicle": "no", "bicycle": "yes"}, BIKE_AND_WALK),
        ("residential", {"bicycle": "no"}, CAR_BIT | WALK_BIT),
        ("cycleway", {"bicycle": "dismount"}, WALK_BIT),
        ("cycleway", {"foot": "no"}, E_BIKE_BIT),
        ("primary", {"foot": "use_sidepath"}, CAR_BIT | E_BIKE_BIT),
        ("trunk", {"foot": "yes"}, CAR_BIT | WALK_BIT),
        ("motorway", {"bicycle": "permissive"}, CAR_BIT | E_BIKE_BIT),
        ("footway", {"bicycle": "designated"}, BIKE_AND_WALK),
        ("footway", {"motor_vehicle": "yes", "access": "yes"}, WALK_BIT),
        ("steps", {"bicycle": "yes"}, WALK_BIT),
        ("construction", {"foot": "yes"}, 0),
    ],
)
def test_tags_close_streets_and_open_them_but_no_lane_to_cars_and_no_steps_to_wheels(
    highway: str, tags: dict[str, str], modes: int
) -> None:
    assert modes_of({"highway": highway} | tags) == (modes, modes)


def test_walkers_ignore_one_ways_and_bicycles_where_a_tag_says_so() -> None:
    one_way = {"highway": "residential", "oneway": "yes"}
    assert modes_of(one_way) == (ALL_BITS, WALK_BIT)
    assert modes_of(one_way | {"oneway": "-1"}) == (ALL_BITS, WALK_BIT)
    assert modes_of(one_way | {"oneway:bicycle": "no"}) == (ALL_BITS, BIKE_AND_WALK)
    assert modes_of(one_way | {"oneway:bicycle": "no", "bicycle": "no"}) == (CAR_BIT | WALK_BIT, WALK_BIT)
    assert modes_of(one_way | {"oneway": "no"}) == (ALL_BITS, ALL_BITS)
    assert modes_of({"highway": "tertiary", "junction": "roundabout"}) == (ALL_BITS, WALK_BIT)
    assert modes_of({"highway": "motorway", "oneway": "yes"}) == (CAR_BIT, 0)


def test_an_edge_joined_of_several_streets_is_open_where_all_of_them_are() -> None:
    assert modes_of({"highway": ["footway", "residential"]}) == (WALK_BIT, WALK_BIT)
    assert modes_of({"highway": "residential", "access": ["yes", "private"]}) == (0, 0)
    assert modes_of({"highway": "trunk", "foot": ["yes", "no"]}) == (CAR_BIT, CAR_BIT)
    assert modes_of({"highway": "residential", "oneway": True}) == (ALL_BITS, WALK_BIT)
    assert modes_of({"highway": ["footway", "proposed"]}) == modes_of({"name": "nothing"}) == (0, 0)
