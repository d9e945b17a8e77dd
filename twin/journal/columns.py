"""Facts as columns and back: one wide Arrow table for all kinds of fact, null where a fact has no such field.

In: a run of facts with their numbers and remarks. Out: a table of `SCHEMA`; `facts_in` is the exact inverse. How a
field is kept follows from its type alone, so the same name means the same column for every kind of fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any, get_type_hints

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.domain.facts import FACTS, Fact, Origin
from twin.errors import JournalError

Numbers = NDArray[np.int64]
Part = tuple[Numbers, Sequence[Fact]]
"""Facts of one kind and where they stand in the run of facts."""

TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class Kept:
    """How the fields of one type are kept: the Arrow type, the way in, and the way out."""

    type: Any
    gather: Callable[[str, list[Part], int], Any]
    """(field, parts, number of rows) → Arrow array with a null where no part stands."""
    restore: Callable[[Any], Sequence[Any]]
    """Arrow array → values of the field, as Python objects."""
    is_optional: bool = False


def facts_table(facts: Sequence[Fact], *, first: int, remarks: Mapping[int, str]) -> pa.Table:
    """Facts number `first` and following as a table of `SCHEMA`; `remarks` by number of the fact."""
    n = len(facts)
    parts = _parts(facts)
    columns = {
        "seq": pa.array(np.arange(first, first + n, dtype=np.int64)),
        "at": pa.array(np.fromiter(map(attrgetter("at"), facts), np.int64, n)),
        "fact": _kinds(parts, n),
        "origin": pa.array(np.fromiter(map(attrgetter("origin"), facts), np.int8, n)),
        "remark": _remarks(remarks, first=first, n=n),
    }
    for name, column in COLUMNS.items():
        holders = [part for kind, part in parts.items() if name in OWN_FIELDS[kind]]
        columns[name] = column.gather(name, holders, n) if holders else pa.nulls(n, column.type)
    return pa.table(columns, schema=SCHEMA)


def facts_in(table: pa.Table) -> list[Fact]:
    """The facts of a table of `SCHEMA`, in its order.

    Raises
    ------
    JournalError : a row is of no known kind, or a field holds what its type does not allow.
    """
    table = table.combine_chunks()
    if not table.num_rows:
        return []
    kinds = table["fact"].combine_chunks()
    origins = table["origin"].to_numpy()
    found = np.empty(table.num_rows, object)
    for code, name in enumerate(kinds.dictionary.to_pylist()):
        if name not in _BY_NAME:
            raise JournalError(f"{name!r} is no kind of fact that this version knows", key="fact")
        for origin in Origin:
            rows = np.flatnonzero((kinds.indices.to_numpy() == code) & (origins == origin))
            if rows.size:
                found[rows] = np.fromiter(_restored(table.take(rows), _BY_NAME[name], origin), object, rows.size)
    facts: list[Fact] = found.tolist()
    return facts


def _restored(rows: pa.Table, kind: type[Fact], origin: Origin) -> Iterator[Fact]:
    columns: list[Sequence[Any]] = [rows["at"].to_pylist()]
    for name in OWN_FIELDS[kind]:
        column = rows[name].combine_chunks()
        if column.null_count and not FIELDS[kind, name].is_optional:
            raise JournalError(f"{kind.__name__} without a value that it must have", key=name)
        try:
            values = FIELDS[kind, name].restore(column)
            columns.append(_ENUMS[kind, name](values) if (kind, name) in _ENUMS else values)
        except (KeyError, msgspec.MsgspecError) as error:
            raise JournalError(f"{kind.__name__} with a value that it cannot have: {error}", key=name) from error
    return map(partial(kind, origin=origin), *columns)


def _parts(facts: Sequence[Fact]) -> dict[type[Fact], Part]:
    kinds = list(map(type, facts))
    codes = {kind: code for code, kind in enumerate(dict.fromkeys(kinds))}
    code_of = np.fromiter(map(codes.__getitem__, kinds), np.int64, len(kinds))
    parts: dict[type[Fact], Part] = {}
    for kind, code in codes.items():
        rows = np.flatnonzero(code_of == code)
        parts[kind] = rows, list(map(facts.__getitem__, rows.tolist()))
    return parts


def _kinds(parts: Mapping[type[Fact], Part], n: int) -> pa.Array:
    codes = np.zeros(n, np.int32)
    for code, (rows, _) in enumerate(parts.values()):
        codes[rows] = code
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([kind.__name__ for kind in parts], pa.string()))


def _remarks(remarks: Mapping[int, str], *, first: int, n: int) -> pa.Array:
    if not remarks:
        return pa.nulls(n, pa.string())
    texts: list[str | None] = [None] * n
    for seq, text in remarks.items():
        texts[seq - first] = text
    return pa.array(texts, pa.string())


# ---------------------------------------------------------------------------------------------- single values


def _values(name: str, parts: list[Part]) -> tuple[Numbers, Iterator[Any]]:
    """(rows, values) of a field over all parts."""
    read = attrgetter(name)
    return np.concatenate([rows for rows, _ in parts]), chain.from_iterable(map(read, facts) for _, facts in parts)


def _gather_plain(name: str, parts: list[Part], n: int, *, dtype: type[np.generic]) -> pa.Array:
    rows, values = _values(name, parts)
    column, missing = np.zeros(n, dtype), np.ones(n, np.bool_)
    column[rows] = np.fromiter(values, dtype, rows.size)
    missing[rows] = False
    return pa.array(column, mask=missing)


def _gather_optional(name: str, parts: list[Part], n: int) -> pa.Array:
    rows, values = _values(name, parts)
    some = pa.array(list(values), pa.int64())
    column, missing = np.zeros(n, np.int64), np.ones(n, np.bool_)
    column[rows] = some.fill_null(0).to_numpy()
    missing[rows] = some.is_null().to_numpy(zero_copy_only=False)
    return pa.array(column, mask=missing)


def _gather_text(name: str, parts: list[Part], n: int) -> pa.Array:
    rows, values = _values(name, parts)
    encoded = pa.array(list(values), pa.string()).dictionary_encode()
    column, missing = np.zeros(n, np.int32), np.ones(n, np.bool_)
    column[rows] = encoded.indices.to_numpy()
    missing[rows] = False
    return pa.DictionaryArray.from_arrays(pa.array(column, mask=missing), encoded.dictionary)


def _gather_packed(name: str, parts: list[Part], n: int, *, pack: Callable[[Any], bytes]) -> pa.Array:
    rows, values = _values(name, parts)
    column: list[bytes | None] = [None] * n
    for row, value in zip(rows.tolist(), values, strict=True):
        column[row] = pack(value)
    return pa.array(column, pa.binary())


def _restore_plain(column: pa.Array) -> list[Any]:
    restored: list[Any] = column.to_numpy(zero_copy_only=False).tolist()
    return restored


def _restore_optional(column: pa.Array) -> list[int | None]:
    restored: list[int | None] = column.to_pylist() if column.null_count else column.to_numpy().tolist()
    return restored


def _restore_text(column: pa.Array) -> list[str]:
    return list(map(column.dictionary.to_pylist().__getitem__, column.indices.to_numpy().tolist()))


def _restore_packed(column: pa.Array, *, unpack: Callable[[bytes], Any]) -> list[Any]:
    return list(map(unpack, column.to_pylist()))


# ---------------------------------------------------------------------------------------------- tuples


def _gather_tuples(name: str, parts: list[Part], n: int) -> tuple[pa.Array, Iterator[Any], int, pa.Array]:
    """(ends, values one after the other, how many, where there is none) of a field of tuples."""
    rows, each = _values(name, parts)
    values = list(each)
    if len(parts) > 1:
        order = np.argsort(rows)
        rows, values = rows[order], list(map(values.__getitem__, order.tolist()))
    ends, missing = np.zeros(n + 1, np.int32), np.ones(n, np.bool_)
    ends[rows + 1] = np.fromiter(map(len, values), np.int64, rows.size)
    missing[rows] = False
    np.cumsum(ends, out=ends)
    return pa.array(ends), chain.from_iterable(values), int(ends[-1]), pa.array(missing)


def _gather_numbers(name: str, parts: list[Part], n: int) -> pa.Array:
    ends, values, n_values, missing = _gather_tuples(name, parts, n)
    return pa.ListArray.from_arrays(ends, pa.array(np.fromiter(values, np.int64, n_values)), mask=missing)


def _gather_texts(name: str, parts: list[Part], n: int) -> pa.Array:
    ends, values, _, missing = _gather_tuples(name, parts, n)
    return pa.ListArray.from_arrays(ends, pa.array(list(values), pa.string()), mask=missing)


def _restore_tuples(column: pa.Array) -> list[tuple[Any, ...]]:
    flat = tuple(_restore_plain(column.flatten()))
    ends = column.offsets.to_numpy() - column.offsets[0].as_py()
    return [flat[start:end] for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


# ---------------------------------------------------------------------------------------------- types → columns


def _packed(hint: object) -> Kept:
    pack, unpack = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(hint).decode
    return Kept(pa.binary(), partial(_gather_packed, pack=pack), partial(_restore_packed, unpack=unpack))


ALARMS = tuple[tuple[str, int, int], ...]

_KEPT: dict[object, Kept] = {
    int: Kept(pa.int64(), partial(_gather_plain, dtype=np.int64), _restore_plain),
    int | None: Kept(pa.int64(), _gather_optional, _restore_optional, is_optional=True),
    bool: Kept(pa.bool_(), partial(_gather_plain, dtype=np.bool_), _restore_plain),
    str: Kept(TEXT, _gather_text, _restore_text),
    bytes: Kept(pa.binary(), partial(_gather_packed, pack=bytes), partial(_restore_packed, unpack=bytes)),
    tuple[int, ...]: Kept(pa.list_(pa.int64()), _gather_numbers, _restore_tuples),
    tuple[str, ...]: Kept(pa.list_(pa.string()), _gather_texts, _restore_tuples),
    ALARMS: _packed(ALARMS),
}


def kept(hint: object) -> Kept:
    """How fields of this type are kept; enums of texts as texts.

    Raises
    ------
    TypeError : a fact has a field of a type that nobody has said how to keep.
    """
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        hint = str
    if hint not in _KEPT:
        raise TypeError(f"no column for a field of type {hint}")
    return _KEPT[hint]


def _enumerated(texts: Sequence[str], *, enum: type[StrEnum]) -> list[StrEnum]:
    members = {member.value: member for member in enum}
    return list(map(members.__getitem__, texts))


_BY_NAME = {kind.__name__: kind for kind in FACTS}
_HINTS = {kind: get_type_hints(kind) for kind in FACTS}
OWN_FIELDS: dict[type[Fact], tuple[str, ...]] = {
    kind: tuple(name for name in kind.__struct_fields__ if name not in ("at", "origin")) for kind in FACTS
}
"""The fields that a kind of fact has beside its instant and origin, in the order of its constructor."""

_ENUMS = {
    (kind, name): partial(_enumerated, enum=_HINTS[kind][name])
    for kind, names in OWN_FIELDS.items()
    for name in names
    if isinstance(_HINTS[kind][name], type) and issubclass(_HINTS[kind][name], StrEnum)
}
FIELDS: dict[tuple[type[Fact], str], Kept] = {
    (kind, name): kept(_HINTS[kind][name]) for kind, names in OWN_FIELDS.items() for name in names
}
"""How each field of each kind of fact is kept."""

COLUMNS: dict[str, Kept] = {}
"""The union of all facts' own fields: where a name may be None in one kind of fact, it may in the column."""
for (_, _name), _kept in FIELDS.items():
    if _name not in COLUMNS or _kept.is_optional:
        COLUMNS[_name] = _kept

SCHEMA = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("at", pa.int64(), nullable=False),
        pa.field("fact", TEXT, nullable=False),
        pa.field("origin", pa.int8(), nullable=False),
        pa.field("remark", pa.string()),
        *(pa.field(name, column.type) for name, column in COLUMNS.items()),
    ]
)
