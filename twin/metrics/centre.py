"""A centre in figures: what became of reports and cases, how desks and departments worked, how it would be appraised.

Rows of the loop, of contacts and of tasks flow in, figures flow out. Reports balance: each one opened a case, was added
to one, was unheard, or is pending. Times of contacts and desks are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.domain.case import CaseStatus, Stage
from twin.domain.contact import REPORT, Contact
from twin.domain.desk import Step
from twin.domain.quantities import SECOND, to_s
from twin.metrics.appraisal import DEFAULT_RULES, AppraisalRules, appraise, indicator_figures
from twin.metrics.centre_reading import CentreRead
from twin.metrics.contact_reading import Outcome
from twin.metrics.desk_reading import Done
from twin.metrics.due import NEVER, Window, WindowRule
from twin.metrics.intervals import Intervals
from twin.metrics.loop import CLOSE, Loop, read_loop
from twin.metrics.loop_records import ON_HOLD, CaseOutcome, Way
from twin.metrics.performance import Figures, coded, figures_of, rounded
from twin.metrics.rows import span_s

STATUSES = (*(each.value for each in (*CaseStatus, *Stage)), ON_HOLD)
"""How far an open case may have come."""
_NEVER_OPEN = (CaseStatus.QUEUED.value, CaseStatus.CLOSED.value)


def centre_figures(
    read: Intervals, *, rule: WindowRule = WindowRule.DUE_TO, rules: AppraisalRules = DEFAULT_RULES
) -> Figures | None:
    """The figures of a centre; None where there is none.

    Parameters
    ----------
    rule : which cases the indicators, and what is on time, are about; the window is the whole run.
    rules : what else differs from centre to centre in how it is appraised.
    """
    centre = read.centre
    if centre is None:
        return None
    loop = read_loop(read.loop)
    window = Window(read.began_at, read.until) if read.until > read.began_at else None
    found = None if window is None else indicator_figures(appraise(read.loop, window, rule=rule, rules=rules))
    return {
        "reports": _reports(read, centre),
        "cases": _cases(read),
        "contacts": _contacts(read),
        "answers": _answers(read, centre, read.contacts.filter(read.contacts["ready_at"].is_null())),
        "channels": _channels(read, loop, centre),
        "desks": _desks(read, centre),
        "departments": _departments(read, loop, centre, window=window, rule=rule),
        "indicators": found,
        "response_s": _response(read),
        "loop": _beside(read, centre),
        "visits": _visits(centre),
        "remote": _remote(centre),
        "whistle": {"assembled_s": _spans(centre.whistles["assembled_s"])},
        "mode_s": {name: to_s(us) for name, us in centre.mode_us.items()},
    }


def _reports(read: Intervals, centre: CentreRead) -> Figures:
    """Reports, however they came, by what became of them: the parts add up."""
    contacts = read.contacts.filter(pc.equal(read.contacts["what"], REPORT.value))
    outcomes = _n_by(contacts["outcome"], tuple(Outcome))
    n_direct, n_direct_merged = sum(centre.n_direct.values()), sum(centre.n_direct_merged.values())
    return {
        "n": contacts.num_rows + n_direct + n_direct_merged,
        "n_by_contact": contacts.num_rows,
        "n_cases": outcomes[Outcome.OPENED] + n_direct,
        "n_merged": outcomes[Outcome.MERGED] + n_direct_merged,
        "n_unheard": outcomes[Outcome.UNHEARD],
        "n_pending": outcomes[Outcome.PENDING],
    }


def _cases(read: Intervals) -> Figures:
    """Cases by what became of them, open ones by how far they have come.

    `effective_share`: of those closed, the void ones aside, how many were handled properly, as the world knows.
    """
    over = read.loop.filter(pc.is_in(read.loop["outcome"], pa.array([CaseOutcome.CLOSED, CaseOutcome.UNSERVED])))
    open_ones = read.loop.filter(pc.equal(read.loop["outcome"], CaseOutcome.OPEN.value))
    return {
        "n": read.loop.num_rows,
        "n_by_outcome": _n_by(read.loop["outcome"], tuple(CaseOutcome)),
        "n_open_by_status": _n_by(open_ones["status"], tuple(each for each in STATUSES if each not in _NEVER_OPEN)),
        "n_followed_up": _n(read.loop["followed_up"]),
        "effective_share": _share(_n(over["done_well"]), over.num_rows),
    }


def _contacts(read: Intervals) -> Figures:
    """Contacts by what was wanted and what became of it."""
    table = read.contacts
    return {
        what.value: _n_by(table.filter(pc.equal(table["what"], what.value))["outcome"], tuple(Outcome))
        for what in Contact
    }


def _answers(read: Intervals, centre: CentreRead, contacts: pa.Table) -> Figures:
    """How long until somebody listened; those who have waited in vain for longer than the limit count as not in time.

    Over all channels: of those who wait while they are on the line, not of what was sent and is looked at later.
    """
    answer_s, limit_us = contacts["answer_s"], centre.plan.answer_within_us
    waits = pc.and_(contacts["answered_at"].is_null(), contacts["queued_at"].is_valid())
    is_late = pc.and_(waits, pc.greater(pc.subtract(read.until, contacts["made_at"]), limit_us))
    n_answered = len(answer_s) - answer_s.null_count
    return {
        "answer_s": _spans(answer_s),
        "answer_within_s": to_s(limit_us),
        "within_share": _share(_n(pc.less_equal(answer_s, to_s(limit_us))), n_answered + _n(is_late)),
    }


def _channels(read: Intervals, loop: Loop, centre: CentreRead) -> Figures:
    """By channel."""
    names = sorted(
        {*coded(read.contacts["channel"])[0], *coded(read.loop["channel"])[0], *centre.n_direct_merged.keys()}
    )
    return {name: _channel(read, loop, centre, name) for name in names}


def _channel(read: Intervals, loop: Loop, centre: CentreRead, name: str) -> Figures:
    contacts = read.contacts.filter(pc.equal(read.contacts["channel"], name))
    reports = contacts.filter(pc.equal(contacts["what"], REPORT.value))
    wanted, outcomes = _n_by(contacts["what"], tuple(Contact)), _n_by(contacts["outcome"], tuple(Outcome))
    own = loop.among("channel", (name,))
    return {
        "n_reports": reports.num_rows + centre.n_direct.get(name, 0) + centre.n_direct_merged.get(name, 0),
        "n_cases": int(own.sum()),
        "n_merged": outcomes[Outcome.MERGED] + centre.n_direct_merged.get(name, 0),
        "n_unheard": outcomes[Outcome.UNHEARD],
        "n_pending": outcomes[Outcome.PENDING],
        "valid_share": _share(int((own & loop.yes["valid"]).sum()), int((own & loop.known["valid"]).sum())),
        "n_consultations": wanted[Contact.CONSULTATION],
        "n_emergencies": wanted[Contact.EMERGENCY],
        "n_handed_over": outcomes[Outcome.HANDED_OVER],
        **_answers(read, centre, contacts),
        "talk_s": _spans(contacts["talk_s"]),
    }


def _desks(read: Intervals, centre: CentreRead) -> Figures:
    """By desk: its name, or its number where nobody has said what it is called.

    `busy_share` is work over staffed time of all seats: above 1 where work outlasts a shift.
    """
    tasks = read.tasks
    numbers = sorted({*pc.unique(tasks["desk"]).to_pylist(), *centre.seat_us})
    return {centre.plan.name_of(desk) or f"{desk}": _desk(read, centre, desk) for desk in numbers}


def _desk(read: Intervals, centre: CentreRead, desk: int) -> Figures:
    tasks = read.tasks.filter(pc.equal(read.tasks["desk"], desk))
    outcomes = _n_by(tasks["outcome"], tuple(Done))
    begun_at = tasks["begun_at"]
    work_us = pc.sum(pc.subtract(tasks["ended_at"].fill_null(read.until), begun_at)).as_py() or 0
    seat_us = centre.seat_us.get(desk, 0)
    return {
        "n": tasks.num_rows,
        "n_by_outcome": outcomes,
        "n_by_step": {step: n for step, n in _n_by(tasks["step"], tuple(Step)).items() if n},
        "wait_s": _spans(tasks["wait_s"]),
        "work_s": _spans(tasks["work_s"]),
        "seat_h": rounded(to_s(seat_us) / 3600),
        "busy_share": _share(work_us, seat_us),
        "in_limit_share": _share(_n(tasks["in_limit"]), len(tasks) - tasks["in_limit"].null_count),
    }


def _departments(
    read: Intervals, loop: Loop, centre: CentreRead, *, window: Window | None, rule: WindowRule
) -> Figures:
    """By department that has, or had last, a case. `n_returned`: what it sent back. On time: closed in time of due."""
    names, codes = coded(read.loop["department"])
    case = None if window is None else loop.counted(CLOSE, window=window, rule=rule)
    figures: Figures = {}
    for name in sorted({*names, *centre.n_returned}):
        own = codes == names.index(name) if name in names else np.zeros(codes.size, bool)
        due, in_time = (0, 0) if case is None else (int((own & case.due).sum()), int((own & case.in_time).sum()))
        figures[name] = {
            "n_cases": int(own.sum()),
            "n_returned": centre.n_returned.get(name, 0),
            "n_closed": int((own & (loop.ints["closed_at"] != NEVER)).sum()),
            "n_due": due,
            "on_time_share": _share(in_time, due),
            "n_reworks": int(loop.ints["n_reworks"][own].sum()),
        }
    return figures


def _response(read: Intervals) -> Figures:
    """Seconds from the report until somebody came, or dealt with it; what was settled on the spot has none."""
    spans, _ = span_s(read.loop, "reported_at", "responded_at")
    return _spans(pc.if_else(read.loop["on_the_spot"], None, spans))


def _beside(read: Intervals, centre: CentreRead) -> Figures:
    """What happened to cases on their way."""
    n = centre.n
    return {
        "n_returned": sum(centre.n_returned.values()),
        "n_reworks": _sum(read.loop["n_reworks"]),
        "n_reworked": _n(pc.greater(read.loop["n_reworks"], 0)),
        "n_extended": n.get("extended", 0),
        "n_extensions_refused": n.get("extensions refused", 0),
        "n_suspended": n.get("suspended", 0),
        "suspended_h": rounded(_sum(read.loop["suspended_us"]) / SECOND / 3600),
        "n_escalated": n.get("escalated", 0),
        "n_supervised": n.get("supervised", 0),
        "n_mediated": n.get("mediated", 0),
        "n_reopened": _sum(read.loop["reopened"]),
        "n_handled_by_way": {way.value: centre.n_handled.get(way.value, 0) for way in Way},
    }


def _visits(centre: CentreRead) -> Figures:
    """Return visits, and what citizens said."""
    n = centre.n.get("visited", 0)
    resolved, satisfied = centre.n.get("visited and resolved", 0), centre.n.get("visited and satisfied", 0)
    return {"n": n, "resolved_share": _share(resolved, n), "satisfied_share": _share(satisfied, n)}


def _remote(centre: CentreRead) -> Figures:
    """Cases that somebody tried to settle by video, and how often that worked."""
    worked = centre.n_handled.get(Way.REMOTE.value, 0)
    tried = worked + centre.n.get("remote failed", 0)
    return {"n_tried": tried, "n_worked": worked, "worked_share": _share(worked, tried)}


def _spans(values_s: pa.ChunkedArray) -> Figures:
    values = values_s.drop_null().to_numpy()
    (found,) = figures_of(values, np.zeros(values.size, np.int64), n_groups=1)
    return found


def _n_by(column: pa.ChunkedArray, values: tuple[str, ...]) -> dict[str, int]:
    counts: Mapping[str, int] = {row["values"]: row["counts"] for row in column.value_counts().to_pylist()}
    return {str(value): counts.get(str(value), 0) for value in values}


def _n(flags: pa.ChunkedArray) -> int:
    return _sum(flags.cast(pa.int64()))


def _sum(column: pa.ChunkedArray) -> int:
    found: int = pc.sum(column).as_py() or 0
    return found


def _share(part: int, whole: int) -> float | None:
    return rounded(part / whole) if whole else None
