"""Tables about staffing: levels, targets, what each next person buys, what theory expects, and who is there.

In: a `ServiceCurve`. Out: frames.
"""

from __future__ import annotations

from collections.abc import Mapping

from twin.domain.quantities import times
from twin.metrics.measure import Met
from twin.metrics.service_curve import Gain, LevelTold, ServiceCurve
from twin.views.frames import Cell, Column, Frame
from twin.views.measuring import change, interval_told, level_told, measure_name, target_name
from twin.views.staff_charts import measures_in
from twin.views.staff_verdict import cost_each, theory_told
from twin.views.words import Words

ALWAYS = "always"
_GAINS = 4


def level_frame(found: ServiceCurve, words: Words) -> Frame:
    """One row a level: people, cost, targets, and the measures side by side."""
    return (
        _levels(found, words),
        Column(words("staff.people"), Cell.COUNT, [each.n_people for each in found.levels]),
        *_costs(found, words),
        *(
            Column(target_name(target, words), Cell.TEXT, [_met(each, target, words) for each in found.levels])
            for target in found.targets
        ),
        *(
            Column(
                measure_name(name, words),
                Cell.TEXT,
                [level_told(name, each.measures[name], words) for each in found.levels],
            )
            for name in measures_in(found)
        ),
    )


def step_frame(found: ServiceCurve, words: Words) -> Frame:
    """One row a step: what each of the people that come with it changes."""
    steps = found.steps
    costs = [cost_each(step) for step in steps]
    each_costs = words("staff.column.cost_each", currency=found.currency)
    return (
        Column(words("staff.column.step"), Cell.TEXT, [f"{times(step.of)} → {times(step.to)}" for step in steps]),
        Column(words("staff.people"), Cell.TEXT, [f"{step.n_people:+d}" for step in steps]),
        *([] if found.currency is None else [Column(each_costs, Cell.COUNT, [_whole(cost) for cost in costs])]),
        *(
            Column(measure_name(name, words), Cell.TEXT, [_gain(name, step.gains[name], words) for step in steps])
            for name in measures_in(found)[:_GAINS]
        ),
    )


def theory_frame(found: ServiceCurve, words: Words) -> Frame:
    """One row a level: what queueing theory expects, beside what the runs came to."""
    names = [name for name in measures_in(found) if all(_is_told(each, name) for each in found.levels)]
    return (
        _levels(found, words),
        *(
            Column(
                measure_name(name, words),
                Cell.TEXT,
                [
                    words(
                        "staff.theory_and_runs",
                        theory=theory_told(each, name, words),
                        runs=level_told(name, each.measures[name], words),
                    )
                    for each in found.levels
                ],
            )
            for name in names
        ),
    )


def crew_frame(found: ServiceCurve, words: Words) -> Frame:
    """One row a crew and shift: how many there are at each level."""
    keys = list(dict.fromkeys((crew.name, crew.shift) for each in found.levels for crew in each.crews))
    return (
        Column(words("staff.column.crew"), Cell.TEXT, [crew_name(name, shift, words) for name, shift in keys]),
        *(
            Column(
                times(each.times),
                Cell.COUNT,
                [sum(crew.n for crew in each.crews if (crew.name, crew.shift) == key) for key in keys],
            )
            for each in found.levels
        ),
    )


def crew_name(name: str, shift: str, words: Words) -> str:
    """What a crew is called; its shift is named where it has one."""
    called = words.named("kind", name)
    return called if shift == ALWAYS else words("staff.shift.of", name=called, shift=shift)


def as_settings(crews: Mapping[tuple[str, str], int]) -> str:
    """Numbers of people, by name and shift, as settings of a scenario."""
    return "; ".join(f"staffing.shifts.{shift}.{name} = {n}" for (name, shift), n in crews.items())


def _levels(found: ServiceCurve, words: Words) -> Column:
    return Column(words("staff.column.level"), Cell.TEXT, [times(each.times) for each in found.levels])


def _costs(found: ServiceCurve, words: Words) -> Frame:
    if found.currency is None:
        return ()
    costs = [_whole(None if each.cost_per_day is None else each.cost_per_day.mean) for each in found.levels]
    return (Column(words("staff.axis.cost", currency=found.currency), Cell.COUNT, costs),)


def _met(each: LevelTold, target: str, words: Words) -> str:
    return words(f"met.{each.targets.get(target, Met.UNSURE).value}")


def _gain(name: str, gain: Gain, words: Words) -> str:
    if gain.per_person is None:
        return words("none")
    told = change(name, gain.per_person, words)
    return told if gain.per_person_t is None else f"{told} ({interval_told(name, gain.per_person_t, words)})"


def _is_told(each: LevelTold, name: str) -> bool:
    return each.theory is not None and name in each.theory.values


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
