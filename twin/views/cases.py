"""Cases as they are shown: one record a case, from the table of cases and the places the journal gives them.

In: `cases.parquet` as a table, and where each case is. Out: `CaseShown` in the order they were reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from twin.domain.route import Spot
from twin.errors import JournalError

_COLUMNS = (
    "case",
    "ref",
    "area",
    "matter",
    "priority",
    "reported_at",
    "closed_at",
    "response_s",
    "n_units",
)


@dataclass(frozen=True, slots=True)
class CaseShown:
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

    def is_open(self, at: int) -> bool:
        """Whether it is reported and not yet closed at an instant (microseconds since the epoch)."""
        return self.reported_at <= at and (self.closed_at is None or self.closed_at > at)


def cases_shown(table: pa.Table, places: Mapping[int, Spot]) -> tuple[CaseShown, ...]:
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
        shown = [CaseShown(**row, spot=places[row["case"]]) for row in rows]
    except KeyError as error:
        raise JournalError(f"the journal has no case {error}: run it again", file="cases.parquet") from error
    return tuple(sorted(shown, key=lambda case: (case.reported_at, case.case)))


def drawn(cases: tuple[CaseShown, ...], *, open_at: int | None, most: int) -> tuple[tuple[CaseShown, ...], int]:
    """The latest cases to draw, and how many there are in all.

    Parameters
    ----------
    open_at : only those open at this instant; None for all of the run.
    most : how many at most are drawn.
    """
    wanted = cases if open_at is None else tuple(case for case in cases if case.is_open(open_at))
    return wanted[-most:], len(wanted)
