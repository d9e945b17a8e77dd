"""The columnar journal of a run folder: facts flow in chunk by chunk, one row group each, and come back as they were.

The file appears under its name only when it is complete (written beside it, synced, renamed), and every page carries a
checksum: what can be opened and read through is what was recorded.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from twin.domain.facts import Fact
from twin.errors import JournalError
from twin.journal.columns import SCHEMA, TEXT, facts_in, facts_table

SCHEMA_VERSION = 1
_KEY = b"gridtwin"
_TEXTS = [field.name for field in SCHEMA if field.type == TEXT]
_NUMBERS = [field.name for field in SCHEMA if field.type == pa.int64()] + [
    f"{field.name}.list.element" for field in SCHEMA if field.type == pa.list_(pa.int64())
]
"""Most numbers of a fact are near those of the fact before it: their differences are small."""


class ParquetStore:
    """A store that keeps facts in one Parquet file, there once it is closed.

    Parameters
    ----------
    path : the file to be; a file of that name is replaced on closing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._partial = path.with_name(f".{path.name}.partial")
        self._writer: pq.ParquetWriter | None = None
        self._closed = False

    def write(self, facts: Sequence[Fact], *, first: int, remarks: Mapping[int, str]) -> None:
        """Keep facts number `first` and following; `remarks` by number of the fact."""
        table = facts_table(facts, first=first, remarks=remarks)
        self._open().write_table(table, row_group_size=max(1, len(facts)))

    def close(self) -> None:
        """Complete the file and give it its name; closing again changes nothing."""
        if self._closed:
            return
        self._open().close()
        self._closed = True
        with self._partial.open("rb") as written:
            os.fsync(written.fileno())
        self._partial.replace(self.path)

    def abandon(self) -> None:
        """Throw away what was written so far; an older file of that name stays as it is."""
        if self._writer is not None and not self._closed:
            self._writer.close()
            self._partial.unlink()
        self._closed = True

    def __enter__(self) -> ParquetStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _open(self) -> pq.ParquetWriter:
        if self._closed:
            raise JournalError("the journal is closed", file=self.path)
        if self._writer is None:
            about = json.dumps({"schema": SCHEMA_VERSION}).encode()
            self._writer = pq.ParquetWriter(
                self._partial,
                SCHEMA.with_metadata({_KEY: about}),
                compression="zstd",
                use_dictionary=_TEXTS,
                column_encoding=dict.fromkeys(_NUMBERS, "DELTA_BINARY_PACKED"),
                write_statistics=["seq", "at"],
                write_page_checksum=True,
            )
        return self._writer


def read_journal(path: Path) -> Iterator[list[Fact]]:
    """The facts of a journal file in the order they were recorded, one list a row group.

    Raises
    ------
    JournalError : the file is not there, damaged, cut short, or written by a version with another schema.
    """
    following: int | None = None
    for table in _row_groups(path):
        with _damage_told(path):
            seq = table["seq"].to_numpy()
            if seq.size and np.any(seq != np.arange(seq.size) + (seq[0] if following is None else following)):
                raise JournalError("facts are missing or out of order", key="seq")
            facts = facts_in(table)
        following = int(seq[-1]) + 1 if seq.size else following
        yield facts


def read_remarks(path: Path) -> dict[int, str]:
    """What was remarked beside the facts of a journal file, by number of the fact.

    Raises
    ------
    JournalError : as `read_journal`.
    """
    remarks: dict[int, str] = {}
    for table in _row_groups(path, columns=["seq", "remark"]):
        said = table.filter(table["remark"].is_valid())
        remarks.update(zip(said["seq"].to_pylist(), said["remark"].to_pylist(), strict=True))
    return remarks


def _row_groups(path: Path, *, columns: list[str] | None = None) -> Iterator[pa.Table]:
    with _damage_told(path):
        file = pq.ParquetFile(path, page_checksum_verification=True)
    with file:
        _check(file.schema_arrow, path)
        for group in range(file.num_row_groups):
            with _damage_told(path):
                table = file.read_row_group(group, columns=columns)
            yield table


def _check(schema: pa.Schema, path: Path) -> None:
    about = (schema.metadata or {}).get(_KEY)
    if about is None:
        raise JournalError("this is a Parquet file, but not a journal", file=path)
    version = json.loads(about).get("schema")
    if version != SCHEMA_VERSION:
        raise JournalError(f"its schema is {version!r}; this version of gridtwin reads {SCHEMA_VERSION}", file=path)
    if not schema.equals(SCHEMA):
        odd = sorted(set(schema.names) ^ set(SCHEMA.names)) or ["types"]
        raise JournalError(f"its columns are not those of schema {SCHEMA_VERSION}: {', '.join(odd)}", file=path)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Say which file it was that could not be read, and in the words of the house."""
    try:
        yield
    except FileNotFoundError as error:
        raise JournalError("there is no such journal", file=path) from error
    except (pa.ArrowException, OSError) as error:
        raise JournalError(f"the journal is damaged or cut short ({error})", file=path) from error
    except JournalError as error:
        raise JournalError(error.message, file=path, key=error.key) from error
