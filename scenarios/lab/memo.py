"""Everything that the one page on an experiment says, gathered from its folder.

The folder of a finished experiment flows in, perhaps with what `gridtwin compare --json` printed; a `Memo` flows out.
Runs are made only to find what would flip the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

import msgspec

from scenarios.lab.flip import Contest, flips
from scenarios.lab.outcome import Lens
from scenarios.lab.progress import Tick
from scenarios.lab.reading import first_scenario, is_experiment, read_answer, tried_in
from scenarios.load import Tree
from scenarios.matter_names import english_names
from scenarios.run_folder import read_json, read_manifest, said
from twin.domain.quantities import to_s, to_us
from twin.errors import JournalError
from twin.metrics.answer import Answer, Tried, Verdict, values_of
from twin.metrics.break_even import Flips
from twin.metrics.by_group import by_group
from twin.metrics.measure import Measure
from twin.views.memo import Change, Match, Memo, Source

OF_GROUPS = ("response_s_mean", "late_share")
FIRST = ("response_s", "travel_s", "unit_response_s")
"""Which interval of a comparison is told."""
GROUPS = ("headline", "all")


class _Figure(msgspec.Struct, frozen=True):
    a: float | None
    b: float | None
    low: float | None
    high: float | None


class _Distance(msgspec.Struct, frozen=True):
    distance: float | None
    low: float | None
    high: float | None


class _Group(msgspec.Struct, frozen=True):
    n_a: int
    n_b: int
    p50: _Figure
    p90: _Figure
    ks: _Distance


class _Comparison(msgspec.Struct, frozen=True):
    interval: str
    groups: dict[str, _Group]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page is to say.

    Parameters
    ----------
    n_seeds : on how many of the experiment's seeds break-evens are looked for; None: not at all.
    history : what `gridtwin compare --json` printed of the record and the model.
    point : of the factors; None: the first.
    """

    n_seeds: int | None = 10
    history: Path | None = None
    point: str | None = None


def gather_memo(
    folder: Path, wanted: Wanted, *, n_processes: int | None = None, progress: Tick = lambda _: None
) -> Memo:
    """What the page on a finished experiment says.

    Raises
    ------
    JournalError : it is no experiment, nothing in it can be compared, or a file cannot be read.
    """
    if not is_experiment(folder):
        raise JournalError(
            "is not the folder of a finished experiment: give what `experiment --out` was given", file=folder
        )
    manifest, found = read_manifest(folder), read_answer(folder)
    matches = () if wanted.history is None else read_matches(wanted.history)
    verdict, other = _about(found, wanted.point, folder=folder)
    tried = {each.name: each for each in tried_in(folder, found)}
    against = _against(found, verdict, other)
    pair = [replace(tried[verdict.best], against=against), replace(tried[against], against=None)]
    scenario = first_scenario(folder)
    trees = {
        str(each["name"]): each
        for each in said(manifest, "alternatives", list, out=folder)
        if isinstance(each, Mapping)
    }
    flipped: Flips | None = None
    if wanted.n_seeds is not None:
        scenarios = (_tree(trees, verdict.best, folder), _tree(trees, other, folder))
        contest = _contest(found, tried, (verdict, other), scenarios, n_seeds=wanted.n_seeds)
        flipped = flips(folder, contest, n_processes=n_processes, progress=progress)
        if flipped is None:
            raise JournalError(f"{verdict.best} and {other} share no two runs that came to something", file=folder)
    return Memo(
        answer=replace(found, verdicts=(verdict,)),
        against=against,
        groups={
            (by, column): by_group(pair, by, column) for by in ("priority", "grid", "area") for column in OF_GROUPS
        },
        flips=flipped,
        matches=matches,
        record=None if scenario.history is None else scenario.history.file.name,
        span_s=to_s(scenario.lasting),
        currency=None if scenario.costs is None else scenario.costs.currency,
        assumptions=scenario.assumptions,
        source=_source(folder, manifest, tried.values(), trees),
        english=english_names(scenario),
    )


def read_matches(file: Path) -> tuple[Match, ...]:
    """How a model matched a record, from what `gridtwin compare RECORDED MODEL --json` printed.

    Raises
    ------
    JournalError : it is not that.
    """
    try:
        told = msgspec.convert(read_json(file).get("comparisons"), list[_Comparison])
    except msgspec.ValidationError as error:
        raise JournalError(f"is not what `gridtwin compare --json` prints: {error}", file=file) from error
    by_interval = {each.interval: each for each in told}
    for interval in FIRST:
        if interval not in by_interval:
            continue
        groups = by_interval[interval].groups
        group = next((groups[name] for name in GROUPS if name in groups), None)
        if group is not None and (match := _match(interval, group)) is not None:
            return (match,)
    raise JournalError("compares no interval of which both runs have values", file=file)


