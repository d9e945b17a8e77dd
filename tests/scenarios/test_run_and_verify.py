"""A run folder says how it came about: running it again gives the same facts, and damage is found and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenarios.build import build
from scenarios.load import load_scenario
from scenarios.record import Recorded, run_scenario
from scenarios.run import run
from scenarios.run_folder import CASES, JOURNAL, KPI, MANIFEST, QUARANTINE, facts_of
from scenarios.spec import Scenario
from scenarios.verify import verify_run
from tests.sanity.streets import PLAIN
from twin.domain.facts import Fact
from twin.domain.quantities import HOUR
from twin.errors import JournalError, ScenarioError
from twin.journal.digest import Digest
from twin.journal.journal import Memory, Nowhere
from twin.journal.parquet import ParquetStore


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Eighteen hours of vehicles, over the closing of a street."""
    return run_scenario("vehicles", out=tmp_path_factory.mktemp("runs") / "run", until="18h")


def test_a_run_folder_holds_the_run_and_what_follows_from_it(recorded: Recorded) -> None:
    names = {file.name for file in recorded.out.iterdir()}
    assert names == {JOURNAL, CASES, "units.parquet", KPI, MANIFEST, QUARANTINE}
    manifest = json.loads((recorded.out / MANIFEST).read_text("utf-8"))
    assert manifest["until"] == 18 * HOUR
    assert manifest["n_facts"] == sum(1 for _ in facts_of(recorded.out))
    assert json.loads((recorded.out / KPI).read_text("utf-8")) == json.loads(json.dumps(recorded.kpi))


def test_a_run_is_verified_by_running_it_again(recorded: Recorded) -> None:
    report = verify_run(recorded.out)
    assert report["digest"] == recorded.manifest["journal_digest"]
    assert report["facts compared"] == recorded.manifest["n_facts"]


def test_another_seed_or_policy_is_another_run(recorded: Recorded, tmp_path: Path) -> None:
    digests = {str(recorded.manifest["journal_digest"])}
    for name, seed, policy in (("a", 2, None), ("b", None, "random")):
        again = run_scenario("vehicles", out=tmp_path / name, until="18h", seed=seed, policy=policy)
        assert verify_run(again.out)["digest"] == again.manifest["journal_digest"]
        digests.add(str(again.manifest["journal_digest"]))
    assert len(digests) == 3


def test_a_shorter_run_is_the_beginning_of_a_longer_one(recorded: Recorded, tmp_path: Path) -> None:
    short = run_scenario("vehicles", out=tmp_path / "short", until="5h")
    facts, longer = list(facts_of(short.out))[1:], list(facts_of(recorded.out))[1:]
    assert facts == longer[: len(facts)]


def test_a_fact_that_was_changed_is_found(recorded: Recorded, tmp_path: Path) -> None:
    folder = copied(recorded.out, tmp_path)
    facts = list(facts_of(folder))
    del facts[700]
    rewritten(folder, facts)
    with pytest.raises(JournalError, match=r"digest is|fact 700 differs"):
        verify_run(folder)

    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["journal_digest"] = digest_of(facts)
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(JournalError, match="fact 700 differs"):
        verify_run(folder)


def test_a_journal_that_goes_on_after_its_end_is_found(recorded: Recorded, tmp_path: Path) -> None:
    folder = copied(recorded.out, tmp_path)
    facts = list(facts_of(folder))
    facts.append(facts[-1])
    rewritten(folder, facts)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["journal_digest"] = digest_of(facts)
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(JournalError, match="goes on after its end"):
        verify_run(folder)


def test_figures_that_were_changed_are_found(recorded: Recorded, tmp_path: Path) -> None:
    folder = copied(recorded.out, tmp_path)
    figures = json.loads((folder / KPI).read_text("utf-8"))
    figures["totals"]["n_cases"] += 1
    (folder / KPI).write_text(json.dumps(figures), "utf-8")
    with pytest.raises(JournalError, match="not the figure"):
        verify_run(folder)


def test_what_is_no_run_folder_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="run folder"):
        verify_run(tmp_path)
    (tmp_path / MANIFEST).write_text("[1, 2", "utf-8")
    with pytest.raises(JournalError, match="not JSON"):
        verify_run(tmp_path)


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(JournalError, match="not an empty folder"):
        run_scenario("vehicles", out=tmp_path, until="1h")
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "mine"


def test_a_length_that_is_none_is_told_by_its_option(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="a while"):
        run_scenario("vehicles", out=tmp_path / "run", until="a while")


def test_where_facts_are_kept_does_not_change_the_run() -> None:
    scenario = load_scenario("vehicles")
    built = build(scenario)
    kept, forgotten = run(built, store=Memory(), until=8 * HOUR), run(built, store=Nowhere(), until=8 * HOUR)
    assert kept.digest == forgotten.digest


def test_progress_is_told_and_goes_to_the_end() -> None:
    heard: list[int] = []
    built = build(Scenario.model_validate(PLAIN))
    run(built, store=Nowhere(), until=6 * HOUR, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 6 * HOUR
    assert len(heard) > 3


def copied(folder: Path, to: Path) -> Path:
    target = to / "copy"
    target.mkdir()
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return target


def rewritten(folder: Path, facts: list[Fact]) -> None:
    with ParquetStore(folder / JOURNAL) as store:
        store.write(facts, first=0, remarks={})


def digest_of(facts: list[Fact]) -> str:
    digest = Digest()
    digest.update(facts)
    return digest.hexdigest()
