"""Scenario files that cannot be run, and what `scenario check` has to say about each beside the file's name.

`good` is a small scenario to spoil; `city build` has fixtures of its own for files of areas.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.bad_input.roads import SQUARE_OSM
from tests.bad_input.table import BadInput

GOOD = """\
name: a small day
lasting: 6h
epoch: "2026-03-02T00:00:00+08:00"
zone: Asia/Shanghai
policy: nearest
travel:
  speed: { "*": 0.7 }
units:
  - { name: "Patrol {n}", kind: patrol, count: 2 }
on_scene:
  "*": 10m
demand:
  - name: street
    per_day: 120
    matters:
      dispute: { needs: [patrol] }
injects:
  - { at: 2h, withdraw: Patrol 1, lasting: 30m }
"""
"""Line 13 is the demand's name, line 18 the inject."""


def spoilt(good: str, bad: str) -> Callable[[Path], Path]:
    """A maker of the good scenario with one thing replaced."""
    assert good in GOOD, good
    return holding(GOOD.replace(good, bad))


def holding(text: str) -> Callable[[Path], Path]:
    """A maker of a scenario file with this text."""

    def make(folder: Path) -> Path:
        path = folder / "scenario.yaml"
        path.write_text(text, "utf-8")
        return path

    return make


def with_more(text: str) -> Callable[[Path], Path]:
    """A maker of the good scenario with more lines."""
    return holding(GOOD + text)


