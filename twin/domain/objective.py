"""What waiting costs: one number for how well or badly things went, for policies that compare futures.

In: how urgent a case is and how long it waited for somebody to arrive. Out: weighted seconds.
"""

from __future__ import annotations

import msgspec

URGENT = 1
"""The most urgent priority."""


class Objective(msgspec.Struct, frozen=True):
    """A second of waiting counts less for a case that is less urgent, and more once it is late.

    Parameters
    ----------
    late_after_s : waiting longer than this is late.
    late_factor : so many times more counts every second past that, beside the second itself.
    step : how much less each further priority counts: a half as much, unless told otherwise.
    """

    late_after_s: float = 900.0
    late_factor: float = 1.0
    step: float = 0.5

    def cost_s(self, waited_s: float, *, priority: int) -> float:
        """What it costs that a case waited so long.

        >>> Objective(late_after_s=600).cost_s(900, priority=1), Objective().cost_s(900, priority=3)
        (1200.0, 225.0)
        """
        late_s = max(0.0, waited_s - self.late_after_s)
        return float(self.step ** (priority - URGENT) * (waited_s + self.late_factor * late_s))
