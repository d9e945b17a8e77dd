"""The cases of a finished run: one record a case, from the table of cases and the places the journal gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from twin.domain.route import Spot
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
    spot: Spot


def cases_shown(table: pa.Table, places: Mapping[int, Spot]) -> tuple[PastCase, ...]:
    """All cases of a run, by the instant they were reported, then by number.

    Raises
    ------
    JournalError : the table lacks a column, or names a case the journal does not.
    """
    missing = [name for name in _COLUMNS if name not in table.column_names]
    if missing:
        raise JournalError("the table of cases lacks a column: run it again", file="cases.parquet", key=missing[0])
    rows = table.select(list(_COLUMNS)).to_pylist()
    try:
        shown = [PastCase(**row, spot=places[row["case"]]) for row in rows]
    except KeyError as error:
        raise JournalError(f"the journal has no case {error}: run it again", file="cases.parquet") from error
    return tuple(sorted(shown, key=lambda case: (case.reported_at, case.case)))
