"""The answer about staffing in sentences, for command line and page alike, the most important first.

In: a `ServiceCurve`. Out: sentences in the language of the words.
"""

from __future__ import annotations

from collections.abc import Iterator

from twin.domain.quantities import times
from twin.metrics.measure import Target
from twin.metrics.service_curve import LevelTold, ServiceCurve, Step
from twin.views.measuring import amount, change, interval_told, level_told, measure_name, target_name
from twin.views.words import Words


def staff_sentences(found: ServiceCurve, words: Words) -> list[str]:
    """Which level is enough, where the curve bends, what the next person buys, and what theory expects."""
    return [
        *_on_targets(found, words),
        *_on_knee(found, words),
        *_on_next(found, words),
        *_on_theory(found, words),
        *_on_runs(found, words),
    ]


def start_of(found: ServiceCurve) -> float:
    """The level from which one looks on: that which is enough, else today's, else the first."""
    known = [each.times for each in found.levels]
    wanted = 1.0 if found.cheapest is None else found.cheapest
    return wanted if wanted in known else known[0]


def _on_targets(found: ServiceCurve, words: Words) -> Iterator[str]:
    first, last = found.levels[0], found.levels[-1]
    ends = {"first": times(first.times), "last": times(last.times)}
    if not found.targets:
        name = next(iter(first.measures), None)
        if name is None:
            yield words("staff.nothing")
            return
        low, high = (level_told(name, each.measures[name], words) for each in (first, last))
        yield words("staff.goes", measure=measure_name(name, words), low=low, high=high, **ends)
        return
    by_mean = None if found.cheapest_by_mean is None else _called(found, found.cheapest_by_mean, words)
    if found.cheapest is not None:
        yield words("staff.enough", level=_called(found, found.cheapest, words))
        if by_mean is not None and found.cheapest_by_mean != found.cheapest:
            yield words("staff.enough.mean", level=by_mean)
    elif by_mean is not None:
        yield words("staff.none.but", level=by_mean, **ends)
    else:
        yield words("staff.none", **ends)
        yield from _missed(last, words)


def _missed(each: LevelTold, words: Words) -> Iterator[str]:
    """What the highest level falls short of."""
    for target, met in each.by_mean.items():
        if not met:
            name = str(Target.parse(target).measure)
            told = level_told(name, each.measures[name], words)
            measure, asked = measure_name(name, words), target_name(target, words)
            yield words("staff.short", level=times(each.times), measure=measure, found=told, asked=asked)


def _on_knee(found: ServiceCurve, words: Words) -> Iterator[str]:
    knee = found.knee
    if knee is None:
        yield words("staff.knee.none")
        return
    measure, over = measure_name(knee.measure, words), words(f"staff.over.{knee.over}")
    yield words("staff.knee", measure=measure, over=over, level=times(knee.times), share=f"{knee.share:.0%}")


def _on_next(found: ServiceCurve, words: Words) -> Iterator[str]:
    """What the next person buys from the level one looks from."""
    step = next((step for step in found.steps if step.of == start_of(found)), found.steps[0] if found.steps else None)
    name = None if step is None else next(iter(step.gains), None)
    if step is None or name is None or (gain := step.gains[name]).per_person is None:
        return
    t, cost = gain.per_person_t, cost_each(step)
    yield words(
        "staff.next",
        first=times(step.of),
        last=times(step.to),
        n=step.n_people,
        measure=measure_name(name, words),
        gain=change(name, gain.per_person, words),
        sure="" if t is None else words("staff.next.sure", interval=interval_told(name, t, words)),
        price="" if cost is None else words("staff.next.price", cost=f"{cost:,.0f}", currency=found.currency),
    )


def cost_each(step: Step) -> float | None:
    """What each of more people costs a day; None without costs."""
    more = step.cost_per_day
    return None if more is None or more.mean is None or step.n_people < 1 else more.mean / step.n_people


def _on_theory(found: ServiceCurve, words: Words) -> Iterator[str]:
    """What theory expects to be enough, whether the runs agree, and if they do not, why that may be."""
    theory, runs = found.cheapest_by_theory, found.cheapest_by_mean
    differs = found.is_told and theory != runs
    if found.targets and not found.is_told:
        yield words("staff.theory.silent")
    elif found.targets and theory is None and runs is None:
        yield words("staff.theory.neither")
    elif found.targets:
        told = [words("staff.level.none") if level is None else times(level) for level in (theory, runs)]
        key = "staff.theory.differs" if differs else "staff.theory.agrees"
        yield words(key, theory=told[0], runs=told[1])
    apart = _apart(found)
    if apart:
        yield _on_apart(apart, words)
    model = next((each.theory for each in found.levels if each.theory is not None), None)
    if model is not None and model.leaves_out and (apart or differs):
        reasons = (words.named("leaves", short.replace("-", "_").replace(" ", "_")) for short in model.leaves_out)
        yield words("staff.why", reasons="; ".join(reasons))


def _on_apart(apart: list[tuple[LevelTold, str]], words: Words) -> str:
    each, name = next(((each, name) for each, name in apart if each.times == 1), apart[0])
    return words(
        "staff.apart",
        levels=words.listed(dict.fromkeys(times(level.times) for level, _ in apart)),
        level=times(each.times),
        measure=measure_name(name, words),
        theory=theory_told(each, name, words),
        runs=level_told(name, each.measures[name], words),
    )


def theory_told(each: LevelTold, name: str, words: Words) -> str:
    """What theory expects of a measure."""
    value = None if each.theory is None else each.theory.values[name]
    return words("staff.never") if value is None else amount(name, value, words)


def _apart(found: ServiceCurve) -> list[tuple[LevelTold, str]]:
    """Where theory lies outside the intervals of the runs, by what targets are about or the first measure."""
    asked = [str(Target.parse(text).measure) for text in found.targets]
    names = [name for name in found.levels[0].measures if name in asked] or list(found.levels[0].measures)[:1]
    return [(each, name) for name in names for each in found.levels if _is_apart(each, name)]


def _is_apart(each: LevelTold, name: str) -> bool:
    if each.theory is None or name not in each.theory.values:
        return False
    value, t = each.theory.values[name], each.measures[name].t
    return t is not None and (value is None or not t.low <= value <= t.high)


def _on_runs(found: ServiceCurve, words: Words) -> Iterator[str]:
    yield words("staff.runs", n=words.count(found.n), limit=words.limit(found.late_after_s))
    if found.n_failed:
        yield words("staff.failed", n=words.count(found.n_failed))


def _called(found: ServiceCurve, level: float, words: Words) -> str:
    each = next(each for each in found.levels if each.times == level)
    cost = each.cost_per_day
    if cost is None or cost.mean is None:
        return words("staff.called", level=times(level), n=each.n_people)
    return words(
        "staff.called.cost", level=times(level), n=each.n_people, cost=f"{cost.mean:,.0f}", currency=found.currency
    )
