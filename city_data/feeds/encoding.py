"""Which encoding is a text file in, and what do its lines say? UTF-8 or GB18030, told by the whole file.

In: a path. Out: a `TextEncoding`, and lines of text. Every line with signs beyond ASCII is decoded strictly in both;
the encoding with fewer lines that do not fit is taken, UTF-8 where they are equal. One pass in flat memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from city_data.feeds.blocks import GB18030_MARK, TOO_LONG, UTF8_MARK, line_blocks, read_head
from twin.errors import FeedError

UTF8, GB18030 = "utf-8", "gb18030"

_NARROW = re.compile("[\x80-\u1fff]")
"""Signs that UTF-8 writes in two bytes, or in three but outside the East Asian blocks."""
_ASCII = re.compile("[\x00-\x7f]+")


class ToldBy(StrEnum):
    """How an encoding is known."""

    MAPPING = "the mapping"
    MARK = "a byte order mark"
    CONTENT = "the whole file"


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """The encoding of a file.

    Parameters
    ----------
    n_wide : lines with signs beyond ASCII; None where they were not counted.
    n_misfits : those of them that are not in this encoding, and will be rejected.
    """

    name: str
    told_by: ToldBy
    n_wide: int | None = None
    n_misfits: int | None = None

    def described(self) -> str:
        """In a few words."""
        if self.n_wide is None:
            return f"{self.name} (told by {self.told_by})"
        if self.n_wide == 0:
            return f"{self.name} (nothing but ASCII)"
        misfits = f", {self.n_misfits:,} of them in another encoding" if self.n_misfits else ""
        return f"{self.name} (told by {self.told_by}: {self.n_wide:,} lines beyond ASCII{misfits})"


def detect_encoding(path: Path) -> TextEncoding:
    """The encoding of a text file, told by its mark or by all of its lines.

    Raises
    ------
    FeedError : missing, empty, or damaged at its very beginning.
    """
    head = read_head(path, 4)
    for mark, name in ((UTF8_MARK, UTF8), (GB18030_MARK, GB18030)):
        if head.startswith(mark):
            return TextEncoding(name, ToldBy.MARK)
    n_wide = n_not_utf8 = n_not_gb = 0
    with suppress(FeedError):  # the reader meets the same damage again, after it has given out the lines before it
        for data in line_blocks(path):
            if data is None or data.isascii():
                continue
            for line in data.splitlines():
                if not line.isascii():
                    n_wide += 1
                    n_not_utf8 += _as_utf8(line) is None
                    n_not_gb += not _is_likely_gb(line)
    name, n_misfits = (UTF8, n_not_utf8) if n_not_utf8 <= n_not_gb else (GB18030, n_not_gb)
    return TextEncoding(name, ToldBy.CONTENT, n_wide, n_misfits)


def text_lines(path: Path, encoding: str, flaws: dict[int, str]) -> Iterator[str]:
    r"""Lines of a text file with their ends (`\n`, `\r\n` or `\r`), each at most about `MOST_FIELD_BYTES` long.

    A line that is too long or is not in the encoding comes as an empty line, so that the numbers of the others hold.

    Parameters
    ----------
    flaws : learns the reason by line number, before the line is given out.
    """
    n_lines = 0
    for data in line_blocks(path):
        if data is None:
            n_lines += 1
            flaws[n_lines] = TOO_LONG
            yield "\n"
        else:
            lines = _decoded(data, encoding, n_lines, flaws=flaws)
            yield from lines
            n_lines += len(lines)


def _decoded(data: bytes, encoding: str, n_before: int, *, flaws: dict[int, str]) -> list[str]:
    """The text lines of whole lines of bytes, which begin after line `n_before`."""
    if encoding != GB18030 or data.isascii():
        try:
            return list(io.StringIO(data.decode(encoding), newline=""))
        except UnicodeDecodeError:
            pass  # found line by line
    lines = []
    for number, raw in enumerate(data.splitlines(keepends=True), n_before + 1):
        text = _line(raw, encoding)
        if text is None:
            flaws[number] = f"is not {encoding} text"
        lines.append("\n" if text is None else text)
    return lines


def _line(raw: bytes, encoding: str) -> str | None:
    """One line, or None where it is in another encoding."""
    if encoding == GB18030 and not raw.isascii() and _is_surely_utf8(raw):
        return None
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _as_utf8(raw: bytes) -> str | None:
    try:
        return raw.decode(UTF8)
    except UnicodeDecodeError:
        return None


def _is_surely_utf8(raw: bytes) -> bool:
    """Whether a line beyond ASCII is East Asian text in UTF-8: its bytes also look like GB18030, but never the reverse.

    A line of one or two Chinese signs in GB18030 can be UTF-8 by chance, but of Latin, Greek or Arabic letters.
    """
    text = _as_utf8(raw)
    return text is not None and _NARROW.search(text) is None


def _is_likely_gb(raw: bytes) -> bool:
    """Whether a line is GB18030 and mostly of the signs in daily use (GB 2312).

    Text in other encodings decodes as GB18030 quite often, but as rare signs.
    """
    if _is_surely_utf8(raw):
        return False
    try:
        wide = _ASCII.sub("", raw.decode(GB18030))
    except UnicodeDecodeError:
        return False
    return len(wide.encode("gb2312", "ignore")) >= len(wide)
