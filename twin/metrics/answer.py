"""What an experiment has found: levels, paired differences, targets, and which alternative is best, as far as is known.

What runs came to flows in, alternative by alternative on common seeds; an `Answer` flows out, plain data for sentences,
charts and `answer.json`. Never one figure alone: the panel holds speed, lateness and fairness of work together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from twin.errors import GridtwinError
from twin.metrics.measure import Measure, Met, Row, Target
from twin.metrics.paired import LEVEL, Difference, Floats, Level, difference, holm, level, n_more

PANEL = (
    *("p50 response_s", "p90 response_s", "mean response_s", "late_share", "busy_gini"),
    *("on_time_share", "unserved_share", "p90 case_s", "busy_share", "discovered_share", "cost"),
)
"""What is told of every experiment; what no run tells of is left out. The first five belong together."""
HEADLINE = "p90 response_s"
"""By what alternatives are ranked where no target and no half-width names a measure."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An alternative and what its runs came to.

    Parameters
    ----------
    settings : factor → value.
    against : the one it is compared with; None for those that others are compared with.
    point : of the factors; alternatives are ranked within one.
    runs : row and groups of each replication, None for one that failed; the same seeds at the same places for all.
    """

    name: str
    settings: Mapping[str, object]
    against: str | None
    point: str
    runs: Sequence[tuple[Row, Sequence[Row]] | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be found out.

    Parameters
    ----------
    half_width : by measure, how exactly its differences are to be known.
    seed : by what resamples are keyed.
    """

    name: str
    question: str = ""
    targets: Sequence[Target] = ()
    half_width: Mapping[str, float] | None = None
    seed: int = 1
    late_after_s: float = 900.0
    warm_up_s: float = 0.0


@dataclass(frozen=True, slots=True)
class AlternativeTold:
    """An alternative; `n`: its replications that came to something; `targets`: each, and whether it is met."""

    name: str
    settings: Mapping[str, object]
    against: str | None
    point: str
    n: int
    targets: Mapping[str, Met]


@dataclass(frozen=True, slots=True)
class Compared:
    """An alternative less the one it is compared with.

    `n_more`: about how many more replications until the half-width asked for is reached or, where none is, until the
    difference can be told from nothing; None where nothing more is needed, or no number would do.
    """

    against: str
    difference: Difference
    n_more: int | None


@dataclass(frozen=True, slots=True)
class MeasureTold:
    """A measure: how high it is by alternative, and how far each is from the one it is compared with."""

    measure: str
    more_is_better: bool
    levels: Mapping[str, Level]
    differences: Mapping[str, Compared]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is best at a point of the factors, by a measure; `gap` is best less runner-up, p among all that it beats.

    `meeting`: those that meet all targets; `is_decided`: whether best and runner-up can be told apart.
    """

    point: str
    measure: str
    best: str
    runner_up: str | None
    gap: Difference | None
    is_decided: bool
    meeting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known after `n` replications; `is_exact`: every half-width asked for is reached."""

    name: str
    question: str
    n: int
    n_failed: int
    level: float
    late_after_s: float
    warm_up_s: float
    targets: tuple[str, ...]
    is_exact: bool
    alternatives: tuple[AlternativeTold, ...]
    measures: tuple[MeasureTold, ...]
    verdicts: tuple[Verdict, ...]


def answer(tried: Sequence[Tried], asked: Asked) -> Answer:
    """Everything that is told of an experiment so far.

    Raises
    ------
    GridtwinError : no run tells of a measure that is asked for.
    """
    wanted = dict(asked.half_width or {})
    own = [str(target.measure) for target in asked.targets]
    named = list(dict.fromkeys(chain(own, wanted, PANEL)))
    values = {text: {each.name: values_of(each, Measure.parse(text)) for each in tried} for text in named}
    empty = [text for text in named if all(np.isnan(found).all() for found in values[text].values())]
    for text in empty:
        if text in own or text in wanted:
            raise GridtwinError(f"no run tells of {text!r}: nothing of the kind happens in this scenario")
    named = [text for text in named if text not in empty]
    told = _adjusted([_told(text, values[text], tried, wanted=wanted.get(text), seed=asked.seed) for text in named])
    levels = {each.measure: each.levels for each in told}
    alternatives = tuple(
        AlternativeTold(
            name=each.name,
            settings=each.settings,
            against=each.against,
            point=each.point,
            n=sum(run is not None for run in each.runs),
            targets={str(target): _met(target, levels[str(target.measure)][each.name]) for target in asked.targets},
        )
        for each in tried
    )
    headline = next(iter([*own, *wanted, *(name for name in (HEADLINE, *PANEL) if name in named)]), None)
    verdicts = [] if headline is None else _verdicts(headline, values[headline], alternatives, seed=asked.seed)
    return Answer(
        name=asked.name,
        question=asked.question,
        n=max(len(each.runs) for each in tried),
        n_failed=sum(run is None for each in tried for run in each.runs),
        level=LEVEL,
        late_after_s=asked.late_after_s,
        warm_up_s=asked.warm_up_s,
        targets=tuple(str(target) for target in asked.targets),
        is_exact=all(_is_exact(each, wanted) for each in told),
        alternatives=alternatives,
        measures=tuple(told),
        verdicts=tuple(verdicts),
    )


