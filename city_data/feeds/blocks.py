"""The bytes of a feed file in blocks, decompressed by content, never by name, and cut into lines of bounded length.

In: a path. Out: blocks of plain bytes, or of whole lines. A file that ends in the middle, is damaged, or unpacks to far
more than it weighs raises a `FeedError` with its last good line, after everything up to that line has been given out.
"""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from twin.errors import FeedError

BLOCK_BYTES = 1 << 18
MOST_FIELD_BYTES = 1 << 20
"""A field, and so a line, of more than 1 MB is refused: a mistake or an attack, and memory must stay flat."""
MOST_RATIO = 200
"""Tables shrink to a tenth or a thirtieth; beyond 1 : 200 (past `FREE_BYTES`) a compressed file is a bomb."""
FREE_BYTES = 64 << 20

TOO_LONG = "a field or line is longer than 1 MB"
GZIP, BZIP2 = b"\x1f\x8b", b"BZh"
UTF8_MARK, GB18030_MARK = b"\xef\xbb\xbf", b"\x84\x31\x95\x33"


def read_head(path: Path, n_bytes: int = 1 << 16) -> bytes:
    """The first plain bytes of a file.

    Raises
    ------
    FeedError : missing, empty, or damaged within these bytes.
    """
    head = b""
    for block in read_blocks(path):
        head += block
        if len(head) >= n_bytes:
            break
    if not head:
        raise FeedError("the file is empty", file=path)
    return head[:n_bytes]


def is_compressed(path: Path) -> bool:
    """Whether a file that can be read is gzip or bzip2."""
    with path.open("rb") as file:
        return file.read(3).startswith((GZIP, BZIP2))


def read_blocks(path: Path) -> Iterator[bytes]:
    """All plain bytes of a file, in order.

    Raises
    ------
    FeedError : it cannot be read, is damaged, ends in the middle, or is a bomb.
    """
    n_lines = n_bytes = 0
    try:
        with path.open("rb") as file:
            magic = file.read(3)
            file.seek(0)
            packed_bytes = path.stat().st_size
            stream: io.BufferedReader | gzip.GzipFile | bz2.BZ2File = file
            if magic.startswith(GZIP):
                stream = gzip.GzipFile(fileobj=file)
            elif magic.startswith(BZIP2):
                stream = bz2.BZ2File(file)
            # read1: what was unpacked before the damage is given out before the error is raised.
            while block := stream.read1(BLOCK_BYTES):
                n_bytes += len(block)
                if stream is not file and n_bytes > FREE_BYTES and n_bytes > MOST_RATIO * packed_bytes:
                    raise FeedError(
                        f"unpacks to more than {MOST_RATIO} times its size: a compression bomb", file=path, line=n_lines
                    )
                yield block
                n_lines += block.count(b"\n")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FeedError(f"damaged or cut short ({error}); {_good(n_lines)}", file=path, line=n_lines or None) from error
    except OSError as error:
        raise FeedError(f"cannot be read: {error.strerror or error}; {_good(n_lines)}", file=path) from error


def _good(n_lines: int) -> str:
    return f"the last good line is {n_lines}" if n_lines else "nothing of it can be read"


def line_blocks(path: Path) -> Iterator[bytes | None]:
    r"""Whole lines of a text file, many at a time; they end with `\n`, `\r\n` or `\r`. No byte order mark.

    None stands for one line that is longer than `MOST_FIELD_BYTES`; it is never held.
    """
    tail, is_first, is_skipping = b"", True, False
    for block in read_blocks(path):
        data = tail + block
        if is_first:
            data, is_first = data.removeprefix(UTF8_MARK).removeprefix(GB18030_MARK), False
        if is_skipping:
            end = data.find(b"\n") + 1
            if not end:
                continue
            data, is_skipping = data[end:], False
            yield None
        cut = data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1
        if cut:
            yield data[:cut]
        tail = data[cut:]
        if len(tail) > MOST_FIELD_BYTES:
            tail, is_skipping = b"", True
    if is_skipping:
        yield None
    elif tail:
        yield tail
