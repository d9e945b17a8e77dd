"""How the page's server is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.console.desk import Wish
from twin.console.launch import (
    SERVE_VARIABLE,
    Served,
    as_typed,
    free_port,
    health_url,
    page_url,
    serve_command,
    served,
)
from twin.errors import GridtwinError


def test_the_server_listens_on_this_machine_only_and_reports_to_nobody() -> None:
    argv, _ = serve_command(Served(), 8123)
    assert "--server.address=127.0.0.1" in argv
    assert "--server.port=8123" in argv
    assert "--browser.gatherUsageStats=false" in argv
    assert "--server.fileWatcherType=none" in argv
    assert any(flag.startswith("--server.allowedHosts=") for flag in argv)


def test_the_server_is_told_what_to_open_and_who_may_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Served(Wish("demo", begin="08:00", speed=None, plays=True, folder="/somewhere"), seats="seats.yaml")
    _, environment = serve_command(wanted, 8123)
    monkeypatch.setenv(SERVE_VARIABLE, environment[SERVE_VARIABLE])
    assert served() == wanted


def test_a_server_that_was_told_nothing_opens_the_start_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SERVE_VARIABLE, raising=False)
    assert served() == Served()


def test_a_variable_that_says_something_else_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERVE_VARIABLE, "runs/demo")
    with pytest.raises(GridtwinError, match=SERVE_VARIABLE):
        served()


def test_addresses_are_local() -> None:
    assert page_url(8123) == "http://127.0.0.1:8123"
    assert health_url(8123).startswith(page_url(8123))


def test_a_free_port_is_a_port() -> None:
    assert 1024 <= free_port() <= 65_535


def test_a_path_is_spoken_of_as_it_would_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert as_typed(tmp_path / "runs" / "a") == str(Path("runs") / "a")
    assert as_typed(tmp_path.parent) == str(tmp_path.parent)
