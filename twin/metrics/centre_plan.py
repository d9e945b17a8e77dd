"""What metrics know of a centre beside the journal: how its desks are called, and by when things should be done.

A scenario says so; nothing of it is in the journal, because nothing that happens depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.domain.desk import Step
from twin.domain.quantities import SECOND

ANSWER_WITHIN_US = 15 * SECOND
"""A default, from memory: what hotlines and emergency numbers ask for. Not a standard."""


@dataclass(frozen=True, slots=True)
class CentrePlan:
    """Names and limits of a centre.

    Parameters
    ----------
    desks : names, in the order of the numbers.
    within_us : microseconds from when a step is asked for until it should be done, by step; None: no limit.
    of_matter : the same for steps whose limit is another for some matters.
    answer_within_us : microseconds from when somebody turns to the centre until somebody should listen.
    """

    desks: tuple[str, ...] = ()
    within_us: Mapping[Step, int | None] = field(default_factory=dict)
    of_matter: Mapping[tuple[Step, str], int | None] = field(default_factory=dict)
    answer_within_us: int = ANSWER_WITHIN_US

    def limit_us(self, step: Step, matter: str | None) -> int | None:
        """Within how long a step about a matter should be done; None where it has no limit.

        >>> CentrePlan(within_us={Step.ACCEPT: 60}).limit_us(Step.ACCEPT, "leak")
        60
        """
        if matter is not None and (step, matter) in self.of_matter:
            return self.of_matter[step, matter]
        return self.within_us.get(step)

    def name_of(self, desk: int) -> str | None:
        """What a desk is called; None where nobody has said."""
        return self.desks[desk] if desk < len(self.desks) else None
