"""A what-if of the room as anybody may look at it: what was asked, how far it has come, and what it shows so far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twin.domain.branching import Branching
from twin.domain.commands import Why
from twin.metrics.branch_pairs import Compared


class Stage(StrEnum):
    """How far a what-if has come."""

    PREPARING = "preparing"
    """Processes are started, and the city is built in them."""
    RUNNING = "running"
    STOPPING = "stopping"
    """Somebody has called it off; what is under way is still finished."""
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


UNDER_WAY = (Stage.PREPARING, Stage.RUNNING, Stage.STOPPING)


@dataclass(frozen=True, slots=True)
class BranchShown:
    """A what-if.

    Parameters
    ----------
    asked : what was asked. by : from which seat.
    at, until : the fork and the end of the horizon (microseconds since the epoch).
    policy : what dispatch went by at the fork.
    n_done : futures that have come to something, or been lost.
    compared : what they show; None before the first.
    lost : what became of the others.
    why, detail : what stands against it, where it failed.
    """

    asked: Branching
    by: str
    at: int
    until: int
    policy: str
    stage: Stage = Stage.PREPARING
    n_done: int = 0
    compared: Compared | None = None
    lost: tuple[str, ...] = ()
    why: Why | None = None
    detail: str = ""

    @property
    def is_under_way(self) -> bool:
        """Whether more is still to come."""
        return self.stage in UNDER_WAY
