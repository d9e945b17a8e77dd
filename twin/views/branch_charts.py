"""What a what-if shows, as markup: both lines over time with their bands, each future's difference, and the table.

In: what the futures come to, colours, words. Out: pictures (SVG, as images that say in words what they show) and a
table; all texts are escaped.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Sequence
from html import escape

from twin.domain.quantities import CivilTime
from twin.metrics.branch_pairs import Compared
from twin.views.branch import BranchShown
from twin.views.branch_told import HEADLINE, Row
from twin.views.palette import Colour, Palette, css
from twin.views.words import Words

_WIDE, _HIGH = 420, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 8, 8, 20
_GAPS_HIGH, _DOTS_Y, _DOT_PX = 84, 34, 3.2
_N_TICKS = 4
_FONT = 'font-family="sans-serif" font-size="11"'


def course_markup(shown: BranchShown, name: str, *, civil: CivilTime, colours: Palette, words: Words) -> str:
    """A count over time: as it is (dashed) and in the what-if, each with the band of four futures out of five."""
    assert shown.compared is not None
    base, other = shown.compared.courses[name]
    top = _nice(max(1.0, *base.high, *other.high) / _N_TICKS) * _N_TICKS

    def x(place: int) -> float:
        return _LEFT + place * (_WIDE - _LEFT - _RIGHT) / max(1, len(base.mean) - 1)

    def y(value: float) -> float:
        return _HIGH - _BOTTOM - value / top * (_HIGH - _TOP - _BOTTOM)

    parts = []
    for tick in range(_N_TICKS + 1):
        value = top * tick / _N_TICKS
        parts.append(_line_to(_LEFT, y(value), _WIDE - _RIGHT, y(value), colours.place, faint=True))
        parts.append(_text(_LEFT - 5, y(value) + 4, f"{value:g}", colours.text, anchor="end"))
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        at = shown.at + round(share * (shown.until - shown.at))
        parts.append(
            _text(
                x(0) + share * (x(len(base.mean) - 1) - x(0)),
                _HIGH - 5,
                f"{civil.civil(at):%H:%M}",
                colours.text,
                anchor=anchor,
            )
        )
    for course, colour, dash in ((base, colours.place, "5 3"), (other, colours.chosen, "")):
        band = [
            *((x(place), y(value)) for place, value in enumerate(course.high)),
            *((x(place), y(value)) for place, value in reversed(list(enumerate(course.low)))),
        ]
        parts.append(f'<path d="{_path(band)}Z" fill="{css(colour)}" fill-opacity="0.17"/>')
        line = _path([(x(place), y(value)) for place, value in enumerate(course.mean)])
        parts.append(
            f'<path d="{line}" fill="none" stroke="{css(colour)}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
    ends = (f"{course.mean[-1]:,.1f}" for course in (base, other))
    alt = words("branch.course.alt", what=words(f"branch.course.{name}"), base=next(ends), other=next(ends))
    return _picture(parts, _HIGH, alt)


def key_markup(*, colours: Palette, words: Words) -> str:
    """Which line is which."""
    entries = (("branch.column.base", colours.place), ("branch.column.other", colours.chosen))
    keyed = "".join(
        f'<span><i style="background:{css(colour)}"></i>{escape(words(key))}</span>' for key, colour in entries
    )
    return f'<div class="gt-bar-key">{keyed}<span>{escape(words("branch.band"))}</span></div>'


def gaps_markup(compared: Compared, *, colours: Palette, words: Words) -> str:
    """The difference in each future as a dot, their mean and its interval below; nothing without two futures."""
    figure = compared.figure(HEADLINE)
    found = figure.difference
    if found.t is None or found.mean is None or not any(figure.gaps):
        return ""
    low = min(0.0, found.t.low, *figure.gaps)
    high = max(0.0, found.t.high, *figure.gaps)

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDE - 2 * _LEFT)

    parts = [_line_to(x(0.0), 6, x(0.0), _GAPS_HIGH - 20, colours.text)]
    for place, gap in enumerate(sorted(figure.gaps)):
        rise = (place % 5 - 2) * 2 * _DOT_PX
        parts.append(
            f'<circle cx="{x(gap):.1f}" cy="{_DOTS_Y + rise:.1f}" r="{_DOT_PX}" fill="{css(colours.chosen)}" '
            'fill-opacity="0.55"/>'
        )
    y = _GAPS_HIGH - 24
    parts.append(_line_to(x(found.t.low), y, x(found.t.high), y, colours.text, wide=3))
    parts.append(f'<circle cx="{x(found.mean):.1f}" cy="{y}" r="4.5" fill="{css(colours.text)}"/>')
    ends = {value: f"{'−' if value < 0 else '+' if value > 0 else ''}{words.span(abs(value))}" for value in (low, high)}
    for value, anchor in ((low, "start"), (high, "end")):
        edge = 2 if anchor == "start" else _WIDE - 2
        parts.append(_text(edge, _GAPS_HIGH - 5, ends[value], colours.text, anchor=anchor))
    if min(x(0.0) - _LEFT, _WIDE - _LEFT - x(0.0)) > 60:
        parts.append(_text(x(0.0), _GAPS_HIGH - 5, "0", colours.text, anchor="middle"))
    alt = words("branch.gaps.alt", n=words.count(len(figure.gaps)), low=ends[low], high=ends[high])
    return _picture(parts, _GAPS_HIGH, alt)


def table_markup(rows: Sequence[Row], *, words: Words) -> str:
    """Both lines, figure by figure; differences beyond doubt are bold."""
    heads = "".join(f"<th>{escape(words(f'branch.column.{name}'))}</th>" for name in ("figure", "base", "other", "gap"))
    body = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{escape(row.base)}</td><td>{escape(row.other)}</td>"
        f"<td>{_gap(row)}</td></tr>"
        for row in rows
    )
    return f'<table class="gt-table gt-figures">{heads}{body}</table>'


def _gap(row: Row) -> str:
    gap = f"<b>{escape(row.gap)}</b>" if row.is_decided else escape(row.gap)
    return f"{gap}<br><small>{escape(row.interval)}</small>" if row.interval else gap


def _nice(step: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten; counts have no parts.

    >>> _nice(0.3), _nice(3.1), _nice(12.0)
    (1.0, 5.0, 20.0)
    """
    if step <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= step)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _line_to(x0: float, y0: float, x1: float, y1: float, colour: Colour, *, faint: bool = False, wide: int = 1) -> str:
    look = f'stroke="{css(colour)}" stroke-width="{wide}" stroke-opacity="{0.25 if faint else 0.9}"'
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" {look}/>'


def _text(x: float, y: float, text: str, colour: Colour, *, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {_FONT} fill="{css(colour)}" text-anchor="{anchor}">{escape(text)}</text>'


def _picture(parts: Sequence[str], high: int, alt: str) -> str:
    size = f'width="{_WIDE}" height="{high}" viewBox="0 0 {_WIDE} {high}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
    source = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return f'<img class="gt-chart" alt="{escape(alt)}" src="{source}">'
