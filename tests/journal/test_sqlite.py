"""The durable journal keeps what it was given, whole commits only, and says so when it cannot."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.journal.kept_facts import ABOUT, asked, names_in, read, recorded, some_facts
from tests.journal.made_up_facts import ANY_FACT, EVERY_KIND
from tests.soak.kills import ROOT, Trial, journal_alone, kill_often, kill_once
from twin.domain import facts as f
from twin.errors import JournalError
from twin.journal import sqlite_file
from twin.journal.journal import Journal, Memory
from twin.journal.parquet import ParquetStore
from twin.journal.sqlite import SqliteStore, read_about, read_facts, read_remarks

# ---------------------------------------------------------------------------------------------- there and back


@settings(max_examples=30)
@given(facts=st.one_of(st.lists(ANY_FACT, max_size=30), EVERY_KIND), chunk=st.integers(1, 40))
def test_what_is_read_is_what_was_recorded(facts: list[f.Fact], chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        with SqliteStore.create(path, {}) as store:
            digest = recorded(facts, store, chunk=chunk)
            assert (store.n_facts, store.digest.hexdigest()) == (len(facts), digest)
        found = read(path)
        with SqliteStore.open(path) as store:
            assert (store.n_facts, store.digest.hexdigest()) == (len(facts), digest)
    assert found == facts
    assert [type(fact) for fact in found] == [type(fact) for fact in facts]


@settings(max_examples=15)
@given(facts=EVERY_KIND)
def test_values_come_back_with_their_very_types(facts: list[f.Fact]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        with SqliteStore.create(path, {}) as store:
            recorded(facts, store)
        for before, after in zip(facts, read(path), strict=True):
            assert [type(getattr(after, name)) for name in after.__struct_fields__] == [
                type(getattr(before, name)) for name in before.__struct_fields__
            ]


@pytest.mark.parametrize("chunk", [1, 7, 1_000, 65_536])
def test_the_digest_is_that_of_every_other_store(tmp_path: Path, chunk: int) -> None:
    facts = some_facts(2_500 if chunk > 1 else 50)
    with SqliteStore.create(tmp_path / "journal.sqlite", {}) as store:
        digest = recorded(facts, store, chunk=chunk)
        assert store.digest.hexdigest() == digest
    assert digest == recorded(facts, Memory())
    with ParquetStore(tmp_path / "journal.parquet") as columns:
        assert digest == recorded(facts, columns)


def test_many_facts_are_read_in_chunks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "CHUNK", 12)
    assert [len(chunk) for chunk in read_facts(path)] == [12, 12, 6]


def test_remarks_stand_beside_the_facts_they_were_made_about(tmp_path: Path) -> None:
    with SqliteStore.create(tmp_path / "journal.sqlite", {}) as store:
        journal = Journal(store, chunk=4)
        for fact in some_facts(10):
            journal.append(fact)
            if fact.at in (3, 9):
                journal.remark(f"odd {fact.at}")
        journal.flush()
    assert read_remarks(tmp_path / "journal.sqlite") == {3: "odd 3", 9: "odd 9"}


def test_every_fact_has_the_wall_clock_beside_it(tmp_path: Path) -> None:
    began = time.time()
    with SqliteStore.create(tmp_path / "journal.sqlite", {}) as store:
        recorded(some_facts(2), store)
    ended = time.time()
    for (wall,) in asked(tmp_path / "journal.sqlite", "SELECT wall FROM facts"):
        assert began - 0.01 <= wall <= ended + 0.01


def test_what_the_journal_is_of_is_kept(path: Path) -> None:
    assert read_about(path) == ABOUT
    with SqliteStore.open(path) as store:
        assert store.about == ABOUT


# ---------------------------------------------------------------------------------------------- going on


def test_a_journal_goes_on_where_it_was_left(path: Path) -> None:
    with SqliteStore.open(path) as store:
        journal = Journal(store, digest=store.digest.copy())
        assert len(journal) == store.n_facts == 30
        for fact in some_facts(1_000, first=30):
            journal.append(fact)
        journal.flush()
    assert read(path) == some_facts(1_030)
    assert journal.digest.hexdigest() == recorded(some_facts(1_030), Memory())


def test_the_clock_is_kept_with_the_next_commit(path: Path) -> None:
    with SqliteStore.open(path) as store:
        clocks = [store.clock]
        store.mark(500)
        clocks.append(store.clock)
        store.write(some_facts(1), first=30, remarks={})
        assert [*clocks, store.clock] == [None, None, 500]
        store.mark(800)
        store.mark(900)
        store.write([], first=31, remarks={})
        store.mark(1_000)
    with SqliteStore.open(path) as store:
        assert (store.clock, store.n_facts) == (900, 31)


def test_a_commit_is_read_while_the_journal_is_written(path: Path) -> None:
    with SqliteStore.open(path) as store:
        chunks = read_facts(path)
        store.write(some_facts(1, first=30), first=30, remarks={})
        assert read(path) == some_facts(31)
        assert list(chunks) == [some_facts(31)]


def test_facts_out_of_turn_are_refused(path: Path) -> None:
    with SqliteStore.open(path) as store:
        for first in (29, 31):
            with pytest.raises(JournalError, match=f"fact 30 is next, not {first}"):
                store.write(some_facts(1), first=first, remarks={})
        with pytest.raises(JournalError, match="a remark about a fact of another write"):
            store.write(some_facts(1), first=30, remarks={29: "late"})
        store.write(some_facts(1, first=30), first=30, remarks={})
    assert read(path) == some_facts(31)


def test_a_closed_journal_is_one_file_and_takes_nothing(path: Path) -> None:
    store = SqliteStore.open(path)
    assert {"journal.sqlite-wal", "journal.sqlite-shm"} <= set(names_in(path.parent))
    store.close()
    store.close()
    with pytest.raises(JournalError, match="closed"):
        store.write(some_facts(1), first=30, remarks={})
    assert names_in(path.parent) == ["journal.sqlite", "journal.sqlite.lock"]


def test_a_journal_closed_under_a_reader_is_whole_all_the_same(path: Path) -> None:
    with closing(sqlite3.connect(path)) as reader:
        with SqliteStore.open(path) as store:
            store.write(some_facts(5, first=30), first=30, remarks={})
            rows = reader.execute("SELECT seq FROM facts")
            assert rows.fetchone() == (0,)
        assert read(path) == some_facts(35)
    with SqliteStore.open(path) as store:
        assert store.n_facts == 35


# ---------------------------------------------------------------------------------------------- kills


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    assert kill_often(journal_alone(tmp_path), n=10, longest_s=0.4, seed=4) > 0


def test_a_program_that_ends_by_itself_was_not_killed() -> None:
    trial = Trial((sys.executable, "-c", "print('begun')"), check=lambda _: None)
    with pytest.raises(AssertionError, match="ended by itself, with 0"):
        kill_once(trial, after_s=20)


# ---------------------------------------------------------------------------------------------- one writer


def test_a_second_writer_is_refused(path: Path) -> None:
    with SqliteStore.open(path) as store:
        for begin in (SqliteStore.open, lambda path: SqliteStore.create(path, {})):
            with pytest.raises(JournalError, match=rf"journal\.sqlite: process {os.getpid()} is writing"):
                begin(path)
        store.write(some_facts(1, first=30), first=30, remarks={})
    SqliteStore.open(path).close()


def test_a_second_name_of_a_journal_is_locked_too(path: Path) -> None:
    other = path.with_name("other.sqlite")
    other.symlink_to(path)
    with SqliteStore.open(path), pytest.raises(JournalError, match="is writing to this journal"):
        SqliteStore.open(other)


def test_a_writer_in_another_process_is_refused(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from twin.journal.sqlite import *; SqliteStore.open(Path(sys.argv[1]))"
    )
    with SqliteStore.open(path):
        told = subprocess.run(
            [sys.executable, "-c", program, path], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert f"process {os.getpid()} is writing to this journal" in told.stderr


def test_a_journal_is_not_begun_over_another(path: Path) -> None:
    with pytest.raises(JournalError, match=r"journal\.sqlite: there is a file of that name already"):
        SqliteStore.create(path, {})
    assert len(read(path)) == 30


def test_what_a_deleted_journal_left_behind_does_not_get_into_the_next(tmp_path: Path) -> None:
    path, away = tmp_path / "journal.sqlite", tmp_path / "away"
    with SqliteStore.create(path, {}) as store:
        recorded(some_facts(30), store)
        shutil.copy(f"{path}-wal", away)
    path.unlink()
    away.rename(f"{path}-wal")
    (tmp_path / ".journal.sqlite.partial").write_text("of one who was killed")
    with SqliteStore.create(path, {}) as store:
        assert store.n_facts == 0


# ---------------------------------------------------------------------------------------------- no room, no right


FILLED = """
import resource, sys
from pathlib import Path
from tests.journal.kept_facts import some_facts
from twin.errors import JournalError
from twin.journal.sqlite import SqliteStore

