"""Alarms: everything that is going to happen, as data.

An agenda holds (kind, who) → due instant, and rings in the order (due, armed first). It is part of the world's state:
facts arm and disarm, so folding a journal gives back the same alarms in the same order, ties included.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

Key = tuple[str, int]
Entry = tuple[int, int, Key]
Alarm = tuple[str, int, int]
"""(kind, who, due in microseconds): what is saved, in ringing order."""


class Agenda:
    """Resumable timers; arming a key again moves it, disarming an absent key does nothing."""

    __slots__ = ("_armed", "_heap", "_seq")

    def __init__(self, alarms: Iterable[Alarm] = ()) -> None:
        self.replace(alarms)

    def __len__(self) -> int:
        return len(self._armed)

    def arm(self, kind: str, who: int, due: int) -> None:
        """Ring `kind` for `who` at `due`, after all that is armed for that instant already."""
        self._seq += 1
        key = (kind, who)
        self._armed[key] = entry = (due, self._seq, key)
        heappush(self._heap, entry)

    def disarm(self, kind: str, who: int) -> None:
        """Ring it no more."""
        self._armed.pop((kind, who), None)

    def due(self, kind: str, who: int) -> int | None:
        """When it will ring, if it is armed."""
        entry = self._armed.get((kind, who))
        return None if entry is None else entry[0]

    def is_armed(self, entry: Entry) -> bool:
        """Whether this very alarm is still to ring."""
        return self._armed.get(entry[2]) is entry

    def head(self) -> Entry | None:
        """The next to ring, still armed."""
        heap, armed = self._heap, self._armed
        while heap:
            entry = heap[0]
            if armed.get(entry[2]) is entry:
                return entry
            heappop(heap)
        return None

    def take(self, before: float) -> Entry | None:
        """The next to ring, if it is due before an instant; it stays armed until a fact answers it."""
        heap, armed = self._heap, self._armed
        while heap and heap[0][0] < before:
            entry = heappop(heap)
            if armed.get(entry[2]) is entry:
                return entry
        return None

    def pending(self) -> list[Alarm]:
        """All alarms in ringing order."""
        return [(kind, who, due) for due, _, (kind, who) in sorted(self._armed.values())]

    def replace(self, alarms: Iterable[Alarm]) -> None:
        """Forget everything and arm these, in this order."""
        entries = [(due, seq, (kind, who)) for seq, (kind, who, due) in enumerate(alarms)]
        self._armed: dict[Key, Entry] = {entry[2]: entry for entry in entries}
        self._heap = entries
        self._seq = len(entries)
        heapify(self._heap)
