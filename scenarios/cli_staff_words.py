"""A service curve as sentences and tables that a person can read; no figure is worked out here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scenarios.spec_staffing import times
from twin.metrics.measure import Measure, Met
from twin.metrics.paired import Interval, Level
from twin.metrics.service_curve import COST, Gain, LevelTold, Pool, ServiceCurve, Step

SHOWN = 6
"""Measures in the table of levels."""
GAINS = 3
"""Measures in the table of steps."""


def sentences(found: ServiceCurve, leaves_out: Mapping[str, str]) -> list[str]:
    """The answer, most important first.

    Parameters
    ----------
    leaves_out : what theory may leave out, in words.
    """
    return [
        *_on_targets(found),
        *_on_knee(found),
        *_on_next(found),
        *_on_theory(found, leaves_out),
        *_on_runs(found),
    ]


def tables(found: ServiceCurve) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Tables with their titles."""
    names = list(found.levels[0].measures)
    yield (
        "levels, ± half the 95 % interval",
        [
            {
                "": times(each.times),
                "people": each.n_people,
                **({} if each.cost_per_day is None else {f"{found.currency} a day": _level(COST, each.cost_per_day)}),
                **{name: _level(name, each.measures[name]) for name in names[:SHOWN]},
            }
            for each in found.levels
        ],
    )
    yield "targets", [{"": times(each.times), **_met(each)} for each in found.levels if each.targets]
    yield "who is there", _crews(found.levels)
    yield (
        "what each next person buys, with its 95 % interval",
        [
            {
                "": f"{times(step.of)} → {times(step.to)}",
                "people": f"{step.n_people:+d}",
                **_price_of(step, found),
                **{name: _gain(name, step.gains[name]) for name in names[:GAINS]},
            }
            for step in found.steps
        ],
    )
    yield "what queueing theory expects", [row for each in found.levels if (row := _expected(each, names))]
    yield f"pools at {times(_middle(found).times)}, in theory", _pools(_middle(found))


# ---------------------------------------------------------------------------------------------- sentences


def _on_targets(found: ServiceCurve) -> Iterator[str]:
    first, last = found.levels[0], found.levels[-1]
    if not found.targets:
        name = next(iter(first.measures), None)
        if name is None:
            yield "nothing happened that could be told."
            return
        ends = f"from {_level(name, first.measures[name])} at {times(first.times)}"
        yield f"{name} goes {ends} to {_level(name, last.measures[name])} at {times(last.times)}."
        return
    by_mean = "" if found.cheapest_by_mean is None else _called(found, found.cheapest_by_mean)
    if found.cheapest is not None:
        also = "" if found.cheapest_by_mean == found.cheapest else f" By its mean {by_mean} would do."
        yield f"{_called(found, found.cheapest)} is the cheapest level that surely meets all targets.{also}"
        return
    span = f"No level from {times(first.times)} to {times(last.times)} surely meets all targets"
    yield f"{span}; by its mean {by_mean} does." if by_mean else f"{span}, nor by its mean. {_missed(last)}"


def _missed(each: LevelTold) -> str:
    """What the highest level falls short of."""
    told = []
    for target, met in each.by_mean.items():
        if not met:
            name = next(name for name in each.measures if target.startswith(f"{name} "))
            told.append(f"{name} is {_level(name, each.measures[name])} where {target} was asked")
    return f"At {times(each.times)} {'; '.join(told)}."


def _on_knee(found: ServiceCurve) -> Iterator[str]:
    knee = found.knee
    if knee is None:
        yield "The curve has no knee: it does not fall, does not bend, or has fewer than three levels."
        return
    over = "cost" if knee.over == COST else "people"
    yield (
        f"The curve of {knee.measure} over {over} bends most at {times(knee.times)} (Kneedle: farthest below the line "
        f"between its ends; so in {knee.share:.0%} of resamples of the seeds)."
    )


def _on_next(found: ServiceCurve) -> Iterator[str]:
    """What the next person buys from the level that is enough, else from today's, else from the first."""
    start = found.cheapest if found.cheapest is not None else 1.0
    step = next((step for step in found.steps if step.of == start), found.steps[0] if found.steps else None)
    if step is None:
        return
    name = next(iter(step.gains))
    gain = step.gains[name]
    if gain.per_person is None:
        return
    sure = "" if gain.per_person_t is None else f" ({_range(name, gain.per_person_t)})"
    cost = _price_of(step, found)
    who = "one more person" if step.n_people == 1 else f"each of {step.n_people} more people"
    price = f" for {next(iter(cost.values()))} {found.currency} a day" if cost else ""
    yield (
        f"From {times(step.of)} to {times(step.to)} {who} changes {name} by "
        f"{_number(name, gain.per_person, sign='+')}{sure}{price}."
    )


def _on_theory(found: ServiceCurve, leaves_out: Mapping[str, str]) -> Iterator[str]:
    """What theory expects to be enough, whether the runs agree, and if they do not, why that may be."""
    differs = False
    if found.targets and not found.is_told:
        yield "Queueing theory does not speak of all targets."
    elif found.targets:
        theory, runs = found.cheapest_by_theory, found.cheapest_by_mean
        differs = theory != runs
        says = "no level" if theory is None else times(theory)
        take = "none is" if runs is None else f"{times(runs)} is"
        yield f"Queueing theory expects {says} to be enough; by the means of the runs {take}{' too' * (not differs)}."
    names = [name for name in found.levels[0].measures if any(text.startswith(f"{name} ") for text in found.targets)]
    apart = [
        (each, name)
        for name in names or list(found.levels[0].measures)[:1]
        for each in found.levels
        if _is_apart(each, name)
    ]
    if apart:
        each, name = next(((each, name) for each, name in apart if each.times == 1), apart[0])
        assert each.theory is not None
        value = each.theory.values[name]
        expected = "work that is never done" if value is None else _number(name, value)
        at = ", ".join(times(level) for level in sorted({level.times for level, _ in apart}))
        yield (
            f"They disagree by more than the intervals at {at}: at {times(each.times)} theory has {name} at "
            f"{expected}, the runs {_level(name, each.measures[name])}."
        )
    told = next((each.theory for each in found.levels if each.theory is not None), None)
    if told is not None and (apart or differs):
        yield f"Why they may: in theory {'; '.join(leaves_out[short] for short in told.leaves_out)}."


