"""The city as a Mesa model: it joins the parts, and goes when nobody holds it any more."""

from __future__ import annotations

import gc
import weakref

from agents.city import CityModel
from scenarios.build import build
from scenarios.load import library, load_scenario
from twin.domain.quantities import HOUR


def test_a_fork_that_nobody_holds_is_forgotten() -> None:
    scenario = load_scenario(library()["vehicles"])
    city = CityModel.begin(build(scenario).setting)
    city.advance_to(HOUR)
    fork = weakref.ref(city.fork(1))
    gc.collect()
    assert fork() is None
