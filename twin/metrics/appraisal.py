"""How a city-management office is appraised: disposal, closing, registration, dispatch, rework, discovery and the rest.

A table of cases (`LOOP_COLUMNS`) and a window flow in; each indicator flows out as numerator, denominator and value.
Where a denominator is "due to …", the window rule decides who is counted (`twin.metrics.due`); where it is what was
done (registered, dispatched, surveyed), that was done inside the window; where it is reports, they came inside it. What
nobody has judged (valid, right, resolved, satisfied) is in neither part. A report is a case's first.

Formulas: index dictionary of a platform in wide use, second-hand; each is marked, and all are defaults of a centre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa

from twin.domain.problem import OF_CITIZENS, OF_SENSORS, PATROL
from twin.domain.quantities import to_us
from twin.metrics.due import NEVER, Flags, Ints, Window, WindowRule
from twin.metrics.loop import CHECK, CLOSE, DISPATCH, HANDLE, REGISTER, VERIFY, Loop, read_loop
from twin.metrics.performance import Figures, rounded


class Confidence(StrEnum):
    """Where a formula or a weight comes from."""

    SECOND_HAND = "seen second-hand"
    MEMORY = "from memory"


SECOND_HAND, MEMORY = Confidence


class Base(StrEnum):
    """What a share may be of: the instant that brings a case into a denominator."""

    REPORTED = "reported_at"
    ACCEPTED = "accepted_at"
    DISPATCHED = "dispatched_at"
    SURVEYED = "visited_at"


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator divides by what, in words, and where that comes from."""

    numerator: str
    denominator: str
    confidence: Confidence = SECOND_HAND


_DUE_TO_DISPOSE, _DUE_TO_CLOSE = "due to be disposed", "due to be closed"

INDICATORS: Mapping[str, Definition] = {
    "disposal": Definition("disposed", _DUE_TO_DISPOSE),
    "on_time_disposal": Definition("disposed in time", _DUE_TO_DISPOSE),
    "closing": Definition("closed", _DUE_TO_CLOSE),
    "on_time_closing": Definition("closed in time", _DUE_TO_CLOSE),
    "on_time_closing_less_suspended": Definition("closed in time", "due to be closed, less those put on hold and open"),
    "late_closing": Definition("closed late", _DUE_TO_CLOSE),
    "urgent_closing": Definition("urgent and closed", "urgent and due to be closed"),
    "urgent_on_time_closing": Definition("urgent and closed in time", "urgent and due to be closed"),
    "not_closed": Definition("not closed", "reported"),
    "valid_report": Definition("valid reports", "reports judged"),
    "registration": Definition("registered", "accepted, or reported"),
    "on_time_registration": Definition("registered in time", "registered"),
    "accurate_registration": Definition("registered rightly", "registered and judged"),
    "accurate_dispatch": Definition("dispatched rightly", "due to be dispatched"),
    "on_time_dispatch": Definition("dispatched in time", "due to be dispatched"),
    "on_time_verification": Definition("verified in time", "due to be verified"),
    "on_time_check": Definition("checked in time", "due to be checked"),
    "rework": Definition("times of rework", _DUE_TO_CLOSE),
    "repeated_rework": Definition("times of rework from a case's third on", _DUE_TO_CLOSE),
    "extension": Definition("extended", _DUE_TO_DISPOSE),
    "overdue_pending": Definition("pending past the limit", _DUE_TO_DISPOSE),
    "own_discovery": Definition("found by the centre's own", "found by anybody known", MEMORY),
    "missed": Definition("found by others", "found by anybody known", MEMORY),
    "public_report": Definition("public reports", "reports", MEMORY),
    "response": Definition("public, and citizen contacted in time", "public and dispatched", MEMORY),
    "resolution": Definition("public, and resolved by the citizen's word", "public and surveyed", MEMORY),
    "satisfaction": Definition("public, and citizen satisfied", "public and surveyed", MEMORY),
}
"""Every indicator, by name. Denominators that say "or", and those of public cases, are chosen in `AppraisalRules`."""

