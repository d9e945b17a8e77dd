"""Rows that cannot be used: file, line, reason and column of each in `quarantine.csv`, and a count of each reason."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from city_data.feeds.rows import Rejected

HEADER = ("file", "line", "reason", "column")


class QuarantineWriter:
    """Writes rejected rows as they come; the content of a row is never repeated.

    Parameters
    ----------
    path : the CSV file; made anew, with its header, even when nothing is rejected.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self._stream: TextIO | None = None

    def __enter__(self) -> Self:
        self._stream = self.path.open("w", encoding="utf-8", newline="")
        csv.writer(self._stream).writerow(HEADER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    @property
    def n_rejected(self) -> int:
        """Rows written so far."""
        return self.counts.total()

    def write(self, rejected: Rejected, *, file: str) -> None:
        """Note one row of `file` (its name, not its path: run folders travel)."""
        if self._stream is None:
            raise ValueError("the quarantine is not open: use it in a `with` block")
        self.counts[rejected.reason] += 1
        csv.writer(self._stream).writerow((_inert(file), rejected.line, rejected.reason, _inert(rejected.column or "")))


def _inert(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
