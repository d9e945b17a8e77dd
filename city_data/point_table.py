"""Tables of points as offices export them, column by column: CSV (plain, .gz, .bz2) or Parquet.

In: a file. Out: a `PointTable` whose columns are found by any of their usual names, Chinese ones too, and whose errors
name the line. CSV is read as UTF-8, with or without its mark, or as GB18030 where it is not UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from city_data.stations import LAT_KEYS, LON_KEYS
from city_data.unpack import unpacked
from twin.errors import CityError

LON, LAT = (*LON_KEYS, "经度"), (*LAT_KEYS, "纬度")
_PARQUET = b"PAR1"


@dataclass(frozen=True, slots=True, eq=False)
class PointTable:
    """Columns of text, and where they come from.

    Parameters
    ----------
    file : for messages.
    table : pyarrow table, all columns strings.
    data : the plain bytes, to find the line of a row; empty where rows have no lines.
    encoding : "utf-8", "gb18030", or "" for Parquet.
    """

    file: Path
    table: Any
    data: bytes
    encoding: str

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    def find(self, names: Sequence[str]) -> str | None:
        """The column that is called one of these names, whatever its capitals."""
        known = {column.strip().lower(): column for column in self.table.column_names}
        return next((known[name.lower()] for name in names if name.lower() in known), None)

    def need(self, names: Sequence[str]) -> str:
        """The column that is called one of these names.

        Raises
        ------
        CityError : there is none.
        """
        if (column := self.find(names)) is None:
            has = ", ".join(self.table.column_names[:20])
            raise CityError(
                f"the table has no column called {' or '.join(names)}; it has {has}", file=self.file, line=1
            )
        return column

    def texts(self, column: str) -> Any:
        """A column of stripped strings, "" where empty: pyarrow array."""
        return pc.fill_null(pc.utf8_trim_whitespace(self.table[column].combine_chunks()), "")

    def numbers(self, column: str, *, low: float, high: float) -> NDArray[np.float64]:
        """A column of numbers, NaN where empty: float64 (n_rows,).

        Raises
        ------
        CityError : a text that is no number, or a number beyond `low` or `high`.
        """
        texts = self.texts(column)
        filled = pc.if_else(pc.equal(texts, ""), None, texts)
        try:
            values = pc.cast(filled, pa.float64())
        except pa.ArrowInvalid:
            bad = next(row for row, text in enumerate(texts.to_pylist()) if text and not _is_number(text))
            raise self.refusal(f"{texts[bad].as_py()[:40]!r} is not a number", row=bad, key=column) from None
        found: NDArray[np.float64] = values.to_numpy(zero_copy_only=False).astype(np.float64)
        with np.errstate(invalid="ignore"):
            beyond = np.flatnonzero((found < low) | (found > high) | np.isinf(found))
        if len(beyond):
            raise self.refusal(f"{found[beyond[0]]:g} lies outside {low:g}..{high:g}", row=int(beyond[0]), key=column)
        return found

    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes and latitudes, degrees, NaN where empty; each float64 (n_rows,)."""
        lon = self.numbers(self.need(LON), low=-180, high=180)
        return lon, self.numbers(self.need(LAT), low=-90, high=90)

    def refusal(self, message: str, *, row: int, key: str) -> CityError:
        """An error that names the line of a row, counted from 0."""
        return CityError(message, file=self.file, line=self._line(row), key=key)

    def _line(self, row: int) -> int:
        if not self.data:
            return row + 1
        rows = csv.reader(io.StringIO(self.data.decode(self.encoding), newline=""))
        n_met = -2
        for fields in rows:
            n_met += bool(fields)
            if n_met == row:
                break
        return rows.line_num


def read_point_table(path: Path) -> PointTable:
    """A table from a file.

    Raises
    ------
    CityError : not a table, no row in it, or text that is neither UTF-8 nor GB18030.
    """
    data = unpacked(path)
    if data.startswith(_PARQUET):
        try:
            table, encoding, data = pq.read_table(io.BytesIO(data)), "", b""
        except (pa.ArrowException, OSError) as error:
            raise CityError(f"not readable Parquet: {str(error).splitlines()[0]}", file=path) from error
        table = pa.table({name: pc.cast(table[name], pa.string()) for name in table.column_names})
    else:
        data = data.removeprefix(b"\xef\xbb\xbf")
        encoding = _encoding(data, path)
        table = _csv(data, encoding, path)
    if len(set(table.column_names)) != len(table.column_names):
        twice = next(name for name in table.column_names if table.column_names.count(name) > 1)
        raise CityError("two columns have this name", file=path, line=1, key=twice)
    if not table.num_rows:
        raise CityError("the table has no row", file=path)
    return PointTable(path, table, data, encoding)


def _csv(data: bytes, encoding: str, path: Path) -> Any:
    text = data if encoding == "utf-8" else data.decode(encoding).encode()
    head = text[: text.find(b"\n")]
    delimiter = max(",;\t|", key=lambda sign: head.count(sign.encode()))
    names = next(csv.reader([head.decode().rstrip("\r\n")], delimiter=delimiter), [])
    try:
        return pa_csv.read_csv(
            io.BytesIO(text),
            read_options=pa_csv.ReadOptions(use_threads=False),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, pa.ArrowKeyError) as error:
        raise CityError(f"not a table: {str(error).splitlines()[0][:160]}", file=path) from error


def _encoding(data: bytes, path: Path) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if b"\x00" in data:
            break
        return encoding
    raise CityError("this is not a table: its text is neither UTF-8 nor GB18030", file=path)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
