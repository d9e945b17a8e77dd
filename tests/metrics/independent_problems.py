"""What kpi.json tells of problems, counted a second time with pandas."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import pandas as pd

from tests.metrics.independent_figures import by_group, level, share

CHANNELS = (
    *("unknown", "citizen", "patrol", "hotline", "app", "wechat", "volunteer", "video", "ai camera", "thermal camera"),
    *("vehicle camera", "lift sensor", "smoke sensor", "air sensor", "supervision", "upstream"),
)
AGES_S = (3_600, 14_400, 86_400, 259_200, 604_800)


def read_problems(j: pd.DataFrame, *, until: int) -> pd.DataFrame:
    """One row a problem: when it arose, who first told of it and when, how it ended."""
    p = j[j.fact == "ProblemArose"].drop_duplicates("problem").set_index("problem", drop=False)
    ended = j[j.fact == "ProblemEnded"].drop_duplicates("problem").set_index("problem")
    p["end"], p["end_seq"], p["end_why"] = ended.t, ended.seq, ended.why
    told = reports(j, p)
    for _, fork in j[j.fact == "LuckForked"].iterrows():
        known = told.problem[told.seq < fork.seq]
        lost = (p.seq < fork.seq) & ~(p.end_seq < fork.seq) & ~p.problem.isin(known)
        p.loc[lost, ["end", "end_seq", "end_why"]] = [fork.t, fork.seq, "forgotten"]
    first = reports(j, p).drop_duplicates("problem").set_index("problem")
    p["first_told"], p["channel"] = first.t, first.channel
    p["discovery_s"], p["open_s"] = (p.first_told - p.arose_at) / 1e6, (p.end - p.arose_at) / 1e6
    for name in ("discovery_s", "open_s"):
        p[name] = p[name].where(p[name] >= 0)
    return p


def reports(j: pd.DataFrame, p: pd.DataFrame) -> pd.DataFrame:
    """Reports of problems that were there."""
    r = j[j.fact == "ReportMade"]
    there = (r.seq > r.problem.map(p.seq)) & ~(r.seq > r.problem.map(p.end_seq))
    return r[there]


def problems(
    j: pd.DataFrame, p: pd.DataFrame, cases: pd.DataFrame, jobs: pd.DataFrame, *, began: int, until: int
) -> dict[str, Any]:
    """The section of kpi.json."""
    again = p.is_again.fillna(False).astype(bool)
    why = p.end_why.value_counts()
    until_seen = p[["first_told", "end"]].min(axis=1).fillna(until)
    spells = pd.DataFrame({"since": p.t, "until": until_seen})
    spells = spells[spells.since < spells.until]
    renamed = p.rename(columns={"end_why": "why_ended"}).assign(why=p.end_why)
    return {
        "n_arose": len(p),
        "n_there": p.end.isna().sum(),
        "n_ended": {"by itself": why.get("by itself", 0), "settled": why.get("settled", 0)},
        "n_forgotten": why.get("forgotten", 0),
        "n_broke_out_again": again.sum(),
        "n_led_to": (p.parent.notna() & ~again).sum(),
        "n_discovered": p.first_told.notna().sum(),
        "by_patrol_share": share((p.channel == "patrol").sum(), p.first_told.notna().sum()),
        "fates": {
            "all": fates(p, until=until),
            "by_matter": {matter: fates(rows, until=until) for matter, rows in p.groupby("matter")},
        },
        "discovery_s": by_group(p, p.discovery_s, ["channel", "matter", "area"]),
        "problem_open_s": by_group(renamed, p.open_s, ["why", "matter"]),
        **reports_and_cases(j, p, cases, jobs),
        "unseen": {
            "mean": share((spells.until - spells.since).sum(), until - began),
            "max": level(spells.since, spells.until).max() if len(spells) else 0,
            "at_end": (p.first_told.isna() & p.end.isna()).sum(),
        },
    }


def reports_and_cases(j: pd.DataFrame, p: pd.DataFrame, cases: pd.DataFrame, jobs: pd.DataFrame) -> dict[str, Any]:
    """What the centre made of reports, and what came of the cases."""
    r = reports(j, p)
    closed = j[j.fact == "CaseClosed"].drop_duplicates("case").set_index("case")
    opened = r[r.opened.astype(bool)].drop_duplicates("case").set_index("case")
    turns = j[j.fact.isin(["CaseClosed", "CaseRefused", "CaseReopened"])]
    last_turn = turns.drop_duplicates("case", keep="last").set_index("case")
    shut = last_turn.seq[last_turn.fact != "CaseReopened"]
    kinds = {"opened": 0, "twice": 0, "rightly": 0, "wrongly": 0}
    n_known, live, problem_of = 0, dict[float, float](), opened.problem.to_dict()
    row: Any
    for row in pd.concat([r, turns]).sort_values("seq").itertuples():
        if row.fact == "CaseReopened" and row.case in problem_of:
            live[row.case] = problem_of[row.case]
        elif row.fact != "ReportMade":
            live.pop(row.case, None)
        elif row.opened:
            n_known += row.problem in live.values()
            kinds["twice" if row.problem in live.values() else "opened"] += 1
            live.setdefault(row.case, row.problem)
        else:
            n_known += row.problem in live.values()
            kinds["rightly" if live.get(row.case) == row.problem else "wrongly"] += 1
    own = opened[["problem", "channel"]].join(
        cases[["needs", "n_verify", "n_check", "response_s", "closed"]], how="inner"
    )
    on_spot = own.needs.map(lambda needs: list(needs) == ["on the spot"])
    verified = closed[closed.index.isin(own.index[own.n_verify > 0])]
    came = jobs[jobs.known.isin(own.index) & (jobs.rule != "on the spot") & (jobs.stage != "check")]
    came = came[came.arrived_seq.notna() & ~(came.arrived_seq > came.known.map(shut))]
    gone = came.arrived_seq > came.known.map(own.problem).map(p.end_seq)
    patrol = own.channel == "patrol"
    return {
        "reports": {
            "n": len(r),
            "by_channel": {name: (r.channel == name).sum() for name in CHANNELS},
            "duplicate_share": share(r.problem.duplicated().sum(), len(r)),
            "n_opened": kinds["opened"],
            "n_not_merged_though_same": kinds["twice"],
            "n_merged_rightly": kinds["rightly"],
            "n_merged_wrongly": kinds["wrongly"],
            "merge_precision_share": share(kinds["rightly"], kinds["rightly"] + kinds["wrongly"]),
            "merge_recall_share": share(kinds["rightly"], n_known),
        },
        "cases": {
            "n": len(own),
            "n_on_the_spot": on_spot.sum(),
            "on_the_spot_share": share(on_spot.sum(), patrol.sum()),
            "n_arrivals": len(came),
            "gone_on_arrival_share": share(gone.sum(), len(came)),
            "n_void": verified.void.astype(bool).sum(),
            "void_share": share(verified.void.astype(bool).sum(), len(verified)),
            "response_s": by_group(own, own.response_s.where(~on_spot), ["channel"]),
        },
    }


def fates(p: pd.DataFrame, *, until: int) -> dict[str, Any]:
    """Aalen and Johansen by hand: age by age, who is watched, who is reported, whose problem is over."""
    entered = p.t - p.arose_at
    lost = p.end_why == "forgotten"
    is_over = p.first_told.isna() & p.end.notna() & ~lost
    left = p.first_told.fillna(p.end).fillna(until) - p.arose_at
    left = left.where(left >= entered, entered)
    open_share, reported, over, by_age = 1.0, 0.0, 0.0, []
    for age in sorted(left[p.first_told.notna() | is_over].unique()):
        watched = ((entered <= age) & (left >= age)).sum()
        n_told, n_over = ((left == age) & p.first_told.notna()).sum(), ((left == age) & is_over).sum()
        reported += open_share * n_told / watched
        over += open_share * n_over / watched
        open_share *= 1 - (n_told + n_over) / watched
        by_age.append((age, reported))
    return {
        "never_discovered_share": over,
        "discovered_share": reported,
        "undecided_share": max(0.0, 1 - reported - over),
        "discovered_within_share": {
            f"{age_s}": max((told for age, told in by_age if age <= age_s * 1e6), default=0.0) for age_s in AGES_S
        },
    }


def broken_out(parent: float) -> int:
    """The number of a problem that is another one broken out again."""
    digest = blake2b(f"{int(parent)}/1000".encode(), digest_size=8).digest()
    return (1 << 61) + int.from_bytes(digest, "little") % (1 << 61)
