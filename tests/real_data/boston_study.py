"""The figures of docs/boston.md: crews fitted on one period and held to another, the blizzard, and grid workers.

In: a folder with the city `boston`, the history `cases.csv.gz` and the scenario files that lie beside this module. Out:
tables on the screen. `python -m tests.real_data.boston_study FOLDER fit|blizzard|workers`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.build import Built, build
from scenarios.load import Tree, check, made_up, overlaid, read_scenario
from scenarios.run import run
from scenarios.spec import UnitGroup
from twin.domain.facts import Fact
from twin.domain.quantities import DAY, HOUR
from twin.journal.journal import Memory
from twin.metrics.intervals import Intervals, intervals
from twin.metrics.workload import spent

Floats = NDArray[np.float64]
SEEDS = (1, 2, 3, 4, 5)
T_975 = 2.776
"""Student's t of a 95 % interval from five runs."""

AT = {"lon": -71.0763, "lat": 42.3499}
PARKING, SNOW = "illegal_parking", "sidewalk_snow"


@dataclass(frozen=True, eq=False)
class Period:
    """A matter's requests of a period, ready to be served. `recorded_h`: opened → closed, inf where still open."""

    built: Built
    opened_at: Floats
    recorded_h: Floats


def say(line: str) -> None:
    """A line on the screen, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def asked(folder: Path, name: str, changes: Tree) -> Built:
    """A scenario of the folder with changes laid over it."""
    return build(check(overlaid(read_scenario(str(folder / name)), [made_up(changes)])))


def period(folder: Path, matter: str, *, first: str, last: str, units: Sequence[Tree], after_days: int) -> Period:
    """The requests of one matter in [first, last), served by these units for so many days longer."""
    days = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).days + after_days
    changes: Tree = {
        "epoch": f"{first}T00:00:00-05:00",
        "lasting": f"{days}d",
        "units": list(units),
        "history": {"from": first, "to": last},
    }
    built = asked(folder, "boston.yaml", changes)
    assert built.past is not None
    calls = [call for call in built.past.calls if call.matter == matter]
    closed = [call.responses[0].closed_at for call in calls]
    until = built.past.epoch_us
    recorded = [
        np.inf if at is None else (at - until - call.reported_at) / HOUR for call, at in zip(calls, closed, strict=True)
    ]
    inputs = tuple(fact for fact in built.inputs if getattr(fact, "matter", None) == matter)
    opened = np.array([call.reported_at for call in calls], dtype=np.float64)
    return Period(replace(built, inputs=inputs), opened, np.array(recorded))


def simulated_h(asked_of: Period, matter: str, *, on_scene_s: float, seed: int = 1) -> Floats:
    """Opened → closed of each request, hours, if crews take so long on scene on average (lognormal, cv 1)."""
    built = asked_of.built
    spread = {"dist": "lognormal", "mean": on_scene_s, "cv": 1.0}
    scenario = type(built.scenario).model_validate({"name": "on scene", "on_scene": {matter: spread}})
    on_scene = {(matter, "*"): scenario.on_scene[matter].distribution()}
    setting = replace(built.setting, seed=seed, habits=replace(built.setting.habits, on_scene=on_scene))
    cases = simulated(replace(built, setting=setting)).cases.sort_by("reported_at")
    seconds = cases["case_s"].to_numpy(zero_copy_only=False).astype(np.float64)
    return np.where(np.isnan(seconds), np.inf, seconds / 3600)


def simulated(built: Built) -> Intervals:
    """A run, read."""
    store = Memory()
    finished = run(built, store=store)
    facts: list[Fact] = store.facts
    return intervals(facts, until=finished.until)


def fitted_s(asked_of: Period, matter: str, *, among: NDArray[np.bool_], longest_s: float) -> float:
    """Mean seconds on scene with which the median of opened → closed is the recorded one among these requests."""
    goal = np.median(asked_of.recorded_h[among])
    low, high = np.log(300.0), np.log(longest_s)
    for _ in range(8):
        middle = (low + high) / 2
        found = np.median(simulated_h(asked_of, matter, on_scene_s=float(np.exp(middle)))[among])
        low, high = (middle, high) if found < goal else (low, middle)
    return round(float(np.exp((low + high) / 2)), -1)


def quantiles(hours: Floats) -> str:
    """P10, P50, P90."""
    return "  ".join(f"{np.percentile(hours, at, method='lower'):8.2f}" for at in (10, 50, 90))


def told(values: Sequence[float]) -> str:
    """Mean and 95 % interval over runs."""
    half = T_975 * float(np.std(values, ddof=1)) / sqrt(len(values))
    return f"{np.mean(values):.2f} ±{half:.2f}"


# ---------------------------------------------------------------------------------------------- parking


def officers(n: int) -> list[Tree]:
    """So many by day and in the evening, one by night."""
    shifts = {"morning": n, "evening": n, "night": 1}
    return [
        {
            "name": f"{roster} {{n}}",
            "kind": "parking",
            "count": count,
            "skills": ["parking"],
            "roster": roster,
            "at": AT,
        }
        for roster, count in shifts.items()
    ]


def fit(folder: Path) -> None:
    """Time on scene fitted to spring 2016 for several strengths, held to spring 2017."""
    say("officers  fitted on scene, min   hours opened -> closed: P10, P50, P90")
    for n in (1, 2, 3, 5):
        spring = period(folder, PARKING, first="2016-03-01", last="2016-07-01", units=officers(n), after_days=7)
        held = period(folder, PARKING, first="2017-03-01", last="2017-07-01", units=officers(n), after_days=7)
        everyone = np.ones(len(spring.recorded_h), bool)
        on_scene_s = fitted_s(spring, PARKING, among=everyone, longest_s=6 * 3600)
        if n == 1:
            say(f"recorded 2016 ({len(everyone)})          {quantiles(spring.recorded_h)}")
            say(f"recorded 2017 ({len(held.recorded_h)})          {quantiles(held.recorded_h)}")
        then, later = (quantiles(simulated_h(part, PARKING, on_scene_s=on_scene_s)) for part in (spring, held))
        say(f"{n} a shift  {on_scene_s / 60:6.1f}   fit 2016  {then}")
        say(f"                  held 2017  {later}")


# ---------------------------------------------------------------------------------------------- the blizzard

WEEKS = ("2015-01-20", "2015-01-27", "2015-02-03", "2015-02-10", "2015-02-17", "2015-02-24", "2015-03-03", "2015-03-10")


def inspectors(n: int) -> list[Tree]:
    """Of snow, from 7 to 17 h every day."""
    return [{"name": "Snow {n}", "kind": "snow", "count": n, "skills": ["snow"], "roster": "day", "at": AT}]


def blizzard(folder: Path) -> None:
    """Snow on sidewalks: fitted before 17 February 2015, held to the weeks after; then with half as many crews more."""
    strengths = (4, 6)
    given = {
        n: period(folder, SNOW, first=WEEKS[0], last=WEEKS[-1], units=inspectors(n), after_days=14) for n in strengths
    }
    recorded = given[4]
    days = recorded.opened_at / DAY
    on_scene_s = fitted_s(recorded, SNOW, among=days < 28, longest_s=8 * 3600)
    say(f"{len(days)} requests; {on_scene_s / 60:.0f} min on scene fitted on {np.sum(days < 28)} of before 17 February")
    runs = {n: [simulated_h(given[n], SNOW, on_scene_s=on_scene_s, seed=seed) for seed in SEEDS] for n in strengths}
    for name, rows in (("all", days >= 0), ("fitted", days < 28), ("held", days >= 28)):
        say(f"{name:7} n {rows.sum():5}  recorded P10 P50 P90 h {quantiles(recorded.recorded_h[rows])}")
        for n in strengths:
            figures = [told([float(np.percentile(h[rows], at)) for h in runs[n]]) for at in (10, 50, 90)]
            say(f"     {n} crews: {'  '.join(figures)}")
    say("week of      a day   open at its end: recorded, 4 crews, 6 crews   P50 h: recorded, 4 crews, 6 crews")
    for number in range(len(WEEKS) - 1):
        rows, end = (days >= 7 * number) & (days < 7 * number + 7), 7.0 * number + 7

        def open_then(hours: Floats, end: float = end) -> int:
            return int(np.sum((days < end) & (days + hours / 24 >= end)))

        stock = [told([open_then(h) for h in runs[n]]) for n in strengths]
        median = [told([float(np.median(h[rows])) for h in runs[n]]) for n in strengths]
        say(
            f"{WEEKS[number]}  {rows.sum() / 7:5.1f}   {open_then(recorded.recorded_h)}, {', '.join(stock)}"
            f"   {np.median(recorded.recorded_h[rows]):.1f}, {', '.join(median)}",
        )


# ---------------------------------------------------------------------------------------------- grid workers


def workers(folder: Path) -> None:
    """June 2016 with and without grid workers, and with other spans between a problem and its request."""
    units = [unit.model_dump(mode="json", exclude_none=True) for unit in _units(folder)]
    for name, on_duty, before in (
        ("citizens alone", units[1:], "2h"),
        ("40 workers", units, "2h"),
        ("citizens alone, 8 h", units[1:], "8h"),
        ("40 workers, 8 h", units, "8h"),
    ):
        spread: Tree = {"dist": "exponential", "mean": before}
        changes: Tree = {"units": on_duty, "history": {"as_problems": {"arose_before": spread}}}
        rows = [_found(asked(folder, "boston_workers.yaml", {"seed": seed, **changes})) for seed in SEEDS]
        say(f"{name}: " + "; ".join(f"{key} {told([row[key] for row in rows])}" for key in rows[0]))


def _units(folder: Path) -> Sequence[UnitGroup]:
    groups = check(read_scenario(str(folder / "boston_workers.yaml"))).units
    assert groups != "history"
    return groups


def _found(built: Built) -> dict[str, float]:
    """Discovery, from arising to arrival, and work, of one run: minutes and shares."""
    read = simulated(built)
    problems = read.problems.to_pandas().set_index("problem")
    first = read.openings.to_pandas().groupby("problem").case.first()
    response_s = read.cases.to_pandas().set_index("case").response_s.reindex(first).to_numpy()
    discovery = problems.discovery_s.dropna() / 60
    arrival = (problems.discovery_s.reindex(first.index).to_numpy() + response_s) / 60
    parked = problems.matter.reindex(first.index).to_numpy() == PARKING
    officers_only, time = read.units["unit_kind"].to_numpy(zero_copy_only=False) == "parking", spent(read)
    busy = float(time.busy_us[officers_only].sum() / time.duty_us[officers_only].sum())
    return {
        "n": float(len(problems)),
        "by patrol": float((problems.channel == "patrol").mean()),
        "P50 discovery": float(discovery.median()),
        "P90 discovery": float(discovery.quantile(0.9)),
        "P50 parking, reported to arrived": float(np.nanmedian(response_s[parked]) / 60),
        "P50 parking, arose to arrived": float(np.nanmedian(arrival[parked])),
        "busy parking officers": busy,
        "cases": float(read.openings.num_rows),
        "merged rightly": float(read.n_told_as.get("merged rightly", 0)),
        "merged wrongly": float(read.n_told_as.get("merged wrongly", 0)),
    }


STUDIES: Mapping[str, Callable[[Path], None]] = {"fit": fit, "blizzard": blizzard, "workers": workers}

if __name__ == "__main__":
    STUDIES[sys.argv[2]](Path(sys.argv[1]))
