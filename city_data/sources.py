"""Where a city comes from, and under what licence it may be shown.

In: the file a city is built from. Out: a `Provenance` that travels in the city folder: a name and a checksum, never a
path of the machine that built it and never the time of day, so that building twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from twin.errors import CityError

OSM_LICENCE = "© OpenStreetMap contributors, ODbL 1.0"
BUILT_IN_LICENCE = "invented by code, not a survey; same licence as gridtwin"
CATALOGUE_LICENCE = (
    "codes and names of public standards as seen in systems that use them, without the standards' own text; "
    "English names and the rest same licence as gridtwin"
)


class Provenance(msgspec.Struct, frozen=True):
    """Origin of a city: `sha256` is of the source file's bytes as stored, empty when there was no file."""

    source: str
    format: str
    sha256: str
    licence: str
    built_by: str


def provenance_of_file(path: Path, *, format_name: str, licence: str = OSM_LICENCE) -> Provenance:
    """Provenance of a city that is built from `path`."""
    return Provenance(path.name, format_name, sha256_of(path), licence, built_by())


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CityError(f"cannot be read: {error.strerror or error}", file=path) from error


def built_by() -> str:
    """Name and version of this program."""
    try:
        return f"gridtwin {version('gridtwin')}"
    except PackageNotFoundError:
        return "gridtwin (not installed)"
