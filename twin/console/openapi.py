"""What the door for programs offers, as OpenAPI 3.1: built from the very structs that are read and written.

In: the version of the program. Out: the document as JSON; every kind of command is a schema of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from types import GenericAlias

import msgspec

from twin.console.messages import (
    BRANCH_URL,
    CLOCK_BODIES,
    CLOCK_URL,
    COMMANDS_URL,
    HEALTH_URL,
    OPENAPI_URL,
    SEAT_URL,
    STATE_URL,
    BranchTold,
    CommandBody,
    Done,
    Health,
    Refusal,
)
from twin.console.seats import COOKIE
from twin.console.state_json import StateTold
from twin.domain.branching import Branching
from twin.domain.commands import COMMANDS, Command, Why, name_of

Json = dict[str, object]

_SCHEMAS = "#/components/schemas/"
_SEATED: list[Json] = [{"token": []}, {"cookie": []}]
_ANYBODY: list[Json] = []
_WHY = {
    400: "The body is not what it should be; `key` says where.",
    401: "No seat, or one that was revoked.",
    403: "The seat may not do that, or the room was asked by another name than this machine's own.",
    404: "Nobody has asked yet.",
    409: "Things stand against it; `why` says how.",
    413: "The body is longer than 64 kB.",
    415: "The body does not say that it is JSON.",
    503: "Nothing is open, or the room has stopped.",
}
_SENDING = tuple(status for status in _WHY if status != 404)


@lru_cache(maxsize=1)
def openapi_json(version: str) -> bytes:
    """The document."""
    return msgspec.json.encode(openapi(version))


def openapi(version: str) -> Json:
    """The document as plain data."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "gridtwin", "version": version, "summary": "A running twin of a grid command centre."},
        "paths": {
            SEAT_URL: {"get": _take_seat()},
            HEALTH_URL: {
                "get": _operation(
                    "Whether the room is open and its clock sound.",
                    {"200": _json("Open.", Health), "503": _json("Nothing is open, or the clock has stopped.", Health)},
                    security=_ANYBODY,
                )
            },
            STATE_URL: {
                "get": _operation(
                    "All there is to be seen now.",
                    {"200": _json("The moment.", StateTold), **_refusals(401, 403, 503)},
                )
            },
            COMMANDS_URL: {
                "post": _operation(
                    "Give a command; answered when it is carried out and written down.",
                    {"200": _json("Done.", Done), **_refusals(*_SENDING)},
                    body=[_told(CommandBody)],
                )
            },
            CLOCK_URL: {
                "post": _operation(
                    "Set the clock.",
                    {"200": _json("Done.", Done), **_refusals(*_SENDING)},
                    body=[_told(kind) for kind in CLOCK_BODIES],
                )
            },
            BRANCH_URL: {
                "get": _operation(
                    "The what-if that was asked last, as far as it has come.",
                    {"200": _json("The what-if.", BranchTold), **_refusals(401, 403, 404, 503)},
                ),
                "post": _operation(
                    "Ask what would be if, from now on; answered when it has begun.",
                    {"200": _json("It has begun.", Done), **_refusals(*_SENDING)},
                    body=[_told(Branching)],
                ),
                "delete": _operation(
                    "Call the what-if off.", {"200": _json("It will stop.", Done), **_refusals(401, 403, 503)}
                ),
            },
            OPENAPI_URL: {
                "get": _operation("This document.", {"200": {"description": "OpenAPI 3.1."}}, security=_ANYBODY)
            },
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


def _take_seat() -> Json:
    token: Json = {"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}
    responses: Json = {
        "303": {"description": "The seat is taken: its cookie is set, the page is where it leads."},
        "403": _json("This link opens no seat.", Refusal),
    }
    return _operation("Take a seat by its secret link.", responses, security=_ANYBODY) | {"parameters": [token]}


def _operation(
    summary: str,
    responses: Mapping[str, object],
    *,
    body: Sequence[Json] = (),
    security: list[Json] = _SEATED,
) -> Json:
    operation: Json = {"summary": summary, "responses": responses, "security": security}
    if body:
        schema = body[0] if len(body) == 1 else {"oneOf": body}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _refusals(*statuses: int) -> Json:
    return {str(status): _json(_WHY[status], Refusal) for status in statuses}


def _json(description: str, kind: type[msgspec.Struct]) -> Json:
    return {"description": description, "content": {"application/json": {"schema": _told(kind)}}}


def _told(kind: type[msgspec.Struct]) -> Json:
    return {"$ref": f"{_SCHEMAS}{kind.__name__}"}


def _schemas() -> Json:
    """Schemas of all bodies, commands told one by one."""
    commands = {kind: _open_ended(kind, {dict[str, object]: dict}) for kind in COMMANDS}
    body = _open_ended(CommandBody, {Command: reduce(or_, commands.values())})
    given = next(field.type for field in msgspec.structs.fields(Branching) if field.name == "commands")
    asked = _open_ended(Branching, {given: GenericAlias(list, (reduce(or_, commands.values()),))})
    told = [StateTold, BranchTold, Health, Done, Refusal, *CLOCK_BODIES, body, asked]
    _, schemas = msgspec.json.schema_components(told, ref_template=f"{_SCHEMAS}{{name}}")
    _properties(schemas["Refusal"])["why"] = {"enum": [None, *(why.name.lower() for why in Why)]}
    for kind in COMMANDS:
        properties = _properties(schemas[kind.__name__])
        properties["do"] = {"const": name_of(kind)}
        if "case" in properties:
            properties["case"] = {"anyOf": [properties["case"], {"type": "string", "pattern": "^[0-9]{1,19}$"}]}
    return dict(schemas)


def _properties(schema: Json) -> Json:
    properties = schema["properties"]
    assert isinstance(properties, dict)
    return properties


def _open_ended(kind: type[msgspec.Struct], others: Mapping[object, object]) -> type[msgspec.Struct]:
    """A struct of the same shape with other types in the place of some: `object` has no schema of its own."""
    fields = []
    for field in msgspec.structs.fields(kind):
        default = (
            field.default
            if field.default_factory is msgspec.NODEFAULT
            else msgspec.field(default_factory=field.default_factory)
        )
        fields.append((field.name, others.get(field.type, field.type), default))
    config = kind.__struct_config__
    return msgspec.defstruct(
        kind.__name__,
        fields,
        namespace={"__doc__": kind.__doc__},
        tag=config.tag,
        tag_field=config.tag_field,
        forbid_unknown_fields=config.forbid_unknown_fields,
    )
