"""How far a run was from the best possible: its journal and its roads make the calls and crews of an offline bound.

In: a run folder. Out: mean response (reported → first arrived; a case that nobody has reached counts with what it has
waited up to the end) and late share (the same wait, later than a limit), of the run and the least that any policy could
have had of the same cases, with the gap between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from city_data.yaml_file import YamlDocument
from scenarios.bound_crews import Call, Standing, crews_of
from scenarios.build import Built, build
from scenarios.load import check
from scenarios.run_folder import MANIFEST, facts_of, read_manifest, said
from scenarios.verify import RECORDED
from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.quantities import MINUTE, SECOND, to_s
from twin.domain.route import Spot
from twin.errors import CityError, JournalError
from twin.metrics.offline_bound import NEVER, Bound, Calls, Cost, Crew, Ints, offline_bound

PATIENCE = 30 * MINUTE
"""For the bound on the mean, a case reached later than this after its report counts as if it were reached then."""
STEP = 20 * SECOND
WINDOW = 60
"""Calls that are bounded together where units may stand anywhere: between two windows everybody may be everywhere."""


@dataclass(frozen=True, slots=True)
class Case:
    """When a case was reported and first reached; its calls for units, none where it needed nobody to be sent."""

    reported_at: int
    arrived_at: int | None
    calls: tuple[Call, ...]


Numbered = tuple[Case, list[int]]
"""A case and the numbers of its calls among all calls."""

Measure = Callable[[int, int], float]
"""(reported, reached) → what a case adds to a measure."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One measure of a run, the least it could have been, and for which policies that holds."""

    standing: Standing
    measure: str
    run: float
    bound: float
    is_whole: bool
    n_arcs: int


@dataclass(frozen=True, slots=True)
class Bounded:
    """What came of it. `why_not_stationed` says why only the weaker bound holds, where it does not."""

    policy: str
    n_cases: int
    n_reached: int
    gaps: tuple[Gap, ...]
    why_not_stationed: str | None
    is_recorded: bool


def bound_run(
    folder: Path,
    *,
    late_after_us: int,
    city: Path | None = None,
    progress: Callable[[object], None] = lambda _: None,
) -> Bounded:
    """Bound a run.

    Raises
    ------
    JournalError : not a run folder, or a run without roads, units or cases, or with a centre.
    CityError : the city is not there, or is another one.
    """
    manifest = read_manifest(folder)
    until, policy = said(manifest, "until", int, out=folder), said(manifest, "policy", str, out=folder)
    document = YamlDocument(folder / MANIFEST, dict(said(manifest, "scenario", dict, out=folder)), {})
    if city is not None:
        document.data["city"] = str(city.resolve())
    progress("reading the journal")
    facts = list(facts_of(folder))
    told = [fact for fact in facts if fact.origin is f.INPUT or isinstance(fact, f.UnitEnrolled)]
    built = build(check(document), seed=said(manifest, "seed", int, out=folder), journal=told)
    if built.setting.city != said(manifest, "city", dict, out=folder).get("checksum"):
        raise CityError("this is not the city the run took place in: give that one with --city")
    is_recorded = policy == RECORDED
    cases = _cases(facts, until=until, is_recorded=is_recorded)
    _check(built, cases, folder=folder)
    why_not = "it is a history as it happened" if is_recorded else _why_not_stationed(built, facts)
    measures: dict[str, tuple[int, Measure]] = {
        "mean response_s": (PATIENCE, lambda since, at: to_s(min(at, until) - since)),
        "late_share": (late_after_us + 1, lambda since, at: float(min(at, until) - since > late_after_us)),
    }
    away = frozenset(fact.unit for fact in facts if isinstance(fact, f.UnitAway))
    calls = [call for case in cases for call in case.calls]
    gaps = []
    for standing in (Standing.ANYWHERE,) if why_not else (Standing.STATIONED, Standing.ANYWHERE):
        progress(f"{standing}: ways")
        crews = crews_of(
            built,
            calls,
            standing=standing,
            away=away,
            blocked_from=min((fact.at for fact in facts if isinstance(fact, f.RoadClosed)), default=None),
            latest_us=max(patience_us for patience_us, _ in measures.values()),
            is_recorded=is_recorded,
        )
        for measure, (patience_us, cost) in measures.items():
            progress(f"{standing}: {measure}")
            found = _bound(cases, crews, standing=standing, cost=cost, until=until, patience_us=patience_us)
            run = sum(cost(case.reported_at, until if case.arrived_at is None else case.arrived_at) for case in cases)
            run, least = run / len(cases), max(0.0, found.total) / len(cases)
            gaps.append(Gap(standing, measure, run, least, found.is_whole, found.n_arcs))
    n_reached = sum(case.arrived_at is not None for case in cases)
    return Bounded(policy, len(cases), n_reached, tuple(gaps), why_not, is_recorded)


