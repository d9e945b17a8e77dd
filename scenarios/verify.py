"""Is a run what it says? Its inputs are replayed, everything else is computed again, and every fact is compared.

A recorded history is all input: its journal is folded and its digest and figures are computed anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from city_data.yaml_file import YamlDocument
from scenarios.build import Built, build
from scenarios.load import check
from scenarios.run import run
from scenarios.run_folder import JOURNAL, KPI, digest_of, facts_of, read_manifest
from twin.domain.facts import INPUT, Fact, UnitEnrolled
from twin.errors import JournalError
from twin.journal.parquet import read_remarks
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
            raise JournalError(f"the journal goes on after its end with {_told(extra)}", file=self._file)


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
    CityError : the city is not there.
    """
    manifest = read_manifest(folder)
    file = folder / JOURNAL
    digest = digest_of(folder).hexdigest()
    if digest != manifest.get("journal_digest"):
        raise JournalError(f"its digest is {digest}, the manifest says {manifest.get('journal_digest')}", file=file)
    until = int(str(manifest["until"]))
    if manifest.get("policy") == RECORDED:
        facts = list(facts_of(folder))
        fold(facts)
        compared = len(facts)
    else:
        built = _rebuilt(folder, manifest, city)
        store = _Compared(iter(facts_of(folder)), file=file)
        run(built, store=store, until=until, progress=progress)
        store.end()
        compared = store.n_same
    limits_s = check(_document(folder, manifest)).response_limits
    summary = summarise(facts_of(folder), until=until, remarks=read_remarks(file).values(), limits_s=limits_s)
    written = json.loads((folder / KPI).read_text("utf-8"))
    if json.loads(json.dumps(summary.kpi)) != written:
        raise JournalError("these are not the figures its journal leads to", file=folder / KPI)
    return {"digest": digest, "facts compared": compared, "figures": "the same", "policy": manifest["policy"]}


def _rebuilt(folder: Path, manifest: Mapping[str, object], city: Path | None) -> Built:
    """The run's setting, with its inputs taken from the journal instead of from the files they once came from."""
    document = _document(folder, manifest)
    if city is not None:
        document.data["city"] = str(city.resolve())
    scenario = check(document)
    journal = [fact for fact in facts_of(folder) if fact.origin is INPUT or isinstance(fact, UnitEnrolled)]
    return build(scenario, base=Path(), seed=int(str(manifest["seed"])), journal=journal)


def _document(folder: Path, manifest: Mapping[str, object]) -> YamlDocument:
    scenario = manifest.get("scenario")
    if not isinstance(scenario, dict):
        raise JournalError("the manifest does not hold its scenario", file=folder)
    return YamlDocument(folder / "manifest.json", dict(scenario), {})


def _told(fact: Fact | None) -> str:
    if fact is None:
        return "nothing more"
    return f"{type(fact).__name__} {msgspec.json.encode(fact).decode()}"
