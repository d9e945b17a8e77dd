"""What would flip an answer, as a section of the memo: the three nearest break-evens, and what does not flip it.

Break-evens and words flow in, HTML flows out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from twin.metrics.break_even import GRID, Assumed, Flip, Flips
from twin.views.measuring import change, measure_name
from twin.views.memo_style import scale
from twin.views.words import Words

SHOWN = 3
MOST_MESSAGE = 120
"""Characters that are shown of why something could not be tried."""


def flips_told(flips: Flips | None, words: Words) -> Iterator[str]:
    """The section."""
    yield f"<h2>{escape(words('memo.flip'))}</h2>"
    if flips is None:
        yield f"<p>{escape(words('memo.flip.skipped'))}</p>"
        return
    if flips.now.is_flipped:
        by, n = change(flips.measure, flips.now.mean, words), words.count(flips.n_seeds)
        yield f"<p>{escape(words('memo.flip.already', n=n, other=flips.other, best=flips.best, by=by))}</p>"
        return
    if not flips.flips:
        yield f"<p>{escape(words('memo.flip.nothing'))}</p>"
        return
    flipping = [each for each in flips.flips if each.found.factor is not None]
    if flipping:
        yield '<table class="flips"><tbody>' + "".join(_row(each, words) for each in flipping[:SHOWN])
        yield "</tbody></table>"
    what = words(
        "memo.flip.what",
        best=flips.best,
        other=flips.other,
        measure=measure_name(flips.measure, words),
        n=words.count(flips.n_seeds),
    )
    yield f'<p class="what">{escape(what)}</p>'
    yield from (f"<p>{escape(each)}</p>" for each in _others(flips, flipping, words))


def _row(flip: Flip, words: Words) -> str:
    found = flip.found
    assert found.factor is not None
    edges = found.sure_until or 1.0, found.sure_from or (found.high if found.factor > 1 else found.low)
    drawn = scale(found.factor, (min(edges), max(edges)))
    then = _values(flip.assumed, found.factor, words)
    return (
        f"<tr><th>{escape(_name(flip.assumed, words))}<br><small>{escape(then)}</small></th>"
        f'<td class="factor">{_times(found.factor)}</td>'
        f'<td class="drawn">{drawn}<br><small>{escape(_unsure(flip, words))}</small></td></tr>'
    )


def _unsure(flip: Flip, words: Words) -> str:
    """Between which factors it cannot be told."""
    until, since = flip.found.sure_until, flip.found.sure_from
    if until is not None and since is not None:
        low, high = sorted((until, since))
        return words("memo.flip.unsure", low=_times(low), high=_times(high))
    if until is not None:
        return words("memo.flip.never_sure", low=_times(until))
    if since is not None:
        return words("memo.flip.unsure_now", high=_times(since))
    return words("memo.flip.never_told")


def _others(flips: Flips, flipping: Sequence[Flip], words: Words) -> Iterator[str]:
    """What stands in no row."""
    n, of = words.count(len(flipping)), words.count(len(flips.flips))
    if not flipping:
        yield words("memo.flip.none", of=of)
    elif len(flipping) < SHOWN:
        yield words("memo.flip.fewer", n=n, of=of)
    also = flipping[SHOWN:]
    if also:
        far = (f"{_name(each.assumed, words)} {_times(each.found.factor or 1)}" for each in also)
        yield words("memo.flip.also", names=words.listed(far))
    steady = [each for each in flips.flips if each.found.factor is None]
    if steady:
        names = words.listed(_ranged(each, words) for each in steady)
        yield words("memo.flip.not", names=names, low=_times(GRID[0]), high=_times(GRID[-1]))
    for each in flips.flips:
        if each.message:
            message = each.message[:MOST_MESSAGE]
            yield words("memo.flip.lost", name=_name(each.assumed, words), message=message)


def _ranged(flip: Flip, words: Words) -> str:
    """An assumption that flips nothing, and between which factors where these are not the usual ones."""
    if (flip.found.low, flip.found.high) == (GRID[0], GRID[-1]):
        return _name(flip.assumed, words)
    low, high = _times(flip.found.low), _times(flip.found.high)
    return words("memo.flip.range", name=_name(flip.assumed, words), low=low, high=high)


def _values(assumed: Assumed, factor: float, words: Words) -> str:
    """The assumption as it is, and at the break-even; nothing where it is not one number."""
    if assumed.now is None:
        return ""
    now, then = (_value(assumed.name, value, words) for value in (assumed.now, assumed.now * factor))
    return f"{now} → {then}"


def _value(name: str, value: float, words: Words) -> str:
    if name == "demand":
        return words("memo.flip.a_day", n=f"{value:,.0f}")
    return words.share(value) if name in ("attends", "told_share") else words.span(value)


def _name(assumed: Assumed, words: Words) -> str:
    return words(f"assumed.{assumed.name}", of=words.named("matter", assumed.of))


def _times(factor: float) -> str:
    """A factor, as precisely as it is known.

    >>> _times(1.8234), _times(0.25)
    ('×1.82', '×0.25')
    """
    return "×1" if factor == 1 else f"×{factor:.2f}" if factor < GRID[-1] else f"×{factor:g}"
