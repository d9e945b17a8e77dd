"""The search box: what of a city is called so, and where it is.

In: what somebody types. Out: `Found` places, the best first. Case and the width of letters and digits do not matter;
every word typed has to occur in what a place is and is called, as in "hospital north". A number finds that piece of
street.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from twin.domain.route import Spot
from twin.views.city import CityShown
from twin.views.gazetteer import Entry, FoundKind, entries
from twin.views.placing import area_at, spot_of_street, street_name
from twin.views.words import Language, Words

__all__ = ["Found", "FoundKind", "find", "folded", "found_lines"]


class Found(NamedTuple):
    """A place that was found.

    `label`: what it is and its name in one text, free text from data included; `lon`, `lat`: degrees; `spot`: on the
    roads; `area`: the part of the city; `cells`: those it covers, none for a point or a street.
    """

    label: str
    kind: FoundKind
    lon: float
    lat: float
    spot: Spot
    area: str
    cells: tuple[int, ...] = ()


class _Indexed(NamedTuple):
    """An entry, and its name and label as they are compared."""

    entry: Entry
    name: str
    label: str


def find(city: CityShown, text: str, words: Words, *, most: int = 20) -> tuple[Found, ...]:
    """What is called so, the best first, not more than `most`."""
    typed = " ".join(folded(text).split())
    if not typed:
        return ()
    wanted = typed.split()
    fitting = [each for each in _index(city, words.language) if all(word in each.label for word in wanted)]
    fitting.sort(key=lambda each: _rank(each, typed))
    found = [*_edge(city, typed, words), *(_found(city, each.entry) for each in fitting[:most])]
    return tuple(found[:most])


def found_lines(found: Sequence[Found]) -> list[str]:
    """A line for each place, no two alike: its label, the part of the city where it adds something, and which it is."""
    lines = [each.label if each.area in each.label else f"{each.label} · {each.area}" for each in found]
    return [
        f"{line} ({lines[:place].count(line) + 1})" if lines.count(line) > 1 else line
        for place, line in enumerate(lines)
    ]


def folded(text: str) -> str:
    """Text as it is compared: one width, one case.

    >>> folded("ＧＴ－０１２ Street")
    'gt-012 street'
    """
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=8)
def _index(city: CityShown, language: Language) -> tuple[_Indexed, ...]:
    """Everything with a name, ready to be compared; made once a city and language."""
    named = entries(city, Words(language))
    return tuple(_Indexed(entry, folded(entry.name), folded(entry.label)) for entry in named)


_ORDER = {kind: place for place, kind in enumerate(FoundKind)}


def _rank(each: _Indexed, typed: str) -> tuple[int, int, int, str]:
    """The very name first, then names that begin so, then those that contain it; short ones before long ones."""
    name = each.name
    fit = 0 if name == typed else 1 if name.startswith(typed) else 2 if typed in name else 3
    return fit, _ORDER[each.entry.kind], len(name), name


def _found(city: CityShown, entry: Entry) -> Found:
    lon, lat, spot, cells = entry.place()
    return Found(entry.label, entry.kind, lon, lat, spot, area_at(city, spot.edge), cells)


def _edge(city: CityShown, typed: str, words: Words) -> Iterator[Found]:
    """The piece of street whose number was typed."""
    digits = typed.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(city.roads.n_edges))):
        return
    if (edge := int(digits)) < city.roads.n_edges:
        spot = spot_of_street(city.roads, edge)
        lon, lat = city.roads.lonlat(spot.edge, spot.offset_mm)
        label = words("tip.facility", kind=words("find.edge"), name=street_name(city.roads, edge))
        yield Found(label, FoundKind.EDGE, lon, lat, spot, area_at(city, spot.edge))
