"""How the page's server is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.console.launch import SERVE_VARIABLE, as_typed, free_port, health_url, page_url, serve_command


def test_the_server_listens_on_this_machine_only_and_reports_to_nobody(tmp_path: Path) -> None:
    argv, _ = serve_command(tmp_path, 8123)
    assert "--server.address=127.0.0.1" in argv
    assert "--server.port=8123" in argv
    assert "--browser.gatherUsageStats=false" in argv
    assert "--server.fileWatcherType=none" in argv


def test_the_page_is_told_what_to_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, environment = serve_command(Path("run"), 8123)
    assert environment[SERVE_VARIABLE] == str(tmp_path / "run")


def test_addresses_are_local() -> None:
    assert page_url(8123) == "http://127.0.0.1:8123"
    assert health_url(8123).startswith(page_url(8123))


def test_a_free_port_is_a_port() -> None:
    assert 1024 <= free_port() <= 65_535


def test_a_path_is_spoken_of_as_it_would_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert as_typed(tmp_path / "runs" / "a") == str(Path("runs") / "a")
    assert as_typed(tmp_path.parent) == str(tmp_path.parent)
