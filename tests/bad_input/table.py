"""Files nobody should be able to hurt us with: one table, read by the tests of the loaders, the CLI and the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BadInput:
    """A bad file and what its refusal must say.

    Parameters
    ----------
    name : of the test.
    make : writes the file into a folder and returns its path.
    says : fragments of the message; the file's name is expected as well.
    """

    name: str
    make: Callable[[Path], Path]
    says: tuple[str, ...]
