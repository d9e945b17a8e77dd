"""What a row of a history means: one unit's response to a case (or a whole case, where the source names no units).

In: a `Row` and the mapping of its feed. Out: a typed `Response`, or why the row cannot be used. Contradictory stamps
are kept as they are (histories lie: they are applied, marked and counted); a missing one is None.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from city_data.feeds.mapping import STAMPS, FeedMapping, Stamp
from city_data.feeds.places import place_reader
from city_data.feeds.plain import plain
from city_data.feeds.rows import Rejected, Row
from city_data.feeds.stamps import EPOCH, StampReader, UnusableStampError

NO_CASE = "has no case id"
NO_REPORT = "has no time of report"

MOST_WORDS = 1_000
"""Different unknown words that are counted one by one; those beyond count together."""
OTHER_WORDS = "(others)"
MOST_COMBINATIONS = 20_000
MOST_REF_LENGTH = 200


class Response(msgspec.Struct, frozen=True, gc=False):
    """One unit's response to one case, as recorded.

    All `_at` are microseconds since 1970-01-01 UTC (a history knows no run and no epoch of its own), or None.

    Parameters
    ----------
    line : of the file.
    case_ref, unit_ref : the source's ids; `unit_ref` is None where the source names no units.
    row_ref : the source's id of the row; made of case and unit where it has none.
    unit_kind : the source's kind of unit.
    skill : what such a unit can do, in our words.
    station : name of the unit's station, where its id says so.
    is_headline : whether its times belong to the headline.
    area : the source's area.
    category : the source's word for what is wrong; `matter` is ours.
    priority : 1 is the most urgent.
    is_duplicate : whether the source labels the row as a second telling of another case.
    lon, lat : degrees, WGS84.
    """

    line: int
    case_ref: str
    unit_ref: str | None
    row_ref: str
    unit_kind: str | None
    skill: str
    station: str | None
    is_headline: bool
    area: str | None
    category: str | None
    matter: str
    priority: int
    is_duplicate: bool
    lon: float
    lat: float
    reported_at: int
    registered_at: int | None = None
    dispatched_at: int | None = None
    rolled_at: int | None = None
    arrived_at: int | None = None
    transporting_at: int | None = None
    at_hospital_at: int | None = None
    freed_at: int | None = None
    closed_at: int | None = None

    def at(self, stamp: Stamp) -> int | None:
        """The instant of one stamp."""
        instant: int | None = getattr(self, STAMP_FIELDS[stamp])
        return instant


_CLOSED = STAMPS.index(Stamp.CLOSED)
STAMP_FIELDS = {stamp: f"{stamp}_at" for stamp in STAMPS}


def instant(at: int) -> datetime:
    """Aware UTC datetime of a response's `_at`."""
    return EPOCH + timedelta(microseconds=at)


def contradictions(response: Response) -> tuple[tuple[Stamp, Stamp], ...]:
    """Pairs of stamps of which the second, which should not come before the first, does."""
    known = [(stamp, at) for stamp in STAMPS if (at := response.at(stamp)) is not None]
    return tuple(
        (earlier, later)
        for number, (earlier, earlier_at) in enumerate(known)
        for later, later_at in known[number + 1 :]
        if later_at < earlier_at
    )


class _Words(NamedTuple):
    """What the words of a row mean. Rows repeat them, so that it is worked out once for each combination."""

    kind: str | None
    skill: str
    is_headline: bool
    has_station: bool
    area: str | None
    category: str | None
    matter: str
    priority: int
    unmapped: tuple[tuple[str, str], ...]
    """(column, word) of each that fell to a default."""


