"""Tables as CSV that spreadsheets open as they are, and in which no text from data can turn into a formula.

In: a heading and rows of texts, numbers and nothing. Out: bytes: UTF-8 with a byte order mark, lines ended by CR LF.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""First signs that make a spreadsheet reckon instead of show; the full-width ones are read like the narrow ones."""


def formula_safe(text: str) -> str:
    """Text as a cell may hold it: an apostrophe goes before what would start a formula.

    >>> formula_safe("=1+1"), formula_safe("＠SUM(A1)"), formula_safe("1+1=2")
    ("'=1+1", "'＠SUM(A1)", '1+1=2')
    """
    return f"'{text}" if text[:1] in _STARTS_A_FORMULA else text


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """A heading and rows; texts are made safe, numbers are written as they are, and None leaves its cell empty."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([formula_safe(text) for text in heading])
    for row in rows:
        writer.writerow([formula_safe(cell) if isinstance(cell, str) else cell for cell in row])
    return file.getvalue().encode("utf-8-sig")
