"""The indicators of an office over a whole run, by the due-to rule, counted a second time with pandas."""

from __future__ import annotations

from typing import Any

import pandas as pd

OWN = ("patrol", "video", "ai camera", "thermal camera", "vehicle camera", "lift sensor", "smoke sensor", "air sensor")
PUBLIC = ("citizen", "hotline", "app", "wechat", "volunteer")


def indicators(c: pd.DataFrame, *, began: int, until: int) -> dict[str, Any]:
    """Numerator, denominator and value of each, of cases with limits and instants as columns."""

    def inside(at: pd.Series) -> pd.Series:
        return ((at >= began) & (at < until)).fillna(False).astype(bool)

    gone = c.outcome.isin(["void", "rejected", "not registered"])
    closed = c.closed.where(~gone)
    has_due = c.due.notna()
    handle = has_due & (inside(c.handled) | (inside(c.due) & ~gone))
    close = has_due & ~gone & (inside(closed) | inside(c.due))
    urgent = (c.priority <= 1).astype(bool)
    by_then = inside(c.handled)
    late = (closed > c.due).fillna(False)
    register_due, dispatch_due = c.register_due.notna(), c.dispatch_due.notna()
    registered, sent = inside(c.registered), inside(c.dispatched)
    to_send = dispatch_due & (sent | (inside(c.dispatch_due) & ~gone))
    judged = to_send & (~sent | c.right.notna())
    public, own = c.channel.isin(PUBLIC), c.channel.isin(OWN)
    on_hold = (c.suspended_us > 0) & ~inside(closed)
    never = pd.Series(False, index=c.index)
    asked = inside(c.visited) & public
    parts = {
        "disposal": (handle & by_then, handle),
        "on_time_disposal": (handle & (c.handled <= c.due).fillna(False), handle),
        "closing": (close & inside(closed), close),
        "on_time_closing": (close & inside(closed) & ~late, close),
        "on_time_closing_less_suspended": (close & inside(closed) & ~late, close & ~on_hold),
        "late_closing": (close & late, close),
        "urgent_closing": (close & inside(closed) & urgent, close & urgent),
        "urgent_on_time_closing": (close & inside(closed) & ~late & urgent, close & urgent),
        "not_closed": (inside(c.t) & c.closed.isna() & ~gone, inside(c.t)),
        "valid_report": (c.valid == 1, c.valid.notna()),
        "registration": (inside(c.accepted) & registered, inside(c.accepted)),
        "on_time_registration": (
            registered & register_due & (c.registered <= c.register_due).fillna(False),
            registered & register_due,
        ),
        "accurate_registration": (never, never),
        "accurate_dispatch": (judged & sent & (c.right == 1), judged),
        "on_time_dispatch": (to_send & sent & (c.dispatched <= c.dispatch_due).fillna(False), to_send),
        "on_time_verification": (never, never),
        "on_time_check": (never, never),
        "rework": (c.n_reworks.where(close, 0), close),
        "repeated_rework": ((c.n_reworks - 2).clip(lower=0).where(close, 0), close),
        "extension": (handle & (c.n_extensions > 0), handle),
        "overdue_pending": (handle & ~by_then, handle),
        "own_discovery": (own, inside(c.t)),
        "missed": (~own, inside(c.t)),
        "public_report": (public, inside(c.t)),
        "response": (public & sent & inside(c.responded), public & sent),
        "resolution": (asked & (c.resolved == 1), asked),
        "satisfaction": (asked & (c.satisfied == 1), asked),
    }
    found = {}
    for name, (part, whole) in parts.items():
        numerator, denominator = int(part.fillna(0).astype(int).sum()), int(whole.sum())
        value = numerator / denominator if denominator else None
        found[name] = {"numerator": numerator, "denominator": denominator, "value": value}
    return found
