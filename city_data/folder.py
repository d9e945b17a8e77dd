"""A city folder on disk: `roads.npz`, `areas.npy`, `stations.csv`, and `city.json`, which holds the others together.

In and out: a `City`; layers on top of the streets have files of their own (`layer_files`). The same city always gives
the same bytes: no path of this machine, no time of day. A folder that is incomplete, damaged or edited is refused with
advice, never half-loaded.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from city_data.city import City, Origin, make_city
from city_data.layer_files import LAYER_FILES, layer_names, load_layers, save_layers
from city_data.osm import Bounds
from city_data.stations import Station
from twin.domain.route import Spot
from twin.errors import CityError
from twin.roads.network import RoadNetwork

ABOUT, ROADS, AREAS, STATIONS = "city.json", "roads.npz", "areas.npy", "stations.csv"
_FORMAT = "gridtwin city 1"
_AGAIN = "build the city again with `gridtwin city build`"
_COLUMNS = ("name", "lon", "lat", "edge", "offset_mm", "distance_m", "on_map")


class _About(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What `city.json` holds; `layers` are the files of the layers, none in cities made before there were any."""

    format: str
    name: str
    crs: str
    bounds: Bounds
    n_nodes: int
    n_edges: int
    areas: tuple[str, ...]
    origin: Origin
    roads_checksum: str
    checksum: str
    layers: tuple[str, ...] = ()


def save_city(city: City, out_dir: Path) -> None:
    """Write a city folder, over an older one if there is one.

    Raises
    ------
    CityError : `out_dir` is a file, holds other things, or cannot be written.
    """
    about = _About(
        format=_FORMAT,
        name=city.name,
        crs=city.roads.crs,
        bounds=city.bounds,
        n_nodes=city.roads.n_nodes,
        n_edges=city.roads.n_edges,
        areas=city.areas,
        origin=city.origin,
        roads_checksum=city.roads.checksum,
        checksum=city.checksum,
        layers=layer_names(city.layers),
    )
    require_usable(out_dir)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        (out_dir / ABOUT).unlink(missing_ok=True)
        city.roads.save(out_dir / ROADS)
        with (out_dir / AREAS).open("wb") as file:
            np.save(file, city.edge_area, allow_pickle=False)
        (out_dir / STATIONS).write_bytes(_table(city.stations))
        save_layers(city.layers, out_dir)
        (out_dir / ABOUT).write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=2) + b"\n")
    except OSError as error:
        raise CityError(f"the city folder cannot be written: {error.strerror or error}", file=out_dir) from error


def require_usable(out_dir: Path) -> None:
    """Refuse to write a city over something that is not one, before any work is done.

    Raises
    ------
    CityError : `out_dir` is a file, or a folder with other things in it.
    """
    if out_dir.exists() and not out_dir.is_dir():
        raise CityError("this is a file, not a folder: choose another place for the city", file=out_dir)
    if out_dir.is_dir() and any(out_dir.iterdir()) and not ((out_dir / ABOUT).exists() or (out_dir / ROADS).exists()):
        raise CityError("the folder holds other things: choose an empty or a new one", file=out_dir)


def load_city(folder: Path) -> City:
    """The city in a folder.

    Raises
    ------
    CityError : not a city folder, a part is missing or damaged, or the parts do not belong together.
    """
    about = _about(folder)
    if about.format != _FORMAT:
        raise CityError(f"written by another version ({about.format!r}): {_AGAIN}", file=folder / ABOUT, key="format")
    roads = RoadNetwork.load(folder / ROADS)
    if roads.checksum != about.roads_checksum:
        raise CityError(f"these are not the roads that {ABOUT} names: {_AGAIN}", file=folder / ROADS)
    unknown = sorted(set(about.layers) - set(LAYER_FILES))
    if unknown:
        raise CityError(f"a part that is not known ({unknown[0][:40]!r}): {_AGAIN}", file=folder / ABOUT, key="layers")
    city = make_city(
        about.name,
        roads,
        bounds=about.bounds,
        origin=about.origin,
        stations=_stations(folder / STATIONS, n_edges=roads.n_edges),
        areas=about.areas,
        edge_area=_edge_area(folder / AREAS),
        layers=load_layers(folder, names=about.layers),
    )
    if city.checksum != about.checksum:
        raise CityError(f"the folder was changed after it was built (its checksum is wrong): {_AGAIN}", file=folder)
    return city


def _about(folder: Path) -> _About:
    file = folder / ABOUT
    try:
        return msgspec.json.decode(file.read_bytes(), type=_About)
    except (FileNotFoundError, NotADirectoryError):
        raise CityError(f"this is not a city folder ({ABOUT} is missing): {_AGAIN}", file=folder) from None
    except OSError as error:
        raise CityError(f"cannot be read: {error.strerror or error}", file=file) from error
    except RecursionError as error:
        raise CityError(f"nested too deep: {_AGAIN}", file=file) from error
    except msgspec.ValidationError as error:
        reason, _, key = str(error).partition(" - at ")
        raise CityError(f"damaged ({reason}): {_AGAIN}", file=file, key=key.strip("`") or None) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CityError(f"damaged ({error}): {_AGAIN}", file=file) from error


def _edge_area(file: Path) -> NDArray[np.int32]:
    try:
        stored = np.load(file, allow_pickle=False)
    except FileNotFoundError:
        raise CityError(f"the area of each street is missing: {_AGAIN}", file=file) from None
    except (OSError, EOFError, ValueError) as error:
        raise CityError(f"damaged: {_AGAIN}", file=file) from error
    if not isinstance(stored, np.ndarray) or stored.dtype != np.int32 or stored.ndim != 1:
        raise CityError(f"damaged: {_AGAIN}", file=file)
    return stored


def _table(stations: tuple[Station, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for station in stations:
        row = asdict(station) | {"edge": station.spot.edge, "offset_mm": station.spot.offset_mm}
        writer.writerow([str(row[column]).lower() if column == "on_map" else row[column] for column in _COLUMNS])
    return text.getvalue().encode()


def _stations(file: Path, *, n_edges: int) -> tuple[Station, ...]:
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))
    except FileNotFoundError:
        raise CityError(f"the stations are missing: {_AGAIN}", file=file) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CityError(f"damaged ({error}): {_AGAIN}", file=file) from error
    stations = []
    for line, row in enumerate(rows, start=2):
        try:
            spot = Spot(int(row["edge"]), int(row["offset_mm"]))
            on_map = {"true": True, "false": False}[row["on_map"]]
            station = Station(row["name"], float(row["lon"]), float(row["lat"]), spot, float(row["distance_m"]), on_map)
        except (KeyError, TypeError, ValueError) as error:
            raise CityError(f"damaged ({error}): {_AGAIN}", file=file, line=line) from error
        if not 0 <= spot.edge < n_edges:
            raise CityError(f"edge {spot.edge} does not exist: {_AGAIN}", file=file, line=line, key="edge")
        stations.append(station)
    return tuple(stations)
