"""How a feed file is laid out: its format, encoding, sheet, and the row of its header. Found before a row is read.

In: a file and its mapping. Out: a `Layout`, which the reader follows and the quality page and the manifest state.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from city_data.feeds.blocks import MOST_FIELD_BYTES, is_compressed, read_head
from city_data.feeds.encoding import TextEncoding, ToldBy, detect_encoding, text_lines
from city_data.feeds.header import HEADER_ROWS, Header, best_header, positions
from city_data.feeds.mapping import AUTO, FeedMapping, FileFormat
from city_data.feeds.xlsx_book import open_workbook
from city_data.feeds.xlsx_rows import find_sheet
from twin.errors import FeedError

_DELIMITERS = (",", ";", "\t", "|")
_PARQUET, _ZIP, _OLE = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read.

    Parameters
    ----------
    encoding : of text.
    delimiter : of CSV.
    header : of CSV and of workbooks.
    """

    format: FileFormat
    encoding: TextEncoding | None = None
    delimiter: str | None = None
    header: Header | None = None

    def described(self) -> str:
        """In one line."""
        parts = [str(self.format)]
        if self.encoding is not None:
            parts.append(self.encoding.described())
        if self.header is not None:
            sheet = "" if self.header.sheet is None else f"sheet {self.header.sheet!r}, "
            parts.append(f"{sheet}header in row {self.header.line}")
        return ", ".join(parts)

    def as_dict(self) -> dict[str, object]:
        """For the manifest and for programs; only what there is to say."""
        encoding, header = self.encoding, self.header
        said = {
            "format": str(self.format),
            "encoding": None if encoding is None else encoding.name,
            "encoding_told_by": None if encoding is None else str(encoding.told_by),
            "n_lines_misfit": None if encoding is None else encoding.n_misfits,
            "sheet": None if header is None else header.sheet,
            "header_row": None if header is None else header.line,
        }
        return {key: value for key, value in said.items() if value is not None}


def find_layout(path: Path, mapping: FeedMapping) -> Layout:
    """How a file is laid out.

    Raises
    ------
    FeedError : missing, empty, of no known format, or without a column that the mapping names.
    """
    file_format = mapping.format or sniff_format(path)
    match file_format:
        case FileFormat.CSV:
            encoding = _encoding(path, mapping)
            delimiter, header = _csv_header(path, mapping, encoding.name)
            return Layout(file_format, encoding, delimiter, header)
        case FileFormat.JSON_LINES:
            return Layout(file_format, _encoding(path, mapping))
        case FileFormat.XLSX:
            return Layout(file_format, header=find_sheet(open_workbook(path), mapping))
        case _:
            return Layout(file_format)


def sniff_format(path: Path) -> FileFormat:
    """The format of a file, told by its first bytes.

    Raises
    ------
    FeedError : missing, empty, or none of the known formats.
    """
    head = read_head(path)
    if head.startswith((_PARQUET, _ZIP)):
        name = "Parquet" if head.startswith(_PARQUET) else "a zip archive or workbook"
        if is_compressed(path):
            raise FeedError(f"is {name} inside gzip or bzip2: unpack it first", file=path)
        return FileFormat.PARQUET if head.startswith(_PARQUET) else FileFormat.XLSX
    if head.startswith(_OLE):
        raise FeedError("is an old or protected workbook (.xls): save it as .xlsx, without a password", file=path)
    if head.startswith(_UTF16):
        raise FeedError("is UTF-16 text: save it as CSV in UTF-8", file=path)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return FileFormat.JSON_ARRAY
    if start.startswith(b"{"):
        return FileFormat.JSON_LINES
    if b"\x00" in head or not start or start.startswith(b"<"):
        raise FeedError("is neither CSV, JSON Lines, a JSON array, Parquet nor .xlsx", file=path)
    return FileFormat.CSV


def _encoding(path: Path, mapping: FeedMapping) -> TextEncoding:
    if mapping.encoding == AUTO:
        return detect_encoding(path)
    return TextEncoding(mapping.encoding, ToldBy.MAPPING)


def _csv_header(path: Path, mapping: FeedMapping, encoding: str) -> tuple[str, Header]:
    # The one limit the csv module has is for the whole process; it is only ever widened to ours.
    csv.field_size_limit(max(csv.field_size_limit(), MOST_FIELD_BYTES))
    flaws: dict[int, str] = {}
    delimiters: dict[int, str] = {}

    def rows() -> Iterator[Header]:
        for line, text in enumerate(islice(text_lines(path, encoding, flaws), HEADER_ROWS), 1):
            delimiters[line] = mapping.delimiter or max(_DELIMITERS, key=text.count)
            names = next(csv.reader([text], delimiter=delimiters[line]), [])
            yield Header(line, [name.strip() for name in names])

    header = best_header(rows(), mapping.columns) or Header(1, [])
    if header.line in flaws:
        raise FeedError(f"the header {flaws[header.line]}", file=path, line=header.line)
    positions(header, mapping.columns, file=path)
    return delimiters[header.line], header
