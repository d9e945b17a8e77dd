"""From OSM streets, a GraphML file or a place name to one simplified street graph, through OSMnx.

In: what a road file holds. Out: a networkx graph whose nodes are junctions and dead ends and whose directed edges each
carry `length` (metres, great-circle along the line, summed by OSMnx over the OSM segments), `free_s` (seconds on an
empty street), `of_class`, `street` and, where bent, `geometry`. Only this file talks to OSMnx.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.parsers import expat

import networkx as nx
import osmnx

from city_data.guarded_xml import parse_guarded
from city_data.osm import OsmStreets, lean_osm_xml
from city_data.street_classes import CLASS_OF_HIGHWAY, free_flow_mps
from twin.errors import CityError

_PLACE_TIMEOUT_S = 60
_EARTH_ROUND_M = 4.01e7


def graph_of_streets(streets: OsmStreets) -> nx.MultiDiGraph[Any]:
    """The simplified graph of OSM streets: one-ways (also -1) and roundabouts as OSMnx reads them."""
    with tempfile.TemporaryDirectory() as folder:
        lean = Path(folder) / "streets.osm"
        lean.write_text(lean_osm_xml(streets), encoding="utf-8")
        graph = osmnx.graph_from_xml(lean, simplify=False, retain_all=True)
    return _simplified(graph)


def graph_of_graphml(data: bytes, file: Path) -> nx.MultiDiGraph[Any]:
    """The graph of a GraphML document as OSMnx writes it, simplified if it is not yet.

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
    _keep_drivable(graph)
    if not graph.number_of_edges():
        raise CityError("no street a car may use: no edge has a drivable `highway` value", file=file, key="highway")
    if graph.graph.get("simplified"):
        return _weighed(graph)
    return _simplified(graph)


def graph_of_place(name: str) -> nx.MultiDiGraph[Any]:
    """The graph of a place that OpenStreetMap knows by name. Needs the network.

    Raises
    ------
    CityError : the network or the name failed, in one sentence.
    """
    before = osmnx.settings.use_cache, osmnx.settings.requests_timeout
    osmnx.settings.use_cache, osmnx.settings.requests_timeout = False, _PLACE_TIMEOUT_S
    try:
        graph = osmnx.graph_from_place(name, network_type="drive_service", simplify=False, retain_all=True)
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
    _keep_drivable(graph)
    return _simplified(graph)


def _simplified(graph: nx.MultiDiGraph[Any]) -> nx.MultiDiGraph[Any]:
    """Weigh each segment, then let OSMnx join segments between junctions; classes and names go by length."""
    aggregates = {"length": sum, "free_s": sum, "of_class": _joined, "street": _joined}
    return osmnx.simplify_graph(_weighed(graph), edge_attr_aggs=aggregates)


def _weighed(graph: nx.MultiDiGraph[Any]) -> nx.MultiDiGraph[Any]:
    """The same graph with only the attributes this program uses on its edges.

    `of_class` and `street` are tuples of (value, metres) until the end: OSMnx would keep the several values of a joined
    edge in an order that changes with PYTHONHASHSEED.
    """
    for tail, head, data in graph.edges(data=True):
        metres = data["length"] if "length" in data else _great_circle_m(graph.nodes[tail], graph.nodes[head])
        highway = _main(data["highway"])
        kept = {
            "length": float(metres),
            "free_s": metres / free_flow_mps(highway, data.get("maxspeed")),
            "of_class": ((CLASS_OF_HIGHWAY[highway], float(metres)),),
            "street": ((_name(data.get("name")), float(metres)),),
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


def _keep_drivable(graph: nx.MultiDiGraph[Any]) -> None:
    """Take out the edges no car may use, and the nodes left alone."""
    edges = graph.edges(keys=True, data=True)
    graph.remove_edges_from([(u, v, key) for u, v, key, data in edges if not _drivable(data.get("highway"))])
    graph.remove_nodes_from(list(nx.isolates(graph)))


def _drivable(highway: object) -> bool:
    values = highway if isinstance(highway, list) else [highway]
    return any(value in CLASS_OF_HIGHWAY for value in values if isinstance(value, str))


def _main(highway: object) -> str:
    """The most important drivable `highway` value: `CLASS_OF_HIGHWAY` lists them in that order."""
    values = highway if isinstance(highway, list) else [highway]
    return next(value for value in CLASS_OF_HIGHWAY if value in values)


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


def _great_circle_m(start: dict[str, Any], end: dict[str, Any]) -> float:
    return float(osmnx.distance.great_circle(start["y"], start["x"], end["y"], end["x"]))