def _match(interval: str, group: _Group) -> Match | None:
    p50, p90, ks = _change(group.p50), _change(group.p90), group.ks
    if p50 is None or p90 is None or ks.distance is None or ks.low is None or ks.high is None:
        return None
    return Match(interval, group.n_a, group.n_b, p50, p90, (ks.distance, ks.low, ks.high))


def _change(figure: _Figure) -> Change | None:
    a, b, low, high = figure.a, figure.b, figure.low, figure.high
    return None if a is None or b is None or low is None or high is None else Change(a, b, low, high)


def _about(found: Answer, point: str | None, *, folder: Path) -> tuple[Verdict, str]:
    """The verdict that the page is about, and the name of the runner-up."""
    points = [each.point for each in found.verdicts]
    if not points:
        raise JournalError("nothing happened in its runs that could be compared", file=folder)
    if point is not None and point not in points:
        known = ", ".join(filter(None, points)) or "it has no factors beside alternatives"
        raise JournalError(f"has no point {point!r}: {known}", file=folder, key="point")
    verdict = found.verdicts[0 if point is None else points.index(point)]
    here = [each for each in found.alternatives if each.point == verdict.point]
    if len(here) < 2:
        raise JournalError(f"has one alternative only ({here[0].name}): a memo compares two or more", file=folder)
    lost = [each.name for each in here if not each.n]
    if verdict.runner_up is None:
        why = f"all runs of {', '.join(lost)} failed (failures.json says why)" if lost else "the others tell of nothing"
        raise JournalError(f"there is nothing to compare {verdict.best} with: {why}", file=folder)
    return verdict, verdict.runner_up


def _against(found: Answer, verdict: Verdict, other: str) -> str:
    """Whom the best is held against: the one that others are compared with or, if it is that, the runner-up."""
    first = next((each for each in found.alternatives if each.point == verdict.point and each.against is None), None)
    return other if first is None or first.name == verdict.best or not first.n else first.name


def _tree(told: Mapping[str, Mapping[str, object]], name: str, folder: Path) -> Tree:
    return said(told.get(name, {}), "scenario", dict, out=folder)


def _contest(
    found: Answer,
    tried: Mapping[str, Tried],
    pair: tuple[Verdict, str],
    scenarios: tuple[Tree, Tree],
    *,
    n_seeds: int,
) -> Contest:
    """Best against runner-up on the first seeds of which both came to something."""
    verdict, other = pair
    measure = Measure.parse(verdict.measure)
    both = [values_of(tried[name], measure) for name in (verdict.best, other)]
    runs = list(zip(tried[verdict.best].runs, tried[other].runs, strict=True))
    places = [k for k, (a, b) in enumerate(runs) if a is not None and b is not None][:n_seeds]
    seeds = tuple(int(str(run[0]["seed"])) for k in places if (run := tried[verdict.best].runs[k]) is not None)
    of_best, of_other = ([float(values[k]) for k in places] for values in both)
    return Contest(
        best=verdict.best,
        other=other,
        scenarios=scenarios,
        measure=verdict.measure,
        values=(of_best, of_other),
        seeds=seeds,
        lens=Lens(to_us(found.late_after_s), to_us(found.warm_up_s)),
        commonest=_commonest(tried[verdict.best]),
    )


def _commonest(tried: Tried) -> str | None:
    """The matter most cases are about."""
    groups = by_group([tried], "matter", "response_s_mean")
    return max(groups, key=lambda each: each.n).group if groups else None


def _source(
    folder: Path,
    manifest: Mapping[str, object],
    tried: Iterable[Tried],
    told: Mapping[str, Mapping[str, object]],
) -> Source:
    runs = [run[0] for each in tried for run in each.runs if run is not None]
    versions = said(manifest, "versions", dict, out=folder)
    return Source(
        folder=str(folder),
        first_seed=min(int(str(row["seed"])) for row in runs),
        specs={name: str(each.get("spec_hash", "")) for name, each in told.items()},
        versions={name: str(versions[name]) for name in ("gridtwin", "python", "numpy") if name in versions},
        digest=blake2b("".join(str(row["digest"]) for row in runs).encode(), digest_size=16).hexdigest(),
    )
