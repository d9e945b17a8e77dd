"""The file of seats: what it may say, how it is watched, and the commands that change it."""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path

import pytest

from scenarios.seats import SeatsFile, read_seats
from scenarios.seats_edit import add_seat, revoke_seat
from tests.scenarios.commands import Gridtwin
from twin.console.seats import digest_of
from twin.domain.seat import ADMIN, DISPATCHER, VIEWER, Seat
from twin.errors import ScenarioError

TOKEN = "the-secret-of-the-east-desk-nobody-knows"
OTHER = "another-secret-for-the-display-on-the-wall"
GOOD = f"""\
# The night shift.
seats:
  - {{ name: East desk, role: dispatcher, areas: [East, Far east], token: {TOKEN} }}   # or its digest
  - name: 大屏
    role: viewer
    token_digest: "{digest_of(OTHER).hex()}"
"""

TWICE = f"""\
seats:
  - name: A
    role: viewer
    token: {TOKEN}
    revoked: true
  - {{ name: B, role: viewer, token_digest: {digest_of(TOKEN).hex()} }}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "seats.yaml"
    file.write_text(GOOD, "utf-8")
    return file


def holding(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "seats.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_file_gives_seats_by_token_or_by_digest(path: Path) -> None:
    seats = read_seats(path)
    assert seats.seat_of(TOKEN) == Seat("East desk", DISPATCHER, ("East", "Far east"))
    assert seats.seat_of(OTHER) == Seat("大屏", VIEWER)
    assert seats.seat_of(None) is None


@pytest.mark.parametrize(
    ("entries", "line", "says"),
    [
        ("", None, "empty"),
        ("seats: 1", 1, "list"),
        ("seat: []", None, "missing"),
        ("seats: []\nport: 1", 2, "unknown key"),
        (f"seats:\n  - {{ name: A, role: viewer, token: {TOKEN} }}\n  - {{ name: B, role: viewer }}", 3, "token"),
        (f"seats:\n  - name: A\n    role: viewer\n    token: {TOKEN}\n    area: B", 5, "unknown key"),
        (f"seats:\n  - {{ name: A, role: boss, token: {TOKEN} }}", 2, "'viewer'"),
        (f"seats:\n  - name: A\n    token: {TOKEN}", 2, "missing"),
        ("seats:\n  - name: A\n    role: viewer", 2, "token"),
        (f"seats:\n  - name: A\n    role: viewer\n    token: {TOKEN}\n    token_digest: 00", 2, "either"),
        ("seats:\n  - name: A\n    role: viewer\n    token: too-short-a-secret", 4, "shorter than 32"),
        (f"seats:\n  - name: A\n    role: viewer\n    token: {TOKEN}/密", 4, "address"),
        (f"seats:\n  - name: A\n    role: viewer\n    token: {'1' * 40}", 4, "string"),
        (f"seats:\n  - name: A\n    role: viewer\n    token_digest: {'a' * 64}", 4, "128 hex"),
        (f"seats:\n  - name: A\n    role: viewer\n    areas: []\n    token: {TOKEN}", 4, "at least 1"),
        (f'seats:\n  - name: "A\\nB"\n    role: viewer\n    token: {TOKEN}', 2, "plain text"),
        (f"seats:\n  - name: A\n    role: viewer\n    token: {TOKEN}\n    token: {OTHER}", 5, "second time"),
        (
            f"seats:\n  - {{ name: A, role: viewer, token: {TOKEN} }}\n  - {{ name: A, role: viewer, token: {OTHER} }}",
            3,
            "name of another",
        ),
        (
            TWICE,
            6,
            "token of another",
        ),
        (f"seats:\n  - name: A\n    role: viewer\n    token: !{TOKEN}", 4, "tags"),
        (f"seats:\n  - {{ name: A, role: viewer, {TOKEN} }}", 2, "unknown key"),
        (f"seats:\n  - name: A\n    token: {TOKEN}: {TOKEN}", 3, "mapping"),
        (f"seats:\n  - name: A\n    token: [{TOKEN}\n", 4, "expected"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_by_line_and_shows_no_secret(
    tmp_path: Path, entries: str, line: int | None, says: str
) -> None:
    file = holding(tmp_path, entries)
    with pytest.raises(ScenarioError) as caught:
        read_seats(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)
    assert says in str(caught.value)
    whole = "".join(traceback.format_exception(caught.value))
    assert not any(secret in whole for secret in (TOKEN, OTHER, "too-short-a-secret", digest_of(TOKEN).hex()))


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_seats(tmp_path / "seats.yaml")


def test_a_revoked_seat_opens_nothing_and_its_name_is_free_again(tmp_path: Path) -> None:
    entry = "  - {{ name: A, role: viewer, token: {token}, revoked: {revoked} }}\n"
    lines = entry.format(token=TOKEN, revoked="true") + entry.format(token=OTHER, revoked="false")
    seats = read_seats(holding(tmp_path, f"seats:\n{lines}"))
    assert seats.seat_of(TOKEN) is None
    assert seats.seat_of(OTHER) == Seat("A", VIEWER)


# ---------------------------------------------------------------------------------------------- while a room runs


def test_a_seat_revoked_or_removed_while_the_room_runs_is_gone_at_the_next_check(path: Path) -> None:
    file = SeatsFile(path)
    assert file.seats().seat_of(TOKEN) is not None
    revoke_seat(path, "East desk")
    assert file.seats().seat_of(TOKEN) is None
    assert file.seats().seat_of(OTHER) is not None
    path.write_text("seats: []\n", "utf-8")
    assert file.seats().seat_of(OTHER) is None


def test_a_seat_added_while_the_room_runs_is_known_at_the_next_check(path: Path) -> None:
    file = SeatsFile(path)
    file.seats()
    token = add_seat(path, Seat("Trainer", ADMIN))
    assert file.seats().seat_of(token) == Seat("Trainer", ADMIN)


def test_a_file_that_does_not_change_is_read_once(path: Path) -> None:
    file = SeatsFile(path)
    assert file.seats() is file.seats()


def test_a_damaged_or_missing_file_lets_nobody_in_until_it_is_mended(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = SeatsFile(path)
    assert file.seats().seat_of(TOKEN) is not None
    path.write_text(GOOD + f"  - {TOKEN}\n", "utf-8")
    with caplog.at_level(logging.ERROR):
        assert file.seats().seat_of(TOKEN) is None
        file.seats()
    assert [record.getMessage().startswith("nobody is let in") for record in caplog.records] == [True]
    assert TOKEN not in caplog.text
    path.unlink()
    assert file.seats().seat_of(TOKEN) is None
    path.write_text(GOOD, "utf-8")
    assert file.seats().seat_of(TOKEN) is not None


# ------------------------------------------------------------------------------------------------- the commands


def link_in(out: str) -> str:
    found = re.fullmatch(r"/seat/([A-Za-z0-9_-]{43})\n", out)
    assert found is not None
    return found[1]


def test_a_new_seat_is_a_link_that_is_shown_once_and_a_file_that_does_not_hold_it(
    tmp_path: Path, gridtwin: Gridtwin
) -> None:
    file = tmp_path / "seats.yaml"
    said = gridtwin("seat", "new", "东台", "--role", "dispatcher", "--area", "East: 1", "--area", "a", "--file", file)
    assert said.status == 0
    token = link_in(said.out)
    assert token not in said.err + file.read_text("utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_seats(file).seat_of(token) == Seat("东台", DISPATCHER, ("East: 1", "a"))


def test_more_seats_are_added_and_nothing_else_is_touched(path: Path, gridtwin: Gridtwin) -> None:
    path.chmod(0o644)
    tokens = [link_in(gridtwin("seat", "new", name, "--role", "admin", "--file", path).out) for name in ("X", "Y: #z")]
    assert path.read_text("utf-8").startswith(GOOD)
    assert [seat and seat.name for seat in map(read_seats(path).seat_of, (TOKEN, OTHER, *tokens))] == [
        "East desk",
        "大屏",
        "X",
        "Y: #z",
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    [
        f"seats:\n- name: A\n  role: viewer\n  token: {TOKEN}",
        f"seats:\r\n    - name: A\r\n      role: viewer\r\n      token: {TOKEN}\r\n",
        f"\ufeffseats:\n  - token: {TOKEN} # a comment\n    name: A\n    role: viewer\n\n# the end\n",
        f"seats:\n  -\n    name: A\n    role: viewer\n    token: {TOKEN}\n    revoked: false\n",
        f"seats:\n  - {{name: A, role: viewer, token: {TOKEN}, revoked: false}}\n",
        f"seats:\n  - {{\n      name: A, role: viewer,\n      token: {TOKEN} }}\n",
    ],
)
def test_seats_can_be_added_and_revoked_however_the_file_is_written(tmp_path: Path, text: str) -> None:
    file = tmp_path / "seats.yaml"
    file.write_bytes(text.encode())
    token = add_seat(file, Seat("B", ADMIN))
    assert [seat and seat.name for seat in map(read_seats(file).seat_of, (TOKEN, token))] == ["A", "B"]
    revoke_seat(file, "A")
    assert [seat and seat.name for seat in map(read_seats(file).seat_of, (TOKEN, token))] == [None, "B"]
    renewed = add_seat(file, Seat("A", VIEWER))
    assert read_seats(file).seat_of(renewed) == Seat("A", VIEWER)


def test_comments_outlast_a_revocation(path: Path, gridtwin: Gridtwin) -> None:
    assert gridtwin("seat", "revoke", "East desk", "--file", path).status == 0
    assert gridtwin("seat", "revoke", "大屏", "--file", path).status == 0
    text = path.read_text("utf-8")
    assert text.replace(" revoked: true,", "").replace("revoked: true\n    ", "") == GOOD


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("new", "East desk", "--role", "viewer"), "revoke it first"),
        (("revoke", "Nobody"), "no seat called 'Nobody'"),
        (("new", " ", "--role", "viewer"), "plain text"),
        (("new", "", "--role", "viewer"), "at least 1"),
        (("new", "A", "--role", "viewer", "--area", ""), "at least 1"),
    ],
)
def test_a_command_that_makes_no_sense_changes_nothing(
    path: Path, gridtwin: Gridtwin, words: tuple[str, ...], says: str
) -> None:
    said = gridtwin("seat", *words, "--file", path)
    assert said.status == 2
    assert said.out == ""
    assert says in said.err
    assert str(path) in said.err
    assert path.read_text("utf-8") == GOOD
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["seats: []\n", f"seats: [{{name: A, role: viewer, token: {TOKEN}}}]\n"])
def test_a_list_in_brackets_is_left_to_people(tmp_path: Path, text: str) -> None:
    file = holding(tmp_path, text)
    with pytest.raises(ScenarioError, match="after a dash"):
        add_seat(file, Seat("B", ADMIN))
    assert file.read_text("utf-8") == text


def test_a_seat_cannot_be_revoked_twice(path: Path) -> None:
    revoke_seat(path, "East desk")
    with pytest.raises(ScenarioError, match="in force"):
        revoke_seat(path, "East desk")


def test_a_file_that_cannot_be_made_is_told_of(tmp_path: Path, gridtwin: Gridtwin) -> None:
    said = gridtwin("seat", "new", "A", "--role", "viewer", "--file", tmp_path / "nowhere" / "seats.yaml")
    assert said.status == 2
    assert said.out == ""
    assert "cannot be written" in said.err
