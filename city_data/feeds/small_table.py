"""A small table of an office, whole: its header wherever it stands, its columns under any of their names, text rows.

In: CSV (UTF-8 or GB18030, also `;` tab `|`) or .xlsx, and the names each column may have. Out: a `SmallTable` whose
rows keep their lines, and the rows that cannot be read. For lists of some hundreds of rows; histories have readers of
their own, in flat memory.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from city_data.feeds.blocks import MOST_FIELD_BYTES
from city_data.feeds.encoding import detect_encoding, text_lines
from city_data.feeds.files import BAD_QUOTE
from city_data.feeds.header import HEADER_ROWS
from city_data.feeds.layout import sniff_format
from city_data.feeds.mapping import FileFormat
from city_data.feeds.plain import plain
from city_data.feeds.rows import Rejected
from city_data.feeds.xlsx_book import open_workbook
from city_data.feeds.xlsx_rows import text_rows
from twin.errors import FeedError

MOST_ROWS = 100_000
TOO_WIDE = "has more fields than the header"

Heads = Mapping[str, tuple[str, ...]]
"""Names that each column may have, by the name it is asked for."""


class TableRow(NamedTuple):
    """A row: its line (in a workbook its number), and a text for each column that the table has."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SmallTable:
    """A table in memory.

    Parameters
    ----------
    header_line : where the header stands.
    columns : what each column is called in this file, by the name it was asked for.
    rejected : rows that could not be read.
    """

    file: Path
    header_line: int
    columns: Mapping[str, str]
    rows: tuple[TableRow, ...]
    rejected: tuple[Rejected, ...]


class _Line(NamedTuple):
    line: int
    fields: Sequence[str]


def read_small_table(path: Path, heads: Heads, *, needed: Sequence[str]) -> SmallTable:
    """A table of a file; in a workbook, of the first sheet that has the needed columns.

    Parameters
    ----------
    needed : columns of `heads` that must be there.

    Raises
    ------
    FeedError : missing, empty, neither CSV nor .xlsx, damaged, too long, or without a needed column.
    """
    match sniff_format(path):
        case FileFormat.CSV:
            lines, rejected = _csv_lines(path)
            return _table(path, lines, heads, needed=needed, rejected=rejected)
        case FileFormat.XLSX:
            book = open_workbook(path)
            if not book.sheets:
                raise FeedError("holds no sheet with cells", file=path)
            first: FeedError | None = None
            for name, _ in book.sheets:
                sheet = [_Line(row.line, row.names) for row in islice(text_rows(book, name), MOST_ROWS + 2)]
                try:
                    return _table(path, sheet, heads, needed=needed)
                except FeedError as error:
                    first = first or error
            assert first is not None
            raise first
        case other:
            raise FeedError(f"is {other}: such a list is read from CSV or .xlsx", file=path)


def _csv_lines(path: Path) -> tuple[list[_Line], list[Rejected]]:
    csv.field_size_limit(max(csv.field_size_limit(), MOST_FIELD_BYTES))
    encoding, flaws = detect_encoding(path).name, dict[int, str]()
    texts = list(islice(text_lines(path, encoding, flaws), MOST_ROWS + 2))
    delimiter = max(",;\t|", key=lambda sign: sum(text.count(sign) for text in texts[:HEADER_ROWS]))
    reader = csv.reader(texts, delimiter=delimiter, strict=True)
    found: list[_Line] = []
    rejected = [Rejected(line, reason) for line, reason in flaws.items()]
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return found, rejected
        except csv.Error:
            rejected.append(Rejected(line, BAD_QUOTE))
            continue
        found.append(_Line(line, [field.strip() for field in fields]))


def _table(
    path: Path, lines: Sequence[_Line], heads: Heads, *, needed: Sequence[str], rejected: Sequence[Rejected] = ()
) -> SmallTable:
    if len(lines) > MOST_ROWS + 1:
        raise FeedError(f"has more than {MOST_ROWS:,} rows: this is no such list", file=path)
    top = [(line, _columns(line.fields, heads)) for line in lines[:HEADER_ROWS]]
    if not top:
        raise FeedError("the table is empty", file=path)
    header, at = max(top, key=lambda one: len(one[1]))
    known = ", ".join(field for field in header.fields[:40] if field)
    for name in needed:
        if name not in at:
            wanted = " or ".join(heads[name])
            raise FeedError(
                f"there is no column called {wanted}; found: {known}", file=path, line=header.line, key=name
            )
    for name, places in at.items():
        if len(places) > 1:
            twice = " and ".join(repr(header.fields[place]) for place in places)
            raise FeedError(f"two columns say the same: {twice}", file=path, line=header.line, key=name)
    rows, bad = [], list(rejected)
    for line, fields in lines:
        if line <= header.line or not any(fields):
            continue
        if any(fields[len(header.fields) :]):
            bad.append(Rejected(line, TOO_WIDE))
        else:
            values = {name: fields[place] if place < len(fields) else "" for name, (place,) in at.items()}
            rows.append(TableRow(line, values))
    called = {name: header.fields[place] for name, (place,) in at.items()}
    return SmallTable(path, header.line, called, tuple(rows), tuple(sorted(bad, key=lambda one: one.line)))


def _columns(fields: Sequence[str], heads: Heads) -> dict[str, list[int]]:
    """Where in a row each column's name stands: more than one place where several of its names do."""
    keys = [_key(field) for field in fields]
    found = {}
    for name, names in heads.items():
        wanted = [_key(one) for one in names]
        if places := [place for place, key in enumerate(keys) if key in wanted]:
            found[name] = places
    return found


def _key(name: str) -> str:
    return "".join(plain(name).split()).casefold()
