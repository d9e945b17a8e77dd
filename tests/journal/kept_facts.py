"""Journals kept in SQLite, written and read in a line; and a way to tamper with them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from twin.domain import facts as f
from twin.journal.journal import Journal, Store
from twin.journal.sqlite import read_facts

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


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def asked(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Do something in SQL behind the journal's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql).fetchall()
