"""A recorded history, from its file to typed responses in order.

Two ways lead through it. `responses` streams a file as it stands (for the quality page). `load_history` is what a
replay reads: every row becomes an envelope, the intake drops duplicates and restores order, and what cannot be used is
written to the quarantine. A file in which no row at all can be used is an error: most likely the mapping is another
feed's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from city_data.feeds.envelope import Envelope
from city_data.feeds.files import read_rows
from city_data.feeds.intake import Intake, IntakeCounts, Standing
from city_data.feeds.layout import Layout, find_layout
from city_data.feeds.mapping import FeedMapping
from city_data.feeds.quarantine import QuarantineWriter
from city_data.feeds.response import Response, ResponseReader, instant
from city_data.feeds.rows import Rejected, Row
from city_data.feeds.street_fit import ThinnedPlaces
from twin.errors import FeedError


@dataclass(frozen=True, slots=True)
class History:
    """All usable rows of one file.

    Parameters
    ----------
    responses : by time of report, then row id; each row id once, in its newest version.
    counts : what the intake did with the rows.
    n_rejected : rows that went to the quarantine.
    unmapped : how often a word of a column fell to the mapping's default, by (column, word).
    layout : how the file was read.
    """

    responses: tuple[Response, ...]
    counts: IntakeCounts
    n_rejected: int
    unmapped: dict[tuple[str, str], int]
    layout: Layout


def responses(
    path: Path, reader: ResponseReader, *, layout: Layout, places: ThinnedPlaces | None = None
) -> Iterator[tuple[Row, Response] | Rejected]:
    """Every row of a file in its order with what it says, or why it cannot be used.

    Parameters
    ----------
    places : learns where rows lie, as written, those with an impossible place included.

    Raises
    ------
    FeedError : as in `read_rows`; or rows there are, but not one of them can be used.
    """
    is_used, first = False, None
    read = reader.read
    for row in read_rows(path, reader.mapping, layout=layout):
        response = row if isinstance(row, Rejected) else read(row)
        if places is not None and isinstance(row, Row) and places.next_is_wanted():
            place = reader.place.written(row.values)
            if not isinstance(place, str):
                places.add(place)
        if isinstance(response, Rejected):
            first = first or response
            yield response
        elif isinstance(row, Row):
            is_used = True
            yield row, response
    if first is not None and not is_used:
        raise FeedError(
            f"not one row can be used; the first {first.reason}", file=path, line=first.line, key=first.column
        )


def envelopes(path: Path, reader: ResponseReader, *, layout: Layout) -> Iterator[tuple[Envelope, Response] | Rejected]:
    """Every usable row as an envelope, beside what it says. Free text is not carried along.

    A file has no time of receipt. Its rows count as received in the order of its lines, each when the latest report
    down to it was made: of two versions of a row, the one further down is the newer.
    """
    columns, source = reader.mapping.columns, reader.mapping.name
    label = None if reader.mapping.duplicates is None else reader.mapping.duplicates.column
    received: datetime | None = None
    for item in responses(path, reader, layout=layout):
        if isinstance(item, Rejected):
            yield item
            continue
        row, response = item
        reported = instant(response.reported_at)
        received = reported if received is None else max(received, reported)
        data = dict(zip(columns, row.values, strict=True))
        if label is not None:
            data[label] = response.is_duplicate
        yield Envelope(source, response.row_ref, reported, received, data, response.line), response


def load_history(path: Path, mapping: FeedMapping, *, quarantine: QuarantineWriter | None = None) -> History:
    """Read a whole history into memory, in order, each row id once.

    Raises
    ------
    FeedError : the file cannot be read, or no row of it can be used.
    """
    reader, intake, layout = ResponseReader(mapping), Intake(lateness_s=None), find_layout(path, mapping)
    by_line: dict[int, Response] = {}
    rejected: Counter[str] = Counter()
    for item in envelopes(path, reader, layout=layout):
        if isinstance(item, Rejected):
            rejected[item.reason] += 1
            if quarantine is not None:
                quarantine.write(item, file=path.name)
        else:
            envelope, response = item
            by_line[envelope.line] = response
            intake.take(envelope)
    admitted = [entry for entry in intake.drain() if entry.standing is not Standing.LATE]
    return History(
        tuple(by_line[entry.envelope.line] for entry in admitted),
        intake.counts,
        rejected.total(),
        dict(reader.unmapped),
        layout,
    )
