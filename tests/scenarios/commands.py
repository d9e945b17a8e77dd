"""The command line in process: what it prints, what it warns of, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from scenarios.cli import main


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended: exit status, output, error stream."""

    status: int
    out: str
    err: str


Gridtwin = Callable[..., Said]


def gridtwin(*words: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run one command as a shell would."""
    monkeypatch.setattr(sys, "argv", ["gridtwin", *(str(word) for word in words)])
    capsys.readouterr()
    status = 0
    try:
        main()
    except SystemExit as end:
        status = int(end.code or 0)
    said = capsys.readouterr()
    return Said(status, said.out, said.err)
