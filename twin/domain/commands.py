"""Commands: what a person at a desk tells the running twin to do. In the imperative; each becomes one input fact.

In: what a page or a program asks for. Out: frozen records, as bytes in the journal (`encode`, `decode`) and as JSON at
the door. Whether one may give a command is told by the seat (`twin.domain.seat`), whether it can be carried out by the
agents, and both say why not.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

Number = Annotated[int, msgspec.Meta(ge=0)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Command(msgspec.Struct, frozen=True, tag_field="do", forbid_unknown_fields=True):
    """Base of all commands."""


class AssignUnit(_Command, frozen=True, tag="assign"):
    """Send a free unit to a case. `need`: which of its needs; None takes the first waiting one the unit is fit for."""

    unit: Number
    case: Number
    need: Number | None = None


class DivertUnit(_Command, frozen=True, tag="divert"):
    """Send a unit that is on its way to one case to another."""

    unit: Number
    case: Number
    need: Number | None = None


class RecallUnit(_Command, frozen=True, tag="recall"):
    """Take a unit that has not arrived yet off its case."""

    unit: Number


class CloseRoad(_Command, frozen=True, tag="close road"):
    """Close streets: directed edges, both directions of a two-way street named."""

    edges: tuple[Number, ...]


class ReopenRoad(_Command, frozen=True, tag="reopen road"):
    """Open streets again."""

    edges: tuple[Number, ...]


class ReportProblem(_Command, frozen=True, tag="report problem"):
    """Somebody tells the centre of a problem at a place: `offset_mm` along an edge; `area` as cases name it."""

    matter: Name
    edge: Number
    offset_mm: Number
    area: str = ""


class ChangePolicy(_Command, frozen=True, tag="change policy"):
    """Dispatch by another policy from now on: a short name or module:Class, parameters as a scenario gives them."""

    use: Name
    parameters: dict[str, object] = {}


class StandDown(_Command, frozen=True, tag="stand down"):
    """Take a unit off duty for so many seconds: at once, or when its case is done."""

    unit: Number
    lasting_s: Annotated[float, msgspec.Meta(ge=60, le=7 * 86_400)]


class ChangeMode(_Command, frozen=True, tag="change mode"):
    """Have the centre work in another mode of the scenario until it is changed again; "" is as usual."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


Command = (
    AssignUnit
    | DivertUnit
    | RecallUnit
    | CloseRoad
    | ReopenRoad
    | ReportProblem
    | ChangePolicy
    | StandDown
    | ChangeMode
)
COMMANDS: tuple[type[_Command], ...] = tuple(_Command.__subclasses__())
"""Every kind of command."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(Command).decode


def encode(command: Command) -> bytes:
    """A command as the journal keeps it."""
    return _encode(command)


def decode(data: bytes) -> Command:
    """The command that `encode` was given.

    Raises
    ------
    msgspec.DecodeError, msgspec.ValidationError : these bytes are none.
    """
    command: Command = _decode(data)
    return command


def name_of(kind: type[_Command]) -> str:
    """What a kind of command is called, such as "close road"."""
    return str(kind.__struct_config__.tag)


class Why(StrEnum):
    """Why a command, or an order of a policy, was refused.

    Pages say it in words of their own (`why.no_way`); journals keep the value.
    """

    NO_RIGHT = "this seat may not do that"
    OTHER_AREA = "that lies outside the areas of this seat"
    NOT_LIVE = "a running twin cannot be wound back"
    BUSY = "something is being opened already"
    STOPPED = "the clock has stopped because of a fault, or the room is closed"
    REPLAYED = "what is over cannot be changed"
    NO_SUCH_UNIT = "no such unit"
    NO_SUCH_CASE = "no such open case"
    NO_SUCH_NEED = "no such need"
    NOT_WAITING = "the need is not waiting"
    LACKS_SKILL = "the unit lacks the skill"
    HANDLED_IT = "those who handled a case may not check it"
    NOT_FREE = "the unit is not free"
    NOT_ON_ITS_WAY = "the unit is not on its way to a case"
    NO_WAY = "there is no way there"
    NO_SUCH_STREET = "no such street"
    NO_SUCH_MATTER = "nobody has said what this matter needs"
    NO_SUCH_POLICY = "no such policy, or not with these parameters"
    AWAY_ALREADY = "the unit is away or off duty already"
    NO_SUCH_MODE = "the centre has no such mode"
    NOT_BY_VIDEO = "it cannot be left to the video desk, or not any more"
    NOT_PLANNED_HERE = "dispatch does not plan patrols"
    SENDS_NOBODY = "the patrol desk sends nobody"
    NOT_ON_PATROL = "no such unit on patrol"
    ON_PATROL = "a unit that patrols waits nowhere"
    ONLY_POSTS = "this desk only says where units wait"
    NO_SENSE = "its numbers make no sense"
    BRANCHING = "another what-if is being worked out"
    NOTHING_ELSE = "nothing would be different"
    NO_FUTURE = "nothing is left of the run to look ahead to"
