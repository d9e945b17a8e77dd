"""What a scenario may say about the centre: its desks, the steps done there, channels, departments, matters, modes.

Without it a case is taken down, put on file and dispatched as `intake` and `processing` say, by nobody in particular.
What comes out of a run (rates of completion, times, satisfaction) is never a key of a scenario.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scenarios.spec_demand import Rhythm
from scenarios.spec_sensors import SensorSpec
from scenarios.spread import Model, Span, Spread, wrong
from twin.domain.contact import Contact
from twin.domain.problem import Channel
from twin.metrics.centre_plan import ANSWER_WITHIN_US

Share = Annotated[float, Field(ge=0, le=1)]
Seats = Annotated[int, Field(ge=0, le=10_000)]


class DeskSpec(Model):
    """People who do the same: `seats` by roster ("always": day and night)."""

    seats: Annotated[dict[str, Seats], Field(min_length=1)]


class StepSpec(Model):
    """A step is done at a desk and takes so long. `within`: its limit, which is measured and changes nothing."""

    desk: str
    lasting: Spread
    within: Span | None = None


class ChannelSpec(Model):
    """How what comes by a channel is attended to: by whom and for how long, and how long after it was sent.

    Without a `desk` it enters the system by itself. `consultation` and `emergency` take their own time, if they are
    given; without, as long as a report.
    """

    desk: str | None = None
    lasting: Spread | None = None
    consultation: Spread | None = None
    emergency: Spread | None = None
    delay: Spread | None = None

    @model_validator(mode="after")
    def _whole(self) -> ChannelSpec:
        if (self.desk is None) is not (self.lasting is None):
            raise wrong("desk", "a desk and `lasting` go together")
        return self


class ContactsSpec(Model):
    """Contacts that are about no problem: consultations, emergency calls to be handed over, reports of nothing.

    `matters`: what reports of nothing are said to be about, by share; each must be a matter of `problems` or `demand`.
    """

    name: str
    channel: Channel
    what: Contact
    per_day: Annotated[float, Field(ge=0, le=10_000_000)]
    matters: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    areas: dict[str, Annotated[float, Field(ge=0)]] | None = None
    rhythm: Rhythm = Rhythm()

    @model_validator(mode="after")
    def _about_something(self) -> ContactsSpec:
        if (self.what is Contact.REPORT) is not bool(self.matters):
            raise wrong("matters", "reports of nothing name the matters they are said to be about; others have none")
        return self


class DepartmentSpec(Model):
    """Whoever cases are routed to. `office`: a desk where it deals with them, for so long; without, units are sent.

    `authority`: which of `authorities` commands its cases, where a matter does not say.
    """

    authority: str | None = None
    office: str | None = None
    lasting: Spread | None = None

    @model_validator(mode="after")
    def _whole(self) -> DepartmentSpec:
        if (self.office is None) is not (self.lasting is None):
            raise wrong("office", "an office and `lasting` go together")
        return self


class HeldSpec(Model):
    """A share of cases is put on hold before anybody is sent, for so long; its clock stands still."""

    share: Share
    lasting: Spread


class AsksSpec(Model):
    """A share of cases near their limit whose handlers ask for so much more of the limit's time."""

    share: Share
    more: Annotated[Span, Field(gt=0)]


class RemoteSpec(Model):
    """A share of the cases whose place can be seen by video is settled from the desk; it works in a share of these.

    The policy `remote_first` leaves the others of them to that desk as well; it works in the same share.
    """

    share: Share
    works: Share = 1.0


class MatterLoop(Model):
    """What becomes of cases of a matter, where it is not as `"*"` says.

    `joint`: the services it needs must assemble before work starts; `chief`: the grid's chief looks first;
    `botched`: share of handlings not done properly; `visited`, `mediated`: shares of closed cases.
    """

    department: str | None = None
    authority: str | None = None
    joint: bool | None = None
    chief: bool | None = None
    remote: RemoteSpec | None = None
    botched: Share | None = None
    held: HeldSpec | None = None
    asks: AsksSpec | None = None
    visited: Share | None = None
    mediated: Share | None = None


class RouteSpec(Model):
    """On a ground (a street class, an area, a grid of an overlay) other departments are responsible."""

    matters: Annotated[tuple[str, ...], Field(min_length=1)]
    grounds: Annotated[tuple[str, ...], Field(min_length=1)]
    department: str


class JudgementSpec(Model):
    """How good people at the desks are: shares."""

    spots_nothing: Share = 0.0
    refuses_real: Share = 0.0
    not_registered: Share = 0.0
    automatic_share: Share = 0.0
    automatic_right: Share = 1.0
    by_hand_right: Share = 1.0
    finds_botched: Share = 1.0
    finds_own: Share = 0.0
    own_checks: bool = False
    grants: Share = 1.0


