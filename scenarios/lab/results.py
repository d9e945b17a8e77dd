"""The folder of an experiment: runs that are done while it is under way, and what it came to when it is over.

While under way, every finished run is one file, under a name that says exactly which run it is; the same command finds
them again, whatever stopped the last one. At the end tables and answer are written whole, and the files go. Nothing in
the tables and the answer depends on how long anything took, or in how many processes: that stands in the manifest.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from scenarios.lab.design import Plan
from scenarios.lab.outcome import Outcome, Row
from scenarios.run_folder import JOURNAL, MANIFEST, UNFINISHED, require_replaceable, write_json, written_whole
from twin.errors import JournalError
from twin.metrics.answer import Answer

EXPERIMENT, ANSWER, FAILURES = "experiment.yaml", "answer.json", "failures.json"
ROWS, GROUPS, DISTRIBUTION = "rows.parquet", "groups.parquet", "distribution.parquet"
RUNS = f"{UNFINISHED}runs"
_TEXT, _INT = ("alternative", "spec_hash", "digest", "by", "group"), ("replication", "seed", "low_s", "n")


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that came to nothing, and why."""

    alternative: str
    seed: int
    message: str


@dataclass(frozen=True, slots=True)
class Results:
    """All runs of an experiment: by alternative, one a replication, None for one that failed."""

    outcomes: Mapping[str, Sequence[Outcome | None]]
    failures: Sequence[Failure]


class Kept:
    """Runs that are done, one file each, in the folder of an experiment that is under way.

    Raises
    ------
    JournalError : the folder holds something else.
    """

    def __init__(self, out: Path) -> None:
        if (out / JOURNAL).exists():
            raise JournalError("is a run folder: give another --out", file=out)
        require_replaceable(out)
        self.folder = out / RUNS
        self._is_new = not out.exists()

    def get(self, key: str) -> Outcome | None:
        """What a run came to, if it is done; a file that cannot be read counts as none."""
        try:
            return msgspec.msgpack.decode((self.folder / key).read_bytes(), type=Outcome)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def put(self, key: str, outcome: Outcome) -> None:
        """A run is done; its file is there whole or not at all."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = self.folder / f"{key}.{os.getpid()}"
            beside.write_bytes(msgspec.msgpack.encode(outcome))
            beside.replace(self.folder / key)
        except OSError as error:
            raise JournalError(f"cannot be written: {error.strerror}", file=self.folder) from error

    def clear(self) -> None:
        """The experiment is over: what was kept is in its tables."""
        shutil.rmtree(self.folder, ignore_errors=True)


def key_of(*parts: object) -> str:
    """The name under which a run is kept: a checksum of everything that decides what it comes to."""
    return blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).hexdigest()


def write_results(out: Path, plan: Plan, results: Results, *, answer: Answer, manifest: Mapping[str, object]) -> None:
    """Write the folder of an experiment that is over."""
    with written_whole(out) as stage:
        said = dict(plan.document.data) | {"scenario": plan.source}
        text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
        (stage / EXPERIMENT).write_text(text, "utf-8")
        for name, table in tables_of(plan, results).items():
            pq.write_table(table, stage / name, compression="zstd")
        write_json(stage / FAILURES, msgspec.to_builtins(list(results.failures)))
        write_json(stage / ANSWER, msgspec.to_builtins(answer))
        write_json(stage / MANIFEST, manifest)


def tables_of(plan: Plan, results: Results) -> dict[str, pa.Table]:
    """The tables of an experiment, by the names of their files."""
    rows: list[Row] = []
    groups: list[Row] = []
    bins: list[Row] = []
    for settings, label, outcome in _each(plan, results):
        rows.append(label | settings | outcome.row)
        groups += [label | group for group in outcome.groups]
        bins += [label | {"low_s": low_s, "n": n} for low_s, n in outcome.distribution]
    text = tuple(plan.alternatives[0].settings)
    return {ROWS: _table(rows, text=text), GROUPS: _table(groups), DISTRIBUTION: _table(bins)}


def _each(plan: Plan, results: Results) -> Iterator[tuple[Row, Row, Outcome]]:
    """Settings, alternative and replication, and outcome of every run that came to something, in order."""
    for each in plan.alternatives:
        settings: Row = {name: _plain(value) for name, value in each.settings.items()}
        for replication, outcome in enumerate(results.outcomes[each.name]):
            if outcome is not None:
                yield settings, {"alternative": each.name, "replication": replication}, outcome


def _plain(value: object) -> int | float | str | None:
    """A setting as a table holds it: a number, or text."""
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _table(rows: Sequence[Row], *, text: Sequence[str] = ()) -> pa.Table:
    """Rows as a table: whole numbers for counts and seeds, numbers for measures; settings are text or all numbers."""
    columns = {}
    for name in rows[0] if rows else ():
        values = [row.get(name) for row in rows]
        if name in text:
            is_number = all(isinstance(value, int | float) for value in values)
            columns[name] = pa.array([float(v) for v in values] if is_number else [str(v) for v in values])  # type: ignore[arg-type]
        elif name in _TEXT:
            columns[name] = pa.array(values, pa.string())
        elif name in _INT or name.startswith("n_"):
            columns[name] = pa.array(values, pa.int64())
        else:
            columns[name] = pa.array(values, pa.float64())
    return pa.table(columns)
