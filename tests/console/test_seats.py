"""Whose token opens which seat, and what a seat may do where."""

from __future__ import annotations

import hmac
from hashlib import blake2b

import pytest

from tests.console.fake_desk import LARGE, FakeDesk
from twin.console.seats import SHORTEST, Seats, digest_of, fresh_token
from twin.domain.commands import AssignUnit, ChangePolicy, CloseRoad, Command, RecallUnit, ReportProblem, Why
from twin.domain.seat import DISPATCHER, LOCAL_ADMIN, TRAINER, VIEWER, Seat, objection

EAST = Seat("East desk", DISPATCHER, ("East",))
WALL = Seat("Wall", VIEWER)
TOKENS = ("a-token-of-the-east-desk-that-nobody-knows", "another-token-that-opens-the-wall-display")
SEATS = Seats(tuple((digest_of(token), seat) for token, seat in zip(TOKENS, (EAST, WALL), strict=True)))


def test_a_token_opens_its_own_seat_and_no_other() -> None:
    assert [SEATS.seat_of(token) for token in TOKENS] == [EAST, WALL]


@pytest.mark.parametrize("token", [None, "", TOKENS[0][:-1], TOKENS[0] + "x", TOKENS[0].upper(), "\ud800", "密" * 40])
def test_anything_else_opens_nothing(token: str | None) -> None:
    assert SEATS.seat_of(token) is None


@pytest.mark.parametrize("token", [*TOKENS, "no token at all"])
def test_all_tokens_are_compared_whichever_fits(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def watched(known: bytes, asked: bytes) -> bool:
        compared.append(known)
        return known == asked

    monkeypatch.setattr(hmac, "compare_digest", watched)
    SEATS.seat_of(token)
    assert compared == [digest for digest, _ in SEATS.entries]


def test_a_room_of_one_machine_has_one_admin_whatever_token_is_shown() -> None:
    assert Seats.local().seat_of(None) == Seats.local().seat_of("anything") == LOCAL_ADMIN


def test_a_room_without_seats_lets_nobody_in() -> None:
    assert Seats().seat_of(None) is None


def test_neither_tokens_nor_their_digests_are_printed() -> None:
    printed = f"{SEATS!r} {SEATS}"
    assert TOKENS[0] not in printed
    assert digest_of(TOKENS[0]).hex() not in printed
    assert repr(digest_of(TOKENS[0])) not in printed


def test_a_digest_is_plain_blake2b_so_that_other_tools_can_make_it() -> None:
    assert digest_of("abc") == blake2b(b"abc").digest()


def test_tokens_made_here_are_long_and_never_the_same() -> None:
    made = {fresh_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) >= SHORTEST for token in made)


@pytest.mark.parametrize(
    ("command", "north", "south"),
    [
        (AssignUnit(unit=1, case=LARGE), None, Why.OTHER_AREA),
        (AssignUnit(unit=1, case=5), Why.OTHER_AREA, Why.OTHER_AREA),
        (RecallUnit(unit=1), Why.OTHER_AREA, None),
        (RecallUnit(unit=99), Why.OTHER_AREA, Why.OTHER_AREA),
        (CloseRoad(edges=(0, 1)), None, Why.OTHER_AREA),
        (CloseRoad(edges=(0, 3)), Why.OTHER_AREA, Why.OTHER_AREA),
        (CloseRoad(edges=()), Why.OTHER_AREA, Why.OTHER_AREA),
        (ReportProblem(matter="fire", edge=0, offset_mm=0, area="South"), None, Why.OTHER_AREA),
        (ChangePolicy(use="random"), Why.OTHER_AREA, Why.OTHER_AREA),
    ],
)
def test_a_limited_seat_may_act_in_its_areas_only(command: Command, north: Why | None, south: Why | None) -> None:
    area_of = FakeDesk().area_of
    assert objection(Seat("N", TRAINER, ("North", "West")), command, area_of=area_of) == north
    assert objection(Seat("S", TRAINER, ("South",)), command, area_of=area_of) == south
    assert objection(Seat("all", TRAINER), command, area_of=area_of) is None


def test_the_role_is_asked_before_the_area() -> None:
    def nowhere(_: Command) -> str | None:
        raise AssertionError("where it is does not matter")

    assert objection(Seat("W", VIEWER, ("North",)), RecallUnit(unit=0), area_of=nowhere) is Why.NO_RIGHT
