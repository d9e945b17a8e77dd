"""A finished experiment's folder, read back: its answer, and the runs it is of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.lab.results import ANSWER, DISTRIBUTION, FAILURES, GROUPS, ROWS, Failure
from scenarios.run_folder import read_json, read_manifest, said
from scenarios.spec import Scenario
from twin.errors import JournalError
from twin.metrics.answer import Answer, Tried
from twin.metrics.measure import Row

Runs = list[tuple[Row, Sequence[Row]] | None]


def is_experiment(folder: Path) -> bool:
    """Whether a finished experiment lies here."""
    return (folder / ANSWER).is_file()


def read_answer(folder: Path) -> Answer:
    """The answer of a finished experiment.

    Raises
    ------
    JournalError : it cannot be read, or is damaged.
    """
    try:
        return msgspec.convert(read_json(folder / ANSWER), Answer)
    except msgspec.ValidationError as error:
        raise JournalError(f"is no answer of an experiment: {error}", file=folder / ANSWER) from error


def runs_of(folder: Path, names: Sequence[str], *, n: int) -> dict[str, Runs]:
    """What runs came to, by alternative: one entry a replication, None for one that failed.

    Raises
    ------
    JournalError : the tables cannot be read.
    """
    found: dict[str, Runs] = {name: [None] * n for name in names}
    groups: dict[tuple[str, int], list[Row]] = {}
    for group in _rows(folder / GROUPS):
        groups.setdefault((group["alternative"], group["replication"]), []).append(group)
    for row in _rows(folder / ROWS):
        name, k = row["alternative"], row["replication"]
        if name in found and k < n:
            found[name][k] = row, groups.get((name, k), [])
    return found


def tried_in(folder: Path, answer: Answer) -> list[Tried]:
    """The alternatives of an experiment with their runs."""
    runs = runs_of(folder, [each.name for each in answer.alternatives], n=answer.n)
    return [Tried(each.name, each.settings, each.against, each.point, runs[each.name]) for each in answer.alternatives]


def spread_in(folder: Path) -> dict[str, tuple[tuple[int, int], ...]]:
    """How the responses of all runs are spread, by alternative: bins with how many lie in each."""
    pooled: dict[str, dict[int, int]] = {}
    for row in _rows(folder / DISTRIBUTION):
        bins = pooled.setdefault(row["alternative"], {})
        bins[row["low_s"]] = bins.get(row["low_s"], 0) + row["n"]
    return {name: tuple(sorted(bins.items())) for name, bins in pooled.items()}


def failures_in(folder: Path) -> list[Failure]:
    """Runs that came to nothing."""
    try:
        return msgspec.json.decode((folder / FAILURES).read_bytes(), type=list[Failure])
    except (OSError, msgspec.DecodeError) as error:
        raise JournalError(f"cannot be read: {error}", file=folder / FAILURES) from error


def first_scenario(folder: Path) -> Scenario:
    """The scenario of the first alternative, as it was run.

    Raises
    ------
    JournalError : the manifest does not hold one.
    """
    told = said(read_manifest(folder), "alternatives", list, out=folder)
    first = told[0] if told else None
    if not isinstance(first, Mapping):
        raise JournalError("holds no alternatives", file=folder)
    try:
        return Scenario.model_validate_json(json.dumps(first.get("scenario")))
    except ValueError as error:
        raise JournalError(f"holds no scenario that this version can read: {error}", file=folder) from error


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise JournalError(f"cannot be read: {error}", file=file) from error
    return rows
