"""Tables of an experiment: all measures side by side, differences with their intervals, and targets.

In: an answer. Out: frames. Levels of the measures that belong together stand in one row, never one figure alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from twin.metrics.answer import Answer, Compared
from twin.views.experiment import Failed, told_first
from twin.views.frames import Cell, Column, Frame
from twin.views.measuring import change, interval_told, level_told, measure_name, target_name
from twin.views.words import Words


def level_frame(found: Answer, words: Words) -> Frame:
    """One row an alternative: what is asked about, then P50, P90, mean, late share and fairness, then the others."""
    first = told_first(found)
    told = [*first, *(each for each in found.measures if each not in first)]
    names = [each.name for each in found.alternatives]
    return (
        Column(words("lab.column.name"), Cell.TEXT, names),
        *(
            Column(
                measure_name(each.measure, words),
                Cell.TEXT,
                [level_told(each.measure, each.levels[name], words) for name in names],
            )
            for each in told
        ),
    )


def gap_frame(found: Answer, words: Words) -> Frame:
    """One row a measure and alternative: how far it is from what it is compared with, and how sure that is."""
    rows = [(each.measure, name, compared) for each in told_first(found) for name, compared in each.differences.items()]
    return (
        Column(words("lab.column.measure"), Cell.TEXT, [measure_name(measure, words) for measure, _, _ in rows]),
        Column(words("lab.column.name"), Cell.TEXT, [f"{name} − {compared.against}" for _, name, compared in rows]),
        Column(words("lab.column.gap"), Cell.TEXT, [_gap(measure, compared, words) for measure, _, compared in rows]),
        Column(
            words("lab.column.t"),
            Cell.TEXT,
            [interval_told(measure, compared.difference.t, words) for measure, _, compared in rows],
        ),
        Column(
            words("lab.column.bca"),
            Cell.TEXT,
            [interval_told(measure, compared.difference.bca, words) for measure, _, compared in rows],
        ),
        Column(words("lab.column.p"), Cell.TEXT, [_p(compared, words) for _, _, compared in rows]),
        Column(words("lab.column.worth"), Cell.TEXT, [_worth(compared, words) for _, _, compared in rows]),
        Column(words("lab.column.more"), Cell.TEXT, [_more(compared, words) for _, _, compared in rows]),
    )


def target_frame(found: Answer, words: Words) -> Frame:
    """One row an alternative: which targets it meets."""
    return (
        Column(words("lab.column.name"), Cell.TEXT, [each.name for each in found.alternatives]),
        *(
            Column(
                target_name(target, words),
                Cell.TEXT,
                [words(f"met.{each.targets[target].value}") for each in found.alternatives],
            )
            for target in found.targets
        ),
    )


def failure_frame(failures: Sequence[Failed], words: Words) -> Frame:
    """Runs that came to nothing, each with its seed."""
    return (
        Column(words("sure.alternative"), Cell.TEXT, [each.alternative for each in failures]),
        Column(words("sure.seed"), Cell.COUNT, [each.seed for each in failures]),
        Column(words("sure.message"), Cell.TEXT, [each.message for each in failures]),
    )


def _gap(measure: str, compared: Compared, words: Words) -> str:
    mean = compared.difference.mean
    return words("none") if mean is None else change(measure, mean, words)


def _p(compared: Compared, words: Words) -> str:
    p = compared.difference.p_holm
    return words("none") if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _worth(compared: Compared, words: Words) -> str:
    factor = compared.difference.variance_factor
    return words("none") if factor is None else worth_told(factor)


def worth_told(factor: float) -> str:
    """A variance-reduction factor."""
    return f"× {factor:,.0f}" if factor >= 100 else f"× {factor:.1f}"


def _more(compared: Compared, words: Words) -> str:
    return words("none") if compared.n_more is None else words("lab.about", n=words.count(compared.n_more))
