"""Ids inside the engine are integers; the names people use stand in the facts that introduce them."""

from __future__ import annotations

from hashlib import blake2b
from typing import NewType

UnitId = NewType("UnitId", int)
"""Number of a unit in its roster: also its row in every numpy column."""

CaseId = NewType("CaseId", int)
"""`batch * BATCH + number`; a batch is one day of one demand source, so a case keeps its id under any policy."""

SourceId = NewType("SourceId", int)
EdgeId = NewType("EdgeId", int)

BATCH = 1_000_000
BATCHES_A_SOURCE = 1_000_000
_CHILDREN = 1 << 61


def case_id(source: int, batch: int, number: int) -> CaseId:
    """Id of the `number`-th case in a `batch` (day) of a demand `source`."""
    return CaseId((source * BATCHES_A_SOURCE + batch) * BATCH + number)


def child_id(parent: int, k: int) -> CaseId:
    """Id of what the `k`-th consequence of a case or problem is about; beyond all ids that sources give."""
    digest = blake2b(f"{parent}/{k}".encode(), digest_size=8).digest()
    return CaseId(_CHILDREN + int.from_bytes(digest, "little") % _CHILDREN)


def batch_and_number(case: int) -> tuple[int, int]:
    """(batch with its source, number in it): the entity and the count by which a case's luck is drawn."""
    return divmod(case, BATCH)


def source_of(case: int) -> int:
    """The demand source a case comes from."""
    return case // (BATCH * BATCHES_A_SOURCE)
