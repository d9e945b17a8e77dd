"""One way to write a sign: full-width digits, letters and punctuation become the plain ones (Unicode's NFKC).

Used where a number, an id, a stamp or a word of the mapping is expected, on both sides; never on free text.
"""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """The text without full-width forms, and without spaces around it.

    >>> plain(" １２３，４（５） ")
    '123,4(5)'
    """
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()
