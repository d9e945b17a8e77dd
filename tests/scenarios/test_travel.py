"""Travel in a scenario: a speed for each mode, bands they share, and a router each."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from scenarios.spec import Travel
from scenarios.travel import e_bike_model, travel_model, walking_model
from twin.roads.network import CLASSES
from twin.roads.travel import E_BIKE_MPS, ON_FOOT, STEPS_FACTOR, WALK_MPS

STEPS = CLASSES.index("steps")
RAIN = {"name": "rain", "hours": [7, 9], "weekdays": [0], "speed": {"*": 0.6}, "walk": 0.9, "e_bike": 0.7}


def travel(**said: object) -> Travel:
    return Travel.model_validate(said)


def test_walkers_and_e_bikes_have_speeds_of_their_own_and_get_up_to_speed_at_once() -> None:
    plain = travel(ramp="8s")
    assert (walking_model(plain).mps, e_bike_model(plain).mps) == (WALK_MPS, E_BIKE_MPS)
    assert (travel_model(plain).mps, travel_model(plain).ramp_s) == (None, 8.0)
    assert walking_model(plain).ramp_s == e_bike_model(plain).ramp_s == 0.0
    asked = travel(walk={"mps": 1.0, "steps": 0.4}, e_bike={"mps": 5.0})
    assert (walking_model(asked).mps, e_bike_model(asked).mps) == (1.0, 5.0)
    assert walking_model(asked).factor[0, STEPS] == 0.4


def test_walkers_are_slower_on_steps_than_in_streets() -> None:
    factor = walking_model(travel()).factor
    assert factor[0, STEPS] == STEPS_FACTOR
    assert set(np.delete(factor[0], STEPS).tolist()) == {1.0}
    assert np.array_equal(factor, ON_FOOT.factor)


def test_all_modes_share_the_bands_each_with_a_factor() -> None:
    asked = travel(bands=[RAIN], walk={"steps": 0.5})
    models = [travel_model(asked), e_bike_model(asked), walking_model(asked)]
    assert len({model.band_of_hour for model in models}) == 1
    assert [model.factor[1, 0] for model in models] == [0.6, 0.7, 0.9]
    assert models[2].factor[1, STEPS] == pytest.approx(0.45)
    assert [model.factor[0, 0] for model in models] == [1.0, 1.0, 1.0]


def test_a_band_may_say_how_one_walks_and_nothing_of_cars() -> None:
    asked = travel(speed={"*": 0.8}, bands=[{"name": "night", "hours": [0, 5], "walk": 0.8}])
    assert travel_model(asked).factor[1].tolist() == [0.8] * len(CLASSES)
    assert walking_model(asked).factor[1, 0] == 0.8


@pytest.mark.parametrize(
    "said",
    [{"walk": {"mps": 0}}, {"walk": {"steps": -1}}, {"e_bike": {"mps": 99}}, {"e_bike": {"steps": 0.5}}],
)
def test_a_speed_out_of_range_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        travel(**said)
