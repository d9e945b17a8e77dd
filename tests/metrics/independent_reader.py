"""Every figure of kpi.json counted a second time, by other means: pandas, straight from journal.parquet.

Nothing of gridtwin is imported here, on purpose. `recompute` counts, `assert_same` compares with a kpi.json.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.metrics.independent_figures import by_group, gini, level, share
from tests.metrics.independent_patrols import PlainGround, coverage, grids, patrol, read_duty, walk
from tests.metrics.independent_problems import broken_out, problems, read_problems

CASE_SPANS = {
    "intake_s": ("reported", "registered"),
    "processing_s": ("registered", "dispatched"),
    "wait_s": ("queued", "dispatched"),
    "response_s": ("reported", "first_arrived"),
    "assembled_s": ("reported", "assembled"),
    "case_s": ("reported", "closed"),
}
JOB_SPANS = {
    "turnout_s": ("assigned", "rolled"),
    "travel_s": ("rolled", "arrived"),
    "unit_response_s": ("assigned", "arrived"),
    "on_scene_s": ("arrived", "freed"),
    "job_s": ("assigned", "freed"),
}
LIMITED = ("response_s", "assembled_s", "unit_response_s")
STAGE_OVER = ("CaseAccepted", "CaseHandled", "CaseChecked", "CaseRefused")
BACK_TO_QUEUE = ("recalled", "diverted", "cut off")
COLUMNS = [
    *("seq", "at", "fact", "remark", "why", "case", "problem", "parent", "arose_at", "opened", "channel", "void"),
    *("area", "matter", "priority", "needs", "n_verify", "n_check", "stage", "edge", "offset_mm"),
    *("unit", "name", "unit_kind", "need", "rule", "cause", "expected_us", "beat", "patrols", "roster", "absent"),
    *("lap", "into_us", "covers"),
]
"""Those of a journal that are read; it has many more."""


def recompute(journal: Path, *, until: int, limits_s: list[float], ground: PlainGround | None = None) -> dict[str, Any]:
    """What kpi.json should say, but for `schema` and `limits_s`."""
    j = pd.read_parquet(journal, columns=COLUMNS).rename(columns={"at": "t"})
    j = with_small_numbers(j, journal)
    j = j.astype(dict.fromkeys(j.select_dtypes("category").columns, object))
    began, units = j.t[j.fact == "TwinBegan"].iloc[0], j[j.fact == "UnitEnrolled"].set_index("unit")
    cases = j[j.fact == "CaseReported"].drop_duplicates("case").set_index("case", drop=False)
    over = last_over(j)
    closed = over[over.fact == "CaseClosed"]
    of_open = j[(j.seq > j.case.map(cases.seq)) & ~(j.seq > j.case.map(over.seq))]
    jobs = read_jobs(j, of_open).join(units[["name", "unit_kind"]], on="unit")
    jobs = jobs.join(cases[["area", "matter", "priority"]], on="known")
    jobs["stage"] = stage_of(jobs.need, jobs.join(cases[["n_verify", "n_check", "needs"]], on="known"))
    for name, (start, end) in JOB_SPANS.items():
        jobs[name] = (jobs[end] - jobs[start]) / 1e6

    stamp = of_open.groupby(["fact", "case"]).t.first()
    cases["reported"], cases["closed"] = cases.t, closed.t
    cases["registered"] = cases.case.map(stamp.get("CaseRegistered", {}))
    cases["queued"] = cases.case.map(stamp.get("CaseQueued", {}))
    of_case = jobs.groupby("known")
    cases["dispatched"], cases["first_arrived"] = of_case.assigned.min(), of_case.arrived.min()
    of_handling = jobs[jobs.stage == "handle"]
    missing = of_handling.known[of_handling.arrived.isna() & ~of_handling.cause.isin(["cancelled", *BACK_TO_QUEUE])]
    assembled = of_handling.groupby("known").arrived.max().reindex(cases.index)
    cases["assembled"] = assembled[cases.closed.notna() & ~cases.index.isin(missing)]
    for name, (start, end) in CASE_SPANS.items():
        cases[name] = (cases[end] - cases[start]) / 1e6

    intervals, n_contradictory = {}, {}
    for rows, spans, own in ((cases, CASE_SPANS, []), (jobs, JOB_SPANS, ["unit_kind"])):
        for name in spans:
            n_contradictory[name] = (rows[name] < 0).sum()
            rows[name] = rows[name].where(rows[name] >= 0)
            groups = ["priority", "area", "matter", *own]
            intervals[name] = by_group(rows, rows[name], groups, limits_s if name in LIMITED else [])
    error_s = jobs.unit_response_s - jobs.expected_us.where(jobs.expected_us > 0) / 1e6
    waits = read_waits(of_open, cases, jobs, until=until)
    duty = read_duty(j, until=until)
    told = {
        "span": {"began_at": began, "until_at": until, "span_s": (until - began) / 1e6},
        "totals": {
            "n_cases": len(cases),
            "n_closed": cases.closed.notna().sum(),
            "n_open": (~cases.index.isin(over.index)).sum(),
            "n_units": len(units),
            "n_jobs": len(jobs),
            "n_unserved_needs": (of_open.fact == "NeedGivenUp").sum(),
            "n_unreachable_needs": (of_open.fact == "NeedUnreachable").sum(),
            "n_refusals": j.why[j.fact == "OrderRefused"].value_counts().to_dict(),
            "n_anomalies": j.remark.value_counts().to_dict(),
            "n_contradictory": n_contradictory,
            "n_facts": len(j),
            "facts_per_case": share(len(j), len(cases)),
        },
        "intervals": intervals,
        "expected": {
            "error_s": by_group(jobs, error_s, ["unit_kind"]),
            "absolute_error_s": by_group(jobs, error_s.abs(), ["unit_kind"]),
        },
        "workload": workload(j, jobs, duty.hours, units, began=began, until=until),
        "queue": {
            "all": queue(waits, until - began)
            if cases.empty or cases.queued.notna().any()
            else {"mean": None, "max": None},
            "by_skill": {skill: queue(rows, until - began) for skill, rows in waits.groupby("skill")},
        },
    }
    staged = read_stages(of_open, cases)
    if "verify_s" in staged or "check_s" in staged:
        told["stages"] = {
            f"{name}_s": by_group(cases, staged.get(f"{name}_s", pd.Series(dtype=float)), ["matter"])
            for name in ("verify", "handle", "check")
        }
    found = read_problems(j, until=until)
    if len(found):
        told["problems"] = problems(j, found, cases, jobs, began=began, until=until)
    spent = shares_of_time(j, jobs, duty.hours, units, until=until)
    if units.patrols.fillna(False).astype(bool).any():
        told["patrol"] = patrol(duty, spent, units, ground=ground)
    walked = None if ground is None else walk(duty, ground, began=began, until=until)
    if walked is not None:
        told["coverage"] = coverage(walked)
    if ground is not None and ground.overlays:
        told["grids"] = grids(walked, cases, jobs, found, spent.join(units.beat), ground=ground)
    return told


def with_small_numbers(j: pd.DataFrame, journal: Path) -> pd.DataFrame:
    """Cases and problems by small numbers: their own are too large for floats, which columns with gaps become."""
    ids = pd.read_parquet(journal, columns=["case", "problem", "parent"], dtype_backend="numpy_nullable")
    small = {number: n for n, number in enumerate(sorted({*ids.case, *ids.problem, *ids.parent} - {pd.NA}))}
    again = ids.parent.dropna().map(broken_out) == ids.problem[ids.parent.notna()]
    for name in ("case", "problem", "parent"):
        j[name] = ids[name].map(small).astype(float)
    return j.assign(is_again=again.astype(bool))


def last_over(j: pd.DataFrame) -> pd.DataFrame:
    """The fact that ended each case which is over: closed or refused, and not opened again."""
    ends = j[j.fact.isin(["CaseClosed", "CaseRefused", "CaseReopened"])]
    again = ends[ends.fact == "CaseReopened"].groupby("case").seq.last()
    ends = ends[(ends.fact != "CaseReopened") & ~(ends.seq < ends.case.map(again))]
    return ends.drop_duplicates("case").set_index("case", drop=False)


def stage_of(need: pd.Series, case: pd.DataFrame) -> np.ndarray:
    """Which stage of its case a need belongs to."""
    first_check = case.needs.str.len() - case.n_check
    is_check = (case.n_check > 0) & (need >= first_check)
    return np.where(need < case.n_verify, "verify", np.where(is_check, "check", "handle"))


def read_stages(of_open: pd.DataFrame, cases: pd.DataFrame) -> dict[str, pd.Series]:
    """How long each stage of each case took that is over, by name; its first time counts."""
    q = of_open[of_open.fact.isin(["CaseQueued", "CaseClosed", "RemoteTried", *STAGE_OVER])].copy()
    q["took"] = (q.groupby("case").t.shift(-1) - q.t) / 1e6
    left = q.groupby("case").fact.shift(-1) == "RemoteTried"
    q = q[(q.fact == "CaseQueued") & q.took.notna() & ~left].drop_duplicates(["case", "stage"])
    return {f"{stage}_s": rows.set_index("case").took.reindex(cases.index) for stage, rows in q.groupby("stage")}


def read_jobs(j: pd.DataFrame, of_open: pd.DataFrame) -> pd.DataFrame:
    """One row a job: from an assignment to being freed of that case or to the unit's next assignment.

    `known` is the case, where it was reported and not closed by then.
    """
    e = j[j.fact.isin(["UnitAssigned", "UnitRolled", "UnitArrived", "UnitFreed"])].copy()
    e["job"] = (e.fact == "UnitAssigned").groupby(e.unit).cumsum()
    e = e[e.job > 0]
    key = [e.unit, e.job]
    e["is_end"] = (e.fact == "UnitFreed") & (e.case == e.groupby(key).case.transform("first"))
    e = e[~(e.seq > e.seq.where(e.is_end).groupby(key).transform("min"))].set_index(["unit", "job"], drop=False)
    jobs = e[e.fact == "UnitAssigned"].rename(columns={"t": "assigned"}).rename_axis([None, None])
    jobs = jobs[["unit", "case", "need", "rule", "seq", "assigned", "expected_us"]]
    jobs["known"] = jobs.case.where(jobs.seq.isin(of_open.seq))
    for name, kind in {"rolled": "UnitRolled", "arrived": "UnitArrived"}.items():
        stamps = e[e.fact == kind]
        jobs[name] = stamps[~stamps.index.duplicated()].t
        jobs[f"{name}_seq"] = stamps[~stamps.index.duplicated()].seq
    ends = e[e.is_end]
    return jobs.assign(freed=ends.t, freed_seq=ends.seq, cause=ends.cause)


def read_waits(of_open: pd.DataFrame, cases: pd.DataFrame, jobs: pd.DataFrame, *, until: int) -> pd.DataFrame:
    """One row a wait of a need for a unit, with its skill: what last happened to a need says whether it waits."""
    needs = cases.needs.explode().rename("skill").reset_index()
    needs["need"] = needs.groupby("case").cumcount()
    needs["of_stage"] = stage_of(needs.need, needs[["case"]].join(cases[["n_verify", "n_check", "needs"]], on="case"))
    back = jobs.freed_seq[jobs.known.notna() & jobs.cause.isin(BACK_TO_QUEUE)]
    covered = of_open[of_open.fact == "NeedsCovered"].drop(columns="need").rename(columns={"covers": "need"})
    changes = of_open[of_open.fact.isin(["UnitAssigned", "NeedGivenUp"]) | of_open.seq.isin(back)]
    changes = pd.concat([changes, covered.explode("need")]) if len(covered) else changes
    for_all = of_open[of_open.fact.isin(["CaseQueued", "CaseClosed", "RemoteTried"])]
    for_all = for_all.drop(columns="need").merge(needs, on="case")
    for_all = for_all[(for_all.fact != "CaseQueued") | (for_all.stage == for_all.of_stage)]
    w = pd.concat([changes.merge(needs, on=["case", "need"]), for_all]).sort_values("seq")
    w["end"] = w.groupby(["case", "need"]).t.shift(-1).fillna(until)
    return w[w.fact.isin(["CaseQueued", "UnitFreed"]) & (w.end > w.t)]


def read_spans(
    j: pd.DataFrame, jobs: pd.DataFrame, hours: pd.DataFrame, *, until: int
) -> dict[str, dict[int, list[tuple[float, float]]]]:
    """By unit, without overlaps: hours on duty, of those on jobs and not away, of those away."""
    busy = jobs[["unit", "assigned"]].reset_index(drop=True)
    busy["end"] = jobs.freed.fillna(jobs.groupby("unit").assigned.shift(-1)).fillna(until).to_numpy()
    away = j[j.fact.isin(["UnitLeft", "UnitBack"])]
    away = away[away.fact != away.groupby("unit").fact.shift(fill_value="UnitBack")]
    away = away.assign(back=away.groupby("unit").t.shift(-1).fillna(until))[away.fact == "UnitLeft"]
    found: dict[str, dict[int, list[tuple[float, float]]]] = {"duty": {}, "busy": {}, "away": {}, "free": {}}
    for unit in j.unit[j.fact == "UnitEnrolled"].astype(int):
        own = [
            rows[rows.unit == unit].iloc[:, 1:].to_numpy(float).tolist()
            for rows in (hours[["unit", "since", "until"]], busy, away[["unit", "t", "back"]])
        ]
        instants = sorted({at for rows in own for span in rows for at in span})
        for begin, end in pairwise(instants):
            on, at_work, gone = (any(since <= begin < to for since, to in rows) for rows in own)
            what = {"duty": on or at_work, "busy": at_work and not gone, "away": gone and (on or at_work)}
            what["free"] = what["duty"] and not what["busy"] and not what["away"]
            for name, holds in what.items():
                if holds:
                    found[name].setdefault(unit, []).append((begin, end))
    return found


def shares_of_time(
    j: pd.DataFrame, jobs: pd.DataFrame, hours: pd.DataFrame, units: pd.DataFrame, *, until: int
) -> pd.DataFrame:
    """Microseconds of each unit on duty, and of those on jobs and away."""
    spans = read_spans(j, jobs, hours, until=until)
    sums = {name: {unit: sum(to - at for at, to in rows) for unit, rows in of.items()} for name, of in spans.items()}
    return pd.DataFrame({name: pd.Series(sums[name], dtype=float) for name in sums}, index=units.index).fillna(0.0)


def workload(
    j: pd.DataFrame, jobs: pd.DataFrame, hours: pd.DataFrame, units: pd.DataFrame, *, began: int, until: int
) -> dict[str, Any]:
    """Shares of time by unit, Gini of busy time, and the share of time nobody was free."""
    of_unit = shares_of_time(j, jobs, hours, units, until=until)
    of_unit["n_jobs"] = jobs.groupby("unit").size().reindex(units.index).fillna(0)
    spans = read_spans(j, jobs, hours, until=until)
    n_there, n_free = (
        level([at for rows in of.values() for at, _ in rows], [to for rows in of.values() for _, to in rows])
        for of in (spans["duty"], spans["free"])
    )
    instants = sorted({began, until, *n_there.index, *n_free.index})
    nobody = (n_there.reindex(instants).ffill().fillna(0) > 0) & (n_free.reindex(instants).ffill().fillna(0) == 0)
    nobody_us = (np.diff(instants) * nobody.to_numpy()[:-1]).sum()
    return {
        "busy_gini": gini(of_unit.busy),
        "busy_share": share(of_unit.busy.sum(), (of_unit.duty - of_unit.away).sum()),
        "all_busy_share": share(nobody_us, until - began) if len(units) else None,
        "by_unit": [
            {
                **{name: row[name] for name in ("unit", "name", "unit_kind", "n_jobs")},
                "busy_share": share(row["busy"], row["duty"] - row["away"]),
                "away_share": share(row["away"], row["duty"]),
            }
            for row in of_unit.join(units[["name", "unit_kind"]]).rename_axis("unit").reset_index().to_dict("records")
        ],
    }


def queue(waits: pd.DataFrame, span_us: int) -> dict[str, Any]:
    """Mean and longest number of waits at a time."""
    return {
        "mean": share((waits.end - waits.t).sum(), span_us),
        "max": level(waits.t, waits.end).max() if len(waits) else 0,
    }


def assert_same(kpi: Any, recomputed: Any, where: str = "kpi") -> None:
    """Fail at the first figure the two do not share; kpi.json rounds to a millionth."""
    if isinstance(recomputed, dict):
        kpi = {key: kpi[key] for key in kpi if where != "kpi" or key not in ("schema", "limits_s")}
        assert sorted(kpi) == sorted(recomputed), where
        for key in recomputed:
            assert_same(kpi[key], recomputed[key], f"{where}.{key}")
    elif isinstance(recomputed, list):
        assert len(kpi) == len(recomputed), where
        for n, (left, right) in enumerate(zip(kpi, recomputed, strict=True)):
            assert_same(left, right, f"{where}[{n}]")
    elif isinstance(recomputed, str):
        assert kpi == recomputed, where
    elif recomputed is None or np.isnan(recomputed):
        assert kpi is None, f"{where}: {kpi} is not {recomputed}"
    else:
        assert abs(kpi - recomputed) <= 1e-6 * max(1.0, abs(recomputed)), f"{where}: {kpi} is not {recomputed}"
