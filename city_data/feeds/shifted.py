"""The shifted coordinates of Chinese maps, and back: GCJ-02 (most maps) and BD-09 (Baidu), in degrees.

The forward formulas are the public ones, as reverse engineered and in general use (the official algorithm is not
published). They have no inverse in closed form: it is found by iteration to far less than a centimetre. Outside a box
around China GCJ-02 is WGS 84; near the land borders the box is wider than the country, as in every public version.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, hypot, pi, sin, sqrt

Degrees = tuple[float, float]
"""Longitude and latitude."""

WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Where GCJ-02 is shifted, degrees."""

_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.00669342162296594323
"""Of Krasovsky's ellipsoid, which the formula uses whatever its coordinates are on."""
_BAIDU = pi * 3_000 / 180
_CLOSE_DEG = 1e-10
"""About 0.01 mm."""
_MOST_STEPS = 30


def wgs84_to_gcj02(lon: float, lat: float) -> Degrees:
    """Shift a true place as Chinese maps do."""
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    waves = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east_m += (waves + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north_m += (waves + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))) * 2.0 / 3.0
    bent = 1.0 - _ECCENTRICITY_2 * sin(lat * pi / 180.0) ** 2
    per_degree_north_m = _AXIS_M * (1.0 - _ECCENTRICITY_2) / (bent * sqrt(bent)) * pi / 180.0
    per_degree_east_m = _AXIS_M / sqrt(bent) * cos(lat * pi / 180.0) * pi / 180.0
    return lon + east_m / per_degree_east_m, lat + north_m / per_degree_north_m


def gcj02_to_wgs84(lon: float, lat: float) -> Degrees:
    """Find the true place of a shifted one."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> Degrees:
    """Shift once more, as Baidu does."""
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BAIDU)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Degrees:
    """Undo Baidu's shift."""
    return _inverse(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: float, lat: float) -> Degrees:
    """Shift a true place as Baidu's maps do."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> Degrees:
    """Find the true place of one on Baidu's maps."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _waves(at: float, *waves: tuple[float, float]) -> float:
    """Sum of sines: each an amplitude and half a wavelength in degrees."""
    return sum(amplitude * sin(at * pi / half) for amplitude, half in waves)


def _inverse(forward: Callable[[float, float], Degrees], lon: float, lat: float) -> Degrees:
    """The place that `forward` takes to (lon, lat).

    A shift changes by less than 2 % of the way between two places, so that each step leaves less than 2 % of the error.
    """
    x, y = lon, lat
    for _ in range(_MOST_STEPS):
        there_x, there_y = forward(x, y)
        error_x, error_y = there_x - lon, there_y - lat
        x, y = x - error_x, y - error_y
        if abs(error_x) < _CLOSE_DEG and abs(error_y) < _CLOSE_DEG:
            break
    return x, y
