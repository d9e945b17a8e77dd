"""An experiment from its plan to its answer: blocks of replications, until what was asked for is known, or the cap.

Replication k of every alternative has the seed first + k: common random numbers, and `gridtwin run --seed` makes any
row again. Whether to go on is decided after whole blocks, so that nothing depends on who is done first. Runs that an
earlier try has finished are not made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.lab.design import Alternative, Plan
from scenarios.lab.executor import Lost, Workers, required
from scenarios.lab.outcome import Floats, Ints, Lens, Outcome
from scenarios.lab.results import Failure, Kept, Results, key_of, write_results
from scenarios.lab.trial import Checked, Trial, as_task, check_build, clear, responses_of, settles_at, try_out
from scenarios.load import telling_where
from scenarios.record import input_file
from scenarios.run_folder import versions
from twin.domain.quantities import to_s
from twin.errors import GridtwinError, ScenarioError
from twin.metrics.answer import Answer, Asked, Tried, answer
from twin.metrics.measure import Target

Tick = Callable[[object], None]
BLOCK = 10
"""Replications between one look at the answer and the next, after the first."""
PILOTS = 5
"""Runs of each alternative by which its warm-up is found."""


@dataclass(slots=True, eq=False)
class _Course:
    """An experiment under way."""

    plan: Plan
    workers: Workers
    kept: Kept
    progress: Tick
    tasks: dict[str, str]
    checked: dict[str, Checked] = field(default_factory=dict)
    from_us: int = 0
    n: int = 0
    outcomes: dict[str, list[Outcome | None]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def lens(self) -> Lens:
        return Lens(self.plan.experiment.late_after, self.from_us)


def run_experiment(
    plan: Plan,
    *,
    out: Path,
    n_processes: int | None = None,
    progress: Tick = lambda _: None,
    on_answer: Callable[[Answer], None] = lambda _: None,
) -> Answer:
    """Run an experiment into a folder; returns what `answer.json` holds.

    Parameters
    ----------
    n_processes : of the machine; by default one a core. Without effect on what comes out.
    on_answer : hears the answer so far after every block of replications.

    Raises
    ------
    GridtwinError : an alternative cannot be built, or nothing came to anything; nothing is written.
    """
    latest: Answer | None = None
    with closing(answers(plan, out=out, n_processes=n_processes, progress=progress)) as coming:
        for latest in coming:
            on_answer(latest)
    assert latest is not None
    return latest


def answers(
    plan: Plan, *, out: Path, n_processes: int | None = None, progress: Tick = lambda _: None
) -> Generator[Answer, None, None]:
    """The answer so far, after every block of replications; the last stands in the folder. See `run_experiment`."""
    began = time.monotonic()
    experiment, replications = plan.experiment, plan.experiment.replications
    with ExitStack() as stack, Workers(n_processes) as workers:
        stack.callback(clear)
        tasks = {each.name: as_task(each.scenario) for each in plan.alternatives}
        course = _Course(plan, workers, Kept(out), progress, tasks)
        _check(course)
        _settle(course)
        _replicate(course, replications.at_least)
        found = answer(_tried(course), _asked(course))
        yield found
        while not found.is_exact and course.n < replications.most:
            _replicate(course, min(replications.most, course.n + BLOCK))
            found = answer(_tried(course), _asked(course))
            yield found
    manifest: dict[str, object] = {
        "schema": 1,
        "kind": "experiment",
        "name": experiment.name,
        "versions": versions(),
        "warm_up_s": to_s(course.from_us),
        "n_processes": workers.n,
        "took_s": round(time.monotonic() - began, 1),
        "alternatives": [_manifest_of(each, course.checked[each.name]) for each in plan.alternatives],
    }
    write_results(out, plan, Results(course.outcomes, course.failures), answer=found, manifest=manifest)
    course.kept.clear()


def _manifest_of(each: Alternative, checked: Checked) -> dict[str, object]:
    history = each.scenario.history
    return {
        "name": each.name,
        "spec_hash": checked.spec,
        "city": {"folder": each.scenario.city, "checksum": checked.city},
        "inputs": [] if history is None else [input_file(history.file)],
        "warnings": list(checked.warnings),
        "scenario": each.scenario.model_dump(mode="json", by_alias=True, exclude_none=True),
    }


# ------------------------------------------------------------------------------------------------------- beforehand


def _check(course: _Course) -> None:
    """See that every alternative can be built, before anything runs.

    Raises
    ------
    GridtwinError : the first that cannot, with file, line and key.
    """
    each_of = course.plan.alternatives
    tasks = [course.tasks[each.name] for each in each_of]
    found: dict[int, Checked | GridtwinError | Lost] = {}
    with closing(course.workers.results(check_build, tasks)) as coming:
        for done in coming:
            found[done.place] = done.result
            course.progress(f"checked {len(found)} of {len(tasks)} alternatives")
    for place, each in enumerate(each_of):
        checked = found[place]
        if isinstance(checked, Checked):
            course.checked[each.name] = checked
            continue
        with telling_where(each.document):
            raise checked if isinstance(checked, GridtwinError) else GridtwinError(f"{each.name}: {checked.message}")


def _settle(course: _Course) -> None:
    """Find out what is to be left out of every run: the longest warm-up of any alternative.

    Raises
    ------
    ScenarioError : runs are too short to tell.
    """
    asked = course.plan.experiment.warm_up
    if asked == "none":
        return
    if isinstance(asked, int):
        shortest = min(each.scenario.lasting for each in course.plan.alternatives)
        if asked >= shortest:
            raise _of_file(course, "is as long as the runs: nothing would be left", key="warm_up")
        course.from_us = asked
        return
    first = course.plan.experiment.seed
    trials = [
        Trial(course.tasks[each.name], first + k, course.lens)
        for each in course.plan.alternatives
        for k in range(PILOTS)
    ]
    found: dict[int, tuple[Ints, Floats]] = {}
    with closing(course.workers.results(responses_of, trials)) as coming:
        for done in coming:
            found[done.place] = required(done)
            course.progress(f"warm-up: {len(found)} of {len(trials)} runs")
    for place, each in enumerate(course.plan.alternatives):
        settled = settles_at([found[place * PILOTS + k] for k in range(PILOTS)])
        if settled is None:
            message = f"{each.name}: responses have not settled in the first half of the run: make it longer (lasting)"
            raise _of_file(course, message, key="warm_up")
        course.from_us = max(course.from_us, settled)


def _of_file(course: _Course, message: str, *, key: str) -> ScenarioError:
    file, line = course.plan.document.place_of((key,))
    return ScenarioError(message, file=file, line=line, key=key)


# ------------------------------------------------------------------------------------------------------- runs


def _replicate(course: _Course, until: int) -> None:
    """Make the runs of all alternatives up to a number of replications."""
    first, made_with = course.plan.experiment.seed, versions()
    wanted: list[tuple[str, int]] = []
    found: dict[tuple[str, int], Outcome | Lost] = {}
    keys: dict[tuple[str, int], str] = {}
    for each in course.plan.alternatives:
        checked, lens = course.checked[each.name], course.lens
        for k in range(course.n, until):
            run = each.name, k
            looked_at = (lens.late_after_us, lens.from_us)
            keys[run] = key_of(course.tasks[each.name], checked.spec, checked.city, first + k, looked_at, made_with)
            before = course.kept.get(keys[run])
            if before is None:
                wanted.append(run)
            else:
                found[run] = before
    trials = [Trial(course.tasks[name], first + k, course.lens) for name, k in wanted]
    n_all = len(found) + len(wanted)
    if found:
        course.progress(f"{len(found)} of {n_all} runs were made before")
    with closing(course.workers.results(try_out, trials)) as coming:
        for done in coming:
            run = wanted[done.place]
            found[run] = done.result
            if isinstance(done.result, Outcome):
                course.kept.put(keys[run], done.result)
            course.progress(f"{len(found)} of {n_all} runs, replications {course.n + 1} to {until}")
    _take(course, found, until)


def _take(course: _Course, found: dict[tuple[str, int], Outcome | Lost], until: int) -> None:
    """Put runs in their places; where none has come to anything, there is no answer."""
    for each in course.plan.alternatives:
        kept = course.outcomes.setdefault(each.name, [])
        for k in range(course.n, until):
            outcome = found[each.name, k]
            kept.append(None if isinstance(outcome, Lost) else outcome)
            if isinstance(outcome, Lost):
                course.failures.append(Failure(each.name, course.plan.experiment.seed + k, outcome.message))
    course.n = until
    if all(outcome is None for kept in course.outcomes.values() for outcome in kept):
        worst = course.failures[0]
        raise GridtwinError(f"every run failed; {worst.alternative}, seed {worst.seed}: {worst.message}")


def _tried(course: _Course) -> list[Tried]:
    return [
        Tried(
            each.name,
            each.settings,
            each.against,
            each.point,
            [None if outcome is None else (outcome.row, outcome.groups) for outcome in course.outcomes[each.name]],
        )
        for each in course.plan.alternatives
    ]


def _asked(course: _Course) -> Asked:
    experiment = course.plan.experiment
    return Asked(
        name=experiment.name,
        question=experiment.question,
        targets=[Target.parse(text) for text in experiment.targets],
        half_width=experiment.replications.half_width,
        seed=experiment.seed,
        late_after_s=to_s(experiment.late_after),
        warm_up_s=to_s(course.from_us),
    )
