"""The file of a durable journal: who may write to it, what is in it, whether it is whole.

SQLite before 3.51.3 can damage a file when two connections write or checkpoint at once. Here it cannot come to that: a
lock admits one process, which has one connection that writes and checkpoints; readers only read, and no file is mapped
into memory. A reader holds no transaction from chunk to chunk, so the `-wal` does not grow behind it. The file is born
in WAL mode and never leaves it: to change would need a rollback journal, which no reader could undo after a kill.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import product
from pathlib import Path
from typing import cast

import msgspec

from twin.domain.facts import FACTS, Fact
from twin.errors import JournalError
from twin.journal.digest import Digest
from twin.journal.journal import CHUNK

SCHEMA_VERSION = 1
_KEY = "gridtwin"
_MARK = int.from_bytes(b"grid", "big")
"""What SQLite keeps in the file's header, to say whose it is."""
_OLDEST, _MENDED = (3, 37, 0), (3, 51, 3)
"""SQLite with STRICT tables, and without the fault told of above."""

_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), now INTEGER NOT NULL) STRICT;
CREATE TABLE facts (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    fact BLOB NOT NULL,
    remark TEXT,
    digest TEXT,
    wall REAL NOT NULL DEFAULT ((julianday('now') - 2440587.5) * 86400.0)
) STRICT;
CREATE TRIGGER no_update BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END;
CREATE TRIGGER no_delete BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'a fact is never deleted'); END;
"""
"""`fact` is what counts (canonical msgpack); `at` and `kind` are copies for whoever asks in SQL. `wall`, the wall clock
in Unix seconds, and `remark` stand outside the digest. The last fact of a commit has the `digest` of all up to it."""

_log = logging.getLogger(__name__)


class _Form(msgspec.Struct, frozen=True):
    """How a file keeps facts: the version of the tables, and the fields of every kind of fact, in order."""

    schema: int = 0
    fields: dict[str, tuple[str, ...]] = {}


_FORM = _Form(SCHEMA_VERSION, {kind.__name__: kind.__struct_fields__ for kind in FACTS})


# ---------------------------------------------------------------------------------------------- what is in it


def about_in(connection: sqlite3.Connection) -> dict[str, object]:
    """What a journal is of, if it is one that this version can read.

    Raises
    ------
    JournalError : it is not.
    """
    if connection.execute("PRAGMA application_id").fetchone() != (_MARK,):
        raise JournalError("this is an SQLite file, but not a journal")
    kept = dict(connection.execute("SELECT key, value FROM about"))
    form = msgspec.json.decode(kept.pop(_KEY, "{}"), type=_Form)
    if form.schema != SCHEMA_VERSION:
        raise JournalError(f"its schema is {form.schema}; this version of gridtwin reads {SCHEMA_VERSION}")
    for kind, fields in form.fields.items():
        if _FORM.fields.get(kind) != fields:
            raise JournalError(f"it was written by a version of gridtwin with another {kind}", key=kind)
    return {key: msgspec.json.decode(value) for key, value in kept.items()}


def chunks_in(connection: sqlite3.Connection, digest: Digest) -> Iterator[list[bytes]]:
    """The facts as they are kept, as many as there are now; `digest`, a new one, takes them in.

    Raises
    ------
    JournalError : before the last chunk, if the facts are not those that the digest in the file is of.
    """
    last = connection.execute("SELECT seq + 1, digest FROM facts ORDER BY seq DESC LIMIT 1").fetchone()
    n_facts, expected = last or (0, None)
    while (first := digest.n_facts) < n_facts:
        end = min(first + CHUNK, n_facts)
        span = connection.execute("SELECT seq, fact FROM facts WHERE seq >= ? AND seq < ? ORDER BY seq", (first, end))
        rows = span.fetchall()
        if [seq for seq, _ in rows] != list(range(first, end)):
            raise JournalError("facts are missing", key="seq")
        blobs = [blob for _, blob in rows]
        take_in(digest, blobs)
        if end == n_facts and digest.hexdigest() != expected:
            raise JournalError("the journal is damaged: these are not the facts that were written", key="digest")
        yield blobs


def take_in(digest: Digest, blobs: Sequence[bytes]) -> None:
    """Hash the very bytes that are kept: each is the canonical form of one fact."""
    digest.update(cast("list[Fact]", list(map(msgspec.Raw, blobs))))


# ---------------------------------------------------------------------------------------------- the file


def connect(path: Path, *, mode: str) -> sqlite3.Connection:
    """`mode` in SQLite's words: ro, rw, or rwc to make the file. A transaction begins when it is told to."""
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA mmap_size = 0")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def lay_out(path: Path, about: Mapping[str, object]) -> None:
    """Make an empty journal: written beside it, synced, renamed. What a lost journal left behind is removed."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    for name, end in product((path.name, partial.name), ("-wal", "-shm", "-journal")):
        path.with_name(name + end).unlink(missing_ok=True)
    texts = {key: msgspec.json.encode(value).decode() for key, value in {**about, _KEY: _FORM}.items()}
    with closing(connect(partial, mode="rwc")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {_MARK}")
        connection.executescript(_TABLES)
        connection.executemany("INSERT INTO about VALUES (?, ?)", texts.items())
    _sync(partial)
    partial.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Be the only one to write to a journal. The lock's own file stays: removing it would let two in."""
    path = path.resolve()
    with path.with_name(f"{path.name}.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise JournalError(f"process {file.read()} is writing to this journal: it takes one at a time") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A journal to read from, whether or not somebody is writing to it, or could."""
    with trouble_told(path):
        path.stat()
        with closing(connect(path, mode="ro&immutable=1" if _is_sealed(path.resolve()) else "ro")) as connection:
            about_in(connection)
            yield connection


def _is_sealed(path: Path) -> bool:
    """Whether nothing can be made beside a closed journal: SQLite reads it only if told that nobody writes to it."""
    if path.with_name(f"{path.name}-wal").exists():
        return False
    return not os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


@contextmanager
def trouble_told(path: Path) -> Iterator[None]:
    """Say which file it was that could not be used, and in the words of the house."""
    try:
        yield
    except FileNotFoundError as error:
        raise JournalError("there is no such journal or folder", file=path) from error
    except OSError as error:
        raise JournalError(f"the journal cannot be used ({error.strerror})", file=path) from error
    except sqlite3.OperationalError as error:
        raise JournalError(f"the journal cannot be used ({error})", file=path) from error
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        raise JournalError(f"the journal is damaged, or is none ({error})", file=path) from error
    except JournalError as error:
        raise JournalError(error.message, file=path, key=error.key) from error


@cache
def tell_version() -> None:
    """Log, once a process, which SQLite this is and whether it is old.

    Raises
    ------
    JournalError : it is too old.
    """
    version = sqlite3.sqlite_version
    _log.info("journals are kept by SQLite %s", version)
    if sqlite3.sqlite_version_info < _OLDEST:
        raise JournalError(f"SQLite {version} is too old for a journal: 3.37 or newer is needed")
    if sqlite3.sqlite_version_info < _MENDED:
        _log.warning("SQLite %s can damage a file that two programs write to: leave journals to gridtwin", version)