def nested_aliases() -> str:
    """Nine to the eighth words, were aliases followed."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for below, name in zip("abcdefg", "bcdefgh", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]")
    return "\n".join(lines)


def circle(folder: Path) -> Path:
    (folder / "other.yaml").write_text("extends: scenario.yaml\n", "utf-8")
    return holding("extends: other.yaml\nname: round and round\n")(folder)


def bad_below(folder: Path) -> Path:
    """A good file that extends a bad one: the bad one is to be named."""
    (folder / "below.yaml").write_text(GOOD.replace("per_day: 120", "per_day: -1"), "utf-8")
    return holding("extends: below.yaml\nname: on sand\n")(folder)


DEMAND = GOOD[GOOD.index("  - name: street") : GOOD.index("injects:")]

SCENARIO_FIXTURES: list[BadInput] = [
    BadInput("missing file", lambda folder: folder / "scenario.yaml", ("no such file", "demo")),
    BadInput("a folder", lambda folder: folder, ("Is a directory",)),
    BadInput("empty file", holding(""), ("empty",)),
    BadInput("not YAML", holding("name: [a\nb: {\n"), ("line 2",)),
    BadInput("YAML tag", with_more('about: !!python/object/apply:os.system ["true"]\n'), ("line 19", "tags are not")),
    BadInput("alias bomb", holding(nested_aliases()), ("line 2", "aliases")),
    BadInput("key twice", with_more("name: again\n"), ("line 19", "'name'", "second time")),
    BadInput("unknown key", with_more("colour: red\n"), ("line 19", "'colour'", "unknown key")),
    BadInput(
        "unknown key deep down",
        spoilt("kind: patrol, count", "colour: red, kind: patrol, count"),
        ("line 9", "'units.0.colour'", "unknown key"),
    ),
    BadInput("missing key", spoilt("    per_day: 120\n", ""), ("line 13", "'demand.0.per_day'", "missing")),
    BadInput("wrong type", spoilt("per_day: 120", "per_day: plenty"), ("line 14", "'demand.0.per_day'", "number")),
    BadInput("infinite demand", spoilt("per_day: 120", "per_day: .inf"), ("line 14", "finite")),
    BadInput("negative duration", spoilt("lasting: 6h", "lasting: -6h"), ("line 2", "'lasting'", "span of time")),
    BadInput("no duration", spoilt("lasting: 6h", "lasting: 0"), ("line 2", "'lasting'", "greater than 0")),
    BadInput("endless duration", spoilt("lasting: 6h", "lasting: 90000d"), ("line 2", "longer than 100 years")),
    BadInput("negative time on scene", spoilt("10m", "-10m"), ("line 11", "'on_scene.*'", "span of time")),
    BadInput("epoch without zone", spoilt("+08:00", ""), ("line 3", "'epoch'", "offset from UTC")),
    BadInput("epoch before our time", spoilt("2026-", "0026-"), ("line 3", "'epoch'", "1900")),
    BadInput("unknown zone", spoilt("Asia/Shanghai", "Asia/Shanghigh"), ("line 4", "'zone'", "Asia/Shanghigh")),
    BadInput("unknown policy", spoilt("nearest", "neerest"), ("line 5", "'policy'", "neerest", "preference_list")),
    BadInput(
        "policy that cannot be imported",
        spoilt("nearest", "no_such_lab.fair:FairShare"),
        ("line 5", "'policy'", "no_such_lab", "cannot be imported"),
    ),
    BadInput(
        "policy of no such class", spoilt("nearest", "twin.policies.nearest:Nearer"), ("line 5", "'policy'", "Nearer")
    ),
    BadInput(
        "unknown parameter of a policy",
        spoilt("nearest", "{ use: nearest, parameters: { mood: good } }"),
        ("line 5", "'policy'", "'mood'", "runners_up"),
    ),
    BadInput(
        "bad parameter of a policy",
        spoilt("nearest", "{ use: nearest, parameters: { runners_up: -1 } }"),
        ("line 5", "'policy'", "runners_up", ">= 0"),
    ),
    BadInput(
        "duplicated unit names", spoilt("on_scene:", "  - { name: Patrol 2, kind: van }\non_scene:"), ("Patrol 2",)
    ),
    BadInput("several units of one name", spoilt("Patrol {n}", "Patrol"), ("line 9", "'units.0.name'", "{n}")),
    BadInput("negative count", spoilt("count: 2", "count: -2"), ("line 9", "'units.0.count'")),
    BadInput("duplicated demand names", spoilt(DEMAND, DEMAND * 2), ("line 17", "'demand.1.name'", "'street'")),
    BadInput("unknown station", spoilt("count: 2", "count: 2, at: Atlantis"), ("line 9", "'units.0.at'", "Atlantis")),
    BadInput(
        "point off the map",
        spoilt("count: 2", "count: 2, at: { lon: 0, lat: 0 }"),
        ("line 9", "'units.0.at'", "500 m"),
    ),
    BadInput(
        "point off the globe",
        spoilt("count: 2", "count: 2, at: { lon: 0, lat: 95 }"),
        ("line 9", "'units.0.at.lat'", "90"),
    ),
    BadInput(
        "unknown area",
        spoilt("per_day: 120", "per_day: 120\n    areas: { Atlantis: 1 }"),
        ("line 15", "'demand.0.areas'", "Atlantis"),
    ),
    BadInput(
        "areas that share nothing",
        spoilt("per_day: 120", "per_day: 120\n    areas: { 东圃社区: 0 }"),
        ("line 15", "'demand.0.areas'", "add up to nothing"),
    ),
    BadInput(
        "matters that share nothing",
        spoilt("needs: [patrol]", "share: 0, needs: [patrol]"),
        ("line 15", "'demand.0.matters'", "add up to nothing"),
    ),
    BadInput(
        "65 needs", spoilt("[patrol]", f"[{', '.join(['patrol'] * 65)}]"), ("line 16", "matters.dispute.needs", "64")
    ),
    BadInput(
        "a day of 23 hours",
        spoilt("per_day: 120", f"per_day: 120\n    rhythm: {{ hours: {[1] * 23} }}"),
        ("line 15", "'demand.0.rhythm.hours'", "24"),
    ),
    BadInput("extends in a circle", circle, ("line 1", "'extends'", "circle")),
    BadInput("extends a missing file", holding("extends: nowhere.yaml\n"), ("line 1", "'extends'", "nowhere.yaml")),
    BadInput("extends a bad file", bad_below, ("below.yaml", "line 14", "'demand.0.per_day'")),
    BadInput(
        "travel: none with a closure",
        holding("name: x\ntravel: none\ninjects:\n  - { at: 1h, close: { lon: 0, lat: 0 } }\n"),
        ("line 4", "'injects.0'", "no road to close"),
    ),
    BadInput(
        "travel: none with a history",
        holding("name: x\ntravel: none\nhistory: { file: a.csv, mapping: datasf_fire }\n"),
        ("line 3", "'history'", "no roads"),
    ),
    BadInput("no city to drive in", with_more("city: none\n"), ("line 19", "'city'", "travel: none")),
    BadInput("missing city", with_more("city: nowhere\n"), ("nowhere", "not a city folder")),
    BadInput(
        "missing history",
        with_more("history: { file: nowhere.csv, mapping: datasf_fire }\n"),
        ("nowhere.csv", "cannot be read"),
    ),
    BadInput(
        "unknown mapping", with_more("history: { file: nowhere.csv, mapping: mapp }\n"), ("'mapp'", "datasf_fire")
    ),
    BadInput(
        "history that ends before it begins",
        with_more("history: { file: scenario.yaml, mapping: datasf_fire, from: 2018-01-14, to: 2018-01-13 }\n"),
        ("scenario.yaml",),
    ),
    BadInput(
        "units of no history",
        spoilt(GOOD[GOOD.index("units:") : GOOD.index("on_scene:")], "units: history\n"),
        ("'units'",),
    ),
    BadInput(
        "too few parameters",
        spoilt("10m", "{ dist: lognormal, mean: 10m }"),
        ("line 11", "'on_scene.*'", "cv and mean"),
    ),
    BadInput(
        "too many parameters",
        spoilt("10m", "{ dist: exponential, mean: 10m, cv: 1 }"),
        ("line 11", "'on_scene.*'", "exponential takes mean"),
    ),
    BadInput("unknown distribution", spoilt("10m", "{ dist: pareto, mean: 10m }"), ("line 11", "'on_scene.*.dist'")),
    BadInput(
        "hours that end before they begin",
        spoilt('"*": 0.7 }', '"*": 0.7 }\n  bands: [{ name: night, hours: [22, 6], speed: { "*": 1 } }]'),
        ("line 8", "'travel.bands.0.hours'", "midnight"),
    ),
    BadInput("unknown road class", spoilt('"*": 0.7', "canal: 0.7"), ("line 7", "'travel.speed'", "canal", "primary")),
    BadInput("no speed", spoilt("0.7", "0"), ("line 7", "'travel.speed.*'", "greater than 0")),
    BadInput("inject for an unknown unit", spoilt("withdraw: Patrol 1", "withdraw: Patrol 9"), ("line 18", "Patrol 9")),
    BadInput(
        "closure off the map",
        spoilt("withdraw: Patrol 1", "close: { lon: 0, lat: 0 }"),
        ("line 18", "'injects.0'", "100 m"),
    ),
    BadInput("inject before the beginning", spoilt("at: 2h", "at: -2h"), ("line 18", "'injects.0.at'")),
    BadInput(
        "spells without end",
        with_more("spells: { patrol: { every: { dist: empirical, values: [0] }, lasting: 0 } }\n"),
        ("line 19", "spells.patrol"),
    ),
    BadInput("a limit of no time", with_more("limits: { dispute: 0 }\n"), ("line 19", "'limits.dispute'", "greater")),
    BadInput("more than all of a limit", with_more("light: { share: 2 }\n"), ("line 19", "'light.share'", "less than")),
    BadInput("nobody may wait less than nobody", with_more("waiting_room: -1\n"), ("line 19", "'waiting_room'")),
]


def areas_file(text: str) -> Callable[[Path], Path]:
    """A maker of a file of areas, beside a road file that can be used with it."""

    def make(folder: Path) -> Path:
        (folder / "square.osm").write_text(SQUARE_OSM, "utf-8")
        path = folder / "areas.geojson"
        path.write_text(text, "utf-8")
        return path

    return make


def squares(**sides: tuple[float, float, float]) -> str:
    """A GeoJSON collection of named squares: west, south, side, all in degrees; `nameless` has no name."""
    features = []
    for name, (west, south, side) in sides.items():
        east, north = west + side, south + side
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        properties = {} if name == "nameless" else {"name": name}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features})


TOWN = (113.0, 23.0, 0.02)

AREA_FIXTURES: list[BadInput] = [
    BadInput("area with no street", areas_file(squares(town=TOWN, lake=(113.05, 23.05, 0.001))), ("lake", "no street")),
    BadInput("area without a name", areas_file(squares(nameless=TOWN)), ("features[0]", "name")),
    BadInput("areas that are no GeoJSON", areas_file("once upon a time"), ("not valid JSON",)),
]
