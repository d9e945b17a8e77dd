"""The built-in city as pages show it, made once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from city_data.built_in import built_in_city
from city_data.grounds import ground_features
from twin.views.city import CityShown


@cache
def built_in_shown() -> CityShown:
    """With everything a page may ask of it: grids, facilities, grounds and residents."""
    city = built_in_city()
    parts = (city.name, city.roads, city.stations, city.areas, "nobody", city.checksum, city.edge_area)
    layers = city.layers
    grounds = ground_features(layers.grounds)
    shown = CityShown(*parts, cells=layers.cells, overlays=layers.overlays, facilities=layers.facilities)
    return replace(shown, grounds=grounds, residents=layers.residents)
