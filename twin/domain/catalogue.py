"""What may be the matter in a city, under which code of which standard, who sees to it, and by when?

In: rows that `city_data` has read. Out: a `Catalogue`, asked by key or by name, that says which code of another
standard means the same, or plainly that nobody has said so. A code alone means nothing: components and events share
codes, and editions renumber classes (街面秩序 is 05 in CJ/T 214 and 04 in GB/T 30428.2-2013).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from twin.domain.quantities import DAY, HOUR, MINUTE
from twin.errors import CityError


class CaseKind(StrEnum):
    """Kinds of case in city management: something happens (事件, since 2026 事项), or a thing is damaged (部件)."""

    EVENT = "event"
    COMPONENT = "component"


EVENT, COMPONENT = CaseKind

CJ_T_214: Final = "CJ/T 214"
GB_T_30428: Final = "GB/T 30428.2-2013"
GB_T_47678: Final = "GB/T 47678.5-2026"
DIGITS: Final[Mapping[str, int]] = MappingProxyType({CJ_T_214: 4, GB_T_30428: 4, GB_T_47678: 5})
"""Digits of a code in the standards that are known: two of the class, two or three of the sub-class."""


class MatterKey(NamedTuple):
    """What a row is found by: none of the three is enough without the others."""

    standard: str
    kind: CaseKind
    code: str

    def __str__(self) -> str:
        return f"{self.standard}:{self.kind}:{self.code}"


class LimitCalendar(StrEnum):
    """Which time a limit counts: all of it (紧急工作时), or working time only (工作时, 工作日)."""

    CLOCK = "clock"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class MatterLimit:
    """How long a matter may take: `span_us` microseconds of the calendar's time."""

    span_us: int
    calendar: LimitCalendar

    def __str__(self) -> str:
        """In a few words.

        >>> print(MatterLimit(4 * HOUR, LimitCalendar.WORKING), MatterLimit(90 * MINUTE, LimitCalendar.CLOCK), sep=", ")
        4 working hours, 90 min
        """
        working = "working " if self.calendar is LimitCalendar.WORKING else ""
        if self.span_us % HOUR:
            return f"{self.span_us / MINUTE:g} {working}min"
        hours = self.span_us // HOUR
        return f"{hours:,} {working}{'hour' if hours == 1 else 'hours'}"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A matter: a sub-class of things that can be wrong.

    Parameters
    ----------
    key : standard, kind and code.
    class_code, class_zh, class_en : its large class; names "" where they are not known.
    name_zh, name_en : what it is called; "" where it has no name in that language.
    limit : from report to close; None where nobody has said.
    limit_source : who says so; "" without a limit.
    department, skill : who sees to it, and what a unit must be able to do; None where that is left to the scenario.
    on_the_spot_share : share of its cases that the finder settles at once, 0 to 1; None where not known.
    matters_list : which of a place's lists it is on; "" where there is one only.
    assumed : whether the matter itself is made up. What is assumed about others stands in `source`.
    source : where the row comes from, and how sure that is.
    """

    key: MatterKey
    class_code: str
    class_zh: str
    class_en: str
    name_zh: str
    name_en: str
    limit: MatterLimit | None = None
    limit_source: str = ""
    department: str | None = None
    skill: str | None = None
    on_the_spot_share: float | None = None
    matters_list: str = ""
    assumed: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Matters in order, and which of them are the same under several standards; made by `catalogue_of`."""

    rows: tuple[CatalogueRow, ...]
    by_key: Mapping[MatterKey, CatalogueRow]
    same: Mapping[MatterKey, Mapping[str, MatterKey]]

    def row(self, key: MatterKey) -> CatalogueRow | None:
        """The row with a key, or None."""
        return self.by_key.get(key)

    def named(
        self, name: str, *, standard: str | None = None, kind: CaseKind | None = None
    ) -> tuple[CatalogueRow, ...]:
        """Rows with that name in Chinese or in English, capitals aside; of one standard and kind where given."""
        wanted = name.strip().casefold()
        return tuple(
            row
            for row in self.of(standard=standard, kind=kind)
            if wanted and wanted in (row.name_zh.casefold(), row.name_en.casefold())
        )

    def of(self, *, standard: str | None = None, kind: CaseKind | None = None) -> tuple[CatalogueRow, ...]:
        """Rows of one standard and kind, where given."""
        return tuple(
            row
            for row in self.rows
            if (standard is None or row.key.standard == standard) and (kind is None or row.key.kind is kind)
        )

    def translate(self, key: MatterKey, *, to: str) -> MatterKey | None:
        """The key of the same matter under another standard.

        None where it is not known: no code is ever guessed from another. A key needs no row to be translated, for a
        history may hold codes whose names are not known.
        """
        return key if key.standard == to else self.same.get(key, {}).get(to)

    def with_rows(self, rows: Iterable[CatalogueRow]) -> Catalogue:
        """The catalogue with a city's own rows, which replace those with the same key where they stand.

        Raises
        ------
        CityError : two of the new rows have the same key.
        """
        own = _by_key(rows)
        kept = [own.get(row.key, row) for row in self.rows]
        added = [row for key, row in own.items() if key not in self.by_key]
        return Catalogue((*kept, *added), _by_key([*kept, *added]), self.same)


def catalogue_of(rows: Iterable[CatalogueRow], same: Iterable[tuple[MatterKey, ...]] = ()) -> Catalogue:
    """A catalogue of rows.

    Parameters
    ----------
    same : groups of keys that mean the same matter, at most one of each standard.

    Raises
    ------
    CityError : a key stands there twice, among the rows or in two groups; or a group has two codes of one standard.
    """
    every = tuple(rows)
    groups: dict[MatterKey, Mapping[str, MatterKey]] = {}
    for group in same:
        by_standard = {key.standard: key for key in group}
        if len(by_standard) < len(group):
            raise CityError(f"two codes of one standard mean the same: {', '.join(map(str, group))}", key=str(group[0]))
        for key in group:
            if key in groups:
                raise CityError("this matter is translated twice", key=str(key))
            groups[key] = MappingProxyType(by_standard)
    return Catalogue(every, _by_key(every), MappingProxyType(groups))


def _by_key(rows: Iterable[CatalogueRow]) -> Mapping[MatterKey, CatalogueRow]:
    found: dict[MatterKey, CatalogueRow] = {}
    for row in rows:
        if row.key in found:
            raise CityError("this matter stands there twice", key=str(row.key))
        found[row.key] = row
    return MappingProxyType(found)


def working_days(n_days: float, *, day_us: int = 8 * HOUR) -> MatterLimit:
    """A limit of working days, each of `day_us` working time: eight hours, where no calendar says otherwise.

    >>> print(working_days(20))
    160 working hours
    """
    assert 0 < day_us <= DAY
    return MatterLimit(round(n_days * day_us), LimitCalendar.WORKING)
