"""Keyed randomness: every draw is a function of (seed, replication, luck, purpose, entity, n), and of nothing else.

Luck 0 is a run's own. Forked luck is drawn with its number and the instant it holds from: no fork shares numbers
with the run it left, nor with a fork of the same number taken at another instant.

Raw numbers come in blocks from a counter-based generator (Philox) whose key and counter are the arguments, so no
generator lives in the engine, draws cost the same in any order, and the same case meets the same luck under any policy.
Blocks are remembered only to save work; they are never part of what is saved.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from twin.clock.distributions import Distribution, Floats, quantile_beyond
from twin.domain.quantities import SECOND, to_s, to_us

BLOCK, FEW = 128, 32
"""Numbers in a block, and how many of its first are drawn while no more are asked for."""
KEEP = 4_000
"""Blocks in a generation unless more are asked for. Two generations are kept: what was used lately stays."""


class Streams:
    """Chance for one (seed, replication, luck); `since`: the instant from which a forked luck holds."""

    def __init__(self, seed: int, *, replication: int = 0, luck: int = 0, since: int = 0, keep: int = 0) -> None:
        self.seed, self.replication, self.luck, self.since = seed, replication, luck, since
        self._keep = max(keep, KEEP)
        self._philox = np.random.Philox(key=0)
        self._keys: dict[str, NDArray[np.uint64]] = {}
        self._uniforms: dict[tuple[str, int, int], Floats] = {}
        self._spans: dict[tuple[int, str, int, int], array[int]] = {}
        self._older: dict[tuple[int, str, int, int], array[int]] = {}
        self._pinned: dict[int, Distribution] = {}

    def with_luck(self, luck: int, *, since: int) -> Streams:
        """The same seed and replication, other luck from an instant on."""
        return Streams(self.seed, replication=self.replication, luck=luck, since=since, keep=self._keep)

    def block(self, purpose: str, entity: int, *, block: int = 0, size: int = BLOCK) -> Floats:
        """`size` uniform numbers in (0, 1), shape (size,), of a purpose and entity; blocks never overlap."""
        key = self._keys.get(purpose)
        if key is None:
            luck = f"{self.luck}@{self.since}" if self.luck else "0"
            text = f"{self.seed}/{self.replication}/{luck}/{purpose}".encode()
            key = self._keys[purpose] = np.frombuffer(blake2b(text, digest_size=16).digest(), "<u8").astype(np.uint64)
        self._philox.state = {  # all of it: a function of key and counter (making a new one takes 9 µs longer)
            "bit_generator": "Philox",
            "state": {"counter": np.array((0, block, entity, 0), np.uint64), "key": key},
            "buffer": np.zeros(4, np.uint64),
            "buffer_pos": 4,
            "has_uint32": 0,
            "uinteger": 0,
        }
        raw = self._philox.random_raw(size)
        return ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def uniform(self, purpose: str, entity: int, n: int) -> float:
        """The `n`-th number of an entity, in (0, 1)."""
        block, place = divmod(n, BLOCK)
        found = self._uniforms.get((purpose, entity, block))
        if found is None or place >= found.size:
            if len(self._uniforms) >= KEEP:
                self._uniforms.clear()
            size = FEW if place < FEW else BLOCK
            found = self._uniforms[purpose, entity, block] = self.block(purpose, entity, block=block, size=size)
        return float(found[place])

    def span_us(self, distribution: Distribution, purpose: str, entity: int, n: int) -> int:
        """The `n`-th span of an entity, in microseconds."""
        block, place = divmod(n, BLOCK)
        key = (id(distribution), purpose, entity, block)
        spans = self._spans.get(key)
        if spans is None or place >= len(spans):
            spans = self._older.pop(key, None)
            if spans is None or place >= len(spans):
                self._pinned[id(distribution)] = distribution
                size = FEW if place < FEW else BLOCK
                seconds = distribution.quantile(self.block(purpose, entity, block=block, size=size))
                spans = array("q", np.rint(seconds * SECOND).astype(np.int64).tobytes())
            if len(self._spans) >= self._keep:
                self._older, self._spans = self._spans, {}
            self._spans[key] = spans
        return spans[place]

    def rest_us(self, distribution: Distribution, purpose: str, entity: int, n: int, *, elapsed_us: int) -> int:
        """What is left of the `n`-th span when `elapsed_us` of it are over, drawn given that it lasted so long."""
        u = self.uniform(purpose, entity, n)
        return max(0, to_us(quantile_beyond(distribution, u, elapsed_s=to_s(elapsed_us))) - elapsed_us)
