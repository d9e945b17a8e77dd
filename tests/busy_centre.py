"""Two hours of the centre of a few grids (`tests.centre_town`), run once: its desks, and all that happened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from agents.city import CityModel
from scenarios.centre import name_desks
from scenarios.spec import Scenario
from tests.builders import facts_of
from tests.centre_town import WHOLE, centre_town
from twin.domain import facts as f
from twin.domain.quantities import HOUR

SCENARIO = Scenario.model_validate(WHOLE)
DESKS = name_desks(SCENARIO.centre) or ()
UNTIL = 2 * HOUR


@cache
def busy_facts() -> Sequence[f.Fact]:
    """All that happens in it."""
    city = CityModel.begin(centre_town())
    city.advance_to(UNTIL)
    return facts_of(city)
