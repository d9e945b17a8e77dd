"""What kpi.json tells of patrols, coverage and grids, walked again step by step; no tour arithmetic, no tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tests.metrics.independent_figures import gini, share

HOUR = 3_600_000_000
COMPARED = (
    "n_cases",
    "n_jobs",
    "busy_share",
    "patrol_m",
    "swept_per_h",
    "hour_share",
    "n_discovered",
    "n_by_patrol",
)


@dataclass
class PlainGround:
    """The ground as plain columns; `lap_of(unit, lap)` gives directed edges and when each begins, and the lap ends."""

    epoch: pd.Timestamp
    zone: str
    lap_of: Callable[[int, int], tuple[list[int], list[int]]]
    mps_of: dict[int, float]
    twin: list[int]
    length_mm: list[int]
    piece_first: list[int]
    piece_start_mm: list[int]
    piece_mm: list[int]
    piece_cell: list[int]
    n_cells: int
    overlays: dict[str, tuple[list[str], list[int]]]


@dataclass
class Duty:
    """Hours on duty; spans on patrol with their first phase; spans on the way back."""

    hours: pd.DataFrame
    patrols: pd.DataFrame
    returns: pd.DataFrame


@dataclass
class Walked:
    """Pieces are named by (street, n-th piece of it in the direction of its lower edge); `seen` by whole hour."""

    began: int
    until: int
    ground: PlainGround
    metres: dict[tuple[int, int], float]
    cell: dict[tuple[int, int], int]
    walked_m: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    passes: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    hours: pd.DataFrame = field(default_factory=pd.DataFrame)
    seen: list[set[tuple[int, int]]] = field(default_factory=list)


BECOMES = {
    "PatrolBegan": "patrols",
    "PatrolPaused": "stands",
    "UnitAssigned": "works",
    "UnitReturning": "returns",
    "UnitParked": "stands",
    "UnitLeft": "away",
    "UnitBack": "stands",
    "UnitOffDuty": "off",
}
"""What a unit does from a fact on; shifts and the end of a job are told apart."""


def read_duty(j: pd.DataFrame, *, until: int) -> Duty:  # noqa: C901 - one unit's states, spelled out
    """Follow every unit through the journal."""
    hours: list[tuple[int, ...]] = []
    patrols: list[tuple[int, ...]] = []
    returns: list[tuple[int, ...]] = []
    units = j[j.fact == "UnitEnrolled"].set_index("unit", drop=False)
    enrolled = units.to_dict("records")
    on_since = {int(row["unit"]): int(row["t"]) for row in enrolled}
    does = {int(row["unit"]): ("stands", int(row["t"])) for row in enrolled if row["patrols"]}
    phase = {int(row["unit"]): (0, int(row["into_us"])) for row in enrolled if row["patrols"]}

    def now(unit: int, what: str, at: int) -> None:
        if unit not in does:
            return
        did, since = does[unit]
        if did == "patrols" and at > since:
            patrols.append((unit, since, at, *phase[unit]))
            phase[unit] = phase[unit][0], phase[unit][1] + at - since
        if did == "returns" and at > since:
            returns.append((unit, since, at))
        does[unit] = what, at

    wanted = j[j.fact.isin([*BECOMES, "UnitFreed", "ShiftBegan", "ShiftEnded"])]
    row: Any
    for row in wanted.itertuples():
        at = int(row.t)
        if row.fact in ("ShiftBegan", "ShiftEnded"):
            for unit in units.index[units.roster == row.roster].astype(int):
                did = does.get(unit, ("", 0))[0]
                if row.fact == "ShiftEnded":
                    if unit in on_since:
                        hours.append((unit, on_since.pop(unit), at))
                    if did in ("patrols", "returns", "stands"):
                        now(unit, "off", at)
                elif unit not in list(row.absent):
                    on_since.setdefault(unit, at)
                    if did == "off":
                        now(unit, "patrols", at)
            continue
        unit = int(row.unit)
        if row.fact == "UnitFreed":
            if does.get(unit, ("", 0))[0] == "works":
                now(unit, "stands", at)
            continue
        now(unit, BECOMES[row.fact], at)
        if row.fact in ("PatrolBegan", "PatrolPaused") and unit in does:
            phase[unit] = int(row.lap), int(row.into_us)
    for unit in does:
        now(unit, "stands", until)
    hours += [(unit, since, until) for unit, since in on_since.items()]
    names = ["unit", "since", "until", "lap", "into_us"]
    return Duty(*(pd.DataFrame(rows, columns=names[:n]) for rows, n in ((hours, 3), (patrols, 5), (returns, 3))))


def patrol(duty: Duty, spent: pd.DataFrame, units: pd.DataFrame, *, ground: PlainGround | None) -> dict[str, Any]:
    """Walked against planned."""
    who = units[units.patrols.fillna(False).astype(bool)]
    patrols, returns = (
        (spans.until - spans.since).groupby(spans.unit).sum().reindex(units.index).fillna(0)
        for spans in (duty.patrols, duty.returns)
    )

    def told(rows: pd.Index) -> dict[str, Any]:
        on = spent.duty[rows].sum()
        parts = {
            "patrol_share": patrols[rows].sum(),
            "case_share": spent.busy[rows].sum(),
            "away_share": spent.away[rows].sum(),
            "returning_share": returns[rows].sum(),
        }
        found = {"duty_h": on / HOUR, **{name: share(part, on) for name, part in parts.items()}}
        found["other_share"] = share(on - sum(parts.values()), on)
        if ground is not None:
            mps = pd.Series({unit: ground.mps_of.get(int(unit), 0.0) for unit in rows})
            walked, planned = (patrols[rows] * mps).sum() / 1e6, (spent.duty[rows] * mps).sum() / 1e6
            found |= {"walked_m": walked, "planned_m": planned, "walked_share": share(walked, planned)}
            found["walked_m_per_h"] = share(walked, on / HOUR)
        return found

    return {
        "all": told(who.index),
        "by_unit": [{"unit": unit, "name": row["name"], **told(pd.Index([unit]))} for unit, row in who.iterrows()],
    }


def walk(duty: Duty, ground: PlainGround, *, began: int, until: int) -> Walked | None:
    """Every step of every patrol."""
    spans = duty.patrols[duty.patrols.unit.isin(list(ground.mps_of))]
    if spans.empty:
        return None
    metres, cell = {}, {}
    for edge, twin in enumerate(ground.twin):
        if twin < 0 or edge < twin:
            for n, piece in enumerate(range(ground.piece_first[edge], ground.piece_first[edge + 1])):
                metres[edge, n] = ground.piece_mm[piece] / 1000
                cell[edge, n] = ground.piece_cell[piece]
    found = Walked(began, until, ground, metres, cell)
    for span in spans.itertuples():
        _walk_span(found, span)
    found.hours, of_hour = _clock(found), defaultdict(set)
    first = int(found.hours["at"].min()) if len(found.hours) else 0
    for at, name in found.passes:
        of_hour[(at - first) // HOUR].add(name)
    found.seen = [of_hour[(at - first) // HOUR] for at in found.hours["at"]]
    return found


def _walk_span(found: Walked, span: Any) -> None:
    ground, lap = found.ground, int(span.lap)
    at = int(span.since) - int(span.into_us)
    while at < span.until:
        edges, start_us = ground.lap_of(int(span.unit), lap)
        if at + start_us[-1] > span.since:
            for edge, begin, end in zip(edges, start_us, start_us[1:], strict=False):
                _step(found, edge, at + begin, at + end, since=span.since, until=span.until)
        at, lap = at + start_us[-1], lap + 1


def _step(found: Walked, edge: int, begin: int, end: int, *, since: int, until: int) -> None:
    ground = found.ground
    twin, whole = ground.twin[edge], ground.length_mm[edge]
    first, last = ground.piece_first[edge], ground.piece_first[edge + 1]
    for piece in range(first, last):
        ahead, long = ground.piece_start_mm[piece], ground.piece_mm[piece]
        name = (edge, piece - first) if twin < 0 or edge < twin else (twin, last - 1 - piece)
        comes, goes = (begin + place / whole * (end - begin) for place in (ahead, ahead + long))
        there = min(goes, until) - max(comes, since)
        if there > 0:
            found.walked_m[name] += there / (goes - comes) * long / 1000
        if since <= (comes + goes) / 2 < until:
            found.passes.append((int((comes + goes) / 2), name))


def _clock(found: Walked) -> pd.DataFrame:
    """Whole hours by the clocks on the wall."""
    epoch = found.ground.epoch
    local = [(epoch + pd.Timedelta(at, "us")).tz_convert(found.ground.zone) for at in (found.began, found.until)]
    starts = pd.date_range(local[0].floor("h"), local[1], freq="h")
    at = ((starts - epoch) // pd.Timedelta(1, "us")).to_numpy()
    hours = pd.DataFrame({"at": at, "hour": starts.hour, "day": starts.strftime("%Y-%m-%d")})
    return hours[(hours["at"] >= found.began) & (hours["at"] + HOUR <= found.until)]


def _sums(found: Walked, pieces: list[tuple[int, int]] | None = None) -> dict[str, Any]:
    """Metres walked, and shares passed within hours and days, of some pieces or of all."""
    wanted = list(found.metres) if pieces is None else pieces
    hours, own = found.hours, set(wanted)
    seen = [each & own for each in found.seen]
    street = sum(found.metres[name] for name in wanted)
    full = [day for day, rows in hours.groupby("day") if {0, 23} <= set(rows.hour)]
    by_day = [set().union(*(s for s, day in zip(seen, hours.day, strict=True) if day == one)) for one in full]
    walked = sum(found.walked_m[name] for name in wanted)

    def mean(sets: list[set[tuple[int, int]]]) -> float | None:
        return share(sum(found.metres[name] for each in sets for name in each), len(sets) * street)

    return {
        "street_m": street,
        "walked_m": walked,
        "swept_per_h": share(walked * HOUR, street * (found.until - found.began)),
        "n_hours": len(hours),
        "hour_share": mean(seen),
        "n_days": len(full),
        "day_share": mean(by_day),
    }


def coverage(found: Walked) -> dict[str, Any]:
    """The section of kpi.json."""
    told, seen, hours = _sums(found), found.seen, found.hours
    n = pd.Series([name for _, name in found.passes]).value_counts()
    metres = pd.Series(found.metres)
    metres.index = metres.index.to_flat_index()
    never = metres[~metres.index.isin(n.index)]
    revisit = ((found.until - found.began) / 1e6 / n).to_frame("s").assign(m=metres.reindex(n.index)).sort_values("s")
    upto = revisit.m.cumsum() / revisit.m.sum()
    streets = {street for street, _ in found.metres}
    by_hour = []
    for hour in range(24):
        rows = [each for each, of in zip(seen, hours.hour, strict=True) if of == hour]
        cells = [len({found.cell[name] for name in each}) for each in rows]
        if rows:
            passed = sum(found.metres[name] for each in rows for name in each)
            by_hour.append(
                {
                    "hour": hour,
                    "n_hours": len(rows),
                    "street_share": passed / len(rows) / told["street_m"],
                    "cell_share": sum(cells) / len(rows) / found.ground.n_cells,
                }
            )
    return {
        **told,
        "revisit_s": {
            "mean": share((revisit.s * revisit.m).sum(), revisit.m.sum()),
            "p50": revisit.s[upto >= 0.5].iloc[0],
            "p90": revisit.s[upto >= 0.9].iloc[0],
        },
        "never_passed_share": share(never.sum(), metres.sum()),
        "never_passed_m": never.sum(),
        "n_streets_never_passed": len(streets - {street for street, _ in n.index}),
        "by_hour": by_hour,
    }


def grids(
    walked: Walked | None,
    cases: pd.DataFrame,
    jobs: pd.DataFrame,
    problems: pd.DataFrame,
    spent: pd.DataFrame,
    *,
    ground: PlainGround,
) -> dict[str, Any]:
    """The section of kpi.json, grid by grid."""
    cell = [cell_at(ground, edge, offset) for edge, offset in zip(cases.edge, cases.offset_mm, strict=True)]
    cases = cases.assign(cell=cell)
    spots = zip(problems.edge, problems.offset_mm, strict=True)
    problems = problems.assign(cell=[cell_at(ground, edge, offset) for edge, offset in spots])
    found: dict[str, Any] = {}
    first = 0
    for name, (refs, of_cell) in ground.overlays.items():
        by_grid = {}
        for number, ref in enumerate(refs):
            cells = {each for each, grid in enumerate(of_cell) if grid == number}
            own, units = cases[cases.cell.isin(cells)], spent[spent.beat == first + number]
            row: dict[str, Any] = {
                "n_cases": len(own),
                "n_jobs": jobs.case.isin(own.index).sum(),
                "n_units": len(units),
                "duty_h": units.duty.sum() / HOUR,
                "busy_share": share(units.busy.sum(), (units.duty - units.away).sum()),
            }
            if len(problems):
                here = problems[problems.cell.isin(cells)]
                row |= {"n_problems": len(here), "n_discovered": here.first_told.notna().sum()}
                row["n_by_patrol"] = (here.channel == "patrol").sum()
            if walked is not None:
                sums = _sums(walked, [piece for piece, at in walked.cell.items() if at in cells])
                row |= {"street_m": sums["street_m"], "patrol_m": sums["walked_m"]}
                row |= {"swept_per_h": sums["swept_per_h"], "hour_share": sums["hour_share"]}
            response = own.response_s.dropna()
            row["response_s"] = {"n": len(response), "p50": response.quantile(0.5), "p90": response.quantile(0.9)}
            by_grid[ref] = row
        there = next(iter(by_grid.values()))
        between = {key: spread([row[key] for row in by_grid.values()]) for key in COMPARED if key in there}
        for p in ("p50", "p90"):
            between[f"response_{p}_s"] = spread([row["response_s"][p] for row in by_grid.values()])
        found[name] = {"n_grids": len(refs), "between": between, "by_grid": by_grid}
        first += len(refs)
    return found


def spread(values: list[Any]) -> dict[str, Any]:
    """How evenly something is spread over grids."""
    known = [value for value in values if value is not None and not np.isnan(value)]
    return {"gini": gini(known), "max_min_ratio": share(max(known), min(known)) if known else None}


def cell_at(ground: PlainGround, edge: float, offset_mm: float) -> int:
    """The cell of a place on the roads."""
    pieces = range(ground.piece_first[int(edge)], ground.piece_first[int(edge) + 1])
    return ground.piece_cell[[piece for piece in pieces if ground.piece_start_mm[piece] <= offset_mm][-1]]
