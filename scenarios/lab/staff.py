"""How many people? One scenario at several levels of staffing, on the same days, with what theory expects beside it.

A question flows in; an experiment of one alternative a level is run, and a `ServiceCurve` flows out: `staff.json` in
the experiment's folder.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pyarrow.parquet as pq

from city_data.yaml_file import YamlDocument
from scenarios.build import build
from scenarios.lab.design import planned
from scenarios.lab.executor import Workers, required
from scenarios.lab.experiment import run_experiment
from scenarios.lab.queue_answer import theory_of
from scenarios.lab.results import GROUPS, ROWS
from scenarios.lab.trial import as_task
from scenarios.load import Tree, check, made_up, overlaid, read_scenario, telling_where
from scenarios.run_folder import write_json
from scenarios.spec import Scenario
from scenarios.spec_staffing import MOST_TIMES, times
from scenarios.staffed import Post, posts, staffed
from scenarios.terrain import city_of
from twin.domain.quantities import to_us
from twin.errors import GridtwinError
from twin.metrics.measure import Row, Target
from twin.metrics.service_curve import COST, Crew, ServiceCurve, Staffed, Theory, measures_of, service_curve

STAFF = "staff.json"
LATE_AFTER_S = 900.0
"""A case that nobody has reached by then is late, as in experiments."""
MOST_LEVELS = 100
Tick = Callable[[object], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Parameters
    ----------
    levels : everybody so many times, ascending.
    targets : in words, such as "p90 response_s <= 900 priority 1".
    only : kinds of unit, groups or desks that change; empty for everybody.
    n_runs, seed : the same seeds, from `seed` on, at each level.
    until : how long each run lasts, in words; None for as long as the scenario says.
    """

    levels: tuple[float, ...]
    targets: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    n_runs: int = 20
    seed: int = 1
    until: str | None = None


@dataclass(frozen=True, slots=True)
class _Level:
    """A level with crews of its own."""

    times: float
    staffing: Tree
    scenario: Scenario
    crews: tuple[Crew, ...]


@dataclass(frozen=True, slots=True)
class _TheoryTask:
    scenario: str
    targets: tuple[str, ...]


def levels_of(text: str) -> tuple[float, ...]:
    """Levels, ascending, from "0.6:1.6:0.1" (first, last, step) or "0.8,1,1.2".

    Raises
    ------
    GridtwinError : not of that form, nothing in it, or out of range.

    >>> levels_of("0.8:1.2:0.2")
    (0.8, 1.0, 1.2)
    """
    said = f"{text[:60]!r} is not a list of levels: write 0.6:1.6:0.1 (first, last, step) or 0.8,1,1.2"
    if not re.fullmatch(r"[0-9.]+(?:(?:,[0-9.]+)*|:[0-9.]+:[0-9.]+)", text):
        raise GridtwinError(said, key="levels")
    try:
        numbers = [float(word) for word in re.split("[,:]", text)]
    except ValueError as error:
        raise GridtwinError(said, key="levels") from error
    if ":" in text:
        first, last, step = numbers
        if not step or last < first:
            raise GridtwinError(f"{text!r} holds no level: the step must be above 0, the last not below", key="levels")
        if (last - first) / step > MOST_LEVELS:
            raise GridtwinError(f"{text!r} holds more than {MOST_LEVELS} levels", key="levels")
        numbers = [first + step * place for place in range(math.floor((last - first) / step + 1e-9) + 1)]
    found = tuple(sorted({round(number, 6) for number in numbers}))
    if found[0] <= 0 or found[-1] > MOST_TIMES:
        raise GridtwinError(f"levels are above 0 and at most {MOST_TIMES:g}: {text!r}", key="levels")
    if len(found) > MOST_LEVELS:
        raise GridtwinError(f"{len(found)} levels are more than {MOST_LEVELS}", key="levels")
    return found


def staff(
    source: str,
    asked: Question,
    *,
    out: Path | None = None,
    n_processes: int | None = None,
    progress: Tick = lambda _: None,
) -> ServiceCurve:
    """Answer how many people a scenario needs.

    Parameters
    ----------
    source : a scenario file or a shipped name.
    out : folder for the experiment and `staff.json`; the same one goes on where it stopped. None to keep nothing.
    n_processes : of the machine; by default one a core. Without effect on what comes out.

    Raises
    ------
    GridtwinError : the question cannot be asked of this scenario; `key` names what to change.
    """
    targets = [_target(text) for text in asked.targets]
    document = read_scenario(source)
    if asked.until is not None:
        document = overlaid(document, [made_up({"lasting": asked.until})])
    levels, base = _levels(document, asked)
    _require_told(base, targets)
    theories = _theories(levels, asked.targets, n_processes=n_processes, progress=progress)
    plan = planned(made_up(_experiment(source, levels, asked)))
    with nullcontext(out) if out is not None else TemporaryDirectory(prefix="gridtwin-staff-") as folder:
        place = Path(folder)
        run_experiment(plan, out=place, n_processes=n_processes, progress=progress)
        runs = _runs(place, [times(level.times) for level in levels], n=asked.n_runs)
        found = service_curve(
            [
                Staffed(level.times, level.crews, own, theory)
                for level, own, theory in zip(levels, runs, theories, strict=True)
            ],
            targets,
            scenario=base.name,
            late_after_s=LATE_AFTER_S,
            currency=None if base.costs is None else base.costs.currency,
            seed=asked.seed,
        )
        write_json(place / STAFF, msgspec.to_builtins(found))
    return found


