"""What the matters of a scenario are called in English, where it says so."""

from __future__ import annotations

from scenarios.spec import Scenario
from scenarios.spec_demand import MatterSpec


def english_names(scenario: Scenario) -> dict[str, str]:
    """English names of matters, by their names."""
    matters: dict[str, MatterSpec] = {}
    for source in scenario.demand:
        matters |= source.matters
    for problems in scenario.problems:
        matters |= problems.matters
    return {name: matter.english for name, matter in matters.items() if matter.english is not None}
