"""Run folders and city folders that are not what they should be, and what is said about each.

`FOLDER_FIXTURES` can be neither verified nor shown; `VERIFY_FIXTURES` look well and only `verify` finds them out.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq
from msgspec.structs import replace

from city_data.build import build_city
from city_data.built_in import built_in_city
from city_data.folder import save_city
from scenarios.record import run_scenario
from scenarios.run_folder import CASES, JOURNAL, KPI, MANIFEST
from tests.bad_input.roads import SQUARE_OSM
from tests.bad_input.scenarios import GOOD
from tests.bad_input.table import BadInput
from twin.domain.facts import CaseReported, Fact, UnitArrived, UnitAway
from twin.domain.quantities import MINUTE
from twin.journal.parquet import ParquetStore, read_journal

Json = dict[str, object]


@cache
def _good_run() -> dict[str, bytes]:
    """The files of a small run in the built-in street."""
    with tempfile.TemporaryDirectory() as folder:
        scenario, out = Path(folder) / "scenario.yaml", Path(folder) / "run"
        scenario.write_text(GOOD, "utf-8")
        run_scenario(str(scenario), out=out)
        return {file.name: file.read_bytes() for file in out.iterdir()}


def good_run(folder: Path) -> Path:
    """A run folder that is what it says."""
    run = folder / "run"
    run.mkdir()
    for name, content in _good_run().items():
        (run / name).write_bytes(content)
    return run


def spoilt(spoil: Callable[[Path], object]) -> Callable[[Path], Path]:
    """A maker of a run folder with something done to it."""

    def make(folder: Path) -> Path:
        run = good_run(folder)
        spoil(run)
        return run

    return make


def edited(name: str, edit: Callable[[Json], object]) -> Callable[[Path], Path]:
    """A maker of a run folder with one of its JSON files edited."""

    def spoil(run: Path) -> None:
        content = json.loads((run / name).read_text("utf-8"))
        edit(content)
        (run / name).write_text(json.dumps(content), "utf-8")

    return spoilt(spoil)


def with_facts(change: Callable[[list[Fact]], list[Fact]]) -> Callable[[Path], Path]:
    """A maker of a run folder with another journal in it."""

    def spoil(run: Path) -> None:
        facts = change(list(chain.from_iterable(read_journal(run / JOURNAL))))
        with ParquetStore(run / JOURNAL) as store:
            store.write(facts, first=0, remarks={})

    return spoilt(spoil)


def place_of(kind: type[Fact]) -> int:
    """Number of the first fact of a kind in the good run."""
    with tempfile.TemporaryDirectory() as folder:
        facts = chain.from_iterable(read_journal(good_run(Path(folder)) / JOURNAL))
        return next(number for number, fact in enumerate(facts) if isinstance(fact, kind))


def later(kind: type[Fact]) -> Callable[[list[Fact]], list[Fact]]:
    """The first fact of a kind is said to have happened a minute later."""

    def change(facts: list[Fact]) -> list[Fact]:
        number = next(number for number, fact in enumerate(facts) if isinstance(fact, kind))
        return [*facts[:number], replace(facts[number], at=facts[number].at + MINUTE), *facts[number + 1 :]]

    return change


def unknown_schema(run: Path) -> None:
    table = pq.read_table(run / JOURNAL)
    pq.write_table(table.replace_schema_metadata({b"gridtwin": b'{"schema": 99}'}), run / JOURNAL)


def another_parquet(run: Path) -> None:
    shutil.copy(run / CASES, run / JOURNAL)


def cut(name: str) -> Callable[[Path], object]:
    return lambda run: (run / name).write_bytes((run / name).read_bytes()[:-40])


def text(name: str, content: str) -> Callable[[Path], object]:
    return lambda run: (run / name).write_text(content, "utf-8")


def another_city(folder: Path) -> Path:
    """A run whose city folder was built again from another map."""
    (folder / "square.osm").write_text(SQUARE_OSM, "utf-8")
    city = folder / "city"
    build_city(folder / "square.osm", city)

    def edit(manifest: Json) -> None:
        manifest["city"] |= {"folder": str(city)}  # type: ignore[operator]
        manifest["scenario"]["city"] = str(city)  # type: ignore[index]

    return edited(MANIFEST, edit)(folder)


def city_with(spoil: Callable[[Path], object]) -> Callable[[Path], Path]:
    """A maker of a city folder with something done to it."""

    def make(folder: Path) -> Path:
        city = folder / "city"
        save_city(built_in_city(), city)
        spoil(city)
        return city

    return make


def a_file(folder: Path) -> Path:
    path = folder / "run"
    path.write_text("not a folder", "utf-8")
    return path


def empty(folder: Path) -> Path:
    path = folder / "run"
    path.mkdir()
    return path


def full_of_other_things(folder: Path) -> Path:
    path = folder / "photographs"
    path.mkdir()
    (path / "holiday.jpg").write_bytes(b"\xff\xd8")
    return path


FOLDER_FIXTURES: list[BadInput] = [
    BadInput("no such folder", lambda folder: folder / "nowhere", ("nowhere", "not a (finished) run folder")),
    BadInput("not a folder", a_file, ("run", "not a (finished) run folder")),
    BadInput("empty folder", empty, ("run", "not a (finished) run folder")),
    BadInput("run without manifest", spoilt(lambda run: (run / MANIFEST).unlink()), ("no manifest.json",)),
    BadInput("manifest that is not JSON", spoilt(text(MANIFEST, "{")), ("manifest.json", "not JSON")),
    BadInput("manifest of something else", spoilt(text(MANIFEST, "[1]")), ("manifest.json", "one JSON object")),
    BadInput("manifest that says nothing", spoilt(text(MANIFEST, "{}")), ("manifest.json", "run it again")),
    BadInput("journal truncated", spoilt(cut(JOURNAL)), ("journal.parquet", "damaged or cut short")),
    BadInput("journal missing", spoilt(lambda run: (run / JOURNAL).unlink()), ("journal.parquet", "no such journal")),
    BadInput("journal of unknown schema", spoilt(unknown_schema), ("journal.parquet", "99")),
    BadInput("another Parquet file", spoilt(another_parquet), ("journal.parquet", "not a journal")),
    BadInput("figures that are not JSON", spoilt(text(KPI, "{")), ("kpi.json",)),
    BadInput("city changed since the run", another_city, ("not the city",)),
]

VERIFY_FIXTURES: list[BadInput] = [
    BadInput(
        "a figure edited",
        edited(KPI, lambda kpi: kpi["totals"].update(n_cases=7)),  # type: ignore[attr-defined]
        ("kpi.json", "'totals.n_cases'", "not 7"),
    ),
    BadInput("the seed edited", edited(MANIFEST, lambda told: told.update(seed=7)), ("fact 0 differs", "TwinBegan")),
    BadInput(
        "the scenario edited",
        edited(MANIFEST, lambda told: told["scenario"].update(response_limits=[60])),  # type: ignore[attr-defined]
        ("spec_hash",),
    ),
    BadInput("the digest edited", edited(MANIFEST, lambda told: told.update(journal_digest="0")), ("its digest is",)),
    BadInput("one fact changed", with_facts(later(UnitArrived)), ("journal.parquet", "fact {UnitArrived} differs")),
    BadInput("one case changed", with_facts(later(CaseReported)), ("journal.parquet", "fact {CaseReported} differs")),
    BadInput("one input changed", with_facts(later(UnitAway)), ("journal.parquet", "its inputs")),
    BadInput("the last fact dropped", with_facts(lambda facts: facts[:-1]), ("nothing more",)),
    BadInput("a fact too many", with_facts(lambda facts: [*facts, facts[-1]]), ("goes on after its end",)),
    BadInput("table of cases damaged", spoilt(cut(CASES)), ("cases.parquet", "damaged")),
    BadInput(
        "a case struck from the table",
        spoilt(lambda run: pq.write_table(pq.read_table(run / CASES).slice(1), run / CASES)),
        ("cases.parquet", "not the table"),
    ),
]

CITY_FIXTURES: list[BadInput] = [
    BadInput(
        "city without its description", city_with(lambda city: (city / "city.json").unlink()), ("not a city folder",)
    ),
    BadInput("city description damaged", city_with(cut("city.json")), ("city.json", "damaged")),
    BadInput("roads damaged", city_with(cut("roads.npz")), ("roads.npz",)),
    BadInput("stations edited", city_with(text("stations.csv", "name\nAtlantis\n")), ("stations.csv", "line 2")),
]

OUT_FIXTURES: list[BadInput] = [
    BadInput("a folder full of other things", full_of_other_things, ("photographs", "give another --out")),
    BadInput("a file", a_file, ("run", "give another --out")),
    BadInput("below a file", lambda folder: a_file(folder) / "below", ("below", "cannot be written")),
]
