"""Where the real data lies: beside the repository, never inside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data; without it these tests are skipped, but a build server must have it."""
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    reason = "the real data is not here: expected ../shared/data beside the repository"
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (CI is set, so it may not be missing)")
    pytest.skip(reason)
