"""Settings laid over a scenario: keys with dots, items of lists, and factors such as x1.5, each with its line.

A document and what is said flow in, the document with it laid over flows out; nothing is checked but that there is
something to set. A value `x1.5` multiplies what the scenario says there: a number itself, else every `per_day` beneath
it. `surge` stands for all sources of demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from city_data.yaml_file import KeyPath, YamlDocument, key_path_of
from scenarios.load import Tree, located, merged, overlaid
from twin.errors import ScenarioError

SURGE = "surge"
SOURCES = ("demand", "problems", "centre.contacts")
"""Keys under which rates of demand stand."""
RATE = "per_day"
_TIMES = re.compile(r"x([0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Said:
    """Something to be laid over a scenario: key (with dots: a path), value, and where it stands in its file."""

    key: str
    value: object
    at: KeyPath


def laid_over(base: YamlDocument, said: Sequence[Said], experiment: YamlDocument) -> YamlDocument:
    """A scenario with settings laid over it, one after the other; every key knows the line that said it."""
    for each in said:
        file, line = experiment.place_of(each.at)
        for key, value in _meant(base, each, file, line):
            at = key_path_of(key) if "." in key else (key,)
            lines = {at[: n + 1]: line or 0 for n in range(len(at))}
            for path, number in experiment.lines.items():
                if path[: len(each.at)] == each.at:
                    lines[at + path[len(each.at) :]] = number
            base = _with(base, at, value, YamlDocument(file, {}, lines))
    return base


def _meant(base: YamlDocument, said: Said, file: Path, line: int | None) -> Iterator[tuple[str, object]]:
    """What a setting comes to: itself; or, for a factor such as x1.5, every number it multiplies."""
    times = _TIMES.fullmatch(said.value) if isinstance(said.value, str) else None
    roots = SOURCES if said.key == SURGE else (said.key,)
    found = []
    if times is not None:
        factor = float(times.group(1))
        for root in roots:
            known = _at(base.data, key_path_of(root))
            found += [(_dotted((root, *path)), rate * factor) for path, rate in _rates(known)]
    if found:
        yield from found
    elif said.key == SURGE:
        why = "there is no demand with a rate" if times is not None else "takes a factor such as x1.5"
        raise ScenarioError(why, file=file, line=line, key=_dotted(said.at))
    else:
        yield said.key, located({said.key: said.value}, file.parent).get(said.key, said.value)


def _rates(node: object, at: KeyPath = ()) -> Iterator[tuple[KeyPath, float]]:
    """Where numbers stand: the node itself, or every `per_day` beneath it."""
    if isinstance(node, int | float) and not isinstance(node, bool):
        if not at or at[-1] == RATE:
            yield at, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _rates(value, (*at, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _rates(value, (*at, place))


def _at(node: object, at: KeyPath) -> object:
    """What stands at a path; None where there is nothing."""
    for part in at:
        if isinstance(node, Mapping):
            node = node.get(part)
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            return None
    return node


def _with(base: YamlDocument, at: KeyPath, value: object, above: YamlDocument) -> YamlDocument:
    """A document with a value at a path; mappings are laid over as overlays are, and in a list a place must be there.

    Parameters
    ----------
    above : says where the value stands, and holds nothing yet.
    """
    depth = next((n for n in range(1, len(at)) if isinstance(_at(base.data, at[:n]), list)), None)
    if depth is None:
        return overlaid(base, [replace(above, data=_nested(at, value))])
    items, place = _at(base.data, at[:depth]), at[depth]
    assert isinstance(items, list)
    if not isinstance(place, int) or place >= len(items):
        file, line = above.place_of(at)
        known = f"they go from 0 to {len(items) - 1}" if items else "there are none"
        message = f"there is no item {place!r} of {_dotted(at[:depth])}: {known}"
        raise ScenarioError(message, file=file, line=line, key=_dotted(at))
    # The item is laid over as a document of its own, so that lists in lists and their lines come out right.
    here = at[: depth + 1]
    inner, rest = _under(base, here), at[depth + 1 :]
    if rest and isinstance(items[place], Mapping):
        laid = _with(inner, rest, value, _under(above, here))
        value = laid.data
    else:
        laid = _under(above, here)
        value = _nested(rest, value) if rest else value
    files = {path: base.files.get(path, base.path) for path in base.lines}
    lines = {path: line for path, line in base.lines.items() if path[: len(here)] != here}
    lines[here] = base.lines.get(here, 0)
    for path, line in laid.lines.items():
        lines[here + path], files[here + path] = line, laid.files.get(path, laid.path)
    changed = [*items[:place], value, *items[place + 1 :]]
    data = merged(base.data, _nested(at[:depth], changed))
    return YamlDocument(base.path, data, lines, files)


def _under(document: YamlDocument, at: KeyPath) -> YamlDocument:
    """What a document says below a path, as a document of its own."""
    lines = {path[len(at) :]: line for path, line in document.lines.items() if path[: len(at)] == at and path != at}
    files = {path: document.files.get(at + path, document.path) for path in lines}
    data = _at(document.data, at)
    return YamlDocument(document.path, dict(data) if isinstance(data, Mapping) else {}, lines, files)


def _nested(at: KeyPath, value: object) -> Tree:
    for part in reversed(at):
        value = {part: value}
    assert isinstance(value, dict)
    return value


def _dotted(at: KeyPath) -> str:
    return ".".join(map(str, at))
