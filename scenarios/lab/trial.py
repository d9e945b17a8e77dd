"""One run of an experiment, in whatever process it falls to: build once a process, then one seed after the other.

A trial (scenario, seed, how to look at it) flows in, an `Outcome` flows out. The journal is held in memory while it is
read, and its digest is that of `gridtwin run` with the same scenario and seed.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from agents.collector import collector_held_off
from scenarios.build import Built, build
from scenarios.lab.outcome import Floats, Ints, Lens, Outcome, first_responses, outcome_of
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


def responses_of(trial: Trial) -> tuple[Ints, Floats]:
    """Make the run, and say when each case that was reached was reported (microseconds) and how long that took."""
    built = reseeded(_built(trial.scenario), trial.seed)
    store, done = _run(built)
    with collector_held_off():
        return first_responses(built, store.facts, until=done.until)


def settles_at(pilots: Sequence[tuple[Ints, Floats]]) -> int | None:
    """When runs have settled, by MSER-5 over the mean of their k-th responses (microseconds); None if they have not."""
    n = min(response_s.size for _, response_s in pilots)
    cut = mser5(np.mean([response_s[:n] for _, response_s in pilots], axis=0))
    return None if cut is None else max(int(reported_at[cut]) for reported_at, _ in pilots) if cut else 0


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
    return store, run(built, store=store, until=end_of(built), is_one_of_many=True)


def clear() -> None:
    """Let go of what this process has built."""
    _built.cache_clear()
    gc.unfreeze()


@lru_cache(maxsize=KEPT)
def _built(scenario: str) -> Built:
    built = build(Scenario.model_validate_json(scenario))
    gc.unfreeze()
    gc.collect()  # once a scenario: before every run it would take longer than a short run does
    gc.freeze()
    return built
