"""Where patrols walked: metres by piece of street, and how often each piece was passed within each hour.

Spans on patrol flow in with the phase each began with. Where a patrol is in between is arithmetic on its tour, so
passes are counted by tours and hours and not by steps in time; laps of chance are drawn again and counted one by one.
A piece counts as passed when a patrol comes by its middle. Hours flow out in blocks, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from twin.domain.quantities import HOUR
from twin.metrics.ground import Floats, Ground, Ints, Line, Pieces, line_of, pieces_of, with_focuses
from twin.metrics.intervals import Intervals
from twin.roads.laps import Patrols, Phase

AT_ONCE = 4_000_000
"""Hours times pieces held in memory at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Spans on patrol, by their beginning; all int64 (n_spans,). `into_us` may go beyond one lap."""

    unit: Ints
    since: Ints
    until: Ints
    lap: Ints
    into_us: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """All patrols of a run: pieces of the streets, patrols as they were, and when who was on patrol.

    `began_at` is a full hour by the clocks on the wall; the first and the last of `n_hours` may be cut by the run.
    """

    pieces: Pieces
    patrols: Patrols
    spans: Spans
    began_at: int
    n_hours: int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some hours on end.

    Parameters
    ----------
    first : number of the first hour, which begins at `begin`; the last ends at `end`.
    passes : int32 (n_pieces, n_hours), how often each piece was passed.
    walked_mm : float64 (n_pieces,), millimetres walked on each.
    """

    first: int
    begin: int
    end: int
    passes: NDArray[np.int32]
    walked_mm: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """Ways between two places on a line, `times` each, in an hour of a block; all int64 (n,)."""

    low: Ints
    high: Ints
    times: Ints
    hour: Ints


@dataclass(frozen=True, slots=True)
class _Known:
    """So far into its lap `from_lap` and those after it, a patrol is in this phase."""

    from_lap: int
    into_us: int
    phase: Phase


