"""Limits and lights: by when a case should be closed, and how urgent that has become.

Green, yellow when little is left, red past the limit; a closed case is green. The limit counts from the report on the
same clock as everything else; figures are defaults of a scenario, never "the standard says" (docs/scenarios.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from twin.domain.quantities import HOUR


class Light(StrEnum):
    """How urgent a case is."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


GREEN, YELLOW, RED = Light
ANY = "*"
"""All matters that are not named."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long cases may take.

    Parameters
    ----------
    by_matter : microseconds from report to close, by matter; `ANY` for all others. Without it a matter has no limit.
    yellow_us, yellow_share : yellow when less than this is left, or less than this share of the limit: the smaller.
    """

    by_matter: dict[str, int] = field(default_factory=dict)
    yellow_us: int = 5 * HOUR
    yellow_share: float = 1 / 3

    def of(self, matter: str) -> int | None:
        """The limit of a matter, microseconds; None where it has none."""
        return self.by_matter.get(matter, self.by_matter.get(ANY))

    def deadline_at(self, matter: str, reported_at: int) -> int | None:
        """By when a case should be closed."""
        limit_us = self.of(matter)
        return None if limit_us is None else reported_at + limit_us

    def light_at(self, matter: str, reported_at: int, at: int) -> Light:
        """The light of an open case at an instant.

        >>> Limits({"*": 9 * HOUR}).light_at("fire", 0, 6 * HOUR + 1), Limits().light_at("fire", 0, 99 * HOUR)
        (<Light.YELLOW: 'yellow'>, <Light.GREEN: 'green'>)
        """
        limit_us = self.of(matter)
        if limit_us is None:
            return GREEN
        left_us = reported_at + limit_us - at
        if left_us < 0:
            return RED
        return YELLOW if left_us < min(self.yellow_us, self.yellow_share * limit_us) else GREEN
