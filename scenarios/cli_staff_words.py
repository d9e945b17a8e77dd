"""A service curve as tables that a person can read; no figure is worked out here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenarios.cli_numbers import ends, level, number
from twin.domain.quantities import times
from twin.metrics.measure import Met
from twin.metrics.service_curve import COST, Gain, LevelTold, Pool, ServiceCurve, Step

SHOWN = 6
"""Measures in the table of levels."""
GAINS = 3
"""Measures in the table of steps."""


def tables(found: ServiceCurve) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Tables with their titles."""
    names = list(found.levels[0].measures)
    yield (
        "levels, ± half the 95 % interval",
        [
            {
                "": times(each.times),
                "people": each.n_people,
                **({} if each.cost_per_day is None else {f"{found.currency} a day": level(COST, each.cost_per_day)}),
                **{name: level(name, each.measures[name]) for name in names[:SHOWN]},
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
    text = number(name, gain.per_person, sign="+")
    return text if gain.per_person_t is None else f"{text} ({ends(name, gain.per_person_t)})"


def _expected(each: LevelTold, names: Sequence[str]) -> dict[str, object] | None:
    if each.theory is None:
        return None
    values = each.theory.values
    told = [name for name in names if name in values]
    return {"": times(each.times), **{name: _theory_beside(each, name) for name in told}} if told else None


def _theory_beside(each: LevelTold, name: str) -> str:
    assert each.theory is not None
    value = each.theory.values[name]
    expected = "never done" if value is None else number(name, value)
    return f"{expected} (runs {level(name, each.measures[name])})"


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
