"""One score from many indicators: composites as data, each weight with where it comes from.

Indicators flow in; points of each term, their sum, and the requirements that are not met flow out. The composites here
are examples of single cities, second-hand; a centre writes its own, and nothing is scored by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.errors import GridtwinError
from twin.metrics.appraisal import INDICATORS, SECOND_HAND, Confidence, Indicator
from twin.metrics.performance import rounded


@dataclass(frozen=True, slots=True)
class Gain:
    """`points` times the value."""

    indicator: str
    points: float
    confidence: Confidence

    def of(self, found: Indicator) -> float | None:
        """Points; None where nobody is counted."""
        return None if found.value is None else self.points * found.value


@dataclass(frozen=True, slots=True)
class Spared:
    """`points` times what is missing from 1; less than nothing where the value is above 1, as rework may be."""

    indicator: str
    points: float
    confidence: Confidence

    def of(self, found: Indicator) -> float | None:
        """Points; None where nobody is counted."""
        return None if found.value is None else self.points * (1 - found.value)


@dataclass(frozen=True, slots=True)
class Reached:
    """`points` where the value reaches `at_least`; below, less `lost_per_percent` a percentage point short, never < 0.

    With `lost_per_percent` None all is lost below.
    """

    indicator: str
    points: float
    confidence: Confidence
    at_least: float
    lost_per_percent: float | None = None

    def of(self, found: Indicator) -> float | None:
        """Points; None where nobody is counted."""
        if found.value is None:
            return None
        if found.value >= self.at_least:
            return self.points
        if self.lost_per_percent is None:
            return 0.0
        return max(0.0, self.points - self.lost_per_percent * 100 * (self.at_least - found.value))


@dataclass(frozen=True, slots=True)
class Each:
    """`points` (less than 0: a fine) for each that the numerator counts."""

    indicator: str
    points: float
    confidence: Confidence

    def of(self, found: Indicator) -> float:
        """Points; nothing where nobody is counted."""
        return self.points * found.numerator


Term = Gain | Spared | Reached | Each


@dataclass(frozen=True, slots=True)
class Requirement:
    """A value that must be reached, whatever the score."""

    indicator: str
    at_least: float
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Composite:
    """A score: the sum of its terms; requirements stand beside it.

    Raises
    ------
    GridtwinError : no terms, or a term or a requirement names no indicator.
    """

    name: str
    terms: tuple[Term, ...]
    requirements: tuple[Requirement, ...] = ()

    def __post_init__(self) -> None:
        if not self.terms:
            raise GridtwinError("has no terms", key=self.name)
        for part in (*self.terms, *self.requirements):
            if part.indicator not in INDICATORS:
                known = ", ".join(INDICATORS)
                raise GridtwinError(f"{part.indicator!r} is no indicator: choose from {known}", key=self.name)


JINNIU = Composite(
    "Jinniu, Chengdu",
    (
        Gain("disposal", 30, SECOND_HAND),
        Gain("on_time_disposal", 20, SECOND_HAND),
        Spared("rework", 20, SECOND_HAND),
        Spared("overdue_pending", 20, SECOND_HAND),
        Spared("extension", 10, SECOND_HAND),
    ),
)
"""A district's rule: 100 = 30 + 20 + 20 + 20 + 10."""

JINHUA = Composite(
    "Jinhua",
    (
        Reached("on_time_closing", 50, SECOND_HAND, at_least=0.70, lost_per_percent=1),
        Reached("closing", 20, SECOND_HAND, at_least=0.90),
        Each("rework", -0.2, SECOND_HAND),
        Each("repeated_rework", -0.3, SECOND_HAND),
    ),
    (
        Requirement("urgent_closing", 1.0, SECOND_HAND),
        Requirement("urgent_on_time_closing", 0.95, SECOND_HAND),
    ),
)
"""A city's rule as far as it is known, at most 70 points. A rework costs 0.2, from a case's third on 0.5: 0.3 more."""

JUNGAR = Composite(
    "Jungar Banner",
    (
        Gain("response", 30, SECOND_HAND),
        Gain("resolution", 35, SECOND_HAND),
        Gain("satisfaction", 35, SECOND_HAND),
    ),
)
"""A county's weights of the three rates of citizens' requests; Beijing's own are not known."""

COMPOSITES: Mapping[str, Composite] = {"jinniu": JINNIU, "jinhua": JINHUA, "jungar": JUNGAR}
"""By the names they are asked for."""


def points(composite: Composite, indicators: Mapping[str, Indicator]) -> list[float | None]:
    """Points of each term, in their order; None where nobody is counted."""
    found = [term.of(indicators[term.indicator]) for term in composite.terms]
    return [None if value is None else rounded(value) for value in found]


def score(composite: Composite, indicators: Mapping[str, Indicator]) -> float | None:
    """The sum of the points; None where any term has none: weights are never shifted to the others."""
    total = 0.0
    for term in composite.terms:
        value = term.of(indicators[term.indicator])
        if value is None:
            return None
        total += value
    return rounded(total)


def unmet(composite: Composite, indicators: Mapping[str, Indicator]) -> list[str]:
    """Indicators that miss what is required of them; where nobody is counted nothing is missed."""
    missed = []
    for requirement in composite.requirements:
        value = indicators[requirement.indicator].value
        if value is not None and value < requirement.at_least:
            missed.append(requirement.indicator)
    return missed
