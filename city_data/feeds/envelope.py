"""One envelope for everything that reaches the twin from outside, whatever wire or file it came by.

An adapter makes envelopes; `intake` puts them in order; only then does anybody look at the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

EnvelopeKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message about one thing.

    Parameters
    ----------
    source : the feed, for example `datasf_fire`.
    id : what the source calls this thing; `key`, (source, id), is the idempotency key.
    event_time : when it happened, by the source; has a zone.
    received_time : when it reached us; has a zone. Of two versions of one thing the later received is the newer.
    data : the message, as the source wrote it.
    line : where it stands in its file, or its number on the wire; breaks ties between versions.
    """

    source: str
    id: str
    event_time: datetime
    received_time: datetime
    data: Mapping[str, object] = field(hash=False)
    line: int = 0

    def __post_init__(self) -> None:
        for moment in (self.event_time, self.received_time):
            if moment.tzinfo is None:
                raise ValueError(f"{moment.isoformat()} has no zone")

    @property
    def key(self) -> EnvelopeKey:
        """What makes two envelopes versions of the same thing."""
        return (self.source, self.id)

    @property
    def version(self) -> tuple[datetime, int]:
        """Of two versions the greater one is newer."""
        return (self.received_time, self.line)
