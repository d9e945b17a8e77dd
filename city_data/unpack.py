"""What bytes does a file really hold? Decompressed by content, never by name, and never without a limit.

In: a path. Out: the plain bytes of a file that may be gzip- or bzip2-compressed. A file that cannot be read, ends too
early, or unpacks to far more than it weighs (a "bomb") is refused with its name.
"""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from pathlib import Path
from typing import IO

from twin.errors import CityError

MAX_UNPACKED_BYTES = 1 << 30
"""No map is read beyond 1 GiB of plain text: a whole large city's streets are a tenth of that."""
MAX_RATIO = 100
"""Map text shrinks to about a tenth; beyond 1 : 100 (once it is past `FREE_BYTES`) it is a bomb, not a map."""
FREE_BYTES = 16 << 20
_CHUNK = 1 << 20

_FOREIGN = {
    b"PK\x03\x04": "it is a zip archive: unpack it first",
    b"\xfd7zXZ\x00": "it is xz-compressed: unpack it first",
    b"\x28\xb5\x2f\xfd": "it is zstd-compressed: unpack it first",
    b"SQLite format 3": "it is an SQLite or GeoPackage file: export the streets as OSM XML or GraphML",
    b"%PDF": "it is a PDF",
}


def unpacked(path: Path) -> bytes:
    """Plain bytes of `path`, decompressed when its first bytes say gzip or bzip2.

    Raises
    ------
    CityError : missing, empty, damaged, too large, or of a kind that is plainly not a map.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
            file.seek(0)
            if not head:
                raise CityError("the file is empty", file=path)
            if head.startswith(b"\x1f\x8b"):
                with gzip.GzipFile(fileobj=file) as stream:
                    return _limited(stream, path, packed=path.stat().st_size)
            if head.startswith(b"BZh"):
                with bz2.BZ2File(file) as stream:
                    return _limited(stream, path, packed=path.stat().st_size)
            for magic, advice in _FOREIGN.items():
                if head.startswith(magic):
                    raise CityError(f"this is not a road file: {advice}", file=path)
            if b"OSMHeader" in head:
                raise CityError("OSM PBF is not read: convert it with `osmium cat in.osm.pbf -o out.osm.gz`", file=path)
            return _limited(file, path, packed=None)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise CityError(f"the file is damaged or ends too early ({error}): get it again", file=path) from error
    except OSError as error:
        raise CityError(f"cannot be read: {error.strerror or error}", file=path) from error


def _limited(stream: IO[bytes] | gzip.GzipFile | bz2.BZ2File, path: Path, *, packed: int | None) -> bytes:
    """Everything in `stream`, as long as it stays below the size and ratio limits."""
    plain = io.BytesIO()
    while chunk := stream.read(_CHUNK):
        size = plain.tell() + len(chunk)
        if size > MAX_UNPACKED_BYTES:
            raise CityError(
                f"holds more than {MAX_UNPACKED_BYTES >> 20:,} MiB: cut the study area out first", file=path
            )
        if packed is not None and size > FREE_BYTES and size > MAX_RATIO * packed:
            raise CityError(
                f"unpacks to more than {MAX_RATIO} times its size: this is a compression bomb, not a map", file=path
            )
        plain.write(chunk)
    if not plain.tell():
        raise CityError("the file is empty once unpacked", file=path)
    return plain.getvalue()
