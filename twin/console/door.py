"""The door: whether a request may come in, whose seat it has, and what it brought, checked once for every address.

In: requests. Out: a seat and plain data, or `TurnedAway` with an HTTP status and a sentence. A room of one machine
answers only to that machine's own names, so that no other site's name can be pointed at it (DNS rebinding); bodies are
JSON that says so, which no other site's form can send.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from twin.console.messages import Refusal
from twin.console.seats import COOKIE, Seats
from twin.domain.seat import Seat

MOST_BYTES = 64 * 1024
"""So long a body may be."""
MOST_DEPTH = 64
"""So many levels deep it may be nested."""
NOBODY_KEEPS_IT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_THIS_MACHINE = re.compile(r"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?", re.IGNORECASE)
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)

Endpoint = Callable[[Request], Awaitable[Response]]


class TurnedAway(Exception):  # noqa: N818 - what became of a request, said as the house says it
    """A request that gets no further."""

    def __init__(self, status: int, refusal: Refusal, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(refusal.error)
        self.status, self.refusal, self.headers = status, refusal, headers or {}


def guarded(answer: Endpoint, seats: Callable[[], Seats]) -> Endpoint:
    """An endpoint behind the door: asked only by names of this machine where no seats are in force."""

    async def checked(request: Request) -> Response:
        try:
            require_host(request, seats())
            response = await answer(request)
        except TurnedAway as away:
            response = as_json(away.refusal, status=away.status)
            response.headers.update(away.headers)
        return response

    return checked


def seated(answer: Endpoint, seats: Callable[[], Seats]) -> Endpoint:
    """An endpoint behind the door for whoever has a seat, of any role."""

    async def known(request: Request) -> Response:
        require_seat(request, seats())
        return await answer(request)

    return guarded(known, seats)


def behind_the_door(routes: Iterable[Route], seats: Callable[[], Seats]) -> list[Route]:
    """The same routes for whoever has a seat, of any role."""
    return [Route(route.path, seated(route.endpoint, seats), methods=["GET"]) for route in routes]


def require_host(connection: HTTPConnection, seats: Seats) -> None:
    """Turn away whoever came by another name than this machine's own, in a room that trusts all who reach it."""
    if seats.is_local and not is_this_machine(connection.headers.get("host")):
        raise TurnedAway(403, Refusal("this room answers to 127.0.0.1 and localhost only"))


def require_seat(connection: HTTPConnection, seats: Seats) -> Seat:
    """The seat of whoever asks.

    Raises
    ------
    TurnedAway : 401, no token, or one that opens nothing (any more).
    """
    seat = seats.seat_of(token_of(connection))
    if seat is None:
        sentence = "no seat: open the link of your seat, or send its token as `Authorization: Bearer …`"
        raise TurnedAway(401, Refusal(sentence), headers={"WWW-Authenticate": "Bearer"})
    return seat


def token_of(connection: HTTPConnection) -> str | None:
    """The token a request brings: of its Authorization header if it has one, otherwise of its cookie."""
    said = connection.headers.get("authorization")
    if said is not None:
        bearer = _BEARER.fullmatch(said)
        return None if bearer is None else bearer[1]
    return connection.cookies.get(COOKIE)


def is_this_machine(host: str | None) -> bool:
    """Whether a Host header names this machine itself, with any port."""
    return host is not None and _THIS_MACHINE.fullmatch(host) is not None


async def json_body(request: Request) -> object:
    """The plain data of a JSON body.

    Raises
    ------
    TurnedAway : 415, it does not say that it is JSON; 413, longer than 64 kB; 400, it is none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise TurnedAway(415, Refusal("send JSON, and say so: Content-Type: application/json"))
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise TurnedAway(413, Refusal(f"longer than {MOST_BYTES >> 10} kB"), headers={"Connection": "close"})
    try:
        body: object = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise TurnedAway(400, Refusal(f"not JSON: {error}")) from error
    except RecursionError as error:
        raise TurnedAway(400, _TOO_DEEP) from error
    if _is_deep(body):
        raise TurnedAway(400, _TOO_DEEP)
    return body


_TOO_DEEP = Refusal(f"nested more than {MOST_DEPTH} levels deep")


def as_json(content: msgspec.Struct | Mapping[str, object], *, status: int = 200) -> Response:
    """A JSON answer that nobody keeps."""
    body = msgspec.json.encode(content)
    return Response(body, status, media_type="application/json", headers=NOBODY_KEEPS_IT)


def _is_deep(body: object) -> bool:
    level = [body]
    for _ in range(MOST_DEPTH):
        inner: list[object] = []
        for outer in level:
            if isinstance(outer, dict):
                inner += outer.values()
            elif isinstance(outer, list):
                inner += outer
        if not inner:
            return False
        level = inner
    return True
