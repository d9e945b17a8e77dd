"""How many people are there when: from seats by name of roster to seats by its number."""

from __future__ import annotations

from collections.abc import Mapping

from twin.errors import ScenarioError

ALWAYS = "always"
"""Seats that are staffed day and night."""


def by_roster(
    seats: Mapping[str, int], rosters: Mapping[str, range], *, key: str
) -> tuple[tuple[int | None, int], ...]:
    """Seats by number of roster, None for those that are always staffed; spread evenly over a roster's parties.

    Parameters
    ----------
    key : where they stand in the scenario, for errors.

    Raises
    ------
    ScenarioError : there is no such roster.
    """
    found: list[tuple[int | None, int]] = []
    for roster, n in seats.items():
        if roster == ALWAYS:
            found.append((None, n))
            continue
        parties = rosters.get(roster)
        if parties is None:
            raise ScenarioError(f"there is no roster {roster!r}", key=key)
        found += [(number, (n + len(parties) - 1 - party) // len(parties)) for party, number in enumerate(parties)]
    return tuple(found)
