"""A durable journal that was spoilt, cut, made by others or by another version is refused, and by name."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.journal.kept_facts import ABOUT, asked, read, recorded, some_facts
from twin.errors import JournalError
from twin.journal import sqlite_file
from twin.journal.sqlite import SqliteStore, read_about, read_remarks

# ---------------------------------------------------------------------------------------------- never changed


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
