"""Do a feed's coordinates fit the streets? A shifted or exchanged pair of columns shows in the distance to them.

In: places as the file writes them, and the streets of a city. Out: for each assumption (WGS 84, GCJ-02, BD-09, the
numbers exchanged) the median distance to the nearest street, which of them fits, and a warning where the mapping's
own fits worse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from city_data.feeds.mapping_parts import BD09, CGCS2000, EPSG, GCJ02, WGS84, Place
from city_data.feeds.places import Pair, to_wgs84
from twin.roads.nearest import NearestEdge

MOST_POINTS = 4_000
FEWEST_POINTS = 30
EXCHANGED = "exchanged"
"""The mapping's own system, but with the two numbers the other way round."""

_NEAR_M = 250.0
"""A place that lies farther than this from any street under every assumption lies off the map, and says nothing."""
_FAR_M = 10_000.0
_CLEAR_M = 2.0
_CLEAR_DEVIATIONS = 3.0
_TITLES = {WGS84: "WGS 84 (or CGCS2000)", GCJ02: "GCJ-02", BD09: "BD-09", EXCHANGED: "the two numbers exchanged"}


@dataclass(frozen=True, slots=True)
class Fit:
    """How far the places lie from the nearest street under one assumption (median); None where most lie off the map."""

    assumption: str
    median_m: float | None


@dataclass(frozen=True, slots=True)
class StreetFit:
    """What the streets say about a feed's coordinates.

    Parameters
    ----------
    n_points : different places that were tried and lie near a street under any assumption.
    assumed : what the mapping says.
    fits : of every assumption.
    best : the one that fits best; None where the places cannot tell.
    verdict : all of it in a sentence.
    warning : what to change in the mapping, if anything.
    """

    n_points: int
    assumed: str
    fits: tuple[Fit, ...]
    best: str | None
    verdict: str
    warning: str | None


class ThinnedPlaces:
    """Places of a feed of any length, evenly thinned to a few thousand."""

    def __init__(self) -> None:
        self._kept: list[Pair] = []
        self._stride = 1
        self._n_seen = 0

    def next_is_wanted(self) -> bool:
        """Whether to add the next row; to be asked once a row."""
        self._n_seen += 1
        return self._n_seen % self._stride == 0

    def add(self, place: Pair) -> None:
        """Add a place as written."""
        self._kept.append(place)
        if len(self._kept) == 2 * MOST_POINTS:
            self._kept, self._stride = self._kept[::2], 2 * self._stride

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._kept)


def fit_to_streets(places: ThinnedPlaces, rules: Place, streets: NearestEdge) -> StreetFit:
    """Try every assumption."""
    different = list(dict.fromkeys(places))
    assumed = WGS84 if rules.crs == CGCS2000 else rules.crs
    tried = {name: streets.snap(*place)[2] for name, place in _under_each(different, rules.crs).items()}
    near = np.any([distance <= _NEAR_M for distance in tried.values()], axis=0)
    n_points = int(near.sum())
    if n_points < FEWEST_POINTS:
        verdict = f"too few places to tell: {n_points} near a street, of {len(different):,} tried"
        return StreetFit(n_points, assumed, (), None, verdict, None)
    distances = {name: distance[near] for name, distance in tried.items()}
    medians = {name: float(np.median(distance)) for name, distance in distances.items()}
    fits = tuple(Fit(name, round(median, 1) if median < _FAR_M else None) for name, median in medians.items())
    best = min(medians, key=lambda name: (medians[name], name != assumed))
    same = [name for name in medians if name != best and np.array_equal(distances[name], distances[best])]
    unclear = [
        name for name in medians if name not in (best, *same) and not _is_clear(distances[best], distances[name])
    ]
    if unclear:
        verdict = f"{n_points:,} places cannot tell {' from '.join(_title(name) for name in (best, *unclear))}"
    else:
        verdict = f"{_title(best)} fits: {_metres(medians[best])} to the nearest street (median of {n_points:,} places)"
        verdict += "".join(f"; {_title(name)} is the same here" for name in same)
    warning = None
    if _is_clear(distances[best], distances[assumed]):
        change = "exchange the two numbers" if best == EXCHANGED else f"write `crs: {best}`"
        warning = (
            f"as {_title(assumed)}, which the mapping says, places lie {_metres(medians[assumed])} from the streets,"
            f" as {_title(best)} {_metres(medians[best])}: {change} under `place`"
        )
    best_or_none = None if unclear else best
    return StreetFit(n_points, assumed, fits, best_or_none, verdict, warning)


def street_fit_lines(fit: StreetFit) -> list[str]:
    """The findings as text."""
    lines = [f"Streets: {fit.verdict}"]
    lines += [
        f"  {'off the map' if one.median_m is None else f'{one.median_m:,.1f} m':>14}  {_title(one.assumption)}"
        f"{' (the mapping)' if one.assumption == fit.assumed else ''}"
        for one in fit.fits
    ]
    return lines + ([] if fit.warning is None else [f"  WARNING: {fit.warning}"])


def _under_each(places: list[Pair], crs: str) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Longitudes and latitudes under each assumption, shape (n,) each; shifts are tried after a system of EPSG."""
    own = to_wgs84(crs)
    is_epsg = crs.startswith(EPSG)
    degrees = [own(x, y) for x, y in places] if is_epsg and own is not None else places
    exchanged = [(y, x) for x, y in places]
    tried = {
        crs if is_epsg else WGS84: degrees,
        GCJ02: _converted(degrees, GCJ02),
        BD09: _converted(degrees, BD09),
        EXCHANGED: exchanged if own is None else [own(x, y) for x, y in exchanged],
    }
    return {name: _columns(pairs) for name, pairs in tried.items()}


def _converted(places: list[Pair], crs: str) -> list[Pair]:
    """Places from a system of degrees; numbers that are none stay as they are."""
    convert = to_wgs84(crs)
    if convert is None:
        return places
    return [convert(x, y) if abs(x) <= 180 and abs(y) <= 90 else (x, y) for x, y in places]


def _columns(places: list[Pair]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.array(places, np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _is_clear(nearer: NDArray[np.float64], farther: NDArray[np.float64]) -> bool:
    """Whether places lie nearer to the streets beyond chance: by a sign test, and by 2 m of the median."""
    wins, losses = int((nearer < farther).sum()), int((nearer > farther).sum())
    if wins + losses == 0 or (wins - losses) / sqrt(wins + losses) < _CLEAR_DEVIATIONS:
        return False
    return bool(np.median(farther) - np.median(nearer) >= _CLEAR_M)


def _title(assumption: str) -> str:
    return _TITLES.get(assumption, assumption)


def _metres(distance: float) -> str:
    return f"{distance:,.0f} m" if distance < _FAR_M else "off the map"
