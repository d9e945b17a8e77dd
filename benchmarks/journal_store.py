"""What does keeping the journal cost? Processor time a fact: recorded nowhere, in memory, in Parquet; read; summed up.

Run: `python -m benchmarks.journal_store --cases 100000`. The facts are those of one unit a case, from report to return,
made beforehand; what is timed is recording them, digest included.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from twin.domain import facts as f
from twin.domain.quantities import SECOND
from twin.domain.unit import Freed, Placed
from twin.journal.journal import Journal, Memory, Nowhere, Store
from twin.journal.parquet import ParquetStore, read_journal
from twin.metrics.summary import summarise

N_UNITS = 500
N_EDGES = 20


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


def report(n_cases: int) -> None:
    """Print a table."""
    facts = made_up_facts(n_cases)
    n = len(facts)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "journal.parquet"
        nowhere = best_us(lambda: recorded(facts, Nowhere()), n)
        rows = {
            "recorded nowhere": nowhere,
            "recorded in memory": best_us(lambda: recorded(facts, Memory()), n),
            "recorded in Parquet": best_us(lambda: recorded(facts, ParquetStore(file)), n),
            "read from Parquet": best_us(lambda: [len(chunk) for chunk in read_journal(file)], n),
            "summed up": best_us(lambda: summarise(facts, until=facts[-1].at + 1, remarks=()), n),
        }
        size = file.stat().st_size / n
    print(f"{n:,} facts, {size:.1f} bytes a fact in the file")
    for name, us in rows.items():
        print(f"{name:<20} {us:6.2f} us a fact  {us / nowhere:5.1f} x nowhere")


def main() -> None:
    """Measure as many cases as asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=50_000)
    report(parser.parse_args().cases)


if __name__ == "__main__":
    main()
