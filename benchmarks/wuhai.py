"""The city that everything here is timed on: as large as Wuhai's grid centre, with made-up streets.

1,605 units and 1,150 cases a day, as published for Wuhai; each unit has a home of its own, turns out, drives, works,
drives back, and is out of service for half an hour twice a day; they work in three shifts. One case in nine wants two
units. Where there are repair crews, one case in twelve wants one of them, and waits. Sizes are arguments: a test runs
the same on a village.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from city_data.city import City, Origin, make_city
from city_data.folder import save_city
from city_data.sources import Provenance
from city_data.stations import Station
from scenarios.build import Built, build
from scenarios.spec import Scenario
from tests.roads.streets import town
from twin.domain.route import Spot
from twin.roads.build import RoadReport
from twin.roads.network import RoadNetwork

HOURS = (4, 3, 2, 2, 2, 3, 5, 8, 11, 12, 12, 11, 10, 11, 12, 12, 12, 12, 11, 10, 9, 8, 7, 5)
"""Relative demand by hour of the day: assumed."""

SHIFTS = (("Early", "06:00", "14:00"), ("Late", "14:00", "22:00"), ("Night", "22:00", "06:00"))


@dataclass(frozen=True, slots=True)
class Size:
    """How much city: junctions (about), units, cases a day, days of it, and how many of the units are repair crews."""

    n_nodes: int = 5_000
    n_units: int = 1_605
    cases_a_day: int = 1_150
    days: float = 30.0
    n_crews: int = 0


class Make(Protocol):
    """What is asked of a city of some size."""

    def __call__(self, size: Size, *, folder: Path) -> Scenario:
        """The scenario of that city, which lies in a folder."""


def streets(size: Size) -> RoadNetwork:
    """A jittered grid, a tenth of its streets one-way, an eighth of them missing."""
    side = round((size.n_nodes * 1.01) ** 0.5)
    return town(side, side, seed=3, one_way_share=0.1, missing_share=0.12)


def city(size: Size) -> City:
    """The city, with a station for every unit, spread at random along the streets."""
    roads = streets(size)
    random = np.random.default_rng(11)
    edges = random.choice(roads.n_edges, size.n_units, p=roads.length_mm / roads.length_mm.sum())
    offsets = (random.random(size.n_units) * roads.length_mm[edges]).astype(np.int64)
    lon, lat = roads.lonlat_of(edges, offsets)
    places = zip(lon.tolist(), lat.tolist(), edges.tolist(), offsets.tolist(), strict=True)
    stations = tuple(
        Station(f"Home {n}", x, y, Spot(edge, offset_mm), 0.0, on_map=True)
        for n, (x, y, edge, offset_mm) in enumerate(places, start=1)
    )
    west, south = float(roads.node_lon.min()), float(roads.node_lat.min())
    east, north = float(roads.node_lon.max()), float(roads.node_lat.max())
    report = RoadReport(roads.n_nodes, roads.n_edges, roads.n_nodes, roads.n_edges, 1, 0, 0, 0)
    origin = Origin(Provenance("benchmarks", "made by code", "", "made up", "benchmarks"), report)
    return make_city("As large as Wuhai", roads, bounds=(west, south, east, north), origin=origin, stations=stations)


def scenario(size: Size, *, folder: Path) -> Scenario:
    """The scenario; times and shares are assumed."""
    return Scenario.model_validate(said(size, folder=folder))


def said(size: Size, *, folder: Path) -> dict[str, Any]:
    """The scenario as a file would say it."""
    crews = {"name": "Crew {n}", "kind": "repair_crew", "count": size.n_crews, "skills": ["repair"]}
    damage = {"priority": 2, "needs": ["repair"], "share": 8}
    return {
        "name": "A month as large as Wuhai's",
        "lasting": f"{size.days}d",
        "city": str(folder),
        "policy": {"use": "nearest", "parameters": {"runners_up": 2}},
        "units": [
            *_shifts(size.n_units - size.n_crews),
            *([crews] if size.n_crews else []),
        ],
        "rosters": {name: {"from": start, "to": end} for name, start, end in SHIFTS},
        "intake": {"dist": "lognormal", "mean": "60s", "cv": 0.6},
        "processing": {"dist": "lognormal", "mean": "45s", "cv": 0.8},
        "turnout": {"*": {"dist": "lognormal", "mean": "60s", "cv": 0.4}},
        "on_scene": {"*": {"dist": "lognormal", "mean": "25m", "cv": 0.8}},
        "spells": {"*": {"every": {"dist": "lognormal", "mean": "11h30m", "cv": 0.1}, "lasting": "30m"}},
        "travel": {"speed": {"*": 0.8}, "ramp": "5s", "noise": {"dist": "lognormal", "mean": 1, "cv": 0.15}},
        "demand": [
            {
                "name": "citizens",
                "per_day": size.cases_a_day,
                "matters": {
                    "street": {"priority": 3, "needs": ["grid"], "share": 82},
                    "dispute": {"priority": 2, "needs": ["grid", "grid"], "share": 10},
                    **({"damage": damage} if size.n_crews else {}),
                },
                "rhythm": {"hours": HOURS},
            }
        ],
    }


def _shifts(n_units: int) -> list[dict[str, object]]:
    """Three groups of workers, one a shift."""
    n_shifts = len(SHIFTS)
    return [
        {
            "name": f"{name} {{n}}",
            "kind": "grid_worker",
            "count": (n_units + n_shifts - 1 - number) // n_shifts,
            "skills": ["grid"],
            "roster": name,
        }
        for number, (name, _, _) in enumerate(SHIFTS)
    ]


def built(size: Size, make: Make = scenario) -> Built:
    """Everything a run needs, read back from a city folder as a user's would be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        save_city(city(size), folder)
        return build(make(size, folder=folder))