class ResponseReader:
    """Turns rows of one feed into responses.

    Attributes
    ----------
    unmapped : how often a word of the column `category` or `priority` fell to the default, by (column, word).
    stamps : the reader of its stamps; it knows which zones they named.
    place : the reader of its places.
    """

    def __init__(self, mapping: FeedMapping) -> None:
        self.mapping = mapping
        self.stamps = StampReader(mapping.stamps, mapping.missing)
        self.unmapped: Counter[tuple[str, str]] = Counter()
        at = {column: position for position, column in enumerate(mapping.columns)}
        columns = mapping.stamps.columns
        self._case = at[mapping.id.case]
        self._unit = None if mapping.id.unit is None else at[mapping.id.unit]
        self._row = None if mapping.id.row is None else at[mapping.id.row]
        self._stamps = [(number, at[columns[stamp]]) for number, stamp in enumerate(STAMPS) if stamp in columns]
        self.place = place_reader(mapping.place, at, mapping.missing)
        status, duplicates = mapping.status, mapping.duplicates
        self._status = None if status is None else (at[status.column], status.closed)
        self._label = None if duplicates is None else (at[duplicates.column], duplicates.says)
        category, priority = mapping.category, mapping.priority
        words = (
            mapping.unit.kind,
            mapping.area,
            None if category is None else category.column,
            None if priority is None else priority.column,
        )
        self._word_positions = [None if column is None else at[column] for column in words]
        self._words: dict[tuple[object, ...], _Words] = {}
        self._station = None if mapping.unit.station is None else re.compile(mapping.unit.station)

    def read(self, row: Row) -> Response | Rejected:
        """What one row says, or why it says nothing we can use."""
        values = row.values
        case_ref = self._text(values[self._case])
        if case_ref is None or len(case_ref) > MOST_REF_LENGTH:
            return Rejected(row.line, NO_CASE, self.mapping.id.case)
        stamps: list[int | None] = [None] * len(STAMPS)
        number, read = 0, self.stamps.read
        try:
            for number, position in self._stamps:
                stamps[number] = read(values[position])
        except UnusableStampError as error:
            return Rejected(row.line, str(error), self.mapping.stamps.columns[STAMPS[number]])
        reported_at = stamps[0]
        if reported_at is None:
            return Rejected(row.line, NO_REPORT, self.mapping.stamps.columns[Stamp.REPORTED])
        if self._status is not None and self._text(values[self._status[0]]) not in self._status[1]:
            stamps[_CLOSED] = None
        place = self.place.read(values)
        if isinstance(place, str):
            return Rejected(row.line, place, self.mapping.place.column)
        unit_ref = None if self._unit is None else self._text(values[self._unit])
        row_ref = None if self._row is None else self._text(values[self._row])
        words = self._words_of(values)
        station = None
        if words.has_station and unit_ref is not None and self._station is not None:
            match = self._station.search(unit_ref[:MOST_REF_LENGTH])
            station = None if match is None else match[1]
        return Response(
            row.line,
            case_ref,
            unit_ref,
            row_ref or (case_ref if unit_ref is None else f"{case_ref}-{unit_ref}"),
            words.kind,
            words.skill,
            station,
            words.is_headline,
            words.area,
            words.category,
            words.matter,
            words.priority,
            self._label is not None and self._label[1] in str(values[self._label[0]] or ""),
            place[0],
            place[1],
            reported_at,
            *stamps[1:],
        )

    def _text(self, value: object) -> str | None:
        if value is None:
            return None
        if isinstance(value, str):
            text = value.strip() if value.isascii() else plain(value)
        elif isinstance(value, bool):
            text = str(value).lower()
        else:
            text = str(int(value) if isinstance(value, float) and value.is_integer() else value)
        return text if text and text not in self.mapping.missing else None

    def _words_of(self, values: tuple[object, ...]) -> _Words:
        raw = tuple([None if position is None else values[position] for position in self._word_positions])
        try:
            words = self._words.get(raw)
        except TypeError:  # JSON may have a list or an object where a word should be
            raw = tuple([str(value) for value in raw])
            words = self._words.get(raw)
        if words is None:
            words = self._meaning(*(self._text(value) for value in raw))
            if len(self._words) >= MOST_COMBINATIONS:
                self._words.clear()
            self._words[raw] = words
        for column, word in words.unmapped:
            key = (column, word)
            if key not in self.unmapped and len(self.unmapped) >= MOST_WORDS:
                key = (column, OTHER_WORDS)
            self.unmapped[key] += 1
        return words

    def _meaning(self, kind: str | None, area: str | None, category: str | None, level: str | None) -> _Words:
        mapping, units = self.mapping, self.mapping.unit
        matter, priority, unmapped = "other", 1, []
        if mapping.category is not None:
            matter = mapping.category.matters.get(category or "", mapping.category.default)
            if category not in mapping.category.matters:
                unmapped.append((mapping.category.column, (category or "")[:MOST_REF_LENGTH]))
        if mapping.priority is not None:
            priority = mapping.priority.levels.get(level or "", mapping.priority.default)
            if level not in mapping.priority.levels:
                unmapped.append((mapping.priority.column, (level or "")[:MOST_REF_LENGTH]))
        return _Words(
            kind=kind,
            skill=units.skills.get(kind or "", units.default_skill),
            is_headline=kind in units.headline,
            has_station=units.station is not None and (not units.station_kinds or kind in units.station_kinds),
            area=area,
            category=category,
            matter=matter,
            priority=priority,
            unmapped=tuple(unmapped),
        )
