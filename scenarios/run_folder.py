"""The run folder: what a run leaves on disk, written whole or not at all, and read back.

`journal.parquet` is the run; everything else is derived from it (`cases.parquet`, `units.parquet`, `kpi.json`) or says
where it came from (`manifest.json`, `quarantine.csv`).
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq

from twin.domain.facts import Fact
from twin.errors import JournalError
from twin.journal.digest import Digest
from twin.journal.parquet import ParquetStore, read_journal, read_remarks
from twin.metrics.summary import summarise

PACKAGES = ("gridtwin", "simpy", "mesa", "numpy", "scipy", "numba", "msgspec", "networkx", "osmnx", "pyarrow")
JOURNAL, CASES, UNITS = "journal.parquet", "cases.parquet", "units.parquet"
KPI, MANIFEST, QUARANTINE = "kpi.json", "manifest.json", "quarantine.csv"


def prepare(out: Path) -> ParquetStore:
    """Make the folder and open its journal.

    Raises
    ------
    JournalError : the place is taken by something that is not a run folder.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST).exists())):
        raise JournalError("is not an empty folder and not a run folder: give another --out", file=out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MANIFEST).unlink(missing_ok=True)
    return ParquetStore(out / JOURNAL)


def finish(out: Path, *, until: int, limits_s: tuple[float, ...], told: dict[str, object]) -> dict[str, object]:
    """Derive tables and figures from the journal, complete the manifest and write it last; returns the figures."""
    remarks = read_remarks(out / JOURNAL).values()
    summary = summarise(facts_of(out), until=until, remarks=remarks, limits_s=limits_s)
    n_cases = summary.cases.num_rows
    told["facts_per_case"] = round(int(str(told["n_facts"])) / n_cases, 2) if n_cases else None
    told["versions"] = versions()
    pq.write_table(summary.cases, out / CASES, compression="zstd")
    pq.write_table(summary.jobs, out / UNITS, compression="zstd")
    _write_json(out / KPI, summary.kpi)
    _write_json(out / MANIFEST, told)
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
    file = out / MANIFEST
    if not file.exists():
        raise JournalError("no manifest.json here: this is not a (finished) run folder", file=out)
    try:
        manifest = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise JournalError(f"not JSON: {error}", file=file) from error
    if not isinstance(manifest, dict):
        raise JournalError("not a manifest", file=file)
    return manifest


def digest_of(out: Path) -> Digest:
    """The digest of a run's journal, computed anew."""
    digest = Digest()
    for chunk in read_journal(out / JOURNAL):
        digest.update(chunk)
    return digest


def versions() -> dict[str, str]:
    """What the run was made with."""
    return {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}}


def _write_json(file: Path, content: object) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    file.write_text(text + "\n", "utf-8")
