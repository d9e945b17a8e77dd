"""Seats as a file: read, watched while the room runs, and changed by commands.

In: a YAML file with a seat an entry. Out: `Seats`. Whatever is wrong with it is one sentence that names file and line
and shows nothing that could be a token: secrets stand in this file, and errors go to logs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from city_data.yaml_file import read_yaml, validated
from scenarios.spread import Model, wrong
from twin.console.seats import SHORTEST, Seats, digest_of
from twin.domain.seat import Role, Seat
from twin.errors import ScenarioError

_DIGEST = re.compile(r"[0-9a-f]{128}")
_IN_ADDRESSES = re.compile(r"[A-Za-z0-9._~-]+")
_LIKE_A_TOKEN = re.compile(r"[^\s'\"`.]{20,}")

_log = logging.getLogger(__name__)


def _plain(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("should be plain text on one line, without blanks around it")
    return text


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]


class _Stamp(NamedTuple):
    """When a file and what is known of it were last changed, nanoseconds, and its size, bytes."""

    changed_ns: int
    known_ns: int
    n_bytes: int


class SeatSpec(Model):
    """A seat: name and role, areas it is limited to (left out: everywhere), and its token or the digest of it."""

    name: Text
    role: Role
    areas: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    token: Annotated[str | None, Field(repr=False)] = None
    token_digest: Annotated[str | None, Field(repr=False)] = None
    revoked: bool = False

    @model_validator(mode="after")
    def _has_one_good_token(self) -> SeatSpec:
        if (self.token is None) == (self.token_digest is None):
            raise wrong("name", "needs either token or token_digest")
        if self.token is not None and len(self.token) < SHORTEST:
            raise wrong("token", f"is shorter than {SHORTEST} characters: take one that `gridtwin seat new` makes")
        if self.token is not None and _IN_ADDRESSES.fullmatch(self.token) is None:
            raise wrong("token", "may have letters, digits and - _ . ~ only: it stands in an address")
        if self.token_digest is not None and _DIGEST.fullmatch(self.token_digest) is None:
            raise wrong("token_digest", "should be blake2b as 128 hex digits, as b2sum prints it")
        return self

    @property
    def digest(self) -> bytes:
        """Of its token."""
        return bytes.fromhex(self.token_digest or "") if self.token is None else digest_of(self.token)


class SeatsSpec(Model):
    """The file as a whole."""

    seats: tuple[SeatSpec, ...]

    @model_validator(mode="after")
    def _told_apart(self) -> SeatsSpec:
        _refuse_repeated("name", (None if seat.revoked else seat.name for seat in self.seats))
        _refuse_repeated("token_digest", (seat.digest for seat in self.seats))
        return self


def _refuse_repeated(what: str, values: Iterable[object]) -> None:
    seen: dict[object, int] = {}
    for number, value in enumerate(values):
        if value is not None and value in seen:
            said = "name" if what == "name" else "token"
            raise wrong(f"seats.{number}", f"has the {said} of another seat")
        seen[value] = number


def read_spec(path: Path) -> SeatsSpec:
    """What a file of seats says.

    Raises
    ------
    ScenarioError : it cannot be read, or something in it is wrong; the error holds no token, and no cause that does.
    """
    try:
        return validated(read_yaml(path), SeatsSpec)
    except ScenarioError as error:
        message, key = (None if text is None else _LIKE_A_TOKEN.sub("…", text) for text in (error.message, error.key))
        bare = ScenarioError(message or "", file=path, line=error.line, key=key)
    raise bare  # outside the handler: the error it stems from may quote the file


def read_seats(path: Path) -> Seats:
    """The seats of a file that are in force.

    Raises
    ------
    ScenarioError : see `read_spec`.
    """
    spec = read_spec(path)
    return Seats(
        tuple((seat.digest, Seat(seat.name, seat.role, seat.areas or ())) for seat in spec.seats if not seat.revoked)
    )


class SeatsFile:
    """The seats of a file as it is now: read again when it changes, so that a revoked seat is gone at once.

    A file that is damaged or gone lets nobody in until it is mended, and the log says why: a revocation that cannot be
    read must not be one that is not heeded. May be asked from any thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._latest: tuple[_Stamp | None, Seats] | None = None

    def seats(self) -> Seats:
        """Who may come in now."""
        latest, stamp = self._latest, _stamp(self._path)  # the stamp first: what changes later is seen next time
        if latest is not None and latest[0] == stamp:
            return latest[1]
        try:
            seats = read_seats(self._path)
        except ScenarioError as error:
            _log.error("nobody is let in until this is mended: %s", error)
            seats = Seats()
        self._latest = (stamp, seats)
        return seats


def _stamp(path: Path) -> _Stamp | None:
    """What changes when a file does; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return _Stamp(found.st_mtime_ns, found.st_ctime_ns, found.st_size)
