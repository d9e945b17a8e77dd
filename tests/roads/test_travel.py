"""Travel times: whole microseconds by class and band, and the law of acceleration against its source."""

from __future__ import annotations

import numpy as np
import pytest

from tests.roads.streets import town
from twin.errors import RoadError
from twin.roads.network import CLASSES
from twin.roads.travel import HOURS_A_WEEK, TravelModel, with_ramp


def test_an_edge_takes_its_length_over_its_speed_rounded_up():
    network = town()
    us = TravelModel.free_flow().edge_us(network)
    exact = network.length_mm * 1_000 / network.speed_mps
    assert us.shape == (1, network.n_edges)
    assert ((us[0] >= exact) & (us[0] < exact + 1)).all()


def test_bands_slow_the_classes_they_name():
    network, factor = town(), np.ones((2, len(CLASSES)))
    factor[1, CLASSES.index("primary")] = 0.5
    free, rush = TravelModel((0,) * 167 + (1,), factor).edge_us(network)
    primary = network.road_class == CLASSES.index("primary")
    assert np.array_equal(rush > free, primary)
    assert np.allclose(rush[primary] / free[primary], 2.0)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ({"factor": np.ones((1, 3))}, "factor"),
        ({"factor": np.zeros((1, len(CLASSES)))}, "above 0"),
        ({"band_of_hour": (0,) * 24}, "168"),
        ({"band_of_hour": (1,) * 168}, "each 0 to 0"),
        ({"ramp_s": -1.0}, "ramp_s"),
        ({"ramp_s": float("nan")}, "ramp_s"),
    ],
)
def test_a_model_out_of_range_is_refused(model, says):
    sound = {"band_of_hour": (0,) * HOURS_A_WEEK, "factor": np.ones((1, len(CLASSES)))}
    with pytest.raises(RoadError, match=says):
        TravelModel(**(sound | model))


def test_an_edge_too_slow_for_64_bits_is_refused():
    slow = TravelModel((0,) * HOURS_A_WEEK, np.full((1, len(CLASSES)), 1e-10))
    with pytest.raises(RoadError, match="edge 0"):
        slow.edge_us(town())


@pytest.mark.parametrize(
    ("distance_m", "expected_s"), [(25, 10.0), (50, 14.142), (100, 20.333), (500, 68.333), (1000, 128.333)]
)
def test_thirty_kilometres_an_hour_at_one_metre_per_second_squared(distance_m, expected_s):
    """2·√(d/a) up to v²/a, then v/a + d/v (Larson and Odoni, Urban Operations Research, 3.88–3.89)."""
    v_mps = 30 / 3.6
    model = TravelModel.free_flow(ramp_s=v_mps / 1.0)
    assert model.with_ramp_us(round(distance_m / v_mps * 1e6)) / 1e6 == pytest.approx(expected_s, abs=0.001)


def test_without_acceleration_nothing_is_added():
    assert with_ramp(1_234_567, ramp_us=0) == 1_234_567
