"""Column tables from rows that arrive one by one: a chunk of rows waits as tuples, the rest is Arrow already."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from twin.domain.quantities import SECOND

Value = int | str | bool | None
CHUNK = 16_384


class Rows:
    """Rows of one schema.

    Parameters
    ----------
    schema : names and types of the columns. The first, `order`, only says where a row belongs and is dropped.
    """

    def __init__(self, schema: Mapping[str, pa.DataType]) -> None:
        self.schema = pa.schema([("order", pa.int64()), *schema.items()])
        self._pending: list[tuple[Value, ...]] = []
        self._chunks: list[pa.RecordBatch] = []

    def add(self, row: tuple[Value, ...]) -> None:
        """Take in one row: its place in the order, then its values."""
        self._pending.append(row)
        if len(self._pending) >= CHUNK:
            self._pack()

    def table(self) -> pa.Table:
        """All rows, in their order."""
        self._pack()
        table = pa.Table.from_batches(self._chunks, self.schema)
        return table.sort_by("order").drop_columns("order").combine_chunks()

    def _pack(self) -> None:
        if self._pending:
            columns = zip(*self._pending, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, self.schema, strict=True)]
            self._chunks.append(pa.RecordBatch.from_arrays(arrays, schema=self.schema))
            self._pending = []


def span_s(table: pa.Table, start: str, end: str) -> tuple[pa.Array, int]:
    """Seconds between two columns of instants, and how many would have been negative.

    Null where an instant is missing, or where the end contradicts the start by coming first.
    """
    span_us = pc.subtract(table[end], table[start])
    negative = pc.less(span_us, 0)
    kept = pc.if_else(negative, None, span_us)
    return pc.divide(kept.cast(pa.float64()), float(SECOND)), pc.sum(negative).as_py() or 0
