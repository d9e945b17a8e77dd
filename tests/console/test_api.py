"""The door for programs: who is let in, what may be said, and what is answered."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from starlette.applications import Starlette

from tests.console.asking import Heard, ask
from tests.console.fake_desk import HOSTILE, LARGE, FakeDesk, centre_moment
from tests.views.branches import compared, shown
from twin.console.api import api_routes
from twin.console.desk import Drive, Gear
from twin.console.door import MOST_BYTES, is_this_machine
from twin.console.messages import BRANCH_URL
from twin.console.seats import COOKIE, Seats, digest_of
from twin.domain.branching import Branching
from twin.domain.commands import COMMANDS, AssignUnit, ChangePolicy, Why, name_of
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.seat import RIGHTS, Role, Seat
from twin.errors import JournalError
from twin.views.branch import Stage

STATE, COMMANDS_URL, CLOCK, OPENAPI = "/api/v1/state", "/api/v1/commands", "/api/v1/clock", "/api/openapi.json"
EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "assign": {"unit": 1, "case": str(LARGE)},
    "divert": {"unit": 0, "case": LARGE, "need": 1},
    "recall": {"unit": 0},
    "close road": {"edges": [0, 1]},
    "reopen road": {"edges": [0]},
    "report problem": {"matter": "fire", "edge": 0, "offset_mm": 1000},
    "change policy": {"use": "random", "parameters": {"spread": [1, {"deep": None}]}},
    "stand down": {"unit": 1, "lasting_s": 3600},
    "change mode": {"name": "emergency"},
}
DISPATCH = {"assign", "divert", "recall", "report problem", "stand down"}
WHAT_IF = {"close road", "reopen road", "change policy", "change mode"}
MAY = {"viewer": set(), "dispatcher": DISPATCH, "trainer": DISPATCH | WHAT_IF, "planner": WHAT_IF}
MAY["admin"] = DISPATCH | WHAT_IF
DRIVERS = {"trainer", "planner", "admin"}
TOKENS = {role: f"the-secret-of-the-{role}-that-nobody-else-knows" for role in Role}
REVOKED = "the-secret-of-somebody-who-has-left-the-room"
SEATED = Seats(tuple((digest_of(token), Seat(f"seat of {role}", role)) for role, token in TOKENS.items()))


def room(desk: FakeDesk | None, seats: Seats = SEATED) -> Starlette:
    return Starlette(routes=list(api_routes(lambda: desk, lambda: seats)))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def post(app: Starlette, path: str, body: object, *, token: str | None = None, **headers: str) -> Heard:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    said = {"Content-Type": "application/json", **({} if token is None else bearer(token)), **headers}
    return ask(app, path, method="POST", body=raw, headers=said)


def command(do: str, **changed: object) -> dict[str, object]:
    return {"do": do, **EXAMPLES[do], **changed}


def test_there_is_an_example_and_a_rule_for_every_kind_of_command_and_role() -> None:
    assert set(EXAMPLES) == {name_of(kind) for kind in COMMANDS}
    assert set(MAY) == set(Role)


# ---------------------------------------------------------------------------------------------- who may do what


@pytest.mark.parametrize("do", sorted(EXAMPLES))
@pytest.mark.parametrize("role", list(Role))
def test_a_command_is_carried_out_for_the_roles_that_may_give_it(role: Role, do: str) -> None:
    desk = FakeDesk()
    heard = post(room(desk), COMMANDS_URL, {"command": command(do), "token": "t"}, token=TOKENS[role])
    if do in MAY[role]:
        assert (heard.status, heard.json) == (200, {"at": desk.moment.at, "done": True})
        assert [(one.by, name_of(type(one.command)), one.token) for one in desk.given] == [(f"seat of {role}", do, "t")]
    else:
        assert heard.status == 403
        assert heard.json["why"] == "no_right"
        assert heard.json["error"] == Why.NO_RIGHT
        assert desk.given == []


@pytest.mark.parametrize("do", sorted(EXAMPLES))
@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(REVOKED),
        bearer(TOKENS[Role.ADMIN] + "x"),
        {"Authorization": TOKENS[Role.ADMIN]},
        {"Authorization": f"Basic {TOKENS[Role.ADMIN]}"},
        {"Cookie": f"{COOKIE}={REVOKED}"},
        {"Cookie": f"{COOKIE}={TOKENS[Role.ADMIN]}", **bearer(REVOKED)},
    ],
)
def test_nobody_without_a_seat_gives_a_command(do: str, headers: dict[str, str]) -> None:
    desk = FakeDesk()
    heard = post(room(desk), COMMANDS_URL, {"command": command(do)}, **headers)
    assert heard.status == 401
    assert heard.headers["www-authenticate"] == "Bearer"
    assert desk.given == []


@pytest.mark.parametrize("role", list(Role))
def test_the_clock_obeys_those_who_may_drive(role: Role) -> None:
    desk = FakeDesk()
    heard = post(room(desk), CLOCK, {"gear": "hold"}, token=TOKENS[role])
    assert heard.status == (200 if role in DRIVERS else 403)
    assert desk.driven == ([Drive(Gear.HOLD)] if role in DRIVERS else [])
    assert post(room(desk), CLOCK, {"gear": "hold"}, token=REVOKED).status == 401


@pytest.mark.parametrize("role", list(Role))
def test_any_seat_may_look(role: Role) -> None:
    assert ask(room(FakeDesk()), STATE, headers=bearer(TOKENS[role])).status == 200


def test_nobody_without_a_seat_may_look() -> None:
    assert ask(room(FakeDesk()), STATE).status == 401
    assert ask(room(FakeDesk()), STATE, headers=bearer(REVOKED)).status == 401


def test_a_seat_that_is_revoked_while_the_room_runs_is_gone_at_once() -> None:
    in_force = [SEATED]
    app = Starlette(routes=list(api_routes(FakeDesk, lambda: in_force[0])))
    admin = TOKENS[Role.ADMIN]
    assert post(app, COMMANDS_URL, {"command": command("recall")}, token=admin).status == 200
    in_force[0] = Seats(tuple(entry for entry in SEATED.entries if entry[1].role is not Role.ADMIN))
    assert post(app, COMMANDS_URL, {"command": command("recall")}, token=admin).status == 401


def test_a_seat_limited_to_an_area_commands_in_it_only() -> None:
    token, desk = "the-token-of-a-seat-in-the-south-of-it-all", FakeDesk()
    south = Seats(((digest_of(token), Seat("South", Role.DISPATCHER, ("South",))),))
    heard = post(room(desk, south), COMMANDS_URL, {"command": command("assign")}, token=token)
    assert (heard.status, heard.json["why"]) == (403, "other_area")
    assert post(room(desk, south), COMMANDS_URL, {"command": command("stand down")}, token=token).status == 200


def test_on_one_machine_everybody_is_its_admin() -> None:
    desk = FakeDesk()
    app = room(desk, Seats.local())
    assert all(post(app, COMMANDS_URL, {"command": command(do)}).status == 200 for do in EXAMPLES)
    assert {one.by for one in desk.given} == {"local"}


# ------------------------------------------------------------------------------------------------- secret links


def test_a_secret_link_leaves_a_cookie_and_leads_to_the_page() -> None:
    heard = ask(room(FakeDesk()), f"/seat/{TOKENS[Role.VIEWER]}")
    assert (heard.status, heard.headers["location"]) == (303, "/")
    parts = {part.strip().lower() for part in heard.headers["set-cookie"].split(";")[1:]}
    assert parts == {"httponly", "samesite=strict", "path=/"}
    assert heard.headers["referrer-policy"] == "no-referrer"
    assert heard.headers["cache-control"] == "no-store"
    pair = heard.headers["set-cookie"].partition(";")[0]
    assert ask(room(FakeDesk()), STATE, headers={"Cookie": pair}).status == 200


def test_over_https_the_cookie_is_never_sent_in_the_clear() -> None:
    heard = ask(room(FakeDesk()), f"/seat/{TOKENS[Role.VIEWER]}", scheme="https")
    assert "secure" in heard.headers["set-cookie"].lower().split("; ")


def test_a_wrong_link_opens_nothing_and_tells_nothing() -> None:
    heard = ask(room(FakeDesk()), f"/seat/{REVOKED}")
    assert heard.status == 403
    assert "set-cookie" not in heard.headers
    assert heard.headers["referrer-policy"] == "no-referrer"
    assert heard.headers["cache-control"] == "no-store"
    assert REVOKED.encode() not in heard.body


def test_on_one_machine_a_link_leaves_no_cookie() -> None:
    heard = ask(room(FakeDesk(), Seats.local()), "/seat/anything")
    assert heard.status == 303
    assert "set-cookie" not in heard.headers


def test_tokens_are_in_no_log_and_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk, secret = FakeDesk(), TOKENS[Role.ADMIN]
    app = room(desk)
    heard = [
        ask(app, f"/seat/{REVOKED}"),
        ask(app, STATE, headers=bearer(secret)),
        post(app, COMMANDS_URL, {"command": command("recall")}, token=secret),
        post(app, COMMANDS_URL, {"command": {}}, token=secret),
        post(app, COMMANDS_URL, {"command": command("recall")}, token=REVOKED),
    ]
    said = caplog.text + repr(SEATED) + repr(desk.given) + "".join(str(one.body) for one in heard)
    assert secret not in said
    assert REVOKED not in said


# -------------------------------------------------------------------------------------------------- other hosts


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8501", "localhost:1", "LOCALHOST"])
def test_names_of_this_machine_are_known(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "localhost:80:80",
        "localhost ",
        "[::]",
    ],
)
def test_other_names_are_not(host: str | None) -> None:
    assert not is_this_machine(host)


@pytest.mark.parametrize("path", ["/api/health", STATE, OPENAPI, "/seat/anything"])
def test_a_room_of_one_machine_answers_to_no_other_name(path: str) -> None:
    app = room(FakeDesk(), Seats.local())
    assert ask(app, path, headers={"Host": "evil.example:8501"}).status == 403
    assert ask(app, path).status in (200, 303)


@pytest.mark.parametrize("path", [COMMANDS_URL, CLOCK])
def test_a_room_of_one_machine_takes_no_orders_by_another_name(path: str) -> None:
    desk = FakeDesk()
    heard = post(room(desk, Seats.local()), path, {"command": command("recall")}, Host="evil.example")
    assert heard.status == 403
    assert (desk.given, desk.driven) == ([], [])


def test_a_room_with_seats_has_whatever_name_it_was_given() -> None:
    assert ask(room(FakeDesk()), "/api/health", headers={"Host": "room.example"}).status == 200


# ------------------------------------------------------------------------------------------------- what is said


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", None),
        (b"{", None),
        (b"\xff", None),
        (b"[]", None),
        (b"{}", "command"),
        ({"command": {}}, "command.do"),
        ({"command": []}, "command"),
        ({"command": {"do": "dance"}}, "command.do"),
        ({"command": {"do": "assign", "unit": 1}}, "command.case"),
        ({"command": command("assign", unit="1")}, "command.unit"),
        ({"command": command("assign", unit=-1)}, "command.unit"),
        ({"command": command("assign", unit=True)}, "command.unit"),
        ({"command": command("assign", case="12x")}, "command.case"),
        ({"command": command("assign", case="-1")}, "command.case"),
        ({"command": command("assign", case="")}, "command.case"),
        ({"command": command("assign", case="1" * 20)}, "command.case"),
        ({"command": command("assign", case="１２")}, "command.case"),
        ({"command": command("assign", case=1.5)}, "command.case"),
        ({"command": command("recall", unit=10**30)}, "command"),
        ({"command": command("recall", extra=1)}, "command.extra"),
        ({"command": command("close road", edges=[1, "x"])}, "command.edges[1]"),
        ({"command": command("stand down", lasting_s=1)}, "command.lasting_s"),
        ({"command": command("change policy", parameters={"a": 10**30})}, "command"),
        ({"command": command("recall"), "token": ""}, "token"),
        ({"command": command("recall"), "token": "x" * 101}, "token"),
        ({"command": command("recall"), "by": "somebody else"}, "by"),
        (b'{"command":{"do":"change policy","use":"\\ud800"}}', None),
        (b'{"command":' + b"[" * 30_000 + b"]" * 30_000 + b"}", None),
        ({"command": command("change policy", parameters=json.loads('{"a":' * 70 + "1" + "}" * 70))}, None),
    ],
)
def test_a_body_that_is_no_command_is_refused_by_the_key_that_is_wrong(body: object, key: str | None) -> None:
    desk = FakeDesk()
    heard = post(room(desk), COMMANDS_URL, body, token=TOKENS[Role.ADMIN])
    assert heard.status == 400
    assert heard.json.get("key") == key
    assert heard.json["error"]
    assert desk.given == []


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; a=b"])
def test_what_another_sites_form_can_send_is_not_read(kind: str) -> None:
    desk = FakeDesk()
    body = {"command": command("recall")}
    for app in (room(desk, Seats.local()), room(desk)):
        heard = post(app, COMMANDS_URL, body, token=TOKENS[Role.ADMIN], **{"Content-Type": kind})
        assert heard.status == 415
    assert desk.given == []


def test_json_may_name_its_encoding() -> None:
    body, kind = {"gear": "hold"}, "Application/JSON; charset=utf-8"
    assert post(room(FakeDesk()), CLOCK, body, token=TOKENS[Role.ADMIN], **{"Content-Type": kind}).status == 200


def test_a_long_body_is_not_read_to_its_end() -> None:
    body = json.dumps({"command": command("recall")}).encode()
    admin = TOKENS[Role.ADMIN]
    assert post(room(FakeDesk()), COMMANDS_URL, body.ljust(MOST_BYTES), token=admin).status == 200
    assert post(room(FakeDesk()), COMMANDS_URL, body.ljust(MOST_BYTES + 1), token=admin).status == 413


def test_a_case_may_be_a_number_or_text() -> None:
    desk = FakeDesk()
    for case in (LARGE, str(LARGE)):
        post(room(desk), COMMANDS_URL, {"command": command("assign", case=case)}, token=TOKENS[Role.ADMIN])
    assert [one.command for one in desk.given] == [AssignUnit(unit=1, case=LARGE)] * 2


def test_a_command_that_is_sent_twice_is_done_once_and_one_without_a_token_each_time() -> None:
    desk = FakeDesk()
    for _ in range(2):
        post(room(desk), COMMANDS_URL, {"command": command("recall"), "token": "mine"}, token=TOKENS[Role.ADMIN])
    assert len(desk.given) == 1
    for _ in range(2):
        post(room(desk), COMMANDS_URL, {"command": command("recall")}, token=TOKENS[Role.ADMIN])
    assert len({one.token for one in desk.given}) == 3


@pytest.mark.parametrize("why", sorted(set(Why) - {Why.NO_RIGHT, Why.OTHER_AREA}))
def test_what_stands_against_a_command_is_said(why: Why) -> None:
    desk = FakeDesk(refuses=why)
    heard = post(room(desk), COMMANDS_URL, {"command": command("recall")}, token=TOKENS[Role.ADMIN])
    assert heard.status == 409
    said = {"error": why.value, "why": why.name.lower(), "detail": "said by a fake", "at": desk.moment.at}
    assert heard.json == said


@pytest.mark.parametrize(
    ("body", "drives"),
    [
        ({"gear": "play"}, [Drive(Gear.PLAY)]),
        ({"gear": "play", "speed": 60}, [Drive(Gear.SPEED, 60.0), Drive(Gear.PLAY)]),
        ({"gear": "play", "speed": None}, [Drive(Gear.SPEED), Drive(Gear.PLAY)]),
        ({"gear": "speed", "speed": 3600}, [Drive(Gear.SPEED, 3600.0)]),
        ({"gear": "speed", "speed": None}, [Drive(Gear.SPEED)]),
        ({"gear": "step"}, [Drive(Gear.STEP)]),
        ({"gear": "until red"}, [Drive(Gear.UNTIL_RED)]),
        ({"gear": "seek", "at": 5}, [Drive(Gear.SEEK, at=5)]),
    ],
)
def test_the_clock_does_what_it_is_told(body: object, drives: list[Drive]) -> None:
    desk = FakeDesk()
    desk.about = replace(desk.about, is_live=False)
    assert post(room(desk), CLOCK, body, token=TOKENS[Role.PLANNER]).status == 200
    assert desk.driven == drives


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "gear"),
        ({"gear": "reverse"}, "gear"),
        ({"gear": "speed"}, "speed"),
        ({"gear": "speed", "speed": 0}, "speed"),
        ({"gear": "play", "speed": 1e9}, "speed"),
        ({"gear": "hold", "speed": 1}, "speed"),
        ({"gear": "seek"}, "at"),
        ({"gear": "seek", "at": -1}, "at"),
        ({"gear": "play", "at": 1}, "at"),
    ],
)
def test_the_clock_is_not_told_nonsense(body: object, key: str) -> None:
    heard = post(room(FakeDesk()), CLOCK, body, token=TOKENS[Role.PLANNER])
    assert (heard.status, heard.json["key"]) == (400, key)


def test_a_running_twin_is_not_wound_back() -> None:
    heard = post(room(FakeDesk()), CLOCK, {"gear": "seek", "at": 0}, token=TOKENS[Role.PLANNER])
    assert (heard.status, heard.json["why"]) == (409, "not_live")


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
ANY_JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
KEYS = ("unit", "case", "need", "edges", "matter", "edge", "offset_mm", "area", "use", "parameters", "lasting_s")
ANY_COMMAND = st.dictionaries(st.sampled_from(KEYS), ANY_JSON, max_size=4).flatmap(
    lambda fields: st.sampled_from(sorted(EXAMPLES)).map(lambda do: {**command(do), **fields})
)


@given(st.fixed_dictionaries({"command": ANY_COMMAND}) | ANY_JSON)
def test_whatever_is_sent_is_carried_out_or_refused_and_never_breaks_the_room(body: object) -> None:
    desk = FakeDesk()
    heard = post(room(desk), COMMANDS_URL, body, token=TOKENS[Role.ADMIN])
    assert heard.status in (200, 400)
    assert len(desk.given) == (heard.status == 200)


# --------------------------------------------------------------------------------------------- what is answered


def test_the_state_is_the_moment() -> None:
    state = ask(room(FakeDesk()), STATE, headers=bearer(TOKENS[Role.VIEWER])).json
    assert state["civil"] == "2026-03-02T06:00:00+08:00"
    assert state["pace"] == {"is_playing": True, "asked": 60.0, "achieved": 59.5, "until_red": False}
    assert state["figures"]["p90_response_s"] == 480.0
    assert state["units"] == [
        {
            "number": 0,
            "name": "E1",
            "kind": "engine",
            "status": "en_route",
            "lon": 106.8,
            "lat": 39.65,
            "case": str(LARGE),
        },
        {"number": 1, "name": "M1", "kind": "ambulance", "status": "parked", "lon": None, "lat": None, "case": None},
    ]
    assert state["cases"] == [
        {
            "id": str(LARGE),
            "ref": "<b>A-1</b>",
            "matter": "fire",
            "priority": 1,
            "area": "North",
            "stage": "handle",
            "light": "red",
            "reported": "2026-03-02T05:50:00+08:00",
            "deadline": "2026-03-02T05:59:00+08:00",
            "lon": 106.81,
            "lat": 39.66,
            "waiting": ["medic"],
            "units": [0],
            "status": "queued",
            "department": "",
            "channel": "unknown",
            "desks": [],
            "deadline_at": 6 * HOUR - MINUTE,
            "upstream_at": None,
            "is_suspended": False,
            "is_late": False,
        }
    ]
    assert (state["mode"], state["desks"], state["channels"]) == (None, [], [])


def test_the_state_of_a_centre_has_its_desks_by_name_and_what_came_in() -> None:
    state = ask(room(FakeDesk(centre_moment())), STATE, headers=bearer(TOKENS[Role.VIEWER])).json
    assert state["mode"] == "emergency"
    assert state["desks"] == [
        {"name": HOSTILE, "seats": 2, "busy": 2, "waiting": 3, "longest_wait_s": 300.0},
        {"name": "Housing office", "seats": 0, "busy": 0, "waiting": 0, "longest_wait_s": None},
    ]
    assert state["channels"] == [
        {
            "channel": "hotline",
            "contacts": 9,
            "cases": 4,
            "merged": 2,
            "consultations": 2,
            "handed_over": 1,
            "waiting": 2,
        }
    ]
    case = state["cases"][0]
    assert (case["status"], case["department"], case["desks"]) == ("registered", "Sanitation", [HOSTILE])
    assert case["channel"] == "hotline"


def test_the_state_is_plain_data_for_browsers_and_kept_by_nobody() -> None:
    heard = ask(room(FakeDesk()), STATE, headers=bearer(TOKENS[Role.VIEWER]))
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["x-content-type-options"] == "nosniff"
    assert heard.headers["cache-control"] == "no-store"


def test_an_open_room_is_healthy_and_tells_strangers_nothing_else() -> None:
    desk = FakeDesk()
    heard = ask(room(desk), "/api/health")
    told = {"status": "ok", "version": version("gridtwin"), "at": desk.moment.at, "n_facts": 123, "is_playing": True}
    assert (heard.status, heard.json) == (200, told)


def test_a_room_whose_clock_was_stopped_by_a_fault_says_so_and_not_why() -> None:
    heard = ask(room(FakeDesk(fault="disk full at /somewhere")), "/api/health")
    assert (heard.status, heard.json["status"], heard.json["is_playing"]) == (503, "stopped", False)
    assert b"somewhere" not in heard.body


def test_where_nothing_is_open_there_is_nothing_to_see_or_do() -> None:
    app = room(None)
    heard = ask(app, "/api/health")
    assert (heard.status, heard.json) == (503, {"status": "nothing open", "version": version("gridtwin")})
    assert ask(app, STATE, headers=bearer(TOKENS[Role.VIEWER])).status == 503
    assert post(app, COMMANDS_URL, {"command": command("recall")}, token=TOKENS[Role.ADMIN]).status == 503
    assert post(app, CLOCK, {"gear": "hold"}, token=TOKENS[Role.ADMIN]).status == 503


def test_a_room_that_can_write_nothing_down_says_so_without_its_paths() -> None:
    class Full(FakeDesk):
        def act(self, *_: object, **__: object) -> Any:
            raise JournalError("the disk is full", file="/somewhere/journal.sqlite")

    heard = post(room(Full()), COMMANDS_URL, {"command": command("recall")}, token=TOKENS[Role.ADMIN])
    assert heard.status == 503
    assert heard.json["error"] == "the room has stopped: the disk is full"


# ------------------------------------------------------------------------------------------------------ OpenAPI


def test_the_description_names_every_address_and_every_command() -> None:
    document = ask(room(FakeDesk()), OPENAPI).json
    assert document["openapi"] == "3.1.0"
    routes = api_routes(FakeDesk, Seats.local)
    described = {path: {method.upper() for method in methods} for path, methods in document["paths"].items()}
    served: dict[str, set[str]] = {}
    for route in routes:
        served.setdefault(route.path, set()).update((route.methods or set()) - {"HEAD"})
    assert described == served
    kinds = document["components"]["schemas"]["CommandBody"]["properties"]["command"]["discriminator"]["mapping"]
    assert set(kinds) == {name_of(kind) for kind in COMMANDS}


def test_every_reference_in_the_description_leads_somewhere_and_every_schema_is_one() -> None:
    document = ask(room(FakeDesk()), OPENAPI).json
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert all(response["description"] for response in operation["responses"].values())


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [found for inner in part.values() for found in references(inner)]
    return [found for inner in part for found in references(inner)] if isinstance(part, list) else []


def fits(name: str, value: object) -> bool:
    document = ask(room(FakeDesk()), OPENAPI).json
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return bool(Draft202012Validator(schema).is_valid(value))


def test_what_is_answered_is_what_the_description_says() -> None:
    app, admin = room(FakeDesk()), TOKENS[Role.ADMIN]
    assert fits("StateTold", ask(app, STATE, headers=bearer(admin)).json)
    assert fits("Health", ask(app, "/api/health").json)
    assert fits("Done", post(app, CLOCK, {"gear": "hold"}, token=admin).json)
    assert fits("Refusal", post(app, COMMANDS_URL, {"command": command("assign")}, token=TOKENS[Role.VIEWER]).json)


@pytest.mark.parametrize("do", sorted(EXAMPLES))
def test_what_can_be_said_is_what_the_description_says(do: str) -> None:
    assert fits("CommandBody", {"command": command(do)})
    assert not fits("CommandBody", {"command": command(do, extra=1)})


def test_rights_are_named_after_commands_that_exist() -> None:
    named = {right for rights in RIGHTS.values() for right in rights} - {"drive", "open", "queues"}
    assert named == set(EXAMPLES)


# ---------------------------------------------------------------------------------------------- what if


def test_whoever_has_a_seat_may_ask_what_would_be_if_and_hear_of_it() -> None:
    desk = FakeDesk()
    app, viewer = room(desk), TOKENS[Role.VIEWER]
    assert ask(app, BRANCH_URL, headers=bearer(viewer)).status == 404
    case = {"do": "assign", "unit": 1, "case": str(LARGE)}
    asked = {"commands": [{"do": "change policy", "use": "random"}, case], "more": {"car": 2}, "n": 10}
    heard = post(app, BRANCH_URL, asked, token=viewer)
    assert (heard.status, heard.json) == (200, {"at": desk.moment.at, "done": True})
    assert desk.asked == [Branching((ChangePolicy("random"), AssignUnit(1, LARGE)), {"car": 2}, n=10)]
    desk.branch = shown(compared(-60.0))
    told = ask(app, BRANCH_URL, headers=bearer(viewer)).json
    assert (told["stage"], told["n_done"], told["n"]) == ("done", 12, 12)
    gaps = {figure["name"]: figure["difference"]["mean"] for figure in told["compared"]["figures"]}
    assert gaps["response_s_p90"] == pytest.approx(-60.0, abs=2.0)
    assert ask(app, BRANCH_URL, method="DELETE", headers=bearer(viewer)).status == 200
    assert desk.branch.stage is Stage.STOPPING


def test_a_what_if_that_makes_no_sense_is_turned_away_with_its_key() -> None:
    desk = FakeDesk(refuses=Why.BRANCHING)
    app, token = room(desk), TOKENS[Role.PLANNER]
    wrong = {"n": 10_000}, {"commands": [{"do": "fly"}]}, {"horizon_s": 1}, {"luck": 3}
    assert [post(app, BRANCH_URL, body, token=token).status for body in wrong] == [400] * 4
    assert post(app, BRANCH_URL, {"n": 10_000}, token=token).json["key"] == "n"
    refused = post(app, BRANCH_URL, {"more": {"car": 1}}, token=token)
    assert (refused.status, refused.json["why"]) == (409, "branching")
    assert post(app, BRANCH_URL, {}).status == 401
    assert ask(app, BRANCH_URL, method="DELETE").status == 401
