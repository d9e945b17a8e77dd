"""From a file or a shipped name to a checked `Scenario`: YAML, `extends:`, overlays; errors name file and key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from city_data.yaml_file import YamlDocument, explained, read_yaml
from scenarios.spec import BUILT_IN, NO_CITY, Scenario
from twin.errors import ScenarioError

MOST_EXTENDS = 8
Tree = dict[str, object]


def library() -> dict[str, Path]:
    """The scenarios that are shipped, by name."""
    folder = Path(str(files("scenarios"))) / "library"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def load_scenario(source: str | Path, *, overlays: Sequence[Path] = ()) -> tuple[Scenario, Path]:
    """A scenario by file or shipped name, and the folder its paths are relative to.

    An overlay (a calibration, say) is a file with some of a scenario's keys, laid over it.

    Raises
    ------
    ScenarioError : no such file, not YAML, an unknown key, a value that cannot be.
    """
    path = Path(source)
    if not path.exists() and str(source) in library():
        path = library()[str(source)]
    document = _read(path, depth=0)
    for overlay in overlays:
        document = _over(document, _read(overlay, depth=0))
    return located(check(document), path.parent), path.parent


def located(scenario: Scenario, base: Path) -> Scenario:
    """The scenario with the paths in it made absolute, from the folder they are relative to."""
    changes: dict[str, object] = {}
    if scenario.city not in (BUILT_IN, NO_CITY):
        changes["city"] = str((base / scenario.city).resolve())
    if scenario.history is not None:
        mapping = scenario.history.mapping
        if mapping.endswith((".yaml", ".yml")):
            mapping = str((base / mapping).resolve())
        file = (base / scenario.history.file).resolve()
        changes["history"] = scenario.history.model_copy(update={"file": file, "mapping": mapping})
    return scenario.model_copy(update=changes)


def overlaid(tree: Tree, overlays: Sequence[Path]) -> YamlDocument:
    """A tree of keys made by a program, with overlays laid over it."""
    document = YamlDocument(Path("this command"), tree, {})
    for overlay in overlays:
        document = _over(document, _read(overlay, depth=0))
    return document


def check(document: YamlDocument) -> Scenario:
    """The scenario a document holds.

    Raises
    ------
    ScenarioError : naming the first key that is wrong, its line, and how many more are.
    """
    try:
        return Scenario.model_validate(document.data)
    except ValidationError as error:
        raise explained(error, document) from error


def merged(below: Mapping[str, object], above: Mapping[str, object]) -> Tree:
    """`above` laid over `below`: mappings key by key, anything else, and a distribution, replaced as a whole."""
    result: Tree = dict(below)
    for key, value in above.items():
        old = result.get(key)
        key_by_key = isinstance(old, Mapping) and isinstance(value, Mapping) and "dist" not in value
        result[key] = merged(old, value) if key_by_key else value  # type: ignore[arg-type]
    return result


def schema() -> str:
    """The JSON Schema of scenario files, for editors."""
    return json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False)


def _read(path: Path, *, depth: int) -> YamlDocument:
    if not path.exists():
        raise ScenarioError(f"no such file; shipped are {', '.join(library())}", file=path)
    document = read_yaml(path)
    base = document.data.pop("extends", None)
    if base is None:
        return document
    if not isinstance(base, str) or depth >= MOST_EXTENDS:
        raise ScenarioError("extends takes the name of one file, and not in a circle", file=path, key="extends")
    below = path.parent / base
    return _over(_read(below if below.exists() else library().get(base, below), depth=depth + 1), document)


def _over(below: YamlDocument, above: YamlDocument) -> YamlDocument:
    """One document over another; a key's line is that of the file that said it last."""
    return YamlDocument(above.path, merged(below.data, above.data), above.lines)
