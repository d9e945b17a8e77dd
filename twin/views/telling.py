"""Who tells what happened, and to whom: names, clocks and words that lines about facts are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.commands import Why
from twin.domain.quantities import CivilTime, to_s
from twin.views.words import Words

_WHYS = {why.value: why for why in Why}

Said = tuple[str, str]
"""A phrase and a detail."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Who tells it, and to whom.

    Parameters
    ----------
    civil : the clock on the wall. words : in which language.
    names : of units, by number.
    report : of the case it is about; opening : the report to the centre that opened it, where there was one.
    """

    civil: CivilTime
    words: Words
    names: Sequence[str]
    report: f.CaseReported | None = None
    opening: f.ReportMade | None = None

    def instant(self, at: int) -> str:
        """Civil date and time."""
        return self.words.instant(self.civil.civil(at))

    def clock(self, at: int) -> str:
        """Civil time of day."""
        return f"{self.civil.civil(at):%H:%M}"

    def span(self, microseconds: int) -> str:
        """A span of time."""
        return self.words.span(to_s(microseconds))

    def unit(self, number: int) -> str:
        """What a unit is called."""
        if 0 <= number < len(self.names):
            return self.names[number]
        return self.words("card.nobody", number=number)

    def skill(self, need: int) -> str:
        """What a need of the case takes, nothing where nobody knows."""
        needs = () if self.report is None else self.report.needs
        return self.words.named("skill", needs[need]) if 0 <= need < len(needs) else ""

    @property
    def is_on_the_spot(self) -> bool:
        """Whether the case was settled by who found it: nobody waited and nobody set out."""
        return self.report is not None and self.report.needs == (ON_THE_SPOT,)

    def rule(self, rule: str) -> str:
        """What a policy's rule is called; rules of the user's own as they are."""
        return self.words.named("rule", rule)

    def why(self, why: str) -> str:
        """Why something was refused; journals of old may say it in words of their own."""
        known = _WHYS.get(why)
        return why if known is None else self.words(f"why.{known.name.lower()}")

    def expected(self, fact: f.UnitAssigned | f.UnitPosted) -> str:
        """When a unit was expected to arrive, as it was known when it was sent."""
        if not fact.expected_us:
            return self.words("card.not_expected")
        at = fact.at + fact.expected_us
        return self.words("card.expected", span=self.span(fact.expected_us), clock=self.clock(at))
