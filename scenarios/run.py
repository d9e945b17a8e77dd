"""Run a scenario to its end: inputs replayed at their instants, everything else left to the agents."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agents.city import CityModel
from scenarios.build import Built
from twin.domain.facts import CommandGiven, Fact
from twin.domain.quantities import HOUR
from twin.journal.journal import Store
from twin.world.state import State

AFTER = 6 * HOUR
"""A replay goes on so long after its period, so that the last cases can be finished."""


@dataclass(frozen=True)
class Finished:
    """What a run leaves behind besides its journal; `cpu_s` is processor time and no part of the digest."""

    city: CityModel
    until: int
    n_facts: int
    digest: str
    cpu_s: float


def run(
    built: Built,
    *,
    store: Store,
    until: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    is_one_of_many: bool = False,
) -> Finished:
    """Run from the epoch to `until` (default: the scenario's length).

    Parameters
    ----------
    progress : hears the sim time now and then.
    is_one_of_many : whoever makes the runs has set aside, once for all, what Python's collector need not look at.
    """
    end = built.scenario.lasting if until is None else until
    if not is_one_of_many:
        gc.collect()
    started = time.process_time()
    city = CityModel.begin(built.setting, store=store)
    if is_one_of_many:
        play(city, built, until=end, progress=progress)
    else:
        gc.freeze()
        try:
            play(city, built, until=end, progress=progress)
        finally:
            gc.unfreeze()
    city.world.journal.flush()
    digest = city.world.journal.digest
    return Finished(city, end, digest.n_facts, digest.hexdigest(), time.process_time() - started)


def end_of(built: Built) -> int:
    """When a run ends: a history without an end ends it six hours after its last input, if not the scenario before."""
    history, lasting = built.scenario.history, built.scenario.lasting
    if history is None or history.end is not None:
        return lasting
    return min(lasting, (built.inputs[-1].at if built.inputs else 0) + AFTER)


def play(city: CityModel, built: Built, *, until: int, progress: Callable[[int], None] = lambda _: None) -> None:
    """Hand a city the inputs still to come, and let it go on to `until`."""
    step = max(HOUR, (until - city.now) // 200)
    report_at = city.now + step
    for fact in still_to_come(built.inputs, city.state):
        if fact.at >= until:
            break
        while city.now + step < fact.at:
            city.advance_to(city.now + step)
            progress(city.now)
        city.receive(fact)
        if fact.at >= report_at:
            progress(city.now)
            report_at = city.now + step
    while city.now < until:
        city.advance_to(min(until, city.now + step))
        progress(city.now)


def still_to_come(inputs: Sequence[Fact], state: State) -> Iterator[Fact]:
    """The inputs that a city in this state has not had, whether or not its commands are among them."""
    n_commands, n_others = state.n_commands, state.n_inputs - state.n_commands
    for fact in inputs:
        if isinstance(fact, CommandGiven):
            n_commands -= 1
            is_past = n_commands >= 0
        else:
            n_others -= 1
            is_past = n_others >= 0
        if not is_past:
            yield fact
