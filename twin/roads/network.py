"""The street network as arrays: nodes, directed edges, and the line each edge draws on the map.

A `RoadNetwork` comes checked from `build_network` or from a file whose checksum holds; nothing changes it afterwards.
Searches, time tables and snapping read its arrays; pages and reports ask it for longitudes and latitudes.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from twin.errors import CityError

FloatArray = npt.NDArray[np.float64]
IdArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
ClassArray = npt.NDArray[np.uint8]
AnyArray = npt.NDArray[np.generic]
Scalar = TypeVar("Scalar", bound=np.generic)

CLASSES: tuple[str, ...] = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "residential",
    "service",
    "other",
    "path",
    "steps",
)
"""Road classes by number; a link road (slip road, ramp) has the class of the road it belongs to."""

ARRAYS: dict[str, str] = {
    "node_lon": "<f8",
    "node_lat": "<f8",
    "node_x": "<f8",
    "node_y": "<f8",
    "tail": "<i4",
    "head": "<i4",
    "length_mm": "<i8",
    "road_class": "|u1",
    "speed_mps": "<f8",
    "twin": "<i4",
    "street": "<i4",
    "modes": "|u1",
    "shape_start": "<i8",
    "shape_x": "<f8",
    "shape_y": "<f8",
}
"""The arrays that make up a network's content, with their canonical types, in the order the checksum reads them."""

_FORMAT = "gridtwin roads 2"


