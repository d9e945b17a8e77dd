"""Tasks at desks from a journal, and what kpi.json tells of desks, counted a second time with pandas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tests.metrics.independent_figures import counts, figures, share

ENDINGS = {
    "ContactEnded": ["answer"],
    "CaseAccepted": ["accept"],
    "CaseRefused": ["accept", "register"],
    "CaseRegistered": ["register"],
    "CaseDispatched": ["dispatch"],
    "ChiefDecided": ["chief"],
    "RemoteFailed": ["remote"],
    "CaseHandled": ["remote", "office"],
    "CheckSent": ["send check"],
    "CaseClosed": ["close"],
    "CaseVisited": ["visit"],
    "CaseMediated": ["mediate"],
    "DeadlineExtended": ["extend"],
    "ExtensionRefused": ["extend"],
    "CaseSupervised": ["supervise"],
}
DROPPINGS = {
    "CaseClosed": ["extend", "supervise"],
    "CaseRefused": ["extend", "supervise"],
    "CaseReopened": ["mediate"],
    "RemoteGivenUp": ["remote"],
}


@dataclass(frozen=True)
class PlainPlan:
    """Names of desks, and limits in microseconds by step; `answer_us`: until somebody listens."""

    desks: list[str]
    within_us: dict[str, int]
    answer_us: int


def read_tasks(j: pd.DataFrame, *, until: int, plan: PlainPlan) -> pd.DataFrame:
    """One row a task: asked for, begun, and how it came to an end."""
    e = j[j.fact.isin(["TaskQueued", "TaskBegan"])].copy()
    before = e.groupby(["step", "about"]).fact.shift()
    e["is_new"] = (e.fact == "TaskQueued") | (before != "TaskQueued") | before.isna()
    e["k"] = e.is_new.groupby([e.step, e.about]).cumsum()
    key = ["step", "about", "k"]
    tasks = e[e.is_new].set_index(key)[["desk", "t", "seq"]]
    tasks["asked"] = e[e.is_new].set_index(key).queued_at.fillna(tasks.t)
    begun = e[e.fact == "TaskBegan"].set_index(key)
    tasks["begun"], tasks["begun_seq"] = begun.t, begun.seq
    tasks = tasks.reset_index()
    ends = endings(j, ENDINGS)
    verify = j[(j.fact == "CaseQueued") & (j.stage == "verify")]
    ends = pd.concat([ends, pd.DataFrame({"step": "accept", "about": verify.case, "seq": verify.seq, "t": verify.t})])
    tasks["next_seq"] = tasks.groupby(["step", "about"]).seq.shift(-1).fillna(np.iinfo(np.int64).max)
    for name, rows in (("ended", ends), ("dropped", endings(j, DROPPINGS))):
        found = tasks.reset_index().merge(rows, on=["step", "about"], suffixes=("", "_end"))
        found = found[(found.seq_end > found.seq) & (found.seq_end < found.next_seq)]
        if name == "dropped":
            found = found[~(found.begun_seq < found.seq_end).fillna(False)]
        tasks[name] = found.sort_values("seq_end").drop_duplicates("index").set_index("index").t_end
    tasks["next_at"] = tasks.groupby(["step", "about"]).t.shift(-1)
    tasks["dropped"] = tasks.dropped.fillna(tasks.next_at.where(tasks.ended.isna()))
    tasks["ended"] = tasks.dropped.fillna(tasks.ended)
    done = np.where(tasks.ended.notna(), "done", np.where(tasks.begun.isna(), "waiting", "under way"))
    tasks["outcome"] = np.where(tasks.dropped.notna(), "dropped", done)
    is_answer = tasks.step == "answer"
    limit = tasks.step.map(plan.within_us).where(~is_answer, plan.answer_us)
    reached = tasks.ended.where(~is_answer, tasks.begun)
    known = limit.notna() & (tasks.outcome != "dropped") & (reached.notna() | (until - tasks.asked > limit))
    tasks["in_limit"] = (reached - tasks.asked <= limit).fillna(False).astype(float).where(known.fillna(False))
    return tasks


def endings(j: pd.DataFrame, steps: dict[str, list[str]]) -> pd.DataFrame:
    """When which step about what came to an end."""
    e = j[j.fact.isin(list(steps))]
    e = e.assign(about=e.contact.fillna(e.case), step=e.fact.map(steps)).explode("step")
    return e[["step", "about", "seq", "t"]]


def desks(j: pd.DataFrame, tasks: pd.DataFrame, *, until: int, plan: PlainPlan) -> dict[str, Any]:
    """Figures by desk."""
    seats = j[j.fact == "SeatsStaffed"]
    lasted = seats.groupby("desk").t.shift(-1).fillna(until) - seats.t
    staffed = (seats.n_seats * lasted).groupby(seats.desk).sum()
    found = {}
    for desk in sorted({*tasks.desk, *staffed.index}):
        own = tasks[tasks.desk == desk]
        found[plan.desks[desk]] = {
            "n": len(own),
            "n_by_outcome": counts(own.outcome, ("done", "under way", "waiting", "dropped")),
            "n_by_step": own.step.value_counts().to_dict(),
            "wait_s": figures((own.begun - own.asked) / 1e6),
            "work_s": figures((own.ended - own.begun) / 1e6),
            "seat_h": staffed.get(desk, 0) / 3.6e9,
            "busy_share": share((own.ended.fillna(until) - own.begun).sum(), staffed.get(desk, 0)),
            "in_limit_share": share((own.in_limit == 1).sum(), own.in_limit.notna().sum()),
        }
    return found
