"""Which OSM streets are for cars, which are lanes, what class they are, and how fast one drives where no sign says so.

In: the `highway` and `maxspeed` tags. Out: the class names of `twin.roads.network.CLASSES` and metres per second.
The speeds are this program's defaults, there to be changed by a scenario or a calibration; no standard is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KMH = 1 / 3.6
MPH = 0.44704

CLASS_OF_HIGHWAY: Mapping[str, str] = {
    "motorway": "motorway",
    "trunk": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "motorway_link": "motorway",
    "trunk_link": "trunk",
    "primary_link": "primary",
    "secondary_link": "secondary",
    "tertiary_link": "tertiary",
    "residential": "residential",
    "living_street": "residential",
    "unclassified": "other",
    "road": "other",
    "service": "service",
}
"""OSM `highway` values a car may drive on, and the class each folds into."""

CLASS_OF_LANE: Mapping[str, str] = {
    "cycleway": "path",
    "track": "path",
    "path": "path",
    "pedestrian": "path",
    "footway": "path",
    "steps": "steps",
}
"""OSM `highway` values that are read on foot only, and their class.

`corridor`, `elevator` and `platform` are not: they lie inside buildings and stations, where no grid worker patrols.
"""

ALL_CLASSES: Mapping[str, str] = {**CLASS_OF_HIGHWAY, **CLASS_OF_LANE}
"""Both, the most important first."""

LANE_KMH = 5.0
"""Free-flow speed of lanes in km/h: nobody drives there, and walkers and e-bikes have speeds of their own."""

DEFAULT_KMH: Mapping[str, float] = {
    "motorway": 80.0,
    "trunk": 60.0,
    "primary": 50.0,
    "secondary": 45.0,
    "tertiary": 40.0,
    "residential": 30.0,
    "living_street": 15.0,
    "unclassified": 30.0,
    "road": 30.0,
    "service": 15.0,
    "motorway_link": 50.0,
    "trunk_link": 45.0,
    "primary_link": 40.0,
    "secondary_link": 35.0,
    "tertiary_link": 30.0,
}
"""Speed in km/h by `highway` value where `maxspeed` says nothing usable: defaults, not a standard."""

MIN_MPS, MAX_MPS = 5 * KMH, 150 * KMH
"""A posted speed outside 5–150 km/h is taken for a slip of the pen, and the default is used."""

_POSTED = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?\s*", re.IGNORECASE)


def posted_mps(maxspeed: object) -> float | None:
    """Metres per second that a `maxspeed` tag posts, or None where it posts no usable number.

    Several values ("30;50", or a list) give their mean, as nothing says where each holds.

    >>> round(posted_mps("25 mph"), 3), round(posted_mps("30;50"), 3), posted_mps("signals"), posted_mps("none")
    (11.176, 11.111, None, None)
    """
    if isinstance(maxspeed, list | tuple):
        parts = [text for value in maxspeed for text in str(value).split(";")]
    else:
        parts = str(maxspeed).split(";") if maxspeed is not None else []
    speeds = []
    for text in parts:
        posted = _POSTED.fullmatch(text[:32])
        if posted is not None:
            mps = float(posted[1]) * (MPH if (posted[2] or "").lower() == "mph" else KMH)
            if MIN_MPS <= mps <= MAX_MPS:
                speeds.append(mps)
    return sum(sorted(speeds)) / len(speeds) if speeds else None


def free_flow_mps(highway: str, maxspeed: object, *, default_kmh: Mapping[str, float] = DEFAULT_KMH) -> float:
    """Metres per second on an empty street: what is posted, else the default of its `highway` value; in lanes one."""
    if highway in CLASS_OF_LANE:
        return LANE_KMH * KMH
    return posted_mps(maxspeed) or default_kmh[highway] * KMH
