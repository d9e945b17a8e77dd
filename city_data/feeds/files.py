"""Reads the rows of a feed file, whatever its format, one at a time and in flat memory.

In: a file and its mapping. Out: `Row`s with the mapped columns and `Rejected`s, both with line numbers. Formats are
told by content: CSV (also `,` `;` tab `|`), JSON Lines, JSON array, Parquet, .xlsx; the first three also as gzip or
bzip2.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from city_data.feeds.blocks import MOST_FIELD_BYTES, TOO_LONG
from city_data.feeds.encoding import TextEncoding, text_lines
from city_data.feeds.header import Header, positions
from city_data.feeds.json_array import MOST_DEPTH, TOO_DEEP, array_elements
from city_data.feeds.layout import Layout, find_layout
from city_data.feeds.mapping import FeedMapping, FileFormat
from city_data.feeds.rows import Rejected, Row
from city_data.feeds.xlsx_book import open_workbook
from city_data.feeds.xlsx_rows import sheet_rows
from twin.errors import FeedError

NOT_JSON = "is not JSON"
NOT_AN_OBJECT = "is JSON, but not an object"
WRONG_WIDTH = "the number of fields is not the header's"
BAD_QUOTE = "a quote is not closed or stands where none may; lines up to the next quote are lost with it"

_PARQUET_BATCH = 4096


def read_rows(path: Path, mapping: FeedMapping, *, layout: Layout | None = None) -> Iterator[Row | Rejected]:
    """Rows of a file, each with the columns of `mapping.columns` in that order.

    Parameters
    ----------
    layout : of the file, where it has been found already.

    Raises
    ------
    FeedError : missing, empty, of no known format, damaged or cut short (after the rows up to there), or without a
        column that the mapping names. JSON leaves out what it has no value for: there, only columns that every row
        needs are missed.
    """
    layout = layout or find_layout(path, mapping)
    match layout:
        case Layout(FileFormat.CSV, TextEncoding() as encoding, str() as delimiter, Header() as header):
            return _csv_rows(path, mapping, encoding.name, delimiter=delimiter, header=header)
        case Layout(FileFormat.JSON_LINES, TextEncoding() as encoding):
            return _json_rows(path, mapping, _json_lines(path, encoding.name))
        case Layout(FileFormat.XLSX, header=Header() as header):
            return sheet_rows(open_workbook(path), header, mapping)
        case Layout(FileFormat.PARQUET):
            return _parquet_rows(path, mapping)
        case _:
            return _json_rows(path, mapping, array_elements(path))


def _csv_rows(
    path: Path, mapping: FeedMapping, encoding: str, *, delimiter: str, header: Header
) -> Iterator[Row | Rejected]:
    flaws: dict[int, str] = {}
    lines = text_lines(path, encoding, flaws)
    for above in range(1, header.line + 1):
        next(lines, "")
        flaws.pop(above, None)
    pick = _picker(positions(header, mapping.columns, file=path))
    # Strict, for else a quote left open in the last column would swallow the rest of the file without a word.
    reader, width = csv.reader(lines, delimiter=delimiter, strict=True), len(header.names)
    while True:
        line = reader.line_num + header.line + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(line, TOO_LONG if "limit" in str(error) else BAD_QUOTE)
            continue
        if flaws and (reasons := _flaws_within(flaws, line, reader.line_num + header.line)):
            yield from reasons
        elif len(fields) == width:
            yield Row(line, pick(fields), hash(tuple(fields)))
        elif fields:
            yield Rejected(line, WRONG_WIDTH if reader.line_num + header.line == line else BAD_QUOTE)


def _flaws_within(flaws: dict[int, str], first: int, last: int) -> list[Rejected]:
    return [Rejected(line, flaws.pop(line)) for line in range(first, last + 1) if line in flaws]


def _picker(positions: Sequence[int]) -> itemgetter[tuple[object, ...]]:
    """A mapping has at least three columns, so that `itemgetter` gives a tuple."""
    return itemgetter(*positions)


def _json_lines(path: Path, encoding: str) -> Iterator[tuple[int, bytes | str]]:
    flaws: dict[int, str] = {}
    for line, text in enumerate(text_lines(path, encoding, flaws), 1):
        if flaws and line in flaws:
            yield line, flaws.pop(line)
        elif not text.isspace():
            yield line, text.encode()


def _json_rows(
    path: Path, mapping: FeedMapping, elements: Iterator[tuple[int, bytes | str]]
) -> Iterator[Row | Rejected]:
    columns, unseen = mapping.columns, list(mapping.needed_columns)
    n_rows = 0
    decode = msgspec.json.Decoder().decode
    for line, element in elements:
        if isinstance(element, str):
            yield Rejected(line, element)
            continue
        try:
            record = decode(element)
        except RecursionError:
            yield Rejected(line, TOO_DEEP)
            continue
        except (msgspec.DecodeError, UnicodeDecodeError):
            yield Rejected(line, NOT_JSON)
            continue
        if not isinstance(record, dict):
            yield Rejected(line, NOT_AN_OBJECT)
        elif _is_deeper(record, MOST_DEPTH):
            yield Rejected(line, TOO_DEEP)
        else:
            n_rows += 1
            if unseen:
                unseen = [column for column in unseen if column not in record]
            yield Row(line, tuple(map(record.get, columns)), hash(element))
    if unseen and n_rows:
        raise FeedError(f"none of its {n_rows} rows has this key", file=path, key=unseen[0])


def _is_deeper(value: object, most: int) -> bool:
    """Whether `value` is nested more than `most` levels deep."""
    if isinstance(value, dict):
        return most == 0 or any(_is_deeper(part, most - 1) for part in value.values() if isinstance(part, dict | list))
    if isinstance(value, list):
        return most == 0 or any(_is_deeper(part, most - 1) for part in value if isinstance(part, dict | list))
    return False


def _parquet_rows(path: Path, mapping: FeedMapping) -> Iterator[Row | Rejected]:
    columns = mapping.columns
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            wanted = [names[position] for position in positions(Header(1, names), columns, file=path)]
            n_rows = 0
            for batch in file.iter_batches(_PARQUET_BATCH, columns=wanted):
                by_column = [batch.column(batch.schema.get_field_index(name)).to_pylist() for name in wanted]
                for line, values in enumerate(zip(*by_column, strict=True), n_rows + 1):
                    if any(isinstance(value, str) and len(value) > MOST_FIELD_BYTES for value in values):
                        yield Rejected(line, TOO_LONG)
                    else:
                        yield Row(line, values, hash(repr(values)))
                n_rows += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise FeedError(f"is not readable Parquet: {str(error).splitlines()[0]}", file=path) from error
