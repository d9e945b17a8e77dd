"""Units and open cases of a moment as rows for the browser, written once however many look on.

In: a moment, words, and where its signs are drawn. Out: JSON. Rows keep their places: a unit's is its number, a case's
follows from its id, so that the map can move signs smoothly and knows again what was clicked; what is not on the map
has a row without a sign. What pops up is plain text: names come from feeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np

from twin.domain.mode import Mode
from twin.domain.unit import EN_ROUTE, ON_SCENE, PARKED, PATROLLING, RETURNING, TURNOUT, UnitStatus
from twin.roads.network import FloatArray
from twin.views.centre import CentreShown
from twin.views.icons import case_sign, unit_sign
from twin.views.moment import CaseShown, Moment, UnitShown
from twin.views.palette import STATUS_BADGE
from twin.views.pictograms import pictogram_of
from twin.views.stands import desks_said, left_span, look_of, stand_said
from twin.views.words import Words

Row = dict[str, object]
UNIT, CASE = "unit", "case"
"""What rows say they are."""
_DEGREE_DIGITS = 5
"""A hundred-thousandth of a degree is about a metre."""
_SIZES_PX = ((40, 28, 28), (400, 24, 20), (None, 20, 15))
"""Up to how many units, signs of those with a job and of free ones have which size: the more units, the smaller."""
_OUT = frozenset({TURNOUT, EN_ROUTE, ON_SCENE})
_ABOVE: dict[UnitStatus, float] = {PARKED: 1.0, TURNOUT: 1.0, RETURNING: 0.0, ON_SCENE: -0.7}
"""By how much of its size the sign of a unit that stands is drawn above its place: stations, and cases, show there."""
_ROW_OF = 5
_CASE_PX = {1: 38, 2: 34}
_OTHER_CASE_PX = 30
_LEAST_SLOTS = 256
_ROOM = 4
"""So many slots a case there are at least: few have to give way to others."""
_MIX = 0x9E3779B97F4A7C15
"""Ids of neighbouring cases lead to slots far apart."""


def unit_rows(moment: Moment, words: Words, *, places: FloatArray | None = None, hollow: bool = False) -> bytes:
    """One row a unit, by number.

    `id`, `what`, `at` and `text`; `sign`, `size` and, where it stands with others, `beside` (pixels); patrols have
    `dot` instead of `sign`. Those that are away or off duty have neither.

    Parameters
    ----------
    places : where to draw them instead of where they are, float64 (n_units, 2), degrees.
    hollow : draw all as of another run.
    """
    drawn = np.round(moment.places if places is None else places, _DEGREE_DIGITS).tolist()
    out_px, free_px = _sizes_px(len(moment.units))
    said: dict[str, str] = {}
    inferred = words("tip.inferred")
    rows: list[Row] = []
    standing: dict[tuple[float, float], list[int]] = {}
    for unit, at in zip(moment.units, drawn, strict=True):
        status = unit.status
        row: Row = {"id": unit.unit, "what": UNIT, "at": at}
        rows.append(row)
        if status not in STATUS_BADGE:
            continue
        sign = _sign(status, unit.kind, unit.mode, hollow or unit.inferred)
        if status is PATROLLING:
            row["dot"] = sign
        else:
            row["sign"], row["size"] = sign, out_px if status in _OUT else free_px
            if unit.leg is None:
                standing.setdefault((at[0], at[1]), []).append(unit.unit)
        doing = unit.doing
        if doing not in said:
            said[doing] = "\n" + words(doing)
        row["text"] = unit.name + said[doing] + (inferred if unit.inferred else "")
    for numbers in standing.values():
        _set_side_by_side(numbers, moment.units, rows)
    return msgspec.json.encode(rows)


def case_rows(moment: Moment, words: Words, *, hollow: bool = False) -> bytes:
    """One row an open case, in the slot of its id, empty ones between.

    `id` (text: whole numbers of this size are not exact in a browser), `what`, `at`, `sign`, `size` and `text`.
    """
    places = np.round(moment.case_places, _DEGREE_DIGITS).tolist()
    n_slots = _n_slots(len(moment.cases))
    rows: list[Row] = [{} for _ in range(n_slots)]
    for case, at in zip(moment.cases, places, strict=True):
        slot = (case.case * _MIX >> 32) % n_slots
        while rows[slot]:
            slot = (slot + 1) % n_slots
        rows[slot] = {
            "id": str(case.case),
            "what": CASE,
            "at": at,
            "sign": sign_of_case(case, moment.centre, hollow=hollow),
            "size": _CASE_PX.get(case.priority, _OTHER_CASE_PX),
            "text": text_of_case(case, moment.centre, at=moment.at, words=words),
        }
    return msgspec.json.encode(rows)


def sign_of_case(case: CaseShown, centre: CentreShown | None, *, hollow: bool = False) -> str:
    """What an open case looks like."""
    return case_sign(case.light, look_of(case, centre), waits=bool(case.waiting), hollow=hollow)


def text_of_case(case: CaseShown, centre: CentreShown | None, *, at: int, words: Words) -> str:
    """What pops up over an open case; never the reference that a feed gave it."""
    stage = stand_said(case, centre, words)
    parts = [
        words("tip.matter", matter=words.named("matter", case.matter), priority=case.priority),
        case.area,
        words("tip.stage", light=words(f"light.{case.light.value}"), stage=stage),
    ]
    if case.waiting:
        parts.append(words("tip.waiting", n=words.count(len(case.waiting))))
    if centre is not None:
        parts += desks_said(case, centre, at, words)
    if case.left_us is not None:
        parts.append(words("tip.left" if case.left_us >= 0 else "tip.late", span=left_span(case, words)))
    if case.is_late:
        parts.append(words("card.escalated"))
    return "\n".join(part for part in parts if part)


@cache
def _sign(status: UnitStatus, kind: str, mode: Mode, hollow: bool) -> str:  # noqa: FBT001 - a key of the cache
    return unit_sign(status, pictogram_of(kind, mode), hollow=hollow)


def _sizes_px(n_units: int) -> tuple[int, int]:
    """Sizes of the signs of units with a job, and of free ones."""
    return next((out_px, free_px) for most, out_px, free_px in _SIZES_PX if most is None or n_units <= most)


def _set_side_by_side(numbers: Sequence[int], units: Sequence[UnitShown], rows: list[Row]) -> None:
    """Keep units at the same place apart: rows of up to five, above their station, below what they work on."""
    for place, number in enumerate(numbers):
        row, column = divmod(place, _ROW_OF)
        in_row = min(_ROW_OF, len(numbers) - row * _ROW_OF)
        above = _ABOVE.get(units[number].status, 0.0)
        size = _sizes_px(len(units))[units[number].status not in _OUT]
        up = above + row if above >= 0 else above - row
        rows[number]["beside"] = [(column - (in_row - 1) / 2) * size, round(-up * size, 1)]


def _n_slots(n_cases: int) -> int:
    """How many rows cases share: a power of two, so that it seldom changes."""
    return max(_LEAST_SLOTS, 1 << (_ROOM * n_cases - 1).bit_length()) if n_cases else _LEAST_SLOTS
