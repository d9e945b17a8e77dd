"""Run folders and a city folder for the page, made once; nothing changes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from city_data.built_in import built_in_city
from city_data.folder import save_city
from tests.console.run_folders import empty_run, small_run


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_run(tmp_path_factory.mktemp("small") / "run")


@pytest.fixture(scope="session")
def empty_run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_run(tmp_path_factory.mktemp("empty") / "run")


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "street"
    save_city(built_in_city(), folder)
    return folder
