"""Small feeds for the tests: one way to say a row, and every format it can be written in."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from city_data.feeds.mapping import FeedMapping
from city_data.feeds.response import Response, ResponseReader
from city_data.feeds.rows import Rejected, Row

Record = dict[str, Any]

COLUMNS = ("call", "unit", "kind", "type", "level", "received", "sent", "there", "free", "lon", "lat")


def record(**changes: Any) -> Record:
    """A good row; `changes` replace its values."""
    good = {
        "call": "c1",
        "unit": "E01",
        "kind": "ENGINE",
        "type": "Fire",
        "level": "3",
        "received": "2018-01-14 10:00:00",
        "sent": "2018-01-14 10:01:00",
        "there": "2018-01-14 10:05:00",
        "free": "2018-01-14 10:20:00",
        "lon": "-122.41",
        "lat": "37.79",
    }
    return {**good, **changes}


def mapping(**changes: Any) -> FeedMapping:
    """A mapping for such rows; `changes` replace its top-level keys."""
    told: Record = {
        "name": "sample",
        "id": {"case": "call", "unit": "unit"},
        "stamps": stamps(),
        "category": {"column": "type", "matters": {"Fire": "fire"}},
        "priority": {"column": "level", "levels": {"3": 1, "2": 2}, "default": 2},
        "place": {"lon": "lon", "lat": "lat"},
        "unit": {
            "kind": "kind",
            "skills": {"ENGINE": "engine"},
            "default_skill": "other",
            "station": r"^[ET]0*(\d+)$",
            "headline": ["ENGINE"],
        },
    }
    return FeedMapping.model_validate({**told, **changes})


def stamps(**changes: Any) -> Record:
    columns = {"reported": "received", "dispatched": "sent", "arrived": "there", "freed": "free"}
    return {"zone": "America/Los_Angeles", "columns": columns, **changes}


def response_of(one: Record, told: FeedMapping | None = None) -> Response | Rejected:
    """What one row says under a mapping."""
    reader = ResponseReader(told or mapping())
    return reader.read(Row(2, tuple(one.get(column) for column in reader.mapping.columns), 0))


def as_csv(records: list[Record], *, delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, records[0].keys(), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def as_json_lines(records: list[Record]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def as_json_array(records: list[Record]) -> bytes:
    return json.dumps(records, indent=1).encode()


def as_parquet(records: list[Record]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(records), sink)
    return bytes(sink.getvalue())


class Formula(NamedTuple):
    """A formula, and the value that was stored with it."""

    text: str
    value: str | float


def as_workbook(sheets: dict[str, list[list[Any]]], **options: bool) -> bytes:
    """A workbook of sheets of rows; empty text becomes a cell with a format and no value."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": "constant_memory" not in options, **options}) as book:
        moments = book.add_format({"num_format": "yyyy/m/d h:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, Formula):
                        sheet.write_formula(line, column, value.text, None, value.value)
                    elif isinstance(value, datetime):
                        sheet.write_datetime(line, column, value, moments)
                    elif isinstance(value, str) and value:
                        sheet.write_string(line, column, value)
                    elif isinstance(value, int | float):
                        sheet.write_number(line, column, value)
                    else:
                        sheet.write_blank(line, column, None, moments)
    return stream.getvalue()


def as_xlsx(records: list[Record], **options: bool) -> bytes:
    return as_workbook({"Sheet1": [list(records[0]), *(list(one.values()) for one in records)]}, **options)


WRITERS = {
    "csv": as_csv,
    "csv with semicolons": lambda records: as_csv(records, delimiter=";"),
    "csv.gz": lambda records: gzip.compress(as_csv(records), mtime=0),
    "csv.bz2": lambda records: bz2.compress(as_csv(records)),
    "csv with a byte order mark": lambda records: b"\xef\xbb\xbf" + as_csv(records),
    "csv with old line ends": lambda records: as_csv(records).replace(b"\n", b"\r"),
    "csv with line ends of DOS": lambda records: as_csv(records).replace(b"\n", b"\r\n"),
    "jsonl": as_json_lines,
    "jsonl.gz": lambda records: gzip.compress(as_json_lines(records), mtime=0),
    "json": as_json_array,
    "json with a byte order mark": lambda records: b"\xef\xbb\xbf" + as_json_array(records),
    "parquet": as_parquet,
    "xlsx": as_xlsx,
    "xlsx with texts in their cells": lambda records: as_xlsx(records, constant_memory=True),
}


def written(folder: Path, records: list[Record], kind: str = "csv") -> Path:
    """A file of these rows; its name says nothing about its format."""
    path = folder / "feed.data"
    path.write_bytes(WRITERS[kind](records))
    return path
