"""Which assumptions would flip the answer of an experiment? Both alternatives run again with one of them multiplied.

A finished experiment flows in; out flow its assumptions with their break-evens, on the experiment's own seeds and
looked at as it looked. Searches of all assumptions go side by side, so that processes have enough to do. What was found
is kept in the folder, under everything that it depends on.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from city_data.yaml_file import YamlDocument
from scenarios.lab.assumptions import assumptions_of, multiplied
from scenarios.lab.executor import Lost, Workers
from scenarios.lab.outcome import Lens
from scenarios.lab.progress import Step, Tick
from scenarios.lab.results import key_of
from scenarios.lab.trial import Trial, as_task, clear, try_out
from scenarios.load import Tree, check
from scenarios.run_folder import MANIFEST, versions, write_json
from twin.errors import GridtwinError
from twin.metrics.break_even import Assumed, BreakEven, Flip, Flips, Gap, Search, gap_of, search
from twin.metrics.measure import Measure
from twin.metrics.paired import difference

FLIP = "flip.json"


@dataclass(frozen=True, slots=True)
class Contest:
    """Two alternatives of an experiment, and how they are compared.

    Parameters
    ----------
    best, other : their names; `scenarios` holds what each is, as manifests keep it.
    values : the measure on the common seeds as things are, of the best and of the other.
    seeds : those of the replications that `values` are of.
    commonest : the matter most cases are about.
    """

    best: str
    other: str
    scenarios: tuple[Tree, Tree]
    measure: str
    values: tuple[Sequence[float], Sequence[float]]
    seeds: tuple[int, ...]
    lens: Lens
    commonest: str | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """Runs of one scenario over seeds, of which one measure is wanted."""

    scenario: str
    seeds: tuple[int, ...]
    lens: Lens
    measure: str


class Kept(msgspec.Struct, frozen=True):
    """What was found, and the checksum of all that it depends on."""

    key: str
    found: Flips


def flips(
    folder: Path, contest: Contest, *, n_processes: int | None = None, progress: Tick = lambda _: None
) -> Flips | None:
    """Where each assumption would flip the answer; None where the alternatives cannot be compared as things are.

    Parameters
    ----------
    folder : of the experiment: what was found before is read there, and what is found is kept there.

    Raises
    ------
    GridtwinError : the runs cannot be made again.
    """
    now = _gap(contest, *contest.values)
    if now is None:
        return None
    told = (contest.scenarios, contest.measure, contest.seeds, contest.values, contest.commonest, versions())
    key = key_of(*told, contest.lens.late_after_us, contest.lens.from_us)
    if (kept := _kept(folder / FLIP)) is not None and kept.key == key:
        return kept.found
    found: list[Flip] = []
    if not now.is_flipped:
        assumed = _assumed(contest)
        found = searched(contest, assumed, now, n_processes=n_processes, progress=progress)
    result = Flips(
        contest.measure, contest.best, contest.other, len(contest.seeds), now, tuple(sorted(found, key=_far))
    )
    _keep(folder / FLIP, Kept(key, result))
    return result


def values_over(sweep: Sweep) -> list[float]:
    """The measure of each run; NaN where one has nothing to tell."""
    measure = Measure.parse(sweep.measure)
    outcomes = (try_out(Trial(sweep.scenario, seed, sweep.lens)) for seed in sweep.seeds)
    return [measure.value(outcome.row, outcome.groups) for outcome in outcomes]


def _assumed(contest: Contest) -> list[Assumed]:
    """What either scenario assumes, over the range that both allow; a value that they share is told."""
    of_best, of_other = (
        {(each.name, each.of): each for each in assumptions_of(tree, commonest=contest.commonest)}
        for tree in contest.scenarios
    )
    found = []
    for key in dict.fromkeys((*of_best, *of_other)):
        a, b = of_best.get(key, of_other.get(key)), of_other.get(key, of_best.get(key))
        assert a is not None
        assert b is not None
        found.append(Assumed(*key, a.now if a.now == b.now else None, max(a.low, b.low), min(a.high, b.high)))
    return found


def searched(
    contest: Contest,
    assumed: Sequence[Assumed],
    now: Gap,
    *,
    n_processes: int | None = None,
    progress: Tick = lambda _: None,
) -> list[Flip]:
    """Where each assumption flips the answer: all searches side by side, round by round.

    Parameters
    ----------
    now : the gap as things are; the best must be better by it.

    Raises
    ------
    GridtwinError : no run can be made again.
    """
    searches: list[Search] = [search(now, low=each.low, high=each.high) for each in assumed]
    asked: dict[int, tuple[float, ...]] = {place: next(each) for place, each in enumerate(searches)}
    found: dict[int, BreakEven] = {}
    messages: dict[int, str] = {}
    n_done = 0
    with ExitStack() as stack, Workers(n_processes) as workers:
        stack.callback(clear)
        while asked:
            looks = [(place, factor) for place, factors in asked.items() for factor in factors]
            sweeps = [
                Sweep(task_of(multiplied(tree, assumed[place], factor)), contest.seeds, contest.lens, contest.measure)
                for place, factor in looks
                for tree in contest.scenarios
            ]
            results: dict[int, list[float] | Lost] = {}
            with closing(workers.results(values_over, sweeps)) as coming:
                for done in coming:
                    results[done.place] = done.result
                    n_done += 1
                    progress(Step("flip", n_done, n_done + len(sweeps) - len(results)))
            gaps: dict[int, list[Gap | None]] = {place: [] for place in asked}
            for number, (place, _) in enumerate(looks):
                best, other = results[2 * number], results[2 * number + 1]
                for side in (best, other):
                    if isinstance(side, Lost):
                        messages.setdefault(place, side.message)
                is_lost = isinstance(best, Lost) or isinstance(other, Lost)
                gaps[place].append(None if is_lost else _gap(contest, best, other))  # type: ignore[arg-type]
            if len(messages) == len(assumed):
                raise GridtwinError(f"the runs cannot be made again with other assumptions: {messages[0]}")
            asked = {}
            for place, seen in gaps.items():
                try:
                    asked[place] = searches[place].send(seen)
                except StopIteration as end:
                    found[place] = end.value
    return [Flip(each, found[place], messages.get(place, "")) for place, each in enumerate(assumed)]


def task_of(tree: Tree) -> str:
    """A scenario as manifests keep it, as processes hand it on."""
    return as_task(check(YamlDocument(Path(MANIFEST), tree, {})))


def _gap(contest: Contest, best: Sequence[float], other: Sequence[float]) -> Gap | None:
    found = difference(np.array(best, float), np.array(other, float), n_boot=1)
    return gap_of(found, more_is_better=Measure.parse(contest.measure).more_is_better)


def _far(flip: Flip) -> float:
    """How far from 1 an answer flips; those that do not come last, in the order that they are in."""
    return math.inf if flip.found.factor is None else abs(math.log(flip.found.factor))


def _kept(file: Path) -> Kept | None:
    """What was found before; what cannot be read counts as nothing."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _keep(file: Path, kept: Kept) -> None:
    """Write what was found, whole or not at all."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    content: Mapping[str, object] = msgspec.to_builtins(kept)
    write_json(beside, content)
    beside.replace(file)
