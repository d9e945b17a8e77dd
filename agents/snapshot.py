"""Snapshots: everything the future of a twin depends on, as bytes; roads and people's habits are named by checksum."""

from __future__ import annotations

import msgspec

from agents.setting import Setting
from twin.errors import JournalError
from twin.journal.digest import Digest
from twin.world.state import Saved, State


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """A twin at an instant, and the digest of its journal so far."""

    spec: str
    city: str
    seed: int
    replication: int
    now: int
    state: Saved
    chain: bytes
    tail: bytes
    n_facts: int

    @classmethod
    def of(cls, setting: Setting, state: State, digest: Digest, *, now: int) -> Snapshot:
        """A twin as it is now."""
        asked = (setting.spec, setting.city, setting.seed, setting.replication)
        return cls(*asked, now, state.dump(), digest.chain, digest.tail, digest.n_facts)

    @classmethod
    def read(cls, data: bytes, setting: Setting) -> Snapshot:
        """What `bytes` was called on.

        Raises
        ------
        JournalError : not a snapshot, or one of another scenario, city or seed.
        """
        try:
            saved = msgspec.msgpack.decode(data, type=cls)
        except msgspec.DecodeError as error:
            raise JournalError(f"this is not a snapshot: {error}") from error
        for name in ("spec", "city", "seed", "replication"):
            if getattr(saved, name) != getattr(setting, name):
                raise JournalError(f"the snapshot was taken under another {name}", key=name)
        return saved

    def digest(self) -> Digest:
        """The journal's digest, to be gone on with."""
        return Digest(chain=self.chain, tail=self.tail, n_facts=self.n_facts)
