"""The open door: which secret belongs to which seat. No files, no clock; what is asked is answered at once.

In: pairs of (digest of a token, seat). Out: the seat of a token, or nobody. Only digests are kept, and even they are
never shown; comparing takes equally long whatever is asked, so that no answer tells how much of a guess was right.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import blake2b

from twin.domain.seat import LOCAL_ADMIN, Seat

COOKIE = "gridtwin_seat"
"""Where a browser keeps its token."""
TOKEN_BYTES = 32
"""Of chance in a token that is made here: 43 characters."""
SHORTEST = 32
"""So many characters a token that somebody chose must have."""


def digest_of(token: str) -> bytes:
    """blake2b of a token, 64 bytes: what `printf %s TOKEN | b2sum` prints as hex."""
    return blake2b(token.encode("utf-8", "surrogatepass")).digest()


def fresh_token() -> str:
    """A secret nobody can guess, of characters that may stand in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who may come in.

    Parameters
    ----------
    entries : digest of each token, and its seat. They are no part of what is printed of this object.
    is_local : everybody is the local admin, with or without a token; only where nobody else can reach the server.
    """

    entries: tuple[tuple[bytes, Seat], ...] = field(default=(), repr=False)
    is_local: bool = False

    @classmethod
    def local(cls) -> Seats:
        """The room of one machine: whoever sits at it may do everything."""
        return cls(is_local=True)

    def seat_of(self, token: str | None) -> Seat | None:
        """The seat a token opens, None where there is none; all entries are compared, whichever fits."""
        if self.is_local:
            return LOCAL_ADMIN
        if token is None:
            return None
        digest = digest_of(token)
        found = None
        for known, seat in self.entries:
            if hmac.compare_digest(known, digest):
                found = seat
        return found
