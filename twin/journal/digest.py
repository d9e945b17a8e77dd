"""The digest of a journal: the same for every store, for any rhythm of flushing, and continued by a fork.

Facts are encoded one after the other (msgpack arrays, tag first) and cut into blocks of 1,000; each block's hash covers
the hash before it. What stands beside a fact (wall clock, session, remarks) is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from twin.domain.facts import Fact

BLOCK = 1_000
_SIZE = 32


class Digest:
    """A chain over canonical facts; `chain`, `tail` and `n_facts` are all there is to save."""

    __slots__ = ("chain", "n_facts", "tail")

    def __init__(self, *, chain: bytes = bytes(_SIZE), tail: bytes = b"", n_facts: int = 0) -> None:
        self.chain, self.tail, self.n_facts = chain, tail, n_facts

    def update(self, facts: Sequence[Fact]) -> None:
        """Take in facts, in order."""
        start = 0
        while start < len(facts):
            room = BLOCK - self.n_facts % BLOCK
            part = facts[start : start + room]
            self.tail += canonical(part)
            self.n_facts += len(part)
            start += len(part)
            if self.n_facts % BLOCK == 0:
                self.chain, self.tail = self._link(), b""

    def hexdigest(self) -> str:
        """The digest of all facts so far."""
        return (self._link() if self.tail else self.chain).hex()

    def copy(self) -> Digest:
        """An independent digest that goes on from here."""
        return Digest(chain=self.chain, tail=self.tail, n_facts=self.n_facts)

    def _link(self) -> bytes:
        return blake2b(self.chain + self.tail, digest_size=_SIZE).digest()


_encoder = msgspec.msgpack.Encoder()


def canonical(facts: Sequence[Fact]) -> bytes:
    """Facts as bytes, one after the other: the header of msgpack's list is cut off."""
    n = len(facts)
    return _encoder.encode(facts)[1 if n < 16 else 3 if n < 65_536 else 5 :]
