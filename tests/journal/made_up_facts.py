"""Hypothesis strategies for facts of every kind, whatever their fields hold."""

from __future__ import annotations

from enum import Enum
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from twin.domain.facts import FACTS, Fact

WHOLE = st.integers(-(2**63), 2**63 - 1)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    int: WHOLE,
    bool: st.booleans(),
    str: st.text(max_size=20),
    bytes: st.binary(max_size=20),
    type(None): st.none(),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    parts = get_args(hint)
    if getattr(hint, "__origin__", None) is not tuple:
        return st.one_of([values_of(part) for part in parts])
    if parts[-1] is ...:
        return st.lists(values_of(parts[0]), max_size=4).map(tuple)
    return st.tuples(*[values_of(part) for part in parts])


def facts_of(kind: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts of one kind."""
    return st.builds(kind, **{name: values_of(hint) for name, hint in get_type_hints(kind).items()})


ANY_FACT = st.one_of([facts_of(kind) for kind in FACTS])
EVERY_KIND = st.tuples(*[facts_of(kind) for kind in FACTS]).map(list)