@dataclass(frozen=True, slots=True, eq=False)
class RoadNetwork:
    """Nodes and directed edges; every node can be reached from every other. All arrays are read-only.

    Parameters
    ----------
    node_lon, node_lat : float64 (n_nodes,), degrees (WGS 84).
    node_x, node_y : float64 (n_nodes,), metres in `crs`.
    tail, head : int32 (n_edges,), the nodes an edge leaves and enters.
    length_mm : int64 (n_edges,), more than 0.
    road_class : uint8 (n_edges,), index into `CLASSES`.
    speed_mps : float64 (n_edges,), free-flow speed, more than 0.
    twin : int32 (n_edges,), the opposite direction of the same street (equal length, reversed line); -1 where one-way.
    street : int32 (n_edges,), index into `names`; 0 is a street without a name.
    modes : uint8 (n_edges,), who may use an edge: the sum of `twin.domain.mode.BIT`; never 0.
    shape_start : int64 (n_edges + 1,), where the line of each edge starts in `shape_x`, `shape_y`.
    shape_x, shape_y : float64 (n_points,), metres in `crs`; each line runs from tail to head, both ends included.
    shape_share : float64 (n_points,), share of the line's own length done at each point, 0 at the tail, 1 at the head.
    names : names of streets.
    crs : the projection of x and y, such as "EPSG:32610".
    checksum : blake2b of the content, as hex.
    """

    node_lon: FloatArray
    node_lat: FloatArray
    node_x: FloatArray
    node_y: FloatArray
    tail: IdArray
    head: IdArray
    length_mm: LongArray
    road_class: ClassArray
    speed_mps: FloatArray
    twin: IdArray
    street: IdArray
    modes: ClassArray
    shape_start: LongArray
    shape_x: FloatArray
    shape_y: FloatArray
    shape_share: FloatArray
    names: tuple[str, ...]
    crs: str
    checksum: str

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return int(self.node_x.size)

    @property
    def n_edges(self) -> int:
        """Number of directed edges; a two-way street counts twice."""
        return int(self.tail.size)

    def lonlat(self, edge: int, offset_mm: int) -> tuple[float, float]:
        """Longitude and latitude of a place on the roads, degrees."""
        lon, lat = self.lonlat_of(np.array([edge]), np.array([offset_mm]))
        return float(lon[0]), float(lat[0])

    def lonlat_of(self, edges: npt.ArrayLike, offsets_mm: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Longitudes and latitudes of many places.

        Parameters
        ----------
        edges, offsets_mm : whole numbers, shape (n,).

        Returns
        -------
        (lon, lat), each float64 (n,), degrees.
        """
        edges, offsets = np.asarray(edges, np.int64), np.asarray(offsets_mm, np.int64)
        share = np.clip(offsets / self.length_mm[edges], 0.0, 1.0)
        first, last = self.shape_start[edges], self.shape_start[edges + 1] - 1
        after = np.clip(_first_at_least(self.shape_share, first, last, share), first + 1, last)
        before = after - 1
        gap = self.shape_share[after] - self.shape_share[before]
        part = np.divide(share - self.shape_share[before], gap, out=np.zeros_like(gap), where=gap > 0)
        x = self.shape_x[before] + part * (self.shape_x[after] - self.shape_x[before])
        y = self.shape_y[before] + part * (self.shape_y[after] - self.shape_y[before])
        return to_lonlat(self.crs, x, y)

    def shape_lonlat(self, edge: int) -> FloatArray:
        """The line an edge draws on the map: float64 (n_points, 2), longitude and latitude in degrees."""
        points = slice(int(self.shape_start[edge]), int(self.shape_start[edge + 1]))
        return np.column_stack(to_lonlat(self.crs, self.shape_x[points], self.shape_y[points]))

    def save(self, path: Path) -> None:
        """Write the network as .npz; equal networks give equal bytes."""
        head = {"format": _FORMAT, "names": self.names, "crs": self.crs, "checksum": self.checksum}
        text = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
        arrays = {name: np.ascontiguousarray(getattr(self, name), kind) for name, kind in ARRAYS.items()}
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, about=text, **arrays)

    @staticmethod
    def load(path: Path) -> RoadNetwork:
        """Read what `save` wrote.

        Raises
        ------
        CityError : the file is missing, is not a road file, or its content does not have the checksum it names.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                arrays = {name: np.asarray(stored[name], kind) for name, kind in ARRAYS.items()}
                names, crs, checksum = tuple(about["names"]), str(about["crs"]), str(about["checksum"])
        except FileNotFoundError:
            raise CityError("the road file is missing: build the city again", file=path) from None
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as problem:
            raise CityError("not a road file, or a damaged one: build the city again", file=path) from problem
        if about.get("format") != _FORMAT or content_checksum(arrays, names=names, crs=crs) != checksum:
            raise CityError("the road file is damaged (its checksum does not hold): build the city again", file=path)
        return assemble(arrays, names=names, crs=crs)


def content_checksum(arrays: Mapping[str, AnyArray], *, names: tuple[str, ...], crs: str) -> str:
    """Blake2b, as hex, over the canonical bytes of the arrays, the names and the projection."""
    digest = blake2b(json.dumps([_FORMAT, names, crs], ensure_ascii=False).encode(), digest_size=32)
    for name, kind in ARRAYS.items():
        array = np.ascontiguousarray(arrays[name], kind)
        digest.update(f"{name}:{kind}:{array.size};".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def assemble(arrays: Mapping[str, AnyArray], *, names: tuple[str, ...], crs: str) -> RoadNetwork:
    """A network of arrays that are known to be good; it gets read-only copies, `shape_share` and the checksum."""
    start, x, y = (arrays[name] for name in ("shape_start", "shape_x", "shape_y"))
    return RoadNetwork(
        node_lon=_frozen(arrays["node_lon"], np.float64),
        node_lat=_frozen(arrays["node_lat"], np.float64),
        node_x=_frozen(arrays["node_x"], np.float64),
        node_y=_frozen(arrays["node_y"], np.float64),
        tail=_frozen(arrays["tail"], np.int32),
        head=_frozen(arrays["head"], np.int32),
        length_mm=_frozen(arrays["length_mm"], np.int64),
        road_class=_frozen(arrays["road_class"], np.uint8),
        speed_mps=_frozen(arrays["speed_mps"], np.float64),
        twin=_frozen(arrays["twin"], np.int32),
        street=_frozen(arrays["street"], np.int32),
        modes=_frozen(arrays["modes"], np.uint8),
        shape_start=_frozen(start, np.int64),
        shape_x=_frozen(x, np.float64),
        shape_y=_frozen(y, np.float64),
        shape_share=_frozen(_shares(start.astype(np.int64), x.astype(np.float64), y.astype(np.float64)), np.float64),
        names=names,
        crs=crs,
        checksum=content_checksum(arrays, names=names, crs=crs),
    )


def _frozen(array: AnyArray, kind: type[Scalar]) -> npt.NDArray[Scalar]:
    copy = np.array(array, dtype=kind)
    copy.setflags(write=False)
    return copy


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def to_lonlat(crs: str, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Metres in `crs` as longitudes and latitudes in degrees (WGS 84); all arrays of one shape."""
    lon, lat = _transformer(crs, "EPSG:4326").transform(x, y)
    return lon, lat


def to_xy(crs: str, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Longitudes and latitudes in degrees (WGS 84) as metres in `crs`; infinite where `crs` cannot show the place."""
    x, y = _transformer("EPSG:4326", crs).transform(lon, lat)
    return x, y


def _shares(start: LongArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Share of its line's length done at each point; points that all coincide are spread evenly."""
    n_points = np.diff(start)
    rank = np.arange(x.size) - np.repeat(start[:-1], n_points)
    step = np.hypot(np.diff(x, prepend=x[:1]), np.diff(y, prepend=y[:1]))
    step[start[:-1]] = 0.0
    done = np.cumsum(step)
    done -= np.repeat(done[start[:-1]], n_points)
    whole = np.repeat(done[start[1:] - 1], n_points)
    even = rank / np.repeat(n_points - 1, n_points)
    share: FloatArray = np.divide(done, whole, out=even, where=whole > 0)
    share[start[1:] - 1] = 1.0
    return share


def _first_at_least(values: FloatArray, first: LongArray, last: LongArray, wanted: FloatArray) -> LongArray:
    """Within each ascending run `values[first:last + 1]`, the first position whose value is not below `wanted`."""
    low, high = first.copy(), last.copy()
    while (low < high).any():
        middle = (low + high) // 2
        below = values[middle] < wanted
        low, high = np.where(below & (low < high), middle + 1, low), np.where(below, high, middle)
    return low
