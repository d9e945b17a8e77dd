"""Every figure of kpi.json counted a second time, by other means: pandas, straight from journal.parquet.

Nothing of gridtwin is imported here, on purpose. `recompute` counts, `assert_same` compares with a kpi.json.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

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
BACK_TO_QUEUE = ("recalled", "diverted", "cut off")


def recompute(journal: Path, *, until: int, limits_s: list[float]) -> dict[str, Any]:
    """What kpi.json should say, but for `schema` and `limits_s`."""
    j = pd.read_parquet(journal).rename(columns={"at": "t"})
    j = j.astype(dict.fromkeys(j.select_dtypes("category").columns, object))
    began, units = j.t[j.fact == "TwinBegan"].iloc[0], j[j.fact == "UnitEnrolled"].set_index("unit")
    cases = j[j.fact == "CaseReported"].drop_duplicates("case").set_index("case", drop=False)
    closed = j[j.fact == "CaseClosed"].drop_duplicates("case").set_index("case", drop=False)
    of_open = j[(j.seq > j.case.map(cases.seq)) & ~(j.seq > j.case.map(closed.seq))]
    jobs = read_jobs(j, of_open).join(units[["name", "unit_kind"]], on="unit")
    jobs = jobs.join(cases[["area", "matter", "priority"]], on="known")
    for name, (start, end) in JOB_SPANS.items():
        jobs[name] = (jobs[end] - jobs[start]) / 1e6

    stamp = of_open.groupby(["fact", "case"]).t.first()
    cases["reported"], cases["closed"] = cases.t, closed.t
    cases["registered"] = cases.case.map(stamp.get("CaseRegistered", {}))
    cases["queued"] = cases.case.map(stamp.get("CaseQueued", {}))
    of_case = jobs.groupby("known")
    cases["dispatched"], cases["first_arrived"] = of_case.assigned.min(), of_case.arrived.min()
    missing = jobs.known[jobs.arrived.isna() & ~jobs.cause.isin(["cancelled", *BACK_TO_QUEUE])]
    cases["assembled"] = of_case.arrived.max().reindex(cases.index)[cases.closed.notna() & ~cases.index.isin(missing)]
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
    return {
        "span": {"began_at": began, "until_at": until, "span_s": (until - began) / 1e6},
        "totals": {
            "n_cases": len(cases),
            "n_closed": cases.closed.notna().sum(),
            "n_open": cases.closed.isna().sum(),
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
        "workload": workload(j, jobs, units, began=began, until=until),
        "queue": {
            "all": queue(waits, until - began)
            if cases.empty or cases.queued.notna().any()
            else {"mean": None, "max": None},
            "by_skill": {skill: queue(rows, until - began) for skill, rows in waits.groupby("skill")},
        },
    }


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
    jobs = jobs[["unit", "case", "need", "seq", "assigned", "expected_us"]]
    jobs["known"] = jobs.case.where(jobs.seq.isin(of_open.seq))
    for name, kind in {"rolled": "UnitRolled", "arrived": "UnitArrived"}.items():
        stamps = e[e.fact == kind]
        jobs[name] = stamps[~stamps.index.duplicated()].t
    ends = e[e.is_end]
    return jobs.assign(freed=ends.t, freed_seq=ends.seq, cause=ends.cause)


def read_waits(of_open: pd.DataFrame, cases: pd.DataFrame, jobs: pd.DataFrame, *, until: int) -> pd.DataFrame:
    """One row a wait of a need for a unit, with its skill: what last happened to a need says whether it waits."""
    needs = cases.needs.explode().rename("skill").reset_index()
    needs["need"] = needs.groupby("case").cumcount()
    back = jobs.freed_seq[jobs.known.notna() & jobs.cause.isin(BACK_TO_QUEUE)]
    changes = of_open[of_open.fact.isin(["UnitAssigned", "NeedGivenUp"]) | of_open.seq.isin(back)]
    for_all = of_open[of_open.fact.isin(["CaseQueued", "CaseClosed"])].drop(columns="need").merge(needs, on="case")
    w = pd.concat([changes.merge(needs, on=["case", "need"]), for_all]).sort_values("seq")
    w["end"] = w.groupby(["case", "need"]).t.shift(-1).fillna(until)
    return w[w.fact.isin(["CaseQueued", "UnitFreed"]) & (w.end > w.t)]


def workload(j: pd.DataFrame, jobs: pd.DataFrame, units: pd.DataFrame, *, began: int, until: int) -> dict[str, Any]:
    """Shares of time by unit, Gini of busy time, and the share of time nobody was free."""
    busy = jobs[["unit", "assigned"]].reset_index(drop=True)
    busy["end"] = jobs.freed.fillna(jobs.groupby("unit").assigned.shift(-1)).fillna(until).to_numpy()
    away = j[j.fact.isin(["UnitLeft", "UnitBack"])]
    away = away[away.fact != away.groupby("unit").fact.shift(fill_value="UnitBack")]
    away = away.assign(back=away.groupby("unit").t.shift(-1).fillna(until))[away.fact == "UnitLeft"]
    both = busy.merge(away, on="unit")
    both["start"], both["end"] = both[["assigned", "t"]].max(axis=1), both[["end", "back"]].min(axis=1)
    both = both[both.start < both.end]
    of_unit = pd.DataFrame({"there": until - units.t, "n_jobs": busy.groupby("unit").size()}, index=units.index)
    of_unit["away"] = (away.back - away.t).groupby(away.unit).sum()
    of_unit["busy"] = (busy.end - busy.assigned).groupby(busy.unit).sum()
    of_unit["busy"] -= (both.end - both.start).groupby(both.unit).sum().reindex(units.index).fillna(0)
    of_unit = of_unit.fillna(0)
    there = level(units.t, [until] * len(units))
    taken = [(level(busy.assigned, busy.end), -1), (level(away.t, away.back), -1), (level(both.start, both.end), 1)]
    instants = sorted({began, until, *there.index, *(at for part, _ in taken for at in part.index)})
    n_there = there.reindex(instants).ffill().fillna(0).to_numpy()
    n_free = n_there + sum(sign * part.reindex(instants).ffill().fillna(0).to_numpy() for part, sign in taken)
    nobody_us = (np.diff(instants) * ((n_free == 0) & (n_there > 0))[:-1]).sum()
    apart = sum(abs(one - other) for one in of_unit.busy for other in of_unit.busy)
    return {
        "busy_gini": share(apart, 2 * len(of_unit) * of_unit.busy.sum()),
        "busy_share": share(of_unit.busy.sum(), (of_unit.there - of_unit.away).sum()),
        "all_busy_share": share(nobody_us, until - began) if len(units) else None,
        "by_unit": [
            {
                **{name: row[name] for name in ("unit", "name", "unit_kind", "n_jobs")},
                "busy_share": share(row["busy"], row["there"] - row["away"]),
                "away_share": share(row["away"], row["there"]),
            }
            for row in of_unit.join(units[["name", "unit_kind"]]).reset_index().to_dict("records")
        ],
    }


def queue(waits: pd.DataFrame, span_us: int) -> dict[str, Any]:
    """Mean and longest number of waits at a time."""
    return {
        "mean": share((waits.end - waits.t).sum(), span_us),
        "max": level(waits.t, waits.end).max() if len(waits) else 0,
    }


def by_group(
    rows: pd.DataFrame, values: pd.Series, groups: list[str], limits_s: Iterable[float] = ()
) -> dict[str, Any]:
    """Figures of all values and by each group; missing values and empty groups are left out."""

    def figures(v: pd.Series) -> dict[str, Any]:
        found = {"n": len(v), "mean": v.mean(), "p50": v.quantile(0.5), "p90": v.quantile(0.9), "max": v.max()}
        within = {f"{limit:g}": (v <= limit).mean() for limit in limits_s}
        return found | ({"within_share": within} if within else {})

    values = values.dropna()
    found = {"all": figures(values)}
    for group in groups:
        grouped = values.groupby(rows[group].loc[values.index])
        found[f"by_{group}"] = {f"{key:g}" if group == "priority" else key: figures(v) for key, v in grouped}
    return found


def level(starts: Iterable[float], ends: Iterable[float]) -> pd.Series:
    """How many spans are open from each instant on."""
    change = pd.concat([pd.Series(1, index=list(starts), dtype=float), pd.Series(-1, index=list(ends), dtype=float)])
    return change.groupby(level=0).sum().sort_index().cumsum()


def share(part: float, whole: float) -> float | None:
    """A quotient, None of nothing."""
    return part / whole if whole else None


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
