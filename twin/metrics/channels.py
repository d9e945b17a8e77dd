"""Channels: what came in by each today, and what became of it, kept up fact by fact.

In: facts, in order. Out: one `ChannelDay` for each channel that anything came by since midnight. A contact counts when
somebody has listened to it: until then nobody knows what it is. What a patrol finds, or a record brings, is heard as
it is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from twin.domain import facts as f
from twin.domain.contact import CONSULTATION, EMERGENCY, Contact
from twin.domain.problem import Channel
from twin.domain.quantities import CivilTime


class ChannelDay(NamedTuple):
    """What came by a channel since midnight: contacts that were heard, and what each turned out to be.

    `n_merged`: second reports of cases there were; `n_handed_over`: emergencies for others; `n_unheard`: those that
    came while nobody attended to the channel, which are not among the contacts.
    """

    channel: Channel
    n_contacts: int = 0
    n_cases: int = 0
    n_merged: int = 0
    n_consultations: int = 0
    n_handed_over: int = 0
    n_unheard: int = 0


class ChannelTally:
    """Counts of a civil day. Time never goes back: for that, keep a `copy`."""

    def __init__(self, civil: CivilTime) -> None:
        self.civil = civil
        self._day: date | None = None
        self._rows: dict[Channel, ChannelDay] = {}
        self._contacts: dict[int, tuple[Channel, Contact]] = {}
        """Those that nobody has heard yet."""
        self._heard: tuple[int, int] | None = None
        """Instant and case of the last that was counted: the report, and the case, that follow are the same."""

    def copy(self) -> ChannelTally:
        """Another that goes on from here by itself."""
        twin = ChannelTally(self.civil)
        twin._day, twin._heard = self._day, self._heard
        twin._rows, twin._contacts = dict(self._rows), dict(self._contacts)
        return twin

    def take(self, fact: f.Fact) -> None:
        """Take in a fact."""
        takes = _TAKES.get(type(fact))
        if takes is not None:
            takes(self, fact)

    def read(self, at: int) -> tuple[ChannelDay, ...]:
        """The counts of an instant, not before the last fact or reading."""
        self._turn_to(at)
        return tuple(self._rows[channel] for channel in Channel if channel in self._rows)

    def _made(self, fact: f.ContactMade) -> None:
        self._contacts[fact.contact] = fact.channel, fact.what

    def _ended(self, fact: f.ContactEnded) -> None:
        known = self._contacts.pop(fact.contact, None)
        if known is None:
            return
        channel, what = known
        if what is CONSULTATION:
            self._count(fact.at, channel, n_contacts=1, n_consultations=1)
        elif what is EMERGENCY:
            self._count(fact.at, channel, n_contacts=1, n_handed_over=1)
        elif fact.case is None:
            self._count(fact.at, channel, n_unheard=1)
        else:
            self._heard = fact.at, fact.case
            self._count(fact.at, channel, n_contacts=1, n_cases=int(fact.opened), n_merged=int(not fact.opened))

    def _told(self, fact: f.ReportMade) -> None:
        self._hear(fact.at, fact.case, fact.channel, opened=fact.opened)

    def _reported(self, fact: f.CaseReported) -> None:
        self._hear(fact.at, fact.case, fact.channel, opened=True)

    def _hear(self, at: int, case: int, channel: Channel, *, opened: bool) -> None:
        if self._heard != (at, case):
            self._heard = at, case
            self._count(at, channel, n_contacts=1, n_cases=int(opened), n_merged=int(not opened))

    def _count(self, at: int, channel: Channel, **more: int) -> None:
        self._turn_to(at)
        row = self._rows.get(channel) or ChannelDay(channel)
        self._rows[channel] = row._replace(**{name: getattr(row, name) + n for name, n in more.items()})

    def _turn_to(self, at: int) -> None:
        """A new day begins with nothing."""
        day = self.civil.civil(at).date()
        if day != self._day:
            self._day, self._rows = day, {}


_TAKES: dict[type[f.Fact], Callable[[ChannelTally, Any], None]] = {
    f.ContactMade: ChannelTally._made,
    f.ContactEnded: ChannelTally._ended,
    f.ReportMade: ChannelTally._told,
    f.CaseReported: ChannelTally._reported,
}
