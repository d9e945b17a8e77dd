"""What a reader of files gives for each row: the row, or why it could not be read, both with their line."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The wanted columns of one row.

    Parameters
    ----------
    line : where the row starts, counted from 1; in Parquet, which has no lines, the number of the row.
    values : one a wanted column; text in CSV, whatever the file says otherwise, None where a JSON row lacks the key.
    fingerprint : hash of the whole row, other columns included; equal rows have equal ones in one process.
    """

    line: int
    values: tuple[object, ...]
    fingerprint: int


class Rejected(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A row that cannot be used. Carries no content: rows may hold what citizens said.

    Parameters
    ----------
    line : as in `Row`.
    reason : one of a small number of sentences, so that they can be counted.
    column : the column it is about, where it is about one.
    """

    line: int
    reason: str
    column: str | None = None
