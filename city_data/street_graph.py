"""From OSM streets, a GraphML file or a place name to one simplified street graph, through OSMnx.

In: what a road file holds. Out: a networkx graph whose nodes are junctions and dead ends and whose directed edges each
carry `length` (metres, great-circle along the line, summed by OSMnx over the OSM segments), `free_s` (seconds on an
empty street), `of_class`, `street`, `modes` and, where bent, `geometry`. Only this file talks to OSMnx.

On foot every segment gets both directions, each with those who may use it. Segments are joined only where the same
modes may use them there and back, and steps only to steps, so that nothing is lost when OSMnx joins them.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any
from xml.parsers import expat

import networkx as nx
import numpy as np
import osmnx

from city_data.edge_list import Line
from city_data.guarded_xml import parse_guarded
from city_data.osm import OsmStreets, lean_osm_xml
from city_data.street_classes import ALL_CLASSES, CLASS_OF_HIGHWAY, free_flow_mps
from city_data.street_modes import ACCESS_TAGS, is_one_way, modes_of
from twin.domain.mode import ALL_BITS
from twin.errors import CityError

_PLACE_TIMEOUT_S = 60
_EARTH_ROUND_M = 4.01e7


def graph_of_streets(streets: OsmStreets, *, on_foot: bool = False) -> nx.MultiDiGraph[Any]:
    """The simplified graph of OSM streets: one-ways (also -1) and roundabouts as OSMnx reads them."""
    with tempfile.TemporaryDirectory() as folder:
        lean = Path(folder) / "streets.osm"
        lean.write_text(lean_osm_xml(streets), encoding="utf-8")
        with _asking(on_foot=on_foot):
            graph = osmnx.graph_from_xml(lean, simplify=False, retain_all=True)
    return _simplified(_both_ways(graph) if on_foot else graph)


def graph_of_graphml(data: bytes, file: Path, *, on_foot: bool = False) -> nx.MultiDiGraph[Any]:
    """The graph of a GraphML document as OSMnx writes it, simplified if it is not yet.

    On foot its edges are open by the tags it has, and its one-ways to walkers the other way too; a street that the
    file holds in both directions is two-way, also where OSMnx made it so for walkers.

    Raises
    ------
    CityError : not well-formed, a document type, not an OSMnx graph, nothing to drive on.
    """
    parse_guarded(expat.ParserCreate("utf-8"), data, file)
    try:
        graph = osmnx.load_graphml(graphml_str=data.decode("utf-8-sig"))
        if not graph.is_directed() or not graph.is_multigraph():
            raise CityError("the GraphML holds no directed multigraph: save it with osmnx.save_graphml", file=file)
        if osmnx.projection.is_projected(graph.graph["crs"]):
            graph = osmnx.project_graph(graph, to_latlong=True)
    except CityError:
        raise
    except RecursionError as error:
        raise CityError("a value is nested too deep", file=file) from error
    except Exception as error:  # a foreign file can trip OSMnx and networkx in many ways; each is the file's fault
        reason = f"{type(error).__name__}: {error}".partition("\n")[0][:160]
        raise CityError(f"not a GraphML file as OSMnx writes it ({reason})", file=file) from error
    _require_places(graph, file)
    _require_lengths(graph, file)
    _keep(graph, ALL_CLASSES if on_foot else CLASS_OF_HIGHWAY)
    if on_foot:
        graph = _both_ways(graph, held_twice=True)
    if not graph.number_of_edges():
        who, kind = ("anybody", "usable") if on_foot else ("a car", "drivable")
        raise CityError(f"no street {who} may use: no edge has a {kind} `highway` value", file=file, key="highway")
    if graph.graph.get("simplified"):
        return _weighed(graph)
    return _simplified(graph)


def graph_of_place(name: str, *, on_foot: bool = False) -> nx.MultiDiGraph[Any]:
    """The graph of a place that OpenStreetMap knows by name. Needs the network.

    Raises
    ------
    CityError : the network or the name failed, in one sentence.
    """
    before = osmnx.settings.use_cache, osmnx.settings.requests_timeout
    osmnx.settings.use_cache, osmnx.settings.requests_timeout = False, _PLACE_TIMEOUT_S
    kind = "all" if on_foot else "drive_service"
    try:
        with _asking(on_foot=on_foot):
            graph = osmnx.graph_from_place(name, network_type=kind, simplify=False, retain_all=True)
    except Exception as error:  # requests, DNS, server and geocoder failures share no base class
        if isinstance(error, OSError):  # requests' errors are OSErrors, and name addresses rather than reasons
            reason = f"its servers cannot be reached from here ({type(error).__name__})"
        else:
            reason = f"{error}".partition("\n")[0][:160]
        raise CityError(
            f"could not get {name!r} from OpenStreetMap, which needs the network: {reason}; "
            "download the area as a file instead and build with --from FILE"
        ) from error
    finally:
        osmnx.settings.use_cache, osmnx.settings.requests_timeout = before
    _keep(graph, ALL_CLASSES if on_foot else CLASS_OF_HIGHWAY)
    return _simplified(_both_ways(graph) if on_foot else graph)


@contextmanager
def _asking(*, on_foot: bool) -> Iterator[None]:
    """While OSMnx makes a graph on foot: one edge a segment, as drawn or as cars go, with its own `oneway` and tags."""
    before = osmnx.settings.all_oneway, osmnx.settings.useful_tags_way
    if on_foot:
        osmnx.settings.all_oneway = True
        osmnx.settings.useful_tags_way = [*before[1], *(tag for tag in ACCESS_TAGS if tag not in before[1])]
    try:
        yield
    finally:
        osmnx.settings.all_oneway, osmnx.settings.useful_tags_way = before


def _both_ways(graph: nx.MultiDiGraph[Any], *, held_twice: bool = False) -> nx.MultiDiGraph[Any]:
    """The graph with both directions of each street, each with its `modes`; what is open to nobody is left out.

    `held_twice` says that the graph has both directions of two-way streets already.
    """
    both: nx.MultiDiGraph[Any] = nx.MultiDiGraph(**graph.graph)
    both.add_nodes_from(graph.nodes(data=True))
    for tail, head, data in graph.edges(data=True):
        there, back = modes_of(data)
        known = data | {"kind": f"{min(there, back)} {max(there, back)} {'steps' in _listed(data['highway'])}"}
        if there:
            both.add_edge(tail, head, **known | {"modes": there})
        if back and (is_one_way(data) or not held_twice):
            line = {"geometry": data["geometry"].reverse()} if "geometry" in data else {}
            both.add_edge(head, tail, **known | line | {"modes": back})
    both.remove_nodes_from(list(nx.isolates(both)))
    return both


def _simplified(graph: nx.MultiDiGraph[Any]) -> nx.MultiDiGraph[Any]:
    """Weigh each segment, then let OSMnx join segments between junctions; classes and names go by length."""
    aggregates = {"length": sum, "free_s": sum, "of_class": _joined, "street": _joined, "modes": _in_all, "kind": min}
    return osmnx.simplify_graph(_weighed(graph), edge_attrs_differ=["kind"], edge_attr_aggs=aggregates)


def _weighed(graph: nx.MultiDiGraph[Any]) -> nx.MultiDiGraph[Any]:
    """The same graph with only the attributes this program uses on its edges.

    `kind` tells apart what may not be joined. `of_class` and `street` are tuples of (value, metres) until the end:
    OSMnx would keep the several values of a joined edge in an order that changes with PYTHONHASHSEED.
    """
    for tail, head, data in graph.edges(data=True):
        metres = data["length"] if "length" in data else _great_circle_m(graph.nodes[tail], graph.nodes[head])
        highway = _main(data["highway"])
        kept = {
            "length": float(metres),
            "free_s": metres / free_flow_mps(highway, data.get("maxspeed")),
            "of_class": ((ALL_CLASSES[highway], float(metres)),),
            "street": ((_name(data.get("name")), float(metres)),),
            "modes": data.get("modes", ALL_BITS),
            "kind": data.get("kind", ""),
        }
        if "geometry" in data:
            kept["geometry"] = data["geometry"]
        data.clear()
        data.update(kept)
    return graph


def longest(parts: Iterable[tuple[str, float]]) -> str:
    """The value that holds over most metres; of equals, the first by alphabet."""
    metres: dict[str, float] = defaultdict(float)
    for value, length in parts:
        metres[value] += length
    return min(metres, key=lambda value: (-round(metres[value], 3), value))


def _joined(values: list[tuple[tuple[str, float], ...]]) -> tuple[tuple[str, float], ...]:
    return tuple(part for value in values for part in value)


def _in_all(modes: list[int]) -> int:
    return reduce(and_, modes)


def _keep(graph: nx.MultiDiGraph[Any], classes: Mapping[str, str]) -> None:
    """Take out the edges whose `highway` value has no class, and the nodes left alone."""
    edges = graph.edges(keys=True, data=True)
    graph.remove_edges_from([(u, v, key) for u, v, key, data in edges if not _has(classes, data.get("highway"))])
    graph.remove_nodes_from(list(nx.isolates(graph)))


def _has(classes: Mapping[str, str], highway: object) -> bool:
    return any(value in classes for value in _listed(highway) if isinstance(value, str))


def _main(highway: object) -> str:
    """The most important `highway` value that has a class: they are listed in that order."""
    values = _listed(highway)
    return next(value for value in ALL_CLASSES if value in values)


def _listed(value: object) -> list[object]:
    """The several values of a joined edge, or the one of another."""
    return value if isinstance(value, list) else [value]


def _name(name: object) -> str:
    """One name of an edge; of several, the first by alphabet."""
    if isinstance(name, list):
        return min((str(value) for value in name), default="")
    return str(name) if isinstance(name, str) else ""


def _require_places(graph: nx.MultiDiGraph[Any], file: Path) -> None:
    for node, data in graph.nodes(data=True):
        lon, lat = data.get("x"), data.get("y")
        if not (isinstance(lon, int | float) and isinstance(lat, int | float) and abs(lon) <= 180 and abs(lat) <= 90):
            raise CityError(
                f"node {node} is at x={lon}, y={lat}: not a longitude and latitude", file=file, key=f"node {node}"
            )


def _require_lengths(graph: nx.MultiDiGraph[Any], file: Path) -> None:
    for tail, head, data in graph.edges(data=True):
        metres = data.get("length", 0.0)
        if not (isinstance(metres, int | float) and 0 <= metres <= _EARTH_ROUND_M):
            raise CityError(f"length={metres} is not a length in metres", file=file, key=f"edge {tail} {head}")


def line_m(line: Line) -> float:
    """Length of a line in degrees, great-circle metres."""
    lon, lat = np.array(line).T
    return float(osmnx.distance.great_circle(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())


def _great_circle_m(start: dict[str, Any], end: dict[str, Any]) -> float:
    return float(osmnx.distance.great_circle(start["y"], start["x"], end["y"], end["x"]))
