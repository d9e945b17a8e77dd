"""What a what-if shows, in sentences: the answer first, then what it costs, the figures, and how sure that is.

In: a `BranchShown`. Out: plain texts and cells; names come from scenarios and are escaped by whoever shows them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple

from twin.domain.branching import Branching
from twin.domain.commands import ChangeMode, ChangePolicy, CloseRoad, ReopenRoad, StandDown
from twin.domain.quantities import HOUR, CivilTime, to_s
from twin.metrics.branch_pairs import Compared, Figure
from twin.metrics.paired import n_more
from twin.metrics.tally import LIMIT_S
from twin.views.branch import BranchShown
from twin.views.choices import spell_line
from twin.views.city import CityShown
from twin.views.moment import UnitShown
from twin.views.placing import street_name
from twin.views.stands import mode_said
from twin.views.words import Words

HEADLINE = "response_s_p90"
NEW = "n_new"
LESS_IS_BETTER = ("response_s_mean", "response_s_p50", "response_s_p90", "late_share", "n_open", "busy_gini")
MORE_IS_BETTER = ("n_closed",)
"""Of the others it cannot be said: units that are less busy may be idle or rested."""
OF_WHAT_CAME_IN = ("n_open", "n_closed")
"""Neither better nor worse where another number of cases came in: what nobody finds is not open either."""
ENOUGH = 20
HARDLY = 1_000
"""Beyond so many more futures a difference is too small to matter."""


class Row(NamedTuple):
    """A figure in cells: its name, both lines, the difference and its interval, and whether that is beyond doubt."""

    name: str
    base: str
    other: str
    gap: str
    interval: str
    is_decided: bool


def horizon_said(shown: BranchShown, words: Words) -> str:
    """How far it looks ahead."""
    span_us = shown.until - shown.at
    return spell_line(to_s(span_us), words) if span_us % (HOUR // 2) == 0 else words.span(to_s(span_us))


def change_said(asked: Branching, words: Words, *, units: Mapping[int, UnitShown], city: CityShown | None) -> str:
    """What would be different, in one phrase."""
    parts = []
    kinds: Counter[str] = Counter()
    kinds.update(asked.more)
    n_others = 0
    for command in asked.commands:
        match command:
            case ChangePolicy(use=use):
                parts.append(words("branch.with.policy", name=use))
            case ChangeMode(name=name):
                parts.append(words("branch.with.mode", name=mode_said(name, words)))
            case StandDown(unit=unit) if unit in units:
                kinds[units[unit].kind] -= 1
            case CloseRoad(edges=(edge, *_)) if city is not None:
                parts.append(words("branch.with.closed", street=street_name(city.roads, edge)))
            case ReopenRoad(edges=(edge, *_)) if city is not None:
                parts.append(words("branch.with.reopened", street=street_name(city.roads, edge)))
            case _:
                n_others += 1
    for kind, n in kinds.items():
        called = words.named("kind", kind)
        called = called if called == kind else called.lower()
        parts.append(f"{called} {signed(n, '{:,.0f}'.format)}")
    if n_others:
        parts.append(words("branch.with.others", n=words.count(n_others)))
    return words.listed(parts)


def answer_said(shown: BranchShown, change: str, words: Words) -> str:
    """The answer in a sentence, with its interval."""
    compared = shown.compared
    assert compared is not None
    figure, horizon = compared.figure(HEADLINE), horizon_said(shown, words)
    found, n = figure.difference, words.count(compared.n)
    if found.mean is None:
        return words("branch.no_cases", horizon=horizon)
    if found.t is None:
        return words("branch.one")
    if not any(figure.gaps):
        return words("branch.same", change=change, horizon=horizon, n=n)
    fields = {"change": change, "horizon": horizon, "n": n}
    if found.t.low <= 0 <= found.t.high:
        return words("branch.undecided", low=_by(found.t.low, words), high=_by(found.t.high, words), **fields)
    ends = sorted((abs(found.t.low), abs(found.t.high)))
    fields |= {"span": words.span(abs(found.mean)), "low": words.span(ends[0]), "high": words.span(ends[1])}
    return words("branch.longer", **fields) if found.mean > 0 else words("branch.shorter", **fields)


def others_said(compared: Compared, words: Words) -> list[str]:
    """What else is better or worse beyond doubt: never one figure alone."""
    if compared.n < 2:
        return []
    decided = [each for each in compared.figures if each.name != HEADLINE and each.difference.is_decided]
    came_in = compared.figure(NEW).difference
    unclear = OF_WHAT_CAME_IN if came_in.is_decided else ()
    by: dict[str, list[str]] = {"branch.better": [], "branch.worse": [], "branch.price": []}
    for each in decided:
        better = None if each.name in unclear else _is_better(each)
        key = "branch.price" if better is None else "branch.better" if better else "branch.worse"
        by[key].append(f"{name_of(each, words)} {_gap(each, words)}")
    said = [words(key, names=words.listed(names)) for key, names in by.items() if names]
    if came_in.is_decided and (came_in.mean or 0.0) < 0:
        said.append(words("branch.fewer_found"))
    return said or [words("branch.neither")]


def rows_of(compared: Compared, words: Words) -> list[Row]:
    """All figures of both lines."""
    rows = []
    for figure in compared.figures:
        tell, change = _tellers(figure.name, words)
        found = figure.difference
        base, other = (words("none") if each is None else tell(each) for each in (figure.base, figure.other))
        gap = words("none") if found.mean is None else signed(found.mean, change)
        interval = ""
        if found.t is not None:
            interval = f"{signed(found.t.low, change)} … {signed(found.t.high, change)}"
        rows.append(Row(name_of(figure, words), base, other, gap, interval, found.is_decided))
    return rows


def sure_said(shown: BranchShown, words: Words) -> list[str]:
    """How sure the answer is, and what more futures would bring."""
    compared = shown.compared
    assert compared is not None
    found, said = compared.figure(HEADLINE).difference, []
    if compared.n < ENOUGH:
        said.append(words("branch.sure.few"))
    if found.mean is not None and found.t is not None and found.t.half_width > 0:
        said.append(_more_said(found.mean, found.t.half_width, found.n, words))
        if found.bca is not None:
            low, high = _by(found.bca.low, words), _by(found.bca.high, words)
            said.append(words("branch.sure.bca", low=low, high=high))
        if found.variance_factor is not None:
            said.append(words("branch.sure.paired", factor=f"{found.variance_factor:,.3g}"))
    said.append(words("branch.sure.adjusted"))
    said.append(words("branch.sure.counted", n=f"{compared.n_cases[0]:,.1f}"))
    if any(compared.n_unreached):
        base, other = (f"{each:,.1f}" for each in compared.n_unreached)
        said.append(words("branch.sure.unreached", base=base, other=other))
    if shown.lost:
        said.append(words("branch.lost", n=words.count(len(shown.lost)), why=shown.lost[0]))
    return said


def asked_said(shown: BranchShown, words: Words, *, civil: CivilTime) -> str:
    """Since when, how far ahead, and who wanted to know."""
    clock = f"{civil.civil(shown.at):%H:%M}"
    return words("branch.asked", clock=clock, horizon=horizon_said(shown, words), by=shown.by)


def name_of(figure: Figure, words: Words) -> str:
    """What a figure is called."""
    if figure.name == "late_share":
        return words("branch.figure.late_share", limit=words.limit(LIMIT_S))
    return words(f"branch.figure.{figure.name}")


def signed(value: float, tell: Callable[[float], str]) -> str:
    """A change with its sign, told by its size; nothing is not signed.

    >>> signed(-3.0, "{:.0f}".format), signed(0.0, "{:.0f}".format)
    ('−3', '0')
    """
    size = tell(abs(value))
    return size if size == tell(0) else f"{'−' if value < 0 else '+'}{size}"


def until_midnight_s(at: int, civil: CivilTime) -> float:
    """From an instant to the end of its civil day, seconds."""
    now = civil.civil(at)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return midnight.timestamp() - now.timestamp()


def _more_said(mean: float, half_width: float, n: int, words: Words) -> str:
    if abs(mean) > half_width:
        return words("branch.sure.halve", n=words.count(n_more(n, half_width, wanted=half_width / 2)))
    more = n_more(n, half_width, wanted=abs(mean)) if mean else HARDLY + 1
    if more > HARDLY:
        return words("branch.sure.hardly", n=words.count(HARDLY))
    return words("branch.sure.decide", n=words.count(max(1, more)))


def _is_better(figure: Figure) -> bool | None:
    mean = figure.difference.mean or 0.0
    if figure.name in LESS_IS_BETTER:
        return mean < 0
    return mean > 0 if figure.name in MORE_IS_BETTER else None


def _gap(figure: Figure, words: Words) -> str:
    return signed(figure.difference.mean or 0.0, _tellers(figure.name, words)[1])


def _by(change_s: float, words: Words) -> str:
    if round(change_s) == 0:
        return words("branch.by_nothing")
    span = words.span(abs(change_s))
    return words("branch.by_longer", span=span) if change_s > 0 else words("branch.by_shorter", span=span)


def _tellers(name: str, words: Words) -> tuple[Callable[[float], str], Callable[[float], str]]:
    """How a figure is written, and the size of a change of it."""
    if name.startswith("response_s"):
        return words.span, words.span
    if name == "busy_gini":
        return "{:.3f}".format, "{:.3f}".format
    if name.endswith("_share"):
        return words.share, lambda change: words("branch.points", n=f"{100 * change:.1f}")
    return "{:,.1f}".format, "{:,.1f}".format


def units_by_number(units: Iterable[UnitShown]) -> dict[int, UnitShown]:
    """Units by their numbers."""
    return {unit.unit: unit for unit in units}
