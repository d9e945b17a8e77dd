"""Contacts: what somebody, or something, has told the centre, before anybody has listened."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from twin.domain.problem import Channel
from twin.domain.route import Spot


class Contact(StrEnum):
    """What somebody who turns to the centre wants."""

    REPORT = "report"
    CONSULTATION = "consultation"
    """Asks for something and is told: no case."""
    EMERGENCY = "emergency"
    """Belongs to 110, 119 or 120: handed over, never dispatched from here."""


REPORT, CONSULTATION, EMERGENCY = Contact


class Telling(msgspec.Struct, frozen=True, array_like=True):
    """A contact that waits or is being listened to; `problem`: what it tells of, None where nothing is behind it.

    `n_before`: how often citizens, or where it was `sensed` others, had told of the same problem already.
    """

    channel: Channel
    what: Contact
    problem: int | None
    area: str
    matter: str
    priority: int
    spot: Spot
    source: int
    made_at: int
    n_before: int = 0
    sensed: bool = False
