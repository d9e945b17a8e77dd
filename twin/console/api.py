"""The door for programs: health, the state of the room, commands, the clock; and the link by which a seat is taken.

In: requests, from browsers and other programs. Out: JSON. Nothing is decided here: who asks is told by the door
(`twin.console.door`), and whether a seat may do a thing by the desk, the same one the pages talk to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from twin.console.desk import Desk
from twin.console.door import (
    NOBODY_KEEPS_IT,
    TurnedAway,
    as_json,
    guarded,
    json_body,
    require_seat,
    seated,
)
from twin.console.messages import (
    BRANCH_URL,
    CLOCK_URL,
    COMMANDS_URL,
    HEALTH_URL,
    OPENAPI_URL,
    SEAT_URL,
    STATE_URL,
    Done,
    Health,
    NotUnderstood,
    Refusal,
    branch_told,
    branching_of,
    command_of,
    drives_of,
)
from twin.console.openapi import openapi_json
from twin.console.seats import COOKIE, Seats, fresh_token
from twin.console.state_json import state_json
from twin.domain.commands import Why
from twin.errors import GridtwinError

NO_RIGHTS = (Why.NO_RIGHT, Why.OTHER_AREA)

Opened = Callable[[], Desk | None]
T = TypeVar("T")
_log = logging.getLogger(__name__)


def api_routes(open_desk: Opened, seats: Callable[[], Seats]) -> list[Route]:
    """Routes for `st.App`; both are asked at every request, so that a revoked seat is gone at once."""
    api = _Api(open_desk, seats)
    return [
        Route(SEAT_URL, guarded(api.take_seat, seats), methods=["GET"]),
        Route(HEALTH_URL, guarded(api.health, seats), methods=["GET"]),
        Route(STATE_URL, seated(api.state, seats), methods=["GET"]),
        Route(COMMANDS_URL, guarded(api.command, seats), methods=["POST"]),
        Route(CLOCK_URL, guarded(api.clock, seats), methods=["POST"]),
        Route(BRANCH_URL, seated(api.branch, seats), methods=["GET"]),
        Route(BRANCH_URL, guarded(api.branch_off, seats), methods=["POST"]),
        Route(BRANCH_URL, guarded(api.stop_branch, seats), methods=["DELETE"]),
        Route(OPENAPI_URL, guarded(api.described, seats), methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True)
class _Api:
    """One method an address."""

    open_desk: Opened
    seats: Callable[[], Seats]

    async def take_seat(self, request: Request) -> Response:
        """Keep the token of a secret link in a cookie that no script can read, and go to the page without it."""
        seats, token = self.seats(), request.path_params["token"]
        if seats.seat_of(token) is None:
            raise TurnedAway(403, Refusal("this link opens no seat"), headers=_NO_REFERRER)
        response = RedirectResponse("/", 303, headers={**NOBODY_KEEPS_IT, **_NO_REFERRER})
        if not seats.is_local:
            is_secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=is_secure)
        return response

    async def health(self, _: Request) -> Response:
        """Whether the room is open and its clock sound; tells nobody what is in it."""
        try:
            desk = await self._desk()
        except TurnedAway as away:
            return as_json(Health("nothing open", _version()), status=away.status)
        moment = desk.moment
        told = Health("ok", _version(), moment.at, moment.n_facts, moment.pace.is_playing)
        if desk.fault is None:
            return as_json(told)
        return as_json(msgspec.structs.replace(told, status="stopped", is_playing=False), status=503)

    async def state(self, _: Request) -> Response:
        """The moment."""
        desk = await self._desk()
        content = await run_in_threadpool(state_json, desk.moment, desk.about.civil)
        return Response(content, media_type="application/json", headers=NOBODY_KEEPS_IT)

    async def command(self, request: Request) -> Response:
        """Give a command; answered when it is carried out."""
        seat = require_seat(request, self.seats())
        given = _understood(command_of, await json_body(request))
        desk = await self._desk()
        at, why, detail = await _asked(partial(desk.act, given.command, seat=seat, token=given.token or fresh_token()))
        if why is not None:
            raise _refused(why, at=at, detail=detail)
        return as_json(Done(at))

    async def clock(self, request: Request) -> Response:
        """Set the clock."""
        seat = require_seat(request, self.seats())
        drives = _understood(drives_of, await json_body(request))
        desk = await self._desk()
        for drive in drives:
            why = await _asked(partial(desk.drive, drive, seat=seat))
            if why is not None:
                raise _refused(why, at=desk.moment.at)
        return as_json(Done(desk.moment.at))

    async def branch(self, _: Request) -> Response:
        """The what-if that was asked last."""
        shown = (await self._desk()).branch
        if shown is None:
            raise TurnedAway(404, Refusal("no what-if was asked yet"))
        return as_json(branch_told(shown))

    async def branch_off(self, request: Request) -> Response:
        """Ask what would be if; answered when it has begun."""
        seat = require_seat(request, self.seats())
        asked = _understood(branching_of, await json_body(request))
        desk = await self._desk()
        at, why, detail = await _asked(partial(desk.branch_off, asked, seat=seat))
        if why is not None:
            raise _refused(why, at=at, detail=detail)
        return as_json(Done(at))

    async def stop_branch(self, request: Request) -> Response:
        """Call the what-if off."""
        seat = require_seat(request, self.seats())
        desk = await self._desk()
        why = await _asked(partial(desk.stop_branch, seat=seat))
        if why is not None:
            raise _refused(why, at=desk.moment.at)
        return as_json(Done(desk.moment.at))

    async def described(self, _: Request) -> Response:
        """What all this is, as OpenAPI."""
        return Response(openapi_json(_version()), media_type="application/json", headers=NOBODY_KEEPS_IT)

    async def _desk(self) -> Desk:
        """The desk; 503 where there is none."""
        try:
            desk = await run_in_threadpool(self.open_desk)
        except GridtwinError as error:
            raise TurnedAway(503, Refusal(f"nothing is open: {error.message}")) from error
        if desk is None:
            raise TurnedAway(503, Refusal("nothing is open"))
        return desk


_NO_REFERRER = {"Referrer-Policy": "no-referrer"}


async def _asked(of_desk: Callable[[], T]) -> T:
    """What the desk answers, which may take it a while; 503 where it can do nothing any more."""
    try:
        return await run_in_threadpool(of_desk)
    except GridtwinError as error:
        _log.exception("the room could not do what it was asked")
        raise TurnedAway(503, Refusal(f"the room has stopped: {error.message}")) from error


def _understood(read: Callable[[object], T], body: object) -> T:
    try:
        return read(body)
    except NotUnderstood as error:
        raise TurnedAway(400, Refusal(error.sentence, key=error.key)) from error


def _refused(why: Why, *, at: int, detail: str = "") -> TurnedAway:
    """403 where the seat lacks the right, 409 where things stand against it."""
    status = 403 if why in NO_RIGHTS else 409
    return TurnedAway(status, Refusal(why.value, why=why.name.lower(), detail=detail, at=at))


def _version() -> str:
    return version("gridtwin")
