"""Cities by the names that scenarios and run folders use: a folder, or one of those built in."""

from __future__ import annotations

from pathlib import Path

from city_data.built_in import SIZES, built_in_city
from city_data.city import City
from city_data.folder import load_city

BUILT_IN = {"built-in": "street", **{f"built-in-{size}": size for size in SIZES}}
"""Name → size of the cities that are no folder."""


def city_called(name: str) -> City:
    """The city of this name.

    Raises
    ------
    CityError : it is no built-in city, and its folder cannot be used.
    """
    return built_in_city(BUILT_IN[name]) if name in BUILT_IN else load_city(Path(name))
