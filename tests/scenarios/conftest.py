"""What tests of scenarios and commands share: a command line, and small runs that nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from city_data.built_in import built_in_city
from city_data.folder import save_city
from scenarios.record import Recorded, run_scenario
from tests.bad_input.scenarios import GOOD
from tests.scenarios.commands import Gridtwin, Said
from tests.scenarios.commands import gridtwin as command


@pytest.fixture
def gridtwin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gridtwin:
    monkeypatch.setattr("scenarios.cli_output.QUIET_S", 3_600.0)  # no progress, however slow the machine

    def run(*words: object) -> Said:
        return command(*words, monkeypatch=monkeypatch, capsys=capsys)

    return run


@pytest.fixture(scope="session")
def scenario_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.fixture(scope="session")
def small_run(scenario_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return run_scenario(str(scenario_file), out=tmp_path_factory.mktemp("small") / "run")


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "street"
    save_city(built_in_city(), folder)
    return folder
