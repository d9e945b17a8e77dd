"""The rows of a sheet of a workbook, one at a time: cells as text, dates as moments, and what cannot be used.

In: a workbook, its sheet, and the mapping. Out: `Row`s and `Rejected`s with the row's number as Excel shows it. Rows
without any value are passed over, wherever they stand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from math import isfinite
from typing import NamedTuple

from city_data.feeds.blocks import MOST_FIELD_BYTES, TOO_LONG
from city_data.feeds.header import HEADER_ROWS, Header, best_header, positions
from city_data.feeds.mapping import FeedMapping
from city_data.feeds.plain import plain
from city_data.feeds.rows import Rejected, Row
from city_data.feeds.xlsx_book import Workbook, parse_part
from twin.errors import FeedError

ROUNDED = "is a number of more than 15 digits, which Excel has rounded: ids must be stored as text"

_MOST_COLUMNS = 16_384
_EXACT = 10**15
"""Excel keeps 15 digits of a number."""
_LAST_DAY = 2_958_466
"""The first of January 10000, counted from 1900."""


class Cell(NamedTuple):
    """A cell with something in it: the number of its column from 0, its type, its text as stored."""

    column: int
    kind: str
    text: str


class Cells(NamedTuple):
    """A row as stored."""

    line: int
    cells: list[Cell]


def find_sheet(book: Workbook, mapping: FeedMapping) -> Header:
    """The sheet with the mapping's columns, and the row of its header.

    Raises
    ------
    FeedError : the sheet named is not there, or no sheet has the columns; with what the best row has.
    """
    names = [name for name, _ in book.sheets]
    if not names:
        raise FeedError("holds no sheet with cells", file=book.path)
    if mapping.sheet is not None:
        names = [name for name in names if plain(name) == mapping.sheet]
        if not names:
            known = ", ".join(name for name, _ in book.sheets)
            raise FeedError(f"there is no such sheet; the workbook has: {known}", file=book.path, key=mapping.sheet)
    found = best_header((header for name in names for header in _first_rows(book, name)), mapping.columns)
    if found is None:
        raise FeedError("the sheet is empty", file=book.path, key=names[0])
    positions(found, mapping.columns, file=book.path)
    return found


def sheet_rows(book: Workbook, header: Header, mapping: FeedMapping) -> Iterator[Row | Rejected]:
    """Rows below the header, each with the columns of `mapping.columns` in that order."""
    columns = mapping.columns
    stamps = [] if mapping.stamps.format.startswith("epoch_") else list(mapping.stamps.columns.values())
    ids = (mapping.id.case, mapping.id.unit, mapping.id.row)
    wanted = [
        (place, column, column in stamps, column in ids)
        for place, column in zip(positions(header, columns, file=book.path), columns, strict=True)
    ]
    begin = datetime(1904, 1, 1) if book.is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a clock on the wall
    strings = list(_strings(book))
    for line, cells in _cells(book, str(header.sheet)):
        if line <= header.line:
            continue
        values: dict[int, str] = {}
        rounded: dict[int, bool] = {}
        is_long = False
        for cell in cells:
            value = _value(cell, strings, book)
            if value:
                values[cell.column] = value
                is_long = is_long or len(value) > MOST_FIELD_BYTES
                rounded[cell.column] = cell.kind == "n" and len(value) > 15 and abs(float(value)) >= _EXACT
        if not values:
            continue
        flaw = next((column for place, column, _, is_id in wanted if is_id and rounded.get(place)), None)
        if is_long:
            yield Rejected(line, TOO_LONG)
        elif flaw is not None:
            yield Rejected(line, ROUNDED, flaw)
        else:
            yield Row(
                line,
                tuple(
                    [_moment(values.get(at), begin) if is_stamp else values.get(at) for at, _, is_stamp, _ in wanted]
                ),
                hash(tuple(values.items())),
            )


def _first_rows(book: Workbook, name: str) -> Iterator[Header]:
    """The rows in which a header may stand."""
    first = [row for row in islice(_cells(book, name), HEADER_ROWS) if row.line <= HEADER_ROWS]
    last = max((int(cell.text) for row in first for cell in row.cells if _is_shared(cell)), default=-1)
    strings = list(islice(_strings(book), last + 1))
    for row in first:
        yield Header(row.line, _texts(row, strings, book), name)


def text_rows(book: Workbook, name: str) -> Iterator[Header]:
    """All rows of a sheet that have a value, each cell as text: for tables whose header the caller finds."""
    strings = list(_strings(book))
    for row in _cells(book, name):
        yield Header(row.line, _texts(row, strings, book), name)


def _texts(row: Cells, strings: Sequence[str], book: Workbook) -> list[str]:
    """The cells of a row by column, "" where there is none."""
    texts = [""] * (1 + max((cell.column for cell in row.cells), default=-1))
    for cell in row.cells:
        texts[cell.column] = (_value(cell, strings, book) or "").strip()
    return texts


def _is_shared(cell: Cell) -> bool:
    return cell.kind == "s" and cell.text.isdecimal()


def _value(cell: Cell, strings: Sequence[str], book: Workbook) -> str | None:
    """What a cell says, as text; None for an error (#N/A) or a formula whose value was not stored."""
    kind, text = cell.kind, cell.text
    if kind == "s":
        if not text.isdecimal() or int(text) >= len(strings):
            raise FeedError(f"is a damaged workbook: a cell points to the shared text {text[:20]!r}", file=book.path)
        return strings[int(text)]
    if kind == "n":
        return text if text.isdecimal() else _number(text)
    if kind == "b":
        return "true" if text == "1" else "false"
    return None if kind == "e" else text


def _number(text: str) -> str | None:
    """A number as a person would write it: `4.5E1` is 45."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not isfinite(number):
        return None
    return str(int(number)) if number.is_integer() else repr(number)


def _moment(value: str | None, begin: datetime) -> str | datetime | None:
    """A number of days since `begin` as a moment, to the millisecond; other text as it is."""
    if value is None or not value[:1].isdigit() or len(value.partition(".")[0]) > 7:
        return value
    try:
        days = float(value)
    except ValueError:
        return value
    return begin + timedelta(milliseconds=round(days * 86_400_000)) if days < _LAST_DAY else value


def _strings(book: Workbook) -> Iterator[str]:
    """The shared texts, in order."""
    if book.strings is None:
        return
    reader = _StringReader()
    for _ in parse_part(book.path, book.strings, reader):
        while reader.done:
            yield reader.done.popleft()


def _cells(book: Workbook, name: str) -> Iterator[Cells]:
    """The rows of a sheet that have a cell with a value."""
    reader = _CellReader()
    for _ in parse_part(book.path, dict(book.sheets)[name], reader):
        while reader.done:
            yield reader.done.popleft()


class _StringReader:
    """Collects shared texts, without the hints on how to pronounce them."""

    def __init__(self) -> None:
        self.done: deque[str] = deque()
        self._parts: list[str] = []
        self._is_text = False
        self._n_hints = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self._is_text = self._n_hints == 0
        elif name == "rPh":
            self._n_hints += 1

    def text(self, data: str) -> None:
        if self._is_text:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._n_hints -= 1
        elif name == "si":
            self.done.append("".join(self._parts))
            self._parts = []


class _CellReader:
    """Collects the cells of each row; a cell longer than a field may be is cut just beyond that."""

    def __init__(self) -> None:
        self.done: deque[Cells] = deque()
        self._line = 0
        self._cells: list[Cell] = []
        self._column = -1
        self._kind = "n"
        self._parts: list[str] = []
        self._n_chars = 0
        self._is_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            column = _column(attributes.get("r", "").rstrip("0123456789"))
            self._column = self._column + 1 if column is None else column
            self._kind = attributes.get("t", "n")
            self._parts, self._n_chars = [], 0
        elif name in ("v", "t"):
            self._is_value = True
        elif name == "row":
            line = attributes.get("r", "")
            self._line = int(line) if line.isdecimal() and len(line) < 8 else self._line + 1
            self._cells, self._column = [], -1

    def text(self, data: str) -> None:
        if self._is_value and self._n_chars <= MOST_FIELD_BYTES:
            self._parts.append(data)
            self._n_chars += len(data)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._is_value = False
        elif name == "c":
            if self._parts and self._column < _MOST_COLUMNS:
                self._cells.append(Cell(self._column, self._kind, "".join(self._parts)))
        elif name == "row" and self._cells:
            self.done.append(Cells(self._line, self._cells))


@lru_cache(_MOST_COLUMNS)
def _column(letters: str) -> int | None:
    """Number of a column, from 0, by its letters (`AB`)."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or number > _MOST_COLUMNS:
            return None
        number = number * 26 + ord(letter) - 64
    return number - 1 if 0 < number <= _MOST_COLUMNS else None
