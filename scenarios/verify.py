"""Is a run what it says? Its inputs are replayed, everything else is computed again, and every fact is compared.

A recorded history is all input: its journal is folded and its digest and figures are computed anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from city_data.yaml_file import YamlDocument
from scenarios.build import Built, build
from scenarios.load import check
from scenarios.run import run
from scenarios.run_folder import (
    JOURNAL,
    KPI,
    MANIFEST,
    digest_of,
    facts_of,
    read_json,
    read_manifest,
    said,
)
from twin.domain.facts import INPUT, Fact, UnitEnrolled
from twin.errors import CityError, JournalError
from twin.journal.parquet import read_remarks
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.ground import Ground
from twin.metrics.summary import summarise
from twin.world.world import fold

RECORDED = "recorded"


class _Compared:
    """A store that keeps nothing: it holds what is computed against what the journal says, fact by fact."""

    def __init__(self, journal: Iterator[Fact], *, file: Path) -> None:
        self._journal, self._file, self.n_same = journal, file, 0

    def write(self, facts: Sequence[Fact], *, first: int, remarks: Mapping[int, str]) -> None:
        """Compare them with the next of the journal."""
        for number, fact in enumerate(facts, start=first):
            written = next(self._journal, None)
            if written != fact:
                raise JournalError(
                    f"fact {number} differs: the journal has {_told(written)}, but the inputs lead to {_told(fact)}",
                    file=self._file,
                )
            self.n_same += 1

    def end(self) -> None:
        """Nothing may be left over."""
        extra = next(self._journal, None)
        if extra is not None:
            raise JournalError(
                f"fact {self.n_same} differs: the journal goes on after its end with {_told(extra)}", file=self._file
            )


def verify_run(
    folder: Path, *, city: Path | None = None, progress: Callable[[object], None] = lambda _: None
) -> dict[str, object]:
    """Verify a run folder; returns what was compared.

    Parameters
    ----------
    city : the city folder, where it is no longer at the place the manifest names.

    Raises
    ------
    JournalError : something differs, naming the first difference; or the folder is damaged.
    CityError : the city is not there, or is another one.
    """
    manifest = read_manifest(folder)
    policy, until = said(manifest, "policy", str, out=folder), said(manifest, "until", int, out=folder)
    progress("reading the journal")
    digest = digest_of(folder).hexdigest()
    if policy == RECORDED:
        facts = list(facts_of(folder))
        fold(facts)
        n_compared, ground, plan = len(facts), None, None
    else:
        built = _rebuilt(folder, manifest, city)
        n_compared = _compared(folder, built, until=until, progress=progress)
        ground, plan = Ground(built.setting.terrain, built.setting.civil), built.plan
    if digest != (promised := manifest.get("journal_digest")):
        raise JournalError(f"its digest is {digest}, the manifest says {promised}", file=folder / JOURNAL)
    progress("comparing the figures")
    _compare_derived(folder, manifest, until=until, ground=ground, plan=plan)
    return {"digest": digest, "facts compared": n_compared, "figures": "the same", "policy": policy}


def _compared(folder: Path, built: Built, *, until: int, progress: Callable[[object], None]) -> int:
    """How many facts are as the inputs lead to: all of them, or it raises."""
    store = _Compared(iter(facts_of(folder)), file=folder / JOURNAL)
    run(built, store=store, until=until, progress=progress)
    store.end()
    return store.n_same


def _rebuilt(folder: Path, manifest: Mapping[str, object], city: Path | None) -> Built:
    """The run's setting, with its inputs taken from the journal instead of from the files they once came from."""
    document = _document(folder, manifest)
    if city is not None:
        document.data["city"] = str(city.resolve())
    journal = [fact for fact in facts_of(folder) if fact.origin is INPUT or isinstance(fact, UnitEnrolled)]
    seed = said(manifest, "seed", int, out=folder)
    built = build(check(document), seed=seed, journal=journal)
    if built.setting.city != said(manifest, "city", dict, out=folder).get("checksum"):
        raise CityError(
            "this is not the city the run took place in: give that one with --city", file=built.scenario.city
        )
    if built.setting.spec != manifest.get("spec_hash"):
        raise JournalError(
            "its inputs and the scenario in its manifest are not those it was made from (other spec_hash)",
            file=folder / JOURNAL,
        )
    return built


def _document(folder: Path, manifest: Mapping[str, object]) -> YamlDocument:
    return YamlDocument(folder / MANIFEST, dict(said(manifest, "scenario", dict, out=folder)), {})


def _compare_derived(
    folder: Path, manifest: Mapping[str, object], *, until: int, ground: Ground | None, plan: CentrePlan | None
) -> None:
    """The figures and the tables, computed anew."""
    limits_s = check(_document(folder, manifest)).response_limits
    remarks = read_remarks(folder / JOURNAL).values()
    summary = summarise(facts_of(folder), until=until, remarks=remarks, limits_s=limits_s, ground=ground, plan=plan)
    difference = _difference(json.loads(json.dumps(summary.kpi)), read_json(folder / KPI))
    if difference is not None:
        key, computed, written = difference
        raise JournalError(
            f"this is not the figure its journal leads to: {computed!r}, not {written!r}", file=folder / KPI, key=key
        )
    for name, table in summary.files().items():
        try:
            same = pq.read_table(folder / name).equals(table)
        except (pa.ArrowException, OSError) as error:
            raise JournalError(f"damaged or not there ({error})", file=folder / name) from error
        if not same:
            raise JournalError("this is not the table its journal leads to", file=folder / name)


def _difference(computed: object, written: object, at: str = "") -> tuple[str, object, object] | None:
    """The first place where two JSON values differ, with both values."""
    if isinstance(computed, dict) and isinstance(written, dict):
        for key in [*computed, *(key for key in written if key not in computed)]:
            found = _difference(computed.get(key), written.get(key), f"{at}.{key}".lstrip("."))
            if found is not None:
                return found
        return None if len(computed) == len(written) else (at, sorted(computed), sorted(written))
    return None if computed == written else (at, computed, written)


def _told(fact: Fact | None) -> str:
    if fact is None:
        return "nothing more"
    return f"{type(fact).__name__} {msgspec.json.encode(fact).decode()}"
