"""One run of an experiment, in whatever process it falls to: build once a process, then one seed after the other.

A trial (scenario, seed, how to look at it) flows in, an `Outcome` flows out. The journal is held in memory while it is
read, and its digest is that of `gridtwin run` with the same scenario and seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from agents.collector import collector_held_off
from scenarios.build import Built, build
from scenarios.lab.outcome import Lens, Outcome, first_responses, outcome_of
from scenarios.run import Finished, end_of, run
from scenarios.spec import Scenario
from scenarios.terrain import lap_draw
from twin.errors import GridtwinError
from twin.journal.journal import Memory
from twin.metrics.warm_up import mser5

KEPT = 6
"""Scenarios that a process holds built: cities and tours are dear, and an experiment goes from one to the next."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A run to be made.

    Parameters
    ----------
    scenario : a checked scenario as JSON, see `as_task`.
    """

    scenario: str
    seed: int
    lens: Lens


@dataclass(frozen=True, slots=True)
class Checked:
    """A scenario that can be built: checksums of what was asked for and of its city, and what a person should read."""

    spec: str
    city: str
    warnings: tuple[str, ...]


def as_task(scenario: Scenario) -> str:
    """A scenario as processes hand it on; equal texts are built once."""
    return scenario.model_dump_json(by_alias=True, exclude_none=True)


def check_build(scenario: str) -> Checked | GridtwinError:
    """See that a scenario can be built, or what is wrong with it."""
    try:
        built = _built(scenario)
    except GridtwinError as error:
        return error
    return Checked(built.setting.spec, built.setting.city, built.warnings)


def try_out(trial: Trial) -> Outcome:
    """Make the run, and say what it comes to."""
    built = reseeded(_built(trial.scenario), trial.seed)
    store, done = _run(built)
    with collector_held_off():
        return outcome_of(built, store.facts, until=done.until, digest=done.digest, lens=trial.lens)


def settles_at(trial: Trial) -> int | None:
    """When responses of the run have settled, by MSER-5 over its cases in the order of reports (microseconds).

    None where the run is too short to tell: the cut lies in its second half, or there are too few cases.
    """
    built = reseeded(_built(trial.scenario), trial.seed)
    store, done = _run(built)
    with collector_held_off():
        reported_at, response_s = first_responses(built, store.facts, until=done.until)
    cut = mser5(response_s)
    return None if cut is None else int(reported_at[cut]) if cut else 0


def reseeded(built: Built, seed: int) -> Built:
    """What `build` would make of the same scenario with another seed, on the same tours."""
    history = built.scenario.history
    if history is not None and history.as_problems is not None:  # when they arose before they were told is drawn
        return build(built.scenario, seed=seed)
    terrain = built.setting.terrain
    patrols = None if terrain.patrols is None else terrain.patrols.apart(draw=lap_draw(seed))
    return replace(built, setting=replace(built.setting, seed=seed, terrain=replace(terrain, patrols=patrols)))


def _run(built: Built) -> tuple[Memory, Finished]:
    store = Memory()
    return store, run(built, store=store, until=end_of(built))


@lru_cache(maxsize=KEPT)
def _built(scenario: str) -> Built:
    return build(Scenario.model_validate_json(scenario))
