"""Named parts of a city, read as polygons, and which of them each street lies in.

In: a GeoJSON collection of named polygons. Out: area names and one area for each edge, by the middle of the edge. A
street outside all of them belongs to the nearest; a polygon with no street is left out when it reaches beyond the study
area, and refused when it lies inside, for then demand placed there could never be served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from city_data.map_json import decoded
from city_data.osm import Bounds
from city_data.stations import NAME_KEYS, named
from city_data.unpack import unpacked
from twin.errors import CityError
from twin.roads.network import RoadNetwork

AREA_KEYS = (*NAME_KEYS, "area", "district", "neighborhood", "subdistrict")


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A named polygon, or several polygons of one name, degrees."""

    name: str
    shape: shapely.Geometry


class _Feature(msgspec.Struct):
    geometry: msgspec.Raw = msgspec.Raw(b"{}")
    properties: dict[str, object] | None = None


class _Collection(msgspec.Struct):
    features: list[_Feature]


def read_areas(path: Path) -> tuple[Outline, ...]:
    """Named polygons of a GeoJSON file (plain, .gz or .bz2), by name; features of one name are joined.

    Raises
    ------
    CityError : not such a file, a feature without a name, or one that is not a polygon.
    """
    features = decoded(unpacked(path), _Collection, file=path, what="a GeoJSON collection of polygons").features
    by_name: dict[str, list[shapely.Geometry]] = {}
    for index, feature in enumerate(features):
        key = f"features[{index}]"
        name = named(feature.properties or {}, AREA_KEYS)
        if not name:
            raise CityError(f"an area needs a name, called {' or '.join(AREA_KEYS)}", file=path, key=key)
        by_name.setdefault(name, []).append(_polygon(bytes(feature.geometry), path, key=key))
    if not by_name:
        raise CityError("there is no area in this file", file=path)
    return tuple(Outline(name, shapely.union_all(by_name[name])) for name in sorted(by_name))


def edge_areas(
    outlines: Sequence[Outline], network: RoadNetwork, *, bounds: Bounds, file: Path
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Names of the areas that have streets, and the area of each edge, shape (n_edges,), as an index into them.

    Raises
    ------
    CityError : an area inside the study area has no street.
    """
    first = np.where(
        network.twin >= 0, np.minimum(network.twin, np.arange(network.n_edges)), np.arange(network.n_edges)
    )
    lon, lat = network.lonlat_of(first, network.length_mm // 2)
    tree = shapely.STRtree([outline.shape for outline in outlines])
    edges, found = tree.query_nearest(shapely.points(lon, lat), all_matches=True)
    of_edge = np.full(network.n_edges, len(outlines), dtype=np.int64)
    np.minimum.at(of_edge, edges, found)
    used = np.unique(of_edge)
    study = shapely.box(*bounds)
    for index in sorted(set(range(len(outlines))) - set(used.tolist())):
        if study.contains(outlines[index].shape):
            raise CityError(
                "no street lies in this area: leave it out or correct its outline", file=file, key=outlines[index].name
            )
    names = tuple(outlines[index].name for index in used)
    return names, np.searchsorted(used, of_edge).astype(np.int32)


def _polygon(geometry: bytes, path: Path, *, key: str) -> shapely.Geometry:
    try:
        shape = shapely.from_geojson(geometry)
    except shapely.errors.GEOSException as error:
        raise CityError(f"not a GeoJSON polygon: {error}", file=path, key=key) from error
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise CityError("an area must be a polygon", file=path, key=key)
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise CityError("an area must lie within -180..180, -90..90 degrees", file=path, key=key)
    return shapely.make_valid(shape)
