"""The durable journal of a running twin: one SQLite file, one transaction a write; what has been written stays.

In: facts as a journal hands them over. Out: the same facts in the same order, checked against the digest that was kept
with them. A process killed at any moment leaves whole commits behind, and `SqliteStore.open` goes on from the last one.
A journal that was closed is one file; until then a `-wal` belongs to it: never copy the one without the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import reduce
from operator import or_
from pathlib import Path
from types import TracebackType

import msgspec

from twin.domain.facts import FACTS, Fact
from twin.errors import JournalError
from twin.journal.digest import Digest, canonical
from twin.journal.sqlite_file import (
    about_in,
    chunks_in,
    connect,
    lay_out,
    locked,
    reading,
    take_in,
    tell_version,
    trouble_told,
)

_ADD = "INSERT INTO facts (seq, at, kind, fact, remark, digest) VALUES (?, ?, ?, ?, ?, ?)"
_MARK = "INSERT INTO clock VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET now = excluded.now"

_decode = msgspec.msgpack.Decoder(reduce(or_, FACTS)).decode


class SqliteStore:
    """A store that keeps facts in one SQLite file: once `write` has returned, they outlive process and machine.

    Made by `create` or `open`. Any thread may use it, but only one at a time: whoever shares it has a lock for that.

    Attributes
    ----------
    about : what the journal is of, as it was created.
    digest : of all facts committed; a `Journal` that goes on from here takes a copy.
    clock : the simulated clock committed last, microseconds; None before the first.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        *,
        held: ExitStack,
        about: Mapping[str, object],
        digest: Digest,
        clock: int | None,
    ) -> None:
        self.path, self.about, self.digest, self.clock = path, about, digest, clock
        self._connection, self._held = connection, held
        self._mark: int | None = None
        self._closed = False

    @classmethod
    def create(cls, path: Path, about: Mapping[str, object]) -> SqliteStore:
        """Begin a journal where there is none; `about` is anything that JSON can say.

        Raises
        ------
        JournalError : there is a file of that name, or none can be made, or another process is just making it.
        """
        with trouble_told(path), ExitStack() as held:
            held.enter_context(locked(path))
            tell_version()
            if path.exists():
                raise JournalError("there is a file of that name already")
            lay_out(path, about)
            return cls._opened(path, held)

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """Go on with a journal, once all of it has been read and found whole.

        Raises
        ------
        JournalError : there is none, another process writes to it, it is damaged, or of another version.
        """
        with trouble_told(path), ExitStack() as held:
            path.stat()
            held.enter_context(locked(path))
            tell_version()
            return cls._opened(path, held)

    @classmethod
    def _opened(cls, path: Path, held: ExitStack) -> SqliteStore:
        connection = held.enter_context(closing(connect(path, mode="rw")))
        about, digest = about_in(connection), Digest()
        for _ in chunks_in(connection, digest):
            pass
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        (clock,) = connection.execute("SELECT max(now) FROM clock").fetchone()
        return cls(path, connection, held=held.pop_all(), about=about, digest=digest, clock=clock)

    @property
    def n_facts(self) -> int:
        """How many facts have been committed: the number of the next."""
        return self.digest.n_facts

    def mark(self, now: int) -> None:
        """Keep the simulated clock, microseconds, with the next write: it is no fact."""
        self._mark = now

    def write(self, facts: Sequence[Fact], *, first: int, remarks: Mapping[int, str]) -> None:
        """Commit facts number `first` and following, all or none; `remarks` by number of the fact.

        Without facts the clock alone is committed, if it was marked.

        Raises
        ------
        JournalError : another number is next, or the file cannot be written to. Then none of these facts is kept, and
            the journal closes: facts that follow would stand in their place.
        """
        end = first + len(facts)
        if self._closed:
            raise JournalError("the journal is closed", file=self.path)
        if first != self.n_facts:
            raise JournalError(f"fact {self.n_facts} is next, not {first}", file=self.path, key="seq")
        if not all(first <= seq < end for seq in remarks):
            raise JournalError("a remark about a fact of another write", file=self.path, key="remark")
        blobs = [canonical([fact]) for fact in facts]
        digest, mark = self.digest.copy(), self._mark
        take_in(digest, blobs)
        rows: list[tuple[object, ...]] = [
            (seq, fact.at, type(fact).__name__, blob, remarks.get(seq), digest.hexdigest() if seq == end - 1 else None)
            for seq, (fact, blob) in enumerate(zip(facts, blobs, strict=True), first)
        ]
        if rows or mark is not None:
            self._commit(rows, mark)
            self.digest, self.clock, self._mark = digest, self.clock if mark is None else mark, None

    def _commit(self, rows: Sequence[tuple[object, ...]], mark: int | None) -> None:
        with trouble_told(self.path), ExitStack() as failed:
            failed.callback(self.close)
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(_ADD, rows)
                if mark is not None:
                    self._connection.execute(_MARK, (mark,))
            failed.pop_all()

    def close(self) -> None:
        """Let go of the file; nothing is lost without it, and closing again changes nothing."""
        self._closed = True
        self._held.close()

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_facts(path: Path) -> Iterator[list[Fact]]:
    """The facts of a journal in the order they were recorded, chunk by chunk, as many as there are as it begins.

    Raises
    ------
    JournalError : there is no such journal, or of another version; before the last chunk, if it is damaged.
    """
    with reading(path) as connection:
        for blobs in chunks_in(connection, Digest()):
            yield list(map(_decode, blobs))


def read_remarks(path: Path) -> dict[int, str]:
    """What was remarked beside the facts of a journal, by number of the fact.

    Raises
    ------
    JournalError : there is no such journal, or of another version.
    """
    with reading(path) as connection:
        return dict(connection.execute("SELECT seq, remark FROM facts WHERE remark IS NOT NULL ORDER BY seq"))


def read_about(path: Path) -> dict[str, object]:
    """What a journal is of, as it was created.

    Raises
    ------
    JournalError : as `read_remarks`.
    """
    with reading(path) as connection:
        return about_in(connection)
