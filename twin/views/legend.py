"""The map's legend as a small piece of HTML: signs of the palette with phrases of the catalogue.

In: colours, words, and who is in which status. Out: markup for the page, beside the map (`live_legend` of a moment,
`past_legend` of a run that is over) and below it (`ground_legend`: what stands still). Kinds of
units are data: all is escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from html import escape

import numpy as np

from twin.domain.light import Light
from twin.domain.unit import UnitStatus
from twin.roads.network import CLASSES
from twin.views.city import CityShown
from twin.views.hot_spots import MOST_ALPHA
from twin.views.icons import bare_picture, case_picture, picture
from twin.views.live_layers import Live
from twin.views.moment import Moment, UnitShown
from twin.views.palette import STATUS_BADGE, Badge, Palette, css
from twin.views.pictograms import OF_FACILITY, OF_LOOK, OUT, Look, pictogram_of
from twin.views.places import ground_kinds
from twin.views.stands import look_of
from twin.views.still_layers import Wanted
from twin.views.words import Words

_UNITS = (
    (UnitStatus.PATROLLING,),
    (UnitStatus.PARKED,),
    (UnitStatus.RETURNING,),
    (UnitStatus.EN_ROUTE, UnitStatus.TURNOUT),
    (UnitStatus.ON_SCENE,),
    (UnitStatus.AWAY,),
    (UnitStatus.OFF_DUTY,),
)
"""Rows of the legend: statuses that look the same share one."""
_ALWAYS = (UnitStatus.PARKED, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE)
"""Rows that the legend of a moment always has."""
_MOST_KINDS = 8
_ROW = "display:flex;align-items:center;gap:.55rem;margin:.16rem 0;line-height:1.25"
_SIGN = "flex:0 0 20px;display:flex;justify-content:center"
_COUNT = "margin-left:auto;font-variant-numeric:tabular-nums;font-weight:600"
_HEAD = "font-weight:600;margin:.7rem 0 .2rem"
_STRIP = "display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.8rem"


def past_legend(*, colours: Palette, words: Words) -> str:
    """Markup of the legend of all cases of a finished run."""
    bands = [
        _row(_disc(css(band.colour), radius_px=band.radius_px, filled=True), words(band.key)) for band in colours.bands
    ]
    never = _row(_disc(css(colours.unreached), radius_px=6.0, filled=False), words("band.never"))
    return _box(_head(words("legend.cases")), *bands, never)


def live_legend(moment: Moment, live: Live, *, colours: Palette, words: Words) -> str:
    """Markup of the legend of a moment: open cases by light and by what is being done, units by status and by kind."""
    lights = Counter(case.light for case in moment.cases)
    looks = Counter(look_of(case, moment.centre) for case in moment.cases)
    indoors = (Look.INTAKE,) if moment.centre is None else (Look.DESK, Look.HELD)
    statuses = {unit.status for unit in moment.units}.union(_ALWAYS)
    return _box(
        _head(words("legend.open")),
        *(
            _row(
                case_picture(light, colours=colours),
                words(f"legend.light.{light.value}"),
                count=words.count(lights[light]),
            )
            for light in Light
        ),
        *(
            _row(
                bare_picture(OF_LOOK[look], colour=css(colours.text), size_px=13),
                words(f"legend.{look.value}"),
                count=words.count(looks[look]),
            )
            for look in (*indoors, *OUT)
        ),
        _row(case_picture(Light.GREEN, waits=True, colours=colours), words("legend.waits")),
        _head(words("legend.now")),
        *_statuses(moment.units, among=statuses, colours=colours, words=words),
        _head(words("legend.kinds")),
        *_kinds(moment.units, colours=colours, words=words),
        _head(words("legend.on_map")),
        *_drawn(moment, live, colours=colours, words=words),
    )


def _drawn(moment: Moment, live: Live, *, colours: Palette, words: Words) -> list[str]:
    """What else is drawn."""
    rows = [
        _row(_disc(css(colours.chosen), radius_px=8.0, filled=False), words("legend.selected")),
        _row(_line(css(colours.status[UnitStatus.EN_ROUTE])), words("legend.ahead")),
    ]
    if live.closed and moment.closed:
        rows.append(_row(_line(css(colours.closed), dashed=True), words("legend.closed")))
    if live.hot_spots:
        rows.append(_row(_swatch(css(colours.hot), alpha=MOST_ALPHA / 255), words("legend.hot")))
    if live.cameras:
        rows.append(_row(_disc(css(colours.watched), radius_px=7.0, filled=False), words("legend.watched")))
    if live.beside:
        rows.append(_row(picture(Badge.CIRCLE, colour=css(colours.text), hollow=True), words("legend.beside")))
    return rows


def ground_legend(city: CityShown, wanted: Wanted, *, colours: Palette, words: Words) -> str:
    """Markup of what stands still, in one strip: stations, the facilities wanted, and what the ground is like."""
    parts = []
    if any(station.on_map for station in city.stations):
        parts.append(_row(picture(Badge.HOUSE, colour=css(colours.station)), words("legend.station")))
    parts += [
        _row(picture(Badge.TILE, OF_FACILITY[kind], colour=css(colours.facility)), words(f"facility.{kind.value}"))
        for kind in wanted.facilities
    ]
    kinds = ground_kinds(city)
    parts += [
        _row(_swatch(css(colours.grounds[kind])), words(f"ground.{kind}"))
        for kind in reversed(colours.grounds)
        if kind in kinds
    ]
    if np.isin(city.roads.road_class, [CLASSES.index(name) for name in ("path", "steps")]).any():
        parts.append(_row(_line(css(colours.roads[-1]), dashed=True), words("ground.lane")))
    if wanted.overlay is not None:
        parts.append(_row(_line(css(colours.grid)), words("ground.grid")))
    return f'<div style="{_STRIP}">{"".join(parts)}</div>'


def _statuses(
    units: Sequence[UnitShown], *, among: AbstractSet[UnitStatus], colours: Palette, words: Words
) -> list[str]:
    n = Counter(unit.status for unit in units)
    rows = []
    for statuses in _UNITS:
        if not among.isdisjoint(statuses):
            badge, key = STATUS_BADGE.get(statuses[0]), statuses[0].name.lower()
            sign = "" if badge is None else picture(badge, colour=css(colours.status[statuses[0]]))
            text = words("status.moving" if len(statuses) > 1 else f"status.{key}")
            rows.append(_row(sign, text, count=words.count(sum(n[status] for status in statuses))))
    return rows


def _kinds(units: Sequence[UnitShown], *, colours: Palette, words: Words) -> list[str]:
    looks = Counter((pictogram_of(unit.kind, unit.mode), words.kind(unit.kind, unit.mode)) for unit in units)
    colour = css(colours.status[UnitStatus.PARKED])
    return [
        _row(bare_picture(pictogram, colour=colour), kind, count=words.count(n))
        for (pictogram, kind), n in looks.most_common(_MOST_KINDS)
    ]


def _box(*parts: str) -> str:
    return f'<div style="font-size:.86rem">{"".join(parts)}</div>'


def _head(text: str) -> str:
    return f'<div style="{_HEAD}">{escape(text)}</div>'


def _row(sign: str, text: str, *, count: str = "") -> str:
    number = f'<span style="{_COUNT}">{escape(count)}</span>' if count else ""
    return f'<div style="{_ROW}"><span style="{_SIGN}">{sign}</span><span>{escape(text)}</span>{number}</div>'


def _disc(colour: str, *, radius_px: float, filled: bool) -> str:
    size = f"width:{2 * radius_px:g}px;height:{2 * radius_px:g}px;border-radius:50%;box-sizing:border-box"
    look = f"background:{colour}" if filled else f"border:2.5px solid {colour}"
    return f'<span style="{size};{look}"></span>'


def _line(colour: str, *, dashed: bool = False, faint: bool = False) -> str:
    look = f"border-top:{2 if dashed else 3}px {'dashed' if dashed else 'solid'} {colour}"
    return f'<span style="width:18px;{look};opacity:{0.5 if faint else 1}"></span>'


def _swatch(colour: str, *, alpha: float = 1.0) -> str:
    look = f"background:{colour};opacity:{alpha:.2f};box-shadow:0 0 0 1px rgba(128,128,128,.35)"
    return f'<span style="width:18px;height:12px;border-radius:3px;{look}"></span>'
