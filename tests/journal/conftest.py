"""A journal in SQLite that tests go on with, read, or spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journal.kept_facts import ABOUT, recorded, some_facts
from twin.journal.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of 30 facts in three commits, closed."""
    with SqliteStore.create(tmp_path / "journal.sqlite", ABOUT) as store:
        recorded(some_facts(30), store, chunk=10)
    return tmp_path / "journal.sqlite"
