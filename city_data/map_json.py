"""Maps that come as JSON: decoded into the records a reader needs, or refused with the place of the mistake.

In: the bytes of a file and the type of its records. Out: the records. What is wrong is said in one way
whatever the map.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from twin.errors import CityError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Records = TypeVar("Records")


def decoded(data: bytes, records: type[Records], *, file: Path, what: str) -> Records:
    """The records of a JSON map.

    Parameters
    ----------
    what : the file should be, as in "an Overpass answer".

    Raises
    ------
    CityError : not JSON, nested too deep, or not `what`, with the place in it.
    """
    try:
        return msgspec.json.decode(data.removeprefix(_BYTE_ORDER_MARK), type=records)
    except RecursionError as error:
        raise CityError("the JSON is nested too deep to be a map", file=file) from error
    except msgspec.ValidationError as error:
        reason, _, key = str(error).partition(" - at ")
        raise CityError(f"not {what}: {reason}", file=file, key=key.strip("`") or None) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CityError(f"not valid JSON: {error}", file=file) from error
