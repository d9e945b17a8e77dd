"""Takes a JSON array apart into its elements without holding the array.

In: blocks of bytes. Out: the bytes of each element with its line, or the reason why it is passed over. Only brackets
and quotes are looked at here; whether an element is good JSON is for its decoder to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from city_data.feeds.blocks import MOST_FIELD_BYTES, TOO_LONG, read_blocks
from twin.errors import FeedError

MOST_DEPTH = 32
TOO_DEEP = f"JSON nested more than {MOST_DEPTH} levels deep"

_OUTSIDE = re.compile(rb'["\[\]{}]')
_IN_STRING = re.compile(rb'["\\]')
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def array_elements(path: Path) -> Iterator[tuple[int, bytes | str]]:
    """Line and bytes of every element, or line and reason of one that is too long or too deep.

    Raises
    ------
    FeedError : the file is not one array of objects, or ends in the middle; with the line.
    """
    scanner = _Scanner(path)
    for block in read_blocks(path):
        yield from scanner.feed(block)
    scanner.finish()


class _Scanner:
    """Where in the array we are.

    `_depth` is 0 outside the array, 1 between its elements, more inside one. `_start` is the first byte of `_buffer`
    that is still needed, `_line` its line, `_at` where to look on. `_reason` says why the element we are in is passed
    over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._buffer = b""
        self._start = self._at = 0
        self._line = self._element_line = 1
        self._depth = 0
        self._is_string = False
        self._reason: str | None = None
        self._before = b""
        """What must stand before the next element: nothing, or a comma."""
        self._is_over = False

    def feed(self, block: bytes) -> Iterator[tuple[int, bytes | str]]:
        """Elements that end in this block."""
        self._buffer = self._buffer[self._start :] + block
        self._at -= self._start
        self._start = 0
        while match := (_IN_STRING if self._is_string else _OUTSIDE).search(self._buffer, self._at):
            sign = match[0]
            self._at = match.end()
            if self._is_string:
                self._is_string = sign != b'"'
                if self._is_string:
                    self._at += 1  # the sign after a backslash means nothing, and may stand in the next block
            elif sign == b'"':
                self._is_string = self._depth > 1
                if not self._is_string:
                    raise self._wrong()
            elif sign in b"[{":
                self._open(sign)
            else:
                yield from self._close(sign)
        self._at = max(self._at, len(self._buffer))
        if len(self._buffer) - self._start > MOST_FIELD_BYTES:
            if self._depth < 2:
                raise self._wrong()
            self._reason = self._reason or TOO_LONG
        if self._reason:
            self._move_start(len(self._buffer))

    def finish(self) -> None:
        """Check that the file ended where the array did."""
        if self._buffer[self._start :].strip() or self._depth or not self._is_over:
            self._line += self._buffer.count(b"\n", self._start)
            raise FeedError("does not end as a JSON array does: is it cut short?", file=self._path, line=self._line)

    def _open(self, sign: bytes) -> None:
        if self._depth == 0:
            gap = self._buffer[: self._at - 1].removeprefix(_BYTE_ORDER_MARK)
            if gap.strip() or sign != b"[" or self._is_over:
                raise self._wrong()
            self._move_start(self._at)
        elif self._depth == 1:
            if self._buffer[self._start : self._at - 1].strip() != self._before:
                raise self._wrong()
            self._move_start(self._at - 1)
            self._element_line, self._before = self._line, b","
        self._depth += 1
        if self._depth > MOST_DEPTH + 1:
            self._reason = self._reason or TOO_DEEP

    def _close(self, sign: bytes) -> Iterator[tuple[int, bytes | str]]:
        self._depth -= 1
        if self._depth < 0:
            raise self._wrong()
        if self._depth == 1:
            yield self._element_line, self._reason or self._buffer[self._start : self._at]
            self._reason = None
            self._move_start(self._at)
        elif self._depth == 0:
            if sign != b"]" or self._buffer[self._start : self._at - 1].strip():
                raise self._wrong()
            self._move_start(self._at)
            self._is_over = True

    def _move_start(self, to: int) -> None:
        self._line += self._buffer.count(b"\n", self._start, to)
        self._start = to

    def _wrong(self) -> FeedError:
        self._move_start(min(self._at, len(self._buffer)))
        return FeedError("is not a JSON array of objects", file=self._path, line=self._line)
