"""Changes a file of seats as a person would: an entry more, or one that says `revoked: true`; all else stays as it is.

In: a path and a seat. Out: the file, replaced in one step and readable by its owner only; and a token, told once and
written nowhere: the file gets its digest.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import yaml

from scenarios.seats import SeatsSpec, read_spec
from twin.console.seats import digest_of, fresh_token
from twin.domain.seat import Seat
from twin.errors import ScenarioError

_HEAD = "# Who may come in. `gridtwin seat new` and `gridtwin seat revoke` change this file; no token stands in it.\n"


def add_seat(path: Path, seat: Seat) -> str:
    """Add a seat, to a new file if there is none; its token.

    Raises
    ------
    ScenarioError : there is a seat of that name, or the file cannot be read or written.
    """
    before = read_spec(path).seats if path.exists() else ()
    if any(known.name == seat.name and not known.revoked for known in before):
        raise ScenarioError(f"there is a seat called {seat.name!r}: revoke it first", file=path)
    token = fresh_token()
    if path.exists():
        text = _text(path)
        indent = " " * _entries(text, path).start_mark.column
    else:
        text, indent = f"{_HEAD}seats:\n", "  "
    newline = "" if text.endswith("\n") else "\n"
    after = _replaced(path, f"{text}{newline}{_entry(seat, indent=indent, digest=digest_of(token))}")
    assert len(after.seats) == len(before) + 1
    return token


def revoke_seat(path: Path, name: str) -> None:
    """Mark the seat of that name as revoked.

    Raises
    ------
    ScenarioError : there is none, or the file cannot be read or written.
    """
    seats = read_spec(path).seats
    number = next((number for number, seat in enumerate(seats) if seat.name == name and not seat.revoked), None)
    if number is None:
        raise ScenarioError(f"there is no seat called {name!r} that is in force", file=path)
    text = _text(path)
    entry = _entries(text, path).value[number]
    said = next((value for key, value in entry.value if key.value == "revoked"), None)
    if said is not None:
        begin, end, words = said.start_mark.index, said.end_mark.index, "true"
    elif entry.flow_style:
        begin, words = entry.start_mark.index + 1, " revoked: true,"
        end = begin
    else:
        begin = end = entry.start_mark.index
        words = f"revoked: true\n{' ' * entry.start_mark.column}"
    after = _replaced(path, text[:begin] + words + text[end:])
    assert after.seats[number].revoked


def _entry(seat: Seat, *, indent: str, digest: bytes) -> str:
    """Lines of one entry; text in JSON's quotes, which are YAML's too."""
    lines = [f"name: {_quoted(seat.name)}", f"role: {seat.role}"]
    if seat.areas:
        lines.append(f"areas: [{', '.join(map(_quoted, seat.areas))}]")
    lines.append(f"token_digest: {_quoted(digest.hex())}")
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _text(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.read()


def _entries(text: str, path: Path) -> yaml.SequenceNode:
    """The list of seats in a file that has been read before, with the places of its entries."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    entries = next(value for key, value in root.value if key.value == "seats")
    assert isinstance(entries, yaml.SequenceNode)
    if entries.flow_style:
        raise ScenarioError("cannot be changed by a command: write every seat below `seats:`, after a dash", file=path)
    return entries


def _replaced(path: Path, text: str) -> SeatsSpec:
    """Put another text in the place of a file, in one step, if it can be read; what it says."""
    target = path.resolve()
    try:
        number, draft = tempfile.mkstemp(prefix=".seats-", suffix=".yaml", dir=target.parent)
    except OSError as error:
        raise ScenarioError(f"cannot be written: {error.strerror}", file=path) from error
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        spec = _checked(Path(draft), path)
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    return spec


def _checked(draft: Path, path: Path) -> SeatsSpec:
    try:
        return read_spec(draft)
    except ScenarioError as error:
        raise ScenarioError(error.message, file=path, key=error.key) from error