def _bound(
    cases: Sequence[Case],
    crews: Sequence[Crew],
    *,
    standing: Standing,
    cost: Measure,
    until: int,
    patience_us: int,
) -> Bound:
    """The least sum of costs: window by window where that drops constraints only, else all at once."""
    numbers = iter(range(sum(len(case.calls) for case in cases)))
    given = [(case, [next(numbers) for _ in case.calls]) for case in cases]
    total, is_whole, n_arcs = 0.0, True, 0
    for window in _windows(given, all_at_once=standing is Standing.STATIONED):
        calls = [call for case, _ in window for call in case.calls]
        ready_at = np.array([call.ready_at for call in calls], np.int64)
        since = [case.reported_at for case, _ in window]
        found = offline_bound(
            Calls(
                np.repeat(np.arange(len(window)), [len(own) for _, own in window]),
                ready_at,
                np.maximum(ready_at, np.minimum(until, [call.reported_at + patience_us for call in calls])),
            ),
            _able(crews, np.array([number for _, own in window for number in own], np.int64)),
            cost=_priced(cost, since),
            step_us=STEP,
            is_metric=standing is Standing.ANYWHERE,
        )
        total, is_whole, n_arcs = total + found.total, is_whole and found.is_whole, n_arcs + found.n_arcs
    return Bound(total, is_whole, n_arcs)


def _able(crews: Sequence[Crew], calls: Ints) -> list[Crew]:
    """The crews that can serve any of some calls, with the times of those."""
    return [crew.only(calls) for crew in crews if (crew.first_us[calls] < NEVER).any()]


def _priced(cost: Measure, since: Sequence[int]) -> Cost:
    return lambda case, at: cost(since[case], at)


def _windows(given: Sequence[Numbered], *, all_at_once: bool) -> Iterator[list[Numbered]]:
    window: list[Numbered] = []
    for case, own in sorted(given, key=lambda each: each[0].calls[0].ready_at):
        window.append((case, own))
        if not all_at_once and sum(len(numbers) for _, numbers in window) >= WINDOW:
            yield window
            window = []
    if window:
        yield window


def _cases(facts: Sequence[f.Fact], *, until: int, is_recorded: bool) -> list[Case]:
    """Cases that units were to be sent to; what whoever found it settled on the spot is none."""
    queued, reached, reports = dict[int, int](), dict[int, int](), dict[int, f.CaseReported]()
    jobs, work = dict[int, f.UnitAssigned](), dict[tuple[int, int], int]()
    arrived = dict[int, int]()
    for fact in facts:
        match fact:
            case f.CaseReported() if ON_THE_SPOT not in fact.needs and fact.needs:
                reports[fact.case] = fact
            case f.CaseQueued():
                queued.setdefault(fact.case, fact.at)
            case f.UnitAssigned():
                jobs[fact.unit] = fact
                if is_recorded:
                    queued[fact.case] = min(queued.get(fact.case, fact.at), fact.at)
            case f.UnitArrived() if fact.unit in jobs:
                arrived[fact.unit] = fact.at
                reached.setdefault(jobs[fact.unit].case, fact.at)
            case f.UnitFreed() if fact.unit in jobs and fact.unit in arrived:
                key = fact.case, fact.need
                took_us = max(0, fact.at - arrived.pop(fact.unit))
                work[key] = min(work.get(key, took_us), took_us)
            case _:
                pass
    return [
        Case(
            report.at,
            reached.get(number),
            tuple(
                Call(
                    number,
                    need,
                    report.needs[need],
                    report.matter,
                    Spot(report.edge, report.offset_mm),
                    report.at,
                    max(report.at, min(until, queued.get(number, until))),
                    work.get((number, need), 0) if is_recorded else None,
                    bool(report.n_verify),
                )
                for need in range(report.n_verify or len(report.needs) - report.n_check)
            ),
        )
        for number, report in reports.items()
    ]


def _check(built: Built, cases: Sequence[Case], *, folder: Path) -> None:
    """Whether there is anything to bound."""
    if built.setting.loop is not None:
        raise JournalError("when a case is ready depends on the desks of its centre: no bound is known", file=folder)
    if built.setting.terrain.network is None:
        raise JournalError("this run has no roads (travel: none): there is no way to be shorter", file=folder)
    if not built.setting.units:
        raise JournalError("this run has no units: nobody could have been sent", file=folder)
    if not cases:
        raise JournalError("this run has no cases that anybody was to be sent to", file=folder)


def _why_not_stationed(built: Built, facts: Sequence[f.Fact]) -> str | None:
    if any(unit.patrols for unit in built.setting.units):
        return "units that patrol may be anywhere on their beats"
    if built.scenario.problems:
        return "which problems become cases depends on who passes them"
    homes = [unit.home for unit in built.setting.units]
    for fact in facts:
        if isinstance(fact, f.CaseReported) and (fact.n_verify or fact.n_check):
            return "cases are visited more than once"
        if isinstance(fact, f.UnitAway) and Spot(fact.edge, fact.offset_mm) != homes[fact.unit]:
            return "units come back from their absences elsewhere than at their stations"
    return None
