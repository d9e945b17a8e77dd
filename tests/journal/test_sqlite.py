"""The durable journal keeps what it was given, whole commits only, and says so when it cannot."""

from __future__ import annotations

import logging
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
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.journal.made_up_facts import ANY_FACT, EVERY_KIND
from tests.soak.kills import ROOT, Trial, journal_alone, kill_often, kill_once
from twin.domain import facts as f
from twin.errors import JournalError
from twin.journal import sqlite_file
from twin.journal.journal import Journal, Memory, Store
from twin.journal.parquet import ParquetStore
from twin.journal.sqlite import SqliteStore, read_about, read_facts, read_remarks

ABOUT = {"scenario": {"name": "日常", "units": [1, 2]}, "seed": 7, "city": None}


def recorded(facts: list[f.Fact], store: Store, *, chunk: int = 100) -> str:
    """Record facts into a store; returns the digest of what was recorded."""
    journal = Journal(store, chunk=chunk)
    for fact in facts:
        journal.append(fact)
    journal.flush()
    return journal.digest.hexdigest()


def read(path: Path) -> list[f.Fact]:
    return [fact for chunk in read_facts(path) for fact in chunk]


def some_facts(n: int, *, first: int = 0) -> list[f.Fact]:
    return [f.CaseRegistered(at, at) for at in range(first, first + n)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of 30 facts in three commits, closed."""
    with SqliteStore.create(tmp_path / "journal.sqlite", ABOUT) as store:
        recorded(some_facts(30), store, chunk=10)
    return tmp_path / "journal.sqlite"


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
        assert store.clock is None
        store.mark(500)
        assert store.clock is None
        store.write(some_facts(1), first=30, remarks={})
        assert store.clock == 500
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
        assert next(chunks) == some_facts(31)
        chunks.close()


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
    assert {"journal.sqlite-wal", "journal.sqlite-shm"} <= set(os.listdir(path.parent))
    store.close()
    store.close()
    with pytest.raises(JournalError, match="closed"):
        store.write(some_facts(1), first=30, remarks={})
    assert sorted(os.listdir(path.parent)) == ["journal.sqlite", "journal.sqlite.lock"]


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


# ---------------------------------------------------------------------------------------------- never changed


def asked(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Do something in SQL behind the journal's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("sql", ["UPDATE facts SET at = 1 WHERE seq = 3", "DELETE FROM facts WHERE seq = 29"])
def test_a_fact_is_neither_changed_nor_deleted(path: Path, sql: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="a fact is never"):
        asked(path, sql)
    assert len(read(path)) == 30


def tampered(path: Path, *sql: str) -> None:
    for statement in ("DROP TRIGGER no_update", "DROP TRIGGER no_delete", *sql):
        asked(path, statement)


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("DELETE FROM facts WHERE seq = 12", "facts are missing"),
        ("DELETE FROM facts WHERE seq = 0", "facts are missing"),
        ("DELETE FROM facts WHERE seq = 29", "these are not the facts that were written"),
        (
            "UPDATE facts SET fact = (SELECT fact FROM facts WHERE seq = 4) WHERE seq = 5",
            "not the facts that were written",
        ),
        ("REPLACE INTO facts (seq, at, kind, fact) VALUES (5, 1, 'x', x'00')", "not the facts that were written"),
        ("UPDATE facts SET digest = NULL", "not the facts that were written"),
        ("UPDATE about SET value = '{' WHERE key = 'seed'", "damaged"),
        ("DROP TABLE facts", "cannot be used"),
    ],
)
def test_what_was_done_behind_its_back_is_noticed(path: Path, sql: str, complaint: str) -> None:
    tampered(path, sql)
    with pytest.raises(JournalError, match=rf"journal\.sqlite.*{complaint}"):
        SqliteStore.open(path)
    with pytest.raises(JournalError, match=rf"journal\.sqlite.*{complaint}"):
        read(path)


def test_a_fact_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with SqliteStore.create(path, {}) as store:
        blob = b"\x92\xa8Forgotten"
        digest = store.digest.copy()
        sqlite_file.take_in(digest, [blob])
    asked(
        path,
        f"INSERT INTO facts (seq, at, kind, fact, digest) VALUES (0, 1, 'x', x'{blob.hex()}', '{digest.hexdigest()}')",
    )
    with pytest.raises(JournalError, match=r"journal\.sqlite: the journal is damaged"):
        read(path)


@pytest.mark.parametrize("place", [0.0, 0.2, 0.5, 0.8])
def test_flipped_bytes_are_noticed(tmp_path: Path, place: float) -> None:
    path = tmp_path / "journal.sqlite"
    with SqliteStore.create(path, ABOUT) as store:
        recorded(some_facts(3_000), store)
    content = bytearray(path.read_bytes())
    start = int(place * len(content))
    content[start : start + 64] = bytes(byte ^ 255 for byte in content[start : start + 64])
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"journal\.sqlite"):
        SqliteStore.open(path)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_journal_cut_short_is_refused(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(JournalError, match=r"journal\.sqlite"):
        SqliteStore.open(path)


# ---------------------------------------------------------------------------------------------- other files


def test_a_journal_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    for use in (SqliteStore.open, read, read_remarks, read_about):
        with pytest.raises(JournalError, match=r"nothing\.sqlite: there is no such journal"):
            use(tmp_path / "nothing.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database at all, but some text of more than a hundred bytes" * 3])
def test_another_file_is_no_journal(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    for use in (SqliteStore.open, read):
        with pytest.raises(JournalError, match=r"other: .*(not a journal|is none)"):
            use(tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == content


def test_another_database_is_no_journal_and_stays_as_it_is(tmp_path: Path) -> None:
    asked(tmp_path / "other", "CREATE TABLE facts (seq)")
    before = (tmp_path / "other").read_bytes()
    with pytest.raises(JournalError, match="an SQLite file, but not a journal"):
        SqliteStore.open(tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == before


def test_a_later_schema_is_refused_with_both_versions(path: Path) -> None:
    asked(path, """UPDATE about SET value = '{"schema": 2, "more": 1}' WHERE key = 'gridtwin'""")
    with pytest.raises(JournalError, match="its schema is 2; this version of gridtwin reads 1"):
        SqliteStore.open(path)


def test_facts_of_another_form_are_refused_by_name(path: Path) -> None:
    form = msgspec.json.decode(asked(path, "SELECT value FROM about WHERE key = 'gridtwin'")[0][0])
    form["fields"]["CaseClosed"].append("mood")
    asked(path, f"UPDATE about SET value = '{msgspec.json.encode(form).decode()}' WHERE key = 'gridtwin'")
    with pytest.raises(JournalError, match="a version of gridtwin with another CaseClosed"):
        SqliteStore.open(path)


# ---------------------------------------------------------------------------------------------- no room, no right


FILLED = """
import resource, sys
from pathlib import Path
from tests.journal.test_sqlite import some_facts
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
    before = sorted(os.listdir(sealed))
    with nobody():
        assert read(sealed / "journal.sqlite") == some_facts(30)
        with pytest.raises(JournalError, match=r"journal\.sqlite: the journal cannot be used \(Permission denied\)"):
            SqliteStore.open(sealed / "journal.sqlite")
        with pytest.raises(JournalError, match=r"new\.sqlite: the journal cannot be used \(Permission denied\)"):
            SqliteStore.create(sealed / "new.sqlite", {})
    assert sorted(os.listdir(sealed)) == before


# ---------------------------------------------------------------------------------------------- which SQLite


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Pretend to be another SQLite."""

    def pretend(major: int, minor: int, patch: int) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version", f"{major}.{minor}.{patch}")
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (major, minor, patch))

    sqlite_file.tell_version.cache_clear()
    yield pretend
    sqlite_file.tell_version.cache_clear()


@pytest.mark.parametrize(("patch", "n_warnings"), [(2, 1), (3, 0)])
def test_an_sqlite_with_the_known_fault_is_warned_of_once(
    path: Path, version: Any, patch: int, n_warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    version(3, 51, patch)
    for _ in range(2):
        SqliteStore.open(path).close()
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.INFO] + [logging.WARNING] * n_warnings
    assert f"3.51.{patch}" in caplog.text


def test_an_sqlite_that_is_too_old_is_refused(path: Path, version: Any) -> None:
    version(3, 36, 0)
    with pytest.raises(JournalError, match=r"SQLite 3\.36\.0 is too old"):
        SqliteStore.open(path)
