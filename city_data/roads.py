"""A road file, or a place name, as a road network: for cars, or for cars, e-bikes and walkers.

In: OSM XML, Overpass JSON, GraphML or a lane map (told apart by content). Out: `Roads`: the largest strongly connected
network with a report of what was left out, and the bounds of the study area. Nodes are numbered by OSM id, so the same
file always gives the same network. Lengths are great-circle metres along the line, as OSMnx gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from city_data.edge_list import Edge, Line, extent, network_of
from city_data.lane_map import read_lane_map
from city_data.osm import Bounds, OsmStreets, read_osm_xml, read_overpass
from city_data.sniff import RoadFormat, road_format
from city_data.street_graph import graph_of_graphml, graph_of_place, graph_of_streets, longest
from city_data.unpack import unpacked
from twin.errors import CityError, RoadError
from twin.roads.build import RoadReport
from twin.roads.network import RoadNetwork

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Roads:
    """What a road file gave.

    Parameters
    ----------
    network : the largest strongly connected part.
    report : nodes and edges met, kept and dropped.
    bounds : west, south, east, north of the study area in degrees: the file's `<bounds>`, else the extent of its
        junctions.
    format_name : what the file turned out to be.
    n_ways_cut : streets cut where the file lacks a node they name.
    """

    network: RoadNetwork
    report: RoadReport
    bounds: Bounds
    format_name: str
    n_ways_cut: int = 0


def read_roads(path: Path, *, on_foot: bool = False, progress: Progress | None = None) -> Roads:
    """Roads of a file.

    Parameters
    ----------
    on_foot : read lanes, footways and steps too, and who may use each street; without it every street is for all.

    Raises
    ------
    CityError : the file cannot be used; the message names it and the line or key.
    """
    tell = progress or (lambda _: None)
    tell(f"reading {path.name}")
    data = unpacked(path)
    found = road_format(data, path)
    if found is RoadFormat.GRAPHML:
        tell("building the street graph from GraphML")
        return _roads(graph_of_graphml(data, path, on_foot=on_foot), None, format_name=found, file=path)
    if found is RoadFormat.LANES:
        tell("joining carriageways at their junctions")
        lanes = read_lane_map(data, path, on_foot=on_foot)
        return _built(lanes.lon, lanes.lat, lanes.edges, format_name=found, file=path)
    read = read_osm_xml if found is RoadFormat.OSM_XML else read_overpass
    streets = read(data, path, on_foot=on_foot)
    tell(f"joining {len(streets.ways):,} streets at their junctions")
    return _roads(graph_of_streets(streets, on_foot=on_foot), streets, format_name=found, file=path)


def read_place(name: str, *, on_foot: bool = False, progress: Progress | None = None) -> Roads:
    """Roads of a place by name, from OpenStreetMap's servers; `on_foot` as `read_roads` has it.

    Raises
    ------
    CityError : the network, or the name, failed.
    """
    if progress is not None:
        progress(f"asking OpenStreetMap for {name!r}")
    return _roads(graph_of_place(name, on_foot=on_foot), None, format_name="OpenStreetMap by name", file=None)


def _roads(graph: nx.MultiDiGraph[Any], streets: OsmStreets | None, *, format_name: str, file: Path | None) -> Roads:
    ids = sorted(graph.nodes)
    number = {node: index for index, node in enumerate(ids)}
    lon = np.array([graph.nodes[node]["x"] for node in ids], dtype=np.float64)
    lat = np.array([graph.nodes[node]["y"] for node in ids], dtype=np.float64)
    edges = [
        Edge(
            tail=number[tail],
            head=number[head],
            line=_line(graph, tail, head, data=data),
            road_class=longest(data["of_class"]),
            street=longest(data["street"]),
            length_m=data["length"],
            speed_mps=data["length"] / data["free_s"] if data["free_s"] > 0 else 1.0,
            modes=data["modes"],
        )
        for tail, head, data in graph.edges(data=True)
    ]
    bounds = None if streets is None else streets.bounds
    n_ways_cut = 0 if streets is None else streets.n_ways_cut
    return _built(lon, lat, edges, format_name=format_name, file=file, bounds=bounds, n_ways_cut=n_ways_cut)


def _built(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    edges: list[Edge],
    *,
    format_name: str,
    file: Path | None,
    bounds: Bounds | None = None,
    n_ways_cut: int = 0,
) -> Roads:
    try:
        network, report = network_of(lon, lat, edges=edges)
    except RoadError as error:
        raise CityError(error.message, file=file, key=error.key) from error
    return Roads(network, report, bounds or extent(lon, lat), format_name, n_ways_cut)


def _line(graph: nx.MultiDiGraph[Any], tail: int, head: int, *, data: dict[str, Any]) -> Line:
    if "geometry" in data:
        return tuple((float(lon), float(lat)) for lon, lat in data["geometry"].coords)
    return tuple((float(graph.nodes[node]["x"]), float(graph.nodes[node]["y"])) for node in (tail, head))