def values_of(tried: Tried, measure: Measure) -> Floats:
    """A measure of each replication, shape (n,); NaN where a run failed or has nothing to tell."""
    return np.array([np.nan if run is None else measure.value(*run) for run in tried.runs])


def _told(
    measure: str, values: Mapping[str, Floats], tried: Sequence[Tried], *, wanted: float | None, seed: int
) -> MeasureTold:
    compared = {}
    for each in tried:
        if each.against is not None:
            gap = difference(values[each.name], values[each.against], seed=seed, purpose=f"{measure} {each.name}")
            compared[each.name] = Compared(each.against, gap, _n_more(gap, wanted))
    return MeasureTold(
        measure, Measure.parse(measure).more_is_better, {name: level(found) for name, found in values.items()}, compared
    )


def _adjusted(told: Sequence[MeasureTold]) -> list[MeasureTold]:
    """With p values adjusted for all comparisons being looked at together."""
    p_values = {
        (measure.measure, name): each.difference.p
        for measure in told
        for name, each in measure.differences.items()
        if each.difference.p is not None
    }
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    return [
        replace(
            measure,
            differences={
                name: replace(each, difference=replace(each.difference, p_holm=adjusted.get((measure.measure, name))))
                for name, each in measure.differences.items()
            },
        )
        for measure in told
    ]


def _n_more(gap: Difference, wanted: float | None) -> int | None:
    """How many more pairs for what is wanted; None where that is reached, and where all pairs agree."""
    if gap.t is None or gap.mean is None:
        return None
    if wanted is None and (gap.mean == 0 or not gap.t.low <= 0 <= gap.t.high):
        return None
    return n_more(gap.n, gap.t.half_width, wanted=abs(gap.mean) if wanted is None else wanted) or None


def _is_exact(told: MeasureTold, wanted: Mapping[str, float]) -> bool:
    """Whether all differences, or the figure itself where nothing is compared, are known as exactly as asked."""
    half_width = wanted.get(told.measure)
    if half_width is None:
        return True
    found: Sequence[Difference | Level] = [each.difference for each in told.differences.values()]
    found = found or list(told.levels.values())
    return all(each.t is not None and each.t.half_width <= half_width for each in found)


def _met(target: Target, found: Level) -> Met:
    return Met.UNSURE if found.t is None else target.met(found.t.low, found.t.high)


def _verdicts(
    measure: str, values: Mapping[str, Floats], alternatives: Sequence[AlternativeTold], *, seed: int
) -> list[Verdict]:
    """Who is best, at each point of the factors."""
    sign = -1.0 if Measure.parse(measure).more_is_better else 1.0
    found = []
    for point in dict.fromkeys(each.point for each in alternatives):
        here = [each for each in alternatives if each.point == point and not np.isnan(values[each.name]).all()]
        ranked = sorted((each.name for each in here), key=lambda name: sign * float(np.nanmean(values[name])))
        if not ranked:
            continue
        best, others = ranked[0], ranked[1:]
        gaps = [difference(values[best], values[name], seed=seed, purpose=f"best {best} {name}") for name in others]
        p_values = holm([1.0 if gap.p is None else gap.p for gap in gaps])
        gap = replace(gaps[0], p_holm=p_values[0]) if gaps else None
        meeting = tuple(each.name for each in here if all(met is Met.MET for met in each.targets.values()))
        found.append(
            Verdict(
                point=point,
                measure=measure,
                best=best,
                runner_up=others[0] if others else None,
                gap=gap,
                is_decided=gap is not None and gap.is_decided,
                meeting=meeting,
            )
        )
    return found
