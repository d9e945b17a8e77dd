"""The built-in city is one place, the same for everyone, and looks like one."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from city_data.built_in import built_in_city
from twin.errors import CityError


def test_it_is_the_same_in_every_process_and_for_every_hash_seed() -> None:
    script = "from city_data.built_in import built_in_city; print(built_in_city().checksum)"
    sums = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert sums == {f"{built_in_city().checksum}\n".encode()}


def test_it_is_an_urban_quarter_of_a_few_hundred_junctions_on_two_kilometres() -> None:
    city = built_in_city()
    west, south, east, north = city.bounds
    assert 300 <= city.roads.n_nodes <= 500
    assert 1_800 < (east - west) * 102_400 < 2_600
    assert 1_800 < (north - south) * 110_750 < 2_600
    assert 0.03 < (city.roads.twin < 0).mean() < 0.3
    assert len(set(city.roads.road_class.tolist())) >= 5
    assert city.origin.report.n_nodes_dropped == 0


def test_only_two_bridges_cross_the_creek() -> None:
    roads = built_in_city().roads
    banks = [roads.names.index(name) for name in ("车陂涌西路", "车陂涌东路")]
    west = set(roads.tail[roads.street == banks[0]].tolist())
    east = set(roads.tail[roads.street == banks[1]].tolist())
    bridges = [e for e in range(roads.n_edges) if int(roads.tail[e]) in west and int(roads.head[e]) in east]
    assert {roads.names[roads.street[edge]] for edge in bridges} == {"黄埔大道", "中山大道"}
    assert len(bridges) == 2


def test_blocks_are_irregular() -> None:
    roads = built_in_city().roads
    km = roads.length_mm / 1e6
    assert km.std() / km.mean() > 0.25


def test_six_communities_and_three_stations_are_on_the_map() -> None:
    city = built_in_city()
    assert len(city.areas) == 6
    assert (np.bincount(city.edge_area) > 50).all()
    assert len(city.stations) == 3
    assert all(station.on_map for station in city.stations)
    assert city.contains(
        np.array([station.lon for station in city.stations]), np.array([station.lat for station in city.stations])
    ).all()
    assert city.station("东圃消防救援站").spot.edge >= 0


def test_every_street_has_a_name() -> None:
    roads = built_in_city().roads
    assert (roads.street > 0).all()


def test_there_is_no_other_size() -> None:
    with pytest.raises(CityError, match=r"'galaxy'.*street"):
        built_in_city("galaxy")


def test_an_unknown_station_is_refused_with_those_there_are() -> None:
    with pytest.raises(CityError, match=r"'火星站'.*东圃消防救援站"):
        built_in_city().station("火星站")
