"""Map layers as geographic information systems keep them: Shapefile and GeoPackage, through GeoPandas.

In: a file of one of these kinds. Out: its features in degrees (WGS 84). A file with several layers gives its first.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import shapely

from city_data.unpack import MAX_UNPACKED_BYTES
from twin.errors import CityError

_GEOPACKAGE = b"SQLite format 3"
_SHAPEFILE = b"\x00\x00\x27\x0a"


def is_map_layer(path: Path) -> bool:
    """Whether a file is a GeoPackage or the .shp of a Shapefile, by its first bytes.

    Raises
    ------
    CityError : it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise CityError(f"cannot be read: {error.strerror or error}", file=path) from error
    return head.startswith((_GEOPACKAGE, _SHAPEFILE))


def read_map_layer(path: Path) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where in the file, properties and geometry (shapely, or None) of each feature of the first layer.

    Raises
    ------
    CityError : damaged, without a geometry, or without a coordinate reference system.
    """
    if path.stat().st_size > MAX_UNPACKED_BYTES:
        raise CityError(f"is larger than {MAX_UNPACKED_BYTES >> 20:,} MiB: cut the study area out first", file=path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's remarks on what it then reads, or refuses
            layers = geopandas.list_layers(path)["name"].tolist()
            if not layers:
                raise CityError("there is no layer in this file", file=path)
            frame = geopandas.read_file(path, layer=layers[0])
    except RuntimeError as error:  # the base of all that pyogrio raises about a file
        raise CityError(f"not a readable map layer: {str(error).splitlines()[0][:160]}", file=path) from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise CityError("the layer has no geometry", file=path, key=str(layers[0]))
    if frame.crs is None:
        raise CityError(
            "the layer does not say its coordinate reference system: for a Shapefile, put the .prj file beside it",
            file=path,
            key=str(layers[0]),
        )
    frame = frame.to_crs("EPSG:4326")
    names = [name for name in frame.columns if name != frame.geometry.name]
    for number, (shape, *values) in enumerate(
        zip(frame.geometry, *(frame[name] for name in names), strict=True), start=1
    ):
        found = None if shape is None else shapely.make_valid(shape)
        yield f"feature {number}", dict(zip(names, values, strict=True)), found
