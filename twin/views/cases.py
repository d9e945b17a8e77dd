"""The cases of a finished run as its tables show them: one record a case, from `cases.parquet`."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from twin.errors import JournalError

_COLUMNS = ("case", "ref", "area", "matter", "priority", "reported_at", "closed_at", "response_s", "n_units")


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case. `response_s` is reported → first unit on scene, None where none came or the stamps contradict themselves.

    `ref` is free text from a feed: it is shown in tables only, never as part of a page's markup.
    """

    case: int
    ref: str
    area: str
    matter: str
    priority: int
    reported_at: int
    closed_at: int | None
    response_s: float | None
    n_units: int


def cases_shown(table: pa.Table) -> tuple[PastCase, ...]:
    """All cases of a run, by the instant they were reported, then by number.

    Raises
    ------
    JournalError : the table lacks a column.
    """
    missing = [name for name in _COLUMNS if name not in table.column_names]
    if missing:
        raise JournalError("the table of cases lacks a column: run it again", file="cases.parquet", key=missing[0])
    shown = [PastCase(**row) for row in table.select(list(_COLUMNS)).to_pylist()]
    return tuple(sorted(shown, key=lambda case: (case.reported_at, case.case)))
