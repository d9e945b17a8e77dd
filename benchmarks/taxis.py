"""gridtwin's side of T3: the streets, vehicles and requests of a HIVE scenario, run by the engine users run.

In: a scenario folder of HIVE's (a road network as node-link JSON, vehicles and requests as CSV). A request becomes a
case at its place and time. It keeps its vehicle for as long as its own trip takes by road; to know that, all trips are
routed first, and the time this takes is told apart from the run's.
"""

from __future__ import annotations

import csv
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from city_data.city import Origin, make_city
from city_data.edge_list import Edge, extent, network_of
from city_data.folder import save_city
from city_data.past import Call, reported_fact
from city_data.sources import Provenance
from city_data.stations import Station
from scenarios.build import Built, build
from scenarios.run import run
from scenarios.spec import Scenario
from twin.domain.facts import CaseReported, UnitArrived, UnitAssigned
from twin.domain.quantities import SECOND, to_s
from twin.domain.route import Spot
from twin.journal.parquet import ParquetStore, read_journal
from twin.roads.build import RoadReport
from twin.roads.nearest import NearestEdge
from twin.roads.network import RoadNetwork
from twin.roads.router import Router
from twin.roads.travel import TravelModel

STREETS, REQUESTS, VEHICLES = "manhattan_network.json", "nyc_20k.csv", "nyc_200.csv"
"""Names of the files in their folders."""
ROOM = 140
"""Requests that may wait at once. HIVE drops one after ten minutes; this many is about what 200 vehicles take up in ten
busy minutes, and as large a share is lost."""
STEP_S = 10
"""Trips are told apart to the nearest ten seconds: each length is a matter of its own."""
OPEN: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Taxis:
    """CPU seconds of routing the trips and of the run; facts; requests asked and reached, seconds these waited."""

    routing_s: float
    cpu_s: float
    n_facts: int
    n_nodes: int
    n_units: int
    n_asked: int
    n_served: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants to go from `origin` to `goal`, `at` microseconds after midnight."""

    name: str
    at: int
    origin: Spot
    goal: Spot


def measure(scenario: Path) -> Taxis:
    """Route the trips, then run the day, in this process."""
    roads, report = read_streets(scenario / "road_network" / STREETS)
    requests = read_requests(scenario / "requests" / REQUESTS, roads)
    router = Router(roads, TravelModel.free_flow())
    began = time.process_time()
    trips_us = [router.route(ask.origin, ask.goal, band=0, closed=OPEN).travel_us for ask in requests]
    routing_s = time.process_time() - began
    trips_s = [max(STEP_S, STEP_S * round(trip_us / SECOND / STEP_S)) for trip_us in trips_us]
    vehicles = read_vehicles(scenario / "vehicles" / VEHICLES, roads)
    with tempfile.TemporaryDirectory() as name:
        ready = _built(roads, report, vehicles, trips_s, folder=Path(name) / "city")
        ready = replace(ready, inputs=tuple(_reports(requests, trips_s)))
        journal = Path(name) / "journal.parquet"
        with ParquetStore(journal) as store:
            finished = run(ready, store=store)
        waits_s = _waits_s(journal)
    return Taxis(
        routing_s,
        finished.cpu_s,
        finished.n_facts,
        roads.n_nodes,
        len(vehicles),
        len(requests),
        len(waits_s),
        float(np.mean(waits_s)) if waits_s else 0.0,
    )


def read_streets(path: Path) -> tuple[RoadNetwork, RoadReport]:
    """The streets, straight from junction to junction, with the lengths and speeds of the file."""
    graph = json.loads(path.read_text(encoding="utf-8"))
    lon = np.array([node["x"] for node in graph["nodes"]])
    lat = np.array([node["y"] for node in graph["nodes"]])
    number = {node["id"]: place for place, node in enumerate(graph["nodes"])}
    edges = []
    for link in graph["links"]:
        tail, head = number[link["source"]], number[link["target"]]
        line = ((float(lon[tail]), float(lat[tail])), (float(lon[head]), float(lat[head])))
        edges.append(Edge(tail, head, line, "residential", "", link["length"], link["speed_kmph"] / 3.6))
    return network_of(lon, lat, edges=edges)


def read_vehicles(path: Path, roads: RoadNetwork) -> tuple[Station, ...]:
    """Where each vehicle begins, as a station of its own."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    spots = _snapped(rows, roads, lon="lon", lat="lat")
    return tuple(
        Station(row["vehicle_id"], float(row["lon"]), float(row["lat"]), spot, 0.0, on_map=True)
        for row, spot in zip(rows, spots, strict=True)
    )


def read_requests(path: Path, roads: RoadNetwork) -> list[Request]:
    """All requests, by time."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    origins = _snapped(rows, roads, lon="o_lon", lat="o_lat")
    goals = _snapped(rows, roads, lon="d_lon", lat="d_lat")
    asked = [datetime.fromisoformat(row["departure_time"]) for row in rows]
    midnight = min(asked).replace(hour=0, minute=0, second=0)
    requests = [
        Request(row["request_id"], round((at - midnight).total_seconds()) * SECOND, origin, goal)
        for row, at, origin, goal in zip(rows, asked, origins, goals, strict=True)
    ]
    return sorted(requests, key=lambda request: request.at)


def _snapped(rows: Sequence[dict[str, str]], roads: RoadNetwork, *, lon: str, lat: str) -> list[Spot]:
    where = ([float(row[name]) for row in rows] for name in (lon, lat))
    edges, offsets_mm, _ = NearestEdge(roads).snap(*where)
    return [Spot(edge, offset) for edge, offset in zip(edges.tolist(), offsets_mm.tolist(), strict=True)]


def _built(
    roads: RoadNetwork, report: RoadReport, vehicles: tuple[Station, ...], trips_s: list[int], *, folder: Path
) -> Built:
    bounds = extent(roads.node_lon, roads.node_lat)
    origin = Origin(Provenance("HIVE's scenario", "node-link JSON", "", "BSD-3-Clause", "benchmarks"), report)
    save_city(make_city("Manhattan", roads, bounds=bounds, origin=origin, stations=vehicles), folder)
    return build(
        Scenario.model_validate(
            {
                "name": "Manhattan's taxis",
                "lasting": "1d",
                "city": str(folder),
                "policy": {"use": "nearest", "parameters": {"runners_up": 0}},
                "waiting_room": ROOM,
                "units": [{"name": v.name, "kind": "taxi", "skills": ["ride"], "at": v.name} for v in vehicles],
                "on_scene": {_ride(trip_s): f"{trip_s}s" for trip_s in sorted(set(trips_s))},
            }
        )
    )


def _reports(requests: list[Request], trips_s: list[int]) -> list[CaseReported]:
    return [
        reported_fact(Call(number, ask.name, "all", _ride(trip_s), 1, ask.origin, ask.at, ()), ("ride",))
        for number, (ask, trip_s) in enumerate(zip(requests, trips_s, strict=True))
    ]


def _ride(trip_s: int) -> str:
    return f"ride of {trip_s} s"


def _waits_s(journal: Path) -> list[float]:
    """From each request that was reached to its vehicle's arrival, seconds."""
    asked: dict[int, int] = {}
    case_of: dict[int, int] = {}
    waits_s = []
    for facts in read_journal(journal):
        for fact in facts:
            match fact:
                case CaseReported():
                    asked[fact.case] = fact.at
                case UnitAssigned():
                    case_of[fact.unit] = fact.case
                case UnitArrived():
                    waits_s.append(to_s(fact.at - asked[case_of[fact.unit]]))
    return waits_s
