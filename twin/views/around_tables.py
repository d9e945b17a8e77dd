"""What is around a place as tables for a page, and as a file.

In: an `Around`. Out: frames, whose cells keep their numbers, and CSV with one row a thing.
"""

from __future__ import annotations

from collections.abc import Iterable

from twin.domain.quantities import MINUTE
from twin.views.around import Around, FacilityNear, UnitNear
from twin.views.frames import Cell, Column, Frame
from twin.views.spreadsheet import csv_bytes
from twin.views.words import Words

_DEGREE_DIGITS = 6


def unit_table(found: Around, words: Words) -> Frame:
    """Units: who, what they are doing, how far off, and when they could be there; a dot marks those inside."""
    near = found.units
    return (
        Column(words("around.unit"), Cell.TEXT, [each.unit.name for each in near]),
        Column(words("around.minutes"), Cell.MINUTES, [_minutes(each) for each in near]),
        Column(words("around.metres"), Cell.COUNT, [round(each.distance_m) for each in near]),
        Column(words("around.inside"), Cell.TEXT, ["●" if each.is_inside else "" for each in near]),
        Column(words("around.status"), Cell.TEXT, [_status(each, words) for each in near]),
        Column(words("around.kind"), Cell.TEXT, [words.kind(each.unit.kind, each.unit.mode) for each in near]),
    )


def kind_table(found: Around, words: Words) -> Frame:
    """Kinds of facilities: how many are inside, and how far off the nearest is."""
    kinds = found.by_kind()
    return (
        Column(words("around.kind"), Cell.TEXT, [words(f"facility.{kind.value}") for kind in kinds]),
        Column(words("around.count"), Cell.COUNT, [len(near) for near in kinds.values()]),
        Column(words("around.nearest"), Cell.COUNT, [round(near[0].distance_m) for near in kinds.values()]),
    )


def facility_table(near: Iterable[FacilityNear], words: Words) -> Frame:
    """Facilities one by one."""
    rows = list(near)
    return (
        Column(words("around.name"), Cell.TEXT, [each.facility.name for each in rows]),
        Column(words("around.metres"), Cell.COUNT, [round(each.distance_m) for each in rows]),
        Column(words("around.kind"), Cell.TEXT, [words(f"facility.{each.facility.kind.value}") for each in rows]),
    )


def around_csv(found: Around, words: Words) -> bytes:
    """One row a thing: what, kind, name, longitude, latitude, metres, expected minutes. Safe for spreadsheets."""
    heading = (
        words("around.what"),
        words("around.kind"),
        words("around.name"),
        words("around.lon"),
        words("around.lat"),
        words("around.distance"),
        words("around.arrival"),
    )
    units = [
        (
            words("around.a_unit"),
            words.kind(each.unit.kind, each.unit.mode),
            each.unit.name,
            round(each.lon, _DEGREE_DIGITS),
            round(each.lat, _DEGREE_DIGITS),
            round(each.distance_m),
            _minutes(each),
        )
        for each in found.units
    ]
    facilities = [
        (
            words("around.a_facility"),
            words(f"facility.{each.facility.kind.value}"),
            each.facility.name,
            round(each.facility.lon, _DEGREE_DIGITS),
            round(each.facility.lat, _DEGREE_DIGITS),
            round(each.distance_m),
            None,
        )
        for each in found.facilities
    ]
    return csv_bytes(heading, [*units, *facilities])


def _status(each: UnitNear, words: Words) -> str:
    return words(each.unit.doing)


def _minutes(each: UnitNear) -> float | None:
    return None if each.expected_us is None else round(each.expected_us / MINUTE, 1)
