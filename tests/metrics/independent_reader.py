"""Every figure of kpi.json counted a second time, by other means: pandas, straight from journal.parquet.

Nothing of gridtwin is imported here, on purpose.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

CASE_SPANS = {
    "intake_s": ("reported", "registered"), "processing_s": ("registered", "dispatched"), "wait_s": ("queued", "dispatched"),
    "response_s": ("reported", "first_arrived"), "assembled_s": ("reported", "assembled"), "case_s": ("reported", "closed"),
}  # fmt: skip
JOB_SPANS = {
    "turnout_s": ("assigned", "rolled"), "travel_s": ("rolled", "arrived"), "unit_response_s": ("assigned", "arrived"),
    "on_scene_s": ("arrived", "freed"), "job_s": ("assigned", "freed"),
}  # fmt: skip
LIMITED = ("response_s", "assembled_s", "unit_response_s")
BACK_TO_QUEUE = ("recalled", "diverted", "cut off")


def recompute(journal: Path, *, until: int, limits_s: list[float]) -> dict:
    """What kpi.json should say, but for `schema` and `limits_s`."""
    j = pd.read_parquet(journal).rename(columns={"at": "t"})
    j[j.select_dtypes("category").columns] = j.select_dtypes("category").astype(object)
    facts = {kind: rows.set_index("seq", drop=False) for kind, rows in j.groupby("fact", observed=True)}
    of = lambda kind: facts.get(kind, j.iloc[:0])  # noqa: E731
    began = int(of("TwinBegan").t.iloc[0])
    units = of("UnitEnrolled").set_index("unit")
    jobs, cases, waits = read_jobs(j), of("CaseReported").drop_duplicates("case").set_index("case"), []
    opened, closed = cases.seq, of("CaseClosed").drop_duplicates("case").set_index("case")
    live = lambda e: e[(e.seq > e.case.map(opened)) & ~(e.seq > e.case.map(closed.seq))]  # noqa: E731
    first = lambda kind: live(of(kind)).groupby("case").t.first()  # noqa: E731

    jobs = jobs.join(units[["name", "unit_kind"]], on="unit")
    jobs["known"] = jobs.index.isin(live(jobs).index)
    of_case = cases[["area", "matter", "priority"]]
    jobs = jobs.join(of_case, on="case")
    jobs.loc[~jobs.known, ["area", "matter", "priority"]] = None
    for name, (start, end) in JOB_SPANS.items():
        jobs[name] = (jobs[end] - jobs[start]) / 1e6
    known = jobs[jobs.known].groupby("case")
    missing = (jobs.known & jobs.arrived.isna() & ~jobs.cause.isin(["cancelled", *BACK_TO_QUEUE])).groupby(jobs.case).sum()
    cases = cases.rename(columns={"t": "reported"}).assign(
        registered=first("CaseRegistered"), queued=first("CaseQueued"), closed=closed.t, dispatched=known.assigned.first(),
        first_arrived=known.arrived.min(), last_arrived=known.arrived.max(),
    )  # fmt: skip
    is_assembled = cases.closed.notna() & (missing.reindex(cases.index).fillna(0) == 0)
    cases["assembled"] = cases.last_arrived.where(is_assembled)
    for name, (start, end) in CASE_SPANS.items():
        cases[name] = (cases[end] - cases[start]) / 1e6

    intervals = {}
    for rows, spans, groups in ((cases, CASE_SPANS, []), (jobs, JOB_SPANS, ["unit_kind"])):
        for name in spans:
            limits = limits_s if name in LIMITED else None
            groups_too = ["priority", "area", "matter", *groups]
            intervals[name] = by_group(rows, rows[name].where(rows[name] >= 0), groups_too, limits)
    error_s = jobs.unit_response_s.where(jobs.unit_response_s >= 0) - jobs.expected_us.where(jobs.expected_us > 0) / 1e6
    given_up, lost_way = live(of("NeedGivenUp")), live(of("NeedUnreachable"))
    contradictory = {name: int((cases[name] < 0).sum()) for name in CASE_SPANS}
    contradictory |= {name: int((jobs[name] < 0).sum()) for name in JOB_SPANS}

    skills = cases.needs.explode().rename("skill").reset_index()
    skills["need"] = skills.groupby("case").cumcount()
    queued = live(of("CaseQueued")).drop(columns=["need"]).merge(skills, on="case").assign(flag=1)
    freed = jobs[jobs.known & jobs.cause.isin(BACK_TO_QUEUE)].assign(t=jobs.freed, seq=jobs.freed_seq, need=jobs.freed_need)
    over = closed.reset_index()[["case", "t", "seq"]].merge(skills, on="case").assign(flag=0)
    changes = [queued, jobs[jobs.known].assign(t=jobs.assigned, flag=0), given_up.assign(flag=0), live(freed).assign(flag=1), over]
    waits = pd.concat([c[["case", "need", "seq", "t", "flag"]].astype(float) for c in changes]).merge(skills, on=["case", "need"])
    waits = waits.sort_values("seq").assign(end=lambda w: w.groupby(["case", "need"]).t.shift(-1).fillna(until))
    waits = waits[(waits.flag == 1) & (waits.end > waits.t)]
    queue = lambda w: {"mean": share((w.end - w.t).sum(), until - began), "max": int(level(w.t, w.end).max()) if len(w) else 0}  # noqa: E501, E731

    return {
        "span": {"began_at": began, "until_at": until, "span_s": (until - began) / 1e6},
        "totals": {
            "n_cases": len(cases), "n_closed": int(cases.closed.notna().sum()), "n_open": int(cases.closed.isna().sum()),
            "n_units": len(units), "n_jobs": len(jobs), "n_unserved_needs": len(given_up), "n_unreachable_needs": len(lost_way),
            "n_refusals": of("OrderRefused").why.value_counts().to_dict(), "n_anomalies": j.remark.value_counts().to_dict(),
            "n_contradictory": contradictory, "n_facts": len(j), "facts_per_case": share(len(j), len(cases)),
        },
        "intervals": intervals,
        "expected": {
            "error_s": by_group(jobs, error_s, ["unit_kind"]), "absolute_error_s": by_group(jobs, error_s.abs(), ["unit_kind"])
        },
        "workload": workload(j, jobs, units, began=began, until=until),
        "queue": {"all": queue(waits), "by_skill": {skill: queue(w) for skill, w in waits.groupby("skill")}},
    }  # fmt: skip


def read_jobs(j: pd.DataFrame) -> pd.DataFrame:
    """One row a job: what a unit did from an assignment to being freed of that case, or to its next assignment."""
    e = j[j.fact.isin(["UnitAssigned", "UnitRolled", "LegRetimed", "UnitArrived", "UnitFreed"])].copy()
    e["job"] = (e.fact == "UnitAssigned").groupby(e.unit).cumsum()
    e = e[e.job > 0]
    key = [e.unit, e.job]
    is_end = (e.fact == "UnitFreed") & (e.case == e.groupby(key).case.transform("first"))
    e = e[~(e.seq > e.seq.where(is_end).groupby(key).transform("min"))]
    jobs = e[e.fact == "UnitAssigned"].set_index(["unit", "job"], drop=False)[["unit", "case", "need", "seq", "t", "expected_us"]]
    jobs = jobs.rename(columns={"t": "assigned"}).rename_axis([None, None])
    for name, kind in {"rolled": "UnitRolled", "arrived": "UnitArrived"}.items():
        jobs[name] = e[e.fact == kind].groupby(["unit", "job"]).t.first()
    ends = e[is_end.reindex(e.index)].set_index(["unit", "job"])
    return jobs.assign(freed=ends.t, freed_seq=ends.seq, freed_need=ends.need, cause=ends.cause)


def workload(j: pd.DataFrame, jobs: pd.DataFrame, units: pd.DataFrame, *, began: int, until: int) -> dict:
    """Shares of time by unit, Gini of busy time, and the share of time nobody was free."""
    ends = jobs.freed.fillna(jobs.groupby("unit").assigned.shift(-1)).fillna(until)
    rows, both = [], []
    for unit in units.index:
        start, end = jobs.assigned[jobs.unit == unit].to_numpy(float), ends[jobs.unit == unit].to_numpy(float)
        away = j[(j.unit == unit) & j.fact.isin(["UnitLeft", "UnitBack"])]
        away = away[away.fact != away.fact.shift(fill_value="UnitBack")]
        left, back = away.t[away.fact == "UnitLeft"].to_numpy(), away.t[away.fact == "UnitBack"].to_numpy()
        back = np.append(back, [until] * (len(left) - len(back)))
        lap = np.clip(np.minimum.outer(end, back) - np.maximum.outer(start, left), 0, None)
        both += [(max(s, a), min(t, b)) for s, t in zip(start, end) for a, b in zip(left, back) if max(s, a) < min(t, b)]
        rows.append((unit, len(start), (end - start).sum() - lap.sum(), (back - left).sum(), until - units.t[unit]))
    t = pd.DataFrame(rows, columns=["unit", "n_jobs", "busy", "away", "there"]).set_index("unit")
    gone = j[j.fact.isin(["UnitLeft", "UnitBack"])]
    gone = gone[gone.fact != gone.groupby("unit").fact.shift(fill_value="UnitBack")]
    last = gone.groupby("unit").fact.last().eq("UnitLeft").sum()
    lefts, backs = gone.t[gone.fact == "UnitLeft"], [*gone.t[gone.fact == "UnitBack"], *[until] * last]
    free = [
        level(units.t, [until] * len(units)), -level(jobs.assigned, ends), -level(lefts, backs),
        level([a for a, _ in both], [b for _, b in both]),
    ]  # fmt: skip
    instants = sorted({began, until, *(at for part in free for at in part.index)})
    n_free = sum(part.reindex(instants).ffill().fillna(0) for part in free).to_numpy()
    n_there = free[0].reindex(instants).ffill().fillna(0).to_numpy()
    nobody = (np.diff(instants) * ((n_free == 0) & (n_there > 0))[:-1]).sum()
    apart = np.abs(np.subtract.outer(t.busy.to_numpy(float), t.busy.to_numpy(float))).sum()
    return {
        "busy_gini": share(apart, 2 * len(t) * t.busy.sum()),
        "busy_share": share(t.busy.sum(), (t.there - t.away).sum()),
        "all_busy_share": share(nobody, until - began) if len(units) else None,
        "by_unit": [
            {
                "unit": int(unit), "name": units.name[unit], "unit_kind": units.unit_kind[unit], "n_jobs": int(r.n_jobs),
                "busy_share": share(r.busy, r.there - r.away), "away_share": share(r.away, r.there),
            }
            for unit, r in t.iterrows()
        ],
    }  # fmt: skip


def by_group(rows: pd.DataFrame, values: pd.Series, groups: list[str], limits_s: list[float] | None = None) -> dict:
    """Figures of all values and by each group; values that are missing are left out, groups that are empty too."""

    def figures(v: pd.Series) -> dict:
        found = {"n": len(v), "mean": v.mean(), "p50": v.quantile(0.5), "p90": v.quantile(0.9), "max": v.max()}
        if limits_s:
            found["within_share"] = {f"{limit:g}": (v <= limit).mean() for limit in limits_s}
        return found

    named = lambda key: str(int(key)) if isinstance(key, float) else str(key)  # noqa: E731
    values = values.dropna()
    rows = rows.loc[values.index]
    return {"all": figures(values)} | {
        f"by_{group}": {named(key): figures(v) for key, v in values.groupby(rows[group])} for group in groups
    }


def level(starts, ends) -> pd.Series:
    """How many spans are open after each instant."""
    change = pd.concat([pd.Series(1, index=list(starts), dtype=float), pd.Series(-1, index=list(ends), dtype=float)])
    return change.groupby(level=0).sum().sort_index().cumsum()


def share(part: float, whole: float) -> float | None:
    """A quotient, None of nothing."""
    return part / whole if whole else None


def assert_same(kpi: object, recomputed: object, where: str = "kpi") -> None:
    """Fail at the first figure that the two do not share; figures are rounded to a millionth."""
    if isinstance(recomputed, dict):
        assert isinstance(kpi, dict), where
        assert sorted(kpi) == sorted(recomputed), where
        for key in recomputed:
            assert_same(kpi[key], recomputed[key], f"{where}.{key}")
    elif isinstance(recomputed, list):
        assert isinstance(kpi, list), where
        assert len(kpi) == len(recomputed), where
        for n, (left, right) in enumerate(zip(kpi, recomputed, strict=True)):
            assert_same(left, right, f"{where}[{n}]")
    elif isinstance(recomputed, str):
        assert kpi == recomputed, where
    elif recomputed is None or np.isnan(recomputed):
        assert kpi is None, f"{where}: {kpi} is not {recomputed}"
    else:
        assert isinstance(kpi, int | float), where
        assert abs(kpi - recomputed) <= 1e-6 * max(1.0, abs(recomputed)), f"{where}: {kpi} is not {recomputed}"
