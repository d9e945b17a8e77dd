"""Cases: reported, registered, queued, closed."""

from __future__ import annotations

from twin.domain.case import HANDLE, NeedLost, Stage
from twin.domain.facts.base import Fact
from twin.domain.problem import UNKNOWN, Channel


class CaseReported(Fact, frozen=True, gc=False, array_like=True):
    """A case reached the centre. `needs`: one skill a unit wanted; `next_…`: the next of the same modelled source.

    The first `n_verify` needs go and see before it is handled, the last `n_check` go and see afterwards. `channel`: by
    which way the centre was told; `told_at`: when somebody turned to it, where that was earlier;
    `finder`: the unit that found it.
    """

    case: int
    ref: str
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    edge: int
    offset_mm: int
    source: int
    next_case: int | None = None
    next_at: int | None = None
    n_verify: int = 0
    n_check: int = 0
    channel: Channel = UNKNOWN
    told_at: int | None = None
    finder: int | None = None


class IntakeBegan(Fact, frozen=True, gc=False, array_like=True):
    """Somebody is taking the report down."""

    case: int
    ends_at: int


class CaseRegistered(Fact, frozen=True, gc=False, array_like=True):
    """The case is on file; `queues_at`: when it is ready to be dispatched, None where that is at once or unknown."""

    case: int
    queues_at: int | None = None


class CaseQueued(Fact, frozen=True, gc=False, array_like=True):
    """The case is ready to be dispatched: all needs of this stage of it wait from now."""

    case: int
    stage: Stage = HANDLE


class NeedGivenUp(Fact, frozen=True, gc=False, array_like=True):
    """Nobody will serve this need (`why`): it is counted as unserved and waits no longer."""

    case: int
    need: int
    why: NeedLost


class NeedUnreachable(Fact, frozen=True, gc=False, array_like=True):
    """Capable units are free, but none has a way there: the need goes on waiting, and is counted once."""

    case: int
    need: int


class CaseClosed(Fact, frozen=True, gc=False, array_like=True):
    """All is done and all units are free again. `void`: whoever went to verify it found nothing."""

    case: int
    void: bool = False
