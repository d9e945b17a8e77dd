"""How the centre works: its desks, the steps done there, departments, and what becomes of a case, fixed for a run.

Data only; `agents.case_loop` lives by it. Shares are 0–1, times microseconds unless they are distributions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from agents.sensor_rules import SensorRule
from twin.clock.distributions import Distribution
from twin.domain.contact import Contact
from twin.domain.desk import Step
from twin.domain.problem import Channel
from twin.metrics.satisfaction import ASSUMED, SatisfactionParameters
from twin.policies.protocol import Policy

ANY = "*"
"""All matters, or grounds, that are not named."""


class Kind(NamedTuple):
    """What contacts that are about no problem are, and by which channel they come."""

    channel: Channel
    what: Contact


@dataclass(frozen=True, slots=True)
class Desk:
    """People who do the same. `seats`: how many by roster number, None for seats that are always staffed."""

    name: str
    seats: tuple[tuple[int | None, int], ...]


@dataclass(frozen=True, slots=True)
class StepRule:
    """A step is done at a desk and takes a while; `within_us` is its limit, which is measured and changes nothing."""

    desk: int
    lasting: Distribution
    within_us: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """How what comes by a channel is attended to.

    `desk` and `lasting`: who listens or looks, and how long; None where it enters the system by itself. `delay`: sent →
    could be attended to.
    """

    desk: int | None = None
    lasting: Mapping[str, Distribution] = field(default_factory=dict)
    delay: Distribution | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """Whoever a case is routed to. `office` and `lasting`: the desk where it deals with cases, and for how long.

    Without an office units with the skills that the case needs are sent.
    """

    name: str
    office: int | None = None
    lasting: Distribution | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A share of cases is put on hold once, before anybody is sent, for so long."""

    share: float
    lasting: Distribution


@dataclass(frozen=True, slots=True)
class MatterRule:
    """What becomes of cases of a matter.

    Parameters
    ----------
    is_joint : several services must assemble before work starts (whistle).
    may_be_remote : whether cases may be settled by video; `remote_share`: of those that can be seen, the share that
        is by itself, whatever the policy; `remote_works`: of all that are, the share where it works.
    botched_share : of handlings that were not done properly; `by_chief`: the grid's chief looks first.
    held : cases on hold; `asks_share`: of cases near their deadline whose handlers ask for `extension_us` more.
    visited_share, mediated_share : of closed cases that citizens told of and are called back; that are mediated.
    authority : which of several dispatch desks commands; "" the only one.
    """

    is_joint: bool = False
    may_be_remote: bool = False
    remote_share: float = 0.0
    remote_works: float = 1.0
    botched_share: float = 0.0
    by_chief: bool = False
    held: Held | None = None
    asks_share: float = 0.0
    extension_us: int = 0
    visited_share: float = 0.0
    mediated_share: float = 0.0
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How good people at the desks are.

    Parameters
    ----------
    spots_nothing, refuses_real : shares refused by the acceptor of reports with nothing behind them, and of the others.
    not_registered : share of accepted cases that are not put on file.
    automatic_share, automatic_right : share of cases dispatched with nobody's help, and how many of these rightly.
    by_hand_right : share that a dispatcher sends to the right department.
    finds_botched, finds_own : chance that a check finds work not done properly; that those find it who did it.
    own_checks : whether those who handled a case may check it.
    grants : share of extensions allowed.
    """

    spots_nothing: float = 0.0
    refuses_real: float = 0.0
    not_registered: float = 0.0
    automatic_share: float = 0.0
    automatic_right: float = 1.0
    by_hand_right: float = 1.0
    finds_botched: float = 1.0
    finds_own: float = 0.0
    own_checks: bool = False
    grants: float = 1.0


@dataclass(frozen=True, slots=True)
class Mode:
    """What is different while the centre works in a mode.

    `seats`: of desks by number; `rosters`: those that work only in this mode; `priorities`: of matters, for cases that
    are opened meanwhile; `limit_factor` on limits; `silent`: channels nobody attends to; `patrol_policy`:
    where patrols go more often.
    """

    name: str
    seats: Mapping[int, int] = field(default_factory=dict)
    rosters: tuple[int, ...] = ()
    priorities: Mapping[str, int] = field(default_factory=dict)
    limit_factor: float = 1.0
    silent: tuple[Channel, ...] = ()
    patrol_policy: Policy | None = None


AS_USUAL = Mode("")


@dataclass(frozen=True)
class LoopRules:
    """All of it.

    Parameters
    ----------
    steps : desk and time of each step that takes any; `authorities`: the dispatch desk of each authority.
    told_by : by which channels citizens tell, as (channel, cumulative share) up to 1.
    layers : what grounds are told by, the first counts most: "street class", "area", or an overlay of the city.
    routing : (matter, ground) → department; `ANY` stands for the matters, or grounds, that are not named.
    return_after : how long a wrong department takes to say so.
    raises_by : by how much an overdue case becomes more urgent.
    carriers : kinds of unit with a body-worn camera, whose finds can be settled by video; `cameras_on`: kinds of unit
        whose vehicle has a camera: it tells the centre and does not stop.
    """

    desks: tuple[Desk, ...] = ()
    steps: Mapping[Step, StepRule] = field(default_factory=dict)
    authorities: Mapping[str, StepRule] = field(default_factory=dict)
    channels: Mapping[Channel, ChannelRule] = field(default_factory=dict)
    told_by: tuple[tuple[Channel, float], ...] = ()
    departments: tuple[Department, ...] = ()
    layers: tuple[str, ...] = ()
    routing: Mapping[tuple[str, str], int] = field(default_factory=dict)
    matters: Mapping[str, MatterRule] = field(default_factory=dict)
    judgement: Judgement = Judgement()
    return_after: Distribution | None = None
    raises_by: int = 0
    reopens_share: float = 0.0
    carriers: tuple[str, ...] = ()
    cameras_on: tuple[str, ...] = ()
    sensors: tuple[SensorRule, ...] = ()
    satisfaction: SatisfactionParameters = ASSUMED
    modes: Mapping[str, Mode] = field(default_factory=dict)

    def matter(self, name: str) -> MatterRule:
        """What becomes of cases of a matter."""
        return self.matters.get(name) or self.matters.get(ANY) or _PLAIN

    def rule_of(self, step: Step, matter: str) -> StepRule | None:
        """Where a step about a matter is done; None where it takes no time and nobody."""
        if step is Step.DISPATCH and self.authorities:
            return self.authorities[self.matter(matter).authority]
        return self.steps.get(step)

    def department_of(self, matter: str, grounds: tuple[str, ...]) -> int | None:
        """Who is responsible for a matter on these grounds, the most particular first; None where nobody is named."""
        for ground in (*grounds, ANY):
            for named in (matter, ANY):
                found = self.routing.get((named, ground))
                if found is not None:
                    return found
        return None


_PLAIN = MatterRule()
