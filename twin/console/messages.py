"""What programs say to the room and hear from it: addresses, and the shape of each body.

In: plain data of a JSON body. Out: a command or what to do with the clock, or `TurnedAway` with the key that is wrong.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from twin.console.desk import Drive, Gear
from twin.domain.branching import Branching
from twin.domain.commands import Command, Number, encode
from twin.metrics.branch_pairs import Compared
from twin.views.branch import BranchShown, Stage

SEAT_URL = "/seat/{token}"
HEALTH_URL = "/api/health"
STATE_URL = "/api/v1/state"
COMMANDS_URL = "/api/v1/commands"
CLOCK_URL = "/api/v1/clock"
BRANCH_URL = "/api/v1/branch"
OPENAPI_URL = "/api/openapi.json"

FASTEST = 3_600.0
"""Seconds of simulation a second that can be asked for by number; null is as fast as it goes."""


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why something was not done: a sentence; `why` for programs, `key` of the body, `at` the instant of the room."""

    error: str
    key: str | None = None
    why: str | None = None
    detail: str = ""
    at: int | None = None


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether the room is open: `at` is its instant, microseconds since its epoch; `n_facts` recorded so far."""

    status: str
    version: str
    at: int | None = None
    n_facts: int | None = None
    is_playing: bool | None = None


class Done(msgspec.Struct, frozen=True):
    """It is done, and written down: `at` is the instant, microseconds since the epoch."""

    at: int
    done: bool = True


class BranchTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """A what-if: how far it has come, and what it shows so far, means and differences over futures (other − base).

    `by`: the seat that asked; `at`, `until`: the fork and the horizon, microseconds since the epoch; `policy`: in force
    at the fork; `n_done` of `n` futures; `lost`: what became of those that failed; `why`: what stands against it.
    """

    by: str
    at: int
    until: int
    policy: str
    stage: Stage
    n: int
    n_done: int
    compared: Compared | None = None
    lost: tuple[str, ...] = ()
    why: str | None = None
    detail: str = ""


class CommandBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command. `token` is any text of the sender's that names this very command: sent twice, it is done once."""

    command: Command
    token: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None


Speed = Annotated[float, msgspec.Meta(gt=0, le=FASTEST)]


class _Clock(msgspec.Struct, frozen=True, tag_field="gear", forbid_unknown_fields=True):
    """Base of all that can be done with the clock."""


class Play(_Clock, frozen=True, tag=Gear.PLAY.value):
    """Go on, at the speed given or, without one, as before; null is as fast as it goes."""

    speed: Speed | msgspec.UnsetType | None = msgspec.UNSET


class SetSpeed(_Clock, frozen=True, tag=Gear.SPEED.value):
    """Another speed, whether or not the clock goes; null is as fast as it goes."""

    speed: Speed | None


class Hold(_Clock, frozen=True, tag=Gear.HOLD.value):
    """Stop the clock."""


class Step(_Clock, frozen=True, tag=Gear.STEP.value):
    """Stop it one minute on."""


class UntilRed(_Clock, frozen=True, tag=Gear.UNTIL_RED.value):
    """Go on as fast as it goes until another case turns red."""


class Seek(_Clock, frozen=True, tag=Gear.SEEK.value):
    """Go to an instant of a replay, microseconds since the epoch."""

    at: Number


ClockBody = Play | SetSpeed | Hold | Step | UntilRed | Seek
CLOCK_BODIES: tuple[type[_Clock], ...] = tuple(_Clock.__subclasses__())


class NotUnderstood(Exception):  # noqa: N818 - said as the house says it
    """A body that is JSON and yet no message: the sentence, and the key to look at."""

    def __init__(self, sentence: str, key: str | None) -> None:
        super().__init__(sentence)
        self.sentence, self.key = sentence, key


def command_of(body: object) -> CommandBody:
    """The command that plain data is; a case may be a number or text of digits.

    Raises
    ------
    NotUnderstood : it is none.
    """
    try:
        read = msgspec.convert(_with_number_of_case(body), CommandBody)
        encode(read.command)
    except msgspec.ValidationError as error:
        raise _explained(error) from error
    except OverflowError as error:
        raise NotUnderstood("a number is out of range", "command") from error
    return read


def branching_of(body: object) -> Branching:
    """The question that plain data is; a case may be a number or text of digits.

    Raises
    ------
    NotUnderstood : it is none.
    """
    given = body.get("commands") if isinstance(body, dict) else None
    if isinstance(body, dict) and isinstance(given, list):
        body = {**body, "commands": [_with_number(command) for command in given]}
    try:
        read = msgspec.convert(body, Branching)
        for command in read.commands:
            encode(command)
    except msgspec.ValidationError as error:
        raise _explained(error) from error
    except OverflowError as error:
        raise NotUnderstood("a number is out of range", "commands") from error
    return read


def branch_told(shown: BranchShown) -> BranchTold:
    """A what-if as programs hear of it."""
    return BranchTold(
        shown.by,
        shown.at,
        shown.until,
        shown.policy,
        shown.stage,
        shown.asked.n,
        shown.n_done,
        shown.compared,
        shown.lost,
        None if shown.why is None else shown.why.name.lower(),
        shown.detail,
    )


def drives_of(body: object) -> tuple[Drive, ...]:
    """What to do with the clock, in order: "play" with a speed sets the speed first.

    Raises
    ------
    NotUnderstood : it says nothing of the kind.
    """
    try:
        read: ClockBody = msgspec.convert(body, ClockBody)
    except msgspec.ValidationError as error:
        raise _explained(error) from error
    match read:
        case Play(speed=msgspec.UNSET):
            return (Drive(Gear.PLAY),)
        case Play(speed=float() | None as speed):
            return Drive(Gear.SPEED, speed), Drive(Gear.PLAY)
        case SetSpeed(speed=speed):
            return (Drive(Gear.SPEED, speed),)
        case Seek(at=at):
            return (Drive(Gear.SEEK, at=at),)
        case _:
            return (Drive(Gear(str(read.__struct_config__.tag))),)


def _with_number_of_case(body: object) -> object:
    """The same with the case of its command as a number: JSON of browsers cannot hold one so large."""
    if not isinstance(body, dict) or "command" not in body:
        return body
    return {**body, "command": _with_number(body["command"])}


def _with_number(command: object) -> object:
    if not isinstance(command, dict) or not isinstance(command.get("case"), str):
        return command
    case = command["case"]
    if re.fullmatch(r"[0-9]{1,19}", case) is None:
        raise NotUnderstood("Expected the number of a case, as a number or as text", "command.case")
    return {**command, "case": int(case)}


def _explained(error: msgspec.ValidationError) -> NotUnderstood:
    """The sentence and the key of an error.

    >>> found = _explained(msgspec.ValidationError("Object missing required field `unit` - at `$.command`"))
    >>> found.key, found.sentence
    ('command.unit', 'Object missing required field `unit`')
    """
    sentence, _, path = str(error).rpartition(" - at ") if " - at `$" in str(error) else (str(error), "", "")
    field = re.search(r"field `(.*)`$", sentence)
    parts = (path.strip("`").removeprefix("$").removeprefix("."), "" if field is None else field[1])
    return NotUnderstood(sentence, ".".join(filter(None, parts)) or None)
