"""What does keeping the journal cost? Processor time a fact: recorded nowhere, in memory, in Parquet; read; summed up.

Run: `python -m benchmarks.journal_store --cases 100000`. The facts are those of one unit a case, from report to return,
made beforehand; what is timed is recording them, digest included. Then the wall-clock time of a commit of a running
twin, by its size, on the disk that `--folder` names: in SQLite as the room keeps it, in SQLite with nothing but rows,
and as a row group of Parquet, which is not there until the file is closed.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from twin.domain import facts as f
from twin.domain.quantities import SECOND
from twin.domain.unit import Freed, Placed
from twin.journal.digest import canonical
from twin.journal.journal import Journal, Memory, Nowhere, Store
from twin.journal.parquet import ParquetStore, read_journal
from twin.journal.sqlite import SqliteStore, read_facts
from twin.metrics.summary import summarise

N_UNITS = 500
N_EDGES = 20
N_COMMITS = 300
COMMITS = (1, 50, 500)
"""Facts a commit: a quiet moment at the room's own pace, a busy one, as fast as it goes."""


def made_up_facts(n_cases: int) -> list[f.Fact]:
    """Ten facts a case: 20 streets there and 20 back, three runners-up."""
    ways = np.random.Generator(np.random.Philox(1)).integers(0, 5_000, (997, N_EDGES)).tolist()
    facts: list[f.Fact] = [f.TwinBegan(0, "spec", "city", 1, 0)]
    for unit in range(N_UNITS):
        facts.append(f.UnitEnrolled(0, unit, f"E{unit}", "engine", ("engine",), 1, 0, 0, Placed.STATION))
    for case in range(n_cases):
        at, unit, way = case * SECOND, case % N_UNITS, tuple(ways[case % 997])
        described = (f"call {case}", f"area {case % 40}", f"matter {case % 9}", case % 3, ("engine",))
        facts += [
            f.CaseReported(at, case, *described, way[-1], 100, 0, case + 1, at + SECOND),
            f.CaseRegistered(at, case),
            f.CaseQueued(at, case),
            f.UnitAssigned(at, unit, case, 0, way, 3, 4, 90, 2, 150, "nearest", (1, 2, 3), (160, 170, 180), at + 60),
            f.UnitRolled(at + 60, unit, at + 150),
            f.UnitArrived(at + 150, unit, at + 900),
            f.UnitFreed(at + 900, unit, case, 0, Freed.DONE, way[-1], 100),
            f.CaseClosed(at + 900, case),
            f.UnitReturning(at + 900, unit, way[::-1], 3, 4, 90, 2, at + 990),
            f.UnitParked(at + 990, unit, 1, 0),
        ]
    return facts


def recorded(facts: list[f.Fact], store: Store) -> None:
    """Let a journal take them all in."""
    journal = Journal(store)
    for fact in facts:
        journal.append(fact)
    journal.flush()
    if isinstance(store, ParquetStore):
        store.close()


def best_us(work: Callable[[], object], n_facts: int, *, repeats: int = 3) -> float:
    """Microseconds of processor time a fact, the best of a few: the machine may be shared."""
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best / n_facts * 1e6


def report(n_cases: int, *, folder: Path | None = None) -> None:
    """Print two tables; files are kept in a folder below `folder` for the while."""
    facts = made_up_facts(n_cases)
    with tempfile.TemporaryDirectory(dir=folder) as below:
        report_facts(facts, Path(below))
        report_commits(facts, Path(below))


def report_facts(facts: list[f.Fact], folder: Path) -> None:
    """Print the processor time a fact, recorded and read."""
    n, file, durable = len(facts), folder / "journal.parquet", folder / "journal.sqlite"
    with SqliteStore.create(durable, {}) as kept:
        recorded(facts, kept)
    nowhere = best_us(lambda: recorded(facts, Nowhere()), n)
    rows = {
        "recorded nowhere": nowhere,
        "recorded in memory": best_us(lambda: recorded(facts, Memory()), n),
        "recorded in Parquet": best_us(lambda: recorded(facts, ParquetStore(file)), n),
        "read from Parquet": best_us(lambda: [len(chunk) for chunk in read_journal(file)], n),
        "read from SQLite": best_us(lambda: [len(chunk) for chunk in read_facts(durable)], n),
        "opened in SQLite": best_us(lambda: SqliteStore.open(durable).close(), n),
        "summed up": best_us(lambda: summarise(facts, until=facts[-1].at + 1, remarks=()), n),
    }
    sizes = [path.stat().st_size / n for path in (file, durable)]
    print(f"{n:,} facts, bytes a fact in the file: Parquet {sizes[0]:.1f}, SQLite {sizes[1]:.1f}")
    for name, us in rows.items():
        print(f"{name:<20} {us:6.2f} us a fact  {us / nowhere:5.1f} x nowhere")


def report_commits(facts: list[f.Fact], folder: Path) -> None:
    """Print the time of a commit by its size and by what keeps it."""
    print("facts a commit  kept by       median ms   p95 ms  facts a second")
    for size in COMMITS:
        n_facts = min(N_COMMITS * size, len(facts))
        parts = [facts[at : at + size] for at in range(0, n_facts, size)]
        with (
            SqliteStore.create(folder / f"{size}.sqlite", {}) as durable,
            ParquetStore(folder / f"{size}.parquet") as columns,
            closing(sqlite3.connect(folder / f"{size}.bare", isolation_level=None)) as connection,
        ):
            stores: dict[str, Store] = {"SQLite": durable, "bare SQLite": Bare(connection), "Parquet": columns}
            for name, store in stores.items():
                took = commits_ms(parts, store)
                p95, rate = float(np.quantile(took, 0.95)), n_facts / sum(took) * 1e3
                print(f"{size:>14}  {name:<12} {statistics.median(took):10.2f} {p95:8.2f} {rate:15,.0f}")


def commits_ms(parts: list[list[f.Fact]], store: Store) -> list[float]:
    """Milliseconds of wall-clock time that each commit takes."""
    took, first = [], 0
    for part in parts:
        started = time.perf_counter()
        store.write(part, first=first, remarks={})
        took.append((time.perf_counter() - started) * 1e3)
        first += len(part)
    return took


class Bare:
    """Rows in SQLite, as durable, without digest, kind or instant; whoever likes may change them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE facts (fact BLOB)")

    def write(self, facts: Sequence[f.Fact], *, first: int, remarks: Mapping[int, str]) -> None:
        """One transaction."""
        with self.connection:
            self.connection.execute("BEGIN")
            self.connection.executemany("INSERT INTO facts VALUES (?)", [(canonical([fact]),) for fact in facts])


def main() -> None:
    """Measure as many cases as asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--folder", type=Path, help="where the files go while it runs (default: the temporary folder)")
    asked = parser.parse_args()
    report(asked.cases, folder=asked.folder)


if __name__ == "__main__":
    main()
