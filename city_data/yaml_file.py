"""Reads the YAML files people write: scenarios and feed mappings. Plain data only, and every error with its line.

In: a path. Out: dicts, lists, text, numbers, true/false and null as in YAML 1.2 (`no`, `on`, `20:30`, `2018-01-13` and
`010` stay text, which YAML 1.1 would turn into something else). Refused: tags, aliases, repeated keys, large or deep
files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pydantic
import yaml

from twin.errors import ScenarioError

MOST_BYTES = 4 << 20
MOST_DEPTH = 64

KeyPath = tuple[str | int, ...]
Model = TypeVar("Model", bound=pydantic.BaseModel)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What a file says, and on which line it says it.

    Parameters
    ----------
    path : the file.
    data : its top level; all keys are text.
    lines : line of every key and list item, by its path: `("unit", "skills")`, `("stations", 0)`; 0: not of a file.
    files : the file of those that stand in another one (`extends`).
    """

    path: Path
    data: dict[str, object]
    lines: dict[KeyPath, int]
    files: dict[KeyPath, Path] = field(default_factory=dict)

    def place_of(self, key_path: KeyPath) -> tuple[Path, int | None]:
        """File and line of a key, or of the nearest thing above it that stands in a file."""
        for length in range(len(key_path), 0, -1):
            if (line := self.lines.get(key_path[:length])) is not None:
                return self.files.get(key_path[:length], self.path), line or None
        return self.path, None


def _refusal(problem: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]


class _Loader(yaml.SafeLoader):
    """Safe constructors, YAML 1.2 scalars, no aliases, no tags, a limit on depth."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases (*name) are not allowed: write it out", event)
        if getattr(event, "tag", None) is not None:
            raise _refusal(f"tags are not allowed: {event.tag}", event)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _refusal(f"nested more than {MOST_DEPTH} levels deep", event)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def load_yaml(path: Path) -> dict[str, object]:
    """The mapping a YAML file holds; `read_yaml` gives its line numbers too."""
    return read_yaml(path).data


def read_yaml(path: Path) -> YamlDocument:
    """Read one YAML file, whose top level must be a mapping.

    Raises
    ------
    ScenarioError : unreadable, not UTF-8, too large, not YAML, not plain data, or a key that stands twice; with the
    line.
    """
    text = _text(path)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise ScenarioError("the file is empty", file=path)
        if not isinstance(root, yaml.MappingNode):
            raise ScenarioError("must be a mapping (`key: value` lines)", file=path, line=root.start_mark.line + 1)
        lines: dict[KeyPath, int] = {}
        data = _plain(loader, root, (), lines=lines, path=path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ScenarioError(
            error.problem or "is not YAML", file=path, line=None if mark is None else mark.line + 1
        ) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ScenarioError(f"is not YAML: {str(error).splitlines()[0]}", file=path) from error
    finally:
        loader.dispose()
    assert isinstance(data, dict)
    return YamlDocument(path, data, lines)


def validated(document: YamlDocument, model: type[Model]) -> Model:
    """The document as a pydantic model.

    Raises
    ------
    ScenarioError : the first thing that is wrong, with line and key.
    """
    try:
        return model.model_validate(document.data)
    except pydantic.ValidationError as error:
        raise explained(error, document) from error


def explained(error: pydantic.ValidationError, document: YamlDocument) -> ScenarioError:
    """A validation error in the reader's terms: file, line, key and what to do."""
    problems = error.errors(include_url=False, include_input=False)
    first = problems[0]
    key_path = _as_written(first["loc"], document.data)
    if first["type"] == "missing":
        key_path += first["loc"][-1:]
    if isinstance(named := first.get("ctx", {}).get("key"), str):
        key_path += key_path_of(named)
    match first["type"]:
        case "extra_forbidden":
            message = "unknown key"
        case "missing":
            message = "is missing"
        case "model_type" | "model_attributes_type" | "dict_type":
            message = "should be a mapping (`key: value` lines)"
        case "tuple_type" | "list_type":
            message = "should be a list"
        case _:
            message = first["msg"].removeprefix("Value error, ").removeprefix("Input ").removeprefix("Tuple ")
    if len(problems) > 1:
        message += f" (and {len(problems) - 1} more)"
    file, line = document.place_of(key_path)
    return ScenarioError(message, file=file, line=line, key=".".join(str(part) for part in key_path) or None)


def key_path_of(key: str) -> KeyPath:
    """The path of a key that is written with dots: `units.0.at`."""
    return tuple(int(part) if part.isdigit() else part for part in key.split("."))


def _as_written(loc: KeyPath, data: object) -> KeyPath:
    """The path of a key in a file: pydantic also names the branch of a union that was tried."""
    found: list[str | int] = []
    for part in loc:
        is_key = isinstance(data, Mapping) and part in data
        if is_key or (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            data = data[part]  # type: ignore[index]
            found.append(part)
    return tuple(found)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ScenarioError(f"cannot be read: {error.strerror}", file=path) from error
    if len(raw) > MOST_BYTES:
        raise ScenarioError(f"is larger than {MOST_BYTES >> 20} MB", file=path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError("is not UTF-8 text", file=path, line=line) from error


def _plain(loader: _Loader, node: yaml.Node, at: KeyPath, *, lines: dict[KeyPath, int], path: Path) -> object:
    """Plain data of a node; `lines` learns where every key and item stands."""
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise ScenarioError("a key must be plain text", file=path, line=line)
            key = key_node.value
            if key in mapping:
                raise ScenarioError("stands here a second time", file=path, line=line, key=key)
            lines[*at, key] = line
            mapping[key] = _plain(loader, value_node, (*at, key), lines=lines, path=path)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items: list[object] = []
        for index, item in enumerate(node.value):
            lines[*at, index] = item.start_mark.line + 1
            items.append(_plain(loader, item, (*at, index), lines=lines, path=path))
        return items
    return loader.construct_object(node)
