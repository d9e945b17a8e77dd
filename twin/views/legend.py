"""The map's legend as a small piece of HTML: signs of the palette with phrases of the catalogue, never data.

In: colours and words. Out: markup for the page. Everything in it is our own text, and escaped all the same.
"""

from __future__ import annotations

from html import escape

from twin.domain.unit import UnitStatus
from twin.views.icons import picture
from twin.views.palette import STATUS_SHAPE, Palette, Shape, css
from twin.views.words import Words

_UNITS = (UnitStatus.PARKED, UnitStatus.RETURNING, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE)
_ROW = "display:flex;align-items:center;gap:.55rem;margin:.22rem 0;line-height:1.25"
_SIGN = "flex:0 0 20px;display:flex;justify-content:center"
_HEAD = "font-weight:600;margin:.9rem 0 .3rem"


def legend(colours: Palette, words: Words, *, with_run: bool) -> str:
    """Markup of the legend; without a run there are only stations."""
    station = _row(picture(Shape.HOUSE, colour=css(colours.station), size_px=18), words("legend.station"))
    if not with_run:
        return _box(station)
    cases = [
        _row(_disc(css(band.colour), radius_px=band.radius_px, filled=True), words(band.key)) for band in colours.bands
    ]
    cases.append(_row(_disc(css(colours.unreached), radius_px=6.0, filled=False), words("band.never")))
    units = [
        _row(
            picture(STATUS_SHAPE[status], colour=css(colours.status[status])),
            words("status.moving" if status is UnitStatus.EN_ROUTE else f"status.{status.name.lower()}"),
        )
        for status in _UNITS
    ]
    moving = css(colours.status[UnitStatus.EN_ROUTE])
    hints = [
        _row(picture(Shape.TRIANGLE, colour=moving, hollow=True), words("legend.hollow")),
        _row(_line(moving), words("legend.line")),
    ]
    return _box(_head(words("legend.cases")), *cases, _head(words("legend.units")), *units, *hints, station)


def _box(*parts: str) -> str:
    return f'<div style="font-size:.86rem">{"".join(parts)}</div>'


def _head(text: str) -> str:
    return f'<div style="{_HEAD}">{escape(text)}</div>'


def _row(sign: str, text: str) -> str:
    return f'<div style="{_ROW}"><span style="{_SIGN}">{sign}</span><span>{escape(text)}</span></div>'


def _disc(colour: str, *, radius_px: float, filled: bool) -> str:
    size = f"width:{2 * radius_px:g}px;height:{2 * radius_px:g}px;border-radius:50%;box-sizing:border-box"
    look = f"background:{colour}" if filled else f"border:2.5px solid {colour}"
    return f'<span style="{size};{look}"></span>'


def _line(colour: str) -> str:
    return f'<span style="width:18px;height:3px;border-radius:2px;background:{colour}"></span>'
