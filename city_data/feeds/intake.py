"""Makes one orderly stream of what feeds deliver late, twice or out of order, so that no reader needs to care.

In: envelopes as they arrive. Out: each thing once, by (event time, source, id), marked with its `Standing`.

The *watermark* is the latest event time seen (but never later than its own arrival, so that a stamp from the future
cannot push it) less the allowed lateness. An envelope is held until the watermark has passed its event time; one that
arrives behind the watermark is given out at once as `LATE`, to be kept and counted by the caller but not applied. Keys
are remembered for one more window, then forgotten: a copy that comes later still is behind the watermark, hence late,
never applied a second time. Memory is bounded by the traffic of two windows and by `most_held`.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from city_data.feeds.envelope import Envelope, EnvelopeKey

_Place = tuple[datetime, str, str]


class Standing(StrEnum):
    """What a reader may do with an envelope."""

    IN_ORDER = "in order"
    """The first version given out; nothing that follows in order is earlier."""
    REVISION = "revision"
    """A newer version of something given out before; in order too."""
    LATE = "late"
    """Behind the watermark: keep and count it, do not apply it."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """An envelope on its way out of the intake."""

    envelope: Envelope
    standing: Standing


@dataclass(slots=True)
class IntakeCounts:
    """What happened to the envelopes taken: `n_taken` is the sum of the others and of those still held."""

    n_taken: int = 0
    n_in_order: int = 0
    n_revisions: int = 0
    n_late: int = 0
    n_duplicates: int = 0
    """Exact copies, and older versions that came after newer ones."""
    n_replaced: int = 0
    """Versions replaced by a newer one before they were given out."""


@dataclass(slots=True)
class _Known:
    """The newest version of a thing, and where it waits; `place` is None once it has been given out."""

    newest: Envelope
    place: _Place | None
    was_released: bool = False


class Intake:
    """Drops duplicates and restores order.

    The newest version of a thing wins: it replaces an older one that is still held, and is given out as a `REVISION`
    when the older one has left. An exact copy, or an older version, is dropped and counted.

    Parameters
    ----------
    lateness_s : how far behind the newest event time an envelope may come; None waits for `drain`, as for a whole file.
    most_held : more envelopes than this are never held: the watermark is moved up to the oldest of them.
    """

    def __init__(self, *, lateness_s: float | None, most_held: int = 1_000_000) -> None:
        if lateness_s is not None and lateness_s < 0:
            raise ValueError(f"lateness_s must be zero or more, not {lateness_s}")
        if most_held < 1:
            raise ValueError(f"most_held must be at least 1, not {most_held}")
        self.counts = IntakeCounts()
        self._lateness = None if lateness_s is None else timedelta(seconds=lateness_s)
        self._most_held = most_held
        self._watermark: datetime | None = None
        self._known: dict[EnvelopeKey, _Known] = {}
        self._held: list[_Place] = []
        self._n_held = 0
        self._to_forget: list[_Place] = []

    def take(self, envelope: Envelope) -> list[Admitted]:
        """Take one envelope in; returns those that may leave now, in order."""
        self.counts.n_taken += 1
        admitted = self._place(envelope)
        if self._lateness is not None:
            seen = min(envelope.event_time, envelope.received_time)
            self._raise_watermark(seen - self._lateness)
        while self._n_held > self._most_held:
            self._drop_stale_places()
            self._raise_watermark(self._held[0][0] + timedelta(microseconds=1))
            admitted += self._release()
        return admitted + self._release()

    def drain(self) -> list[Admitted]:
        """Everything still held, in order; the stream has ended."""
        return self._release(all_of_it=True)

    def _place(self, envelope: Envelope) -> list[Admitted]:
        known = self._known.get(envelope.key)
        if known is not None and (_same(known.newest, envelope) or envelope.version <= known.newest.version):
            self.counts.n_duplicates += 1
            return []
        if self._watermark is not None and envelope.event_time < self._watermark:
            self.counts.n_late += 1
            return [Admitted(envelope, Standing.LATE)]
        place = (envelope.event_time, *envelope.key)
        if known is None:
            self._known[envelope.key] = _Known(envelope, place)
            self._n_held += 1
        else:
            if known.place is None:
                self._n_held += 1
            else:
                self.counts.n_replaced += 1
            known.newest, known.place = envelope, place
        heapq.heappush(self._held, place)
        return []

    def _raise_watermark(self, to: datetime) -> None:
        if self._watermark is None or to > self._watermark:
            self._watermark = to

    def _drop_stale_places(self) -> None:
        """Remove heads whose envelope was replaced by a version with another event time."""
        while self._held:
            known = self._known.get(self._held[0][1:])
            if known is not None and known.place == self._held[0]:
                return
            heapq.heappop(self._held)

    def _release(self, *, all_of_it: bool = False) -> list[Admitted]:
        admitted = []
        while self._held and (all_of_it or self._is_due(self._held[0][0])):
            place = heapq.heappop(self._held)
            known = self._known.get(place[1:])
            if known is None or known.place != place:
                continue
            standing = Standing.REVISION if known.was_released else Standing.IN_ORDER
            if known.was_released:
                self.counts.n_revisions += 1
            else:
                self.counts.n_in_order += 1
            known.place, known.was_released = None, True
            self._n_held -= 1
            heapq.heappush(self._to_forget, place)
            admitted.append(Admitted(known.newest, standing))
        self._forget()
        return admitted

    def _is_due(self, event_time: datetime) -> bool:
        return self._watermark is not None and event_time < self._watermark

    def _forget(self) -> None:
        """Forget keys given out more than one window behind the watermark, and the oldest beyond `most_held`."""
        while self._to_forget:
            place = self._to_forget[0]
            is_old = (
                self._watermark is not None
                and self._lateness is not None
                and place[0] < self._watermark - self._lateness
            )
            if not is_old and len(self._to_forget) <= self._most_held:
                return
            heapq.heappop(self._to_forget)
            known = self._known.get(place[1:])
            if known is not None and known.place is None and known.newest.event_time == place[0]:
                del self._known[place[1:]]


def _same(one: Envelope, other: Envelope) -> bool:
    return one.event_time == other.event_time and one.data == other.data
