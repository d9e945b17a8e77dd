"""What each desk and each collector did: the counters by which posts are appraised.

A table of cases (`LOOP_COLUMNS`) and a window flow in, whole numbers by role flow out. Who verified, checked or sat at
a desk is not in the table: those counters are of all holders of a role together, reports are also told by person.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from twin.metrics.due import Counted, Flags, Window, WindowRule
from twin.metrics.loop import ACCEPT, CHECK, CLOSE, DISPATCH, REGISTER, VERIFY, Loop, read_loop
from twin.metrics.performance import Figures, coded


def role_counters(table: pa.Table, window: Window, *, rule: WindowRule = WindowRule.DUE_TO) -> Figures:
    """Counters of collectors, acceptors, shift leaders and dispatchers.

    Steps that have a limit are counted as the rule has it (`twin.metrics.due`). What was reported, refused or settled
    on the spot counts where the report lies inside the window, what was sent to be verified or checked where that does.

    Parameters
    ----------
    table : one row a case, `LOOP_COLUMNS`.

    Raises
    ------
    GridtwinError : a column is missing or of another type.
    """
    loop = read_loop(table)
    reported = window.holds(loop.ints["reported_at"])
    found = {
        step: loop.counted(step, window=window, rule=rule)
        for step in (ACCEPT, VERIFY, REGISTER, DISPATCH, CHECK, CLOSE)
    }
    accepted = loop.happened(ACCEPT.done, window=window, rule=rule)
    registered = loop.happened(REGISTER.done, window=window, rule=rule)
    dispatched = loop.happened(DISPATCH.done, window=window, rule=rule)
    valid, invalid = loop.yes["valid"], loop.known["valid"] & ~loop.yes["valid"]
    return {
        "collector": {
            **_reports(loop, reported),
            **_told(found[VERIFY], "verify"),
            **_told(found[CHECK], "check"),
            "by_person": _by_person(loop, reported),
        },
        "acceptor": {
            **_told(found[ACCEPT], "accept"),
            "n_refused": _n(reported & loop.yes["rejected"]),
            "n_accepted_wrongly": _n(accepted & invalid),
            "n_refused_wrongly": _n(reported & loop.yes["rejected"] & valid),
            "n_sent_to_verify": _n(loop.happened("verify_sent_at", window=window, rule=rule)),
            "n_sent_to_check": _n(loop.happened("check_sent_at", window=window, rule=rule)),
        },
        "shift_leader": {
            **_told(found[REGISTER], "register"),
            **_judged(loop, registered, "register"),
            "n_refused": _n(reported & loop.yes["not_registered"]),
            **_told(found[CLOSE], "close"),
        },
        "dispatcher": {
            **_told(found[DISPATCH], "dispatch"),
            **_judged(loop, dispatched, "dispatch"),
            "n_returned": int(loop.ints["n_returns"][dispatched].sum()),
        },
    }


def _told(step: Counted, name: str) -> Figures:
    """Due, and of that done in time, late, and not at all though the limit is over."""
    return {
        f"n_{name}_due": _n(step.due),
        f"n_{name}_in_time": _n(step.in_time),
        f"n_{name}_late": _n(step.late),
        f"n_{name}_overdue": _n(step.overdue),
    }


def _judged(loop: Loop, done: Flags, name: str) -> Figures:
    """Of what was done, how much somebody found right, and how much wrong."""
    right = f"{name}_right"
    return {
        f"n_{name}_right": _n(done & loop.yes[right]),
        f"n_{name}_wrong": _n(done & loop.known[right] & ~loop.yes[right]),
    }


def _reports(loop: Loop, reported: Flags) -> Figures:
    """Reports of the centre's own people: how many, valid, not valid, and settled on the spot."""
    own = reported & loop.table["person"].is_valid().to_numpy()
    return {
        "n_reported": _n(own),
        "n_valid": _n(own & loop.yes["valid"]),
        "n_not_valid": _n(own & loop.known["valid"] & ~loop.yes["valid"]),
        "n_on_the_spot": _n(own & loop.yes["on_the_spot"]),
    }


def _by_person(loop: Loop, reported: Flags) -> Figures:
    """As `_reports`, of each who reported anything in the window."""
    names, codes = coded(loop.table["person"])
    told = {name: _reports(loop, reported & (codes == code)) for code, name in enumerate(names)}
    return {name: counters for name, counters in told.items() if counters["n_reported"]}


def _n(flags: Flags) -> int:
    return int(np.count_nonzero(flags))
