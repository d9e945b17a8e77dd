"""The journal: append-only, flushed to a store in chunks so that memory stays flat, digest always on.

Facts flow in from `World.record`; encoded chunks flow out to a `Store` (memory for tests and live views, Parquet for
run folders). Remarks such as the anomalies of a recorded history stand beside a fact and outside the digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from twin.domain.facts import Fact
from twin.journal.digest import Digest

CHUNK = 65_536


class Store(Protocol):
    """Where facts go."""

    def write(self, facts: Sequence[Fact], *, first: int, remarks: Mapping[int, str]) -> None:
        """Keep facts number `first` and following; `remarks` by number of the fact."""


class Nowhere:
    """Keeps nothing: the digest alone is wanted."""

    def write(self, facts: Sequence[Fact], *, first: int, remarks: Mapping[int, str]) -> None:
        """Forget them."""


class Memory:
    """Keeps facts in a list."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.remarks: dict[int, str] = {}

    def write(self, facts: Sequence[Fact], *, first: int, remarks: Mapping[int, str]) -> None:
        """Append them."""
        self.facts.extend(facts)
        self.remarks.update(remarks)


class Journal:
    """Facts in the order they were recorded."""

    def __init__(self, store: Store, *, digest: Digest | None = None, chunk: int = CHUNK) -> None:
        self.store, self.digest, self.chunk = store, digest or Digest(), chunk
        self._pending: list[Fact] = []
        self._remarks: dict[int, str] = {}

    def __len__(self) -> int:
        return self.digest.n_facts + len(self._pending)

    @property
    def pending(self) -> Sequence[Fact]:
        """Facts not yet handed on."""
        return self._pending

    def append(self, fact: Fact) -> None:
        """Record one fact."""
        if len(self._pending) >= self.chunk:
            self.flush()
        self._pending.append(fact)

    def remark(self, text: str) -> None:
        """Say something about the fact recorded last, beside it."""
        self._remarks[len(self) - 1] = text

    def flush(self) -> None:
        """Hand everything pending to the store and the digest."""
        facts, remarks = self._pending, self._remarks
        if not facts:
            return
        self._pending, self._remarks = [], {}
        self.store.write(facts, first=self.digest.n_facts, remarks=remarks)
        self.digest.update(facts)
