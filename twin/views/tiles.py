"""The tiles of the room: a few figures, their course over the last day, and what each exactly measures.

In: a reading. Out: markup for the page, one grid of tiles: words of the catalogue, figures, and a line each. Nothing in
it comes from feeds.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import NamedTuple

from twin.domain.light import Light
from twin.metrics.tally import Reading, Sample
from twin.views.palette import Colour, Palette, css
from twin.views.words import Words

_WIDE, _HIGH = 100, 22
"""Of a line, in its own units: it is stretched to its tile."""
_IN_A_ROW = 9


class Tile(NamedTuple):
    """A figure, its name, what exactly it measures, its course, and the colour of its line (None: quiet)."""

    name: str
    figure: str
    what: str
    course: Sequence[float | None] = ()
    colour: Colour | None = None


def tiles_of(
    reading: Reading, words: Words, *, colours: Palette, has_limits: bool, has_centre: bool = False
) -> list[Tile]:
    """The tiles of a reading."""
    now, course = reading.now, (*reading.course, reading.now)

    def counted(key: str, count: Callable[[Sample], int], *, colour: Colour | None = None, figure: str = "") -> Tile:
        return Tile(
            words(key),
            figure or words.count(count(now)),
            words(f"{key}.what"),
            [count(sample) for sample in course],
            colour,
        )

    def responded(key: str, figure: str, place: int, **fields: str) -> Tile:
        what = words("room.response.what", n=words.count(reading.n_responses))
        return Tile(words(key, **fields), figure, what, [values[place] for values in reading.responses])

    found = [counted("room.open", lambda s: s.n_open), counted("room.waiting", lambda s: s.n_waiting)]
    if has_centre:
        both = f"{words.count(now.n_at_desks)} · {words.count(now.n_calls)}"
        found.append(counted("room.at_desks", lambda s: s.n_at_desks, figure=both))
    if has_limits:
        on_time = words("room.on_time.what", n=words.count(reading.n_closed))
        found += [
            counted("room.yellow", lambda s: s.n_yellow, colour=colours.light[Light.YELLOW]),
            counted("room.red", lambda s: s.n_red, colour=colours.light[Light.RED]),
            Tile(words("room.on_time"), words.share(reading.on_time_share), on_time),
        ]
    if has_centre:
        found += [
            counted("room.escalated", lambda s: s.n_escalated),
            counted("room.suspended", lambda s: s.n_suspended),
        ]
    units = words("room.units.figure", free=now.n_free, busy=now.n_busy, off=now.n_off)
    limit = words.limit(reading.limit_s)
    return [
        *found,
        responded("room.p50", words.span(reading.p50_response_s), 1),
        responded("room.p90", words.span(reading.p90_response_s), 2),
        responded("room.within", words.share(reading.within_share), 3, limit=limit),
        counted("room.units", lambda s: s.n_busy, figure=units),
    ]


def tiles_markup(tiles: Iterable[Tile], *, colours: Palette) -> str:
    """All tiles in one grid; more than fit in a row stand in two that are equal."""
    drawn = [_tile(tile, colours) for tile in tiles]
    look = "gt-tiles gt-many" if len(drawn) > _IN_A_ROW else "gt-tiles"
    return f'<div class="{look}">{"".join(drawn)}</div>'


def _tile(tile: Tile, colours: Palette) -> str:
    edge = f' style="border-top-color:{css(tile.colour)}"' if tile.colour is not None else ""
    line = _line(tile.course, tile.colour or colours.place)
    return (
        f'<div class="gt-tile"{edge}><div class="gt-name">{escape(tile.name)}</div>'
        f'<div class="gt-figure">{escape(tile.figure)}</div>{line}<div class="gt-what">{escape(tile.what)}</div></div>'
    )


def _line(course: Sequence[float | None], colour: Colour) -> str:
    """A course as a line from the least to the greatest value; gaps where there was nothing to measure."""
    known = [value for value in course if value is not None]
    if len(known) < 2:
        return '<div class="gt-line"></div>'
    low, high = min(0.0, *known), max(*known, 1e-9)
    step = _WIDE / (len(course) - 1)
    parts, pen = [], "M"
    for place, value in enumerate(course):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{place * step:.1f} {_HIGH - 1 - (value - low) / (high - low) * (_HIGH - 2):.1f}")
        pen = "L"
    look = f'fill="none" stroke="{css(colour)}" stroke-width="1.5" vector-effect="non-scaling-stroke"'
    size = f'width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="{"".join(parts)}" {look}/></svg>'
    return f'<img class="gt-line" alt="" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'