FROM_THIRD = 2
"""Times of rework that do not count as repeated yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalRules:
    """What differs from city to city.

    Parameters
    ----------
    registration_of, response_of, resolution_of, satisfaction_of : what these are shares of.
    response_limit_s : seconds from the base of `response` within which a citizen is to be contacted; the window rule
        then applies. None: contacted at all, by the window's end.
    own_channels, public_channels : values of `channel` that are the centre's own finding, and the public's telling; all
        others are superior inspection.
    urgent_priority : cases of this priority or a smaller number are urgent.
    """

    registration_of: Base = Base.ACCEPTED
    response_of: Base = Base.DISPATCHED
    resolution_of: Base = Base.SURVEYED
    satisfaction_of: Base = Base.SURVEYED
    response_limit_s: float | None = None
    own_channels: tuple[str, ...] = tuple(channel.value for channel in (PATROL, *OF_SENSORS))
    public_channels: tuple[str, ...] = tuple(channel.value for channel in OF_CITIZENS)
    urgent_priority: int = 1


DEFAULT_RULES = AppraisalRules()


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share, or a count per case, and what it is made of."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """To a millionth; None where nobody is counted."""
        return rounded(self.numerator / self.denominator) if self.denominator else None


Indicators = dict[str, Indicator]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What each case adds to an indicator, (n_cases,): to the numerator, and whether it is in the denominator."""

    numerator: Ints | Flags
    denominator: Flags


def appraise(
    table: pa.Table,
    window: Window,
    *,
    rule: WindowRule = WindowRule.DUE_TO,
    rules: AppraisalRules = DEFAULT_RULES,
) -> Indicators:
    """Every indicator of `INDICATORS`, over all cases.

    Parameters
    ----------
    table : one row a case, `LOOP_COLUMNS`.

    Raises
    ------
    GridtwinError : a column is missing or of another type.
    """
    loop = read_loop(table)
    (found,) = appraise_groups(
        loop, np.zeros(table.num_rows, np.int64), n_groups=1, window=window, rule=rule, rules=rules
    )
    return found


def appraise_groups(
    loop: Loop, codes: Ints, *, n_groups: int, window: Window, rule: WindowRule, rules: AppraisalRules
) -> list[Indicators]:
    """Every indicator, of each group.

    Parameters
    ----------
    codes : int64 (n_cases,), the group of each case, −1 for none.
    """
    known = codes >= 0
    of = codes[known]
    sums = {
        name: (
            np.bincount(of, part.numerator[known], n_groups).astype(np.int64).tolist(),
            np.bincount(of, part.denominator[known], n_groups).astype(np.int64).tolist(),
        )
        for name, part in parts(loop, window, rule=rule, rules=rules).items()
    }
    return [
        {name: Indicator(numerators[group], denominators[group]) for name, (numerators, denominators) in sums.items()}
        for group in range(n_groups)
    ]


def indicator_figures(indicators: Mapping[str, Indicator]) -> Figures:
    """Indicators as plain figures."""
    return {
        name: {"numerator": found.numerator, "denominator": found.denominator, "value": found.value}
        for name, found in indicators.items()
    }


def parts(loop: Loop, window: Window, *, rule: WindowRule, rules: AppraisalRules) -> dict[str, Part]:
    """What each case adds to each indicator, in the order of `INDICATORS`."""
    found = (
        _handling(loop, window, rule)
        | _closing(loop, window, rule, urgent_priority=rules.urgent_priority)
        | _desks(loop, window, rule, registration_of=rules.registration_of)
        | _discovery(loop, window, rules)
        | _citizens(loop, window, rule, rules)
    )
    return {name: found[name] for name in INDICATORS}


def _handling(loop: Loop, window: Window, rule: WindowRule) -> dict[str, Part]:
    case = loop.counted(HANDLE, window=window, rule=rule)
    return {
        "disposal": Part(case.done, case.due),
        "on_time_disposal": Part(case.in_time, case.due),
        "extension": Part(case.due & (loop.ints["n_extensions"] > 0), case.due),
        "overdue_pending": Part(case.overdue, case.due),
    }


