"""Exact counting over millions of rows in flat memory: keys go to disk in parts, and each part is looked at alone.

In: arrays of integer keys with what belongs to them. Out: the same, part by part, so that equal keys are always in the
same part. Little stays in memory and is never written; much goes to a temporary folder (8 bytes a number).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

N_PARTS = 256
"""Enough that even the jobs of a few dozen units, which cannot be parted further, fall into small parts."""
_SHIFT = np.uint64(64 - 8)
MOST_IN_MEMORY = 1 << 17
"""Rows that are kept before they are written: 1 MB a column."""


class Spill:
    """Rows of int64 whose first column is the key.

    Parameters
    ----------
    folder : temporary folder that outlives the spill.
    name : of its files there.
    n_columns : numbers a row, key included.
    """

    def __init__(self, folder: Path, name: str, *, n_columns: int) -> None:
        self._files = [folder / f"{name}-{part}.bin" for part in range(N_PARTS)]
        self._n_columns = n_columns
        self._waiting: list[NDArray[np.int64]] = []
        self._n_waiting = 0
        self._is_written = False

    def add(self, *columns: NDArray[np.int64]) -> None:
        """Add rows, one array a column, each shape (n,)."""
        rows = np.column_stack(columns)
        self._waiting.append(rows)
        self._n_waiting += len(rows)
        if self._n_waiting >= MOST_IN_MEMORY:
            self._write()

    def parts(self) -> Iterator[NDArray[np.int64]]:
        """All rows, shape (n, n_columns) a part; equal keys are in one part, in the order they were added."""
        if not self._is_written:
            yield np.concatenate(self._waiting) if self._waiting else np.empty((0, self._n_columns), np.int64)
            return
        self._write()
        for file in self._files:
            if file.exists():
                yield np.fromfile(file, np.int64).reshape(-1, self._n_columns)

    def _write(self) -> None:
        if not self._waiting:
            return
        rows = np.concatenate(self._waiting)
        self._waiting, self._n_waiting, self._is_written = [], 0, True
        # Multiplying spreads keys whose low bits are alike.
        part_of = ((rows[:, 0].view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> _SHIFT).astype(np.intp)
        rows = rows[np.argsort(part_of, kind="stable")]
        ends = np.cumsum(np.bincount(part_of, minlength=N_PARTS))
        for file, begin, end in zip(self._files, np.concatenate(([0], ends[:-1])), ends, strict=True):
            if end > begin:
                with file.open("ab") as stream:
                    stream.write(np.ascontiguousarray(rows[begin:end]).tobytes())
