"""Colours can be told apart from the ground and from each other, also without colour vision."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from twin.domain.light import Light
from twin.domain.unit import UnitStatus
from twin.roads.network import CLASSES
from twin.views.palette import LIGHT_BADGE, STATUS_BADGE, Colour, Palette, Theme, band_of, palette

PALETTES = [palette(theme) for theme in Theme]

# Linear RGB as a deuteranope sees it (Viénot, Brettel and Mollon 1999).
DEUTERANOPE = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])


def linear(colour: Colour) -> np.ndarray:
    share = np.array(colour) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(first: Colour, second: Colour) -> float:
    """Contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", PALETTES)
def test_signs_and_writing_stand_out_from_the_ground(colours: Palette) -> None:
    assert contrast(colours.text, colours.ground) >= 7
    for ground in (colours.ground, *colours.grounds.values()):
        for status in STATUS_BADGE:
            assert contrast(colours.status[status], ground) >= 3
        assert contrast(colours.facility, ground) >= 3
        assert contrast(colours.place, ground) >= 3
    assert contrast(colours.unreached, colours.ground) >= 3


@pytest.mark.parametrize("colours", PALETTES)
def test_streets_recede_the_lesser_the_more(colours: Palette) -> None:
    contrasts = [contrast(road, colours.ground) for road in colours.roads]
    assert len(contrasts) == len(CLASSES)
    for_cars = contrasts[: CLASSES.index("path")]
    assert for_cars == sorted(for_cars, reverse=True)
    assert max(contrasts) < 4.5


@pytest.mark.parametrize("colours", PALETTES)
def test_kinds_of_ground_differ_and_stay_in_the_background(colours: Palette) -> None:
    for ground in colours.grounds.values():
        assert contrast(ground, colours.ground) < 1.6
    for first, second in combinations([colours.ground, *colours.grounds.values()], 2):
        seen = [np.clip(DEUTERANOPE @ linear(colour), 0, 1) ** (1 / 2.2) for colour in (first, second)]
        assert np.abs(seen[0] - seen[1]).max() > 0.03


@pytest.mark.parametrize("colours", PALETTES)
def test_neighbouring_bands_differ_for_a_deuteranope_and_in_size(colours: Palette) -> None:
    for first, second in pairwise(colours.bands):
        seen = [np.clip(DEUTERANOPE @ linear(band.colour), 0, 1) for band in (first, second)]
        assert np.abs(seen[0] - seen[1]).max() > 0.1
        assert second.radius_px > first.radius_px


@pytest.mark.parametrize("colours", PALETTES)
def test_lights_differ_without_colour_vision_and_in_shape(colours: Palette) -> None:
    for first, second in combinations(colours.light.values(), 2):
        seen = [np.clip(DEUTERANOPE @ linear(colour), 0, 1) for colour in (first, second)]
        assert np.abs(seen[0] - seen[1]).max() > 0.1
    assert set(LIGHT_BADGE) == set(colours.light) == set(colours.ink) == set(Light)
    assert len(set(LIGHT_BADGE.values())) == len(Light)
    assert not set(LIGHT_BADGE.values()) & set(STATUS_BADGE.values())


@pytest.mark.parametrize("colours", PALETTES)
def test_signs_of_cases_stand_out_and_what_is_drawn_on_them_too(colours: Palette) -> None:
    for light in Light:
        assert contrast(colours.ink[light], colours.light[light]) >= 3
    for ground in (colours.ground, *colours.grounds.values()):
        assert contrast(colours.rim, ground) >= 7
        assert contrast(colours.closed, ground) >= 3
        assert contrast(colours.chosen, ground) >= 3


def test_only_statuses_on_the_map_have_a_badge_each_its_own() -> None:
    assert set(STATUS_BADGE) == set(UnitStatus) - {UnitStatus.AWAY, UnitStatus.OFF_DUTY}
    assert STATUS_BADGE[UnitStatus.TURNOUT] is STATUS_BADGE[UnitStatus.EN_ROUTE]
    assert len(set(STATUS_BADGE.values())) == len(STATUS_BADGE) - 1


def test_a_limit_belongs_to_the_sooner_band() -> None:
    colours = palette(Theme.LIGHT)
    bands = [band_of(seconds, colours) for seconds in (0.0, 240.0, 480.0, 900.0, 900.1)]
    assert [band and band.key for band in bands] == ["band.4", "band.4", "band.8", "band.15", "band.later"]
    assert band_of(None, colours) is None
