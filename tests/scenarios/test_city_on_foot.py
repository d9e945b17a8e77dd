"""`gridtwin city build --on-foot`: the same file with its lanes, and what the check says of it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bad_input.roads import SQUARE_OSM
from tests.scenarios.commands import Gridtwin

LANE = '<way id="12"><nd ref="2"/><nd ref="4"/><tag k="highway" v="footway"/></way>'


def test_a_city_is_built_with_its_lanes_where_one_asks_for_them(tmp_path: Path, gridtwin: Gridtwin) -> None:
    (tmp_path / "square.osm").write_text(SQUARE_OSM.replace("</osm>", f"{LANE}</osm>"), "utf-8")
    words = ("city", "build", "--from", tmp_path / "square.osm", "--out", tmp_path / "city", "--json")
    for_cars = json.loads(gridtwin(*words).out)
    on_foot = json.loads(gridtwin(*words, "--on-foot").out)
    assert for_cars["mode_km"]["foot_only"] == 0
    assert on_foot["mode_km"]["foot_only"] > 1
    assert on_foot["mode_km"]["car"] == for_cars["mode_km"]["car"]
    assert any("to walkers" in fact for fact in on_foot["facts"])
    checked = gridtwin("city", "check", tmp_path / "city")
    assert "foot_only" in checked.out
