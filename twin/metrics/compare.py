"""Two runs side by side: recorded against simulated, or one policy against another, by groups of units.

Two run folders flow in; out flow the differences (second minus first) of one interval: unpaired over all rows, and
paired over the cases that both runs have (the same `ref`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from twin.clock.streams import Streams
from twin.errors import GridtwinError, JournalError
from twin.metrics.bootstrap import LEVEL, N_BOOT, compare_pairs, compare_samples
from twin.metrics.intervals import CASE_SPANS, JOB_SPANS
from twin.metrics.performance import Figures, Floats
from twin.metrics.rows import span_s

INTERVALS = (*CASE_SPANS, *JOB_SPANS)


@dataclass(frozen=True, slots=True)
class RunTables:
    """The two tables of a run folder, as `summarise` made them."""

    cases: pa.Table
    jobs: pa.Table

    @classmethod
    def load(cls, folder: Path) -> RunTables:
        """Read `cases.parquet` and `units.parquet`.

        Raises
        ------
        JournalError : one is not there, or cannot be read.
        """
        return cls(_table(folder / "cases.parquet"), _table(folder / "units.parquet"))


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of an interval with the case each belongs to, shapes (n,); in a case, the first to arrive comes first."""

    refs: NDArray[np.str_]
    values_s: Floats


def compare_runs(
    first: Path, second: Path, *, interval: str, headline: Sequence[str] = (), n_boot: int = N_BOOT, seed: int = 0
) -> Figures:
    """How one interval differs between two run folders, second minus first.

    Parameters
    ----------
    first, second : run folders; the recorded or the plain one first.
    interval : a name from `INTERVALS`.
    headline : kinds of units that are told together, then one by one, then all others as `rest`.
    n_boot, seed : resamples of the bootstrap, and by what they are keyed.

    Raises
    ------
    GridtwinError : no such interval. JournalError : a table cannot be read.
    """
    if interval not in INTERVALS:
        raise GridtwinError(f"{interval!r} is no interval: choose from {', '.join(INTERVALS)}", key="interval")
    return compare_tables(
        RunTables.load(first), RunTables.load(second), interval=interval, headline=headline, n_boot=n_boot, seed=seed
    )


def compare_tables(
    first: RunTables,
    second: RunTables,
    *,
    interval: str,
    headline: Sequence[str] = (),
    n_boot: int = N_BOOT,
    seed: int = 0,
) -> Figures:
    """As `compare_runs`, of tables already read."""
    streams = Streams(seed)
    groups: Figures = {}
    for name, kinds in _groups(first, second, interval=interval, headline=headline).items():
        a, b = sample(first, interval, kinds=kinds), sample(second, interval, kinds=kinds)
        purpose = f"{interval} {name}"
        groups[name] = {
            "unit_kinds": None if kinds is None else list(kinds),
            **compare_samples(a.values_s, b.values_s, streams=streams, purpose=purpose, n_boot=n_boot),
            "paired": compare_pairs(*paired(a, b), streams=streams, purpose=f"{purpose} paired", n_boot=n_boot),
        }
    return {"interval": interval, "level": LEVEL, "n_boot": n_boot, "seed": seed, "groups": groups}


def sample(run: RunTables, interval: str, *, kinds: Sequence[str] | None = None) -> Sample:
    """Values of an interval, of all units or of some kinds.

    `response_s` of some kinds is reported → first arrival of one of them; other intervals of a case have no kinds.
    """
    if interval in JOB_SPANS:
        jobs = run.jobs if kinds is None else _of_kinds(run.jobs, kinds)
        table = jobs.filter(jobs[interval].is_valid()).sort_by([("arrived_at", "ascending"), ("unit", "ascending")])
        return _sample(table["ref"], table[interval])
    if kinds is None:
        return _sample(run.cases["ref"], run.cases[interval])
    first = _of_kinds(run.jobs, kinds).group_by("case").aggregate([("arrived_at", "min")])
    row = pc.index_in(run.cases["case"], first["case"])
    cases = run.cases.append_column("group_at", first["arrived_at_min"].take(row))
    values, _ = span_s(cases, "reported_at", "group_at")
    return _sample(cases["ref"], values)


def paired(a: Sample, b: Sample) -> tuple[Floats, Floats]:
    """The first value of each case that both samples have, in the order of the refs; shapes (n_pairs,)."""
    refs_a, first_a = np.unique(a.refs, return_index=True)
    refs_b, first_b = np.unique(b.refs, return_index=True)
    _, in_a, in_b = np.intersect1d(refs_a, refs_b, assume_unique=True, return_indices=True)
    return a.values_s[first_a[in_a]], b.values_s[first_b[in_b]]


def _groups(
    first: RunTables, second: RunTables, *, interval: str, headline: Sequence[str]
) -> dict[str, Sequence[str] | None]:
    groups: dict[str, Sequence[str] | None] = {"all": None}
    if not headline or not (interval in JOB_SPANS or interval == "response_s"):
        return groups
    known = sorted(
        {*first.jobs["unit_kind"].unique().to_pylist(), *second.jobs["unit_kind"].unique().to_pylist()} - {None}
    )
    groups["headline"] = tuple(headline)
    if len(headline) > 1:
        groups |= {kind: (kind,) for kind in headline}
    groups["rest"] = tuple(kind for kind in known if kind not in headline)
    return groups


def _of_kinds(jobs: pa.Table, kinds: Sequence[str]) -> pa.Table:
    return jobs.filter(pc.is_in(jobs["unit_kind"], pa.array(list(kinds), pa.string())))


def _sample(refs: pa.ChunkedArray, values_s: pa.ChunkedArray) -> Sample:
    there = pc.and_(refs.is_valid(), values_s.is_valid())
    return Sample(np.array(refs.filter(there).to_pylist(), dtype=np.str_), values_s.filter(there).to_numpy())


def _table(file: Path) -> pa.Table:
    try:
        return pq.read_table(file)
    except FileNotFoundError as error:
        raise JournalError("is not there: this is not a (finished) run folder", file=file) from error
    except (pa.ArrowException, OSError) as error:
        raise JournalError(f"cannot be read ({error})", file=file) from error
