"""From a file or a shipped name to a checked `Scenario`: YAML, `extends:`, overlays; errors name file and key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from city_data.named import BUILT_IN
from city_data.yaml_file import KeyPath, YamlDocument, key_path_of, read_yaml, validated
from scenarios.spec import NO_CITY, Scenario
from twin.errors import GridtwinError, PolicyError, ScenarioError

MOST_EXTENDS = 8
Tree = dict[str, object]


def library() -> dict[str, Path]:
    """The scenarios that are shipped, by name."""
    folder = Path(str(files("scenarios"))) / "library"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def load_scenario(source: str | Path, *, overlays: Sequence[Path] = ()) -> Scenario:
    """A scenario by file or shipped name; the paths in it are absolute.

    An overlay (a calibration, say) is a file with some of a scenario's keys, laid over it.

    Raises
    ------
    ScenarioError : no such file, not YAML, an unknown key, a value that cannot be.
    """
    return check(read_scenario(source, overlays=overlays))


def read_scenario(source: str | Path, *, overlays: Sequence[Path] = ()) -> YamlDocument:
    """What a scenario file, those it extends and its overlays say together, not yet checked; paths are absolute.

    Raises
    ------
    ScenarioError : no such file, or not YAML.
    """
    path = Path(source)
    if not path.exists() and str(source) in library():
        path = library()[str(source)]
    return overlaid(_read(path), [_read(overlay) for overlay in overlays])


def made_up(tree: Tree) -> YamlDocument:
    """Keys that stand in no file, but were given to a command."""
    return YamlDocument(Path("this command"), tree, {(key,): 0 for key in tree})


def overlaid(document: YamlDocument, overlays: Iterable[YamlDocument]) -> YamlDocument:
    """A document with others laid over it; every key knows the file that said it last."""
    for above in overlays:
        replaced = set(_replaced(document.data, above.data))
        kept = {
            at: line
            for at, line in document.lines.items()
            if not any(at[:length] in replaced for length in range(1, len(at) + 1))
        }
        files = {at: document.files.get(at, document.path) for at in kept}
        document = YamlDocument(
            document.path,
            merged(document.data, above.data),
            kept | above.lines,
            files | {at: above.files.get(at, above.path) for at in above.lines},
        )
    return document


def check(document: YamlDocument) -> Scenario:
    """The scenario a document holds.

    Raises
    ------
    ScenarioError : naming the first key that is wrong, its line, and how many more are.
    """
    return validated(document, Scenario)


@contextmanager
def telling_where(document: YamlDocument) -> Iterator[None]:
    """Give an error about a key of a scenario the file and the line where the key stands."""
    try:
        yield
    except GridtwinError as error:
        if error.file is not None or not isinstance(error, ScenarioError | PolicyError):
            raise
        key_path = () if error.key is None else key_path_of(error.key)
        file, line = document.place_of(key_path)
        raise type(error)(error.message, file=file, line=line, key=error.key) from error


def merged(below: Mapping[str, object], above: Mapping[str, object]) -> Tree:
    """`above` laid over `below`: mappings key by key; anything else is replaced, a distribution or a policy whole."""
    result: Tree = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if _both_open(old, value) else value  # type: ignore[arg-type]
    return result


def _both_open(old: object, new: object) -> bool:
    return isinstance(old, Mapping) and isinstance(new, Mapping) and not {"dist", "use"} & set(new)


def _replaced(below: Mapping[str, object], above: Mapping[str, object], at: KeyPath = ()) -> Iterator[KeyPath]:
    """Where `above` puts something else in the place of what `below` says."""
    for key, value in above.items():
        old = below.get(key)
        if _both_open(old, value):
            yield from _replaced(old, value, (*at, key))  # type: ignore[arg-type]
        elif key in below:
            yield (*at, key)


def schema() -> str:
    """The JSON Schema of scenario files, for editors."""
    return json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False)


def _read(path: Path, *, depth: int = 0) -> YamlDocument:
    if not path.exists():
        raise ScenarioError(f"no such file; shipped are {', '.join(library())}", file=path)
    document = read_yaml(path)
    base = document.data.pop("extends", None)
    line = document.lines.pop(("extends",), None)
    document.data.update(located(document.data, path.parent))
    if base is None:
        return document
    if not isinstance(base, str):
        raise ScenarioError("takes the name of one file", file=path, line=line, key="extends")
    below = path.parent / base
    if not below.is_file():
        below = library().get(base, below)
    if not below.is_file():
        known = ", ".join(library())
        raise ScenarioError(f"{base!r} is neither a file nor shipped ({known})", file=path, line=line, key="extends")
    if depth >= MOST_EXTENDS:
        raise ScenarioError("goes in a circle, or through too many files", file=path, line=line, key="extends")
    return replace(overlaid(_read(below, depth=depth + 1), [document]), path=path)


def located(tree: Tree, base: Path) -> Tree:
    """The keys of a file that hold paths, with the paths made absolute: they are relative to the file's folder."""
    found: Tree = {}
    city, history = tree.get("city"), tree.get("history")
    if isinstance(city, str) and city not in (*BUILT_IN, NO_CITY):
        found["city"] = str((base / city).resolve())
    if isinstance(history, Mapping):
        absolute = dict(history)
        if isinstance(file := history.get("file"), str):
            absolute["file"] = str((base / file).resolve())
        if isinstance(mapping := history.get("mapping"), str) and mapping.endswith((".yaml", ".yml")):
            absolute["mapping"] = str((base / mapping).resolve())
        found["history"] = absolute
    if isinstance(problems := tree.get("problems"), Sequence) and not isinstance(problems, str):
        found["problems"] = [_with_catalogue_at(source, base) for source in problems]
    return found


def _with_catalogue_at(source: object, base: Path) -> object:
    """A source of problems, the file of its catalogue absolute."""
    catalogue = source.get("catalogue") if isinstance(source, Mapping) else None
    if not isinstance(source, Mapping) or not isinstance(catalogue, Mapping):
        return source
    file = catalogue.get("file")
    return source if not isinstance(file, str) else {**source, "catalogue": {**catalogue, "file": str(base / file)}}
