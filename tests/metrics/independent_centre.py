"""What kpi.json tells of a centre, counted a second time with pandas, straight from journal.parquet.

Nothing of gridtwin is imported here, on purpose. The journal is read in whole numbers that may be missing: those of
cases and contacts are too large for floats.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.metrics.independent_desks import PlainPlan, desks, read_tasks
from tests.metrics.independent_figures import counts, figures, share
from tests.metrics.independent_indicators import indicators

COLUMNS = [
    *("seq", "at", "fact", "case", "contact", "channel", "what", "ready_at", "opened", "unit", "matter", "priority"),
    *("needs", "n_verify", "department", "why", "void", "stage", "desk", "step", "about", "queued_at", "n_seats"),
    *("passed", "is_done", "deadline_at", "resolved", "satisfied", "name"),
]
CONTACTS = ("report", "consultation", "emergency")
OUTCOMES = ("opened", "merged", "consulted", "handed over", "unheard", "pending")
STATUSES = (
    *("reported", "accepted", "registered", "dispatched", "handled", "checked", "verify", "handle", "check", "on hold"),
)


def centre(journal: Path, *, until: int, plan: PlainPlan) -> dict[str, Any]:
    """The section of kpi.json."""
    j = pd.read_parquet(journal, columns=COLUMNS, dtype_backend="numpy_nullable").rename(columns={"at": "t"})
    j = j.astype(dict.fromkeys(j.select_dtypes("category").columns, "string"))
    began = int(j.t[j.fact == "TwinBegan"].iloc[0])
    contacts, tasks = read_contacts(j), read_tasks(j, until=until, plan=plan)
    cases = read_cases(j, tasks, until=until, plan=plan)
    ways = read_ways(j, cases)
    cases["responded"] = responded(j, tasks, ways)
    modes = j[j.fact == "ModeChanged"]
    at, name = [began, *modes.t, until], ["", *modes.name]
    n = j.fact.value_counts()
    failed = int(n.get("RemoteFailed", 0))
    visits = j[j.fact == "CaseVisited"]
    direct = cases[~cases.index.isin(contacts.case[contacts.outcome == "opened"])].channel.value_counts()
    merged = j[(j.fact == "ReportMade") & ~j.opened.astype("boolean").fillna(True)].channel.value_counts()
    merged = merged.sub(contacts[contacts.outcome == "merged"].channel.value_counts(), fill_value=0)
    live = contacts[contacts.ready_at.isna()]
    reports = contacts[contacts.what == "report"].outcome.value_counts()
    return {
        "reports": {
            "n": reports.sum() + direct.sum() + merged.sum(),
            "n_by_contact": reports.sum(),
            "n_cases": len(cases),
            "n_merged": reports.get("merged", 0) + merged.sum(),
            "n_unheard": reports.get("unheard", 0),
            "n_pending": reports.get("pending", 0),
        },
        "cases": {
            "n": len(cases),
            "n_by_outcome": counts(cases.outcome, ("open", "closed", "void", "unserved", "rejected", "not registered")),
            "n_open_by_status": counts(cases.status[cases.outcome == "open"], STATUSES),
            "n_followed_up": cases.followed_up.sum(),
            "effective_share": share(
                (cases.done_well & (cases.outcome == "closed")).sum(), cases.outcome.isin(["closed", "unserved"]).sum()
            ),
        },
        "contacts": {what: counts(contacts.outcome[contacts.what == what], OUTCOMES) for what in CONTACTS},
        "answers": answers(live, until=until, plan=plan),
        "channels": {
            str(channel): {
                "n_reports": (contacts[contacts.channel == channel].what == "report").sum()
                + direct.get(channel, 0)
                + merged.get(channel, 0),
                **channel_figures(contacts[contacts.channel == channel], cases[cases.channel == channel]),
                "n_merged": ((contacts.channel == channel) & (contacts.outcome == "merged")).sum()
                + merged.get(channel, 0),
                **answers(contacts[contacts.channel == channel], until=until, plan=plan),
            }
            for channel in {*contacts.channel, *cases.channel}
        },
        "desks": desks(j, tasks, until=until, plan=plan),
        "departments": departments(j, cases, until=until),
        "indicators": indicators(cases, began=began, until=until),
        "response_s": figures(((cases.responded - cases.t) / 1e6)[~cases.on_spot]),
        "loop": {
            "n_returned": n.get("CaseReturned", 0),
            "n_reworks": cases.n_reworks.sum(),
            "n_reworked": (cases.n_reworks > 0).sum(),
            "n_extended": n.get("DeadlineExtended", 0),
            "n_extensions_refused": n.get("ExtensionRefused", 0),
            "n_suspended": n.get("CaseSuspended", 0),
            "suspended_h": cases.suspended_us.sum() / 3.6e9,
            "n_escalated": n.get("CaseEscalated", 0),
            "n_supervised": n.get("CaseSupervised", 0),
            "n_mediated": n.get("CaseMediated", 0),
            "n_reopened": n.get("CaseReopened", 0),
            "n_handled_by_way": counts(ways.way, ("field", "office", "remote", "on the spot")),
        },
        "visits": {
            "n": len(visits),
            "resolved_share": share(visits.resolved.astype(int).sum(), len(visits)),
            "satisfied_share": share(visits.satisfied.astype(int).sum(), len(visits)),
        },
        "remote": {
            "n_tried": (ways.way == "remote").sum() + failed,
            "n_worked": (ways.way == "remote").sum(),
            "worked_share": share((ways.way == "remote").sum(), (ways.way == "remote").sum() + failed),
        },
        "whistle": {"assembled_s": figures(assembled(j))},
        "mode_s": pd.Series(np.diff(at) / 1e6, index=name).groupby(level=0).sum().to_dict(),
    }


# ---------------------------------------------------------------------------------------------- contacts


def read_contacts(j: pd.DataFrame) -> pd.DataFrame:
    """One row a contact."""
    c = j[j.fact == "ContactMade"].set_index("contact")[["channel", "what", "t", "ready_at"]]
    ended = j[j.fact == "ContactEnded"].set_index("contact")
    c["ended"], c["case"] = ended.t, ended.case
    opened = ended.opened.reindex(c.index).astype("boolean").fillna(False)
    for name, kind in (("queued", "TaskQueued"), ("answered", "TaskBegan")):
        c[name] = j[(j.fact == kind) & (j.step == "answer")].set_index("about").t
    modes = j[j.fact == "ModeChanged"]
    modes_then = [["", *modes.name[modes.seq < seq]] for seq in ended.seq]
    is_silent = pd.Series([then[-1] != "" for then in modes_then], index=ended.index, dtype=bool)
    is_silent = is_silent.reindex(c.index, fill_value=False)
    is_report = c.what == "report"
    heard = np.where(c.what == "emergency", "handed over", "consulted")
    heard = np.where(is_report | (is_silent & c.answered.isna()), "unheard", heard)
    heard = np.where(c.case.notna(), np.where(opened, "opened", "merged"), heard)
    c["outcome"] = np.where(c.ended.isna(), "pending", heard)
    return c


def answers(c: pd.DataFrame, *, until: int, plan: PlainPlan) -> dict[str, Any]:
    """How long until somebody listened."""
    took = (c.answered - c.t).dropna().astype(float)
    in_vain = (c.answered.isna() & c.queued.notna() & (until - c.t > plan.answer_us)).sum()
    return {
        "answer_s": figures(took / 1e6),
        "answer_within_s": plan.answer_us / 1e6,
        "within_share": share((took <= plan.answer_us).sum(), len(took) + in_vain),
    }


def channel_figures(c: pd.DataFrame, cases: pd.DataFrame) -> dict[str, Any]:
    """What came by a channel, and what of it."""
    return {
        "n_cases": len(cases),
        "n_unheard": (c.outcome == "unheard").sum(),
        "n_pending": (c.outcome == "pending").sum(),
        "valid_share": share((cases.valid == 1).sum(), cases.valid.notna().sum()),
        "n_consultations": (c.what == "consultation").sum(),
        "n_emergencies": (c.what == "emergency").sum(),
        "n_handed_over": (c.outcome == "handed over").sum(),
        "talk_s": figures((c.ended - c.answered) / 1e6),
    }


# ---------------------------------------------------------------------------------------------- cases


def read_cases(j: pd.DataFrame, tasks: pd.DataFrame, *, until: int, plan: PlainPlan) -> pd.DataFrame:
    """One row a case, as things stand at the end."""
    c = j[j.fact == "CaseReported"].drop_duplicates("case").set_index("case")
    c = c[["t", "seq", "channel", "matter", "priority", "needs", "n_verify"]]
    c["on_spot"] = c.needs.map(lambda needs: list(needs) == ["on the spot"]).astype(bool)

    def of(kind: str, which: str = "last") -> pd.DataFrame:
        rows = j[j.fact == kind].drop_duplicates("case", keep=which)  # type: ignore[call-overload]
        return rows.set_index("case").reindex(c.index)

    failed = j[(j.fact == "CaseChecked") & ~j.passed.astype("boolean").fillna(True)]
    reopened = of("CaseReopened").seq.fillna(-1)
    undone = np.maximum(failed.groupby("case").seq.last().reindex(c.index).fillna(-1), reopened)
    for name, kind, after in (
        ("closed", "CaseClosed", reopened),
        ("handled", "CaseHandled", undone),
    ):
        rows = of(kind)
        c[name] = rows.t.where((rows.seq > after).fillna(False))
    for name, kind in (
        ("accepted", "CaseAccepted"),
        ("registered", "CaseRegistered"),
        ("dispatched", "CaseDispatched"),
    ):
        c[name] = of(kind, "first").t
    c["is_void"] = (of("CaseClosed").void.astype("boolean").fillna(False) & c.closed.notna()).astype(bool)
    c["why"] = of("CaseRefused").why
    ever = c.index.isin(j.case[j.fact == "CaseHandled"])
    c["done_well"] = of("CaseHandled").is_done.astype("boolean").fillna(False).astype(bool)
    seen = (c.n_verify.fillna(0) > 0) & c.accepted.notna()
    c["valid"] = np.where(c.is_void, 0.0, np.where(ever | seen, 1.0, np.nan))
    shut = np.where(c.is_void, "void", np.where(c.handled.notna(), "closed", "unserved"))
    c["outcome"] = np.where(c.why.notna(), c.why.fillna(""), np.where(c.closed.notna(), shut, "open"))
    c["n_returns"] = count_of(j[j.fact == "CaseReturned"], c)
    c["n_reworks"], c["n_extensions"] = count_of(failed, c), count_of(j[j.fact == "DeadlineExtended"], c)
    c["right"] = np.where(c.n_returns > 0, 0.0, np.where(ever & c.dispatched.notna(), 1.0, np.nan))
    sent, back = of("CaseDispatched"), of("CaseReturned").seq.fillna(-1)
    c["department"] = sent.department.where((sent.seq > back).fillna(False)).replace("", pd.NA)
    c["followed_up"] = (of("FollowUpDue").seq > np.maximum(reopened, of("CaseArchived").seq.fillna(-1))).fillna(False)
    held, on = of("CaseSuspended"), of("CaseResumed")
    is_held = ((held.seq > on.seq.fillna(-1)) & (c.outcome == "open")).fillna(False)
    spans = j[j.fact.isin(["CaseSuspended", "CaseResumed"])].copy()
    spans["lasted"] = spans.groupby("case").t.shift(-1).fillna(until) - spans.t
    c["suspended_us"] = spans[spans.fact == "CaseSuspended"].groupby("case").lasted.sum().reindex(c.index).fillna(0)
    due = of("DeadlineSet").deadline_at
    c["due"] = due + (until - held.t).where(is_held & (due >= held.t).fillna(False), 0)
    for name, step, done in (("register_due", "register", c.registered), ("dispatch_due", "dispatch", c.dispatched)):
        asked = tasks[tasks.step == step].drop_duplicates("about").set_index("about")
        asked_at = asked.asked.reindex(c.index)
        c[name] = (asked_at + plan.within_us[step]).where(~(asked_at > done).fillna(False))
    visit = of("CaseVisited")
    c["visited"], c["resolved"] = visit.t, visit.resolved.astype("boolean").astype("Float64")
    c["satisfied"] = visit.satisfied.astype("boolean").astype("Float64")
    c["status"] = status(j).reindex(c.index)
    return c


def status(j: pd.DataFrame) -> pd.Series:
    """What the last fact that moved each case on says of how far it is."""
    says = {
        "CaseReported": "reported",
        "CaseAccepted": "accepted",
        "CaseRegistered": "registered",
        "CaseReturned": "registered",
        "CaseReopened": "registered",
        "CaseDispatched": "dispatched",
        "CaseResumed": "dispatched",
        "RemoteTried": "dispatched",
        "CaseSuspended": "on hold",
        "CaseHandled": "handled",
    }
    e = j[j.fact.isin([*says, "CaseQueued", "CaseChecked"])].copy()
    checked = e.passed.astype("boolean").map({True: "checked", False: "registered"})
    e["says"] = e.fact.map(says).fillna(e.stage.where(e.fact == "CaseQueued")).fillna(checked)
    return e.groupby("case").says.last()


def departments(j: pd.DataFrame, cases: pd.DataFrame, *, until: int) -> dict[str, Any]:
    """Figures of whoever has, or had last, a case."""
    e = j[j.fact.isin(["CaseDispatched", "CaseReturned"])].copy()
    e["sender"] = e.groupby("case").department.shift()
    returned = e[e.fact == "CaseReturned"].sender.value_counts()
    gone = cases.outcome.isin(["void", "rejected", "not registered"])
    due = cases.due.notna() & ~gone & ((cases.due < until) | (cases.closed < until).fillna(False))
    in_time = due & (cases.closed <= cases.due).fillna(False)
    found = {}
    for name in {*cases.department.dropna(), *returned.index}:
        own = (cases.department == name).fillna(False)
        found[str(name)] = {
            "n_cases": own.sum(),
            "n_returned": returned.get(name, 0),
            "n_closed": (own & cases.closed.notna()).sum(),
            "n_due": (own & due).sum(),
            "on_time_share": share((own & in_time).sum(), (own & due).sum()),
            "n_reworks": cases.n_reworks[own].sum(),
        }
    return found


def read_ways(j: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """One row a handling, with its way: what happened last to the case before it."""
    office = (j.fact.isin(["TaskQueued", "TaskBegan"]) & (j.step == "office")).fillna(False)
    field = ((j.fact == "CaseQueued") & (j.stage == "handle")).fillna(False)
    desk = ["CaseDispatched", "RemoteTried"]
    e = j[office | field | j.fact.isin([*desk, "CaseHandled"])].copy()
    e["case"] = e.case.fillna(e.about)
    e["way"] = np.select([office[e.index], field[e.index], e.fact.isin(desk)], ["office", "field", "remote"], "")
    e["way"] = e.groupby("case").way.shift()
    e = e[e.fact == "CaseHandled"]
    on_spot = e.case.map(cases.on_spot).astype(bool)
    return e.assign(way=np.where(on_spot, "on the spot", e.way))


def arrivals(j: pd.DataFrame) -> pd.DataFrame:
    """Arrivals of units, with the case they came for."""
    e = j[j.fact.isin(["UnitAssigned", "UnitFreed", "UnitArrived"])].copy()
    e["job"] = e.case.where(e.fact == "UnitAssigned")
    e["k"] = (e.fact != "UnitArrived").groupby(e.unit).cumsum()
    e["case"] = e.groupby(["unit", "k"]).job.transform("first")
    return e[(e.fact == "UnitArrived") & e.case.notna()]


def responded(j: pd.DataFrame, tasks: pd.DataFrame, ways: pd.DataFrame) -> pd.Series:
    """When somebody first came, or dealt with it, by case."""
    at_desk = tasks[tasks.step.isin(["office", "remote"]) & tasks.begun.notna()]
    pairs = [
        arrivals(j)[["case", "t"]],
        j.loc[j.fact == "RemoteFailed", ["case", "t"]],
        ways.loc[ways.way == "remote", ["case", "t"]],
        pd.DataFrame({"case": at_desk.about, "t": at_desk.begun}),
    ]
    return pd.concat(pairs).groupby("case").t.min()


def assembled(j: pd.DataFrame) -> pd.Series:
    """First arrival → everybody begins, for each whistle."""
    came, sent = arrivals(j), j[(j.fact == "CaseQueued") & (j.stage == "handle")]
    took = []
    row: Any
    for row in j[j.fact == "WorkBegan"].itertuples():
        since = sent.seq[(sent.case == row.case) & (sent.seq < row.seq)].max()
        here = came.t[(came.case == row.case) & (came.seq > since) & (came.seq < row.seq)]
        took.append((row.t - here.min()) / 1e6)
    return pd.Series(took, dtype=float)


def count_of(rows: pd.DataFrame, cases: pd.DataFrame) -> pd.Series:
    """How many rows there are of each case."""
    return rows.groupby("case").size().reindex(cases.index).fillna(0).astype(int)
