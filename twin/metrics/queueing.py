"""What queueing theory says of a crew that shares one line: the quick answer that is set beside a simulation.

Loads and crews flow in; shares of those who wait, and how long, flow out. Everybody is as good as everybody else and
there is no travel. Sources: A. K. Erlang (1917), as in Gross & Harris, *Fundamentals of Queueing Theory*; S. Halfin and
W. Whitt, "Heavy-traffic limits for queues with many exponential servers", Operations Research 29 (1981); O. Kella and
U. Yechiali, "Waiting times in the non-preemptive priority M/M/c queue", Stochastic Models 1 (1985).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy.special import erfcx

MOST_SERVERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Delay:
    """How long one waits for a server: not at all, or exponentially.

    Parameters
    ----------
    share : of arrivals that wait, 0–1; 1 where the line grows without end.
    mean_s : mean wait of those who wait; infinite where the line grows without end.
    """

    share: float
    mean_s: float

    @property
    def wait_s(self) -> float:
        """Mean wait of all."""
        return self.share * self.mean_s if self.share else 0.0

    def beyond(self, t_s: float) -> float:
        """Share of arrivals that wait longer than `t_s`."""
        return self.share * math.exp(-max(0.0, t_s) / self.mean_s) if self.mean_s else 0.0


ENDLESS = Delay(1.0, math.inf)
"""More comes in than can be done."""
NO_DELAY = Delay(0.0, 0.0)


def erlang_b(c: int, a: float) -> float:
    """Share of arrivals lost: `c` servers, offered load `a` (erlangs), nobody may wait.

    >>> round(erlang_b(10, 8.0), 6)
    0.121661
    """
    lost = 1.0
    for k in range(1, c + 1):
        lost = a * lost / (k + a * lost)
    return lost


def erlang_c(c: int, a: float) -> float:
    """Share of arrivals that wait: `c` servers, offered load `a` (erlangs), exponential service; 1 where a ≥ c.

    >>> round(erlang_c(3, 1.5), 6)
    0.236842
    """
    if a >= c:
        return 1.0
    lost = erlang_b(c, a)
    return c * lost / (c - a * (1 - lost))


def halfin_whitt(c: int, a: float) -> float:
    """Share of arrivals that wait by the square-root law: 1 / (1 + β Φ(β) / φ(β)) of c = a + β √a servers.

    >>> round(halfin_whitt(110, 100.0), 3)
    0.223
    """
    if a >= c or not a:
        return float(a >= c)
    beta = (c - a) / math.sqrt(a)
    ratio = math.sqrt(math.pi / 2) * float(erfcx(-beta / math.sqrt(2)))  # Φ(β) / φ(β)
    return 1 / (1 + beta * ratio)


WaitLaw = Callable[[int, float], float]
"""Servers and erlangs → share of arrivals that wait."""


def delay(c: int, a: float, *, service_s: float, law: WaitLaw = erlang_c) -> Delay:
    """How long one waits in M/M/c, first come first served.

    >>> round(delay(5, 4.0, service_s=1.0).wait_s, 6)
    0.554113
    """
    if not a:
        return NO_DELAY
    return ENDLESS if a >= c else Delay(law(c, a), service_s / (c - a))


def delay_of_class(c: int, loads: Sequence[float], rank: int, *, service_s: float, law: WaitLaw = erlang_c) -> Delay:
    """How long the class at a place of `loads` waits in M/M/c, where more urgent classes (before it) go first.

    Service times are alike and no service is broken off. Share and mean are exact (Kella and Yechiali 1985, Cobham
    1954); that the wait of those who wait is exponential is an approximation for all but the first class.

    Parameters
    ----------
    loads : erlangs by class, the most urgent first.
    law : share that waits, by servers and load: `erlang_c`, or `halfin_whitt`.
    """
    before, upto = sum(loads[:rank]) / c, sum(loads[: rank + 1]) / c
    if upto >= 1:
        return ENDLESS
    share = law(c, sum(loads))
    if not share:
        return NO_DELAY
    return Delay(share, service_s / c / ((1 - before) * (1 - upto)))


def fewest(is_enough: Callable[[int], bool], *, at_least: int = 1, at_most: int = MOST_SERVERS) -> int | None:
    """The fewest servers that are enough, where more of them never do worse; None where not even `at_most` are."""
    low, high = at_least - 1, at_least
    while not is_enough(high):
        if high >= at_most:
            return None
        low, high = high, min(2 * high, at_most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def servers_needed(a: float, *, share: float, within_s: float, service_s: float, law: WaitLaw = erlang_c) -> int:
    """The fewest servers with which a `share` of arrivals waits no longer than `within_s`.

    >>> servers_needed(125.7, share=0.95, within_s=15, service_s=360)
    143
    """
    at_least = max(1, math.floor(a))
    found = fewest(lambda c: delay(c, a, service_s=service_s, law=law).beyond(within_s) <= 1 - share, at_least=at_least)
    assert found is not None
    return found