def _closing(loop: Loop, window: Window, rule: WindowRule, *, urgent_priority: int) -> dict[str, Part]:
    case = loop.counted(CLOSE, window=window, rule=rule)
    urgent = loop.ints["priority"] <= urgent_priority
    on_hold = (loop.ints["suspended_us"] > 0) & ~case.done
    n_reworks = np.where(case.due, loop.ints["n_reworks"], 0)
    reported = window.holds(loop.ints["reported_at"])
    still_open = (loop.ints["closed_at"] >= window.to_at) & ~loop.gone
    return {
        "closing": Part(case.done, case.due),
        "on_time_closing": Part(case.in_time, case.due),
        "on_time_closing_less_suspended": Part(case.in_time, case.due & ~on_hold),
        "late_closing": Part(case.late, case.due),
        "urgent_closing": Part(case.done & urgent, case.due & urgent),
        "urgent_on_time_closing": Part(case.in_time & urgent, case.due & urgent),
        "not_closed": Part(reported & still_open, reported),
        "rework": Part(n_reworks, case.due),
        "repeated_rework": Part(np.maximum(n_reworks - FROM_THIRD, 0), case.due),
    }


def _desks(loop: Loop, window: Window, rule: WindowRule, *, registration_of: Base) -> dict[str, Part]:
    registered = loop.happened(REGISTER.done, window=window, rule=rule)
    register_due_at, registered_at = loop.ints[REGISTER.due], loop.ints[REGISTER.done]
    limited = registered & (register_due_at != NEVER)
    judged = registered & loop.known["register_right"]
    intake = loop.happened(registration_of.value, window=window, rule=rule)
    sent = loop.counted(DISPATCH, window=window, rule=rule)
    sent_or_judged = sent.due & (~sent.done | loop.known["dispatch_right"])
    verified = loop.counted(VERIFY, window=window, rule=rule)
    checked = loop.counted(CHECK, window=window, rule=rule)
    return {
        "registration": Part(intake & (registered_at < window.to_at), intake),
        "on_time_registration": Part(limited & (registered_at <= register_due_at), limited),
        "accurate_registration": Part(judged & loop.yes["register_right"], judged),
        "accurate_dispatch": Part(sent.done & loop.yes["dispatch_right"], sent_or_judged),
        "on_time_dispatch": Part(sent.in_time, sent.due),
        "on_time_verification": Part(verified.in_time, verified.due),
        "on_time_check": Part(checked.in_time, checked.due),
    }


def _discovery(loop: Loop, window: Window, rules: AppraisalRules) -> dict[str, Part]:
    reported = window.holds(loop.ints["reported_at"])
    judged = reported & loop.known["valid"]
    told = reported & loop.table["channel"].is_valid().to_numpy()
    own, public = loop.among("channel", rules.own_channels), loop.among("channel", rules.public_channels)
    return {
        "valid_report": Part(judged & loop.yes["valid"], judged),
        "own_discovery": Part(told & own, told),
        "missed": Part(told & ~own, told),
        "public_report": Part(reported & public, reported),
    }


def _citizens(loop: Loop, window: Window, rule: WindowRule, rules: AppraisalRules) -> dict[str, Part]:
    public = loop.among("channel", rules.public_channels)
    since_at, responded_at = loop.ints[rules.response_of.value], loop.ints["responded_at"]
    if rules.response_limit_s is None:
        due = loop.happened(rules.response_of.value, window=window, rule=rule)
        in_time = due & (responded_at < window.to_at)
    else:
        limit_us = to_us(rules.response_limit_s)
        due_at = np.minimum(since_at, NEVER - limit_us) + limit_us
        case = loop.counted_at(due_at, responded_at, window=window, rule=rule)
        due, in_time = case.due, case.in_time
    asked = loop.ints["visited_at"] < window.to_at
    found = {"response": Part(in_time & public, due & public)}
    for name, flag, base in (
        ("resolution", "resolved", rules.resolution_of),
        ("satisfaction", "satisfied", rules.satisfaction_of),
    ):
        of = loop.happened(base.value, window=window, rule=rule) & public
        if base is Base.SURVEYED:
            of = of & loop.known[flag]
        found[name] = Part(of & asked & loop.yes[flag], of)
    return found
