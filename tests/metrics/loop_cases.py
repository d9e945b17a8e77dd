"""Tables of cases in few words: what is not said is null, and not so."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from twin.metrics.appraisal import Indicator, appraise
from twin.metrics.due import Window, WindowRule
from twin.metrics.loop import LOOP_COLUMNS

FROM, TO = 100, 200
WINDOW = Window(FROM, TO)
FLAGS = ("rejected", "not_registered", "void", "on_the_spot")


def case(**said: Any) -> dict[str, Any]:
    """A case reported at 50 by a citizen; instants in microseconds."""
    unknown = said.keys() - LOOP_COLUMNS.keys()
    assert not unknown, unknown
    return dict.fromkeys(LOOP_COLUMNS) | dict.fromkeys(FLAGS, False) | {"reported_at": 50, "channel": "citizen"} | said


def table(*cases: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(cases), pa.schema(list(LOOP_COLUMNS.items())))


def handled(due_at: int | None, handled_at: int | None, **said: Any) -> dict[str, Any]:
    return case(handle_due_at=due_at, handled_at=handled_at, **said)


def closed(due_at: int | None, closed_at: int | None, **said: Any) -> dict[str, Any]:
    return case(close_due_at=due_at, closed_at=closed_at, **said)


def told(name: str, *cases: dict[str, Any], rule: WindowRule = WindowRule.DUE_TO, **more: Any) -> tuple[int, int]:
    """Numerator and denominator of an indicator in the window."""
    found: Indicator = appraise(table(*cases), WINDOW, rule=rule, **more)[name]
    return found.numerator, found.denominator
