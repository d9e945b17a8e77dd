"""The run folder: what a run leaves on disk, written whole or not at all, and read back.

`journal.parquet` is the run; everything else is derived from it (`cases.parquet`, `units.parquet`, `kpi.json`) or says
where it came from (`manifest.json`, `quarantine.csv`).
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import pyarrow.parquet as pq

from twin.domain.facts import Fact
from twin.errors import JournalError
from twin.journal.digest import Digest
from twin.journal.parquet import ParquetStore, read_journal, read_remarks
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.ground import Ground
from twin.metrics.summary import summarise

T = TypeVar("T")
PACKAGES = ("gridtwin", "simpy", "mesa", "numpy", "scipy", "numba", "msgspec", "networkx", "osmnx", "pyarrow")
JOURNAL, CASES = "journal.parquet", "cases.parquet"
ROOM = "journal.sqlite"
"""The journal of a running twin, in a folder of its own."""
UNFINISHED = ".unfinished-"
KPI, MANIFEST, QUARANTINE = "kpi.json", "manifest.json", "quarantine.csv"


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """A folder to write a run into; what is in it becomes the run folder `out` when the block ends well.

    When it does not (bad input, Ctrl-C), nothing is left behind, and an older run in `out` stays as it was.

    Raises
    ------
    JournalError : the place is taken by something that is not a run folder, or cannot be written.
    """
    is_new = not out.exists()
    require_replaceable(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        stage = Path(mkdtemp(prefix=UNFINISHED, dir=out))
    except OSError as error:
        raise JournalError(f"cannot be written: {error.strerror}", file=out) from error
    try:
        yield stage
        (out / MANIFEST).unlink(missing_ok=True)
        for file in sorted(stage.iterdir(), key=lambda file: file.name == MANIFEST):
            file.replace(out / file.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if is_new and not any(out.iterdir()):
            out.rmdir()


def require_replaceable(out: Path) -> None:
    """Nobody's work may be written over.

    Raises
    ------
    JournalError : the place is taken by something that is not a run folder.
    """
    try:
        if out.exists() and (not out.is_dir() or not _replaceable(out)):
            raise JournalError("is not an empty folder and not a run folder: give another --out", file=out)
    except OSError as error:
        raise JournalError(f"cannot be written: {error.strerror}", file=out) from error


def _replaceable(out: Path) -> bool:
    names = {entry.name for entry in out.iterdir()}
    return MANIFEST in names or all(name.startswith(UNFINISHED) for name in names)


def prepare(out: Path) -> ParquetStore:
    """Make the folder and open its journal."""
    out.mkdir(parents=True, exist_ok=True)
    return ParquetStore(out / JOURNAL)


def finish(
    out: Path,
    *,
    until: int,
    limits_s: tuple[float, ...],
    told: dict[str, object],
    ground: Ground | None,
    plan: CentrePlan | None = None,
) -> dict[str, object]:
    """Derive tables and figures from the journal, complete the manifest and write it last; returns the figures."""
    remarks = read_remarks(out / JOURNAL).values()
    summary = summarise(facts_of(out), until=until, remarks=remarks, limits_s=limits_s, ground=ground, plan=plan)
    n_cases = summary.cases.num_rows
    told["facts_per_case"] = round(int(str(told["n_facts"])) / n_cases, 2) if n_cases else None
    told["versions"] = versions()
    for name, table in summary.files().items():
        pq.write_table(table, out / name, compression="zstd")
    write_json(out / KPI, summary.kpi)
    write_json(out / MANIFEST, told)
    return summary.kpi


def facts_of(out: Path) -> Iterable[Fact]:
    """The facts of a run, in order."""
    for chunk in read_journal(out / JOURNAL):
        yield from chunk


def read_manifest(out: Path) -> dict[str, object]:
    """The manifest of a run folder.

    Raises
    ------
    JournalError : there is none, or it is not JSON.
    """
    if not (out / MANIFEST).is_file():
        raise JournalError("no manifest.json here: this is not a (finished) run folder", file=out)
    return read_json(out / MANIFEST)


def said(manifest: Mapping[str, object], key: str, kind: type[T], *, out: Path) -> T:
    """What a manifest says under a key.

    Raises
    ------
    JournalError : nothing, or something of another kind.
    """
    value = manifest.get(key)
    if not isinstance(value, kind):
        raise JournalError(f"should be of type {kind.__name__}: run it again", file=out / MANIFEST, key=key)
    return value


def read_json(file: Path) -> dict[str, object]:
    """The object in a JSON file.

    Raises
    ------
    JournalError : it cannot be read, or holds something else.
    """
    try:
        content = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise JournalError(f"cannot be read: {error.strerror}", file=file) from error
    except (ValueError, RecursionError) as error:
        raise JournalError(f"not JSON: {error}", file=file) from error
    if not isinstance(content, dict):
        raise JournalError("should hold one JSON object", file=file)
    return content


def digest_of(out: Path) -> Digest:
    """The digest of a run's journal, computed anew."""
    digest = Digest()
    for chunk in read_journal(out / JOURNAL):
        digest.update(chunk)
    return digest


def versions() -> dict[str, str]:
    """What the run was made with."""
    return {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}}


def write_json(file: Path, content: object) -> None:
    """Write something for people and programs to read."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    file.write_text(text + "\n", "utf-8")
