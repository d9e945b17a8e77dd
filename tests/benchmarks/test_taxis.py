"""The engine's side of the comparison with HIVE reads HIVE's files; and the figures of a year are what they say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks import hive, taxis
from benchmarks.year import Year

OURS = {"agents", "benchmarks", "city_data", "scenarios", "tests", "twin"}


def test_a_scenario_of_hives_is_run_whole(tmp_path):
    hive.write_village(tmp_path, n_vehicles=4, n_requests=30)
    ours = taxis.measure(tmp_path)
    assert (ours.n_nodes, ours.n_units, ours.n_asked, ours.n_served) == (36, 4, 30, 30)
    assert ours.wait_s > 0


def test_requests_come_by_time_at_their_places(tmp_path):
    hive.write_village(tmp_path, n_requests=8)
    roads, _ = taxis.read_streets(tmp_path / "road_network" / taxis.STREETS)
    requests = taxis.read_requests(tmp_path / "requests" / taxis.REQUESTS, roads)
    assert [request.at for request in requests] == [quarter * 900_000_000 for quarter in range(8)]
    assert all(0 <= request.origin.offset_mm <= roads.length_mm[request.origin.edge] for request in requests)


def test_hives_own_script_needs_nothing_of_ours():
    tree = ast.parse(hive.PEER.read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {name.partition(".")[0] for name in imported}.isdisjoint(OURS)


def test_what_a_command_complains_of_is_told(tmp_path):
    with pytest.raises(SystemExit, match="no such thing"):
        hive._told([Path("/bin/sh"), "-c", "echo no such thing >&2; exit 3"], folder=tmp_path)


def test_the_first_month_does_not_count_towards_the_slope():
    year = Year(100.0, [150.0, 200.0, 201.0, 202.0], [1, 2, 3, 4], 1.0, 1.0)
    assert year.slope_mb == pytest.approx(1.0)
