"""A bundle: one file from which another machine makes the runs again, and sees for itself that they are the same.

In: the folder of an experiment or of a run. Out: a zip of it with the lock, the checksum of every file, what it was
made from, and a citation. The same folder gives the same bytes. Data (city folders, histories) stays at home unless
asked for, and is known again by its checksum; what says how to read it goes along.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import msgspec
import yaml

from city_data.named import BUILT_IN
from scenarios.run_folder import UNFINISHED, read_manifest, said
from scenarios.spec import NO_CITY
from twin.errors import JournalError

SUMS, CITATION, LOCK, PINS, INPUTS = "SHA256SUMS", "CITATION.cff", "uv.lock", "versions.txt", "inputs.json"
RESULTS, GIVEN = "results/", "inputs/"
PROGRAM = "gridtwin"
_AGES_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a bundle: bytes that depend on nothing but what is in them."""


class Given(msgspec.Struct, frozen=True):
    """A file or a folder that runs were made from.

    Parameters
    ----------
    path : what scenarios call it.
    files : of a folder its files, of a file itself: name → SHA-256.
    is_inside : whether it lies in the bundle.
    """

    path: str
    files: dict[str, str]
    is_inside: bool

    @property
    def place(self) -> str:
        """Where it lies, or would lie, in the bundle: under a checksum, for two may have the same name."""
        mark = sha256("".join(f"{name} {mark}\n" for name, mark in self.files.items()).encode()).hexdigest()
        return f"{GIVEN}{mark[:16]}/{Path(self.path).name}"


@dataclass(frozen=True, slots=True)
class Bundled:
    """What was put together."""

    file: Path
    n_files: int
    inside: tuple[str, ...]
    outside: tuple[str, ...]


def make_bundle(folder: Path, *, out: Path, with_data: bool = False, authors: Iterable[str] = ()) -> Bundled:
    """Bundle the folder of an experiment, or of a run.

    Parameters
    ----------
    with_data : put cities and histories in as well: whoever asks has looked at their licences.
    authors : for the citation.

    Raises
    ------
    JournalError : it is no such folder, or what it was made from has gone; `out` is there already or cannot be written.
    """
    manifest = read_manifest(folder)
    given = [*_given(folder, manifest, with_data=with_data)]
    content = {
        f"{RESULTS}{file.name}": file.read_bytes()
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.startswith(UNFINISHED)
    }
    for each in given:
        source = Path(each.path)
        if each.is_inside:
            content |= {f"{each.place}/{name}": (source / name).read_bytes() for name in each.files if source.is_dir()}
            content |= {each.place: source.read_bytes()} if source.is_file() else {}
    content[INPUTS] = msgspec.json.format(msgspec.json.encode(given), indent=2)
    content[PINS] = "".join(f"{name}=={pin}\n" for name, pin in sorted(pins().items())).encode()
    if (lock := Path(__file__).parents[2] / LOCK).is_file():
        content[LOCK] = lock.read_bytes()
    content[CITATION] = _citation(manifest, tuple(authors)).encode()
    content[SUMS] = "".join(f"{_mark(content[name])}  {name}\n" for name in sorted(content)).encode()
    _write(out, content)
    inside = tuple(each.path for each in given if each.is_inside)
    outside = tuple(each.path for each in given if not each.is_inside)
    return Bundled(out, len(content), inside, outside)


def pins() -> dict[str, str]:
    """The version of everything installed that gridtwin needs, by name."""
    found: dict[str, str] = {}
    waiting = [PROGRAM]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # for another system, or an extra nobody asked for
            continue
        needed = (line for line in requires(name) or () if "extra ==" not in line)
        waiting += [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in needed]
    return found


def scenarios_in(manifest: Mapping[str, object], *, folder: Path) -> list[dict[str, object]]:
    """The scenarios that a folder came from, as manifests keep them."""
    if manifest.get("kind") == "experiment":
        return [said(each, "scenario", dict, out=folder) for each in said(manifest, "alternatives", list, out=folder)]
    return [said(manifest, "scenario", dict, out=folder)]


def paths_in(scenario: Mapping[str, object]) -> Iterator[tuple[tuple[str | int, ...], bool]]:
    """Where a scenario names files of this machine, as keys one below the other; and whether that is data."""
    if str(scenario.get("city", NO_CITY)) not in (*BUILT_IN, NO_CITY):
        yield ("city",), True
    history = scenario.get("history")
    if isinstance(history, dict):
        yield ("history", "file"), True
        if str(history.get("mapping", "")).endswith((".yaml", ".yml")):
            yield ("history", "mapping"), False
    problems = scenario.get("problems")
    for place, source in enumerate(problems if isinstance(problems, list) else ()):
        if isinstance(source.get("catalogue"), dict) and source["catalogue"].get("file"):
            yield ("problems", place, "catalogue", "file"), False


def at(scenario: object, keys: Iterable[str | int]) -> object:
    """What lies at some keys."""
    for key in keys:
        scenario = scenario[key]  # type: ignore[index]
    return scenario


def marks_of(path: Path) -> dict[str, str]:
    """SHA-256 of a file, or of every file below a folder, by name."""
    if path.is_file():
        return {path.name: _mark(path.read_bytes())}
    files = (file for file in sorted(path.rglob("*")) if file.is_file())
    return {file.relative_to(path).as_posix(): _mark(file.read_bytes()) for file in files}


def _given(folder: Path, manifest: Mapping[str, object], *, with_data: bool) -> Iterator[Given]:
    """What runs were made from, each once."""
    met: set[str] = set()
    for scenario in scenarios_in(manifest, folder=folder):
        for keys, is_data in paths_in(scenario):
            path = str(at(scenario, keys))
            if path in met:
                continue
            met.add(path)
            if not (marks := marks_of(Path(path))):
                raise JournalError("the runs were made from it, and it is no longer there", file=path)
            yield Given(path, marks, with_data or not is_data)


def _citation(manifest: Mapping[str, object], authors: tuple[str, ...]) -> str:
    """How to cite it: https://citation-file-format.github.io, version 1.2.0."""
    name = str(manifest.get("name", ""))
    said_by = [{"name": each} for each in authors or ("The gridtwin authors",)]
    program = {"type": "software", "title": PROGRAM, "version": version(PROGRAM), "license": "MIT"}
    return yaml.safe_dump(
        {
            "cff-version": "1.2.0",
            "message": "If you use these results, please cite them.",
            "type": "dataset",
            "title": name,
            "authors": said_by,
            "references": [program | {"authors": [{"name": "The gridtwin authors"}]}],
        },
        allow_unicode=True,
        sort_keys=False,
    )


def _mark(content: bytes) -> str:
    return sha256(content).hexdigest()


def _write(out: Path, content: Mapping[str, bytes]) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(out, "x", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(content):
                entry = zipfile.ZipInfo(name, _AGES_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content[name])
    except FileExistsError as error:
        raise JournalError("is there already: give another --out", file=out) from error
    except OSError as error:
        raise JournalError(f"cannot be written: {error.strerror}", file=out) from error
