"""What the sensors of a city are: where they look, how often, how well, and how long until the centre hears; data only.

`agents.eyes` lives by it. Shares are 0–1, times microseconds unless they are distributions.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.clock.distributions import Distribution
from twin.domain.problem import Channel
from twin.roads.coverage import Coverage


@dataclass(frozen=True, slots=True)
class Rotating:
    """It turns and comes back to each place after a round."""

    round_us: int


@dataclass(frozen=True, slots=True)
class Watched:
    """People go through the pictures of `n_feeds` cameras, `dwell_us` each. `seats`: how many people by roster number.

    None stands for those who are there day and night.
    """

    n_feeds: int
    dwell_us: int
    seats: tuple[tuple[int | None, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SensorRule:
    """Sensors alike.

    Parameters
    ----------
    matters : what they can sense; None: anything.
    n : how many there are.
    coverage : what each of them looks at; None where they have no places, and sense a share of all there is.
    in_view : share of what is in reach that a sensor has in its line of sight; without places, of all problems.
    seen : chance that a look at a problem notices it; where nobody looks again and again, that it is noticed at all.
    rounds : how it looks again and again; None where it notices at once, or never.
    delay : from the look, or from when the problem arose, until the centre is told.
    again_us : after which it tells of the same problem again, and again; None: once.
    quiet : whether it holds its tongue while the centre has a case about the problem.
    """

    channel: Channel
    matters: frozenset[str] | None = None
    n: int = 1
    coverage: Coverage | None = None
    in_view: float = 1.0
    seen: float = 1.0
    rounds: Rotating | Watched | None = None
    delay: Distribution | None = None
    again_us: int | None = None
    quiet: bool = True

    def senses(self, matter: str) -> bool:
        """Whether problems of a matter are for these sensors."""
        return self.matters is None or matter in self.matters
