"""A workbook (.xlsx) taken apart without trusting it: its sheets by name, their cells, and its shared texts.

In: a file. Out: streams. A workbook is a zip of XML: both are attacked with bombs, so sizes are capped before anything
is unpacked, document types are refused, and cells are given out as they are read. Formulas count by the value that was
stored with them. The sheet is never held; the shared texts are (each different text once).
"""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from city_data.feeds.blocks import FREE_BYTES, MOST_FIELD_BYTES, MOST_RATIO
from twin.errors import FeedError

MOST_SHEET_BYTES = 2 << 30
"""A full sheet (a million rows, twenty columns) unpacks to about 1 GB."""
MOST_PART_BYTES = 256 << 20
"""Of any other part: the shared texts are held in memory."""
MOST_PARTS = 10_000
_BLOCK_BYTES = 1 << 16


class Handler(Protocol):
    """What is done with the XML of one part; names come without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def text(self, data: str) -> None:
        """Text, or a piece of it."""

    def end(self, name: str) -> None:
        """An element ends."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What is in a workbook.

    Parameters
    ----------
    sheets : name and part of each sheet with cells, in order.
    strings : part of the shared texts.
    is_1904 : whether days are counted from 1904 and not from 1900.
    """

    path: Path
    sheets: tuple[tuple[str, str], ...]
    strings: str | None
    is_1904: bool


def open_workbook(path: Path) -> Workbook:
    """Look at a workbook's table of contents.

    Raises
    ------
    FeedError : not a workbook, damaged, protected, or a bomb.
    """
    with _refusals(path), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        _refuse_bombs(archive, path)
    if "[Content_Types].xml" not in names:
        raise FeedError("is a zip archive but no workbook: unpack it first", file=path)
    book = _related(path, "_rels/.rels", "officeDocument")
    part = next(iter(book.values()), "xl/workbook.xml")
    if part.endswith(".bin") or part not in names:
        raise FeedError("holds no sheets in XML: save it as .xlsx", file=path)
    contents = _Contents()
    _parse_all(path, part, contents)
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    sheets = _related(path, relations, "worksheet")
    strings = list(_related(path, relations, "sharedStrings").values())
    return Workbook(
        path,
        tuple((title, sheets[key]) for title, key in contents.sheets if key in sheets),
        strings[0] if strings and strings[0] in names else None,
        contents.is_1904,
    )


def parse_part(path: Path, part: str, handler: Handler) -> Iterator[None]:
    """Run the handler over a part; a step each time it has met a little more.

    Raises
    ------
    FeedError : the part is missing, damaged, or dangerous.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise FeedError(f"{part} has a document type: entities are never expanded", file=path)

    def start(name: str, attributes: dict[str, str]) -> None:
        handler.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end(name: str) -> None:
        handler.end(name.rpartition(":")[2] if ":" in name else name)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    n_fed = 0
    for block in _blocks(path, part):
        try:
            parser.Parse(block, not block)
        except expat.ExpatError as error:
            raise FeedError(f"{part} is not well-formed XML: {expat.ErrorString(error.code)}", file=path) from error
        n_fed += len(block)
        if n_fed - parser.CurrentByteIndex > MOST_FIELD_BYTES:
            raise FeedError(f"{part} holds a tag longer than 1 MB", file=path)
        yield


class _Contents:
    """Reads `workbook.xml`: names of the sheets with the keys of their parts, and where days are counted from."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), key))
        elif name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "0") in ("1", "true")

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None: ...


class _Relations:
    """Reads a `.rels` part: targets of one kind by their key."""

    def __init__(self, kind: str) -> None:
        self.targets: dict[str, str] = {}
        self._kind = kind

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").rpartition("/")[2] == self._kind:
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None: ...


def _related(path: Path, part: str, kind: str) -> dict[str, str]:
    """Parts of one kind that a `.rels` part points to, by their key."""
    relations = _Relations(kind)
    _parse_all(path, part, relations)
    folder = posixpath.dirname(posixpath.dirname(part))
    return {
        key: posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        for key, target in relations.targets.items()
    }


def _parse_all(path: Path, part: str, handler: Handler) -> None:
    for _ in parse_part(path, part, handler):
        pass


def _blocks(path: Path, part: str) -> Iterator[bytes]:
    """The bytes of a part, and an empty block at its end."""
    with _refusals(path), zipfile.ZipFile(path) as archive:
        if part not in archive.namelist():
            raise FeedError(f"is no whole workbook: {part} is missing", file=path)
        with archive.open(part) as stream:
            while block := stream.read(_BLOCK_BYTES):
                yield block
    yield b""


def _refuse_bombs(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse by the sizes that the archive states: nothing is ever unpacked beyond them."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise FeedError(f"holds {len(parts):,} parts: a bomb, not a workbook", file=path)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > FREE_BYTES and unpacked > MOST_RATIO * path.stat().st_size:
        raise FeedError(f"unpacks to more than {MOST_RATIO} times its size: a compression bomb", file=path)
    for part in parts:
        most = MOST_SHEET_BYTES if part.filename.startswith("xl/worksheets/") else MOST_PART_BYTES
        if part.filename.endswith((".xml", ".rels")) and part.file_size > most:
            raise FeedError(f"{part.filename} unpacks to more than {most >> 20:,} MB", file=path)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Damage that the zip reader meets, in our words."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, ValueError, OverflowError) as error:
        raise FeedError(f"is a damaged workbook ({error}): save it again", file=path) from error
    except NotImplementedError as error:
        raise FeedError(f"is packed in an unusual way ({error}): save it again", file=path) from error
    except RuntimeError as error:
        raise FeedError(f"cannot be opened ({error}): is it protected by a password?", file=path) from error
    except OSError as error:
        raise FeedError(f"cannot be read: {error.strerror or error}", file=path) from error