class ModeSpec(Model):
    """What is different while the centre works in a mode; everything is as before when it ends.

    `seats` of desks; `rosters` that work only in this mode; `priorities` of new cases, by matter; `limits`: a factor on
    the limits of new cases; `silent` channels; `patrol_policy`: where patrols go more often.
    """

    seats: dict[str, Seats] = Field(default_factory=dict)
    rosters: tuple[str, ...] = ()
    priorities: dict[str, Annotated[int, Field(ge=1, le=9)]] = Field(default_factory=dict)
    limits: Annotated[float, Field(gt=0, le=10)] = 1.0
    silent: tuple[Channel, ...] = ()
    patrol_policy: str | None = None


DeskStep = Literal[
    "accept",
    "register",
    "dispatch",
    "chief",
    "remote",
    "send check",
    "close",
    "visit",
    "mediate",
    "extend",
    "supervise",
]


class CentreSpec(Model):
    """The case loop of a centre.

    `steps` that are left out take no time and nobody. `authorities`: dispatch desks of their own, by name. `told_by`:
    by which channels citizens tell, by share. `layers`: by which `routes` are looked up, the first counts most.
    `returns`: how long a wrong department takes to say so; `raises`: by how much an overdue case becomes more urgent;
    `reopens`: share of unresolved cases that are dispatched again after the return visit. `carriers`: kinds of unit
    with a body-worn camera; `vehicle_cameras`: kinds whose vehicle sees along the way, and tells without stopping.
    `answer_within`: by when somebody should listen, which is measured and changes nothing.
    """

    desks: dict[str, DeskSpec] = Field(default_factory=dict)
    steps: dict[DeskStep, StepSpec] = Field(default_factory=dict)
    authorities: dict[str, StepSpec] = Field(default_factory=dict)
    channels: dict[Channel, ChannelSpec] = Field(default_factory=dict)
    told_by: dict[Channel, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    contacts: tuple[ContactsSpec, ...] = ()
    departments: dict[str, DepartmentSpec] = Field(default_factory=dict)
    layers: tuple[str, ...] = ()
    routes: tuple[RouteSpec, ...] = ()
    matters: dict[str, MatterLoop] = Field(default_factory=dict)
    judgement: JudgementSpec = JudgementSpec()
    returns: Spread | None = None
    raises: Annotated[int, Field(ge=0, le=8)] = 0
    reopens: Share = 0.0
    carriers: tuple[str, ...] = ()
    vehicle_cameras: tuple[str, ...] = ()
    sensors: tuple[SensorSpec, ...] = ()
    modes: dict[str, ModeSpec] = Field(default_factory=dict)
    answer_within: Annotated[Span, Field(gt=0)] = ANSWER_WITHIN_US

    @model_validator(mode="after")
    def _named(self) -> CentreSpec:
        """Whatever is spoken of must be there."""
        at_desks = [
            *((f"steps.{name}.desk", step.desk) for name, step in self.steps.items()),
            *((f"authorities.{name}.desk", step.desk) for name, step in self.authorities.items()),
            *((f"channels.{name}.desk", channel.desk) for name, channel in self.channels.items()),
            *((f"departments.{name}.office", body.office) for name, body in self.departments.items()),
            *(
                (f"sensors.{place}.watchers", sensor.watchers)
                for place, sensor in enumerate(self.sensors)
                if isinstance(sensor.watchers, str)
            ),
            *((f"modes.{name}.seats", desk) for name, mode in self.modes.items() for desk in mode.seats),
        ]
        for key, desk in at_desks:
            if desk is not None and desk not in self.desks:
                raise wrong(key, f"there is no desk {desk!r}")
        routed = [
            *((f"matters.{name}.department", matter.department) for name, matter in self.matters.items()),
            *((f"routes.{place}.department", route.department) for place, route in enumerate(self.routes)),
        ]
        for key, department in routed:
            if department is not None and department not in self.departments:
                raise wrong(key, f"there is no department {department!r}")
        for name, matter in self.matters.items():
            if matter.authority is not None and matter.authority not in self.authorities:
                raise wrong(f"matters.{name}.authority", f"there is no authority {matter.authority!r}")
        for name, body in self.departments.items():
            if body.authority is not None and body.authority not in self.authorities:
                raise wrong(f"departments.{name}.authority", f"there is no authority {body.authority!r}")
        return self

    @model_validator(mode="after")
    def _whole(self) -> CentreSpec:
        if self.authorities:
            if "dispatch" in self.steps:
                raise wrong(
                    "steps.dispatch", "each of `authorities` has a dispatch desk of its own: leave this one out"
                )
            if "*" not in self.matters or self.matters["*"].authority is None:
                raise wrong(
                    "authorities", 'say which of them all other matters belong to: matters: {"*": {authority: …}}'
                )
        if min(self.judgement.by_hand_right, self.judgement.automatic_right) < 1 and self.returns is None:
            raise wrong("returns", "who is not always right needs to know how long a wrong department takes to say so")
        return self
