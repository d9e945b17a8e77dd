"""The closed loop of cases as columns: one row a case, when each step was done and by when it should have been.

A table of `LOOP_COLUMNS` flows in, arrays without nulls flow out, for the indicators, rankings and counters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.errors import GridtwinError
from twin.metrics.due import NEVER, Counted, Flags, Ints, Window, WindowRule, counted, happened

_INT, _TEXT, _BOOL = pa.int64(), pa.string(), pa.bool_()
_WHAT = {"case": _INT} | dict.fromkeys(("ref", "area", "grid", "matter", "kind"), _TEXT)
_WHOSE = {"priority": _INT} | dict.fromkeys(("department", "channel", "person"), _TEXT)
_INTAKE = {
    "reported_at": _INT,
    "valid": _BOOL,
    "accepted_at": _INT,
    "accept_due_at": _INT,
    "rejected": _BOOL,
    "registered_at": _INT,
    "register_due_at": _INT,
    "register_right": _BOOL,
    "not_registered": _BOOL,
}
_DISPATCH = {"dispatched_at": _INT, "dispatch_due_at": _INT, "dispatch_right": _BOOL, "n_returns": _INT}
_FIELD = dict.fromkeys(
    (
        *("verify_sent_at", "verified_at", "verify_due_at"),
        *("handled_at", "handle_due_at", "n_extensions", "suspended_us"),
        *("check_sent_at", "checked_at", "check_due_at", "n_reworks"),
    ),
    _INT,
)
_END = {"closed_at": _INT, "close_due_at": _INT, "void": _BOOL, "on_the_spot": _BOOL, "reopened": _INT}
_CITIZEN = {"visited_at": _INT, "resolved": _BOOL, "satisfied": _BOOL, "responded_at": _INT}

LOOP_COLUMNS: Mapping[str, pa.DataType] = _WHAT | _WHOSE | _INTAKE | _DISPATCH | _FIELD | _END | _CITIZEN
"""Names and types. Instants (`_at`) and spans (`_us`) are microseconds, limits end in `_due_at`.

`kind`: event or component. `person`: name of the unit that reported it, null for citizens. `valid`, `register_right`,
`dispatch_right`, `resolved`, `satisfied`: null where nobody has judged. `rejected`: not accepted; `not_registered`:
accepted, but no case of it was made; `void`: there was nothing. `dispatched_at`: the first time. `suspended_us`: on
hold so far. `visited_at`: a citizen was asked how it went. Flags and counts that have no instant of their own are as
they stood when the table was made: make it as of the end of the window to have figures as they stood then.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the loop: the columns of its limit and of its completion."""

    due: str
    done: str


ACCEPT = Step("accept_due_at", "accepted_at")
VERIFY = Step("verify_due_at", "verified_at")
REGISTER = Step("register_due_at", "registered_at")
DISPATCH = Step("dispatch_due_at", "dispatched_at")
HANDLE = Step("handle_due_at", "handled_at")
CHECK = Step("check_due_at", "checked_at")
CLOSE = Step("close_due_at", "closed_at")


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """Columns of the loop, shapes (n_cases,).

    Parameters
    ----------
    table : the cases, `LOOP_COLUMNS`.
    ints : int64; instants and priorities that are null are `NEVER`, counts and spans 0.
    yes, known : bool; whether a flag is set, and whether it is not null.
    gone : rejected, not registered, or void: nothing more is to be done.
    """

    table: pa.Table
    ints: Mapping[str, Ints]
    yes: Mapping[str, Flags]
    known: Mapping[str, Flags]
    gone: Flags

    def among(self, column: str, values: tuple[str, ...]) -> Flags:
        """Which cases have one of some values in a column of text."""
        named = pa.array(list(values), _TEXT)
        found: Flags = pc.is_in(self.table[column], named).to_numpy()
        return found

    def counted(self, step: Step, *, window: Window, rule: WindowRule) -> Counted:
        """Count a step. A case that is gone is due only for what was done; that it is gone does not close it."""
        due_at, done_at = self.ints[step.due], self.ints[step.done]
        if step is CLOSE:
            done_at = np.where(self.gone, NEVER, done_at)
        return self.counted_at(due_at, done_at, window=window, rule=rule)

    def counted_at(self, due_at: Ints, done_at: Ints, *, window: Window, rule: WindowRule) -> Counted:
        """As `counted`, for a limit that no column holds."""
        due_at = np.where(self.gone & (done_at == NEVER), NEVER, due_at)
        return counted(self.ints["reported_at"], due_at, done_at, window=window, rule=rule)

    def happened(self, column: str, *, window: Window, rule: WindowRule) -> Flags:
        """Which cases a window counts because of an instant that has no limit."""
        return happened(self.ints["reported_at"], self.ints[column], window=window, rule=rule)


def read_loop(table: pa.Table) -> Loop:
    """Make arrays of a case table.

    Raises
    ------
    GridtwinError : a column is missing or of another type.
    """
    for name, kind in LOOP_COLUMNS.items():
        place = table.schema.get_field_index(name)
        if place < 0:
            raise GridtwinError("is missing in the case table", key=name)
        if table.schema.field(place).type != kind:
            raise GridtwinError(f"is {table.schema.field(place).type} in the case table, not {kind}", key=name)
    ints, yes, known = {}, {}, {}
    for name, kind in LOOP_COLUMNS.items():
        column = table[name]
        if kind == _INT:
            is_instant = name.endswith("_at") or name == "priority"
            ints[name] = column.fill_null(NEVER if is_instant else 0).to_numpy()
        elif kind == _BOOL:
            yes[name] = column.fill_null(False).to_numpy()
            known[name] = column.is_valid().to_numpy()
    return Loop(table, ints, yes, known, gone=yes["rejected"] | yes["not_registered"] | yes["void"])
