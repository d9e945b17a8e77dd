"""The optional files of a city folder: cells, overlays, facilities, components, residents, grounds, each in its own.

In and out: `CityLayers`. A part that a city does not have has no file; equal parts give equal bytes. What is damaged is
refused with advice.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from city_data.city_layers import CELL_ARRAYS, COMPONENT_ARRAYS, CityLayers
from city_data.grounds import Ground
from twin.domain.facility import Components, Facility
from twin.domain.grid import Cells, Grid, Overlay
from twin.errors import CityError

CELLS, OVERLAYS, FACILITIES, COMPONENTS = "cells.npz", "overlays.npz", "facilities.json", "components.npz"
RESIDENTS, GROUNDS = "residents.npz", "grounds.json"
LAYER_FILES = (CELLS, OVERLAYS, FACILITIES, COMPONENTS, RESIDENTS, GROUNDS)
_AGAIN = "make the city folder again"
_DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error, msgspec.MsgspecError)


def save_layers(layers: CityLayers, folder: Path) -> None:
    """Write the parts there are and remove the files of those there are not."""
    for name in LAYER_FILES:
        (folder / name).unlink(missing_ok=True)
    if (cells := layers.cells) is not None:
        about = {
            "size_m": cells.size_m,
            "codes": cells.codes,
            "codes_assumed": cells.codes_assumed,
            "areas": cells.areas,
        }
        _save(folder / CELLS, about, {name: (getattr(cells, name), kind) for name, kind in CELL_ARRAYS.items()})
    if layers.overlays:
        listed = [
            {"name": overlay.name, "balanced_by": overlay.balanced_by, "grids": msgspec.to_builtins(overlay.grids)}
            for overlay in layers.overlays
        ]
        arrays = {f"of_cell_{number}": (overlay.of_cell, "<i4") for number, overlay in enumerate(layers.overlays)}
        _save(folder / OVERLAYS, {"overlays": listed}, arrays)
    if layers.facilities:
        (folder / FACILITIES).write_bytes(_lines(layers.facilities))
    if (components := layers.components) is not None:
        words = {name: getattr(components, name) for name in ("ids_assumed", "kinds", "names", "departments")}
        columns = {name: (getattr(components, name), kind) for name, kind in COMPONENT_ARRAYS.items()}
        _save(folder / COMPONENTS, words, columns)
    if layers.residents is not None:
        _save(folder / RESIDENTS, {}, {"present": (layers.residents, "<i4")})
    if layers.grounds:
        (folder / GROUNDS).write_bytes(_lines(layers.grounds))


def load_layers(folder: Path, *, names: tuple[str, ...]) -> CityLayers:
    """The parts that a city has.

    Parameters
    ----------
    names : of the files that must be there.

    Raises
    ------
    CityError : a file is missing or damaged.
    """
    file = folder
    try:
        cells: Cells | None = None
        components: Components | None = None
        overlays: tuple[Overlay, ...] = ()
        facilities: tuple[Facility, ...] = ()
        residents: NDArray[np.int32] | None = None
        grounds: tuple[Ground, ...] = ()
        if CELLS in names:
            about, arrays = _load(file := folder / CELLS, CELL_ARRAYS)
            cells = Cells(**about | arrays)
        if OVERLAYS in names:
            overlays = _overlays(file := folder / OVERLAYS)
        if FACILITIES in names:
            facilities = msgspec.json.decode((file := folder / FACILITIES).read_bytes(), type=tuple[Facility, ...])
        if COMPONENTS in names:
            about, arrays = _load(file := folder / COMPONENTS, COMPONENT_ARRAYS)
            components = Components(**about | arrays)
        if RESIDENTS in names:
            residents = _load(file := folder / RESIDENTS, {"present": "<i4"})[1]["present"]
        if GROUNDS in names:
            grounds = msgspec.json.decode((file := folder / GROUNDS).read_bytes(), type=tuple[Ground, ...])
    except FileNotFoundError:
        raise CityError(f"this part of the city is missing: {_AGAIN}", file=file) from None
    except _DAMAGE as error:
        raise CityError(f"damaged: {_AGAIN}", file=file) from error
    return CityLayers(cells, overlays, facilities, components, residents, grounds)


def layer_names(layers: CityLayers) -> tuple[str, ...]:
    """The files that these layers are kept in."""
    there = (*(layers.cells, layers.overlays, layers.facilities, layers.components, layers.residents, layers.grounds),)
    return tuple(
        name
        for name, part in zip(LAYER_FILES, there, strict=True)
        if part is not None and not (isinstance(part, tuple) and not part)
    )


def _lines(records: tuple[msgspec.Struct, ...]) -> bytes:
    """Records as JSON, one a line."""
    return b"[\n" + b",\n".join(map(msgspec.json.encode, records)) + b"\n]\n"


def _overlays(file: Path) -> tuple[Overlay, ...]:
    about, arrays = _load(file, None)
    return tuple(
        Overlay(
            str(one["name"]),
            str(one["balanced_by"]),
            msgspec.convert(one["grids"], tuple[Grid, ...]),
            arrays[f"of_cell_{number}"].astype(np.int32),
        )
        for number, one in enumerate(about["overlays"])
    )


def _save(path: Path, about: Mapping[str, object], arrays: Mapping[str, tuple[NDArray[Any], str]]) -> None:
    text = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8)
    with path.open("wb") as file:
        kept = {name: np.ascontiguousarray(array, kind) for name, (array, kind) in arrays.items()}
        np.savez_compressed(file, allow_pickle=False, about=text, **kept)


def _load(path: Path, kinds: Mapping[str, str] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        said = json.loads(stored["about"].tobytes())
        names = kinds if kinds is not None else {name: None for name in stored.files if name != "about"}
        arrays = {name: np.asarray(stored[name], kind) for name, kind in names.items()}
    for array in arrays.values():
        array.setflags(write=False)
    return {name: tuple(part) if isinstance(part, list) else part for name, part in said.items()}, arrays
