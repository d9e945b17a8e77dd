"""The memo of an experiment as one HTML page of A4, with nothing to be fetched: what is written in it is all there is.

A `Memo` and a language flow in, HTML flows out. Whatever comes from files is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape

from twin.metrics.answer import AlternativeTold, MeasureTold
from twin.metrics.break_even import Flips
from twin.metrics.measure import Measure, Met
from twin.metrics.paired import Interval
from twin.views.experiment import told_first
from twin.views.measuring import MINUS, amount, change, measure_name, target_name
from twin.views.memo import Line, Lines, Memo, gains
from twin.views.memo_flips import flips_told
from twin.views.memo_style import STYLE, bar, zoom_for
from twin.views.verdict import how_sure, sentences
from twin.views.words import Language, Words

MOST_COLUMNS = 6
MOST_TEXT = 600
"""Characters of assumptions that are shown."""
SHORT = 12
"""Characters of a checksum that are shown."""
SIGNS = {1: ("worse", "▼"), -1: ("better", "▲"), 0: ("open", "○")}
MARKS = {Met.MET: "✓", Met.MISSED: "✗", Met.UNSURE: "?"}
GAIN = "mean response_s"
"""What is told of groups of cases."""


def memo_page(memo: Memo, language: Language) -> str:
    """The page."""
    words = Words(language, memo.english)
    parts = (
        *_head(memo, words),
        *_panel(memo, words),
        '<div class="two"><section>',
        *_gains(memo, words),
        *_cost(memo, words),
        *_history(memo, words),
        "</section><section>",
        *flips_told(_flips(memo), words),
        *_assumptions(memo, words),
        *_titled("memo.sure", words),
        f"<p>{escape(_joined(_sure(memo, words), words))}</p>",
        "</section></div>",
        *_foot(memo, words),
    )
    lang = "zh-CN" if language is Language.CHINESE else "en"
    title = f"{words('memo.kicker')}: {memo.answer.name}"
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>"
        f'<body><main style="--zoom:{zoom_for(body)}">\n{body}\n</main></body></html>\n'
    )


def _titled(key: str, words: Words) -> Iterator[str]:
    yield f"<h2>{escape(words(key))}</h2>"


def _what(text: str) -> str:
    return f'<p class="what">{escape(text)}</p>'


def _head(memo: Memo, words: Words) -> Iterator[str]:
    found = memo.answer
    yield f'<header><p class="kicker">{escape(words("memo.kicker"))} · {escape(found.name)}</p>'
    yield f"<h1>{escape(found.question or found.name)}</h1></header>"
    first, *others = sentences(found, words)
    yield f'<div class="answer"><p class="first">{escape(first)}</p>'
    yield "".join(f"<p>{escape(each)}</p>" for each in others) + "</div>"


# ------------------------------------------------------------------------------------------------------- all figures


def _panel(memo: Memo, words: Words) -> Iterator[str]:
    told = told_first(memo.answer)[:MOST_COLUMNS]
    yield from _titled("memo.panel", words)
    yield '<table class="panel"><thead><tr><th></th>'
    yield "".join(f"<th>{escape(measure_name(each.measure, words))}</th>" for each in told) + "</tr></thead><tbody>"
    for row in memo.rows:
        mark = ' class="best"' if row.name == memo.verdict.best else ""
        cells = "".join(_cell(each, row, words) for each in told)
        yield f"<tr{mark}><th>{escape(_alone(row.name, memo))}{_met(row)}</th>{cells}</tr>"
    yield "</tbody></table>"
    base = next((each.against for each in memo.rows if each.against is not None), memo.against)
    what = words("memo.panel.what", against=_alone(base, memo))
    n_more = memo.n_rows - len(memo.rows)
    said = [what, *_targets(memo, words), *([words("memo.more", n=words.count(n_more))] if n_more else ())]
    yield _what(_joined(said, words))


def _cell(told: MeasureTold, row: AlternativeTold, words: Words) -> str:
    found = told.levels[row.name]
    level = escape(words("none") if found.mean is None else amount(told.measure, found.mean, words))
    if found.t is not None:
        half = change(told.measure, found.t.half_width, words, signed=False)
        level = f'<b>{level}</b> <span class="half edge">± {escape(half)}</span>'
    compared = told.differences.get(row.name)
    gap = None if compared is None else compared.difference
    if gap is None or gap.mean is None or gap.t is None:
        return f"<td>{level}</td>"
    is_better = (gap.mean > 0) is told.more_is_better
    name, sign = SIGNS[0 if not gap.is_decided else -1 if is_better else 1]
    by = change(told.measure, gap.mean, words)
    low, high = _edges(told.measure, gap.t, words)
    return (
        f'<td>{level}<br><span class="gap {name}">{sign} {escape(by)}<br>({escape(low)} … {escape(high)})</span></td>'
    )


def _met(row: AlternativeTold) -> str:
    """Which targets an alternative meets, as signs beside its name."""
    told = " ".join(f"{MARKS[met]}{place}" for place, met in enumerate(row.targets.values(), start=1))
    return f'<br><span class="met">{told}</span>' if told else ""


def _targets(memo: Memo, words: Words) -> Iterator[str]:
    """What the signs beside names mean."""
    listed = (f"{place} {target_name(target, words)}" for place, target in enumerate(memo.answer.targets, start=1))
    if told := ("；" if words.language is Language.CHINESE else "; ").join(listed):
        yield words("memo.targets", targets=told)


# ------------------------------------------------------------------------------------------------------- who gains


def _gains(memo: Memo, words: Words) -> Iterator[str]:
    found = gains(memo)
    yield from _titled("memo.gains", words)
    if not found:
        yield f"<p>{escape(words('memo.gains.none'))}</p>"
        return
    reach = _reach([line for lines in found for line in lines.lines])
    head = (words("memo.gains.n"), "", measure_name(GAIN, words), words("memo.gains.late"))
    yield '<table class="gains"><thead><tr><th></th>' + "".join(f"<th>{escape(each)}</th>" for each in head)
    yield "</tr></thead>"
    for lines in found:
        key = f"memo.all.{lines.by}" if lines.is_whole else f"memo.few.{lines.by}"
        title = words(key) if lines.is_whole else words(key, n=words.count(lines.n))
        yield f'<tbody><tr><th colspan="5" class="of">{escape(title)}</th></tr>'
        yield from (_line(line, lines, reach, words) for line in lines.lines)
        yield "</tbody>"
    yield "</table>"
    name, against = _alone(memo.verdict.best, memo), _alone(memo.against, memo)
    yield _what(words("memo.gains.what", measure=measure_name(GAIN, words), name=name, against=against))


def _line(line: Line, lines: Lines, reach: float, words: Words) -> str:
    name, sign = SIGNS[line.sign]
    called = line.group if lines.by == "area" else words(f"memo.by.{lines.by}", group=line.group)
    drawn = bar(line.mean, (line.interval.low, line.interval.high), reach=reach, name=name)
    late = words("none")
    if line.late is not None and line.late_interval is not None:
        late_sign = SIGNS[(line.late_interval.low > 0) - (line.late_interval.high < 0)][1]
        late = f"{late_sign} {_points(line.late)}"
    by = f"{sign} {change(GAIN, line.mean, words)}"
    low, high = _edges(GAIN, line.interval, words)
    return (
        f"<tr><th>{escape(called)}</th><td>{line.n:,.1f}</td>"
        f'<td class="drawn">{drawn}</td><td class="{name}">{escape(by)}<br>'
        f"<small>{escape(low)} … {escape(high)}</small></td><td>{escape(late)}</td></tr>"
    )


def _reach(lines: Sequence[Line]) -> float:
    """How far bars go to either side: a very wide interval must not make all others invisible."""
    widest = max(max(abs(line.interval.low), abs(line.interval.high)) for line in lines)
    return min(widest, 3 * max(abs(line.mean) for line in lines)) or 1.0


# ------------------------------------------------------------------------------------------------------- and besides


def _cost(memo: Memo, words: Words) -> Iterator[str]:
    yield from _titled("memo.cost", words)
    told = next((each for each in memo.answer.measures if each.measure == "cost"), None)
    if memo.currency is None or told is None:
        yield f"<p>{escape(words('memo.cost.none'))}</p>"
        return
    best, unit = memo.verdict.best, f" {memo.currency}"
    said = [
        words(
            "memo.cost.of",
            name=_alone(row.name, memo),
            cost=amount("cost", mean, words) + unit,
            span=words.span(memo.span_s),
        )
        for row in memo.rows
        if (mean := told.levels[row.name].mean) is not None
    ]
    compared = told.differences.get(best)
    gap = None if compared is None else compared.difference
    text = ("；" if words.language is Language.CHINESE else "; ").join(said)
    if compared is not None and gap is not None and gap.mean is not None and gap.t is not None:
        low, high = (change("cost", edge, words) for edge in (gap.t.low, gap.t.high))
        by, name = change("cost", gap.mean, words) + unit, _alone(best, memo)
        against = _alone(compared.against, memo)
        text += " — " + words("memo.cost.gap", name=name, by=by, against=against, low=low, high=high)
    yield f"<p>{escape(text)}</p>"


def _history(memo: Memo, words: Words) -> Iterator[str]:
    yield from _titled("memo.history", words)
    for each in memo.matches:
        p50, p90 = (
            words(
                "memo.history.change",
                a=words.span(figure.a),
                b=words.span(figure.b),
                low=change("mean response_s", figure.low, words),
                high=change("mean response_s", figure.high, words),
            )
            for figure in (each.p50, each.p90)
        )
        distance, low, high = (f"{number:.3f}" for number in each.distance)
        ks = words("memo.history.distance", distance=distance, low=low, high=high)
        n_a, n_b = words.count(each.n_a), words.count(each.n_b)
        interval = words(f"memo.interval.{each.interval}")
        text = words("memo.history.match", interval=interval, p50=p50, p90=p90, ks=ks, n_a=n_a, n_b=n_b)
        yield f"<p>{escape(text)}</p>"
    if not memo.matches:
        key = "none" if memo.record is None else "not_compared"
        yield f"<p>{escape(words(f'memo.history.{key}', record=memo.record))}</p>"


def _assumptions(memo: Memo, words: Words) -> Iterator[str]:
    yield from _titled("memo.assumptions", words)
    if not memo.assumptions:
        yield f"<p>{escape(words('memo.assumptions.none'))}</p>"
        return
    shown: list[str] = []
    for text in memo.assumptions:
        if shown and sum(map(len, shown)) + len(text) > MOST_TEXT:
            break
        shown.append(text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…")
    if n_more := len(memo.assumptions) - len(shown):
        shown.append(words("memo.assumptions.more", n=words.count(n_more)))
    yield "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in shown) + "</ul>"


def _sure(memo: Memo, words: Words) -> Iterator[str]:
    yield from how_sure(memo.answer, words)
    if memo.answer.n_failed:
        yield words("sure.failed", n=words.count(memo.answer.n_failed)) + "."


def _foot(memo: Memo, words: Words) -> Iterator[str]:
    source, n = memo.source, memo.answer.n
    specs = ", ".join(f"{row.name} {source.specs.get(row.name, '')[:SHORT]}" for row in memo.rows)
    told = (
        words("memo.foot.n", n=words.count(n)),
        words("memo.foot.seeds", first=source.first_seed, last=source.first_seed + n - 1),
        words("memo.foot.specs", specs=specs),
        words("memo.foot.versions", versions=", ".join(f"{name} {each}" for name, each in source.versions.items())),
        words("memo.foot.digest", digest=source.digest),
    )
    yield f"<footer><p>{escape(' · '.join(told))}</p>"
    yield f"<p>{escape(words('memo.foot.again', folder=source.folder))}</p></footer>"


def _edges(measure: str, interval: Interval, words: Words) -> tuple[str, str]:
    """The edges of an interval; the middle beside it says the unit of shares."""
    edges = interval.low, interval.high
    is_share = Measure.parse(measure).name.endswith("_share")
    low, high = (_points(edge) if is_share else change(measure, edge, words) for edge in edges)
    return low, high


def _points(share: float) -> str:
    """A difference of shares in percentage points."""
    return f"{'+' if share >= 0 else MINUS}{abs(share) * 100:.1f}"


def _joined(said: Iterable[str], words: Words) -> str:
    """Sentences one after the other."""
    return ("" if words.language is Language.CHINESE else " ").join(said)


def _flips(memo: Memo) -> Flips | None:
    """What would flip the answer, its alternatives named without their point."""
    found = memo.flips
    return found and replace(found, best=_alone(found.best, memo), other=_alone(found.other, memo))


def _alone(name: str, memo: Memo) -> str:
    """The name of an alternative without that of its point."""
    point = memo.verdict.point
    return name.removesuffix(f", {point}") if point else name