def _target(text: str) -> Target:
    try:
        return Target.parse(text)
    except GridtwinError as error:
        raise GridtwinError(error.message, key="target") from error


def _require_told(scenario: Scenario, targets: Sequence[Target]) -> None:
    """See beforehand that runs can tell of what targets are about.

    Raises
    ------
    GridtwinError : the scenario has no limits, or no costs.
    """
    for target in targets:
        name = target.measure.name
        if name == "on_time_share" and not scenario.limits and scenario.centre is None:
            raise GridtwinError(f"{name}: by when? The scenario has no `limits`", key="target")
        if name in ("cost", COST) and scenario.costs is None:
            raise GridtwinError(f"{name}: at what rates? The scenario has no `costs`", key="target")


def _experiment(source: str, levels: Sequence[_Level], asked: Question) -> Tree:
    """The experiment that is run: an alternative a level."""
    path = Path(source)
    said: Tree = {
        "name": "staffing",
        "question": "How many people?",
        "scenario": str(path.resolve()) if path.exists() else source,
        "alternatives": [{"name": times(level.times), "set": {"staffing": level.staffing}} for level in levels],
        "replications": {"at_least": asked.n_runs, "at_most": asked.n_runs},
        "seed": asked.seed,
        "targets": list(asked.targets),
        "late_after": LATE_AFTER_S,
    }
    return said if asked.until is None else said | {"lasting": asked.until}


# ---------------------------------------------------------------------------------------------- levels


def _levels(document: YamlDocument, asked: Question) -> tuple[list[_Level], Scenario]:
    """The levels with crews of their own, and the scenario they are levels of."""
    base = check(document)
    with telling_where(document):
        city = city_of(base)
        before = posts(staffed(base, city), city)
        if not any(post.n for post in before):
            raise GridtwinError("nobody works in this scenario (or units: history, who cannot be others)", key="units")
        found: list[_Level] = []
        for level in asked.levels:
            staffing = _staffing(base, level, asked.only)
            scenario = check(overlaid(document, [made_up({"staffing": staffing})]))
            now = posts(staffed(scenario, city), city)
            if not any(post.n for post in now if post.what == "units") and any(post.what == "units" for post in before):
                raise GridtwinError(f"{times(level)} leaves no units", key="levels")
            crews = tuple(_crew(post) for post in now)
            if not any(crews == other.crews for other in found):
                found.append(_Level(level, staffing, scenario, crews))
    return found, base


def _staffing(base: Scenario, level: float, only: Sequence[str]) -> Tree:
    """The overlay of a level: whatever the scenario says of its staffing stays, and is scaled."""
    before = 1.0 if base.staffing is None else base.staffing.scale
    if not isinstance(before, float) or (only and before != 1):
        raise GridtwinError("scales some already: write those groups out, or take `scale` away", key="staffing.scale")
    return {"scale": {name: times(level) for name in only} if only else times(before * level)}


def _crew(post: Post) -> Crew:
    return Crew(post.names[0], post.roster, post.n)


# ---------------------------------------------------------------------------------------------- theory and runs


def _theories(
    levels: Sequence[_Level], targets: tuple[str, ...], *, n_processes: int | None, progress: Tick
) -> list[Theory]:
    tasks = [_TheoryTask(as_task(level.scenario), targets) for level in levels]
    found: dict[int, Theory] = {}
    with Workers(n_processes) as workers, closing(workers.results(_theory, tasks)) as coming:
        for done in coming:
            found[done.place] = required(done)
            progress(f"theory of {len(found)} of {len(tasks)} levels")
    return [found[place] for place in range(len(tasks))]


def _theory(task: _TheoryTask) -> Theory:
    targets = [Target.parse(text) for text in task.targets]
    built = build(Scenario.model_validate_json(task.scenario))
    return theory_of(built, measures=measures_of(targets), targets=targets, late_after_us=to_us(LATE_AFTER_S))


def _runs(folder: Path, names: Sequence[str], *, n: int) -> list[list[tuple[Row, Sequence[Row]] | None]]:
    """What the runs of an experiment came to, by alternative and replication; None for those that failed."""
    rows: dict[tuple[str, int], Row] = {
        (row["alternative"], row["replication"]): row for row in pq.read_table(folder / ROWS).to_pylist()
    }
    groups: dict[tuple[str, int], list[Mapping[str, int | float | str | None]]] = {}
    for group in pq.read_table(folder / GROUPS).to_pylist():
        groups.setdefault((group["alternative"], group["replication"]), []).append(group)
    return [
        [(row, groups.get((name, k), [])) if (row := rows.get((name, k))) is not None else None for k in range(n)]
        for name in names
    ]