def _is_apart(each: LevelTold, name: str) -> bool:
    """Whether what theory expects lies outside the interval of the runs."""
    if each.theory is None or name not in each.theory.values:
        return False
    value, t = each.theory.values[name], each.measures[name].t
    return t is not None and (value is None or not t.low <= value <= t.high)


def _on_runs(found: ServiceCurve) -> Iterator[str]:
    yield (
        f"{found.n} runs a level on common random numbers; 'surely' means that the whole 95 % interval meets the "
        f"target. Late: first reached after {found.late_after_s / 60:g} min, or never."
    )
    if found.n_failed:
        yield f"{found.n_failed} runs failed: failures.json says which, and why."


# ---------------------------------------------------------------------------------------------- tables


def _met(each: LevelTold) -> dict[str, object]:
    words = {Met.MET: "met", Met.MISSED: "missed", Met.UNSURE: "unsure"}
    return {
        target: words[met]
        + ("" if met is not Met.UNSURE else ", met by mean" if each.by_mean[target] else ", missed by mean")
        for target, met in each.targets.items()
    }


def _crews(levels: Sequence[LevelTold]) -> list[dict[str, object]]:
    keys = dict.fromkeys((crew.name, crew.shift) for each in levels for crew in each.crews)
    rows: list[dict[str, object]] = []
    for name, shift in keys:
        row: dict[str, object] = {"": name if shift == "always" else f"{name}, {shift}"}
        for each in levels:
            row[times(each.times)] = sum(crew.n for crew in each.crews if (crew.name, crew.shift) == (name, shift))
        rows.append(row)
    return rows


def _price_of(step: Step, found: ServiceCurve) -> dict[str, object]:
    more = step.cost_per_day
    if more is None or more.mean is None or step.n_people < 1:
        return {}
    return {f"{found.currency} a day each": f"{more.mean / step.n_people:,.0f}"}


def _gain(name: str, gain: Gain) -> str:
    if gain.per_person is None:
        return "–"
    text = _number(name, gain.per_person, sign="+")
    return text if gain.per_person_t is None else f"{text} ({_range(name, gain.per_person_t)})"


def _expected(each: LevelTold, names: Sequence[str]) -> dict[str, object] | None:
    if each.theory is None:
        return None
    values = each.theory.values
    told = [name for name in names if name in values]
    return {"": times(each.times), **{name: _theory_beside(each, name) for name in told}} if told else None


def _theory_beside(each: LevelTold, name: str) -> str:
    assert each.theory is not None
    value = each.theory.values[name]
    expected = "never done" if value is None else _number(name, value)
    return f"{expected} (runs {_level(name, each.measures[name])})"


def _middle(found: ServiceCurve) -> LevelTold:
    """The level that is enough, else today's, else the first."""
    wanted = found.cheapest if found.cheapest is not None else 1.0
    return next((each for each in found.levels if each.times == wanted), found.levels[0])


def _pools(each: LevelTold) -> list[dict[str, object]]:
    return [_pool(pool) for pool in (() if each.theory is None else each.theory.pools)]


def _pool(pool: Pool) -> dict[str, object]:
    needed = {
        f"needed: {each.target}": f"{_whole(each.erlang)} (√: {_whole(each.square_root)})" for each in pool.needed
    }
    return {
        "": ", ".join(pool.skills),
        "units": pool.n_units,
        "on duty, peak": f"{pool.servers:.1f}",
        "erlangs, peak": f"{pool.load:.2f}",
        "wait": f"{pool.waits_share:.1%}",
        "mean wait": "never done" if pool.wait_s is None else f"{pool.wait_s:,.0f} s",
        "way": f"{pool.travel_s:,.0f} s",
        "busy, hypercube": f"{pool.idlest_share:.0%} to {pool.busiest_share:.0%}"
        + ("" if pool.is_exact else " (approx.)"),
        **needed,
    }


def _whole(n: int | None) -> str:
    return "none" if n is None else f"{n:,}"


def _called(found: ServiceCurve, level: float) -> str:
    each = next(each for each in found.levels if each.times == level)
    cost = each.cost_per_day
    money = "" if cost is None or cost.mean is None else f", {cost.mean:,.0f} {found.currency} a day"
    return f"{times(level)} ({each.n_people} people{money})"


def _level(name: str, found: Level) -> str:
    if found.mean is None:
        return "–"
    text = _number(name, found.mean)
    return text if found.t is None or found.t.half_width == 0 else f"{text} ± {_number(name, found.t.half_width)}"


def _range(name: str, found: Interval) -> str:
    return f"{_number(name, found.low, sign='+')} to {_number(name, found.high, sign='+')}"


def _number(measure: str, value: float, *, sign: str = "") -> str:
    """A number in the unit of its measure: seconds, per cent, or plain."""
    name = Measure.parse(measure).name
    if name.endswith("_s"):
        return f"{value:{sign},.0f} s" if abs(value) >= 100 else f"{value:{sign},.1f} s"
    if name.endswith("_share"):
        return f"{value * 100:{sign},.1f} %"
    return f"{value:{sign},.3g}" if abs(value) < 1_000 else f"{value:{sign},.0f}"
