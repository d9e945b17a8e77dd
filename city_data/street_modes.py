"""Who may use an OSM street, in each direction: cars, e-bikes and walkers, by its `highway` value and access tags.

In: the tags of a way, or of an edge that OSMnx joined of several. Out: the bits of `twin.domain.mode` there and back.
What a `highway` value opens is this program's default; tags close streets, and open them to those on foot or by
bicycle, but no lane to cars and no steps to wheels. E-bikes are treated as bicycles. Walkers ignore one-ways.
"""

from __future__ import annotations

from collections.abc import Mapping

from city_data.street_classes import ALL_CLASSES, CLASS_OF_HIGHWAY
from twin.domain.mode import ALL_BITS, CAR_BIT, E_BIKE_BIT, WALK_BIT

ACCESS_TAGS = ("access", "vehicle", "motor_vehicle", "bicycle", "foot", "oneway:bicycle")

_FAST = ("motorway", "motorway_link", "trunk", "trunk_link")
"""For cars alone, where no tag says otherwise."""
_ON_FOOT = ("footway", "pedestrian", "steps")
"""For walkers alone, where no tag says otherwise; other lanes are for bicycles too."""

_CLOSING: Mapping[int, tuple[str, ...]] = {
    CAR_BIT: ("access", "vehicle"),
    E_BIKE_BIT: ("access", "vehicle"),
    WALK_BIT: ("access",),
}
"""Tags about many kinds of traffic: what they shut stays shut for a mode unless its own tag opens it."""
_OWN: Mapping[int, str] = {CAR_BIT: "motor_vehicle", E_BIKE_BIT: "bicycle", WALK_BIT: "foot"}

_NO = frozenset({"no", "private", "use_sidepath", "dismount"})
_YES = frozenset({"yes", "designated", "permissive", "official", "destination", "customers", "delivery"})
_ONE_WAY = frozenset({"yes", "true", "1", "-1", "reverse", "T", "F"})
"""Values of `oneway` as OSMnx reads them."""


def modes_of(tags: Mapping[str, object]) -> tuple[int, int]:
    """Who may use a street in the direction cars take, and who in the other: sums of bits, 0 for nobody.

    >>> modes_of({"highway": "residential", "oneway": "yes"}), modes_of({"highway": "steps"})
    ((7, 4), (4, 4))
    >>> modes_of({"highway": "trunk"}), modes_of({"highway": "trunk", "foot": "yes", "oneway": "yes"})
    ((1, 1), (5, 4))
    """
    highways = _values(tags, "highway")
    if not highways or not ALL_CLASSES.keys() >= set(highways):
        return 0, 0
    there = sum(bit for bit in _OWN if _may_use(bit, tags, highways=highways))
    if not is_one_way(tags):
        return there, there
    back = WALK_BIT | (E_BIKE_BIT if _values(tags, "oneway:bicycle") == ["no"] else 0)
    return there, there & back


def _may_use(bit: int, tags: Mapping[str, object], *, highways: list[str]) -> bool:
    is_open = all(_default(highway) & bit for highway in highways)
    for tag in _CLOSING[bit]:
        is_open = is_open and _NO.isdisjoint(_values(tags, tag))
    own = _values(tags, _OWN[bit])
    if not _NO.isdisjoint(own):
        return False
    if own and _YES.issuperset(own):
        return all(_can_open(bit, highway) for highway in highways)
    return is_open


def _can_open(bit: int, highway: str) -> bool:
    if bit == CAR_BIT:
        return highway in CLASS_OF_HIGHWAY
    return bit == WALK_BIT or highway != "steps"


def _default(highway: str) -> int:
    if highway in _FAST:
        return CAR_BIT
    if highway in CLASS_OF_HIGHWAY:
        return ALL_BITS
    return WALK_BIT if highway in _ON_FOOT else WALK_BIT | E_BIKE_BIT


def is_one_way(tags: Mapping[str, object]) -> bool:
    """Whether OSMnx reads a one-way; in GraphML `oneway` is a truth value."""
    said = _values(tags, "oneway")
    return "True" in said or not _ONE_WAY.isdisjoint(said) or _values(tags, "junction") == ["roundabout"]


def _values(tags: Mapping[str, object], key: str) -> list[str]:
    """The values of a tag as text; several where an edge was joined of several ways."""
    value = tags.get(key)
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