def walks(read: Intervals, ground: Ground) -> Walks | None:
    """The patrols of a run; None where nobody patrols or there are no streets."""
    terrain, table = ground.terrain, read.patrols
    if terrain.patrols is None or terrain.network is None or not table.num_rows:
        return None
    table = table.filter(terrain.patrols.beat[table["unit"].to_numpy()] >= 0)
    local = ground.civil.civil(read.began_at)
    began_at = read.began_at - ((local.minute * 60 + local.second) * 1_000_000 + local.microsecond)
    return Walks(
        pieces=pieces_of(terrain, terrain.network),
        patrols=with_focuses(terrain.patrols, read.focuses),
        spans=Spans(*(table[name].to_numpy() for name in ("unit", "since_at", "until_at", "lap", "into_us"))),
        began_at=began_at,
        n_hours=-(-(read.until - began_at) // HOUR),
    )


def blocks(of: Walks) -> Iterator[Block]:
    """All hours of a run in order."""
    beats, spans = of.patrols.beats, of.spans
    line = line_of(of.pieces, beats.edges, beats.start_us)
    size = max(1, AT_ONCE // max(1, line.piece.size, of.pieces.n))
    going, known, n_begun = np.zeros(0, np.int64), dict[int, _Known](), 0
    for first in range(0, of.n_hours, size):
        n = min(size, of.n_hours - first)
        begin = of.began_at + first * HOUR
        passes, walked_mm = np.zeros((of.pieces.n, n), np.int32), np.zeros(of.pieces.n)
        block = Block(first, begin, begin + n * HOUR, passes, walked_mm)
        n_more = int(np.searchsorted(spans.since, block.end))
        going, n_begun = np.concatenate([going, np.arange(n_begun, n_more)]), n_more
        regular = of.patrols.regular[spans.unit[going]]
        if regular.any():
            ways = _regular_ways(of, going[regular], block)
            _count(block, line, ways)
            _measure(block, line, of.pieces, ways)
        for span in going[~regular].tolist():
            _walk_drawn(of, span, block, known)
        yield block
        going = going[spans.until[going] > block.end]


def _regular_ways(of: Walks, rows: Ints, block: Block) -> _Ways:
    """What those who walk the same tour again and again walk in each hour of a block, on the line of all tours.

    Whole laps first, then what is left up to the end of a lap, then what goes on from its beginning.
    """
    spans, beats = of.spans, of.patrols.beats
    since, until = np.maximum(spans.since[rows], block.begin), np.minimum(spans.until[rows], block.end)
    first, last = (since - block.begin) // HOUR, (until - 1 - block.begin) // HOUR
    n = last - first + 1
    row = np.repeat(np.arange(rows.size), n)
    hour = first[row] + np.arange(row.size) - np.repeat(np.cumsum(n) - n, n)
    start = np.maximum(since[row], block.begin + hour * HOUR)
    takes = np.minimum(until[row], block.begin + (hour + 1) * HOUR) - start
    beat = of.patrols.beat[spans.unit[rows]][row]
    base, period = beats.base_us[beat], beats.period_us[beat]
    into = ((spans.into_us - spans.since)[rows][row] + start) % period
    n_laps, rest = np.divmod(takes, period)
    once = np.ones_like(into)
    return _Ways(
        low=np.concatenate([base, base + into, base]),
        high=np.concatenate([base + period, base + np.minimum(into + rest, period), base + _over(into + rest, period)]),
        times=np.concatenate([n_laps, once, once]),
        hour=np.concatenate([hour, hour, hour]),
    )


def _over(into: Ints, period: Ints) -> Ints:
    over: Ints = np.maximum(into - period, 0)
    return over


def _walk_drawn(of: Walks, span: int, block: Block, known: dict[int, _Known]) -> None:
    """One who walks laps of chance; `known` keeps by unit how far it came, so that no lap is walked again."""
    spans, unit = of.spans, int(of.spans.unit[span])
    since, from_lap = int(spans.since[span]), int(spans.lap[span])
    at, until = max(since, block.begin), min(int(spans.until[span]), block.end)
    into_us = int(spans.into_us[span]) + at - since
    last = known.get(unit)
    if last is None or last.from_lap != from_lap or last.into_us > into_us:
        last = _Known(from_lap, 0, Phase(from_lap, 0))
    phase = of.patrols.advance(unit, last.phase, into_us - last.into_us)
    known[unit] = _Known(from_lap, into_us + until - at, of.patrols.advance(unit, phase, until - at))
    while at < until:
        lap = of.patrols.lap(unit, phase.lap)
        line = line_of(of.pieces, lap.edges, lap.start_us)
        low, high = phase.into_us, min(lap.period_us, phase.into_us + until - at)
        first, end = np.searchsorted(line.middle_us, [low, high])
        hour = (line.middle_us[first:end] + (at - low - block.begin)) // HOUR
        np.add.at(block.passes, (line.piece[first:end], hour), 1)
        _measure(block, line, of.pieces, _Ways(*np.array([[low], [high], [1], [0]])))
        at += high - low
        phase = Phase(phase.lap + 1, 0)


def _count(block: Block, line: Line, ways: _Ways) -> None:
    """Add the passes of all pieces whose middles lie on the ways, the end not included."""
    change = np.zeros((line.piece.size + 1, block.passes.shape[1]), np.int32)
    np.add.at(change, (np.searchsorted(line.middle_us, ways.low), ways.hour), ways.times)
    np.subtract.at(change, (np.searchsorted(line.middle_us, ways.high), ways.hour), ways.times)
    steps = np.arange(line.piece.size)
    of_piece = csr_array((np.ones(steps.size, np.int32), (line.piece, steps)), shape=(len(block.passes), steps.size))
    block.passes[:] += of_piece @ np.cumsum(change[:-1], axis=0, dtype=np.int32)


def _measure(block: Block, line: Line, pieces: Pieces, ways: _Ways) -> None:
    """Add the millimetres of all pieces on the ways: of the first and the last only the part that was walked."""
    first = np.searchsorted(line.begin_us, ways.low, side="right") - 1
    last = np.searchsorted(line.begin_us, ways.high, side="right") - 1
    takes = np.append(np.diff(line.begin_us), 0)
    change = np.zeros(takes.size, np.int64)
    np.add.at(change, first, ways.times)
    np.subtract.at(change, last, ways.times)
    spent_us = np.cumsum(change) * takes
    np.subtract.at(spent_us, first, ways.times * (ways.low - line.begin_us[first]))
    np.add.at(spent_us, last, ways.times * (ways.high - line.begin_us[last]))
    share = (spent_us / np.maximum(takes, 1))[:-1]
    block.walked_mm[:] += np.bincount(line.piece, share, pieces.n) * pieces.length_mm
