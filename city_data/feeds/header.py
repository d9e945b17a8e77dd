"""Where is the header of a table, and where in it are the mapping's columns? Titles may stand above it.

In: the first rows of a table. Out: the number of the header's row, and a position for each column. Names are compared
as they are, else without full-width signs, spaces and line ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from city_data.feeds.plain import plain
from twin.errors import FeedError

HEADER_ROWS = 20
"""The header is looked for in so many rows."""
_MOST_NAMES = 40


class Header(NamedTuple):
    """A header: the number of its row, and the names in it. `sheet` of a workbook."""

    line: int
    names: Sequence[str]
    sheet: str | None = None


def best_header(rows: Iterable[Header], columns: Sequence[str]) -> Header | None:
    """The first row that names all columns; else the first of those that name most of them; None without rows."""
    best, most = None, -1
    for row in rows:
        keys = [_key(name) for name in row.names]
        n_found = sum(_key(column) in keys for column in columns)
        if n_found > most:
            best, most = row, n_found
        if n_found == len(columns):
            break
    return best


def positions(header: Header, columns: Sequence[str], *, file: Path) -> list[int]:
    """Where each column stands.

    Raises
    ------
    FeedError : one is not there, or there twice.
    """
    keys = [_key(name) for name in header.names]
    found = []
    for column in columns:
        same = [place for place, name in enumerate(header.names) if name == column]
        same = same or [place for place, key in enumerate(keys) if key == _key(column)]
        if len(same) != 1:
            wrong = "there is no such column" if not same else f"{len(same)} columns have this name"
            known = ", ".join(name for name in header.names[:_MOST_NAMES] if name)
            where = "the file" if header.sheet is None else f"sheet {header.sheet!r}"
            raise FeedError(f"{wrong}; {where} has: {known}", file=file, line=header.line, key=column)
        found.append(same[0])
    return found


def _key(name: str) -> str:
    return "".join(plain(name).split())