store = SqliteStore.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    while True:
        store.write(some_facts(500, first=store.n_facts), first=store.n_facts, remarks={})
except JournalError as error:
    print(store.n_facts, error)
try:
    store.write([], first=store.n_facts, remarks={})
except JournalError as error:
    print(error)
"""


def test_where_there_is_no_room_nothing_is_half_written(path: Path) -> None:
    told = subprocess.run([sys.executable, "-c", FILLED, path], cwd=ROOT, capture_output=True, text=True, check=True)
    first, second = told.stdout.splitlines()
    n_facts = int(first.split()[0])
    assert "journal.sqlite: the journal cannot be used" in first
    assert second.endswith("journal.sqlite: the journal is closed")
    assert (n_facts - 30) % 500 == 0
    assert read(path) == some_facts(n_facts)
    with SqliteStore.open(path) as store:
        store.write(some_facts(500, first=n_facts), first=n_facts, remarks={})


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"journal\.sqlite: there is no such journal or folder"):
        SqliteStore.create(tmp_path / "no" / "journal.sqlite", {})


@contextmanager
def nobody() -> Iterator[None]:
    """Whom permissions bind: the superuser may write anywhere."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if before == 0:
            os.seteuid(0)


@pytest.fixture
def sealed() -> Iterator[Path]:
    """A folder with a journal of 30 facts that everybody may read and nobody write."""
    folder = Path(tempfile.mkdtemp())
    with SqliteStore.create(folder / "journal.sqlite", ABOUT) as store:
        recorded(some_facts(30), store)
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_in_a_folder_that_only_can_be_read_a_journal_is_read_and_none_is_written(sealed: Path) -> None:
    before = names_in(sealed)
    with nobody():
        assert read(sealed / "journal.sqlite") == some_facts(30)
        with pytest.raises(JournalError, match=r"journal\.sqlite: the journal cannot be used \(Permission denied\)"):
            SqliteStore.open(sealed / "journal.sqlite")
        with pytest.raises(JournalError, match=r"new\.sqlite: the journal cannot be used \(Permission denied\)"):
            SqliteStore.create(sealed / "new.sqlite", {})
    assert names_in(sealed) == before
