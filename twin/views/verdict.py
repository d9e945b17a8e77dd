"""The answer of an experiment in sentences, for command line, page and memo alike, the most important first.

In: an `Answer`. Out: sentences in the language of the words. Names of alternatives pass through unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator

from twin.metrics.answer import Answer, MeasureTold, Verdict
from twin.metrics.measure import Met
from twin.views.experiment import TOGETHER
from twin.views.experiment_tables import worth_told
from twin.views.measuring import amount, change, level_told, measure_name
from twin.views.words import Words


def sentences(found: Answer, words: Words) -> list[str]:
    """Which is best, by how much and how sure; which meet the targets; and what that costs in other measures."""
    told = {each.measure: each for each in found.measures}
    said = [_best(verdict, told[verdict.measure], words) for verdict in found.verdicts]
    if found.targets:
        said += [_on_targets(found, verdict, words) for verdict in found.verdicts]
    said += [_on_price(found, verdict, words) for verdict in found.verdicts]
    return list(filter(None, said)) or [words("verdict.nothing")]


def _best(verdict: Verdict, told: MeasureTold, words: Words) -> str:
    measure, gap = verdict.measure, verdict.gap
    best, name = _alone(verdict.best, verdict), measure_name(measure, words)
    level = told.levels[verdict.best]
    at = _at(verdict, words)
    if gap is None or verdict.runner_up is None or gap.t is None or gap.mean is None:
        return words("verdict.alone", at=at, best=best, measure=name, high=level_told(measure, level, words))
    low, high = (change(measure, edge, words) for edge in (gap.t.low, gap.t.high))
    pairs = words("verdict.pairs", low=low, high=high, n=gap.n)
    other = _alone(verdict.runner_up, verdict)
    if not verdict.is_decided:
        by = change(measure, gap.mean, words)
        return words("verdict.open", at=at, best=best, other=other, measure=name, by=by, pairs=pairs)
    by = change(measure, gap.mean, words, signed=False)
    how_much = words("none") if level.mean is None else amount(measure, level.mean, words)
    key = "verdict.more" if gap.mean > 0 else "verdict.less"
    return words(key, at=at, best=best, measure=name, high=how_much, by=by, other=other, pairs=pairs)


def _on_targets(found: Answer, verdict: Verdict, words: Words) -> str:
    at = _at(verdict, words)
    if verdict.meeting:
        return words("verdict.meeting", at=at, names=words.listed(_alone(name, verdict) for name in verdict.meeting))
    here = [each for each in found.alternatives if each.point == verdict.point]
    unsure = [_alone(each.name, verdict) for each in here if Met.MISSED not in each.targets.values()]
    return words("verdict.may", at=at, names=words.listed(unsure)) if unsure else words("verdict.none", at=at)


def _on_price(found: Answer, verdict: Verdict, words: Words) -> str:
    """What gets worse where the best is the one that is compared: speed is often bought with fairness."""
    worse, against = [], None
    for each in found.measures:
        compared = each.differences.get(verdict.best)
        if each.measure not in TOGETHER or compared is None:
            continue
        gap = compared.difference
        if gap.is_decided and gap.mean is not None and (gap.mean < 0) == each.more_is_better:
            by = change(each.measure, gap.mean, words)
            worse.append(f"{measure_name(each.measure, words)} ({by})")
            against = compared.against
    if against is None:
        return ""
    best, other = _alone(verdict.best, verdict), _alone(against, verdict)
    return words("verdict.trades", best=best, other=other, measures=words.listed(worse))


def how_sure(found: Answer, words: Words) -> Iterator[str]:
    """Replications, what common random numbers were worth, and how many more would be needed."""
    yield words("sure.n", n=words.count(found.n))
    told = {each.measure: each for each in found.measures}
    for verdict in found.verdicts[:1]:
        gap = verdict.gap
        if gap is not None and gap.variance_factor is not None:
            name = measure_name(verdict.measure, words)
            yield words("sure.worth", measure=name, factor=worth_told(gap.variance_factor))
        for name, compared in told[verdict.measure].differences.items():
            if compared.n_more is not None:
                measure, n = measure_name(verdict.measure, words), words.count(compared.n_more)
                yield words("sure.more", name=name, against=compared.against, measure=measure, n=n)
    n_compared = sum(len(each.differences) for each in found.measures)
    if n_compared:
        yield words("sure.p", n=n_compared)
    if not found.is_exact:
        yield words("sure.inexact")
    if found.warm_up_s:
        yield words("sure.warm_up", span=words.span(found.warm_up_s))
    yield words("sure.late", limit=words.limit(found.late_after_s))


def _at(verdict: Verdict, words: Words) -> str:
    return words("verdict.at", point=verdict.point) if verdict.point else ""


def _alone(name: str, verdict: Verdict) -> str:
    """The name of an alternative without that of its point."""
    return name.removesuffix(f", {verdict.point}") if verdict.point else name
